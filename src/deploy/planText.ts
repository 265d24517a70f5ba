import { exactJson } from '../kubernetes/exactJson.ts';
import { fileName } from './gate.ts';
import type { Blocker, Plan, Step, StepAction, Target } from './types.ts';

/** What a person reads for an action, and the order in which actions are listed: risky things first. */
const WORDS: readonly (readonly [StepAction, string])[] = [
  ['conflict', 'conflict'],
  ['recreate', 'recreate'],
  ['prune', 'prune'],
  ['forbidden', 'forbidden'],
  ['invalid', 'invalid'],
  ['adopt', 'adopt'],
  ['unverified', 'create'],
  ['create', 'create'],
  ['update', 'configure'],
  ['skip', 'skip'],
  ['unchanged', 'unchanged'],
];

/** The word for an action: `configure` for an update. */
export function actionWord(action: StepAction): string {
  return WORDS.find(([name]) => name === action)?.[1] ?? action;
}

/** `3 create · 1 configure · 3 unchanged`; `nothing to deploy` for an empty plan. */
export function countsLine(counts: Plan['counts']): string {
  const words = new Map<string, number>();
  for (const [action, word] of WORDS) if (counts[action] > 0) words.set(word, (words.get(word) ?? 0) + counts[action]);
  return words.size === 0 ? 'nothing to deploy' : [...words].map(([word, count]) => `${count} ${word}`).join(' · ');
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
  const lines = [
    `Target ${targetName(target)} (${target.server}${target.user === undefined ? '' : ` as ${target.user}`}${cloud})${target.protection === 'open' ? '' : `, ${protectionWord(target)}`}`,
    countsLine(plan.counts),
    ...shownSteps(plan).flatMap(stepLines),
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

function stepLines(step: Step): string[] {
  const reason = step.reason === '' ? '' : ` (${step.reason})`;
  return [
    `  ${actionWord(step.action)} ${step.key}${reason}`,
    ...(step.conflicts ?? []).map(
      ({ field, manager, ours, live, since }) =>
        `    ${field}: ours ${brief(ours)}, live ${brief(live)} by ${manager}${since === undefined ? '' : ` since ${since}`}`,
    ),
    ...step.warnings.map((warning) => `    warning: ${warning}`),
  ];
}

function blockerLine({ message, finding, step, place }: Blocker, plan: Plan): string {
  if (place) return `${message} (${fileName(place.file)}:${place.line})`;
  const source = finding?.file ?? plan.steps.find(({ key }) => key === step)?.source.file;
  return source === undefined ? message : `${message} (${fileName(source)})`;
}

function brief(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' ? value : exactJson(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
