import type { FixedValues } from '../rule.ts';

const prefix = 'csi.storage.k8s.io/';
const secrets = (of: readonly string[]) =>
  Object.fromEntries(of.flatMap((one) => ['name', 'namespace'].map((part) => [`${prefix}${one}secret-${part}`, {}])));
const shared = { at: 'parameters', called: 'parameter', own: /^csi\.storage\.k8s\.io\//, shared: true } as const;

/**
 * Parameters that the programs beside every storage driver read. They refuse a class with one below their prefix that they do not know; later versions know more, so that only
 * what is nearly one of these is told.
 * Source: kubernetes-csi/external-provisioner, `pkg/controller/controller.go` (`removePrefixedParameters`); external-snapshotter, `pkg/utils/util.go`.
 */
export const csiSidecarValues: readonly FixedValues[] = [
  {
    ...shared,
    in: 'storage.k8s.io/v1 StorageClass',
    reader: 'The CSI provisioner',
    keys: {
      [`${prefix}fstype`]: {},
      ...secrets([
        '',
        'provisioner-',
        'controller-publish-',
        'node-stage-',
        'node-publish-',
        'controller-expand-',
        'node-expand-',
      ]),
    },
  },
  {
    ...shared,
    in: 'snapshot.storage.k8s.io/v1 VolumeSnapshotClass',
    reader: 'The CSI snapshotter',
    keys: secrets(['snapshotter-', 'snapshotter-list-']),
  },
];
