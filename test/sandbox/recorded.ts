import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that the sandbox started: `<folder>/<name>.pid` with `.born` beside it, since ids are used again. */
export interface Recorded {
  readonly name: string;
  readonly pid: number;
  readonly alive: boolean;
}

/** Field 22 of /proc/<pid>/stat: when the process began. Counted after the name, which may hold blanks. */
function born(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** What is recorded in `folder`, running or not. */
export function recordedIn(folder: string): Recorded[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).flatMap((file) => (file.endsWith('.born') ? [file.slice(0, -5)] : []));
  return names.sort().flatMap((name) => {
    const file = join(folder, `${name}.pid`);
    if (!existsSync(file)) return [];
    const pid = Number(readFileSync(file, 'utf8'));
    return [
      { name, pid, alive: born(pid) !== undefined && born(pid) === readFileSync(join(folder, `${name}.born`), 'utf8').trim() },
    ];
  });
}

/** Starts a process that outlives this one, its output appended to `log`. */
export function startRecorded(folder: string, name: string, command: readonly string[], log: string): number {
  const [program = '', ...args] = command;
  const output = openSync(log, 'a');
  const child = spawn(program, args, { detached: true, stdio: ['ignore', output, output] });
  closeSync(output);
  child.unref();
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${name} could not be started`);
  writeFileSync(join(folder, `${name}.pid`), `${pid}\n`);
  writeFileSync(join(folder, `${name}.born`), `${born(pid) ?? ''}\n`);
  return pid;
}

/** Ends a recorded process, forcibly after five seconds; one that is gone or not ours is left alone. */
export async function stopRecorded(folder: string, name: string): Promise<void> {
  const find = () => recordedIn(folder).find((process) => process.name === name && process.alive);
  const running = find();
  if (running) process.kill(running.pid, 'SIGTERM');
  for (let tries = 0; tries < 50 && find(); tries++) await sleep(100);
  const stubborn = find();
  if (stubborn) process.kill(stubborn.pid, 'SIGKILL');
  for (const ending of ['pid', 'born']) rmSync(join(folder, `${name}.${ending}`), { force: true });
}

/** Resident memory of a process and all its descendants, in MiB. */
export function residentMiB(pid: number): number {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return (pages * 4096) / 2 ** 20 + children.reduce((sum, child) => sum + residentMiB(Number(child)), 0);
  } catch {
    return 0;
  }
}
