import { failed, type Result, success } from '../../base/failure.ts';
import type { ApiKind } from '../../kubernetes/cluster.ts';
import { type FileToWrite, setName } from '../handOver/handOver.ts';
import { targetName } from '../plan/planText.ts';
import type { Plan } from '../types.ts';
import { cronJobFiles, cronJobSteps } from './cronJob.ts';
import { githubFiles, githubSteps } from './github.ts';
import { gitlabFiles, gitlabSteps } from './gitlab.ts';

/** Where the deploy runs when nobody has an editor open. */
export type Runner = 'github' | 'gitlab' | 'cronJob';

/** What is to be deployed again and again, and where that is to run. */
export interface ContinuousRequest {
  readonly runner: Runner;
  readonly plan: Plan;
  /** The folder or file that is deployed, as it is called. */
  readonly name: string;
  /** Paths of the repository's root and of what is deployed below it. */
  readonly root: string;
  readonly places: readonly string[];
  /** Where the repository is, and the branch that is deployed. */
  readonly url: string;
  readonly branch: string;
  /** Files that SOPS has encrypted. */
  readonly encrypted?: ReadonlySet<string>;
  /** In the cluster only: its kinds, the image, and the names of Secrets that must exist. */
  readonly kinds?: readonly ApiKind[];
  readonly image?: string;
  readonly cloudsSecret?: string;
  readonly gitSecret?: string;
}

/** The files before they are written, and what must exist for them to work. */
export interface Continuous {
  readonly files: readonly FileToWrite[];
  /** Markdown. */
  readonly document: string;
}

/** What all runners are told: names, and the command line as it is typed. */
export interface ContinuousSet {
  readonly request: ContinuousRequest;
  readonly set: string;
  /** Paths below the root; `.` for the root. */
  readonly paths: readonly string[];
  /** Arguments of `hybrid-clusters plan`, without the verb. */
  readonly planArgs: readonly string[];
  readonly applyArgs: readonly string[];
}

type Row = {
  readonly files: (set: ContinuousSet) => readonly FileToWrite[];
  readonly steps: (set: ContinuousSet) => readonly string[];
};

const RUNNERS: Readonly<Record<Runner, Row>> = {
  github: { files: githubFiles, steps: githubSteps },
  gitlab: { files: gitlabFiles, steps: gitlabSteps },
  cronJob: { files: cronJobFiles, steps: cronJobSteps },
};

const SOPS_STEP =
  'Some of the files are encrypted with SOPS: where it runs there must be `sops` and its key (`SOPS_AGE_KEY_FILE`, or what your `.sops.yaml` names), else nothing is deployed.';

/** Writes down how a deploy runs without an editor: the command line of this extension in a CI job, or in a CronJob of the cluster. Pure. Fails with `invalid` when what is deployed lies outside the repository. */
export function continuous(request: ContinuousRequest): Result<Continuous> {
  const { root, places, plan, runner } = request;
  const base = root.replace(/\/+$/, '');
  const outside = places.find((place) => place !== base && !place.startsWith(`${base}/`));
  if (outside)
    return failed('invalid', `${outside} lies outside ${base}: the job checks out one repository. Nothing was written.`);
  const paths = places.map((place) => (place === base ? '.' : place.slice(base.length + 1).replace(/\/+$/, '')));
  const { target } = plan;
  const named = [
    ['--context', target.context],
    ['--namespace', target.namespace],
    ...(target.cloud === undefined ? [] : [['--cloud', target.cloud]]),
    ...(target.cloud === undefined || target.project === undefined ? [] : [['--project', target.project]]),
    // without it, the marks of the set would be taken off the objects
    ...(plan.set === undefined ? [] : [['--set', plan.set.before.name]]),
  ].flat();
  const planArgs = [...paths, ...named, ...(target.cloud === undefined ? [] : ['--require-live'])];
  const applyArgs = [...paths, ...named, '--yes', ...(target.protection === 'protected' ? ['--confirm', target.context] : [])];
  const set: ContinuousSet = { request, set: setName(request.name), paths, planArgs, applyArgs };
  const row = RUNNERS[runner];
  const files = row.files(set);
  const steps = [...row.steps(set), ...((request.encrypted?.size ?? 0) > 0 ? [SOPS_STEP] : [])];
  return success({ files, document: documentOf(set, files, steps) });
}

/** All of it as text. What tests compare. */
export function printContinuous({ files, document }: Continuous): string {
  return `${files.map(({ path, text }) => `=== ${path}\n${text}`).join('')}=== what must exist\n${document}`;
}

function documentOf(
  { request: { plan }, set, applyArgs }: ContinuousSet,
  files: readonly FileToWrite[],
  steps: readonly string[],
): string {
  return `# ${set} on ${targetName(plan.target)}: deploy without an editor

${files.map(({ path }) => `- \`${path}\``).join('\n')}

It runs \`hybrid-clusters apply ${applyArgs.map(shellQuoted).join(' ')}\`: the same engine as **Apply Deploy**. A run with nothing to change sends dry runs only. It deletes nothing.

## What must exist

${steps.map((step, index) => `${index + 1}. ${step}`).join('\n')}

## What it tells

Exit status 0: all is up. 1: it failed; the log says which object, why, and at which line. 3: a part failed. 4: refused, nothing was written (another cluster than meant, or Flux or Argo CD keeps the objects). 5: something is wrong with the manifests.
`;
}

/** As a shell takes it for one word. */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A command line, quoted. */
export function commandLine(program: readonly string[], args: readonly string[]): string {
  return [...program, ...args.map(shellQuoted)].join(' ');
}
