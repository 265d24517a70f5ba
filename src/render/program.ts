import { execFile } from 'node:child_process';
import { failed, type Result, success } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import { redactText } from '../base/redact.ts';

/** Rendering takes a second; a chart of hundreds of files some more. */
const longestMs = 30_000;
/** What a program prints at most, in bytes: four times what a large cluster is made of. */
const largest = 32 * 1024 * 1024;
/** What the programs need to run and to find their own files. Nothing that leads to a cloud or a cluster. */
const handedOn =
  /^(?:PATH|HOME|USERPROFILE|SYSTEMROOT|WINDIR|PATHEXT|APPDATA|LOCALAPPDATA|TMPDIR|TEMP|TMP|LANG|LC_ALL|XDG_(?:CACHE|CONFIG|DATA)_HOME|CLOUDSDK_\w+)$/i;

/** What a program gets beside its arguments. */
export interface Handed {
  /** On its standard input, which is closed without it. */
  readonly input?: string;
  /** Names of further variables of the environment that it gets. */
  readonly environment?: RegExp;
}

/** A way to call a program: its name, and the arguments before those of the call. */
export type Call = readonly [program: string, ...first: string[]];

/**
 * Runs the first of these programs that is there, with an argument array and without a shell, and gives what it printed. Time and output are bounded, standard input is closed. `folder` is where
 * it runs: never one of the user's, where a program of that name might lie. Fails with `notFound` when none is there, `invalid` with its own words when it refuses.
 */
export async function runFirst(
  calls: readonly Call[],
  args: readonly string[],
  folder: string,
  signal?: AbortSignal,
  handed: Handed = {},
): Promise<Result<string>> {
  for (const [program, ...first] of calls) {
    const ended = await run(program, [...first, ...args], folder, signal, handed);
    if (ended.ok || ended.failure.reason !== 'notFound') return ended;
  }
  const names = calls.map(([program]) => program).join(' or ');
  return failed('notFound', `${names} is not installed here.`);
}

function run(
  program: string,
  args: readonly string[],
  cwd: string,
  signal: AbortSignal | undefined,
  { input, environment }: Handed,
): Promise<Result<string>> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => handedOn.test(name) || environment?.test(name)));
  return new Promise((done) => {
    const options = {
      cwd,
      env,
      timeout: longestMs,
      maxBuffer: largest,
      killSignal: 'SIGKILL',
      windowsHide: true,
      ...(signal ? { signal } : {}),
    } as const;
    const child = execFile(program, args, options, (error, stdout, stderr) =>
      done(error ? troubleOf(program, error, stderr) : success(stdout)),
    );
    // one that ends before it has read all says so by its status
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

function troubleOf(
  program: string,
  error: { readonly code?: string | number | null; readonly killed?: boolean; readonly name: string },
  stderr: string,
): Result<never> {
  if (error.code === 'ENOENT' || error.code === 'EACCES') return failed('notFound', `${program} is not installed here.`);
  if (error.name === 'AbortError') return failed('cancelled', `${program} was cancelled.`);
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
    return failed('invalid', `${program} printed more than ${largest / 1024 / 1024} MiB.`);
  if (error.killed) return failed('invalid', `${program} gave no answer within ${longestMs / 1000} s.`);
  const said = redactText(plainText(wordsOf(stderr), 400));
  return failed('invalid', `${program} says: ${said === '' ? `it ended with status ${error.code}` : said}`);
}

/** Without what a log puts around it: `E1121 … run.go:72] "command failed" err="…"`. */
function wordsOf(stderr: string): string {
  const logged = /\berr="((?:[^"\\]|\\.)*)"\s*$/.exec(stderr)?.[1];
  return logged === undefined ? stderr.trim().replace(/^error: /i, '') : logged.replaceAll('\\"', '"');
}
