import type { Failure } from '../base/failure.ts';
import { field, numberAt } from '../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import { autoscalerBounds } from '../kubernetes/controllerKinds.ts';
import type { ObjectWord } from '../kubernetes/objectActions.ts';
import { textIn } from '../kubernetes/objectFields.ts';
import { keeperOf } from './keepers.ts';
import { type Mark, marks } from './ownerMarks.ts';
import { groupKindOf, readAll, readObject, type Said } from './readObjects.ts';

/** What is done to an owner instead of changing what it owns. */
export interface OwnStep {
  readonly word: ObjectWord | 'editObject';
  readonly ref: ObjectRef;
}

/** Who keeps an object of a cluster as it is: another object, or a release of Helm. */
export interface ObjectOwner extends Said {
  /** `ReplicaSet shop/web-7d9 of Deployment shop/web`. */
  readonly name: string;
  readonly acts: readonly OwnStep[];
}

/** The owners of an object that undo a change, as far as the user may look for them. */
export interface ObjectOwnership {
  readonly owners: readonly ObjectOwner[];
  /** Who could not be asked: then no owner proves nothing. */
  readonly failures: readonly Failure[];
}

/** An owner of an owner of … is looked for so far up: Pod → ReplicaSet → Deployment → a controller of its own. */
const highest = 5;

/**
 * Looks for who undoes a change of an object: its controller and who stands above that one (`ownerReferences`), whoever marked it as applied by it (Flux, Argo CD, Helm, a topology of
 * Cluster API), and autoscalers. `touches` are what is changed: `life` the object itself, else paths (`spec.replicas`, keys with dots in brackets). Who sets other fields only is no owner of the change: the
 * server tells who set which (`metadata.managedFields`).
 */
export async function objectOwnersOf(cluster: Cluster, object: KubeObject, touches: readonly string[]): Promise<ObjectOwnership> {
  const answers = await Promise.all([
    byReference(cluster, object, touches),
    ...marks.map((mark) => byMark(cluster, mark, object, touches)),
    byBounds(object, touches),
    byAutoscaler(cluster, object, touches),
  ]);
  return {
    owners: answers.flatMap(({ owners }) => owners),
    failures: answers.flatMap(({ failures }) => failures),
  };
}

const nobody: ObjectOwnership = { owners: [], failures: [] };

/** The controller of an object; other owners only take it along when they are deleted (Kubernetes, "Owners and Dependents"). */
async function byReference(cluster: Cluster, object: KubeObject, touches: readonly string[]): Promise<ObjectOwnership> {
  const chain = await controllersOf(cluster, object);
  const [direct] = chain;
  const top = chain.at(-1);
  if (!direct || !top) return nobody;
  const { follows, instead, act } = keeperOf(groupKindOf(direct), touches.includes('life'), touches);
  const to = act?.of === 'top' ? top : direct;
  return {
    owners: [{ name: chain.map(nameOf).join(' of '), follows, instead, acts: act ? [{ word: act.word, ref: to }] : [] }],
    failures: [],
  };
}

/** From the direct controller upwards; one that cannot be read ends the chain. */
async function controllersOf(cluster: Cluster, object: KubeObject): Promise<readonly ObjectRef[]> {
  const chain: ObjectRef[] = [];
  let below: KubeObject | undefined = object;
  while (below && chain.length < highest) {
    const { ownerReferences = [], namespace }: KubeObject['metadata'] = below.metadata;
    const owner = ownerReferences.find(({ controller }) => controller);
    if (!owner) break;
    const { apiVersion, kind, name } = owner;
    const ref: ObjectRef = { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
    chain.push(ref);
    const read = await cluster.get(ref);
    below = read.ok ? read.value : undefined;
  }
  return chain;
}

async function byMark(cluster: Cluster, mark: Mark, object: KubeObject, touches: readonly string[]): Promise<ObjectOwnership> {
  const named = mark.names(object);
  const sets = touches.filter((touched) => isSetBy(mark.managers, object, touched));
  if (!named || sets.length === 0) return nobody;
  const found = mark.find ? await mark.find(cluster, object) : await readObject(cluster, named);
  const owner = found.ok ? found.value : undefined;
  if (mark.find && !found.ok)
    return ['notFound', 'forbidden'].includes(found.failure.reason) ? nobody : { owners: [], failures: [found.failure] };
  const said = mark.says({ object, owner, life: sets.includes('life') });
  if (!said) return nobody;
  const { act, ...words } = said;
  const name = owner ? nameOf(refOf(owner)) : `${named.kind} ${[named.namespace, named.name].filter(Boolean).join('/')}`;
  return { owners: [{ ...words, name, acts: act && owner ? [{ word: act, ref: refOf(owner) }] : [] }], failures: [] };
}

/** The cluster autoscaler, which has no object here: its bounds stand in annotations of what it scales. */
function byBounds(object: KubeObject, touches: readonly string[]): ObjectOwnership {
  const bounds = autoscalerBounds(object);
  if (bounds === undefined || !touches.includes('spec.replicas')) return nobody;
  const follows = `It keeps between ${bounds.replace('–', ' and ')} machines and scales them as pods need it.`;
  return {
    owners: [
      {
        name: 'the cluster autoscaler',
        follows,
        instead: 'Change its bounds.',
        acts: [{ word: 'annotate', ref: refOf(object) }],
      },
    ],
    failures: [],
  };
}

/** How often it looks: `--horizontal-pod-autoscaler-sync-period`, default 15 s (kube-controller-manager reference). */
const autoscalerSeconds = 15;

/** Autoscalers whose target is the object: they own its replicas whoever set them. */
async function byAutoscaler(cluster: Cluster, object: KubeObject, touches: readonly string[]): Promise<ObjectOwnership> {
  const { namespace } = object.metadata;
  if (!touches.includes('spec.replicas') || namespace === undefined) return nobody;
  const all = await readAll(cluster, 'autoscaling/HorizontalPodAutoscaler', { namespace });
  if (!all.ok) return all.failure.reason === 'forbidden' ? nobody : { owners: [], failures: [all.failure] };
  const ours = all.value.filter(({ spec }) => {
    const target = field(spec, 'scaleTargetRef');
    const group = textIn(target, 'apiVersion')?.replace(/\/?[^/]*$/, '') ?? '';
    const { metadata } = object;
    return textIn(target, 'name') === metadata.name && `${group}/${textIn(target, 'kind')}` === groupKindOf(object);
  });
  const owners = ours.map((scaler): ObjectOwner => {
    const { spec, metadata } = scaler;
    const [min, max] = [numberAt(spec, 'minReplicas') ?? 1, numberAt(spec, 'maxReplicas') ?? '?'];
    const above = metadata.ownerReferences?.find(({ controller }) => controller);
    const ref = above ? { ...above, namespace } : refOf(scaler);
    return {
      name: [refOf(scaler), ...(above ? [ref] : [])].map(nameOf).join(' of '),
      follows: `It sets the replicas, between ${min} and ${max}, and puts them back within ${autoscalerSeconds} s.`,
      instead: 'Change how many it allows.',
      acts: [{ word: 'editObject', ref: { apiVersion: ref.apiVersion, kind: ref.kind, name: ref.name, namespace } }],
    };
  });
  return { owners, failures: [] };
}

/**
 * Whether one of these managers set what is touched, or something in it. Whoever applied the object also makes it again. An object that tells of no manager at all may be anybody's.
 * Source: Kubernetes, "Server-Side Apply", field management.
 */
export function isSetBy(managers: RegExp, { metadata }: KubeObject, touched: string): boolean {
  const entries = metadata['managedFields'];
  if (touched === 'life' || !Array.isArray(entries) || entries.length === 0) return true;
  return entries.some(
    (entry) => managers.test(textIn(entry, 'manager') ?? '') && holds(field(entry, 'fieldsV1'), stepsOf(touched)),
  );
}

/** Whether a field set (FieldsV1) holds a path, or something below it. Items of a list stand under keys of their own there: the list counts for each of them, as what is set whole does. */
function holds(fields: unknown, [step, ...rest]: readonly string[]): boolean {
  if (typeof fields !== 'object' || fields === null) return false;
  if (step === undefined) return true;
  const names = Object.keys(fields);
  if (names.includes(`f:${step}`)) return holds(Reflect.get(fields, `f:${step}`), rest);
  return names.every((name) => name === '.') || names.some((name) => /^[kvi]:/.test(name));
}

/** The steps of `metadata.labels.[app.kubernetes.io/name]`: keys with dots stand in brackets. */
function stepsOf(path: string): readonly string[] {
  return [...path.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

function nameOf({ kind, namespace, name }: ObjectRef): string {
  return `${kind} ${[namespace, name].filter(Boolean).join('/')}`;
}
