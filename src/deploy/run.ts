import { Emitter, type Event } from '../base/event.ts';
import type { Failure } from '../base/failure.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { Project } from '../openstack/project.ts';
import { type ApplyOptions, applyPlan } from './apply.ts';
import { fileName } from './gate.ts';
import { countsLine, targetName } from './planText.ts';
import { resultsOf, summarize } from './summary.ts';
import type { Plan, RunEvent, RunSummary } from './types.ts';
import type { Written } from './written.ts';

/** What a run needs beside its plan. */
export interface RunContext {
  readonly cluster: Cluster;
  readonly project?: Project;
  /** The objects as written, for the places of causes. */
  readonly written: readonly Written[];
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

  constructor(plan: Plan, context: RunContext, options: ApplyOptions) {
    this.plan = plan;
    this.done = this.#run(context, options);
  }

  cancel(): void {
    this.#stop.abort();
  }

  async #run({ cluster, project, written }: RunContext, options: ApplyOptions): Promise<RunSummary> {
    const began = performance.now();
    const byPlace = new Map(written.map((one) => [placeKey(one.source), one]));
    const places = new Map(this.plan.steps.map((step) => [step.key, byPlace.get(placeKey(step.source))]));
    const applied = await applyPlan(
      this.plan,
      {
        cluster,
        ...(project === undefined ? {} : { project }),
        placeOf: (key, path) => places.get(key)?.placeOf(path),
        signal: this.#stop.signal,
        emit: (event) => this.#take(event),
      },
      options,
    );
    const took = performance.now() - began;
    this.summary = applied.ok
      ? summarize(this.plan, this.events, took, this.#stop.signal.aborted)
      : this.#refused(applied.failure, took);
    this.#changed.fire(undefined);
    return this.summary;
  }

  #take(event: RunEvent): void {
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

function placeKey({ file, index }: { readonly file: string; readonly index: number }): string {
  return `${index} ${file}`;
}

/** A run as text: a line per step with its last word, then the sentence. What tests compare and reports hold. */
export function printRun({ plan, latest, summary }: Pick<Run, 'plan' | 'latest' | 'summary'>): string {
  const lines = plan.steps.map((step) => {
    const event = latest.get(step.key);
    const place = event?.source === undefined ? '' : ` · ${fileName(event.source.file)}:${event.source.line}`;
    const message = event?.message === undefined ? '' : ` ${event.message}`;
    return `  ${step.key}: ${event?.state ?? 'pending'}${message}${place}`;
  });
  return `${[`${targetName(plan.target)}: ${countsLine(plan.counts)}`, ...lines, ...(summary ? [summary.sentence] : [])].join('\n')}\n`;
}

/** One event as a line of a log: `apps/v1/Deployment shop/web: waiting, 1 of 2 ready`. */
export function eventLine(event: RunEvent): string {
  const place = event.source === undefined ? '' : ` (${fileName(event.source.file)}:${event.source.line})`;
  return `${event.key}: ${event.state}${event.message === undefined ? '' : `, ${event.message}`}${place}`;
}
