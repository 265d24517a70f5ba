import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SandboxEnvironment } from '../support/sandbox.ts';
import { commandLine, type Ended, type Signal } from './commandLine.ts';

const exec = promisify(execFile);

/** A folder and a namespace of the sandbox for one test, and the command line in them. */
export interface LiveFolder {
  readonly folder: string;
  readonly namespace: string;
  kubectl(...args: string[]): Promise<string>;
  /** Writes a file of the folder. `NS` in it stands for the namespace. */
  write(name: string, text: string): Promise<void>;
  run(...args: string[]): Promise<Ended>;
  runWatching(watch: (out: string, signal: (name: Signal) => void) => void, ...args: string[]): Promise<Ended>;
}

/** Runs a test in a folder and a namespace of its own; both go afterwards. */
export async function inFolder(
  { kubernetes, openstack }: SandboxEnvironment,
  body: (live: LiveFolder) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-cli-'));
  const namespace = `cli-test-${randomBytes(3).toString('hex')}`;
  const kubectl = async (...args: string[]) =>
    (await exec(kubernetes.kubectl, ['--kubeconfig', kubernetes.kubeconfig, ...args])).stdout;
  await kubectl('create', 'namespace', namespace);
  const options = { cwd: folder, env: { KUBECONFIG: kubernetes.kubeconfig, OS_CLIENT_CONFIG_FILE: openstack.clouds } };
  try {
    await body({
      folder,
      namespace,
      kubectl,
      write: (name, text) => writeFile(join(folder, name), text.replaceAll('NS', namespace)),
      run: (...args) => commandLine(args, options),
      runWatching: (whileRunning, ...args) => commandLine(args, { ...options, whileRunning }),
    });
  } finally {
    await kubectl('delete', 'namespace', namespace, '--wait=false');
    await rm(folder, { recursive: true, force: true });
  }
}
