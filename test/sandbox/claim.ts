import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'claim';

/** Takes the sandbox for this process; returns the id of the process that has it, if one does. A claim of a dead process is void. */
export function claim(home: string): number | undefined {
  const file = join(home, FILE);
  for (let tries = 0; tries < 2; tries++) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      return undefined;
    } catch {
      const holder = holderOf(file);
      if (holder !== undefined) return holder;
      rmSync(file, { force: true });
    }
  }
  return holderOf(file);
}

export function release(home: string): void {
  if (holderOf(join(home, FILE)) === process.pid) rmSync(join(home, FILE), { force: true });
}

/** A living process that runs a sandbox command: ids are used again, so its command line counts, too. */
function holderOf(file: string): number | undefined {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('sandbox.ts') ? pid : undefined;
  } catch {
    return undefined;
  }
}
