import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { failed, type Result, success } from '../base/failure.ts';
import type { Logger } from '../base/logger.ts';
import { plainText } from '../base/plainText.ts';
import { redactText } from '../base/redact.ts';
import { allowsPlugin } from './pluginPolicy.ts';
import { findProgram, folderAround } from './program.ts';

/** The `exec` part of a user: a program that prints credentials (KEP-541, client.authentication.k8s.io). */
export interface ExecPlugin {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly provideClusterInfo: boolean;
  /** `Never`, `IfAvailable` or `Always`: whether it wants a terminal, which we are not. */
  readonly interactiveMode: string;
  readonly installHint: string | undefined;
  /** The kubeconfig it stands in: a relative command is looked for beside it. */
  readonly file: string;
}

/** What a plugin gave: a token, a client certificate, or both. */
export interface ExecCredential {
  readonly token?: string;
  readonly cert?: string;
  readonly key?: string;
  /** Ms since the epoch after which it must be asked again; undefined: until it is refused. */
  readonly expires?: number;
}

/** What the user is asked before a program runs for the first time. */
export interface ExecRequest {
  /** Whom it signs in, or, of a program that leads to a server, that server. */
  readonly user: string;
  /** What it is run for; left out: to sign in. */
  readonly purpose?: 'tunnel';
  /** Absolute path of the program. */
  readonly program: string;
  readonly args: readonly string[];
  readonly envNames: readonly string[];
  /** Stable word for "this program with these arguments": what consent is remembered by. */
  readonly fingerprint: string;
}

/** Asks the user, once for each fingerprint; the host remembers. */
export type ExecConsent = (request: ExecRequest) => Promise<boolean>;

/** What running a plugin takes from its surroundings. */
export interface ExecSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mayRun: ExecConsent;
  readonly logger: Logger;
  /** Absolute paths of the folders that are open in the editor: what lies in them came with somebody's code, and is not run. */
  readonly workspaceFolders?: (() => readonly string[]) | undefined;
  /** The user's home, where kuberc is looked for. */
  readonly home?: string | undefined;
  /** Brings the user to a page that a program named while it ran, until `answered` fires. `closed`: the user gives up. Left out: nobody is there. */
  readonly attend?: ((page: PluginPage, answered: AbortSignal) => Promise<unknown>) | undefined;
  readonly now?: () => number;
  readonly timeoutMs?: number;
}

/** Where a program wants the user to sign in (a device code, for instance), as it printed it. */
export interface PluginPage {
  readonly user: string;
  /** An https URL, or http of this machine. */
  readonly url: string;
  /** What to type there. */
  readonly code?: string;
}

const largestOutput = 1024 * 1024;
const skewMs = 60_000;
/** A user who was brought to a page takes longer than a program. */
const attendedMs = 900_000;
/** A credential that has ended when it comes is tried all the same, and not asked for anew with every request. */
const shortestLifeMs = 10_000;
const apiVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** Reads the `exec` mapping of a user; undefined if there is none or it names no program. */
export function execPluginOf(exec: unknown, file: string): ExecPlugin | undefined {
  if (typeof exec !== 'object' || exec === null) return undefined;
  const { apiVersion, command, args, env, provideClusterInfo, interactiveMode, installHint } = exec as Record<string, unknown>;
  if (typeof command !== 'string' || command === '') return undefined;
  return {
    apiVersion: String(apiVersion ?? ''),
    command,
    args: Array.isArray(args) ? args.map(String) : [],
    env: Array.isArray(env) ? env.map((entry) => ({ name: String(entry?.name), value: String(entry?.value ?? '') })) : [],
    provideClusterInfo: provideClusterInfo === true,
    interactiveMode: String(interactiveMode ?? 'IfAvailable'),
    installHint: typeof installHint === 'string' ? installHint : undefined,
    file,
  };
}

/**
 * Runs the plugin after consent and reads what it prints. By path and arguments, never through a shell; ended with its process group after a deadline.
 * Fails with `signedOut` (not allowed, failed, wants a terminal, printed no credential), `invalid` (not found, in a workspace folder, denied by the user's kuberc, unknown version) or `cancelled`.
 */
export async function runExecPlugin(
  plugin: ExecPlugin,
  user: string,
  cluster: object,
  { env, mayRun, logger, workspaceFolders, home, attend, now = Date.now, timeoutMs = 60_000 }: ExecSurroundings,
  signal?: AbortSignal,
): Promise<Result<ExecCredential>> {
  if (!apiVersions.includes(plugin.apiVersion)) {
    return failed(
      'invalid',
      `User ${user} signs in with a program of version "${plugin.apiVersion}", which is not supported (${plugin.file}).`,
    );
  }
  const program = await findProgram(plugin.command, plugin.file, env);
  if (program === undefined) {
    const hint = plugin.installHint ? ` ${plainText(plugin.installHint)}` : '';
    return failed('invalid', `User ${user} signs in with the program "${plugin.command}", which was not found.${hint}`);
  }
  const folder = await folderAround(program, workspaceFolders?.() ?? []);
  if (folder !== undefined) {
    return failed(
      'invalid',
      `User ${user} signs in with ${program}, which lies in the workspace folder ${folder}. No program of a workspace is run to sign in: put it elsewhere and name it in ${plugin.file}.`,
    );
  }
  const allowed = await allowsPlugin(program, { env, ...(home === undefined ? {} : { home }) });
  if (!allowed.ok) return failed('invalid', `User ${user} is not signed in: ${allowed.failure.message}`);
  if (plugin.interactiveMode === 'Always') {
    return failed(
      'signedOut',
      `User ${user} signs in with ${program}, which asks its questions in a terminal. Use a user of that kubeconfig that needs none.`,
    );
  }
  const request = requestFor(plugin, user, program);
  if (!(await mayRun(request)))
    return failed('signedOut', `User ${user} signs in with ${program}, which you have not allowed to run.`);
  const info = {
    apiVersion: plugin.apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, ...(plugin.provideClusterInfo ? { cluster } : {}) },
  };
  const added = Object.fromEntries(plugin.env.map(({ name, value }) => [name, value]));
  const surroundings = { ...env, ...added, KUBERNETES_EXEC_INFO: JSON.stringify(info) };
  const bring = attend && ((page: Omit<PluginPage, 'user'>, answered: AbortSignal) => attend({ user, ...page }, answered));
  const ran = await run(program, plugin.args, surroundings, { timeoutMs, signal, bring });
  if (signal?.aborted) return failed('cancelled', 'Cancelled.');
  if (ran.problem !== undefined) {
    logger.warn(`${program}: ${ran.problem}`);
    return failed(
      'signedOut',
      `${program}, which signs in user ${user}, ${ran.problem}${ran.stderr ? `: ${redactText(plainText(ran.stderr))}` : '.'}`,
    );
  }
  return readCredential(ran.stdout, plugin, program, now());
}

function requestFor({ args, env }: ExecPlugin, user: string, program: string): ExecRequest {
  const envNames = env.map(({ name }) => name).sort();
  const fingerprint = createHash('sha256')
    .update(JSON.stringify([program, args, envNames]))
    .digest('hex');
  return { user, program, args, envNames, fingerprint };
}

interface RunOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  readonly bring: ((page: Omit<PluginPage, 'user'>, answered: AbortSignal) => Promise<unknown>) | undefined;
}

/** The page in what a program printed, and the code to type there: `ABCD-1234`, or what follows the word code. Undefined while it has not said both ends of the line. */
export function pageIn(said: string): Omit<PluginPage, 'user'> | undefined {
  const whole = plainText(said.slice(0, said.lastIndexOf('\n') + 1), 2000);
  const url = /https:\/\/[^\s"'<>]+|http:\/\/(?:localhost|127\.0\.0\.1)[^\s"'<>]*/.exec(whole)?.[0].replace(/[.,;:)\]]+$/, '');
  if (url === undefined || !URL.canParse(url)) return undefined;
  const rest = whole.replace(url, ' ');
  const [, named] = /\bcode:?\s+"?([A-Z0-9]{4,}(?:-[A-Z0-9]{2,})*)\b/.exec(rest) ?? [];
  const code = named ?? /\b[A-Z0-9]{4}-[A-Z0-9]{4}\b/.exec(rest)?.[0];
  return { url, ...(code === undefined ? {} : { code }) };
}

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  { timeoutMs, signal, bring }: RunOptions,
): Promise<{ stdout: string; stderr: string; problem: string | undefined }> {
  return new Promise((done) => {
    // A group of its own, so that what the program started ends with it; Windows has no such groups.
    const grouped = process.platform !== 'win32';
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: grouped, windowsHide: true });
    const out: Buffer[] = [];
    let [stderr, size, led, problem] = ['', 0, false, undefined as string | undefined];
    const stop = (why: string) => {
      problem ??= why;
      try {
        if (grouped && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
        else child.kill('SIGKILL');
      } catch {
        // It has ended by itself.
      }
    };
    const cancel = () => stop('was cancelled');
    signal?.addEventListener('abort', cancel, { once: true });
    const answered = new AbortController();
    const within = (ms: number) => setTimeout(() => stop(`gave no answer within ${ms / 1000} s`), ms);
    let timer = within(timeoutMs);
    const lead = () => {
      const page = answered.signal.aborted ? undefined : pageIn(stderr);
      if (!bring || !page || led) return;
      led = true;
      clearTimeout(timer);
      timer = within(attendedMs);
      void bring(page, answered.signal).then((outcome) => outcome === 'closed' && !answered.signal.aborted && cancel());
    };
    child.stdout.on('data', (part: Buffer) => {
      size += part.length;
      if (size > largestOutput) stop('printed more than a credential can be');
      else out.push(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      if (stderr.length < 4000) stderr += part.toString();
      lead();
    });
    const end = (why?: string) => {
      answered.abort();
      clearTimeout(timer);
      signal?.removeEventListener('abort', cancel);
      done({ stdout: Buffer.concat(out).toString(), stderr: stderr.trim(), problem: problem ?? why });
    };
    child.on('error', (error: NodeJS.ErrnoException) => end(`could not be started (${error.code})`));
    child.on('close', (code) => end(code === 0 ? undefined : `ended with status ${code}`));
  });
}

function readCredential(stdout: string, plugin: ExecPlugin, program: string, now: number): Result<ExecCredential> {
  let answer: { apiVersion?: unknown; status?: Record<string, unknown> };
  try {
    answer = JSON.parse(stdout);
  } catch {
    return failed('signedOut', `${program} printed no credential: its output is not JSON.`);
  }
  if (answer?.apiVersion !== plugin.apiVersion) {
    return failed('signedOut', `${program} printed a credential of another version than ${plugin.apiVersion}.`);
  }
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = answer.status ?? {};
  if (typeof token !== 'string' && typeof clientCertificateData !== 'string')
    return failed('signedOut', `${program} printed no credential.`);
  const expires = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) - skewMs : Number.NaN;
  return success({
    ...(typeof token === 'string' ? { token } : {}),
    ...(typeof clientCertificateData === 'string' && typeof clientKeyData === 'string'
      ? { cert: clientCertificateData, key: clientKeyData }
      : {}),
    ...(Number.isNaN(expires) ? {} : { expires: Math.max(expires, now + shortestLifeMs) }),
  });
}
