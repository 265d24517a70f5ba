import { type Failure, failed, type Result, success } from '../base/failure.ts';
import type { Cluster, KubeObject } from '../kubernetes/cluster.ts';
import type { Project } from '../openstack/project.ts';
import { locate } from './diagnose.ts';
import type { Path } from './fields.ts';
import { titleOf } from './key.ts';
import { Pace } from './pace.ts';
import { worksAtOnce } from './readiness/readiness.ts';
import { isTransient, readRefusal, retryAfterOf, serverWords } from './refusal.ts';
import { verifyTarget } from './target.ts';
import type { Place, Plan, RunEvent, Step, StepState } from './types.ts';
import { type Verdict, Wait, type WaitOptions } from './wait.ts';

/** Where a plan goes, and what helps to explain. */
export interface ApplyContext {
  readonly cluster: Cluster;
  /** The project of the cloud below the cluster: tells the state of load balancers that are waited for. */
  readonly project?: Project;
  /** The place of a field of a step's object in the files. */
  readonly placeOf?: (key: string, path: Path) => Place | undefined;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
}

/** How a plan is applied. */
export interface ApplyOptions extends WaitOptions {
  readonly parallel?: number;
  /** How long a write is tried again while the server is away or a webhook not up yet; default 60,000 ms. */
  readonly retryMs?: number;
}

/** After a cancel, how long requests in flight may take to tell what became of them. */
const LAST_WORDS_MS = 5_000;

/**
 * Carries out a plan: verifies that the cluster is still the planned one, sends what changes in the order of its references, waits until it works. Tells all in events.
 * Resolves when every step has its end. Fails before anything is written: `invalid` when the plan has blockers, `conflict` when the target is another one.
 */
export async function applyPlan(plan: Plan, context: ApplyContext, options: ApplyOptions = {}): Promise<Result<void>> {
  const [blocker] = plan.blockers;
  if (blocker) return failed('invalid', blocker.message);
  const same = await verifyTarget(plan.target, context.cluster, context.signal);
  if (!same.ok) return same;
  const application = new Application(plan, context, options);
  await application.run();
  return success(undefined);
}

class Application {
  readonly #steps: ReadonlyMap<string, Step>;
  readonly #context: ApplyContext;
  readonly #retryMs: number;
  readonly #pace: Pace;
  readonly #wait: Wait;
  readonly #states = new Map<string, StepState>();
  readonly #open: Set<string>;
  /** Ends requests in flight that outlive a cancel. */
  readonly #hard = new AbortController();
  #finish: () => void = () => undefined;

  constructor(plan: Plan, context: ApplyContext, options: ApplyOptions) {
    this.#steps = new Map(plan.steps.map((step) => [step.key, step]));
    this.#open = new Set(this.#steps.keys());
    this.#context = context;
    this.#retryMs = options.retryMs ?? 60_000;
    this.#pace = new Pace(options.parallel === undefined ? {} : { parallel: options.parallel });
    this.#wait = new Wait(context.cluster, context.project, options, (verdict) => this.#judged(verdict));
  }

  async run(): Promise<void> {
    const done = new Promise<void>((resolve) => {
      this.#finish = resolve;
    });
    const cancel = () => this.#cancel();
    this.#context.signal.addEventListener('abort', cancel, { once: true });
    try {
      if (this.#context.signal.aborted) cancel();
      else this.#advance();
      await done;
    } finally {
      this.#context.signal.removeEventListener('abort', cancel);
      this.#wait.dispose();
    }
  }

  /** Starts every step whose turn has come; ends the run when none is left. */
  #advance(): void {
    if (!this.#context.signal.aborted) {
      for (const key of [...this.#open]) {
        const step = this.#steps.get(key);
        if (step && this.#mayGo(step)) {
          this.#open.delete(key);
          void this.#send(step);
        }
      }
    }
    if (this.#isOver()) this.#finish();
  }

  #isOver(): boolean {
    if (this.#context.signal.aborted) return this.#nothingInFlight();
    const ends = [...this.#steps.keys()].every((key) => {
      const state = this.#states.get(key);
      return state !== undefined && state !== 'applying' && state !== 'waiting' && !isHalfway(state);
    });
    return ends && this.#wait.settled;
  }

  /** True when what comes first is done; skips the step when it never will be. */
  #mayGo(step: Step): boolean {
    if (step.action === 'unchanged') return true;
    for (const { key, until } of step.after) {
      const state = this.#states.get(key);
      const other = this.#steps.get(key);
      if (other === undefined) continue;
      if (state === 'skipped' || this.#failedFor(state, until, key)) {
        this.#open.delete(step.key);
        this.#tell(step.key, 'skipped', `needs ${titleOf(other.ref)}, which ${state === 'skipped' ? 'was skipped' : 'failed'}`);
        // others may have waited for the one just skipped
        queueMicrotask(() => this.#advance());
        return false;
      }
      if (until === 'ready' ? state !== 'ready' : state === undefined || !this.#applied.has(key)) return false;
    }
    return true;
  }

  readonly #applied = new Set<string>();

  #failedFor(state: StepState | undefined, until: 'present' | 'ready', key: string): boolean {
    if (until === 'ready') return state === 'failed' || state === 'notReady';
    return state === 'failed' && !this.#applied.has(key);
  }

  async #send(step: Step): Promise<void> {
    if (step.action === 'unchanged') return this.#verifyUnchanged(step);
    this.#tell(step.key, 'applying');
    const { cluster } = this.#context;
    const applied = await this.#pace.run(() => cluster.apply(step.object, { signal: this.#hard.signal }), {
      signal: this.#context.signal,
      budgetMs: this.#retryMs,
      transient: (failure) => this.#mayMend(step, failure),
      retryAfter: retryAfterOf,
      onRetry: (failure) => this.#tell(step.key, 'applying', `trying again: ${serverWords(failure)}`),
    });
    if (!applied.ok) this.#refused(step, applied.failure);
    else this.#written(step, applied.value.object, applied.value.created ? 'created' : 'configured');
    this.#advance();
  }

  /** Beside what any request may meet: a kind just defined is not routed yet, a namespace just made has no default ServiceAccount yet. */
  #mayMend(step: Step, failure: Failure): boolean {
    if (isTransient(failure)) return true;
    if (step.action !== 'unverified') return false;
    if (failure.reason === 'notFound') {
      void this.#context.cluster.kinds({ fresh: true, signal: this.#hard.signal });
      return true;
    }
    return /error looking up service account/.test(serverWords(failure));
  }

  #written(step: Step, object: KubeObject, state: 'created' | 'configured'): void {
    this.#applied.add(step.key);
    this.#tell(step.key, state);
    this.#follow(step, object, true);
  }

  async #verifyUnchanged(step: Step): Promise<void> {
    this.#applied.add(step.key);
    this.#tell(step.key, 'unchanged');
    if (worksAtOnce(step.object)) return this.#follow(step, step.object, false);
    const live = await this.#context.cluster.get(step.ref, this.#hard.signal);
    if (live.ok) this.#follow(step, live.value, false);
    else this.#tell(step.key, 'failed', live.failure.message, live.failure);
    this.#advance();
  }

  #follow(step: Step, object: KubeObject, changed: boolean): void {
    if (worksAtOnce(step.object)) this.#tell(step.key, 'ready');
    else if (this.#context.signal.aborted) this.#tell(step.key, 'cancelled', 'applied; not waited for');
    else this.#wait.follow(step.key, object, changed);
    queueMicrotask(() => this.#advance());
  }

  #refused(step: Step, failure: Failure): void {
    if (failure.reason === 'cancelled' || (this.#context.signal.aborted && isTransient(failure))) {
      this.#tell(step.key, 'cancelled', failure.reason === 'cancelled' ? 'not sent' : `not sent: ${failure.message}`);
      return;
    }
    const refusal = readRefusal(failure, step.object);
    this.#tell(
      step.key,
      'failed',
      refusal?.reason ?? failure.message,
      failure,
      this.#context.placeOf?.(step.key, refusal?.paths[0] ?? []),
    );
  }

  #judged(verdict: Verdict): void {
    if (this.#context.signal.aborted) return;
    const step = this.#steps.get(verdict.key);
    const place = step && verdict.cause ? this.#context.placeOf?.(step.key, locate(verdict.cause, step.object)) : undefined;
    this.#emit(verdict.key, verdict.state, {
      ...(verdict.message === undefined ? {} : { message: verdict.message }),
      ...(verdict.children === undefined ? {} : { children: verdict.children }),
      ...(place === undefined ? {} : { source: place }),
    });
    if (verdict.state !== 'waiting') this.#advance();
  }

  #cancel(): void {
    setTimeout(() => this.#hard.abort(), LAST_WORDS_MS).unref();
    for (const key of this.#open) this.#tell(key, 'cancelled', 'not sent');
    this.#open.clear();
    for (const [key, state] of this.#states)
      if (state === 'waiting' || isHalfway(state)) this.#tell(key, 'cancelled', 'applied; not waited for');
    this.#wait.dispose();
    if (this.#nothingInFlight()) this.#finish();
  }

  #nothingInFlight(): boolean {
    return [...this.#states.values()].every((state) => state !== 'applying');
  }

  #tell(key: string, state: StepState, message?: string, failure?: Failure, source?: Place): void {
    this.#emit(key, state, {
      ...(message === undefined ? {} : { message }),
      ...(failure === undefined ? {} : { failure }),
      ...(source === undefined ? {} : { source }),
    });
  }

  #emit(key: string, state: StepState, more: Partial<RunEvent>): void {
    this.#states.set(key, state);
    this.#context.emit({ at: Date.now(), key, state, ...more });
  }
}

/** Applied, and its wait has not begun to speak. */
function isHalfway(state: StepState): boolean {
  return state === 'created' || state === 'configured' || state === 'unchanged';
}
