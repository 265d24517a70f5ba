import { orcKinds } from '../openstack/kinds/orcKinds.ts';
import type { LocalManifest } from './manifest.ts';
import { textAt } from './path.ts';

/**
 * The resource that comes to be when a manifest is applied, as `kind name`: a managed object of the OpenStack resource controller. What names it is not wrong because it is
 * not there yet.
 */
export function creates({ apiVersion, kind, name, root, tree }: LocalManifest): string | undefined {
  const to = apiVersion?.startsWith('openstack.k-orc.cloud/') ? orcKinds[kind ?? ''] : undefined;
  if (!to || textAt(root, 'spec.managementPolicy', tree) === 'unmanaged') return undefined;
  const called = textAt(root, 'spec.resource.name', tree) ?? name;
  return called === undefined ? undefined : `${to} ${called}`;
}
