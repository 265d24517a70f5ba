import { field, listAt, numberAt } from '../base/fields.ts';
import type { Cluster, KubeObject } from '../kubernetes/cluster.ts';
import { textIn } from '../kubernetes/objectFields.ts';
import { nameOf } from '../openstack/display.ts';
import type { Project } from '../openstack/project.ts';
import { groupKindOf, readAll } from './readObjects.ts';
import { resourcesOf } from './related.ts';

/** What goes with an object, told in sentences. */
export interface Losses {
  readonly lines: readonly string[];
  /** Servers, data or a whole application are among them: a yes is not enough. */
  readonly grave: boolean;
}

/** What is done: the object is deleted, or has so many replicas then. */
export type Doing = { readonly deletes: true } | { readonly replicas: number };

const nothing: Losses = { lines: [], grave: false };

type Row = (cluster: Cluster, object: KubeObject, doing: Doing, projects: readonly Project[]) => Promise<Losses> | Losses;

/** By `group/Kind`: what is lost with it. */
const rows: Readonly<Record<string, Row>> = {
  'cluster.x-k8s.io/Cluster': machines,
  'cluster.x-k8s.io/MachineDeployment': machines,
  'cluster.x-k8s.io/MachineSet': machines,
  'cluster.x-k8s.io/Machine': machines,
  'cluster.x-k8s.io/MachinePool': machines,
  'controlplane.cluster.x-k8s.io/KubeadmControlPlane': machines,
  'infrastructure.cluster.x-k8s.io/OpenStackMachine': server,
  'kustomize.toolkit.fluxcd.io/Kustomization': kustomization,
  'helm.toolkit.fluxcd.io/HelmRelease': (_cluster, object, doing) =>
    !('deletes' in doing) || isSuspended(object)
      ? nothing
      : { lines: ['Flux uninstalls its release, with all that belongs to it.'], grave: true },
  'argoproj.io/Application': application,
  'argoproj.io/ApplicationSet': applicationSet,
  '/PersistentVolumeClaim': claim,
  '/Service': balanced,
};

/** What goes with an object when that is done to it, in the cluster and, as far as projects may be asked, in the clouds. */
export async function lossesOf(
  cluster: Cluster,
  object: KubeObject,
  doing: Doing,
  projects: readonly Project[],
): Promise<Losses> {
  return (await rows[groupKindOf(object)]?.(cluster, object, doing, projects)) ?? nothing;
}

const isSuspended = ({ spec }: KubeObject) => field(spec, 'suspend') === true;
const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;
/** Of many, so many are named. */
const mostNamed = 5;
const listed = (names: readonly string[]) =>
  [...names.slice(0, mostNamed), ...(names.length > mostNamed ? [`${names.length - mostNamed} more`] : [])].join(', ');

/** Machines go with their servers (Cluster API, "Machine"): all of a deletion, the difference of a smaller number. */
async function machines(cluster: Cluster, object: KubeObject, doing: Doing, projects: readonly Project[]): Promise<Losses> {
  const replicas = numberAt(object['spec'], 'replicas') ?? 0;
  if ('replicas' in doing) {
    const fewer = replicas - doing.replicas;
    return fewer > 0
      ? {
          lines: [`It deletes ${counted(fewer, 'machine')} and ${fewer === 1 ? 'its server' : 'their servers'}.`],
          grave: doing.replicas === 0,
        }
      : nothing;
  }
  const found = await machinesOf(cluster, object);
  if (found.length === 0)
    return replicas > 0
      ? { lines: [`It deletes ${counted(replicas, 'machine')}, with what runs on them.`], grave: true }
      : nothing;
  const servers = await serversOf(cluster, 'cluster.x-k8s.io/Machine', found, projects);
  const itself = object.kind === 'Machine';
  const one = itself ? '' : `It deletes ${counted(found.length, 'machine')}${servers.length > 0 ? ', and with them ' : '.'}`;
  const told = serverWords(servers);
  return {
    lines: [itself ? (told === '' ? '' : `It deletes ${told}.`) : `${one}${told === '' ? '' : `${told}.`}`].filter(Boolean),
    grave: true,
  };
}

async function server(cluster: Cluster, object: KubeObject, doing: Doing, projects: readonly Project[]): Promise<Losses> {
  if (!('deletes' in doing)) return nothing;
  const told = serverWords(await serversOf(cluster, groupKindOf(object), [object], projects));
  return told === '' ? nothing : { lines: [`It deletes ${told}.`], grave: true };
}

interface Server {
  readonly name: string;
  readonly project: string;
}

/** `3 servers in demo (a, b, c)`; empty of none. */
function serverWords(servers: readonly Server[]): string {
  return [...Map.groupBy(servers, ({ project }) => project)]
    .map(([project, all]) => `${counted(all.length, 'server')} in ${project} (${listed(all.map(({ name }) => name))})`)
    .join(' and ');
}

async function serversOf(
  cluster: Cluster,
  groupKind: string,
  objects: readonly KubeObject[],
  projects: readonly Project[],
): Promise<readonly Server[]> {
  const found = await Promise.all(objects.map((object) => resourcesOf(cluster, groupKind, object, projects)));
  return found
    .flatMap((one) => one.found)
    .map(({ kind, project, resource }) => ({ name: nameOf(kind, resource), project: project.name }));
}

/** The Machines below an object: by the name of their cluster, else by their owners upwards. */
async function machinesOf(cluster: Cluster, { kind, metadata }: KubeObject): Promise<readonly KubeObject[]> {
  const { name, namespace, uid } = metadata;
  const space = namespace === undefined ? {} : { namespace };
  const [all, sets] = await Promise.all(
    ['Machine', 'MachineSet'].map((one) => readAll(cluster, `cluster.x-k8s.io/${one}`, space)),
  );
  if (!all?.ok) return [];
  if (kind === 'Cluster') return all.value.filter(({ spec }) => textIn(spec, 'clusterName') === name);
  if (kind === 'Machine') return all.value.filter((one) => one.metadata.uid === uid);
  const owned = (one: KubeObject, owners: ReadonlySet<string | undefined>) =>
    one.metadata.ownerReferences?.some((owner) => owners.has(owner.uid)) ?? false;
  const own = new Set([uid]);
  const uids = new Set([uid, ...(sets?.ok ? sets.value.filter((one) => owned(one, own)).map((one) => one.metadata.uid) : [])]);
  return all.value.filter((one) => owned(one, uids));
}

/** Its finalizer deletes what it applied, unless it is suspended or told otherwise (Flux, "Kustomization", "Garbage collection" and "Deletion policy"). */
function kustomization(_cluster: Cluster, object: KubeObject, doing: Doing): Losses {
  if (!('deletes' in doing)) return nothing;
  const count = listAt(object['status'], 'inventory', 'entries').length;
  const policy = textIn(object['spec'], 'deletionPolicy') ?? 'MirrorPrune';
  const deletes = policy === 'MirrorPrune' ? field(object['spec'], 'prune') === true : policy !== 'Orphan';
  if (count === 0) return nothing;
  return deletes && !isSuspended(object)
    ? { lines: [`Flux deletes the ${counted(count, 'object')} that it applied.`], grave: true }
    : { lines: [`The ${counted(count, 'object')} that it applied stay, and nobody keeps them.`], grave: false };
}

/** With its finalizer an Application takes its resources along (Argo CD, "App Deletion"). */
function application(_cluster: Cluster, object: KubeObject, doing: Doing): Losses {
  if (!('deletes' in doing)) return nothing;
  const count = listAt(object['status'], 'resources').length;
  const finalizers = listAt(object.metadata, 'finalizers');
  const takes = finalizers.some((one) => String(one).startsWith('resources-finalizer.argocd.argoproj.io'));
  if (count === 0) return nothing;
  return takes
    ? { lines: [`Argo CD deletes the ${counted(count, 'object')} that it keeps.`], grave: true }
    : { lines: [`The ${counted(count, 'object')} that it keeps stay, and nobody keeps them.`], grave: false };
}

/** Its Applications go with it (Argo CD, "Application Pruning & Resource Deletion"). */
async function applicationSet(cluster: Cluster, object: KubeObject, doing: Doing): Promise<Losses> {
  if (!('deletes' in doing)) return nothing;
  const { namespace, uid } = object.metadata;
  const all = await readAll(cluster, 'argoproj.io/Application', namespace === undefined ? {} : { namespace });
  const own = all.ok ? all.value.filter(({ metadata }) => metadata.ownerReferences?.some((owner) => owner.uid === uid)) : [];
  if (own.length === 0) return nothing;
  const keeps = field(object['spec'], 'syncPolicy', 'preserveResourcesOnDeletion') === true;
  const names = listed(own.map(({ metadata }) => metadata.name));
  return {
    lines: [
      `It deletes ${counted(own.length, 'Application')} (${names})${keeps ? '; what they deployed stays' : ', with what they deployed'}.`,
    ],
    grave: !keeps,
  };
}

/** The volume goes or stays by the policy of its PersistentVolume (Kubernetes, "Persistent Volumes", "Reclaiming"). */
async function claim(cluster: Cluster, object: KubeObject, doing: Doing, projects: readonly Project[]): Promise<Losses> {
  const name = textIn(object['spec'], 'volumeName');
  if (!('deletes' in doing) || name === undefined) return nothing;
  const volume = await cluster.get({ apiVersion: 'v1', kind: 'PersistentVolume', name });
  if (!volume.ok) return nothing;
  const { found } = await resourcesOf(cluster, '/PersistentVolume', volume.value, projects);
  const behind = found.map(({ kind, project, resource }) => `volume ${nameOf(kind, resource)} in ${project.name}`);
  const what = behind.length > 0 ? behind.join(', ') : `PersistentVolume ${name}`;
  return textIn(volume.value['spec'], 'persistentVolumeReclaimPolicy') === 'Delete'
    ? { lines: [`Its data goes with it: ${what} is deleted.`], grave: false }
    : { lines: [`Its data stays: ${what} is kept (reclaim policy Retain).`], grave: false };
}

/** The load balancer of a Service goes with it (cloud-provider-openstack, "Exposing applications using services of LoadBalancer type"). */
async function balanced(cluster: Cluster, object: KubeObject, doing: Doing, projects: readonly Project[]): Promise<Losses> {
  if (!('deletes' in doing) || textIn(object['spec'], 'type') !== 'LoadBalancer') return nothing;
  const { found } = await resourcesOf(cluster, '/Service', object, projects);
  const names = found
    .filter(({ kind, certain }) => kind === 'load-balancer.loadbalancer' && certain)
    .map(({ kind, project, resource }) => `load balancer ${nameOf(kind, resource)} in ${project.name}`);
  return names.length === 0 ? nothing : { lines: [`With it goes ${names.join(', ')}.`], grave: false };
}
