import { failed, type Result, success } from '../../base/failure.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { groupOf, titleOf } from '../../kubernetes/objectKey.ts';
import { makesPodsAnew, wantedPods } from '../../kubernetes/podMakers.ts';
import { podSelectorOf } from '../../kubernetes/podSelection.ts';
import { isReady } from '../../kubernetes/podsBehind.ts';
import { podSpecOf } from '../../kubernetes/podTemplate.ts';
import { targetName } from '../plan/planText.ts';
import { refOf } from '../plan/prepare.ts';
import { seconds } from '../run/summary.ts';
import { verifyTarget } from '../target.ts';
import type { Plan, Target } from '../types.ts';
import { Healing, type HealingEvent } from './healing.ts';
import type { ServiceApi } from './serviceApi.ts';

/** What a proof is going to do, shown before it is done: one pod of a workload that is whole now is deleted. */
export interface Proof {
  readonly target: Target;
  readonly workload: ObjectRef;
  /** How many pods it wants, all of them ready. */
  readonly wanted: number;
  /** Its pods are found by it. */
  readonly selector: string;
  /** Uids of what makes the pods: the workload, of a Deployment its ReplicaSets. */
  readonly makers: ReadonlySet<string>;
  readonly pod: ObjectRef & { readonly uid: string };
  /** Uids of the pods that are there now. */
  readonly before: ReadonlySet<string>;
  /** What it costs, a sentence each. */
  readonly costs: readonly string[];
}

/** The workloads of a plan that can prove themselves when it was carried out: not those that it took away. */
export function provableOf({ steps }: Pick<Plan, 'steps'>): readonly ObjectRef[] {
  const there = steps.filter(({ action }) => action !== 'prune' && action !== 'skip');
  return there.flatMap(({ ref }) => (makesPodsAnew({ group: groupOf(ref.apiVersion), kind: ref.kind }) ? [ref] : []));
}

/** One moment of a proof; `at` in ms since the deletion was accepted. */
export interface ProofEvent {
  readonly at: number;
  readonly text: string;
}

/** How a proof ended. */
export interface ProofSummary {
  readonly outcome: 'healed' | 'notHealed' | 'cancelled';
  readonly sentence: string;
  readonly events: readonly ProofEvent[];
  /** Ms until all wanted pods were ready again; of the API until it answered again, 0 if it never stopped. */
  readonly wholeAfterMs?: number;
  readonly answersAfterMs?: number;
}

/** What carries a proof out. */
export interface ProveContext {
  readonly cluster: Cluster;
  readonly signal: AbortSignal;
  readonly emit?: (event: ProofEvent) => void;
  /** The API that the pods serve, where OpenStack runs on this cluster. */
  readonly api?: ServiceApi;
  /** Longest time until it is whole; default 180,000 ms. */
  readonly timeoutMs?: number;
  /** Between two questions to the API; default 250 ms. */
  readonly askEveryMs?: number;
}

/**
 * Looks whether a workload can prove that it heals, and which pod would go: the first by name. Nothing is written. Fails with `forbidden` on a protected or read-only target, `unsupported` for what makes no pods
 * anew, `conflict` for what is not whole to begin with, and as reading fails.
 */
export async function prepareProof(
  cluster: Cluster,
  target: Target,
  workload: ObjectRef,
  signal?: AbortSignal,
): Promise<Result<Proof>> {
  const title = titleOf(workload);
  if (target.protection !== 'open') {
    const how =
      target.protection === 'readOnly'
        ? 'read-only (setting hybridClusters.targets.readOnly)'
        : 'protected (setting hybridClusters.targets.protected)';
    return failed(
      'forbidden',
      `Context ${target.context} is ${how}, and a proof deletes a pod. Prove it on a context that is open. Nothing was deleted.`,
    );
  }
  if (!makesPodsAnew({ group: groupOf(workload.apiVersion), kind: workload.kind }))
    return failed(
      'unsupported',
      `${title} does not make its pods anew. Prove a Deployment, StatefulSet, DaemonSet or ReplicaSet.`,
    );
  const read = await cluster.get(workload, signal);
  if (!read.ok) return read;
  const selector = podSelectorOf(read.value);
  const wanted = wantedPods({ ...read.value, apiVersion: workload.apiVersion, kind: workload.kind }) ?? 0;
  if (selector === undefined || wanted === 0)
    return failed('invalid', `${title} on ${target.context} wants no pods, so none can come again. Scale it up first.`);
  const { namespace } = workload;
  const makers = await makersOf(cluster, read.value, signal);
  if (!makers.ok) return makers;
  const listed = await cluster.list(
    'v1',
    'Pod',
    { ...(namespace === undefined ? {} : { namespace }), labelSelector: selector },
    signal,
  );
  if (!listed.ok) return listed;
  const pods = listed.value.items.filter((pod) => isMadeBy(makers.value, pod));
  const ready = pods.filter(isReady).sort((one, other) => one.metadata.name.localeCompare(other.metadata.name));
  const [first] = ready;
  if (!first || ready.length < wanted)
    return failed(
      'conflict',
      `${title} on ${target.context} is not whole: ${ready.length} of ${wanted} ready. Prove it once it is up. Nothing was deleted.`,
    );
  const pod = { ...refOf({ ...first, apiVersion: 'v1', kind: 'Pod' }), uid: first.metadata.uid ?? '' };
  const before = new Set(pods.map(({ metadata }) => metadata.uid ?? ''));
  return success({
    target,
    workload,
    wanted,
    selector,
    makers: makers.value,
    pod,
    before,
    costs: costsOf({ ...first, apiVersion: 'v1', kind: 'Pod' }, wanted),
  });
}

function costsOf(pod: KubeObject, wanted: number): readonly string[] {
  const volumes = podSpecOf(pod)?.spec['volumes'];
  const scratch = (Array.isArray(volumes) ? volumes : []).some(
    (volume) => typeof volume === 'object' && volume !== null && 'emptyDir' in volume,
  );
  return [
    ...(wanted === 1 ? ['It has one pod: until the next is ready, nobody answers.'] : []),
    ...(scratch ? ['What the pod keeps in an emptyDir is lost with it.'] : []),
  ];
}

async function makersOf(cluster: Cluster, workload: KubeObject, signal?: AbortSignal): Promise<Result<ReadonlySet<string>>> {
  const { uid = '', namespace } = workload.metadata;
  if (workload.kind !== 'Deployment') return success(new Set([uid]));
  const sets = await cluster.list('apps/v1', 'ReplicaSet', namespace === undefined ? {} : { namespace }, signal);
  return sets.ok
    ? success(new Set(sets.value.items.filter((set) => isMadeBy(new Set([uid]), set)).map(({ metadata }) => metadata.uid ?? '')))
    : sets;
}

const isMadeBy = (makers: ReadonlySet<string>, { metadata }: KubeObject) =>
  metadata.ownerReferences?.some(({ uid }) => makers.has(uid)) ?? false;

/** The question before it: `Delete Pod shop/web-1 …`. */
export function describeProof({ target, workload, pod, wanted, costs }: Proof): string {
  return [`Pod ${pod.name}, one of ${wanted} of ${titleOf(workload)}, is deleted on ${targetName(target)}.`, ...costs].join(' ');
}

/**
 * Deletes the pod and watches until the workload is whole again, its API answering. Fails before anything is deleted: as {@link verifyTarget}, as the watch, or as the deletion (`conflict` when the pod is another by now).
 * After that it always ends with a summary; a cancel ends the watching, the pod stays deleted.
 */
export async function prove(proof: Proof, context: ProveContext): Promise<Result<ProofSummary>> {
  const same = await verifyTarget(proof.target, context.cluster, context.signal);
  if (!same.ok) return same;
  const { timeoutMs = 180_000, askEveryMs = 250 } = context;
  const healing = new Healing(proof, context.emit ?? (() => undefined), context.api?.name);
  const stop = new AbortController();
  const cancel = () => stop.abort();
  context.signal.addEventListener('abort', cancel, { once: true });
  try {
    const watching = watchPods(proof, context.cluster, stop.signal, (event) => healing.take(event));
    const synced = await watching.synced;
    if (!synced.ok) return synced;
    const { uid, ...ref } = proof.pod;
    const deleted = await context.cluster.delete(ref, { uid, propagation: 'Background', signal: context.signal });
    if (!deleted.ok) return deleted;
    healing.begin();
    const timer = setTimeout(cancel, timeoutMs);
    const asking = context.api
      ? keepAsking(context.api, askEveryMs, stop.signal, (answer) => healing.answered(answer))
      : Promise.resolve();
    await Promise.race([healing.done, aborted(stop.signal)]);
    clearTimeout(timer);
    stop.abort();
    await Promise.all([watching.ended, asking]);
    return success(healing.summarize(context.signal.aborted, timeoutMs));
  } finally {
    stop.abort();
    context.signal.removeEventListener('abort', cancel);
  }
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })));

/** The pods of a proof, from before the deletion on. `synced` tells when those that were there are known. */
function watchPods(proof: Proof, cluster: Cluster, signal: AbortSignal, tell: (event: HealingEvent) => void) {
  const { namespace } = proof.workload;
  const selection = { ...(namespace === undefined ? {} : { namespace }), labelSelector: proof.selector };
  let settle: (result: Result<void>) => void = () => undefined;
  const synced = new Promise<Result<void>>((resolve) => {
    settle = resolve;
  });
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      for await (const event of cluster.watch('v1', 'Pod', selection, signal)) {
        if (event.type === 'synced') settle(success(undefined));
        else if (event.type === 'failed') settle({ ok: false, failure: event.failure });
        else if ('object' in event && isMadeBy(proof.makers, event.object))
          tell({ gone: event.type === 'deleted', pod: event.object });
      }
      // a watch that ended by itself begins anew
      await Promise.race([aborted(signal), new Promise((resolve) => setTimeout(resolve, 500))]);
    }
    settle(failed('cancelled', 'Cancelled. Nothing was deleted.'));
  };
  return { synced, ended: run() };
}

/** The longest that one question to an API may take; a pod that is gone may swallow it. */
const ANSWER_MS = 3_000;

async function keepAsking(
  api: ServiceApi,
  everyMs: number,
  signal: AbortSignal,
  tell: (answer: Result<unknown>) => void,
): Promise<void> {
  while (!signal.aborted) {
    const answer = await api.ask(AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]));
    if (signal.aborted) return;
    tell(answer);
    await Promise.race([aborted(signal), new Promise((resolve) => setTimeout(resolve, everyMs))]);
  }
}

/** A proof as text: what was asked, each moment, the sentence. What tests compare and reports hold. */
export function printProof(proof: Proof, { events, sentence }: Pick<ProofSummary, 'events' | 'sentence'>): string {
  const lines = events.map(({ at, text }) => `${seconds(at).padStart(8)}  ${text}`);
  return `${[`Prove It on ${targetName(proof.target)}: ${titleOf(proof.workload)}, ${proof.wanted} of ${proof.wanted} ready`, ...lines, sentence].join('\n')}\n`;
}
