import { eachOf } from '../../base/eachOf.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { failed, type Result, success } from '../../base/failure.ts';
import { fileName } from '../files/fileName.ts';
import { targetName } from '../plan/planText.ts';
import { type Keeping, type RecordedRun, startRecorded } from '../record/recordedRun.ts';
import type { RunRecord } from '../record/runRecord.ts';
import type { ApplyOptions } from '../run/apply.ts';
import type { Run } from '../run/run.ts';
import { seconds, stateWord } from '../run/summary.ts';
import type { Plan, RunSummary } from '../types.ts';
import { type Cell, type CellOf, escaped, matrixDocument } from './matrix.ts';
import type { PlannedTargets } from './planTargets.ts';
import { nameOfTarget, type TargetEntry } from './targetSet.ts';
import type { TargetsPlan } from './types.ts';

/** What became of one target. `notStarted`: another one went wrong before its turn, or the user gave up. */
export interface TargetResult {
  readonly entry: TargetEntry;
  readonly state: 'pending' | 'running' | 'notStarted' | RunSummary['outcome'];
  /** What a person reads of it; empty before it began. */
  readonly sentence: string;
  readonly run?: Run;
  /** Once it is over. */
  readonly record?: RunRecord;
  /** What a person is to know at its end beside the sentence: that it could not be kept. */
  readonly notes?: readonly string[];
  /** Somebody else deploys it now, and nothing was begun: it may be taken over. */
  readonly isHeld?: true;
}

/** How the runs of all targets are written down; each is called by the set and its own name, see {@link nameOfTarget}. */
export interface TargetsKeeping extends Omit<Keeping, 'name'> {
  /** As people call the set; the name of its file when nothing is said. */
  readonly name?: string;
}

/** A target that has begun. */
export interface StartedTarget extends RecordedRun {
  readonly entry: TargetEntry;
}

/** The end of a run over several targets. */
export interface TargetsSummary {
  readonly outcome: RunSummary['outcome'];
  readonly sentence: string;
  readonly tookMs: number;
  readonly targets: readonly TargetResult[];
}

/** One carrying-out of a plan over several targets. */
export interface TargetsRun {
  readonly plan: TargetsPlan;
  /** In the order of the set. */
  readonly targets: readonly TargetResult[];
  readonly summary: TargetsSummary | undefined;
  /** Fires for each target that begins. */
  readonly onDidStart: Event<StartedTarget>;
  readonly done: Promise<TargetsSummary>;
  /** Cancels what runs and starts nothing more. */
  cancel(): void;
}

/**
 * Starts to carry out a plan over several targets: wave after wave, those of a wave at once, each with the check that it still is the cluster it was planned for, with its own locks, journal and
 * record. As soon as one does not come up, or is deployed by somebody else, no further one is started: those that run go on to their end. Fails with `invalid` when the plan has blockers, and
 * writes nothing then.
 */
export function startTargets(
  { plan, contexts }: PlannedTargets,
  keeping: TargetsKeeping = { places: [] },
  options: ApplyOptions = {},
): Result<TargetsRun> {
  const [blocker] = plan.blockers;
  if (blocker) return failed('invalid', blocker.message);
  return success(new RunningTargets({ plan, contexts }, keeping, options));
}

const GOOD: ReadonlySet<TargetResult['state']> = new Set(['succeeded', 'unchanged']);

class RunningTargets implements TargetsRun {
  readonly plan: TargetsPlan;
  readonly done: Promise<TargetsSummary>;
  summary: TargetsSummary | undefined;
  readonly #contexts: PlannedTargets['contexts'];
  readonly #keeping: TargetsKeeping;
  readonly #options: ApplyOptions;
  readonly #results: Map<TargetEntry, TargetResult>;
  readonly #started = new Emitter<StartedTarget>();
  readonly onDidStart = this.#started.event;
  #cancelled = false;

  constructor({ plan, contexts }: PlannedTargets, keeping: TargetsKeeping, options: ApplyOptions) {
    this.plan = plan;
    this.#contexts = contexts;
    this.#keeping = keeping;
    this.#options = options;
    this.#results = new Map(plan.targets.map(({ entry }) => [entry, { entry, state: 'pending', sentence: '' }]));
    this.done = this.#run();
  }

  get targets(): readonly TargetResult[] {
    return [...this.#results.values()];
  }

  cancel(): void {
    this.#cancelled = true;
    for (const { run } of this.#results.values()) run?.cancel();
  }

  async #run(): Promise<TargetsSummary> {
    // so that whoever starts it can listen before the first target begins
    await Promise.resolve();
    const began = performance.now();
    const waves = Map.groupBy(this.plan.targets, ({ entry }) => entry.wave);
    for (const wave of waves.values())
      await eachOf(wave, this.plan.set.parallel, async ({ entry, plan }) => {
        const stop = this.#reasonToStop();
        if (stop !== undefined || !plan) this.#results.set(entry, { entry, state: 'notStarted', sentence: stop ?? '' });
        else await this.#carryOut(entry, plan);
      });
    this.summary = summarize(this.plan, this.targets, performance.now() - began, this.#cancelled);
    return this.summary;
  }

  #reasonToStop(): string | undefined {
    if (this.#cancelled) return 'Not started: cancelled.';
    const bad = this.targets.find(({ state }) => state !== 'pending' && state !== 'running' && !GOOD.has(state));
    return bad && `Not started, because ${bad.entry.name} went wrong.`;
  }

  async #carryOut(entry: TargetEntry, plan: Plan): Promise<void> {
    const context = this.#contexts.get(entry.name);
    if (!context) return;
    this.#results.set(entry, { entry, state: 'running', sentence: '' });
    const { set } = this.plan;
    const keeping = { ...this.#keeping, name: nameOfTarget(this.#keeping.name ?? fileName(set.file), entry) };
    const started = await startRecorded(plan, context, keeping, this.#options);
    if (!started.ok) {
      const { reason, message } = started.failure;
      const held = reason === 'conflict' ? { isHeld: true as const } : {};
      this.#results.set(entry, { entry, state: 'refused', sentence: message, ...held });
      return;
    }
    const { run, end } = started.value;
    this.#results.set(entry, { entry, state: 'running', sentence: '', run });
    this.#started.fire({ entry, ...started.value });
    // the locks were asked for meanwhile
    if (this.#cancelled) run.cancel();
    const { outcome, sentence } = await run.done;
    const { record, notes } = await end;
    this.#results.set(entry, { entry, state: outcome, sentence, run, record, ...(notes.length > 0 ? { notes } : {}) });
  }
}

function summarize(plan: TargetsPlan, targets: readonly TargetResult[], tookMs: number, cancelled: boolean): TargetsSummary {
  const outcome = outcomeOf(targets, cancelled);
  return { outcome, sentence: sentenceOf(plan, targets, outcome, tookMs), tookMs, targets };
}

function outcomeOf(targets: readonly TargetResult[], cancelled: boolean): RunSummary['outcome'] {
  const states = targets.map(({ state }) => state);
  if (states.every((state) => state === 'unchanged')) return 'unchanged';
  if (states.every((state) => GOOD.has(state))) return 'succeeded';
  if (cancelled && states.some((state) => state === 'cancelled' || state === 'notStarted')) return 'cancelled';
  if (states.some((state) => GOOD.has(state) || state === 'partial')) return 'partial';
  return states.every((state) => state === 'refused' || state === 'notStarted') ? 'refused' : 'failed';
}

function sentenceOf(
  { set }: TargetsPlan,
  targets: readonly TargetResult[],
  outcome: RunSummary['outcome'],
  tookMs: number,
): string {
  const name = fileName(set.file);
  const good = targets.filter(({ state }) => GOOD.has(state)).length;
  const waiting = targets.filter(({ state }) => state === 'notStarted').length;
  if (outcome === 'unchanged') return `Verified ${targets.length} targets of ${name} in ${seconds(tookMs)}.`;
  if (outcome === 'succeeded') return `${name} is up on all ${targets.length} targets in ${seconds(tookMs)}.`;
  const rest = waiting > 0 ? ` ${waiting} not started.` : '';
  if (outcome === 'cancelled')
    return `Cancelled: ${name} is up on ${good} of ${targets.length} targets.${rest} What was applied stays.`;
  const bad = targets.find(({ state }) => state !== 'notStarted' && !GOOD.has(state));
  return `${name} is up on ${good} of ${targets.length} targets. ${bad?.entry.name}: ${bad?.sentence}${rest}`;
}

/** Cells with the states of a run: `ready`, `failed: …`; where nothing was begun, `pending` as long as it may be. */
function statesOf(targets: readonly TargetResult[]): CellOf {
  return ({ entry }, step): Cell => {
    const target = targets.find((one) => one.entry === entry);
    const event = target?.run?.latest.get(step.key);
    if (event) return { word: stateWord(event.state), reason: event.message ?? '' };
    return { word: target?.state === 'notStarted' ? 'not started' : 'pending', reason: '' };
  };
}

/** The run as a Markdown document: the table with what became of each object, then of each target. */
export function targetsRunDocument(run: Pick<TargetsRun, 'plan' | 'targets' | 'summary'>): string {
  const ends = printTargetsRun(run)
    .trimEnd()
    .split('\n')
    .map((line) => `- ${escaped(line.trim())}`);
  return `${matrixDocument(run.plan, statesOf(run.targets))}\n## What became of it\n\n${ends.join('\n')}\n`;
}

/** The run as text: a line per target with what became of it, then the sentence. */
export function printTargetsRun({ targets, summary }: Pick<TargetsRun, 'targets' | 'summary'>): string {
  const lines = targets.flatMap(({ entry, state, sentence, run, notes = [] }) => {
    const where = run ? targetName(run.plan.target) : [entry.context, entry.namespace].filter(Boolean).join('/');
    const told = state === 'notStarted' ? [sentence || 'not started'] : [state === 'partial' ? 'partly' : state, sentence];
    const line = `  wave ${entry.wave}: ${entry.name} → ${where}: ${told.filter(Boolean).join('. ')}`;
    return [line, ...notes.map((note) => `    ${note}`)];
  });
  return `${[...lines, ...(summary ? [summary.sentence] : [])].join('\n')}\n`;
}
