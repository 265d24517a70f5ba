import { textAt, valuesAt } from './columns.ts';
import type { Resource } from './kind.ts';
import type { KindId } from './kinds/kinds.ts';
import type { Project } from './project.ts';

/** Where services write whose a resource is. Sources: API references of network, image, compute and block storage. */
const owners = ['project_id', 'owner', 'tenant_id', 'os-vol-tenant-attr:tenant_id'] as const;
/** Fields by which a resource is open to others than its owner: field → values. */
const open: Readonly<Record<string, readonly unknown[]>> = {
  shared: [true],
  'router:external': [true],
  visibility: ['public', 'shared', 'community'],
};
/** Fields that are `false` for what only some projects may use; which, only an administrator may ask. */
const access = ['os-flavor-access:is_public', 'is_public', 'os-volume-type-access:is_public'] as const;

/**
 * Whether everybody with a role in the project may use a resource that somebody sees there, who may be an administrator. False where it cannot be known: what is another
 * project's, a private flavor or volume type. A subnet is as open as its network.
 */
export async function isOpenTo(kind: KindId, resource: Resource, project: Project, signal?: AbortSignal): Promise<boolean> {
  if (access.some((field) => resource[field] === false)) return false;
  const owner = owners.map((field) => textAt(resource, field)).find(Boolean);
  if (owner === undefined || owner === project.id) return true;
  if (Object.entries(open).some(([field, values]) => valuesAt(resource, field).some((value) => values.includes(value))))
    return true;
  const network = kind === 'network.subnet' ? textAt(resource, 'network_id') : undefined;
  if (!network) return false;
  const found = await project.get('network.network', network, signal && { signal });
  return found.ok && (await isOpenTo('network.network', found.value, project, signal));
}
