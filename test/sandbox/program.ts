import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Progress } from './progress.ts';

const running = new Set<ChildProcess>();

/** Ends the programs that run now; those who wait for them are told that they failed. */
export function stopPrograms(): void {
  for (const child of running) child.kill('SIGTERM');
}

/** A program that ended badly; the message ends with the last line it wrote. */
export class ProgramFailed extends Error {}

export interface Run {
  readonly env?: Readonly<Record<string, string>>;
  /** Lines to show as progress, already shortened for the reader; all others go to the log file only. */
  readonly show?: (line: string) => string | undefined;
}

/**
 * Runs a program to its end. Its output is read line by line; servers that it leaves behind write elsewhere. Throws
 * {@link ProgramFailed} when it cannot be started or does not end with 0.
 */
export function runProgram(progress: Progress, what: string, command: readonly string[], { env, show }: Run = {}): Promise<void> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    let last = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        progress.detail(`${what}: ${line}`);
        if (line.trim() !== '') last = line.trim();
        const shown = show?.(line);
        if (shown !== undefined) progress.say(shown);
      });
    }
    child.once('error', (error) => reject(new ProgramFailed(`${what} could not be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      running.delete(child);
      if (code === 0) resolve();
      else
        reject(
          new ProgramFailed(
            `${what} failed (${signal ?? `status ${code}`}): ${last}. All of its output is in ${progress.logFile}.`,
          ),
        );
    });
  });
}
