import { type Failure, type Result, success } from '../base/failure.ts';
import type { Cluster, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { idOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { type Match, matchOf, type Relation, relations } from './relations.ts';

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
  const matches = surest(
    answers.flatMap(({ project, answer }) => (answer.ok ? answer.value.map((found) => ({ project, ...found })) : [])),
  );
  // An administrator sees the same resource from several projects.
  const once = [...Map.groupBy(matches, ({ resource }) => idOf(kind, resource)).values()].flatMap(
    (same) => same.find(({ project, resource }) => ownerIds(resource).includes(project.id)) ?? same.slice(0, 1),
  );
  const certain = once.length === 1 ? once[0]?.match !== 'resembling' : id !== undefined;
  const absent = id === undefined || once.length > 0 || failures.length > 0 ? [] : [{ kind, id, region }];
  return { found: once.map(({ project, resource }) => ({ kind, project, resource, certain })), absent, failures };
}

/** Whose a resource is, by what the services say of it. */
function ownerIds(resource: Resource): readonly unknown[] {
  return ['project_id', 'tenant_id', 'os-vol-tenant-attr:tenant_id', 'owner'].map((key) => resource[key]);
}

interface Matching {
  readonly resource: Resource;
  readonly match: Match;
}

/** Weaker marks count only where nothing bears better ones. */
function surest<T extends { readonly match: Match }>(found: readonly T[]): readonly T[] {
  const sure = found.filter(({ match }) => match !== 'resembling');
  return sure.length > 0 ? sure : found;
}

async function inProject(
  relation: Relation,
  holder: KubeObject,
  id: string | undefined,
  project: Project,
  signal: AbortSignal | undefined,
): Promise<Result<readonly Matching[]>> {
  const options = signal ? { signal } : {};
  if (id !== undefined) {
    const resource = await project.get(relation.resource, id, options);
    return resource.ok ? success([{ resource: resource.value, match: 'named' }]) : resource;
  }
  if (!relation.bears) return success([]);
  const list = await project.list(relation.resource, options);
  if (!list.ok) return list;
  return success(
    list.value.items.flatMap((resource) => {
      const match = matchOf(relation, holder, resource);
      return match ? [{ resource, match }] : [];
    }),
  );
}

/** Looks for what a resource is in each of the clusters, in lists that are kept for some seconds. Kinds a cluster does not serve or show are passed over. */
export async function objectsOf(
  kind: KindId,
  resource: Resource,
  clusters: readonly Cluster[],
  signal?: AbortSignal,
): Promise<ObjectsOfResource> {
  const rows = relations.filter((relation) => relation.resource === kind);
  const answers = await Promise.all(rows.map((relation) => objectsBy(relation, resource, clusters, signal)));
  return {
    found: answers.flatMap(({ found }) => found),
    failures: [...new Map(answers.flatMap(({ failures }) => failures).map((one) => [one.message, one])).values()],
  };
}

async function objectsBy(
  relation: Relation,
  resource: Resource,
  clusters: readonly Cluster[],
  signal: AbortSignal | undefined,
): Promise<ObjectsOfResource> {
  const answers = await Promise.all(clusters.map((cluster) => holdersIn(cluster, relation, resource)));
  const holders = surest(answers.flatMap((answer) => (answer.ok ? answer.value : [])));
  // Clusters of the same name give the same marks; within one cluster, several objects may well share a resource.
  const claims = new Set(holders.filter(({ match }) => match === 'marked').map(({ cluster }) => cluster)).size;
  const group = relation.object.slice(0, relation.object.indexOf('/'));
  const found = await Promise.all(
    holders.map(async ({ cluster, holder, match }): Promise<readonly RelatedObject[]> => {
      const certain = match === 'named' || (match === 'marked' && claims === 1);
      const { through } = relation;
      const object = through ? await holderOf(through.back(holder), cluster, signal) : success(holder);
      return object?.ok ? [{ group, cluster, object: object.value, certain }] : [];
    }),
  );
  return { found: found.flat(), failures: answers.flatMap((answer) => (answer.ok ? [] : [answer.failure])) };
}

interface Holding {
  readonly cluster: Cluster;
  readonly holder: KubeObject;
  readonly match: Match;
}

/** Those of a cluster's objects that hold the relation; none where the kind is not served or not shown to the user. */
async function holdersIn(cluster: Cluster, relation: Relation, resource: Resource): Promise<Result<readonly Holding[]>> {
  const list = await listed(cluster, relation.through?.object ?? relation.object);
  if (!list.ok) return ['notFound', 'forbidden', 'cancelled'].includes(list.failure.reason) ? success([]) : list;
  return success(
    list.value.flatMap((holder) => {
      const match = matchOf(relation, holder, resource);
      return match ? [{ cluster, holder, match }] : [];
    }),
  );
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
