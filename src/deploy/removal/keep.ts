import { textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind, groupOf, titleOf } from '../../kubernetes/objectKey.ts';
import { engineMarks, type Mark, marks } from '../../relations/ownerMarks.ts';
import { readAll } from '../../relations/readObjects.ts';
import { definedKind } from '../plan/order.ts';
import { refOf } from '../plan/prepare.ts';
import { memberKey } from './inventory.ts';

/** Why an object stays, and for whom: `prune` may never take it, though Undeploy, which is asked for, may. */
interface Kept {
  readonly why: string;
  readonly from: 'prune' | 'both';
}

/** Kinds that are not deleted because a document is gone from a file: what goes with them is more than they are. */
const kinds: Readonly<Record<string, Kept>> = {
  '/Namespace': { why: 'everything in it would go with it, of others too; delete it by hand', from: 'both' },
  '/PersistentVolume': { why: 'its data would go with it; delete it by hand', from: 'both' },
  '/PersistentVolumeClaim': { why: 'its data would go with it; Undeploy deletes it, or delete it by hand', from: 'prune' },
};

const yes = (value: string) => value === 'true';
const has = (word: string) => (value: string) => value.split(',').some((one) => one.trim() === word);

/**
 * Annotations that keep an object when its document goes. Sources: Helm, "Tell Helm not to uninstall a resource"; kapp, "Delete strategy"; cli-utils, "Lifecycle directives";
 * Argo CD, "Sync options"; Flux, "Kustomization", "Garbage collection"; kluctl, "All resources".
 */
const annotations: readonly (readonly [name: string, keeps: (value: string) => boolean])[] = [
  ['hybrid-clusters/keep', yes],
  ['helm.sh/resource-policy', has('keep')],
  ['kapp.k14s.io/delete-strategy', has('orphan')],
  ['client.lifecycle.config.k8s.io/deletion', has('detach')],
  ['cli-utils.sigs.k8s.io/on-remove', has('keep')],
  ['argocd.argoproj.io/sync-options', (value) => has('Prune=false')(value) || has('Delete=false')(value)],
  ['kustomize.toolkit.fluxcd.io/prune', has('disabled')],
  ['kluctl.io/skip-delete', yes],
];

/** What is being done: a deploy that prunes, or Undeploy with all that goes with it, by {@link memberKey}. */
export interface Doing {
  readonly verb: 'prune' | 'undeploy';
  readonly going: ReadonlySet<string>;
}

/** Why a live object is not deleted, or undefined when it may be. Asks the cluster only for kinds that need it. */
export async function keptBecause(
  object: KubeObject,
  doing: Doing,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<string | undefined> {
  const row = kinds[groupKind(object)];
  if (row && (doing.verb === 'prune' || row.from === 'both')) return row.why;
  if (groupKind(object) === '/Secret' && textAt(object, 'type') === 'kubernetes.io/service-account-token')
    return 'it is the token of a ServiceAccount';
  if (doing.verb === 'prune' && object.metadata['generateName'] !== undefined)
    return 'each one of its generateName is there once; delete it by hand';
  const told = keptByAnnotation(object);
  if (told !== undefined) return told;
  const instances = definedKind(object) === undefined ? undefined : await instancesOf(object, doing, cluster, signal);
  return (
    instances ??
    (await ownedByAnother(object, doing.verb, cluster)) ??
    (doing.verb === 'prune' ? usedTemplate(object, cluster, signal) : undefined)
  );
}

/** Why an object stays by what its annotations say. */
export function keptByAnnotation({ metadata }: KubeObject): string | undefined {
  const found = annotations.find(([name, keeps]) => keeps(metadata.annotations?.[name] ?? ''));
  return found && `its annotation ${found[0]} says so`;
}

/** `3 Robot objects of the cluster (shop/r2, …) would go with it`: of any namespace. Undeploy takes a definition of which only the set's own objects are left; prune takes none. */
async function instancesOf(
  definition: KubeObject,
  { verb, going }: Doing,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<string | undefined> {
  const [group, kind] = [textAt(definition, 'spec', 'group') ?? '', textAt(definition, 'spec', 'names', 'kind') ?? ''];
  // a kind that was defined since discovery would seem to have no objects
  const served = await cluster.kinds({ fresh: true, signal });
  const all = served.ok ? await readAll(cluster, `${group}/${kind}`) : served;
  if (!all.ok) return `every ${kind} of the cluster would go with it; delete it by hand`;
  // of the version a member's key says nothing
  const isGoing = (one: KubeObject) => going.has(memberKey(refOf({ ...one, apiVersion: `${group}/v1`, kind })));
  const others = verb === 'prune' ? all.value : all.value.filter((one) => !isGoing(one));
  if (others.length === 0)
    return verb === 'undeploy' ? undefined : `no ${kind} object is left; Undeploy deletes it, or delete it by hand`;
  const names = others
    .slice(0, 3)
    .map(({ metadata: { namespace, name } }) => (namespace === undefined ? name : `${namespace}/${name}`));
  const named = ` (${names.join(', ')}${others.length > names.length ? ', …' : ''})`;
  const objects = others.length === 1 ? 'object' : 'objects';
  return `${others.length} ${kind} ${objects} of the cluster${named} would go with it; delete it by hand`;
}

const ofEngines: ReadonlySet<Mark> = new Set(engineMarks.map(({ mark }) => mark));

/**
 * Whoever else applies it would make it again, or miss it (Cluster API's topology aside: it goes with its Cluster). What Flux or Argo CD keeps is no matter of single objects for Undeploy: half a set is worse than a whole
 * one, so that it is judged for the set (`planUndeploy`).
 */
async function ownedByAnother(object: KubeObject, doing: Doing['verb'], cluster: Cluster): Promise<string | undefined> {
  for (const mark of marks) {
    if (doing === 'undeploy' && ofEngines.has(mark)) continue;
    const owner = mark.names(object);
    if (owner === undefined || owner.group === 'cluster.x-k8s.io') continue;
    if (mark.find && !(await mark.find(cluster, object)).ok) continue;
    return `${owner.kind} ${owner.name} keeps it`;
  }
  return undefined;
}

/** Whether a kind is a template of Cluster API: what is made from it goes on naming it. */
export function isClusterTemplate({ apiVersion, kind }: Pick<KubeObject, 'apiVersion' | 'kind'>): boolean {
  return /(^|\.)cluster\.x-k8s\.io$/.test(groupOf(apiVersion)) && kind.endsWith('Template');
}

/** Kinds that name templates (Cluster API, "MachineSet", "MachineDeployment", "KubeadmControlPlane", "MachinePool"). */
const namesTemplates = [
  'cluster.x-k8s.io/MachineSet',
  'cluster.x-k8s.io/MachineDeployment',
  'cluster.x-k8s.io/MachinePool',
  'controlplane.cluster.x-k8s.io/KubeadmControlPlane',
];

async function usedTemplate(object: KubeObject, cluster: Cluster, signal: AbortSignal): Promise<string | undefined> {
  if (!isClusterTemplate(object)) return undefined;
  const { namespace, name } = object.metadata;
  for (const groupAndKind of namesTemplates) {
    if (signal.aborted) return 'cancelled';
    const all = await readAll(cluster, groupAndKind, namespace === undefined ? {} : { namespace });
    if (!all.ok) return `who uses it could not be asked: ${all.failure.message}`;
    const user = all.value.find(({ spec }) => names(spec, object.kind, name));
    if (user) return `${titleOf(refOf({ ...user, apiVersion: '', kind: groupAndKind.split('/')[1] ?? '' }))} still names it`;
  }
  return undefined;
}

function names(value: unknown, kind: string, name: string): boolean {
  if (Array.isArray(value)) return value.some((item) => names(item, kind, name));
  if (typeof value !== 'object' || value === null) return false;
  if (textAt(value, 'kind') === kind && textAt(value, 'name') === name) return true;
  return Object.values(value).some((inner) => names(inner, kind, name));
}
