import { setTimeout as delay } from 'node:timers/promises';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import { field } from '../base/fields.ts';
import { plainText } from '../base/plainText.ts';
import type { Cluster, KubeObject, ObjectRef } from './cluster.ts';
import { pathOf } from './discovery.ts';
import { causesOf } from './status.ts';

/** What would become of the pods of a node. */
export interface Drain {
  readonly node: string;
  readonly evicted: readonly KubeObject[];
  /** Those of DaemonSets and of the kubelet itself, which come back on the same node. */
  readonly staying: readonly KubeObject[];
  /** Of the evicted: nobody makes them anew. */
  readonly unmanaged: readonly KubeObject[];
  /** Of the evicted: they lose what is in an `emptyDir`. */
  readonly losing: readonly KubeObject[];
}

/** How a drain goes on. `waits`: why pods stay, by name; a budget is named. */
export interface DrainProgress {
  readonly gone: number;
  readonly of: number;
  readonly waits: ReadonlyMap<string, string>;
}

/** The pods of a node, as `kubectl drain` sorts them (kubectl, pkg/drain/filters.go). Fails as the list fails. */
export async function planDrain(cluster: Cluster, node: string): Promise<Result<Drain>> {
  const pods = await cluster.list('v1', 'Pod', { fieldSelector: `spec.nodeName=${node}` });
  if (!pods.ok) return pods;
  const staying = pods.value.items.filter((pod) => isMirror(pod) || controllerOf(pod) === 'DaemonSet');
  const evicted = pods.value.items.filter((pod) => !staying.includes(pod));
  const unmanaged = evicted.filter((pod) => !isOver(pod) && controllerOf(pod) === undefined);
  return success({ node, evicted, staying, unmanaged, losing: evicted.filter((pod) => !isOver(pod) && hasEmptyDir(pod)) });
}

/**
 * Cordons a node and evicts its pods by the eviction API, which respects disruption budgets: an eviction that a budget forbids (429) is asked for again every `pauseMs` (5 s) until it may,
 * or the signal ends it; the node stays cordoned then. Pods that came between the plan and the cordon go with the others, but for those that lose something or that nobody makes anew: of them nobody was
 * asked. Resolves when the pods are gone. Fails with `cancelled`, with `conflict` when some that were not asked about stay, or as the server refuses.
 */
export async function drain(
  cluster: Cluster,
  { node, evicted: planned }: Drain,
  {
    signal,
    report,
    pauseMs = 5000,
  }: { readonly signal: AbortSignal; readonly report: (progress: DrainProgress) => void; readonly pauseMs?: number },
): Promise<Result<void>> {
  const cordoned = await cluster.patch({ apiVersion: 'v1', kind: 'Node', name: node }, { spec: { unschedulable: true } });
  if (!cordoned.ok) return cordoned;
  const now = await planDrain(cluster, node);
  if (!now.ok) return now;
  const isPlanned = ({ metadata }: KubeObject) => planned.some((pod) => pod.metadata.uid === metadata.uid);
  const came = now.value.evicted.filter((pod) => !isPlanned(pod));
  const unasked = came.filter((pod) => now.value.unmanaged.includes(pod) || now.value.losing.includes(pod));
  const evicted = [...planned, ...came.filter((pod) => !unasked.includes(pod))];
  const waits = new Map<string, string>();
  let gone = 0;
  const tell = () => report({ gone, of: evicted.length, waits });
  tell();
  const results = await Promise.all(
    evicted.map(async (pod) => {
      const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
      const say = (why: string) => {
        waits.set(name, why);
        tell();
      };
      const result = await evict(cluster, pod, { signal, say, pauseMs });
      if (!result.ok) return result;
      waits.delete(name);
      gone++;
      tell();
      return result;
    }),
  );
  const [first] = unasked;
  const stay = first
    ? failed(
        'conflict',
        `${unasked.length} of the pods on ${node} came after the question and stay, ${first.metadata.name} among them. Drain it again.`,
      )
    : success(undefined);
  return results.find((result) => !result.ok) ?? stay;
}

async function evict(
  cluster: Cluster,
  pod: KubeObject,
  { signal, say, pauseMs }: { readonly signal: AbortSignal; readonly say: (why: string) => void; readonly pauseMs: number },
): Promise<Result<void>> {
  const { name, namespace, uid } = pod.metadata;
  const ref: ObjectRef = { apiVersion: 'v1', kind: 'Pod', name, ...(namespace === undefined ? {} : { namespace }) };
  const kind = await cluster.kind('v1', 'Pod');
  const path = kind.ok ? pathOf(kind.value, namespace, name) : kind;
  if (!path.ok) return path;
  const preconditions = uid === undefined ? {} : { deleteOptions: { preconditions: { uid } } };
  const body = JSON.stringify({ apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace }, ...preconditions });
  for (;;) {
    if (signal.aborted) return cancelled;
    const asked = await cluster.raw(`${path.value}/eviction`, { method: 'POST', body, contentType: 'application/json', signal });
    if (asked.ok || asked.failure.reason === 'notFound') break;
    // Another pod has its name by now: the one that was meant is gone.
    if (asked.failure.reason === 'conflict' && isOther(await cluster.get(ref, signal), uid)) break;
    if (asked.failure.status !== 429) return asked;
    say(budgetWords(asked.failure));
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  say('is ending');
  for (;;) {
    if (signal.aborted) return cancelled;
    const now = await cluster.get(ref, signal);
    if (isOther(now, uid)) return success(undefined);
    if (!now.ok && now.failure.reason !== 'offline') return now;
    await delay(1000, undefined, { signal }).catch(() => undefined);
  }
}

/** Whether the pod that was meant is gone: there is none of its name, or another one. */
const isOther = (now: Result<KubeObject>, uid: string | undefined) =>
  now.ok ? now.value.metadata.uid !== uid : now.failure.reason === 'notFound';

const cancelled: Result<never> = { ok: false, failure: { reason: 'cancelled', message: 'Cancelled.' } };

/** The server's cause names the budget: "The disruption budget web needs 1 healthy pods and has 1 currently". */
function budgetWords(failure: Failure): string {
  return plainText(causesOf(failure).find(({ reason }) => reason === 'DisruptionBudget')?.message ?? failure.message, 200);
}

const isMirror = ({ metadata }: KubeObject) => metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined;
const controllerOf = ({ metadata }: KubeObject) => metadata.ownerReferences?.find(({ controller }) => controller)?.kind;
const isOver = ({ status }: KubeObject) => ['Succeeded', 'Failed'].includes(String(field(status, 'phase')));

function hasEmptyDir({ spec }: KubeObject): boolean {
  const volumes = field(spec, 'volumes');
  return Array.isArray(volumes) && volumes.some((volume) => field(volume, 'emptyDir') !== undefined);
}
