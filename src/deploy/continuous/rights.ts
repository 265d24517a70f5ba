import type { ApiKind } from '../../kubernetes/cluster.ts';
import { groupKind, groupOf } from '../../kubernetes/objectKey.ts';
import { isNeeded, referencesOf } from '../../kubernetes/objectReferences.ts';
import { neighboursOf } from '../readiness/readiness.ts';
import { leaseName } from '../record/lease.ts';
import { parentRef } from '../removal/inventory.ts';
import { NEIGHBOURS } from '../run/observed.ts';
import type { Plan, Step } from '../types.ts';

/** One rule of a Role. */
export interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** What a plan needs to be made, applied and watched: in each namespace, and in the whole cluster. */
export interface Rights {
  readonly namespaces: ReadonlyMap<string, readonly Rule[]>;
  readonly cluster: readonly Rule[];
}

const WRITES = ['get', 'list', 'watch', 'create', 'patch'];
const READS = ['get', 'list', 'watch'];
/** Workloads whose replicas may be an autoscaler's: it is looked for beside them. */
const SCALABLE: ReadonlySet<string> = new Set(['apps/Deployment', 'apps/StatefulSet', 'apps/ReplicaSet']);

/**
 * The rights that carrying out a plan takes, and no more: to create and patch its kinds (server-side apply of what is not there wants both), to watch them and what explains them, to look for what they name, to
 * take its Lease and to note what its set holds. `name` is what a plan without a set is called. Names narrow what can be narrowed: `create`, `list` and `watch` know none. Sources: Kubernetes, "Using RBAC
 * Authorization", "Referring to resources"; "Server-Side Apply", "Permissions".
 */
export function rightsOf(
  { steps, target, set }: Pick<Plan, 'steps' | 'target' | 'set'>,
  name: string,
  kinds: readonly ApiKind[],
): Rights {
  const resourceOf = new Map(kinds.map((kind) => [`${kind.group}/${kind.kind}`, kind.resource]));
  const spaces = Map.groupBy(steps, ({ ref }) => ref.namespace);
  const own = spaces.get(undefined) ?? [];
  const named = [...spaces].flatMap(([namespace, all]) => (namespace === undefined ? [] : [[namespace, all] as const]));
  const namespaces = new Map(named.map(([namespace, all]) => [namespace, rulesIn(namespace, all, steps, resourceOf)] as const));
  namespaces.set(target.namespace, [...(namespaces.get(target.namespace) ?? []), ...kept(set, name)]);
  const looked = new Set(['kube-system', target.namespace, ...namespaces.keys()]);
  const clusterWide = needed(steps, undefined, resourceOf);
  const claims = steps.some(({ ref }) => ref.kind === 'PersistentVolumeClaim' || ref.kind === 'StatefulSet');
  const cluster = [
    { apiGroups: [''], resources: ['namespaces'], resourceNames: [...looked].sort(), verbs: ['get'] },
    ...writes(own, resourceOf),
    ...(claims ? [{ apiGroups: ['storage.k8s.io'], resources: ['storageclasses'], verbs: ['get', 'list'] }] : []),
    ...clusterWide,
  ];
  return { namespaces, cluster };
}

function rulesIn(
  namespace: string,
  steps: readonly Step[],
  all: readonly Step[],
  resourceOf: ReadonlyMap<string, string>,
): readonly Rule[] {
  const neighbours = all.flatMap(({ object }) => neighboursOf(object)).filter((one) => one.namespace === namespace);
  const around = new Set(neighbours.map(({ kind }) => kind));
  const beside = [...around]
    .map((one) => NEIGHBOURS[one])
    .map(({ apiVersion, kind }) => ({ group: groupOf(apiVersion), resource: resourceOf.get(`${groupOf(apiVersion)}/${kind}`) }));
  const scales = steps.some(({ ref }) => SCALABLE.has(groupKind(ref)));
  return [
    ...writes(steps, resourceOf),
    ...byGroup(beside, READS),
    // what a container said before it ended
    ...(around.has('Pod') ? [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get'] }] : []),
    ...(scales ? [{ apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: ['list'] }] : []),
    ...needed(steps, namespace, resourceOf),
  ];
}

/** What is kept beside what is deployed: the Lease, and the inventory of the set. */
function kept(set: Plan['set'], name: string): readonly Rule[] {
  const leases = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  const inventories = { apiGroups: [''], resources: ['configmaps'] };
  const before = set?.before;
  return [
    { ...leases, verbs: ['create'] },
    { ...leases, resourceNames: [leaseName(before?.name ?? name)], verbs: ['get', 'patch', 'delete'] },
    ...(before
      ? [
          { ...inventories, verbs: ['list', 'create'] },
          { ...inventories, resourceNames: [parentRef(before).name], verbs: ['get', 'patch'] },
        ]
      : []),
  ];
}

function writes(steps: readonly Step[], resourceOf: ReadonlyMap<string, string>): readonly Rule[] {
  return byGroup(
    steps.map(({ ref }) => ({ group: groupOf(ref.apiVersion), resource: resourceOf.get(groupKind(ref)) })),
    WRITES,
  );
}

/** One rule for each API group; what the server does not serve needs none. */
function byGroup(
  kinds: readonly { readonly group: string; readonly resource: string | undefined }[],
  verbs: readonly string[],
): readonly Rule[] {
  const groups = Map.groupBy(kinds, ({ group }) => group);
  return [...groups].flatMap(([group, all]) => {
    const resources = [...new Set(all.flatMap(({ resource }) => resource ?? []))].sort();
    return resources.length === 0 ? [] : [{ apiGroups: [group], resources, verbs }];
  });
}

/** What the plan's objects name and the plan does not hold: looked for by its name. */
function needed(steps: readonly Step[], namespace: string | undefined, resourceOf: ReadonlyMap<string, string>): readonly Rule[] {
  const planned = new Set(steps.map(({ ref }) => `${groupKind(ref)} ${ref.name}`));
  const references = steps.flatMap(({ object }) =>
    referencesOf(object).filter((one) => isNeeded(one) && one.namespace === namespace),
  );
  const missing = references.filter(({ to, name }) => !planned.has(`${to} ${name}`));
  return [...Map.groupBy(missing, ({ to }) => to)].flatMap(([to, all]) => {
    const resource = resourceOf.get(to);
    if (resource === undefined) return [];
    const resourceNames = [...new Set(all.map(({ name }) => name))].sort();
    return [{ apiGroups: [to.slice(0, to.indexOf('/'))], resources: [resource], resourceNames, verbs: ['get'] }];
  });
}
