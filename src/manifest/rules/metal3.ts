import type { FixedValues } from '../rule.ts';

const host = { in: 'metal3.io/v1alpha1 BareMetalHost', called: 'setting', reader: 'The bare metal operator' } as const;
/** Keys that are not known here are the schema's to judge. */
const otherwise = { said: 'is refused by the API server', severity: 'error' } as const;
const never = /(?!)/;

/** Metal3's hosts, which Ironic drives. Source: metal3-io/baremetal-operator, `apis/metal3.io/v1alpha1/baremetalhost_types.go`. */
export const metal3Values: readonly FixedValues[] = [
  {
    ...host,
    at: 'spec',
    own: never,
    otherwise,
    keys: {
      bootMode: { words: ['UEFI', 'UEFISecureBoot', 'legacy'] },
      automatedCleaningMode: { words: ['metadata', 'disabled'] },
    },
  },
  {
    ...host,
    at: 'spec.image',
    own: never,
    otherwise,
    keys: {
      checksumType: { words: ['md5', 'sha256', 'sha512', 'auto'] },
      format: { words: ['raw', 'qcow2', 'vdi', 'vmdk', 'live-iso'] },
    },
  },
];
