import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Place, SCRIPTS, SERVICES } from './place.ts';
import { runProgram } from './program.ts';
import type { Progress } from './progress.ts';
import { recordedIn } from './recorded.ts';

const execute = promisify(execFile);

/** One of the two systems: scripts that fetch, start and stop it, and the folder that is its state. */
export interface Half {
  readonly name: 'OpenStack' | 'Kubernetes';
  readonly folder: string;
  readonly state: string;
  /** What must be running for it to count as up. */
  readonly processes: readonly string[];
  isFetched(): boolean;
  fetch(progress: Progress): Promise<void>;
  start(progress: Progress, offset: number): Promise<void>;
  stop(progress: Progress): Promise<void>;
}

export function openstackHalf(place: Place): Half {
  const root = join(place.cache, 'openstack/root');
  const env = { DIR: place.openstack, ROOT: root };
  const script = (name: string) => join(SCRIPTS, 'openstack', name);
  return {
    name: 'OpenStack',
    folder: place.openstack,
    state: join(place.openstack, 'data'),
    processes: ['mariadb', ...SERVICES],
    isFetched: () =>
      existsSync(join(root, '.complete')) &&
      existsSync('/usr/sbin/mariadbd') &&
      existsSync('/usr/lib/python3/dist-packages/swift'),
    fetch: (progress) => runProgram(progress, 'Fetching OpenStack', [script('get.sh')], { env, show: aptLine }),
    start: (progress, offset) => {
      const settings = { OFFSET: String(offset), SBX_K8S_API: `https://127.0.0.1:${6443 + offset}` };
      return runProgram(progress, 'Starting OpenStack', [script('up.sh'), ...SERVICES], {
        env: { ...env, ...settings },
        show: openstackLine,
      });
    },
    stop: (progress) => runProgram(progress, 'Stopping OpenStack', [script('down.sh')], { env }),
  };
}

export function kubernetesHalf(place: Place): Half {
  const bin = join(place.cache, 'kubernetes/bin');
  const env = { DIR: place.kubernetes, BIN: bin, GOHOME: join(place.cache, 'kubernetes/go') };
  const script = (name: string) => join(SCRIPTS, 'kubernetes', name);
  return {
    name: 'Kubernetes',
    folder: place.kubernetes,
    state: join(place.kubernetes, 'etcd'),
    processes: ['etcd', 'apiserver', 'kcm', 'scheduler', 'kwok'],
    isFetched: () => existsSync(join(bin, '.stamp')),
    fetch: (progress) =>
      runProgram(progress, 'Building Kubernetes', [script('get.sh')], {
        env,
        show: (line) => (line.startsWith('no Go') ? line : undefined),
      }),
    start: (progress, offset) =>
      runProgram(progress, 'Starting Kubernetes', [script('up.sh')], {
        env: { ...env, OFFSET: String(offset) },
        show: kubernetesLine,
      }),
    stop: (progress) => runProgram(progress, 'Stopping Kubernetes', [script('down.sh')], { env }),
  };
}

export function isRunning({ folder, processes }: Half): boolean {
  const alive = new Set(recordedIn(join(folder, 'run')).flatMap(({ name, alive: lives }) => (lives ? [name] : [])));
  return processes.every((name) => alive.has(name));
}

/** Keeps the state of a stopped half: complete or not at all. */
export async function saveState({ state }: Half): Promise<void> {
  await replaceBy(state, `${state}.seeded`);
}

/** Puts the saved state back; the half must be stopped. */
export async function restoreState({ state }: Half): Promise<void> {
  await replaceBy(`${state}.seeded`, state);
}

export async function forgetState({ state, folder }: Half): Promise<void> {
  await mkdir(folder, { recursive: true });
  await Promise.all([rm(state, { recursive: true, force: true }), rm(`${state}.seeded`, { recursive: true, force: true })]);
}

/** By `cp`: Swift keeps what it knows of an object in extended attributes, which Node's own copy leaves behind. */
async function replaceBy(from: string, to: string): Promise<void> {
  const fresh = `${to}.new`;
  await rm(fresh, { recursive: true, force: true });
  await execute('cp', ['--archive', from, fresh]);
  await rm(to, { recursive: true, force: true });
  await rename(fresh, to);
}

function aptLine(line: string): string | undefined {
  return /^Need to get|^\d+ upgraded/.test(line) ? `OpenStack packages: ${line}` : undefined;
}

/** up.sh says `  26.1s  synced manila`; of its own times nothing is shown. */
function openstackLine(line: string): string | undefined {
  const text = /^ *[\d.]+s {2}(.+)$/.exec(line)?.[1];
  if (text === undefined) return undefined;
  return /answers$|^seeded|DIED|TIMEOUT|FAILED|catalog/.test(text) ? `OpenStack: ${text}` : undefined;
}

function kubernetesLine(line: string): string | undefined {
  return line.startsWith('up: ') ? 'Kubernetes: API server answers' : undefined;
}
