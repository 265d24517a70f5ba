import { type Failure, failed, type Result, success } from '../../base/failure.ts';
import type { Path } from '../../base/fields.ts';
import type { Applied, Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import type { Project } from '../../openstack/project.ts';
import { leavesPods } from '../plan/decide.ts';
import { isTransient, readRefusal, retryAfterOf, serverWords } from '../plan/refusal.ts';
import { worksAtOnce } from '../readiness/readiness.ts';
import type { Journal } from '../record/journal.ts';
import type { SecretMask } from '../record/secretMask.ts';
import { noteAfter, noteBefore, readBefore } from '../removal/plannedSet.ts';
import { keptSince } from '../removal/prune.ts';
import { deleteAndWait, type RemovalOptions, removeSteps } from '../removal/remove.ts';
import { isStackStep, runStack } from '../stacks/runStack.ts';
import { verifyTarget } from '../target.ts';
import type { Place, Plan, RunEvent, Step, StepState } from '../types.ts';
import { locate } from './diagnose.ts';
import { withLastWords } from './lastWords.ts';
import { Pace, type PaceOptions } from './pace.ts';
import { sendStep } from './sendStep.ts';
import { isKept } from './summary.ts';
import { TargetGuard } from './targetGuard.ts';
import { type Verdict, Wait, type WaitOptions } from './wait.ts';
import { WritePermit } from './writePermit.ts';

/** Where a plan goes, and what helps to explain. */
export interface ApplyContext {
  readonly cluster: Cluster;
  /** The project of the cloud below the cluster: tells the state of load balancers that are waited for. */
  readonly project?: Project;
  /** The place of a field of a step's object in the files. */
  readonly placeOf?: (key: string, path: Path) => Place | undefined;
  readonly signal: AbortSignal;
  readonly emit: (event: RunEvent) => void;
  /** Opens the workload cluster of a Cluster of Cluster API: Undeploy deletes in it, too. */
  readonly workload?: (owner: ObjectRef) => Promise<Result<Cluster>>;
  /** Takes secrets out of what containers said. */
  readonly mask: SecretMask;
  /** Written before and after each step; what cannot be noted is not done. */
  readonly journal?: Journal;
}

/** How a plan is applied. */
export interface ApplyOptions extends WaitOptions, RemovalOptions {
  readonly parallel?: number;
  /** How long a write is tried again while the server is away or a webhook not up yet; default 60,000 ms. */
  readonly retryMs?: number;
  /** How requests are spaced, see {@link Pace}. */
  readonly pace?: Omit<PaceOptions, 'parallel'>;
  /** How old the last look at who the target is may be before a write; default 5,000 ms. A lost connection asks for one at once. */
  readonly verifiedMs?: number;
  /** Time between two looks of a check of one's own; default 1,000 ms. */
  readonly checkMs?: number;
  /** Time between two looks at a stack that is waited for; default 2,000 ms. */
  readonly stackMs?: number;
}

/** How long the log of a container that ended may take: the trouble itself is told already. */
const LOG_PATIENCE_MS = 3_000;

/** After a cancel, how long requests in flight may take to tell what became of them. */
const LAST_WORDS_MS = 5_000;

/**
 * Carries out a plan: verifies that the cluster is still the planned one, notes what the set will hold, sends what changes in the order of its references, waits until it works, and then deletes
 * what is to go. Tells all in events. Resolves when every step has its end, with what stopped it on its way, if something did (the target is another one by now, or a step cannot be noted in the
 * journal), and with a sentence if what was deployed could not be noted in the cluster. Fails before anything is written: `invalid` when the plan has blockers, `conflict` when the target is
 * another one, and as the note before it fails.
 */
export async function applyPlan(
  plan: Plan,
  context: ApplyContext,
  options: ApplyOptions = {},
): Promise<Result<{ readonly stopped?: Failure; readonly note?: string }>> {
  const [blocker] = plan.blockers;
  if (blocker) return failed('invalid', blocker.message);
  const { cluster } = context;
  const [same, before] = await Promise.all([
    verifyTarget(plan.target, cluster, context.signal),
    readBefore(plan, cluster, context.signal),
  ]);
  if (!same.ok) return same;
  if (!before.ok) return before;
  const halt = new AbortController();
  let stopped: Failure | undefined;
  const stop = (failure: Failure) => {
    stopped ??= failure;
    halt.abort();
  };
  const signal = AbortSignal.any([context.signal, halt.signal]);
  const guard = new TargetGuard(plan.target, cluster, options.verifiedMs);
  const noted = await noteBefore(plan, before.value, cluster, signal);
  if (!noted.ok) return noted;
  const permit = new WritePermit({ guard, signal, stop, ...(context.journal ? { journal: context.journal } : {}) });
  const guarded: Guarded = { ...context, signal, guard, permit };
  const application = new Application(plan, guarded, options, noted.value.made);
  await application.run();
  const gone = await removeAfter(plan, application, guarded, options);
  // what was stopped leaves more noted than there is, which does no harm; another cluster gets no note
  if (stopped !== undefined) return success({ stopped });
  const still = plan.set ? await guard.check(AbortSignal.timeout(LAST_WORDS_MS)) : same;
  const left = still.ok ? await noteAfter(plan, { before: noted.value, applied: application.written, gone }, cluster) : still;
  return success(left.ok ? {} : { note: left.failure.message });
}

/** What is no longer wanted goes when all that is wanted works: until then the old may still be needed. */
async function removeAfter(
  plan: Plan,
  application: Application,
  context: Guarded,
  options: ApplyOptions,
): Promise<ReadonlySet<string>> {
  const steps = plan.steps.filter(({ action }) => action === 'prune');
  const { set } = plan;
  const watched = {
    ...context,
    ...(set ? { keeps: (step: Step) => keptSince(step, set.before.id, context) } : {}),
    permit: (step: Step) => context.permit.ask(step),
    settled: (step: Step, deleted: Result<void>) => context.permit.settled(step, deleted),
  };
  // deletions do not come back: who is there is asked anew before the first
  if (steps.length > 0) context.guard.doubt();
  if (application.isUp || context.signal.aborted) return removeSteps(steps, watched, options);
  for (const { key } of steps)
    context.emit({ at: Date.now(), key, state: 'skipped', message: 'stays, because not all that was deployed is up' });
  return new Set();
}

/** What an application has beside its context: who watches over the target, and what is asked before each write. */
interface Guarded extends ApplyContext {
  readonly guard: TargetGuard;
  readonly permit: WritePermit;
}

class Application {
  readonly #steps: ReadonlyMap<string, Step>;
  readonly #context: Guarded;
  readonly #retryMs: number;
  readonly #readiness: ApplyOptions['readiness'];
  readonly #stackMs: number;
  readonly #pace: Pace;
  readonly #wait: Wait;
  readonly #states = new Map<string, StepState>();
  /** Steps that are still on their way: thousands of them are not counted anew with every event. */
  readonly #unended: Set<string>;
  readonly #open: Set<string>;
  /** Ends requests in flight that outlive a cancel. */
  readonly #hard = new AbortController();
  #finish: () => void = () => undefined;
  readonly #lastWords = new Set<Promise<void>>();
  readonly #options: RemovalOptions;
  /** The objects that were written, by the key of their step. */
  readonly written: Map<string, KubeObject>;

  /** `made`: what was written before the run began. */
  constructor(plan: Plan, context: Guarded, options: ApplyOptions, made: ReadonlyMap<string, KubeObject>) {
    const sent = plan.steps.filter((step) => step.action !== 'prune' && !isKept(step));
    this.#steps = new Map(sent.map((step) => [step.key, step]));
    this.#options = options;
    this.written = new Map(made);
    this.#open = new Set(this.#steps.keys());
    this.#unended = new Set(this.#steps.keys());
    this.#context = context;
    this.#retryMs = options.retryMs ?? 60_000;
    this.#stackMs = options.stackMs ?? 2_000;
    this.#readiness = options.readiness;
    this.#pace = new Pace({ ...options.pace, parallel: options.parallel, quickestMs: context.cluster.quickestMs });
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
      if (!this.#context.signal.aborted) await Promise.all(this.#lastWords);
    } finally {
      this.#context.signal.removeEventListener('abort', cancel);
      this.#wait.dispose();
    }
  }

  /** Whether all that was sent works. */
  get isUp(): boolean {
    return [...this.#states.values()].every((state) => state === 'ready');
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
    return this.#unended.size === 0 && this.#wait.settled;
  }

  /** True when what comes first is done; skips the step when it never will be. */
  #mayGo(step: Step): boolean {
    if (step.action === 'unchanged' || step.action === 'skip') return true;
    const held = this.#heldBy.get(step.key);
    if (held && this.#isToCome(held)) return false;
    for (const first of step.after) {
      const { key, until } = first;
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
      if (this.#isToCome(first)) {
        this.#heldBy.set(step.key, first);
        return false;
      }
    }
    return true;
  }

  readonly #applied = new Set<string>();
  /** Steps whose object was deleted to be made anew. */
  readonly #deleted = new Set<string>();
  /** Steps that were sent and have no answer that tells whether they arrived. */
  readonly #unanswered = new Set<string>();
  /** Who waits for a wave of hundreds is not asked about all of them each time. */
  readonly #heldBy = new Map<string, Step['after'][number]>();

  #isToCome({ key, until }: Step['after'][number]): boolean {
    const state = this.#states.get(key);
    if (state === 'skipped' || this.#failedFor(state, until, key)) return false;
    return until === 'ready' ? state !== 'ready' : !this.#applied.has(key);
  }

  #failedFor(state: StepState | undefined, until: Step['after'][number]['until'], key: string): boolean {
    if (until === 'ready') return state === 'failed' || state === 'notReady';
    return state === 'failed' && !this.#applied.has(key);
  }

  async #send(step: Step): Promise<void> {
    if (step.action === 'skip') return this.#leave(step);
    if (isStackStep(step)) return this.#sendStack(step);
    if (step.action === 'unchanged') return this.#verifyUnchanged(step);
    this.#tell(step.key, 'applying');
    const made = this.written.get(step.key);
    if (made) {
      await this.#context.permit.answered(step, success({ object: made, created: true }));
      return this.#written(step, made, 'created');
    }
    if (step.action === 'recreate' && !(await this.#deleteFirst(step))) return this.#advance();
    const applied = await this.#pace.run(() => this.#write(step), {
      signal: this.#context.signal,
      budgetMs: this.#retryMs,
      transient: (failure) => this.#mayMend(step, failure),
      retryAfter: retryAfterOf,
      onRetry: (failure) => this.#tell(step.key, 'applying', `trying again: ${serverWords(failure)}`),
    });
    await this.#context.permit.answered(step, applied);
    if (!applied.ok) this.#refused(step, applied.failure);
    else this.#written(step, applied.value.object, wordFor(step, applied.value.created));
    this.#advance();
  }

  async #deleteFirst(step: Step): Promise<boolean> {
    const { cluster, permit, signal } = this.#context;
    const tell = (message: string) => this.#tell(step.key, 'applying', message);
    const propagation = leavesPods(step.object) ? 'Orphan' : 'Foreground';
    const permitted = await permit.ask(step);
    const deleted = permitted.ok
      ? await deleteAndWait(cluster, step, tell, signal, this.#options, this.#pace, propagation)
      : permitted;
    if (deleted.ok) this.#deleted.add(step.key);
    else {
      if (permitted.ok) await permit.settled(step, deleted);
      // its deletion goes on, or was never sent: that was told where it happened
      if (deleted.failure.reason === 'cancelled') this.#tell(step.key, 'cancelled', deleted.failure.message);
      else this.#refused(step, deleted.failure);
    }
    return deleted.ok;
  }

  /** One try: who is there is looked at first, then it is noted, then it is sent. */
  async #write(step: Step): Promise<Result<Applied>> {
    const { cluster, guard, permit, signal } = this.#context;
    const permitted = await permit.ask(step);
    if (!permitted.ok) return permitted;
    // whoever cancels while the permit is on its way here sees no write begin after that
    if (signal.aborted) return failed('cancelled', 'Cancelled before it was sent.');
    this.#unanswered.add(step.key);
    const applied = await sendStep(step, cluster, this.#hard.signal);
    if (!applied.ok && isTransient(applied.failure)) guard.doubt();
    else if (applied.ok || applied.failure.reason !== 'cancelled') this.#unanswered.delete(step.key);
    return applied;
  }

  async #sendStack(step: Parameters<typeof runStack>[0]): Promise<void> {
    const { project, permit, signal } = this.#context;
    await runStack(step, {
      project,
      signal,
      permit: () => permit.ask(step),
      sent: (sent) => permit.settled(step, sent, step.stack.id === undefined),
      hard: this.#hard.signal,
      everyMs: this.#stackMs,
      tell: (state, ...more) => {
        if (isHalfway(state)) this.#applied.add(step.key);
        this.#tell(step.key, state, ...more);
        queueMicrotask(() => this.#advance());
      },
    });
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

  #written(step: Step, object: KubeObject, state: 'created' | 'configured' | 'recreated'): void {
    this.written.set(step.key, object);
    this.#applied.add(step.key);
    this.#tell(step.key, state);
    this.#follow(step, object, true);
  }

  /** Somebody else keeps it: it counts as being there, and nothing is sent. */
  #leave(step: Step): void {
    this.#applied.add(step.key);
    this.#tell(step.key, 'unchanged', step.reason);
    this.#tell(step.key, 'ready', step.reason);
    queueMicrotask(() => this.#advance());
  }

  async #verifyUnchanged(step: Step): Promise<void> {
    this.#applied.add(step.key);
    this.#tell(step.key, 'unchanged');
    if (worksAtOnce(step.object, this.#readiness)) return this.#follow(step, step.object, false);
    const live = await this.#context.cluster.get(step.ref, this.#hard.signal);
    if (live.ok) this.#follow(step, live.value, false);
    else this.#tell(step.key, 'failed', live.failure.message, live.failure);
    this.#advance();
  }

  #follow(step: Step, object: KubeObject, changed: boolean): void {
    if (worksAtOnce(step.object, this.#readiness)) this.#tell(step.key, 'ready');
    else if (this.#context.signal.aborted) this.#tell(step.key, 'cancelled', 'applied; not waited for');
    else this.#wait.follow(step.key, object, changed);
    queueMicrotask(() => this.#advance());
  }

  #refused(step: Step, failure: Failure): void {
    const gone = this.#deleted.has(step.key) ? 'the old one is deleted; ' : '';
    if (failure.reason === 'cancelled' || (this.#context.signal.aborted && isTransient(failure))) {
      const sent = this.#unanswered.has(step.key)
        ? 'sent, and whether it arrived is not known'
        : `${gone === '' ? '' : 'the new one was '}not sent`;
      this.#tell(step.key, 'cancelled', `${gone}${sent}${failure.reason === 'cancelled' ? '' : `: ${failure.message}`}`);
      return;
    }
    const refusal = readRefusal(failure, step.object);
    this.#tell(
      step.key,
      'failed',
      `${gone}${refusal?.reason ?? failure.message}`,
      failure,
      this.#context.placeOf?.(step.key, refusal?.paths[0] ?? []),
    );
  }

  #judged(verdict: Verdict): void {
    if (this.#context.signal.aborted) return;
    const step = this.#steps.get(verdict.key);
    const place = step && verdict.cause ? this.#context.placeOf?.(step.key, locate(verdict.cause, step.object)) : undefined;
    const more: Partial<RunEvent> = {
      ...(verdict.message === undefined ? {} : { message: verdict.message }),
      ...(verdict.children === undefined ? {} : { children: verdict.children }),
      ...(place === undefined ? {} : { source: place }),
    };
    this.#emit(verdict.key, verdict.state, more);
    if (verdict.state === 'failed' || verdict.state === 'notReady') this.#askLastWords(verdict, more);
    if (verdict.state !== 'waiting') this.#advance();
  }

  /** What a container said before it ended follows the failure, in an event of its own, unless it has healed meanwhile. */
  #askLastWords({ key, state, children = [] }: Verdict, more: Partial<RunEvent>): void {
    const { cluster, mask, signal } = this.#context;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(LOG_PATIENCE_MS)]);
    const asked = withLastWords(cluster, children, mask, patience).then((told) => {
      if (told && !signal.aborted && this.#states.get(key) === state) this.#emit(key, state, { ...more, children: told });
    });
    this.#lastWords.add(asked);
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
    if (state === 'applying' || state === 'waiting' || isHalfway(state)) this.#unended.add(key);
    else this.#unended.delete(key);
    this.#context.emit({ at: Date.now(), key, state, ...more });
  }
}

/** Applied, and its wait has not begun to speak. */
function isHalfway(state: StepState): boolean {
  return state === 'created' || state === 'configured' || state === 'recreated' || state === 'unchanged';
}

function wordFor({ action }: Step, created: boolean): 'created' | 'configured' | 'recreated' {
  if (action === 'recreate') return 'recreated';
  return created ? 'created' : 'configured';
}
