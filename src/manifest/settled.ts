import { field, type Path, textAt } from '../base/fields.ts';
import { groupKind } from '../kubernetes/objectKey.ts';
import type { ManifestObject } from './manifest.ts';

/** Kinds whose references count until the resource is made, and the fields of the status of which one says that it is. */
interface Row {
  /** `group/Kind`. */
  readonly kinds: readonly string[];
  readonly made: readonly { readonly at: Path; readonly is: string | RegExp }[];
}

const yes = 'true';

/**
 * A machine that runs does not look for its image again: one that is gone meanwhile is no fault of it, but of the template it came from. Sources: cluster-api-provider-openstack, `api/v1beta1`
 * and `api/v1beta2` (OpenStackMachineStatus), `api/v1alpha1` (OpenStackServerStatus); cluster-api, `api/core` (MachineStatus); openshift/api, `machine/v1beta1`; k-orc/openstack-resource-controller,
 * `api/v1alpha1` (`status.id`: what was found or made, which is asked for by id from then on).
 */
const rows: readonly Row[] = [
  {
    kinds: ['infrastructure.cluster.x-k8s.io/OpenStackMachine', 'infrastructure.cluster.x-k8s.io/OpenStackServer'],
    made: [
      { at: ['status', 'ready'], is: yes },
      { at: ['status', 'initialization', 'provisioned'], is: yes },
    ],
  },
  {
    kinds: ['cluster.x-k8s.io/Machine'],
    made: [
      { at: ['status', 'infrastructureReady'], is: yes },
      { at: ['status', 'initialization', 'infrastructureProvisioned'], is: yes },
    ],
  },
  { kinds: ['machine.openshift.io/Machine'], made: [{ at: ['status', 'phase'], is: /^Provisioned$|^Running$/ }] },
];
const orc = { at: ['status', 'id'], is: /./ } as const;

/** Whether an object needs nothing of what it names any more: it is made, or on its way out. */
export function isSettled(object: ManifestObject): boolean {
  if (object.metadata['deletionTimestamp'] !== undefined) return true;
  const name = groupKind(object);
  const made = name.startsWith('openstack.k-orc.cloud/') ? [orc] : (rows.find(({ kinds }) => kinds.includes(name))?.made ?? []);
  return made.some(({ at, is }) => {
    const value = scalarAt(object, at);
    return value !== undefined && (typeof is === 'string' ? value === is : is.test(value));
  });
}

function scalarAt(object: ManifestObject, at: Path): string | undefined {
  const text = textAt(object, ...at);
  return text ?? (field(object, ...at) === true ? yes : undefined);
}
