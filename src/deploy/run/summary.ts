import type { Failure } from '../../base/failure.ts';
import { fileName } from '../files/fileName.ts';
import { targetName } from '../plan/planText.ts';
import type { Plan, RunEvent, RunSummary, Step, StepState } from '../types.ts';

type Result = RunSummary['results'][number];

const APPLIED: ReadonlySet<StepState> = new Set(['created', 'configured', 'unchanged', 'recreated', 'pruned']);
const COUNTED: readonly StepState[] = [
  'created',
  'configured',
  'recreated',
  'pruned',
  'unchanged',
  'skipped',
  'failed',
  'notReady',
  'cancelled',
];
const WORDS: Readonly<Partial<Record<StepState, string>>> = { notReady: 'not ready', pruned: 'deleted' };

/** What a person reads for a state: `not ready`, `deleted` for what was pruned. */
export const stateWord = (state: StepState): string => WORDS[state] ?? state;

/** What became of each step: how it was applied, its last state, and the words to it. Pure fold over the events of a run. */
export function resultsOf(plan: Plan, events: readonly RunEvent[]): Result[] {
  const applied = new Map<string, StepState>();
  const last = new Map<string, RunEvent>();
  for (const event of events) {
    if (APPLIED.has(event.state)) applied.set(event.key, event.state);
    last.set(event.key, event);
  }
  const done = plan.steps.filter((step) => !isKept(step));
  return done.map(({ key }) => {
    const event = last.get(key);
    const state = event?.state ?? 'pending';
    return {
      key,
      applied: applied.get(key) ?? state,
      state,
      ...(event?.message === undefined ? {} : { message: event.message }),
      ...(event?.source === undefined ? {} : { source: event.source }),
    };
  });
}

/** The end of a run in one value, with the sentence a person reads. */
export function summarize(
  plan: Plan,
  events: readonly RunEvent[],
  tookMs: number,
  cancelled: boolean,
  stopped?: Failure,
): RunSummary {
  const results = resultsOf(plan, events);
  if (stopped && results.some(({ state }) => state !== 'ready' && state !== 'pruned')) {
    const outcome = results.some(({ applied }) => APPLIED.has(applied)) ? 'partial' : 'refused';
    if (outcome === 'refused') return { outcome, sentence: stopped.message, tookMs, results };
    // whoever found it out cannot know what went before
    const said = stopped.message.replace(/\bNothing was written\b/, 'Nothing more was written');
    return { outcome, sentence: `${said} What was applied before stays: ${counts(results)}.`, tookMs, stopped: true, results };
  }
  const outcome = outcomeOf(results, cancelled);
  return { outcome, sentence: sentenceOf(plan, results, outcome, tookMs), tookMs, results };
}

/** The end of a run whose checks are done, too. One that did not pass makes it partial: all is up, and not as it should be. */
export function withChecks(up: RunSummary, checks: readonly Result[], tookMs: number, stopped?: Failure): RunSummary {
  const done = { ...up, tookMs, results: [...up.results, ...checks] };
  const failed = checks.filter(({ state }) => state === 'failed');
  const passed = checks.filter(({ state }) => state === 'ready').length;
  const all = checks.length === 1 ? '1 check' : `${checks.length} checks`;
  if (stopped) return { ...done, outcome: 'partial', sentence: `${up.sentence} ${stopped.message}`, stopped: true };
  if (passed + failed.length < checks.length)
    return {
      ...done,
      outcome: 'cancelled',
      sentence: `${up.sentence} Cancelled while it was checked: ${passed} of ${all} passed.`,
    };
  const [first] = failed;
  if (!first) return { ...done, sentence: `${up.sentence} ${all} passed.` };
  const where = first.source === undefined ? '' : ` (${fileName(first.source.file)}:${first.source.line})`;
  const more = failed.length > 1 ? ` ${failed.length - 1} more failed.` : '';
  const words = `${first.key}: ${(first.message ?? first.state).replace(/\.$/, '')}${where}`;
  return { ...done, outcome: 'partial', sentence: `${up.sentence} ${passed} of ${all} passed; ${words}.${more}` };
}

function outcomeOf(results: readonly Result[], cancelled: boolean): RunSummary['outcome'] {
  const bad = results.filter(({ state }) => state === 'failed' || state === 'notReady' || state === 'skipped');
  if (cancelled && results.some(({ state }) => state === 'cancelled')) return 'cancelled';
  if (bad.length > 0) return results.some(({ state }) => state === 'ready' || state === 'pruned') ? 'partial' : 'failed';
  return results.every(({ applied }) => applied === 'unchanged') ? 'unchanged' : 'succeeded';
}

function sentenceOf(plan: Plan, results: readonly Result[], outcome: RunSummary['outcome'], tookMs: number): string {
  const { context } = plan.target;
  switch (outcome) {
    case 'unchanged':
      return `Verified ${amount(results.length)} on ${targetName(plan.target)} in ${seconds(tookMs)}.`;
    case 'succeeded':
      if (onlyRemoves(plan)) return `${subject(plan)} gone from ${context}: ${counts(results)} in ${seconds(tookMs)}.`;
      return `${subject(plan)} up on ${context}: ${counts(results)}, ready in ${seconds(tookMs)}.`;
    case 'cancelled':
      return `Cancelled on ${context}: ${counts(results)}. What was applied stays.`;
    default:
      return troubleSentence(plan, results);
  }
}

/** The sentence of a run for a row that names its target already: `3 created, ready in 4.2 s`. What went wrong is told in full. */
export function briefly({ outcome, sentence }: Pick<RunSummary, 'outcome' | 'sentence'>): string {
  if (outcome === 'unchanged') return sentence.replace(/ on \S+(?= in )/, '').replace(/\.$/, '');
  const [, rest] = sentence.match(/^[^:]+: (.*)\.$/) ?? [];
  if (rest === undefined || (outcome !== 'succeeded' && outcome !== 'cancelled')) return sentence.replace(/\.$/, '');
  return outcome === 'succeeded' ? rest : `cancelled: ${rest}`;
}

/** Whether a plan deletes and does nothing else: then it ends with what is gone. */
export const onlyRemoves = ({ steps }: Plan): boolean => steps.every((step) => step.action === 'prune' || isKept(step));

/** Whether a run, or what is kept of it, can be gone back to: it brought something up. */
export const canGoBackTo = (outcome: RunSummary['outcome'] | undefined, steps: readonly Pick<Step, 'action'>[]): boolean =>
  outcome === 'succeeded' && steps.some(({ action }) => action !== 'prune' && action !== 'skip');

/** Whether a step deletes nothing after all: it has no end of its own. What is left to Helm is there, and has one. */
export const isKept = ({ action, release }: Step): boolean => action === 'skip' && release === undefined;

/** `shop is`, `7 objects are`. */
function subject(plan: Plan): string {
  const steps = plan.steps.filter((step) => !isKept(step));
  const namespaces = new Set(
    steps.map(({ ref }) => (ref.kind === 'Namespace' ? ref.name : ref.namespace)).filter((name) => name !== undefined),
  );
  const [only] = namespaces;
  if (namespaces.size === 1 && only !== undefined) return `${only} is`;
  return `${amount(steps.length)} ${steps.length === 1 ? 'is' : 'are'}`;
}

function amount(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`;
}

/** Each object once: by what is wrong with it, else by what was done to it. Cancelled while it was waited for, it still was applied. */
function counts(results: readonly Result[]): string {
  const words = results.map(({ applied, state }) => (TROUBLE.has(state) || !APPLIED.has(applied) ? state : applied));
  const parts = COUNTED.map((state) => [words.filter((word) => word === state).length, stateWord(state)] as const);
  return parts
    .filter(([number]) => number > 0)
    .map(([number, word]) => `${number} ${word}`)
    .join(', ');
}

const TROUBLE: ReadonlySet<StepState> = new Set(['skipped', 'failed', 'notReady']);

/** `render is not up: image registry.example/render:1.3 not found (render.yaml:17).` */
function troubleSentence(plan: Plan, results: readonly Result[]): string {
  const bad = results.filter(({ state }) => state === 'failed' || state === 'notReady');
  const [first] = bad;
  if (first === undefined) return `Not all is up on ${plan.target.context}: ${counts(results)}.`;
  const step = plan.steps.find(({ key }) => key === first.key);
  const place = first.source ?? step?.source;
  const where = place === undefined || place.file === '' ? '' : ` (${fileName(place.file)}:${place.line})`;
  const more = bad.length > 1 ? ` ${bad.length - 1} more ${bad.length === 2 ? 'has' : 'have'} failed.` : '';
  return `${step?.ref.name ?? first.key} is not ${step?.action === 'prune' ? 'gone' : 'up'}: ${(first.message ?? first.state).replace(/\.$/, '')}${where}.${more}`;
}

/** `0.4 s`, `4.2 s`, `75 s`. */
export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
}
