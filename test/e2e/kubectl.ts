import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { SandboxEnvironment } from '../sandbox/place.ts';

/** Standard output of kubectl as the sandbox's administrator. */
export async function kubectl({ kubernetes }: SandboxEnvironment, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(kubernetes.kubectl, ['--kubeconfig', kubernetes.kubeconfig, ...args]);
  return stdout;
}
