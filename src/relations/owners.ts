import type { Failure } from '../base/failure.ts';
import type { Cluster, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import type { ObjectWord } from '../kubernetes/objectActions.ts';
import { textAt } from '../openstack/columns.ts';
import { idOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { pointersOf } from './pointers.ts';
import { isMadeByCluster, objectsOf, type RelatedObject } from './related.ts';

/** Who made a resource and keeps it as it is: an object of a cluster, or a stack. */
export interface Owner {
  readonly of:
    | ({ readonly world: 'kubernetes' } & RelatedObject)
    | { readonly world: 'openstack'; readonly kind: KindId; readonly resource: Resource };
  /** What happens to whoever changes the resource behind the owner's back. */
  readonly follows: string;
  /** What to do instead. */
  readonly instead: string;
  /** The owner's own action, where there is one: what it is, and to which object of the owner's cluster. */
  readonly act?: OwnAction | undefined;
}

/** What is done to an owner instead of changing what it owns. */
export interface OwnAction {
  readonly word: ObjectWord;
  readonly ref: ObjectRef;
}

/** The owners of a resource, as far as anybody could be asked. */
export interface Ownership {
  readonly owners: readonly Owner[];
  /** It bears the marks of a cluster, and no open cluster owns it. */
  readonly madeByCluster: boolean;
  /** Who could not be asked: then no owner proves nothing. */
  readonly failures: readonly Failure[];
}

interface Words extends Pick<Owner, 'follows' | 'instead'> {
  /** What can be done to the object itself, or to the one that it names. */
  readonly act?: { readonly word: ObjectWord; readonly to?: (object: KubeObject) => ObjectRef | undefined };
}

const machine: Words = {
  follows: 'Cluster API sees its machine fail; a MachineHealthCheck replaces it.',
  instead: 'Scale its MachineDeployment, or delete the Machine.',
};
const remove = { word: 'deleteObject' } as const;
const claim: Words = {
  follows: 'The pods that use the claim lose their data or hang.',
  instead: 'Delete the claim, or the pods that use it.',
};
/** The claim that a volume is bound to (core v1, PersistentVolume `spec.claimRef`). */
const claimOf = ({ spec }: KubeObject): ObjectRef | undefined => {
  const [name, namespace] = ['name', 'namespace'].map((key) => textAt({ spec }, `spec.claimRef.${key}`));
  return name === undefined
    ? undefined
    : { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name, ...(namespace === undefined ? {} : { namespace }) };
};

/** By `group/Kind`, else by `group/*`. Sources: the controllers' own behaviour as in Cluster API's "Machine health checks", cloud-provider-openstack's load balancer and the resource controller's reconciliation. */
const words: Readonly<Record<string, Words>> = {
  '/Node': {
    follows: 'Its pods stop, and after five minutes the cluster moves them; an autoscaler may replace the Node.',
    instead: 'Cordon and drain the Node first.',
    act: { word: 'cordon' },
  },
  'cluster.x-k8s.io/Machine': { ...machine, act: remove },
  'infrastructure.cluster.x-k8s.io/OpenStackMachine': machine,
  '/PersistentVolume': { ...claim, act: { ...remove, to: claimOf } },
  '/PersistentVolumeClaim': { ...claim, act: remove },
  'snapshot.storage.k8s.io/VolumeSnapshotContent': {
    follows: 'Nothing can be restored from this snapshot any more.',
    instead: 'Delete the VolumeSnapshot.',
  },
  '/Service': {
    follows: 'The Service is cut off, and the cloud controller tries to make it whole again.',
    instead: 'Change or delete the Service.',
    act: remove,
  },
  'openstack.k-orc.cloud/*': {
    follows: 'The resource controller makes it again, or puts it back.',
    instead: 'Change or delete the object.',
    act: remove,
  },
};
const unknownOwner: Words = { follows: 'Its controller may undo the change.', instead: 'Change the object.' };
const stack: Pick<Owner, 'follows' | 'instead'> = {
  follows: 'The stack no longer matches its template; its next update may fail.',
  instead: 'Update or delete the stack.',
};

/** Kinds that are parts of what they point at: whoever owns the whole owns the part. A volume is no part of the server it is attached to. */
const parts: readonly KindId[] = [
  'load-balancer.listener',
  'load-balancer.pool',
  'load-balancer.member',
  'load-balancer.health_monitor',
  'network.floating_ip',
  'network.port',
];
/** listener → load balancer, monitor → pool → load balancer, floating IP → port → load balancer. */
const deepest = 3;
/** More stacks than this are not looked through. */
const mostStacks = 20;

/**
 * Looks for whoever owns a resource, itself or as the part of something: in the clusters given, and among the stacks of the project. `parent` is the resource above, for
 * kinds that lie below another one.
 */
export async function ownersOf(
  project: Project,
  kind: KindId,
  resource: Resource,
  {
    clusters,
    parent,
    signal,
  }: { readonly clusters: readonly Cluster[]; readonly parent?: Resource; readonly signal?: AbortSignal },
): Promise<Ownership> {
  const wholes = await wholesOf(project, kind, resource, parent, signal);
  const answers = await Promise.all([
    ...wholes.map((whole) => inClusters(whole.kind, whole.resource, clusters, signal)),
    inStacks(project, wholes, signal),
  ]);
  const owners = answers.flatMap((answer) => answer.owners);
  const once = new Map(owners.map((owner) => [ownerName(owner), owner]));
  const made = wholes.some((whole) => isMadeByCluster(whole.kind, whole.resource));
  return {
    owners: [...once.values()],
    madeByCluster: made && !owners.some(({ of }) => of.world === 'kubernetes'),
    failures: answers.flatMap(({ failures }) => failures),
  };
}

interface Whole {
  readonly kind: KindId;
  readonly resource: Resource;
}

/** The resource and what it is a part of, upwards. */
async function wholesOf(
  project: Project,
  kind: KindId,
  resource: Resource,
  parent: Resource | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly Whole[]> {
  const wholes: Whole[] = [{ kind, resource }];
  if (kind === 'load-balancer.member' && parent) wholes.push({ kind: 'load-balancer.pool', resource: parent });
  const attached = kind === 'compute.volume_attachment' ? textAt(resource, 'volumeId') : undefined;
  const volume = attached === undefined ? undefined : await project.get('block-storage.volume', attached, signal && { signal });
  if (volume?.ok) wholes.push({ kind: 'block-storage.volume', resource: volume.value });
  let level: readonly Whole[] = wholes;
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next = await Promise.all(
      level
        .filter((part) => parts.includes(part.kind))
        .flatMap((part) => pointersOf(part.kind, part.resource))
        .filter(({ to }) => to === 'compute.server' || to.startsWith('load-balancer.') || to === 'network.port')
        .map(async ({ to, id }) => {
          const found = await project.get(to, id, signal && { signal });
          return found.ok ? [{ kind: to, resource: found.value }] : [];
        }),
    );
    level = next.flat();
    wholes.push(...level);
  }
  return wholes;
}

type Answer = Pick<Ownership, 'owners' | 'failures'>;

async function inClusters(
  kind: KindId,
  resource: Resource,
  clusters: readonly Cluster[],
  signal: AbortSignal | undefined,
): Promise<Answer> {
  const { found, failures } = await objectsOf(kind, resource, clusters, signal);
  return {
    owners: found.filter(keepsIt).map((related) => {
      const { act, ...said } = wordsFor(related);
      return { of: { world: 'kubernetes', ...related }, ...said, act: act && ownAction(act, related) };
    }),
    failures,
  };
}

/** An import of the resource controller looks and does not touch. */
function keepsIt({ object }: RelatedObject): boolean {
  return textAt(object, 'spec.managementPolicy') !== 'unmanaged';
}

function wordsFor({ group, object }: RelatedObject): Words {
  return words[`${group}/${object.kind}`] ?? words[`${group}/*`] ?? unknownOwner;
}

function ownAction({ word, to }: NonNullable<Words['act']>, { object }: RelatedObject): OwnAction | undefined {
  const { apiVersion, kind, metadata } = object;
  const { name, namespace } = metadata;
  const ref = to ? to(object) : { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
  return ref && { word, ref };
}

/** The stacks that count one of these among their resources. Source: orchestration API, `physical_resource_id`. */
async function inStacks(project: Project, wholes: readonly Whole[], signal: AbortSignal | undefined): Promise<Answer> {
  if (!project.offers('orchestration.stack')) return { owners: [], failures: [] };
  const stacks = await project.list('orchestration.stack', signal && { signal });
  if (!stacks.ok) return { owners: [], failures: stacks.failure.reason === 'forbidden' ? [] : [stacks.failure] };
  const ids = new Set(wholes.map((whole) => idOf(whole.kind, whole.resource)));
  const answers = await Promise.all(
    stacks.value.items.slice(0, mostStacks).map(async (resource): Promise<Answer> => {
      const inside = await project.list('orchestration.resource', { parent: resource, ...(signal && { signal }) });
      if (!inside.ok) return { owners: [], failures: inside.failure.reason === 'notFound' ? [] : [inside.failure] };
      const holds = inside.value.items.some((one) => ids.has(textAt(one, 'physical_resource_id') ?? ''));
      const owner: Owner = { of: { world: 'openstack', kind: 'orchestration.stack', resource }, ...stack };
      return { owners: holds ? [owner] : [], failures: [] };
    }),
  );
  return { owners: answers.flatMap(({ owners }) => owners), failures: answers.flatMap(({ failures }) => failures) };
}

/** `Service shop/web on sandbox-admin`, `stack demo-stack`. */
export function ownerName({ of }: Owner): string {
  if (of.world === 'openstack') return `stack ${textAt(of.resource, 'stack_name') ?? idOf(of.kind, of.resource)}`;
  const { name, namespace } = of.object.metadata;
  return `${of.object.kind} ${[namespace, name].filter(Boolean).join('/')} on ${of.cluster.context.name}`;
}
