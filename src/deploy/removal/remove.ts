import { setTimeout as sleep } from 'node:timers/promises';
import { type Failure, failed, type Result, success } from '../../base/failure.ts';
import { listAt } from '../../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { groupKind, groupOf, titleOf } from '../../kubernetes/objectKey.ts';
import { podSpecOf } from '../../kubernetes/podTemplate.ts';
import type { Project } from '../../openstack/project.ts';
import { isTransient, retryAfterOf, serverWords } from '../plan/refusal.ts';
import { Pace } from '../run/pace.ts';
import { isStack } from '../stacks/declaration.ts';
import { deleteStack } from '../stacks/stackRemoval.ts';
import type { RunEvent, Step, StepState } from '../types.ts';

/** How deletions are sent and waited for. */
export interface RemovalOptions {
  /** Most requests in flight; default 16. */
  readonly parallel?: number;
  /** How long a deletion is tried again while the server is away; default 60,000 ms. */
  readonly retryMs?: number;
  /** First pause between two looks, doubled up to 2 s; default 250 ms. */
  readonly pollMs?: number;
  /** So long nothing may move before a deletion counts as stuck; default by kind, see {@link quietMsOf}. */
  readonly quietMs?: number;
}

/** Where deletions go, and who hears of them. */
export interface RemovalRun {
  readonly cluster: Cluster;
  /** The cluster that a step's object is in, when it is in another one ({@link Step.inside}). */
  readonly workload?: (owner: ObjectRef) => Promise<Result<Cluster>>;
  /** The project that holds the stacks among them. */
  readonly project?: Project;
  /** Asked first: why what was to go stays all the same. */
  readonly keeps?: (step: Step) => Promise<string | undefined>;
  /** Asked right before each deletion: whether the target is still the one that was meant, and the deletion is noted. */
  readonly permit?: (step: Step) => Promise<Result<void>>;
  /** Told what became of each deletion that was permitted. */
  readonly settled?: (step: Step, deleted: Result<void>) => Promise<void>;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

const MINUTE = 60_000;

/**
 * How long a deletion may stand still, in ms. It is not how long it may take: whatever moves starts it anew. Machines take their time: a volume is detached within 6 min by default
 * (kube-controller-manager, `--disable-force-detach-on-timeout`), a bare-metal server is cleaned in up to an hour (Ironic, "Node cleaning").
 */
export function quietMsOf(ref: Pick<ObjectRef, 'apiVersion' | 'kind'>): number {
  const group = groupOf(ref.apiVersion);
  if (group.endsWith('cluster.x-k8s.io') || group === 'core.gardener.cloud') return 60 * MINUTE;
  if (group === 'openstack.k-orc.cloud' || groupKind(ref) === '/PersistentVolumeClaim') return 10 * MINUTE;
  return 5 * MINUTE;
}

/** Deletes what the steps say, stage by stage. What should have gone before a thing and did not keeps the thing. Resolves to the keys of the steps whose objects are gone. */
export async function removeSteps(
  steps: readonly Step[],
  run: RemovalRun,
  options: RemovalOptions = {},
): Promise<ReadonlySet<string>> {
  const removal = new Removal(run, options);
  const stages = [...Map.groupBy(steps, ({ stage = 0 }) => stage)].sort(([one], [other]) => one - other);
  let stuck: Step | undefined;
  for (const [, stage] of stages) {
    if (stuck) for (const step of stage) removal.keep(step, stuck);
    else stuck = await removal.all(stage);
  }
  return removal.gone;
}

class Removal {
  readonly gone = new Set<string>();
  readonly #run: RemovalRun;
  readonly #options: RemovalOptions;
  readonly #pace: Pace;

  constructor(run: RemovalRun, options: RemovalOptions) {
    this.#run = run;
    this.#pace = new Pace({ parallel: options.parallel, quickestMs: run.cluster.quickestMs });
    this.#options = options;
  }

  /** Deletes the steps of one stage, users before what they use. Resolves to one that is still there, if one is. */
  async all(stage: readonly Step[]): Promise<Step | undefined> {
    const byKey = new Map(stage.map((step) => [step.key, step]));
    const ends = new Map<string, Promise<void>>();
    const end = (step: Step): Promise<void> => {
      const known = ends.get(step.key) ?? inTurn(step);
      ends.set(step.key, known);
      return known;
    };
    const inTurn = async (step: Step): Promise<void> => {
      const users = step.after.flatMap(({ key }) => byKey.get(key) ?? []);
      await Promise.all(users.map(end));
      const left = users.find(({ key }) => !this.gone.has(key));
      return left ? this.keep(step, left) : this.#remove(step);
    };
    await Promise.all(stage.map(end));
    return stage.find(({ key }) => !this.gone.has(key));
  }

  keep({ key }: Step, left: Step): void {
    if (this.#run.signal.aborted) this.#tell(key, 'cancelled', 'not deleted');
    else this.#tell(key, 'skipped', `stays, because ${titleOf(left.ref)} is still there`);
  }

  async #remove(step: Step): Promise<void> {
    if (this.#run.signal.aborted) return this.#tell(step.key, 'cancelled', 'not deleted');
    this.#tell(step.key, 'applying');
    const why = await this.#run.keeps?.(step);
    if (why !== undefined) return this.#tell(step.key, 'skipped', `stays: ${why}`);
    const permitted = (await this.#run.permit?.(step)) ?? success(undefined);
    const deleted = permitted.ok ? await this.#delete(step) : permitted;
    if (permitted.ok) await this.#run.settled?.(step, deleted);
    if (deleted.ok) {
      this.gone.add(step.key);
      this.#tell(step.key, 'pruned');
    } else
      this.#tell(
        step.key,
        deleted.failure.reason === 'cancelled' ? 'cancelled' : 'failed',
        deleted.failure.message,
        deleted.failure,
      );
  }

  async #delete(step: Step): Promise<Result<void>> {
    const { cluster, workload, project, signal } = this.#run;
    const tell = (message: string) => this.#tell(step.key, 'waiting', message);
    if (isStack(step.ref)) {
      if (!project) return failed('unsupported', `Nobody opens the project of ${titleOf(step.ref)}.`);
      return deleteStack(project, { name: step.ref.name, id: step.uid ?? '' }, tell, signal, this.#options);
    }
    const opened = step.inside ? await workload?.(step.inside) : success(cluster);
    if (!opened) return failed('notFound', `Nobody opens the cluster of ${titleOf(step.inside ?? step.ref)}.`);
    return opened.ok ? deleteAndWait(opened.value, step, tell, signal, this.#options, this.#pace) : opened;
  }

  #tell(key: string, state: StepState, message?: string, failure?: Failure): void {
    const more = { ...(message === undefined ? {} : { message }), ...(failure === undefined ? {} : { failure }) };
    this.#run.emit({ at: Date.now(), key, state, ...more });
  }
}

/**
 * Deletes one object, and resolves when it is gone. Only the one with the step's uid: another of its name fails with `conflict`. What owns pods goes after them, so that
 * its volumes are free. Fails with `unavailable` when nothing moved for too long, and names what holds it; a server that is away is waited for as long.
 */
export async function deleteAndWait(
  cluster: Cluster,
  step: Pick<Step, 'ref' | 'uid' | 'object'>,
  tell: (message: string) => void,
  signal: AbortSignal,
  { pollMs = 250, quietMs = quietMsOf(step.ref), retryMs = 60_000 }: RemovalOptions = {},
  pace = new Pace(),
  propagation: 'Foreground' | 'Background' | 'Orphan' = podSpecOf(step.object) ? 'Foreground' : 'Background',
): Promise<Result<void>> {
  const { ref, uid } = step;
  const options = { propagation, signal, ...(uid === undefined ? {} : { uid }) };
  const deleted = await pace.run(() => cluster.delete(ref, options), {
    signal,
    budgetMs: retryMs,
    transient: (failure) => failure.reason !== 'conflict' && isTransient(failure),
    retryAfter: retryAfterOf,
    onRetry: (failure) => tell(`trying again: ${serverWords(failure)}`),
  });
  if (!deleted.ok && deleted.failure.reason === 'notFound') return success(undefined);
  if (!deleted.ok) {
    const { reason, message } = deleted.failure;
    return reason === 'conflict'
      ? failed('conflict', `${titleOf(ref)} was made anew since the plan; it stays. Make the plan again.`)
      : failed(reason, message, deleted.failure);
  }
  let moved = Date.now();
  let version: string | undefined;
  let held = '';
  for (let pause = pollMs; ; pause = Math.min(pause * 2, 2_000)) {
    const live = await pace.run(() => cluster.get(ref, signal), { signal, budgetMs: 0, transient: () => false });
    if (isGone(live, uid)) return success(undefined);
    if (signal.aborted) return failed('cancelled', 'its deletion goes on; not waited for');
    if (!live.ok && !isTransient(live.failure)) return live;
    if (live.ok && live.value.metadata.resourceVersion !== version) {
      version = live.value.metadata.resourceVersion;
      moved = Date.now();
      const now = holdersOf(live.value);
      if (now !== held) tell(now);
      held = now;
    }
    if (Date.now() - moved >= quietMs)
      return failed(
        'unavailable',
        `${titleOf(ref)} is still there, and nothing moved for ${minutes(quietMs)}: ${live.ok ? held : live.failure.message}.`,
      );
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

function isGone(live: Result<KubeObject>, uid: string | undefined): boolean {
  return live.ok ? uid !== undefined && live.value.metadata.uid !== uid : live.failure.reason === 'notFound';
}

/** What a finalizer stands for, where its name does not say it to everybody (Kubernetes, "Finalizers", "Storage Object in Use Protection"; Cluster API, "Finalizers"). */
const finalizers: Readonly<Record<string, string>> = {
  'kubernetes.io/pvc-protection': 'a pod still uses it',
  'kubernetes.io/pv-protection': 'a claim still uses it',
  'service.kubernetes.io/load-balancer-cleanup': 'its load balancer is being deleted',
  foregroundDeletion: 'what it owns is being deleted',
  'cluster.cluster.x-k8s.io': 'its machines and its infrastructure are being deleted',
};

function holdersOf({ metadata }: KubeObject): string {
  const names = listAt(metadata, 'finalizers').map(String);
  if (names.length === 0) return 'being deleted';
  return names
    .map((name) => (finalizers[name] === undefined ? `finalizer ${name} holds it` : `${finalizers[name]} (${name})`))
    .join('; ');
}

function minutes(ms: number): string {
  return ms < MINUTE ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / MINUTE)} min`;
}
