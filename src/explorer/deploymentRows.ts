import { fileName } from '../deploy/gate.ts';
import { titleOf } from '../deploy/key.ts';
import { actionWord, countsLine, shownSteps, targetName } from '../deploy/planText.ts';
import type { Run } from '../deploy/run.ts';
import { seconds } from '../deploy/summary.ts';
import type { Blocker, Plan, RunChild, RunEvent, Step, StepAction, StepState } from '../deploy/types.ts';
import type { ObjectRef } from '../kubernetes/cluster.ts';

/** What a row of *Deployments* stands for: what its commands get. */
export type DeploymentSubject =
  | { readonly of: 'plan'; readonly plan: Plan }
  | { readonly of: 'run'; readonly run: Run }
  | { readonly of: 'step'; readonly plan: Plan; readonly step: Step }
  | { readonly of: 'message' }
  | { readonly of: 'place'; readonly at: { readonly file: string; readonly line?: number; readonly offset?: number } }
  | { readonly of: 'object'; readonly plan: Plan; readonly ref: ObjectRef };

/** A row of *Deployments*, without anything of the editor's. */
export interface DeploymentRow {
  /** Unique in the view and the same across updates. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Codicon name. */
  readonly icon: string;
  readonly mood: Mood;
  /** Words for menus: `can:diff`. */
  readonly words: readonly string[];
  readonly subject: DeploymentSubject;
  readonly children: readonly DeploymentRow[];
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

const stateLooks: Readonly<Record<StepState, readonly [icon: string, mood: Mood, word: string]>> = {
  pending: ['circle-outline', 'quiet', 'pending'],
  applying: ['sync', 'busy', 'applying'],
  created: ['sync', 'busy', 'created'],
  configured: ['sync', 'busy', 'configured'],
  unchanged: ['sync', 'busy', 'unchanged'],
  recreated: ['sync', 'busy', 'recreated'],
  pruned: ['check', 'good', 'pruned'],
  skipped: ['circle-slash', 'quiet', 'skipped'],
  waiting: ['sync', 'busy', 'waiting'],
  ready: ['check', 'good', 'ready'],
  notReady: ['error', 'bad', 'not ready'],
  failed: ['error', 'bad', 'failed'],
  cancelled: ['circle-slash', 'quiet', 'cancelled'],
};

/** The rows of a plan that is shown: what blocks it on top, then its steps, risky ones first. `name` says what is deployed. */
export function planRow(plan: Plan, name: string): DeploymentRow {
  const id = 'plan';
  const blocked = plan.blockers.length > 0;
  const [first] = plan.blockers;
  return {
    id,
    label: `${name} → ${targetName(plan.target)}`,
    description: first ? `blocked: ${first.message}` : countsLine(plan.counts),
    icon: blocked ? 'error' : 'list-tree',
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
      ...shownSteps(plan).map((step) => stepRow(step, plan, id)),
    ],
    open: true,
  };
}

function stepRow(step: Step, plan: Plan, parent: string): DeploymentRow {
  const [icon, mood] = actionLooks[step.action];
  return {
    id: `${parent}/${step.key}`,
    label: titleOf(step.ref),
    description: [actionWord(step.action), step.reason].filter(Boolean).join(' · '),
    icon,
    mood,
    words: ['step', 'can:openSource', ...(step.action === 'unchanged' || step.action === 'skip' ? [] : ['can:diff'])],
    subject: { of: 'step', plan, step },
    children: step.warnings.map((warning, index) => message(`${parent}/${step.key}/warning/${index}`, warning, 'warning')),
    open: false,
  };
}

function blockerRow(blocker: Blocker, plan: Plan, id: string): DeploymentRow {
  const place = blocker.place ?? plan.steps.find(({ key }) => key === blocker.step)?.source;
  const at = place
    ? { file: place.file, line: place.line }
    : blocker.finding && { file: blocker.finding.file, offset: blocker.finding.range.start };
  const row = message(id, blocker.message, 'bad');
  if (!at) return row;
  const where = place ? `${fileName(place.file)}:${place.line}` : fileName(at.file);
  return { ...row, description: where, words: ['place', 'can:openSource'], subject: { of: 'place', at } };
}

/** The rows of a run: its steps with what became of them, and below each the objects that explain it. Times in ms since the epoch. */
export function runRow(run: Run, name: string, now: number): DeploymentRow {
  const id = `run/${run.startedAt}`;
  const { plan, summary } = run;
  const running = summary === undefined;
  const bad = summary && !['succeeded', 'unchanged', 'cancelled'].includes(summary.outcome);
  return {
    id,
    label: `${name} → ${targetName(plan.target)}`,
    description: running
      ? `running ${seconds(now - run.startedAt)} · ${readyOf(run)} of ${plan.steps.length} ready`
      : `${clock(run.startedAt)} · ${summary.sentence}`,
    icon: running ? 'sync' : bad ? 'error' : summary.outcome === 'cancelled' ? 'circle-slash' : 'check',
    mood: running ? 'busy' : bad ? 'bad' : 'good',
    words: ['run', ...(running ? ['can:cancel'] : ['can:report'])],
    subject: { of: 'run', run },
    children: plan.steps.map((step) => runStepRow(step, run, id)),
    open: running || bad === true,
  };
}

function runStepRow(step: Step, run: Run, parent: string): DeploymentRow {
  const event = run.latest.get(step.key);
  const settled = run.summary?.results.find(({ key }) => key === step.key);
  const [icon, mood, word] = stateLooks[event?.state ?? 'pending'];
  const applied = settled && settled.applied !== settled.state ? stateLooks[settled.applied][2] : undefined;
  const place = event?.source && `${fileName(event.source.file)}:${event.source.line}`;
  return {
    id: `${parent}/${step.key}`,
    label: titleOf(step.ref),
    description: [applied, word, event?.message, place].filter(Boolean).join(' · '),
    icon,
    mood,
    words: [
      'step',
      'can:openSource',
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

const failureWords = ({ state }: RunEvent): readonly string[] => (state === 'failed' || state === 'notReady' ? ['failed'] : []);

function childRow({ ref, state, message: text, bad }: RunChild, plan: Plan, parent: string): DeploymentRow {
  return {
    id: `${parent}/${ref.kind}/${ref.name}`,
    label: titleOf(ref),
    description: [state, text].filter(Boolean).join(' · '),
    icon: bad ? 'error' : 'circle-small-filled',
    mood: bad ? 'bad' : 'quiet',
    words: ['object', ...(ref.kind === 'Pod' ? ['can:logs'] : [])],
    subject: { of: 'object', plan, ref },
    children: [],
    open: false,
  };
}

function message(id: string, label: string, mood: 'warning' | 'bad'): DeploymentRow {
  const icon = mood === 'bad' ? 'error' : 'warning';
  return { id, label, description: '', icon, mood, words: ['message'], subject: { of: 'message' }, children: [], open: false };
}

/** Steps that work, as far as is known now. */
export function readyOf({ latest }: Pick<Run, 'latest'>): number {
  return [...latest.values()].filter(({ state }) => state === 'ready').length;
}

function clock(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}
