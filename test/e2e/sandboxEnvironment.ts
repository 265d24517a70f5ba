import { readFileSync } from 'node:fs';
import { findPlace, readEnvironment, type SandboxEnvironment } from '../sandbox/place.ts';

/** Where the sandbox is: as `HYBRID_SANDBOX_ENV` names it, else this checkout's; undefined if none is up. */
export function findSandbox(): SandboxEnvironment | undefined {
  const file = process.env['HYBRID_SANDBOX_ENV'];
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as SandboxEnvironment) : readEnvironment(findPlace());
}

/** Environment variables that make a window see the sandbox and nothing else. */
export const windowEnvironment = ({ openstack, kubernetes }: SandboxEnvironment): Record<string, string> => ({
  OS_CLIENT_CONFIG_FILE: openstack.clouds,
  KUBECONFIG: kubernetes.kubeconfig,
});
