import { type Failure, type Result, success } from '../base/failure.ts';
import type { Cluster, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { idOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { belongs, type Relation, relations } from './relations.ts';

/** A resource that an object is, and where it was found. */
export interface RelatedResource {
  readonly kind: KindId;
  readonly project: Project;
  readonly resource: Resource;
  /** False for one of several that bear the same marks. */
  readonly certain: boolean;
}

/** An object that a resource is, and where it was found. */
export interface RelatedObject {
  readonly group: string;
  readonly cluster: Cluster;
  readonly object: KubeObject;
  readonly certain: boolean;
}

/** What an object is in the clouds that were asked. */
export interface ResourcesOfObject {
  readonly found: readonly RelatedResource[];
  /** Ids that the object names and that no asked project has. */
  readonly absent: readonly { readonly kind: KindId; readonly id: string; readonly region: string | undefined }[];
  readonly failures: readonly Failure[];
}

/** What a resource is in the clusters that were asked. */
export interface ObjectsOfResource {
  readonly found: readonly RelatedObject[];
  readonly failures: readonly Failure[];
}

/** Whether a relation knows the kind; asks nobody. */
export function hasResources(objectKind: string): boolean {
  return relations.some(({ object }) => object === objectKind);
}

/** Whether a relation knows the kind; asks nobody. */
export function hasObjects(kind: KindId): boolean {
  return relations.some(({ resource }) => resource === kind);
}

/** Whether the resource itself says that a cluster made it. */
export function isMadeByCluster(kind: KindId, resource: Resource): boolean {
  return relations.some((relation) => relation.resource === kind && relation.made?.(resource));
}

/** Looks for what an object is in each of the projects: by the id it names with one GET, else by its marks in one cached list. `objectKind` is `group/Kind`. */
export async function resourcesOf(
  cluster: Cluster,
  objectKind: string,
  object: KubeObject,
  projects: readonly Project[],
  signal?: AbortSignal,
): Promise<ResourcesOfObject> {
  const answers = await Promise.all(
    relations
      .filter((relation) => relation.object === objectKind)
      .map((relation) => resourcesBy(relation, cluster, object, projects, signal)),
  );
  return {
    found: answers.flatMap(({ found }) => found),
    absent: answers.flatMap(({ absent }) => absent),
    failures: answers.flatMap(({ failures }) => failures),
  };
}

const nothing: ResourcesOfObject = { found: [], absent: [], failures: [] };

async function resourcesBy(
  relation: Relation,
  cluster: Cluster,
  object: KubeObject,
  projects: readonly Project[],
  signal: AbortSignal | undefined,
): Promise<ResourcesOfObject> {
  const holder = relation.through ? await holderOf(relation.through.to(object), cluster, signal) : success(object);
  if (!holder) return nothing;
  if (!holder.ok) return { ...nothing, failures: [holder.failure] };
  if (relation.concerns && !relation.concerns(holder.value)) return nothing;
  return search(relation, holder.value, projects, signal);
}

function holderOf(
  ref: ObjectRef | undefined,
  cluster: Cluster,
  signal: AbortSignal | undefined,
): Promise<Result<KubeObject>> | undefined {
  return ref && cluster.get(ref, signal);
}

async function search(
  relation: Relation,
  holder: KubeObject,
  projects: readonly Project[],
  signal: AbortSignal | undefined,
): Promise<ResourcesOfObject> {
  const { resource: kind } = relation;
  const [id, region] = [relation.id?.(holder), relation.region?.(holder)];
  const asked = projects.filter((project) => project.offers(kind) && (!region || !project.region || project.region === region));
  const answers = await Promise.all(
    asked.map(async (project) => ({ project, answer: await inProject(relation, holder, id, project, signal) })),
  );
  const failures = answers.flatMap(({ answer }) => (answer.ok || answer.failure.reason === 'notFound' ? [] : [answer.failure]));
  const matches = answers.flatMap(({ project, answer }) =>
    answer.ok ? answer.value.map((resource) => ({ project, resource })) : [],
  );
  // An administrator sees the same resource from several projects.
  const once = [...new Map(matches.map((match) => [idOf(kind, match.resource), match])).values()];
  const certain = id !== undefined || once.length === 1;
  const absent = id === undefined || once.length > 0 || failures.length > 0 ? [] : [{ kind, id, region }];
  return { found: once.map((match) => ({ kind, ...match, certain })), absent, failures };
}

async function inProject(
  relation: Relation,
  holder: KubeObject,
  id: string | undefined,
  project: Project,
  signal: AbortSignal | undefined,
): Promise<Result<readonly Resource[]>> {
  const options = signal ? { signal } : {};
  if (id !== undefined) {
    const resource = await project.get(relation.resource, id, options);
    return resource.ok ? { ok: true, value: [resource.value] } : resource;
  }
  if (!relation.bears) return { ok: true, value: [] };
  const list = await project.list(relation.resource, options);
  return list.ok ? { ok: true, value: list.value.items.filter((resource) => belongs(relation, holder, resource)) } : list;
}

/** Looks for what a resource is in each of the clusters, in lists that are kept for some seconds. Kinds a cluster does not serve or show are passed over. */
export async function objectsOf(
  kind: KindId,
  resource: Resource,
  clusters: readonly Cluster[],
  signal?: AbortSignal,
): Promise<ObjectsOfResource> {
  const rows = relations.filter((relation) => relation.resource === kind);
  const answers = await Promise.all(
    clusters.flatMap((cluster) => rows.map((relation) => objectsBy(relation, resource, cluster, signal))),
  );
  return {
    found: answers.flatMap(({ found }) => found),
    failures: [...new Map(answers.flatMap(({ failures }) => failures).map((one) => [one.message, one])).values()],
  };
}

async function objectsBy(
  relation: Relation,
  resource: Resource,
  cluster: Cluster,
  signal: AbortSignal | undefined,
): Promise<ObjectsOfResource> {
  const { through } = relation;
  const objectKind = through?.object ?? relation.object;
  const list = await listed(cluster, objectKind);
  if (!list.ok) {
    const quiet = ['notFound', 'forbidden', 'cancelled'].includes(list.failure.reason);
    return { found: [], failures: quiet ? [] : [list.failure] };
  }
  const holders = list.value.filter((object) => belongs(relation, object, resource));
  const certain = holders.length === 1 || relation.id !== undefined;
  const objects = await Promise.all(
    holders.map((one) => (through ? holderOf(through.back(one), cluster, signal) : success(one))),
  );
  const group = relation.object.slice(0, relation.object.indexOf('/'));
  return { found: objects.flatMap((one) => (one?.ok ? [{ group, cluster, object: one.value, certain }] : [])), failures: [] };
}

/** Lists are shared by the rows that are expanded one after another. */
const keptMs = 10_000;

type Objects = Result<readonly KubeObject[]>;
const lists = new WeakMap<Cluster, Map<string, { readonly at: number; readonly objects: Promise<Objects> }>>();

async function listed(cluster: Cluster, objectKind: string): Promise<Objects> {
  const known = lists.get(cluster) ?? new Map();
  lists.set(cluster, known);
  const kept = known.get(objectKind);
  if (kept && Date.now() - kept.at < keptMs) return kept.objects;
  const objects = listAll(cluster, objectKind);
  known.set(objectKind, { at: Date.now(), objects });
  const answer = await objects;
  if (!answer.ok) known.delete(objectKind);
  return answer;
}

async function listAll(cluster: Cluster, objectKind: string): Promise<Objects> {
  const kinds = await cluster.kinds();
  if (!kinds.ok) return kinds;
  const kind = kinds.value.find((one) => `${one.group}/${one.kind}` === objectKind);
  if (!kind) return { ok: true, value: [] };
  const list = await cluster.list(apiVersionOf(kind), kind.kind);
  return list.ok ? { ok: true, value: list.value.items } : list;
}
