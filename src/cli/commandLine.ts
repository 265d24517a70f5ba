import { parseArgs } from 'node:util';
import { failed, type Result, success } from '../base/failure.ts';
import type { FolderBinding } from '../binding/binding.ts';
import type { WaitOptions } from '../deploy/run/wait.ts';
import { releaseOf, type Upgrade } from '../manifest/apiVersions.ts';
import { codes } from '../manifest/codes.ts';
import { familyOf, type Severities } from '../manifest/severities.ts';
import { readReadinessOptions } from './readinessOptions.ts';
import { STDIN } from './standardInput.ts';

export type Verb = (typeof VERBS)[number];
const VERBS = ['check', 'plan', 'apply', 'undeploy'] as const;

/** What the command line was asked to do. */
export interface Request {
  readonly verb: Verb;
  readonly files: readonly string[];
  readonly cloud?: string;
  readonly project?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly format: 'text' | 'json' | 'sarif';
  /** Nobody is asked, and that is meant. */
  readonly offline: boolean;
  /** Check: only files that are other than at this revision of git, or that this range of git changes. */
  readonly since?: string;
  /** Check: the file of known findings. */
  readonly baseline?: string;
  /** Check: what is found becomes the baseline. */
  readonly writeBaseline: boolean;
  /** Check: how much a code matters. */
  readonly severities: Severities;
  /** Check: folders that belong to another cloud than `cloud`; the innermost counts. */
  readonly bind: readonly FolderBinding[];
  /** Values files for the charts, in the order they count; their own when none is named. */
  readonly values: readonly string[];
  /** Check: the live objects of the context, too. */
  readonly live?: true;
  /** Check: Secrets among them may be read. */
  readonly secrets?: true;
  /** Check: also what this upgrade takes away. */
  readonly upgrade?: Upgrade;
  /** References that could not be checked fail the run. */
  readonly requireLive: boolean;
  /** Apply without asking. */
  readonly yes: boolean;
  /** Apply: when kinds work, and how long anything may stand without progress. */
  readonly wait?: WaitOptions;
  /** Plan, apply, undeploy: the set that the files are, under which it is remembered what was deployed. */
  readonly set?: string;
  /** Plan, apply: what the set deployed before and the files no longer hold is deleted. */
  readonly prune?: true;
  /** Plan, apply: what cannot be changed may be deleted and made anew. */
  readonly recreate?: true;
  /** Plan, apply: fields of others may be taken over. */
  readonly takeOver?: true;
  /** Plan, apply: fields of others are left to them. */
  readonly keepTheirs?: true;
  /** Namespaces that are missing are made. */
  readonly createNamespace?: true;
  /** Apply, undeploy: the names of what is destroyed outside Kubernetes, typed out. */
  readonly destroy?: string;
  /** Apply: the file that the report of the run is written to, as Markdown. */
  readonly report?: string;
  /** Apply, undeploy: although somebody else deploys the same now. */
  readonly takeOverRun?: true;
  /** Apply: what was deployed is kept in the namespace, to go back to. */
  readonly keep?: true;
  /** Apply: after a failure it goes back to what was kept last, by itself. */
  readonly rollBack?: true;
  /** The protected contexts (or `cloud/project` of stacks) that are meant, typed out. */
  readonly confirm?: readonly string[];
  /** Plan, apply: the file that says where it goes, in place of files and a context. */
  readonly targets?: string;
  /** Only these of its targets, by name; all when none is named. */
  readonly only: readonly string[];
}

/** What `--help` prints. */
export const USAGE = `usage: hybrid-clusters check FILE…  [--cloud NAME [--project NAME]] [--context NAME [--namespace NAME]] [--require-live] | --offline
                             [--bind FOLDER=CLOUD[/PROJECT]]… [--values FILE]… [--since REV] [--severity CODE=LEVEL]… [--baseline FILE [--write-baseline]] [--upgrade PRODUCT=RELEASE]
       hybrid-clusters check [FILE…] --live --context NAME [--namespace NAME] [--secrets] …
       hybrid-clusters plan  FILE…  --context NAME [--namespace NAME] [--cloud NAME [--project NAME]] [--require-live]
       hybrid-clusters apply FILE…  --context NAME [--namespace NAME] [--cloud NAME [--project NAME]] [--yes] [--confirm CONTEXT]
                             [--set NAME [--prune]] [--recreate] [--take-over | --keep-theirs] [--create-namespace] [--destroy NAMES]
                             [--report FILE] [--take-over-run] [--keep] [--roll-back]
       hybrid-clusters undeploy --set NAME --context NAME [--namespace NAME] [--cloud NAME [--project NAME]] [--yes] [--confirm CONTEXT] [--destroy NAMES]
       hybrid-clusters plan|apply   --targets FILE [--target NAME]… [--require-live] [--yes] [--confirm CONTEXT]… [--set NAME [--prune]] …

FILE is a manifest, a folder of manifests, kustomizations and charts, or - for standard input (check, plan). Only the cloud and the context named here are contacted.

  --format text|json   how to print (text); check: sarif, too
  --require-live       references that could not be checked count as errors
  --offline            check: ask nobody
  --bind FOLDER=CLOUD[/PROJECT]  check: what lies below a folder is looked up in this cloud
  --values FILE        a values file for the charts
  --since REV          check: only files changed since a revision of git, or in a range (main...HEAD); FILE is then . if none is named
  --severity CODE=LEVEL  check: error, warning, information, hint or off for a code, or for a family (reference.*)
  --baseline FILE      check: findings of this file are told as known and fail nothing
  --write-baseline     check: write what is found to the baseline
  --live               check: the live objects of the context, of the namespace or of all; FILE may be left out
  --secrets            check --live: Secrets may be read, too
  --upgrade PRODUCT=RELEASE  check: also API versions that kubernetes=1.37 or capo=0.12 takes away or deprecates
  --yes                apply, undeploy: do not ask
  --confirm CONTEXT    apply, undeploy: the name of a protected context, typed out; CLOUD/PROJECT where stacks go to a protected one
  --readiness KIND=WORDS  apply: when objects of a kind work: condition=Ready, jsonpath={.status.phase}=Running or exists
  --timeout TIME       apply: how long anything may stand without progress, such as 20m, instead of what its kind usually takes
  --set NAME           plan, apply: remember in the namespace what is deployed, under this name (with --targets NAME/TARGET); undeploy: delete what it remembers
  --prune              plan, apply: delete what the set deployed before and the files no longer hold
  --recreate           plan, apply: delete and make anew what cannot be changed
  --take-over          plan, apply: take fields over from whoever has them
  --keep-theirs        plan, apply: leave such fields to them, and send the rest
  --create-namespace   plan, apply: make namespaces that are missing
  --destroy NAMES      apply, undeploy: what is destroyed outside Kubernetes, typed out as the plan names it
  --report FILE        apply: write what was done, when, and what went wrong to FILE, as Markdown
  --take-over-run      apply, undeploy: although somebody else is deploying the same; their run stops
  --keep               apply: keep what was deployed in Secrets of the namespace (no values of Secrets), to roll back to
  --roll-back          apply: after a failure go back to the last deploy of the same that succeeded and was kept (keeps this one, too); never by itself where it deletes or the context is protected
  --targets FILE       plan, apply: a file that says where it goes: several targets, wave after wave
  --target NAME        only this of the targets

exit status
  check  0 no new errors, 5 errors found
  plan   0 nothing to do, 2 there are changes, 5 something is wrong with them
  apply, undeploy
         0 all is up, or gone, 1 it failed, 3 a part failed, 4 refused (not confirmed, somebody else deploys it, kept by Flux or Argo CD, or another cluster than planned), 5 something is wrong, 130 cancelled
  all    1 could not run
`;

const OPTIONS = {
  cloud: { type: 'string' },
  project: { type: 'string' },
  context: { type: 'string' },
  namespace: { type: 'string', short: 'n' },
  format: { type: 'string', default: 'text' },
  'require-live': { type: 'boolean', default: false },
  offline: { type: 'boolean', default: false },
  since: { type: 'string' },
  severity: { type: 'string', multiple: true },
  bind: { type: 'string', multiple: true },
  values: { type: 'string', multiple: true },
  baseline: { type: 'string' },
  'write-baseline': { type: 'boolean', default: false },
  live: { type: 'boolean', default: false },
  secrets: { type: 'boolean', default: false },
  upgrade: { type: 'string' },
  yes: { type: 'boolean', short: 'y', default: false },
  readiness: { type: 'string', multiple: true },
  timeout: { type: 'string' },
  set: { type: 'string' },
  prune: { type: 'boolean', default: false },
  recreate: { type: 'boolean', default: false },
  'take-over': { type: 'boolean', default: false },
  'keep-theirs': { type: 'boolean', default: false },
  'create-namespace': { type: 'boolean', default: false },
  destroy: { type: 'string' },
  report: { type: 'string' },
  'take-over-run': { type: 'boolean', default: false },
  keep: { type: 'boolean', default: false },
  'roll-back': { type: 'boolean', default: false },
  confirm: { type: 'string', multiple: true },
  targets: { type: 'string' },
  target: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the arguments behind the program's name. `help` when it was asked for; fails with `invalid` and a sentence. */
export function parseCommandLine(args: readonly string[]): Result<Request | 'help'> {
  const parsed = readArgs(args);
  if (!parsed.ok) return parsed;
  const { values, positionals } = parsed.value;
  if (values.help) return success('help');
  const [said, ...files] = positionals;
  const verb = VERBS.find((known) => known === said);
  if (verb === undefined)
    return wrong(said === undefined ? 'Say what to do: check, plan, apply or undeploy.' : `There is no verb ${said}.`);
  const { since, baseline, offline, live, secrets, targets } = values;
  const contradiction = wrongTargets(verb, files, values);
  if (contradiction !== undefined) return wrong(contradiction);
  if (verb === 'undeploy' && files.length > 0)
    return wrong('undeploy reads no files: it deletes what a set deployed. Name the set with --set.');
  const needsNoFile = targets !== undefined || verb === 'undeploy' || (live && verb === 'check');
  if (!needsNoFile && files.length === 0 && since === undefined) return wrong(`Name the files or folders to ${verb}.`);
  const { format } = values;
  if (format !== 'text' && format !== 'json' && (format !== 'sarif' || verb !== 'check'))
    return wrong(`--format is ${verb === 'check' ? 'text, json or sarif' : 'text or json'}, not ${format}.`);
  const stranger = verb === 'check' ? undefined : checkOnly.find((name) => String(values[name] || '') !== '');
  if (stranger !== undefined) return wrong(`--${stranger} is for check.`);
  if (verb !== 'check' && targets === undefined && values.context === undefined)
    return wrong(`${verb} needs --context: nothing is contacted that was not named.`);
  if (values.project !== undefined && values.cloud === undefined) return wrong('--project needs --cloud.');
  if (offline && (values.cloud ?? values.context ?? values.bind) !== undefined)
    return wrong('--offline asks nobody: leave out --cloud, --bind and --context.');
  if (live && values.context === undefined) return wrong('--live needs --context: nothing is contacted that was not named.');
  if (secrets && !live) return wrong('--secrets is about the live objects: add --live.');
  if (offline && values['require-live']) return wrong('--offline leaves references unchecked, and --require-live forbids that.');
  if (values['write-baseline'] && (baseline === undefined || since !== undefined))
    return wrong('--write-baseline needs --baseline FILE, and all files: no --since.');
  if (since?.startsWith('-') || since === '') return wrong(`--since wants a revision of git, not "${since}".`);
  if (verb === 'apply' && files.includes(STDIN))
    return wrong('apply reads no standard input: it is where you confirm. Name a file.');
  const misplaced = misplacedOption(verb, values);
  if (misplaced !== undefined) return wrong(misplaced);
  const severities = readSeverities(values.severity ?? []);
  if (!severities.ok) return severities;
  const bind = readBindings(values.bind ?? []);
  if (!bind.ok) return bind;
  if (verb !== 'apply' && (values.readiness ?? values.timeout) !== undefined)
    return wrong('--readiness and --timeout are for apply.');
  const wait = readReadinessOptions(values.readiness ?? [], values.timeout);
  if (!wait.ok) return wrong(wait.failure.message);
  const upgrade = readUpgrade(values.upgrade);
  if (!upgrade.ok) return upgrade;
  const {
    'require-live': requireLive,
    'write-baseline': writeBaseline,
    yes,
    cloud,
    project,
    context,
    namespace,
    confirm,
    set,
    destroy,
    report,
  } = values;
  const told = { cloud, project, context, namespace, confirm, targets, since, baseline, set, destroy, report };
  const named = Object.entries(told).filter(([, value]) => value !== undefined);
  return success({
    verb,
    files: files.length === 0 && !needsNoFile && !(live && since === undefined) ? ['.'] : files,
    format,
    requireLive,
    yes,
    offline,
    writeBaseline,
    severities: severities.value,
    bind: bind.value,
    values: values.values ?? [],
    only: values.target ?? [],
    ...(live ? { live } : {}),
    ...(secrets ? { secrets } : {}),
    ...((values.readiness ?? values.timeout) === undefined ? {} : { wait: wait.value }),
    ...(values.prune ? { prune: true } : {}),
    ...(values.recreate ? { recreate: true } : {}),
    ...(values['take-over'] ? { takeOver: true } : {}),
    ...(values['keep-theirs'] ? { keepTheirs: true } : {}),
    ...(values['create-namespace'] ? { createNamespace: true as const } : {}),
    ...(values['take-over-run'] ? { takeOverRun: true as const } : {}),
    ...(values.keep || values['roll-back'] ? { keep: true as const } : {}),
    ...(values['roll-back'] ? { rollBack: true as const } : {}),
    ...(upgrade.value === undefined ? {} : { upgrade: upgrade.value }),
    ...Object.fromEntries(named),
  });
}

/** What contradicts a file of targets, which says all that these say. */
function wrongTargets(verb: string, files: readonly string[], values: Options): string | undefined {
  if (values.targets === undefined)
    return values.target === undefined ? undefined : '--target names one of the targets of --targets FILE.';
  if (verb === 'check') return '--targets is for plan and apply.';
  const said = (['context', 'namespace', 'cloud', 'project', 'values'] as const).find((name) => values[name] !== undefined);
  if (said !== undefined) return `--targets says where it goes: leave out --${said}, and write it into the file.`;
  return files.length > 0 ? '--targets says what goes where: leave out the files, and write them into paths.' : undefined;
}

const checkOnly = ['offline', 'since', 'severity', 'baseline', 'write-baseline', 'bind', 'live', 'secrets', 'upgrade'] as const;
/** The verbs that an option about deploying is for. */
const deployOnly = {
  report: ['apply'],
  keep: ['apply'],
  'roll-back': ['apply'],
  'take-over-run': ['apply', 'undeploy'],
  set: ['plan', 'apply', 'undeploy'],
  prune: ['plan', 'apply'],
  recreate: ['plan', 'apply'],
  'take-over': ['plan', 'apply'],
  'keep-theirs': ['plan', 'apply'],
  'create-namespace': ['plan', 'apply'],
  destroy: ['apply', 'undeploy'],
} as const satisfies Readonly<Record<string, readonly Verb[]>>;

function misplacedOption(
  verb: Verb,
  values: { readonly [option in keyof typeof deployOnly]?: string | boolean | undefined },
): string | undefined {
  for (const [option, verbs] of Object.entries(deployOnly)) {
    const value = values[option as keyof typeof deployOnly];
    if (value === '') return `--${option} wants a name.`;
    if (value && !verbs.some((one) => one === verb)) return `--${option} is for ${verbs.join(', ')}.`;
  }
  if (values['take-over'] && values['keep-theirs']) return '--take-over and --keep-theirs exclude each other.';
  if (values.prune && !values.set) return '--prune needs --set NAME: what was deployed is remembered under a name.';
  return undefined;
}

const LEVELS = ['error', 'warning', 'information', 'hint', 'off'] as const;

/** `reference.missing=warning` and `yaml.*=off`. A code that nothing has would be obeyed in silence, so it is refused. */
function readSeverities(written: readonly string[]): Result<Severities> {
  const severities: Record<string, (typeof LEVELS)[number]> = {};
  for (const one of written) {
    const [code = '', word = ''] = one.split('=');
    const level = LEVELS.find((known) => known === word);
    if (!level) return wrong(`--severity wants CODE=LEVEL with a level of ${LEVELS.join(', ')}, not "${one}".`);
    const known = Object.keys(codes).some((other) => other === code || `${familyOf(other)}.*` === code);
    if (!known) return wrong(`--severity: no finding has the code "${code}".`);
    severities[code] = level;
  }
  return success(severities);
}

/** `overlays/production=prod/shop`: the last `=` parts, the first `/` after it does. */
function readBindings(written: readonly string[]): Result<readonly FolderBinding[]> {
  const bindings: FolderBinding[] = [];
  for (const one of written) {
    const [, folder, cloud, project] = /^(.+)=([^=/]+)(?:\/([^=]+))?$/.exec(one) ?? [];
    if (folder === undefined || cloud === undefined)
      return wrong(`--bind wants FOLDER=CLOUD or FOLDER=CLOUD/PROJECT, not "${one}".`);
    bindings.push({ folder, binding: { cloud, ...(project === undefined ? {} : { project }) } });
  }
  return success(bindings);
}

/** `kubernetes=1.37`, `capo=0.12`; a `v` before the release and what follows its minor are heard and left out. */
function readUpgrade(written: string | undefined): Result<Upgrade | undefined> {
  if (written === undefined) return success(undefined);
  const [product = '', release = ''] = written.split('=');
  const to = releaseOf(release);
  if ((product !== 'kubernetes' && product !== 'capo') || to === undefined)
    return wrong(`--upgrade wants kubernetes=RELEASE or capo=RELEASE, such as kubernetes=1.37, not "${written}".`);
  return success({ product, to });
}

type Options = Partial<Readonly<Record<keyof typeof OPTIONS, unknown>>>;

function readArgs(args: readonly string[]) {
  try {
    return success(parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true }));
  } catch (error) {
    // parseArgs tells wrong arguments by throwing
    return wrong(error instanceof Error ? error.message : String(error));
  }
}

function wrong(message: string): Result<never> {
  return failed('invalid', `${message.replace(/\.?$/, '.')} See hybrid-clusters --help.`);
}
