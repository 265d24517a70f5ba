import { Emitter, type Event } from '../../base/event.ts';
import type { Failure } from '../../base/failure.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { Project } from '../../openstack/project.ts';
import { fileName } from '../files/fileName.ts';
import type { Written } from '../files/written.ts';
import { countsLine, targetName } from '../plan/planText.ts';
import type { Journal } from '../record/journal.ts';
import { type SecretMask, secretMask } from '../record/secretMask.ts';
import type { Plan, RunEvent, RunSummary } from '../types.ts';
import { type ApplyContext, type ApplyOptions, applyPlan } from './apply.ts';
import { resultsOf, stateWord, summarize, withChecks } from './summary.ts';
import { waitsFor } from './waitingChain.ts';

/** What a run needs beside its plan. */
export interface RunContext {
  readonly cluster: Cluster;
  readonly project?: Project;
  /** The objects as written, for the places of causes. */
  readonly written: readonly Written[];
  readonly workload?: NonNullable<ApplyContext['workload']>;
  /** Where it is noted what is about to be done, and what was done. */
  readonly journal?: Journal;
}

/** One carrying-out of a plan, from its start on: what happened so far, how it ended. Views follow `onDidChange`; tests print it. */
export interface Run {
  readonly plan: Plan;
  /** Ms since the epoch. */
  readonly startedAt: number;
  readonly events: readonly RunEvent[];
  /** The last event of each step that has one. */
  readonly latest: ReadonlyMap<string, RunEvent>;
  /** Undefined while it runs. */
  readonly summary: RunSummary | undefined;
  /** Why nothing was written, if the run was refused at its start. */
  readonly refusal: Failure | undefined;
  readonly onDidChange: Event<RunEvent | undefined>;
  readonly done: Promise<RunSummary>;
  /** Sends nothing more and stops waiting; what is in flight tells its end. Doing it twice does no harm. */
  cancel(): void;
  /** The same, because something is wrong with going on: the context leads elsewhere now, somebody took the lock. The sentence at the end says it. */
  stop(failure: Failure): void;
}

/** Starts to carry out a plan, at once. */
export function startRun(plan: Plan, context: RunContext, options: ApplyOptions = {}): Run {
  return new StartedRun(plan, context, options);
}

class StartedRun implements Run {
  readonly plan: Plan;
  readonly startedAt = Date.now();
  readonly events: RunEvent[] = [];
  readonly latest = new Map<string, RunEvent>();
  readonly done: Promise<RunSummary>;
  summary: RunSummary | undefined;
  refusal: Failure | undefined;
  readonly #changed = new Emitter<RunEvent | undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #stop = new AbortController();
  readonly #mask: SecretMask;
  #stopped: Failure | undefined;

  constructor(plan: Plan, context: RunContext, options: ApplyOptions) {
    this.plan = plan;
    this.#mask = secretMask(plan.steps.map(({ object }) => object));
    this.done = this.#run(context, options);
  }

  cancel(): void {
    this.#stop.abort();
  }

  stop(failure: Failure): void {
    this.#stopped ??= failure;
    this.#stop.abort();
  }

  async #run({ cluster, project, written, workload, journal }: RunContext, options: ApplyOptions): Promise<RunSummary> {
    const began = performance.now();
    const byPlace = new Map(written.map((one) => [placeKey(one.source), one]));
    const places = new Map(this.plan.steps.map((step) => [step.key, byPlace.get(placeKey(step.source))]));
    const applied = await applyPlan(
      this.plan,
      {
        cluster,
        ...(project === undefined ? {} : { project }),
        ...(workload === undefined ? {} : { workload }),
        placeOf: (key, path) => places.get(key)?.placeOf(path),
        signal: this.#stop.signal,
        mask: this.#mask,
        emit: (event) => this.#take(event),
        ...(journal === undefined ? {} : { journal: masked(journal, this.#mask) }),
      },
      options,
    );
    const took = performance.now() - began;
    const stopped = this.#stopped ?? (applied.ok ? applied.value.stopped : undefined);
    const up = applied.ok
      ? withNote(summarize(this.plan, this.events, took, this.#stop.signal.aborted, stopped), applied.value.note)
      : this.#refused(applied.failure, took);
    const summary = await this.#checked(up, { cluster, ...(project === undefined ? {} : { project }) }, options, began);
    // a journal without its end only means that the next run looks again
    await journal?.write({ is: 'end', at: Date.now(), outcome: summary.outcome, sentence: this.#mask(summary.sentence) });
    this.summary = summary;
    this.#changed.fire(undefined);
    return summary;
  }

  /** What is up is checked, if anybody wrote checks. */
  async #checked(
    up: RunSummary,
    context: Pick<RunContext, 'cluster' | 'project'>,
    { checkMs }: ApplyOptions,
    began: number,
  ): Promise<RunSummary> {
    const { checks = [] } = this.plan;
    if (checks.length === 0 || (up.outcome !== 'succeeded' && up.outcome !== 'unchanged')) return up;
    const { runChecks } = await import('../checks/runChecks.ts');
    const results = await runChecks(this.plan, checks, {
      ...context,
      signal: this.#stop.signal,
      mask: this.#mask,
      emit: (event) => this.#take(event),
      ...(checkMs === undefined ? {} : { everyMs: checkMs }),
    });
    const masked = results.map((one) =>
      one.message === undefined ? one : { ...one, message: this.#mask(one.message, one.key) },
    );
    return withChecks(up, masked, performance.now() - began, this.#stopped);
  }

  #take(said: RunEvent): void {
    const event = maskedEvent(said, this.#mask);
    this.events.push(event);
    this.latest.set(event.key, event);
    this.#changed.fire(event);
  }

  #refused(failure: Failure, tookMs: number): RunSummary {
    this.refusal = failure;
    const outcome = failure.reason === 'cancelled' ? 'cancelled' : 'refused';
    return { outcome, sentence: failure.message, tookMs, results: resultsOf(this.plan, []) };
  }
}

/** An event as it may be shown, logged and kept: a server quotes what it refuses, and that may be a Secret's value. */
function maskedEvent(event: RunEvent, mask: SecretMask): RunEvent {
  const { message, failure, children, key } = event;
  const masked = <T extends { readonly message?: string }>(one: T): T =>
    one.message === undefined ? one : { ...one, message: mask(one.message, key) };
  return {
    ...event,
    ...(message === undefined ? {} : { message: mask(message, key) }),
    ...(failure === undefined ? {} : { failure: { ...failure, message: mask(failure.message, key), detail: undefined } }),
    ...(children === undefined ? {} : { children: children.map(masked) }),
  };
}

function masked(journal: Journal, mask: SecretMask): Journal {
  return {
    write: (record) => journal.write(record.is === 'failed' ? { ...record, message: mask(record.message, record.key) } : record),
  };
}

function placeKey({ file, index }: { readonly file: string; readonly index: number }): string {
  return `${index} ${file}`;
}

function withNote(summary: RunSummary, note: string | undefined): RunSummary {
  return note === undefined ? summary : { ...summary, sentence: `${summary.sentence} ${note}` };
}

/** A run as text: a line per step with its last word, then the sentence. What tests compare and reports hold. */
export function printRun({ plan, latest, summary }: Pick<Run, 'plan' | 'latest' | 'summary'>): string {
  const lines = plan.steps.map((step) => {
    const event = latest.get(step.key);
    const place = event?.source === undefined ? '' : ` · ${fileName(event.source.file)}:${event.source.line}`;
    const kept = step.action === 'skip' && event === undefined;
    const words = kept
      ? step.reason
      : (event?.message ?? (event === undefined && !summary ? waitsFor(plan, latest, step.key) : undefined));
    const line = `  ${step.key}: ${kept ? 'kept' : stateWord(event?.state ?? 'pending')}${words === undefined ? '' : ` ${words}`}${place}`;
    return [line, ...(event ? lastWordsOf(event).map((said) => `    ${said}`) : [])].join('\n');
  });
  const checked = (plan.checks ?? []).map(({ key }) => {
    const event = latest.get(key);
    const said = event?.message === undefined ? '' : ` ${event.message}`;
    return [
      `  ${key}: ${stateWord(event?.state ?? 'pending')}${said}`,
      ...(event ? lastWordsOf(event).map((word) => `    ${word}`) : []),
    ].join('\n');
  });
  const head = `${targetName(plan.target)}: ${countsLine(plan.counts)}`;
  return `${[head, ...lines, ...checked, ...(summary ? [summary.sentence] : [])].join('\n')}\n`;
}

/** The last lines of containers that ended, below whose they are. */
function lastWordsOf({ children = [] }: RunEvent): readonly string[] {
  return children.flatMap(({ ref, container, log }) =>
    log === undefined ? [] : [`${ref.name}/${container ?? ''} ended with:`, ...log.map((line) => `| ${line}`)],
  );
}

/** One event as a line of a log; what a container said before it ended, told after its failure, by itself: `apps/v1/Deployment shop/web: waiting, 1 of 2 ready`. */
export function eventLine(event: RunEvent): string {
  const place = event.source === undefined ? '' : ` (${fileName(event.source.file)}:${event.source.line})`;
  const [first, ...rest] = lastWordsOf(event);
  if (first !== undefined) return [`${event.key}: ${first}`, ...rest.map((said) => `  ${said}`)].join('\n');
  return `${event.key}: ${stateWord(event.state)}${event.message === undefined ? '' : `, ${event.message}`}${place}`;
}
