import type { Rule } from '../rule.ts';

const driver = 'cinder.csi.openstack.org';
const storageClass = { in: 'storage.k8s.io/v1 StorageClass', when: { provisioner: driver } } as const;
const persistentVolume = { in: 'v1 PersistentVolume', when: { 'spec.csi.driver': driver } } as const;
const content = { in: 'snapshot.storage.k8s.io/v1 VolumeSnapshotContent', when: { 'spec.driver': driver } } as const;

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
    ...content,
    at: 'spec.source.snapshotHandle',
    to: 'block-storage.snapshot',
    by: 'id',
    unknown: 'error',
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
