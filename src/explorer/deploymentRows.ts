import { moment } from '../base/clock.ts';
import { sameJson } from '../base/fields.ts';
import type { Check } from '../deploy/checks/check.ts';
import { fileName } from '../deploy/files/fileName.ts';
import { actionWord, countsLine, noteLines, shownSteps, targetName } from '../deploy/plan/planText.ts';
import type { RunRecord } from '../deploy/record/runRecord.ts';
import type { Run } from '../deploy/run/run.ts';
import { briefly, canGoBackTo, isKept, onlyRemoves, seconds } from '../deploy/run/summary.ts';
import { waitsFor } from '../deploy/run/waitingChain.ts';
import type { TargetsPlan } from '../deploy/targets/types.ts';
import type { Blocker, Plan, RunChild, RunEvent, RunSummary, Step, StepAction, StepState } from '../deploy/types.ts';
import type { ObjectRef } from '../kubernetes/cluster.ts';
import { titleOf } from '../kubernetes/objectKey.ts';
import type { Range } from '../manifest/finding.ts';

/** What a row of *Deployments* stands for: what its commands get. */
export type DeploymentSubject =
  | { readonly of: 'plan'; readonly plan: Plan }
  | { readonly of: 'targets'; readonly plan: TargetsPlan }
  | { readonly of: 'run'; readonly run: Run }
  | { readonly of: 'record'; readonly record: RunRecord }
  | { readonly of: 'step'; readonly plan: Plan; readonly step: Step }
  | { readonly of: 'message' }
  | {
      readonly of: 'place';
      readonly at: { readonly file: string; readonly line?: number; readonly offset?: number };
      /** What would be written there instead. */
      readonly fix?: PlannedFix;
    }
  | { readonly of: 'object'; readonly plan: Plan; readonly ref: ObjectRef };

/** A replacement in a file that would let a plan go. */
export interface PlannedFix {
  readonly file: string;
  readonly range: Range;
  /** `Use "apps/v1"` */
  readonly title: string;
  readonly newText: string;
}

/** What would let a plan go, where one replacement does it. */
export function fixOf({ finding }: Blocker): PlannedFix | undefined {
  const [fix] = finding?.fixes ?? [];
  return finding && fix && { file: finding.file, range: finding.range, title: fix.title, newText: fix.newText };
}

/** A row of *Deployments*. */
export type DeploymentRow = ViewRow<DeploymentSubject>;

/** A row of a view that only shows what there is, without anything of the editor's. */
export interface ViewRow<S> {
  /** Unique in the view and the same across updates. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Codicon name. */
  readonly icon: string;
  readonly mood: Mood;
  /** Words for menus: `can:diff`. */
  readonly words: readonly string[];
  readonly subject: S;
  readonly children: readonly ViewRow<S>[];
  readonly open: boolean;
}

/** How a row looks: quiet is normal. */
export type Mood = 'quiet' | 'good' | 'busy' | 'warning' | 'bad';

const actionLooks: Readonly<Record<StepAction, readonly [icon: string, mood: Mood]>> = {
  create: ['add', 'quiet'],
  update: ['edit', 'quiet'],
  unchanged: ['check', 'quiet'],
  unverified: ['add', 'quiet'],
  skip: ['circle-slash', 'quiet'],
  recreate: ['warning', 'warning'],
  prune: ['trash', 'warning'],
  adopt: ['warning', 'warning'],
  conflict: ['git-compare', 'bad'],
  forbidden: ['lock', 'bad'],
  invalid: ['error', 'bad'],
};

/** How a step looks in each state: icon, mood and word. */
export const stateLooks: Readonly<Record<StepState, readonly [icon: string, mood: Mood, word: string]>> = {
  pending: ['circle-outline', 'quiet', 'pending'],
  applying: ['sync', 'busy', 'applying'],
  created: ['sync', 'busy', 'created'],
  configured: ['sync', 'busy', 'configured'],
  unchanged: ['sync', 'busy', 'unchanged'],
  recreated: ['sync', 'busy', 'recreated'],
  pruned: ['check', 'good', 'deleted'],
  skipped: ['circle-slash', 'quiet', 'skipped'],
  waiting: ['sync', 'busy', 'waiting'],
  ready: ['check', 'good', 'ready'],
  notReady: ['error', 'bad', 'not ready'],
  failed: ['error', 'bad', 'failed'],
  cancelled: ['circle-slash', 'quiet', 'cancelled'],
};

/** The rows of a plan that is shown: what blocks it on top, then its steps, risky ones first. `name` says what is deployed. */
export function planRow(plan: Plan, name: string, id = 'plan'): DeploymentRow {
  const blocked = plan.blockers.length > 0;
  const [first] = plan.blockers;
  const byKey = new Map(plan.steps.map((step) => [step.key, step]));
  return {
    id,
    label: `${name} → ${targetName(plan.target)}`,
    description: first ? `blocked: ${first.message}` : countsLine(plan.counts),
    icon: blocked ? 'error' : plan.steps.length > 0 && onlyRemoves(plan) ? 'trash' : 'list-tree',
    mood: blocked ? 'bad' : plan.target.protection === 'protected' ? 'warning' : 'quiet',
    words: ['plan', 'can:diff', ...(blocked || plan.steps.length === 0 ? [] : ['can:deploy']), 'can:dismiss'],
    subject: { of: 'plan', plan },
    children: [
      ...plan.blockers.map((blocker, index) => blockerRow(blocker, plan, `${id}/blocker/${index}`)),
      ...plan.findings
        .filter(({ severity }) => severity === 'warning')
        .map((finding, index) => ({
          ...message(`${id}/warning/${index}`, finding.message, 'warning'),
          description: fileName(finding.file),
          subject: { of: 'place', at: { file: finding.file, offset: finding.range.start } } as const,
        })),
      ...shownSteps(plan).map((step) => stepRow(step, plan, byKey, id)),
      ...(plan.checks ?? []).map((check) => ({ ...checkRow(check, undefined, id), description: 'once all is up' })),
    ],
    open: true,
  };
}

function stepRow(step: Step, plan: Plan, byKey: ReadonlyMap<string, Step>, parent: string): DeploymentRow {
  const [icon, mood] = actionLooks[step.action];
  return {
    id: `${parent}/${step.key}`,
    label: titleOf(step.ref),
    description: [actionWord(step.action), step.reason].filter(Boolean).join(' · '),
    icon,
    mood,
    words: ['step', ...sourceWords(step), ...(isShownAsDiff(step) ? ['can:diff'] : [])],
    subject: { of: 'step', plan, step },
    children: [
      ...noteLines(step, byKey).map((line, index) => message(`${parent}/${step.key}/note/${index}`, line, 'quiet')),
      ...(step.stack?.changes ?? []).map((change, index) => resourceRow(change, step, `${parent}/${step.key}/resource/${index}`)),
      ...[...(step.destroys === undefined ? [] : [`destroys ${step.destroys}`]), ...step.warnings].map((warning, index) =>
        message(`${parent}/${step.key}/warning/${index}`, warning, 'warning'),
      ),
    ],
    open: step.stack !== undefined,
  };
}

const resourceLooks: Readonly<Record<string, readonly [icon: string, mood: Mood, word: string]>> = {
  added: ['add', 'quiet', 'create'],
  updated: ['edit', 'quiet', 'configure'],
  replaced: ['warning', 'warning', 'replace'],
  deleted: ['trash', 'warning', 'delete'],
};

/** A resource that a stack would make, change or take away; a click leads to where it is written. */
function resourceRow({ name, type, change }: StackChange, { stack }: Step, id: string): DeploymentRow {
  const [icon, mood, word] = resourceLooks[change] ?? ['circle-small-filled', 'quiet', change];
  const at = stack?.placeOf(name);
  return {
    id,
    label: name,
    description: `${word} · ${type}`,
    icon,
    mood,
    words: at ? ['place', 'can:openSource'] : ['message'],
    subject: at ? { of: 'place', at: { file: at.file, line: at.line } } : { of: 'message' },
    children: [],
    open: false,
  };
}

type StackChange = NonNullable<Step['stack']>['changes'][number];

/** What is left to Helm has a difference, too: that of its upgrade. */
function isShownAsDiff({ action, release, live, result }: Step): boolean {
  if (action === 'skip') return release !== undefined && !sameJson(live, result);
  return action !== 'unchanged';
}

function blockerRow(blocker: Blocker, plan: Plan, id: string): DeploymentRow {
  const place = blocker.place ?? plan.steps.find(({ key }) => key === blocker.step)?.source;
  const at = place
    ? { file: place.file, line: place.line }
    : blocker.finding && { file: blocker.finding.file, offset: blocker.finding.range.start };
  const row = message(id, blocker.message, 'bad');
  if (!at) return row;
  const where = place ? `${fileName(place.file)}:${place.line}` : fileName(at.file);
  const fix = fixOf(blocker);
  if (!fix) return { ...row, description: where, words: ['place', 'can:openSource'], subject: { of: 'place', at } };
  const words = ['place', 'can:openSource', 'can:fixInFile'];
  return { ...row, description: [where, fix.title].join(' · '), words, subject: { of: 'place', at, fix } };
}

/** The rows of a run: its steps with what became of them, and below each the objects that explain it. Times in ms since the epoch. */
export function runRow(run: Run, name: string, now: number): DeploymentRow {
  const { plan, summary } = run;
  const id = `run/${run.startedAt}/${targetName(plan.target)}`;
  const running = summary === undefined;
  const [icon, mood] = summary ? outcomeLook(summary.outcome) : (['sync', 'busy'] as const);
  return {
    id,
    label: `${name} → ${targetName(plan.target)}`,
    description: running
      ? `running ${seconds(now - run.startedAt)} · ${readyOf(run)} of ${stepsToDo(plan)} ${onlyRemoves(plan) ? 'gone' : 'ready'}`
      : `${moment(run.startedAt, now)} · ${briefly(summary)}`,
    icon,
    mood,
    words: [
      'run',
      ...(running ? ['can:cancel'] : ['can:report', 'can:compareRuns']),
      ...(canGoBackTo(summary?.outcome, plan.steps) ? ['can:rollBackDeploy'] : []),
    ],
    subject: { of: 'run', run },
    children: [
      ...plan.steps.map((step) => runStepRow(step, run, id)),
      ...(plan.checks ?? []).map((check) => checkRow(check, run, id)),
    ],
    open: running || mood === 'bad',
  };
}

/** How a run that is over looks. */
export function outcomeLook(outcome: RunSummary['outcome']): readonly [icon: string, mood: Mood] {
  if (outcome === 'cancelled') return ['circle-slash', 'quiet'];
  return outcome === 'succeeded' || outcome === 'unchanged' ? ['check', 'good'] : ['error', 'bad'];
}

function runStepRow(step: Step, run: Run, parent: string): DeploymentRow {
  const event = run.latest.get(step.key);
  const settled = run.summary?.results.find(({ key }) => key === step.key);
  const [icon, mood, word] = step.action === 'skip' && !event ? keptLook(step) : stateLooks[event?.state ?? 'pending'];
  const applied = settled && settled.applied !== settled.state ? stateLooks[settled.applied][2] : undefined;
  const place = event?.source && `${fileName(event.source.file)}:${event.source.line}`;
  return {
    id: `${parent}/${step.key}`,
    label: titleOf(step.ref),
    description: [applied, word, event?.message ?? holdUp(run, step.key), place].filter(Boolean).join(' · '),
    icon,
    mood,
    words: [
      'step',
      ...sourceWords(step),
      ...(step.action === 'unchanged' ? [] : ['can:diff']),
      ...(event ? failureWords(event) : []),
    ],
    subject:
      event?.source && mood === 'bad'
        ? { of: 'place', at: { file: event.source.file, line: event.source.line } }
        : { of: 'step', plan: run.plan, step },
    children: (event?.children ?? []).map((child) => childRow(child, run.plan, `${parent}/${step.key}`)),
    open: mood === 'bad',
  };
}

/** A check of one's own: a click opens where it is written. */
function checkRow({ key, place: { file, line } }: Check, run: Run | undefined, parent: string): DeploymentRow {
  const event = run?.latest.get(key);
  const [icon, mood, word] = event ? stateLooks[event.state] : (['beaker', 'quiet', run?.summary ? 'not done' : ''] as const);
  return {
    id: `${parent}/${key}`,
    label: key,
    description: [word === 'ready' ? 'passed' : word, event?.message].filter(Boolean).join(' · '),
    icon,
    mood,
    words: ['place', 'can:openSource', ...(event ? failureWords(event) : [])],
    subject: { of: 'place', at: { file, line } },
    children: run ? (event?.children ?? []).map((child) => childRow(child, run.plan, `${parent}/${key}`)) : [],
    open: mood === 'bad',
  };
}

/** What a step that has not gone out waits for, while the run goes on. */
const holdUp = ({ plan, latest, summary }: Run, key: string) => (summary ? undefined : waitsFor(plan, latest, key));

const keptLook = ({ reason }: Step): (typeof stateLooks)[StepState] => ['circle-slash', 'quiet', `kept · ${reason}`];

/** What is deleted because no file holds it has no source to open. */
const sourceWords = ({ source }: Step): readonly string[] => (source.file === '' ? [] : ['can:openSource']);

const failureWords = ({ state }: RunEvent): readonly string[] => (state === 'failed' || state === 'notReady' ? ['failed'] : []);

function childRow({ ref, state, message: text, bad, log = [] }: RunChild, plan: Plan, parent: string): DeploymentRow {
  const subject = { of: 'object', plan, ref } as const;
  return {
    id: `${parent}/${ref.kind}/${ref.name}`,
    label: titleOf(ref),
    description: [state, text].filter(Boolean).join(' · '),
    icon: bad ? 'error' : 'circle-small-filled',
    mood: bad ? 'bad' : 'quiet',
    words: ['object', ...(ref.kind === 'Pod' ? ['can:logs'] : [])],
    subject,
    children: log.slice(-SHOWN_LINES).map((line, index) => ({
      ...message(`${parent}/${ref.kind}/${ref.name}/log/${index}`, line, 'warning'),
      icon: 'output',
      mood: 'quiet',
      subject,
    })),
    open: log.length > 0,
  };
}

/** Of the last words of a container, in the tree; the report has all. */
const SHOWN_LINES = 8;

/** A row that only says something. */
export function message(id: string, label: string, mood: 'warning' | 'bad' | 'quiet'): DeploymentRow {
  const icon = ({ bad: 'error', warning: 'warning', quiet: 'info' } as const)[mood];
  return { id, label, description: '', icon, mood, words: ['message'], subject: { of: 'message' }, children: [], open: false };
}

/** Steps that work, as far as is known now. */
export function readyOf({ latest }: Pick<Run, 'latest'>): number {
  return [...latest.values()].filter(({ state }) => state === 'ready' || state === 'pruned').length;
}

/** How many steps of a plan are carried out: what is left as it is comes to no end. */
export function stepsToDo({ steps, checks = [] }: Pick<Plan, 'steps' | 'checks'>): number {
  return steps.filter((step) => !isKept(step)).length + checks.length;
}
