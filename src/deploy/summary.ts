import { fileName } from './gate.ts';
import { targetName } from './planText.ts';
import type { Plan, RunEvent, RunSummary, StepState } from './types.ts';

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
const WORDS: Readonly<Partial<Record<StepState, string>>> = { notReady: 'not ready' };

/** What became of each step: how it was applied, its last state, and the words to it. Pure fold over the events of a run. */
export function resultsOf(plan: Plan, events: readonly RunEvent[]): Result[] {
  const applied = new Map<string, StepState>();
  const last = new Map<string, RunEvent>();
  for (const event of events) {
    if (APPLIED.has(event.state)) applied.set(event.key, event.state);
    last.set(event.key, event);
  }
  return plan.steps.map(({ key }) => {
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
export function summarize(plan: Plan, events: readonly RunEvent[], tookMs: number, cancelled: boolean): RunSummary {
  const results = resultsOf(plan, events);
  const outcome = outcomeOf(results, cancelled);
  return { outcome, sentence: sentenceOf(plan, results, outcome, tookMs), tookMs, results };
}

function outcomeOf(results: readonly Result[], cancelled: boolean): RunSummary['outcome'] {
  const bad = results.filter(({ state }) => state === 'failed' || state === 'notReady' || state === 'skipped');
  if (cancelled && results.some(({ state }) => state === 'cancelled')) return 'cancelled';
  if (bad.length > 0) return results.some(({ state }) => state === 'ready') ? 'partial' : 'failed';
  return results.every(({ applied }) => applied === 'unchanged') ? 'unchanged' : 'succeeded';
}

function sentenceOf(plan: Plan, results: readonly Result[], outcome: RunSummary['outcome'], tookMs: number): string {
  const { context } = plan.target;
  switch (outcome) {
    case 'unchanged':
      return `Verified ${amount(results.length)} on ${targetName(plan.target)} in ${seconds(tookMs)}.`;
    case 'succeeded':
      return `${subject(plan)} up on ${context}: ${counts(results)}, ready in ${seconds(tookMs)}.`;
    case 'cancelled':
      return `Cancelled on ${context}: ${counts(results)}. What was applied stays.`;
    default:
      return troubleSentence(plan, results);
  }
}

/** `shop is`, `7 objects are`. */
function subject(plan: Plan): string {
  const namespaces = new Set(
    plan.steps.map(({ ref }) => (ref.kind === 'Namespace' ? ref.name : ref.namespace)).filter((name) => name !== undefined),
  );
  const [only] = namespaces;
  if (namespaces.size === 1 && only !== undefined) return `${only} is`;
  return `${amount(plan.steps.length)} ${plan.steps.length === 1 ? 'is' : 'are'}`;
}

function amount(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`;
}

/** Each object once: by what is wrong with it, else by what was done to it. Cancelled while it was waited for, it still was applied. */
function counts(results: readonly Result[]): string {
  const words = results.map(({ applied, state }) => (TROUBLE.has(state) || !APPLIED.has(applied) ? state : applied));
  const parts = COUNTED.map((state) => [words.filter((word) => word === state).length, WORDS[state] ?? state] as const);
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
  const where = place === undefined ? '' : ` (${fileName(place.file)}:${place.line})`;
  const more = bad.length > 1 ? ` ${bad.length - 1} more ${bad.length === 2 ? 'has' : 'have'} failed.` : '';
  return `${step?.ref.name ?? first.key} is not up: ${(first.message ?? first.state).replace(/\.$/, '')}${where}.${more}`;
}

/** `0.4 s`, `4.2 s`, `75 s`. */
export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 1_000)} s`;
}
