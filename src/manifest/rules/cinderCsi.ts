import type { Demand, FixedValues, Rule } from '../rule.ts';

const driver = 'cinder.csi.openstack.org';
const storageClass = { in: 'storage.k8s.io/v1 StorageClass', when: { provisioner: driver } } as const;
/** Translated to the driver by Kubernetes. Source: kubernetes, `staging/src/k8s.io/csi-translation-lib/plugins/openstack_cinder.go`. */
const formerClass = { in: 'storage.k8s.io/v1 StorageClass', when: { provisioner: 'kubernetes.io/cinder' } } as const;
const persistentVolume = { in: 'v1 PersistentVolume', when: { 'spec.csi.driver': driver } } as const;
const topology = 'allowedTopologies[*].matchLabelExpressions[*]';
const affinity = 'spec.nodeAffinity.required.nodeSelectorTerms[*].matchExpressions[*]';
const inTree = { in: 'v1 PersistentVolume', at: 'spec.cinder.volumeID' } as const;
const content = { in: 'snapshot.storage.k8s.io/v1 VolumeSnapshotContent', when: { 'spec.driver': driver } } as const;

const zoneUp: Demand = {
  field: 'zoneState.available',
  is: { value: true },
  otherwise: 'is not available',
  code: 'reference.notAvailable',
};

/** The Cinder CSI driver. Source: kubernetes/cloud-provider-openstack, `pkg/csi/cinder/controllerserver.go`, `docs/cinder-csi-plugin`. */
export const cinderCsiRules: readonly Rule[] = [
  {
    ...storageClass,
    at: 'parameters.type',
    to: 'block-storage.type',
    by: 'idOrName',
    unknown: 'error',
    field: 'parameters.type',
  },
  {
    ...storageClass,
    at: 'parameters.availability',
    to: 'block-storage.availability_zone',
    by: 'name',
    unknown: 'error',
    confused: ['compute.availability_zone'],
    field: 'parameters.availability',
    demands: [zoneUp],
  },
  {
    ...storageClass,
    at: `${topology}.values[*]`,
    beside: { [`${topology}.key`]: 'topology.cinder.csi.openstack.org/zone' },
    to: 'compute.availability_zone',
    by: 'name',
    // A node's label has its zone without the characters that no label may have.
    unknown: 'warning',
    accepts: ['block-storage.availability_zone'],
    field: 'allowedTopologies',
  },
  {
    in: 'snapshot.storage.k8s.io/v1 VolumeSnapshotClass',
    when: { driver, 'parameters.type': 'backup' },
    at: 'parameters.availability',
    to: 'block-storage.availability_zone',
    by: 'name',
    unknown: 'error',
    field: 'parameters.availability',
  },
  { ...formerClass, at: 'parameters.type', to: 'block-storage.type', by: 'idOrName', unknown: 'error', field: 'parameters.type' },
  {
    ...formerClass,
    at: 'parameters.availability',
    to: 'block-storage.availability_zone',
    by: 'name',
    unknown: 'error',
    field: 'parameters.availability',
  },
  {
    ...persistentVolume,
    at: `${affinity}.values[*]`,
    beside: { [`${affinity}.key`]: 'topology.cinder.csi.openstack.org/zone' },
    to: 'compute.availability_zone',
    by: 'name',
    unknown: 'warning',
    accepts: ['block-storage.availability_zone'],
    field: 'nodeAffinity',
  },
  {
    ...persistentVolume,
    at: 'spec.csi.volumeHandle',
    to: 'block-storage.volume',
    by: 'id',
    unknown: 'error',
    confused: ['block-storage.snapshot'],
  },
  {
    in: 'v1 Pod',
    at: 'spec.volumes[*].csi.volumeAttributes.type',
    beside: { 'spec.volumes[*].csi.driver': driver },
    to: 'block-storage.type',
    by: 'idOrName',
    unknown: 'error',
    field: 'volumeAttributes.type',
  },
  {
    in: 'v1 Pod',
    at: 'spec.volumes[*].cinder.volumeID',
    to: 'block-storage.volume',
    by: 'id',
    unknown: 'error',
    confused: ['block-storage.snapshot'],
  },
  ...['affinity', 'anti-affinity'].map(
    (which): Rule => ({
      in: 'v1 PersistentVolumeClaim',
      at: `metadata.annotations[cinder.csi.openstack.org/${which}]`,
      // Of a list nobody can say which one is meant.
      part: /^\s*([^,]+?)\s*$/,
      to: 'block-storage.volume',
      by: 'idOrName',
      unknown: 'error',
    }),
  ),
  { ...inTree, to: 'block-storage.volume', by: 'id', unknown: 'error', confused: ['block-storage.snapshot'] },
  {
    ...content,
    at: 'spec.source.snapshotHandle',
    to: 'block-storage.snapshot',
    by: 'id',
    unknown: 'error',
    // The driver looks among the backups for what is no snapshot.
    accepts: ['block-storage.backup'],
    confused: ['block-storage.volume'],
  },
  {
    ...content,
    at: 'spec.source.volumeHandle',
    to: 'block-storage.volume',
    by: 'id',
    unknown: 'error',
    confused: ['block-storage.snapshot'],
  },
];

/** Parameters that the driver reads; it ignores all others, silently. `csi.storage.k8s.io/…` belong to the provisioner beside it. */
export const cinderValues: readonly FixedValues[] = [
  {
    in: storageClass.in,
    when: storageClass.when,
    at: 'parameters',
    called: 'parameter',
    reader: 'The Cinder CSI driver',
    own: /^(?!csi\.storage\.k8s\.io\/)/,
    keys: { type: {}, availability: {}, fstype: {}, fsType: {} },
    meant: {
      zone: 'availability',
      availabilityZone: 'availability',
      availability_zone: 'availability',
      volumeType: 'type',
      volume_type: 'type',
    },
  },
  {
    in: 'snapshot.storage.k8s.io/v1 VolumeSnapshotClass',
    when: { driver },
    at: 'parameters',
    called: 'parameter',
    reader: 'The Cinder CSI driver',
    own: /^(?!csi\.storage\.k8s\.io\/)/,
    keys: {
      type: { words: ['snapshot', 'backup'] },
      'force-create': { words: ['true', 'false'] },
      'backup-max-duration-seconds-per-gb': { integer: { from: 1 } },
      availability: {},
    },
  },
];
