import { textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind, groupOf, keyOf } from '../../kubernetes/objectKey.ts';
import { definedKind, orderObjects } from '../plan/order.ts';
import { refOf } from '../plan/prepare.ts';
import { isStack } from '../stacks/declaration.ts';
import type { Step } from '../types.ts';
import { isClusterTemplate } from './keep.ts';

/** What is deleted together. Each stage begins when all of the one before are gone. */
interface Stage {
  /** `defined`: the kinds, as `group/Kind`, that definitions among the objects define. */
  readonly holds: (object: KubeObject, defined: ReadonlySet<string>) => boolean;
}

const group = (object: KubeObject, ending: string) => groupOf(object.apiVersion).endsWith(ending);
const isClusterApi = (object: KubeObject) => group(object, 'cluster.x-k8s.io');

/**
 * In this order: a Cluster that goes while its LoadBalancer Services live leaves their load balancers in OpenStack, on a network that then cannot be deleted; a Cluster whose templates or credentials
 * go first can never be deleted by its controllers (Cluster API book, "Deleting a Cluster" and the quick start's clean-up: "Do not use kubectl delete -f capi-quickstart.yaml"; Cluster API Provider
 * OpenStack, "Orphaned OpenStack resources"). The last row takes what no other takes.
 */
const stages: readonly Stage[] = [
  {
    holds: (object) =>
      ['networking.k8s.io/Ingress', 'gateway.networking.k8s.io/Gateway'].includes(groupKind(object)) || isLoadBalancer(object),
  },
  // what a controller of the same set cleans up goes while the controller lives
  { holds: (object, defined) => defined.has(groupKind(object)) && !isLater(object) },
  { holds: (object) => !isLater(object) },
  { holds: (object) => groupKind(object) === '/PersistentVolumeClaim' },
  { holds: (object) => ['cluster.x-k8s.io/Cluster', 'core.gardener.cloud/Shoot'].includes(groupKind(object)) },
  { holds: (object) => isClusterApi(object) && !isClusterTemplate(object) && !isIdentity(object) },
  { holds: isClusterTemplate },
  { holds: (object) => group(object, 'openstack.k-orc.cloud') || isStack(object) },
  { holds: (object) => definedKind(object) !== undefined },
  { holds: (object) => !isCredential(object) },
  { holds: () => true },
];

const isLoadBalancer = (object: KubeObject) =>
  groupKind(object) === '/Service' && textAt(object, 'spec', 'type') === 'LoadBalancer';
const isIdentity = (object: KubeObject) => group(object, 'cluster.x-k8s.io') && object.kind.endsWith('Identity');
const isCredential = (object: KubeObject) => groupKind(object) === '/Secret' || isIdentity(object);

/** Read or acted through by what is deleted in a later stage, or deleted there itself. */
function isLater(object: KubeObject): boolean {
  const later = ['/ConfigMap', '/ServiceAccount', '/PersistentVolumeClaim', 'core.gardener.cloud/Shoot'];
  if (later.includes(groupKind(object)) || isCredential(object) || definedKind(object) !== undefined) return true;
  return (
    isClusterApi(object) ||
    isStack(object) ||
    ['openstack.k-orc.cloud', 'rbac.authorization.k8s.io'].some((ending) => group(object, ending))
  );
}

/** When an object is deleted. */
export interface RemovalTurn {
  /** Everything of a lower stage is gone first. */
  readonly stage: number;
  /** Within the stage: whatever names it (who uses a thing goes before the thing). */
  readonly after: Step['after'];
}

/** When each object is deleted, by its key, in that order. One that would be a circle is left out: finalizers then sort it out. */
export function removalOrder(
  objects: readonly { readonly key: string; readonly object: KubeObject }[],
): ReadonlyMap<string, RemovalTurn> {
  const turns = new Map<string, RemovalTurn>();
  const defined = new Set(objects.flatMap(({ object }) => definedKind(object) ?? []));
  const staged = Map.groupBy(objects, ({ object }) => stages.findIndex(({ holds }) => holds(object, defined)));
  for (const [stage, members] of [...staged].sort(([one], [other]) => one - other)) {
    const { users, position } = usersFirst(members.map(({ object }) => object));
    const refKey = ({ object }: (typeof members)[number]) => keyOf(refOf(object));
    const keys = new Map(members.map((member) => [refKey(member), member.key]));
    for (const member of [...members].sort((one, other) => position(refKey(one)) - position(refKey(other)))) {
      const own = (users.get(refKey(member)) ?? []).flatMap((user) => keys.get(user) ?? []);
      turns.set(member.key, {
        stage,
        after: own.filter((user) => user !== member.key).map((user) => ({ key: user, until: 'gone' })),
      });
    }
  }
  return turns;
}

/** The order of a deploy, turned round: by the key of an object the keys of those that name it, and its place in a list in which they come first. */
function usersFirst(objects: readonly KubeObject[]) {
  const order = orderObjects(objects);
  const users = new Map<string, string[]>();
  const places = new Map<string, number>();
  for (const [key, before] of order.ok ? order.value : []) {
    places.set(key, -places.size);
    for (const one of before) users.set(one.key, [...(users.get(one.key) ?? []), key]);
  }
  return { users, position: (key: string) => places.get(key) ?? 0 };
}
