import { textAt, valuesAt } from '../openstack/columns.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindIds, kindOf } from '../openstack/kinds/kinds.ts';

/** Another resource of the same project that a resource names by its id. */
export interface Pointer {
  readonly to: KindId;
  readonly id: string;
  /** The field that names it, dots descend: `attachments.server_id`. */
  readonly field: string;
}

/** What a resource points at: the rows of the catalog that say what lies below a kind, read the other way round. Asks nobody. */
export function pointersOf(kind: KindId, resource: Resource): readonly Pointer[] {
  const device = kind === 'network.port' ? deviceOf(resource) : undefined;
  const pointers = waysBack(kind).flatMap(({ to, field }) => {
    if (kind === 'network.port' && field === deviceField) return [];
    return valuesAt(resource, field).flatMap((id) => (typeof id === 'string' && id !== '' ? [{ to, id, field }] : []));
  });
  return device ? [device, ...pointers] : pointers;
}

interface WayBack {
  readonly to: KindId;
  readonly field: string;
}

const known = new Map<KindId, readonly WayBack[]>();

/** From `children: [{ kind: 'network.subnet', where: { network_id: 'id' } }]` of networks: a subnet's `network_id` leads to a network. */
function waysBack(kind: KindId): readonly WayBack[] {
  const ways = known.get(kind) ?? kindIds.flatMap((to) => fieldsBelow(to, kind).map((field) => ({ to, field })));
  known.set(kind, ways);
  return ways;
}

function fieldsBelow(to: KindId, kind: KindId): readonly string[] {
  return (kindOf(to).children ?? []).flatMap((child) => {
    const [first, ...others] = Object.entries(child.where);
    return child.kind === kind && first?.[1] === (kindOf(to).id ?? 'id') && others.length === 0 ? [first[0]] : [];
  });
}

const named = new Map<string, KindId | undefined>();

/** The kind whose id a field of that name holds in any resource (`network_id`): by the same rows. Undefined where none or several kinds are found by it, as by `device_id`. */
export function kindOfField(field: string): KindId | undefined {
  if (named.size === 0)
    for (const to of kindIds)
      for (const { where } of kindOf(to).children ?? [])
        for (const [name, source] of Object.entries(where))
          if (source === (kindOf(to).id ?? 'id')) named.set(name, named.has(name) && named.get(name) !== to ? undefined : to);
  return named.get(field);
}

const deviceField = 'device_id';

/** Whose id the `device_id` of a port is, by the beginning of its `device_owner`. Source: neutron-lib's constants; Octavia writes `lb-` before its own. */
const devices: readonly (readonly [owner: RegExp, to: KindId])[] = [
  [/^compute:/, 'compute.server'],
  [/^network:(ha_)?router/, 'network.router'],
  [/^octavia/i, 'load-balancer.loadbalancer'],
];

function deviceOf(port: Resource): Pointer | undefined {
  const owner = textAt(port, 'device_owner') ?? '';
  const id = textAt(port, deviceField)?.replace(/^lb-/, '');
  const to = devices.find(([beginning]) => beginning.test(owner))?.[1];
  return id && to ? { to, id, field: deviceField } : undefined;
}
