import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const door = fileURLToPath(new URL('../../src/cli.ts', import.meta.url));

/** How a run of the command line ended. */
export interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

/** What a test ends a run with: by the terminal, or as a crash does. */
export type Signal = 'SIGINT' | 'SIGKILL';

/** Runs the command line as a process of its own. `whileRunning` gets each piece of its output and a way to signal it. */
export function commandLine(
  args: readonly string[],
  {
    cwd,
    env = {},
    input = '',
    whileRunning,
  }: {
    cwd: string;
    env?: Readonly<Record<string, string>>;
    /** Standard input. */
    input?: string;
    whileRunning?: (out: string, signal: (name: Signal) => void, close: () => void) => void;
  },
): Promise<Ended> {
  const child = spawn(process.execPath, [door, ...args], { cwd, env: { PATH: process.env['PATH'], HOME: cwd, ...env } });
  let [out, err] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => {
    out += piece.toString();
    whileRunning?.(
      out,
      (name) => child.kill(name),
      () => child.stdout.destroy(),
    );
  });
  child.stderr.on('data', (piece: Buffer) => {
    err += piece.toString();
  });
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, out, err }));
  });
}
