import { parseArgs } from 'node:util';
import { failed, type Result, success } from '../base/failure.ts';

/** What the command line was asked to do. */
export interface Request {
  readonly verb: 'check' | 'plan' | 'apply';
  readonly files: readonly string[];
  readonly cloud?: string;
  readonly project?: string;
  readonly context?: string;
  readonly namespace?: string;
  readonly format: 'text' | 'json';
  /** References that could not be checked fail the run. */
  readonly requireLive: boolean;
  /** Apply without asking. */
  readonly yes: boolean;
  /** The protected context that is meant, typed out. */
  readonly confirm?: string;
}

/** What `--help` prints. */
export const USAGE = `usage: hybrid-clusters check FILE…  [--cloud NAME [--project NAME]] [--context NAME [--namespace NAME]] [--require-live]
       hybrid-clusters plan  FILE…  --context NAME [--namespace NAME] [--cloud NAME [--project NAME]] [--require-live]
       hybrid-clusters apply FILE…  --context NAME [--namespace NAME] [--cloud NAME [--project NAME]] [--yes] [--confirm CONTEXT]

FILE is a manifest or a folder of manifests. Only the cloud and the context named here are contacted.

  --format text|json   how to print (text)
  --require-live       references that could not be checked count as errors
  --yes                apply: do not ask
  --confirm CONTEXT    apply: the name of a protected context, typed out

exit status
  check  0 clean, 5 errors found
  plan   0 nothing to do, 2 there are changes, 5 something is wrong with them
  apply  0 all is up, 1 it failed, 3 a part failed, 4 refused (not confirmed, or another cluster than planned), 5 something is wrong, 130 cancelled
  all    1 could not run
`;

const OPTIONS = {
  cloud: { type: 'string' },
  project: { type: 'string' },
  context: { type: 'string' },
  namespace: { type: 'string', short: 'n' },
  format: { type: 'string', default: 'text' },
  'require-live': { type: 'boolean', default: false },
  yes: { type: 'boolean', short: 'y', default: false },
  confirm: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Reads the arguments behind the program's name. `help` when it was asked for; fails with `invalid` and a sentence. */
export function parseCommandLine(args: readonly string[]): Result<Request | 'help'> {
  const parsed = readArgs(args);
  if (!parsed.ok) return parsed;
  const { values, positionals } = parsed.value;
  if (values.help) return success('help');
  const [verb, ...files] = positionals;
  if (verb !== 'check' && verb !== 'plan' && verb !== 'apply')
    return wrong(verb === undefined ? 'Say what to do: check, plan or apply.' : `There is no verb ${verb}.`);
  if (files.length === 0) return wrong(`Name the files or folders to ${verb}.`);
  if (values.format !== 'text' && values.format !== 'json') return wrong(`--format is text or json, not ${values.format}.`);
  if (verb !== 'check' && values.context === undefined)
    return wrong(`${verb} needs --context: nothing is contacted that was not named.`);
  if (values.project !== undefined && values.cloud === undefined) return wrong('--project needs --cloud.');
  const { 'require-live': requireLive, format, yes, cloud, project, context, namespace, confirm } = values;
  const named = Object.entries({ cloud, project, context, namespace, confirm }).filter(([, value]) => value !== undefined);
  return success({ verb, files, format, requireLive, yes, ...Object.fromEntries(named) });
}

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
