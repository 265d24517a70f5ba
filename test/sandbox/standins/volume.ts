import { setTimeout as sleep } from 'node:timers/promises';
import { type Kubernetes, withoutFinalizer } from '../api/kubernetes.ts';
import type { Claim, KubeObject, Node, PersistentVolume, StorageClass, VolumeAttachment } from '../api/objects.ts';
import type { OpenStack } from '../api/openstack.ts';
import { Refused } from '../api/request.ts';
import { Recorder } from './events.ts';
import { Informer, keyOf } from './informer.ts';
import { gibibytes } from './quantity.ts';
import { type Again, Queue } from './queue.ts';

interface Volume {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly size: number;
  readonly availability_zone: string;
  readonly attachments: readonly { readonly server_id: string }[];
}

const DRIVER = 'cinder.csi.openstack.org';
const ZONE = 'topology.cinder.csi.openstack.org/zone';
const SELECTED_NODE = 'volume.kubernetes.io/selected-node';
const PV_FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer';
const ATTACH_FINALIZER = `external-attacher/${DRIVER.replaceAll('.', '-')}`;

/**
 * Stands in for the Cinder CSI driver with its provisioner and attacher: a claim of a Cinder StorageClass gets a real
 * volume and a PersistentVolume, an attachment attaches the volume to the Node's server, and a released volume is deleted.
 */
export class VolumeStandIn {
  readonly #kubernetes: Kubernetes;
  readonly #cloud: OpenStack;
  readonly #cluster: string;
  readonly #nodes: Informer<Node>;
  readonly #classes: Informer<StorageClass>;
  readonly #claims: Informer<Claim>;
  readonly #volumes: Informer<PersistentVolume>;
  readonly #attachments: Informer<VolumeAttachment>;
  readonly #events: Recorder;
  readonly #toProvision = new Queue('claim', (key) => this.#provision(key));
  readonly #toRelease = new Queue('volume', (key) => this.#release(key));
  readonly #toAttach = new Queue('attachment', (key) => this.#attach(key));

  constructor(kubernetes: Kubernetes, cloud: OpenStack, cluster: string, nodes: Informer<Node>) {
    this.#kubernetes = kubernetes;
    this.#cloud = cloud;
    this.#cluster = cluster;
    this.#nodes = nodes;
    this.#classes = new Informer<StorageClass>(kubernetes, '/apis/storage.k8s.io/v1/storageclasses');
    this.#claims = new Informer<Claim>(kubernetes, '/api/v1/persistentvolumeclaims').onChange((claim) =>
      this.#toProvision.add(keyOf(claim)),
    );
    this.#volumes = new Informer<PersistentVolume>(kubernetes, '/api/v1/persistentvolumes').onChange((volume) =>
      this.#toRelease.add(keyOf(volume)),
    );
    this.#attachments = new Informer<VolumeAttachment>(kubernetes, '/apis/storage.k8s.io/v1/volumeattachments').onChange(
      (attachment) => this.#toAttach.add(keyOf(attachment)),
    );
    this.#events = new Recorder(kubernetes, `${DRIVER}_sandbox`);
  }

  async start(): Promise<void> {
    await this.#classes.start();
    // a class made after its claims: look at those that wait again
    this.#classes.onChange(() => {
      for (const claim of this.#claims.all()) if (claim.status?.phase === 'Pending') this.#toProvision.add(keyOf(claim));
    });
    await Promise.all([this.#volumes.start(), this.#claims.start(), this.#attachments.start()]);
  }

  async #provision(key: string): Promise<Again> {
    const claim = this.#claims.get(key);
    if (claim === undefined || claim.spec.volumeName || claim.metadata.deletionTimestamp) return undefined;
    const storageClass = this.#classes.get(claim.spec.storageClassName ?? '');
    if (storageClass?.provisioner !== DRIVER) return undefined;
    const node = claim.metadata.annotations?.[SELECTED_NODE];
    if (storageClass.volumeBindingMode === 'WaitForFirstConsumer' && node === undefined) return undefined;
    const name = `pvc-${claim.metadata.uid}`;
    if (this.#volumes.get(name)) return undefined;
    await this.#tell(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${key}"`);
    try {
      const volume = await this.#available(await this.#create(claim, storageClass, name));
      await this.#kubernetes.create('/api/v1/persistentvolumes', persistentVolume(claim, storageClass, volume));
    } catch (error) {
      const why = `rpc error: code = Internal desc = CreateVolume failed with error ${(error as Error).message}`;
      const message = `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${why}`;
      await this.#tell(claim, 'Warning', 'ProvisioningFailed', message);
      throw error;
    }
    await this.#tell(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${name}`);
    return undefined;
  }

  async #create(claim: Claim, storageClass: StorageClass, name: string): Promise<Volume> {
    const known = await this.#cloud.get<{ volumes: Volume[] }>('block-storage', `/volumes/detail?name=${name}`);
    if (known.volumes[0]) return known.volumes[0];
    const { type, availability } = storageClass.parameters ?? {};
    const volume = {
      name,
      size: gibibytes(claim.spec.resources?.requests?.storage ?? '1Gi'),
      description: 'Created by OpenStack Cinder CSI driver',
      ...(type ? { volume_type: type } : {}),
      ...(availability ? { availability_zone: availability } : {}),
      metadata: {
        'cinder.csi.openstack.org/cluster': this.#cluster,
        'csi.storage.k8s.io/pv/name': name,
        'csi.storage.k8s.io/pvc/name': claim.metadata.name,
        'csi.storage.k8s.io/pvc/namespace': claim.metadata.namespace ?? '',
      },
    };
    return (await this.#cloud.send<{ volume: Volume }>('block-storage', 'POST', '/volumes', { volume })).volume;
  }

  async #available({ id }: Volume): Promise<Volume> {
    for (let tries = 0; tries < 120; tries++) {
      const { volume } = await this.#cloud.get<{ volume: Volume }>('block-storage', `/volumes/${id}`);
      if (volume.status === 'available' || volume.status === 'in-use') return volume;
      if (volume.status === 'error') throw new Error(`volume ${id} is in error`);
      await sleep(250);
    }
    throw new Error(`volume ${id} did not become available`);
  }

  async #release(key: string): Promise<Again> {
    const volume = this.#volumes.get(key);
    if (volume?.spec.csi?.driver !== DRIVER) return undefined;
    const released = volume.status?.phase === 'Released' && volume.spec.persistentVolumeReclaimPolicy === 'Delete';
    if (released && volume.metadata.deletionTimestamp === undefined) {
      await this.#deleteVolume(volume.spec.csi.volumeHandle);
      await this.#kubernetes.delete(`/api/v1/persistentvolumes/${key}`);
    }
    if (volume.metadata.deletionTimestamp !== undefined && volume.metadata.finalizers?.includes(PV_FINALIZER)) {
      await this.#kubernetes.patch(`/api/v1/persistentvolumes/${key}`, 'strategic', withoutFinalizer(PV_FINALIZER));
    }
    return undefined;
  }

  async #deleteVolume(id: string): Promise<void> {
    try {
      await this.#cloud.send('block-storage', 'DELETE', `/volumes/${id}`);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error;
    }
  }

  async #attach(key: string): Promise<Again> {
    const attachment = this.#attachments.get(key);
    if (attachment?.spec.attacher !== DRIVER) return undefined;
    const handle = this.#volumes.get(attachment.spec.source.persistentVolumeName ?? '')?.spec.csi?.volumeHandle;
    const server = this.#serverOf(attachment.spec.nodeName);
    if (attachment.metadata.deletionTimestamp) await this.#detach(attachment, handle, server);
    else if (!attachment.status?.attached) await this.#attachTo(attachment, handle, server);
    return undefined;
  }

  #serverOf(nodeName: string): string | undefined {
    return this.#nodes
      .get(nodeName)
      ?.spec.providerID?.replace(/^openstack:\/\//, '')
      .split('/')
      .at(-1);
  }

  async #attachTo(attachment: VolumeAttachment, handle: string | undefined, server: string | undefined): Promise<void> {
    const path = `/apis/storage.k8s.io/v1/volumeattachments/${attachment.metadata.name}`;
    try {
      if (handle === undefined || server === undefined) throw new Error(`node ${attachment.spec.nodeName} has no server`);
      if (!attachment.metadata.finalizers?.includes(ATTACH_FINALIZER)) {
        await this.#kubernetes.patch(path, 'strategic', { metadata: { finalizers: [ATTACH_FINALIZER] } });
      }
      await this.#attachVolume(handle, server);
      await this.#kubernetes.patch(`${path}/status`, 'merge', {
        status: { attached: true, attachmentMetadata: { DevicePath: '/dev/vdb' }, attachError: null },
      });
    } catch (error) {
      const message = `rpc error: code = Internal desc = [ControllerPublishVolume] Attach Volume failed with error ${(error as Error).message}`;
      const attachError = { time: new Date().toISOString(), message };
      await this.#kubernetes.patch(`${path}/status`, 'merge', { status: { attached: false, attachError } });
      throw error;
    }
  }

  async #attachVolume(volumeId: string, server: string): Promise<void> {
    const { volume } = await this.#cloud.get<{ volume: Volume }>('block-storage', `/volumes/${volumeId}`);
    if (volume.attachments.some(({ server_id }) => server_id === server)) return;
    await this.#cloud.send('compute', 'POST', `/servers/${server}/os-volume_attachments`, { volumeAttachment: { volumeId } });
    for (let tries = 0; tries < 80; tries++) {
      if ((await this.#cloud.get<{ volume: Volume }>('block-storage', `/volumes/${volumeId}`)).volume.status === 'in-use') return;
      await sleep(250);
    }
    throw new Error(`volume ${volumeId} was not attached in time`);
  }

  async #detach(attachment: VolumeAttachment, handle: string | undefined, server: string | undefined): Promise<void> {
    if (handle !== undefined && server !== undefined) {
      try {
        await this.#cloud.send('compute', 'DELETE', `/servers/${server}/os-volume_attachments/${handle}`);
      } catch (error) {
        // 404: neither server nor attachment is there any more, which is what was wanted
        if (!(error instanceof Refused && error.status === 404)) throw error;
      }
    }
    const path = `/apis/storage.k8s.io/v1/volumeattachments/${attachment.metadata.name}`;
    await this.#kubernetes.patch(path, 'strategic', withoutFinalizer(ATTACH_FINALIZER));
  }

  #tell(claim: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string): Promise<void> {
    return this.#events.record({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', object: claim }, type, reason, message);
  }
}

function persistentVolume(claim: Claim, storageClass: StorageClass, volume: Volume) {
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const expression = { key: ZONE, operator: 'In', values: [volume.availability_zone] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: {
      name: volume.name,
      annotations: {
        'pv.kubernetes.io/provisioned-by': DRIVER,
        'volume.kubernetes.io/provisioner-deletion-secret-name': '',
        'volume.kubernetes.io/provisioner-deletion-secret-namespace': '',
      },
      finalizers: [PV_FINALIZER],
    },
    spec: {
      capacity: { storage: `${volume.size}Gi` },
      accessModes: claim.spec.accessModes,
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, namespace, uid, resourceVersion },
      persistentVolumeReclaimPolicy: storageClass.reclaimPolicy ?? 'Delete',
      storageClassName: storageClass.metadata.name,
      volumeMode: claim.spec.volumeMode ?? 'Filesystem',
      csi: {
        driver: DRIVER,
        volumeHandle: volume.id,
        fsType: 'ext4',
        volumeAttributes: { 'storage.kubernetes.io/csiProvisionerIdentity': `sandbox-${DRIVER}` },
      },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } },
    },
  };
}
