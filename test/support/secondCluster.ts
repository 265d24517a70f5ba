import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findPlace, SCRIPTS } from '../sandbox/place.ts';
import { chooseOffset } from '../sandbox/ports.ts';
import type { SandboxEnvironment } from './sandbox.ts';

const exec = promisify(execFile);

/** A control plane of its own beside the sandbox's: another API server, another etcd, another certificate authority. Its context is `second-admin`. */
export interface SecondCluster {
  readonly kubeconfig: string;
  /** Takes it down, as a cluster that is lost. */
  stop(): Promise<void>;
}

/** Runs a test with a second cluster from the programs of the first, which takes some 15 s and 0.6 GB. What a run that was killed left of one is taken down first. */
export async function withSecondCluster(
  { kubernetes: { kubectl } }: SandboxEnvironment,
  body: (second: SecondCluster) => Promise<void>,
): Promise<void> {
  const place = join(findPlace().home, 'second');
  const script = (name: 'up' | 'down', more: Readonly<Record<string, string>> = {}) =>
    exec(join(SCRIPTS, `kubernetes/${name}.sh`), [], { env: { ...process.env, DIR: place, ...more } });
  const stop = async () => void (await script('down'));
  await stop();
  await rm(place, { recursive: true, force: true });
  const offset = await chooseOffset('');
  if (offset === undefined) throw new Error('There is no block of free ports for a second cluster.');
  try {
    await script('up', { OFFSET: String(offset), BIN: dirname(kubectl), NAME: 'second' });
    // beside that of the sandbox a user of the same name would be taken for the first one's
    const kubeconfig = join(place, 'kubeconfig');
    const text = await readFile(join(place, 'pki/admin.kubeconfig'), 'utf8');
    await writeFile(
      kubeconfig,
      text.replace('users: [{name: admin,', 'users: [{name: second,').replace('user: admin}', 'user: second}'),
    );
    await body({ kubeconfig, stop });
  } finally {
    await stop();
    await rm(place, { recursive: true, force: true });
  }
}
