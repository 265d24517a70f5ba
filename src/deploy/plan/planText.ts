import { exactJson } from '../../kubernetes/exactJson.ts';
import { keyOf, titleOf } from '../../kubernetes/objectKey.ts';
import { fileName } from '../files/fileName.ts';
import type { Blocker, FieldConflict, Plan, Step, StepAction, Target } from '../types.ts';

/** What a person reads for an action, and the order in which actions are listed: risky things first. */
const WORDS: readonly (readonly [StepAction, string])[] = [
  ['conflict', 'conflict'],
  ['recreate', 'recreate'],
  ['prune', 'delete'],
  ['forbidden', 'forbidden'],
  ['invalid', 'invalid'],
  ['adopt', 'adopt'],
  ['unverified', 'create'],
  ['create', 'create'],
  ['update', 'configure'],
  ['skip', 'skip'],
  ['unchanged', 'unchanged'],
];

/** The word for an action of a plan: `configure` for an update, `delete` for what is pruned. */
export function actionWord(action: StepAction): string {
  return WORDS.find(([name]) => name === action)?.[1] ?? action;
}

/** `3 create · 1 configure · 3 unchanged`; `nothing to deploy` for an empty plan. */
export function countsLine(counts: Plan['counts']): string {
  return linked(counts, ' · ', (word) => word);
}

/** The same in a question: `3 to create, 1 to configure, 3 unchanged`. */
export function toDoLine(counts: Plan['counts']): string {
  return linked(counts, ', ', (word) => (STAYS.has(word) ? word : `to ${word}`));
}

/** What nothing is done about. */
const STAYS: ReadonlySet<string> = new Set(['conflict', 'forbidden', 'invalid', 'unchanged']);

function linked(counts: Plan['counts'], link: string, say: (word: string) => string): string {
  const words = new Map<string, number>();
  for (const [action, word] of WORDS) if (counts[action] > 0) words.set(word, (words.get(word) ?? 0) + counts[action]);
  return words.size === 0 ? 'nothing to deploy' : [...words].map(([word, count]) => `${count} ${say(word)}`).join(link);
}

/** `sandbox-admin/shop`. */
export function targetName({ context, namespace }: Target): string {
  return `${context}/${namespace}`;
}

/** The steps as they are shown: risky things on top, then what changes in the order in which it goes out, then what does not. */
export function shownSteps(plan: Plan): Step[] {
  return [...plan.steps].sort((one, other) => rankOf(one) - rankOf(other));
}

function rankOf({ action }: Step): number {
  const rank = WORDS.findIndex(([name]) => name === action);
  return action === 'unchanged' ? rank : Math.min(rank, RISKY);
}

/** From this row on nothing is risky. */
const RISKY = WORDS.findIndex(([action]) => action === 'unverified');

/** The whole plan as text: what the view shows, what the command line prints, what tests compare. */
export function printPlan(plan: Plan): string {
  const { target } = plan;
  const cloud =
    target.cloud === undefined
      ? ''
      : `, cloud ${target.cloud}${target.project === undefined ? '' : ` project ${target.project}`}`;
  const byKey = new Map(plan.steps.map((step) => [step.key, step]));
  const lines = [
    `Target ${targetName(target)} (${target.server}${target.user === undefined ? '' : ` as ${target.user}`}${cloud})${target.protection === 'open' ? '' : `, ${protectionWord(target)}`}`,
    countsLine(plan.counts),
    ...shownSteps(plan).flatMap((step) => stepLines(step, byKey)),
    ...(plan.checks ?? []).map(({ key }) => `  then ${key}`),
    ...plan.findings
      .filter(({ severity }) => severity !== 'error')
      .map((finding) => `${finding.severity}: ${finding.message} (${fileName(finding.file)})`),
    ...plan.blockers.map((blocker) => `blocked: ${blockerLine(blocker, plan)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function protectionWord({ protection }: Target): string {
  return protection === 'readOnly' ? 'read-only' : protection;
}

/** What is said of a step beside its reason: what it takes over from kubectl, and whom it waits for by an annotation. */
export function noteLines(step: Step, steps: ReadonlyMap<string, Step>): string[] {
  const { takesOver } = step;
  const fields = takesOver?.fields === 1 ? '1 field' : `${takesOver?.fields} fields`;
  return [...(takesOver ? [`takes over ${fields}, set by ${takesOver.from}`] : []), ...orderLines(step, steps)];
}

/** Whom an object waits for because an annotation says so, a line for each: `after Job migrate, ConfigMap a and 3 more: PreSync before sync wave 0`. References tell themselves. */
function orderLines({ action, after }: Step, steps: ReadonlyMap<string, Step>): string[] {
  if (action === 'unchanged' || action === 'skip' || action === 'prune') return [];
  const said = Map.groupBy(
    after.filter(({ why }) => why !== undefined),
    ({ why }) => why,
  );
  return [...said].map(([why, edges]) => {
    const names = edges.slice(0, MOST_NAMED).map(({ key }) => {
      const ref = steps.get(key)?.ref;
      return ref ? titleOf(ref) : key;
    });
    const more = edges.length - names.length;
    return `after ${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}: ${why}`;
  });
}

/** So many of those that an object waits for are named. */
const MOST_NAMED = 3;

function stepLines(step: Step, byKey: ReadonlyMap<string, Step>): string[] {
  const reason = step.reason === '' ? '' : ` (${step.reason})`;
  const inside = step.inside === undefined ? '' : ` in cluster ${step.inside.name}`;
  return [
    `  ${actionWord(step.action)} ${step.inside === undefined ? step.key : keyOf(step.ref)}${inside}${reason}`,
    ...(step.conflicts ?? []).map((conflict) => `    ${conflictLine(conflict)}`),
    ...noteLines(step, byKey).map((line) => `    ${line}`),
    ...(step.destroys === undefined ? [] : [`    destroys ${step.destroys}`]),
    ...step.warnings.map((warning) => `    warning: ${warning}`),
  ];
}

/** `spec.replicas: ours 3, live 2 by kubectl since 2026-01-01T00:00:00Z`. */
export function conflictLine({ field, manager, ours, live, since }: FieldConflict): string {
  return `${field}: ours ${brief(ours)}, live ${brief(live)} by ${manager}${since === undefined ? '' : ` since ${since}`}`;
}

function blockerLine({ message, finding, step, place }: Blocker, plan: Plan): string {
  if (place) return `${message} (${fileName(place.file)}:${place.line})`;
  const source = finding?.file ?? plan.steps.find(({ key }) => key === step)?.source.file;
  return source === undefined || source === '' ? message : `${message} (${fileName(source)})`;
}

function brief(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : exactJson(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
