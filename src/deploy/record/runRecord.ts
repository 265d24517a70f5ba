import { fieldsAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { Check } from '../checks/check.ts';
import type { Commit } from '../files/commit.ts';
import { comparable } from '../plan/diff.ts';
import type { Run } from '../run/run.ts';
import { isKept } from '../run/summary.ts';
import type { Blocker, Place, Plan, RunChild, RunSummary, Step, StepState, Target } from '../types.ts';
import type { Begin } from './journal.ts';
import { objectHash } from './objectHash.ts';

/** What became of one object, and when. Times in ms since the epoch. */
export interface RecordedStep {
  readonly key: string;
  readonly action: Step['action'];
  readonly reason: string;
  readonly file: string;
  readonly line: number;
  readonly hash: string;
  /** What was to be sent, values of a Secret replaced by hashes. */
  readonly object: KubeObject;
  readonly after: Step['after'];
  readonly state: StepState;
  readonly applied: StepState;
  readonly message?: string;
  readonly place?: Pick<Place, 'file' | 'line'>;
  readonly sentAt?: number;
  readonly appliedAt?: number;
  /** When it settled: ready, failed, not ready. */
  readonly settledAt?: number;
  readonly retries: number;
  readonly children: readonly RunChild[];
}

/** Who and what of a run, beside the run itself. */
export interface RunAbout extends Pick<Begin, 'run' | 'set' | 'name' | 'places' | 'holder'> {
  readonly commit?: Commit;
  /** The earlier run that it goes back to, and the run that failed because of which it does so by itself. */
  readonly backTo?: { readonly run: string; readonly startedAt: number; readonly after?: string };
  /** What was done by itself because it failed, as a person reads it. */
  readonly rolledBack?: string;
}

/** A run that is over, as it is kept and reported: without any secret, and plain JSON. */
export interface RunRecord extends RunAbout {
  readonly format: 1;
  readonly target: Target;
  /** Ms since the epoch. */
  readonly startedAt: number;
  readonly counts: Plan['counts'];
  readonly blockers: readonly Pick<Blocker, 'message'>[];
  readonly summary: Pick<RunSummary, 'outcome' | 'sentence' | 'tookMs' | 'stopped'>;
  readonly steps: readonly RecordedStep[];
  /** What became of checks of one's own. */
  readonly checks?: readonly RecordedCheck[];
}

/** A check of one's own, over. */
export interface RecordedCheck {
  readonly key: string;
  readonly state: StepState;
  readonly message?: string;
  readonly file: string;
  readonly line: number;
  readonly tookMs: number;
  readonly children: readonly RunChild[];
}

/** The record of a run. `summary` is undefined of a run that goes on: then it is told as far as it came. */
export function recordOf(run: Pick<Run, 'plan' | 'events' | 'startedAt' | 'summary'>, about: RunAbout): RunRecord {
  const { plan, startedAt, events } = run;
  const summary = run.summary ?? { outcome: 'partial' as const, sentence: 'It still goes on.', tookMs: Date.now() - startedAt };
  const told = Map.groupBy(events, ({ key }) => key);
  return {
    format: 1,
    ...about,
    target: plan.target,
    startedAt,
    counts: plan.counts,
    blockers: plan.blockers.map(({ message }) => ({ message })),
    summary: withoutResults(summary),
    steps: plan.steps.filter((step) => !isKept(step)).map((step) => recordedStep(step, told)),
    ...(plan.checks ? { checks: plan.checks.map((check) => recordedCheck(check, told.get(check.key) ?? [])) } : {}),
  };
}

const withoutResults = ({ outcome, sentence, tookMs, stopped }: RunRecord['summary']) => ({
  outcome,
  sentence,
  tookMs,
  ...(stopped ? { stopped } : {}),
});

const APPLIED: ReadonlySet<StepState> = new Set(['created', 'configured', 'unchanged', 'recreated', 'pruned']);
const SETTLED: ReadonlySet<StepState> = new Set(['ready', 'pruned', 'failed', 'notReady', 'skipped', 'cancelled']);

type Told = ReadonlyMap<string, Run['events']>;

/** Of all that an object waited for by one annotation (a wave may be hundreds), only the one that settled last: for the others a record would be many times as large as what it is about. */
function keptAfter(after: Step['after'], told: Told): Step['after'] {
  const settledAt = ({ key }: Step['after'][number]) => told.get(key)?.findLast(({ state }) => SETTLED.has(state))?.at ?? 0;
  const byWhy = Map.groupBy(after, ({ why }) => why);
  return [...byWhy].flatMap(([why, all]) =>
    why === undefined ? all : [all.reduce((last, one) => (settledAt(one) >= settledAt(last) ? one : last))],
  );
}

function recordedStep(step: Step, told: Told): RecordedStep {
  const events = told.get(step.key) ?? [];
  const last = events.at(-1);
  const applied = events.findLast(({ state }) => APPLIED.has(state));
  const sent = events.find(({ state }) => state === 'applying');
  const settled = last && SETTLED.has(last.state) ? last : undefined;
  const state = last?.state ?? 'pending';
  return {
    key: step.key,
    action: step.action,
    reason: step.reason,
    file: step.source.file,
    line: step.source.line,
    hash: objectHash(step.object),
    object: keptObject(step.object),
    after: keptAfter(step.after, told),
    state,
    applied: applied?.state ?? state,
    ...(last?.message === undefined ? {} : { message: last.message }),
    ...(last?.source === undefined ? {} : { place: { file: last.source.file, line: last.source.line } }),
    ...(sent === undefined ? {} : { sentAt: sent.at }),
    ...(applied === undefined ? {} : { appliedAt: applied.at }),
    ...(settled === undefined ? {} : { settledAt: settled.at }),
    retries: events.filter(({ state, message = '' }) => state === 'applying' && message.startsWith('trying again')).length,
    children: last?.children ?? [],
  };
}

function recordedCheck({ key, place: { file, line } }: Check, events: Run['events']): RecordedCheck {
  const [first] = events;
  const last = events.at(-1);
  return {
    key,
    state: last?.state ?? 'skipped',
    ...(last?.message === undefined ? {} : { message: last.message }),
    file,
    line,
    tookMs: (last?.at ?? 0) - (first?.at ?? 0),
    children: last?.children ?? [],
  };
}

/** An object as a record keeps it: {@link comparable}, and the texts of a Secret as its data, as the server will show them. */
export function keptObject(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret' || object.apiVersion !== 'v1' || object['stringData'] === undefined) return comparable(object);
  const { stringData: _, ...secret } = object;
  const texts = Object.entries(fieldsAt(object, 'stringData')).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return comparable({ ...secret, data: { ...fieldsAt(object, 'data'), ...Object.fromEntries(texts) } } as KubeObject);
}
