import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { failed, type Result, success } from '../base/failure.ts';
import type { Logger } from '../base/logger.ts';
import { plainText } from '../base/plainText.ts';
import { redactText } from '../base/redact.ts';

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
  readonly user: string;
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
  readonly now?: () => number;
  readonly timeoutMs?: number;
}

const largestOutput = 1024 * 1024;
const skewMs = 60_000;
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
 * Fails with `signedOut` (not allowed, failed, wants a terminal, printed no credential), `invalid` (not found, unknown version) or `cancelled`.
 */
export async function runExecPlugin(
  plugin: ExecPlugin,
  user: string,
  cluster: object,
  { env, mayRun, logger, now = Date.now, timeoutMs = 60_000 }: ExecSurroundings,
  signal?: AbortSignal,
): Promise<Result<ExecCredential>> {
  if (!apiVersions.includes(plugin.apiVersion)) {
    return failed(
      'invalid',
      `User ${user} signs in with a program of version "${plugin.apiVersion}", which is not supported (${plugin.file}).`,
    );
  }
  const program = await findProgram(plugin, env);
  if (program === undefined) {
    const hint = plugin.installHint ? ` ${plainText(plugin.installHint)}` : '';
    return failed('invalid', `User ${user} signs in with the program "${plugin.command}", which was not found.${hint}`);
  }
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
  const ran = await run(program, plugin.args, surroundings, timeoutMs, signal);
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

async function findProgram({ command, file }: ExecPlugin, env: ExecSurroundings['env']): Promise<string | undefined> {
  const candidates = isAbsolute(command)
    ? [command]
    : /[/\\]/.test(command)
      ? [resolve(dirname(file), command)]
      : (env['PATH'] ?? '')
          .split(delimiter)
          .filter(isAbsolute)
          .map((folder) => join(folder, command));
  for (const path of candidates) {
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}

function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<{ stdout: string; stderr: string; problem: string | undefined }> {
  return new Promise((done) => {
    // A group of its own, so that what the program started ends with it; Windows has no such groups.
    const grouped = process.platform !== 'win32';
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'], detached: grouped, windowsHide: true });
    const out: Buffer[] = [];
    let [stderr, size, problem] = ['', 0, undefined as string | undefined];
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
    const timer = setTimeout(() => stop(`gave no answer within ${timeoutMs / 1000} s`), timeoutMs);
    child.stdout.on('data', (part: Buffer) => {
      size += part.length;
      if (size > largestOutput) stop('printed more than a credential can be');
      else out.push(part);
    });
    child.stderr.on('data', (part: Buffer) => {
      if (stderr.length < 4000) stderr += part.toString();
    });
    const end = (why?: string) => {
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
