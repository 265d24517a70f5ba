import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { SandboxEnvironment } from '../../sandbox/place.ts';
import { windowEnvironment } from '../sandboxEnvironment.ts';

const kubeconfigOf = (folder: string) => join(dirname(folder), 'second.kubeconfig');

/** Writes a second name for the sandbox's cluster into a kubeconfig of its own, beside the folder that the window shows. */
export async function writeSecondContext({ kubernetes }: SandboxEnvironment, folder: string, name: string): Promise<void> {
  const config = await readFile(kubernetes.kubeconfig, 'utf8');
  await writeFile(kubeconfigOf(folder), config.replaceAll('sandbox-admin', name));
}

/** The environment of a window that sees the sandbox by both names. */
export function twoContexts(sandbox: SandboxEnvironment, folder: string): Record<string, string> {
  const env = windowEnvironment(sandbox);
  return { ...env, KUBECONFIG: [env['KUBECONFIG'], kubeconfigOf(folder)].join(delimiter) };
}
