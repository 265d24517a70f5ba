import type { FixedValues, Rule } from '../rule.ts';

const location = 'velero.io/v1 VolumeSnapshotLocation';
const timeouts = ['volumeTimeout', 'snapshotTimeout', 'cloneTimeout', 'backupTimeout', 'imageTimeout'] as const;
const words = (...all: readonly string[]) => ({
  words: all,
  otherwise: { said: 'is refused by the plugin', severity: 'warning' } as const,
});
const truth = { words: ['true', 'false'] } as const;
const settings = { at: 'spec.config', called: 'setting', own: /^[a-z]/, shared: true } as const;

/** Velero's plugin for OpenStack. Source: Lirt/velero-plugin-for-openstack, `docs/`. */
export const veleroRules: readonly Rule[] = [
  {
    in: 'velero.io/v1 BackupStorageLocation',
    when: { 'spec.provider': 'community.openstack.org/openstack' },
    at: 'spec.objectStorage.bucket',
    to: 'object-store.container',
    by: 'name',
    unknown: 'error',
    consequence: 'The plugin does not make one.',
  },
  ...['openstack', 'openstack-cinder', 'openstack-manila'].flatMap((provider): Rule[] => {
    const kind = provider === 'openstack' ? 'velero.io/v1 BackupStorageLocation' : location;
    const when = { 'spec.provider': `community.openstack.org/${provider}` };
    return [{ in: kind, when, at: 'spec.config.region', to: 'identity.region', by: 'name', unknown: 'error' }];
  }),
];

export const veleroValues: readonly FixedValues[] = [
  {
    ...settings,
    in: location,
    when: { 'spec.provider': 'community.openstack.org/openstack-cinder' },
    reader: 'The plugin for Cinder',
    keys: {
      cloud: {},
      region: {},
      method: words('snapshot', 'clone', 'backup', 'image'),
      ...Object.fromEntries(timeouts.map((key) => [key, { duration: true }])),
      ensureDeleted: truth,
      ensureDeletedDelay: { duration: true },
      cascadeDelete: truth,
      backupIncremental: truth,
    },
  },
  {
    ...settings,
    in: location,
    when: { 'spec.provider': 'community.openstack.org/openstack-manila' },
    reader: 'The plugin for Manila',
    keys: { cloud: {}, region: {}, method: words('snapshot', 'clone'), driver: {} },
  },
];
