import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../vscode-host/places.ts';

/** Where the sandbox of this checkout is, as its `up` wrote it down. */
export interface Sandbox {
  /** Path of clouds.yaml. */
  readonly clouds: string;
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string;
  readonly kubectl: string;
  /** One line of JSON per request that the API server got. */
  readonly auditLog: string;
}

/** `HYBRID_SANDBOX_ENV`, else `.sandbox/env.json`; undefined if there is none. */
export function findSandbox(): Sandbox | undefined {
  const file = process.env['HYBRID_SANDBOX_ENV'] ?? join(root, '.sandbox/env.json');
  if (!existsSync(file)) return undefined;
  const { openstack, kubernetes } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    clouds: openstack.clouds,
    kubeconfig: kubernetes.kubeconfig,
    kubectl: kubernetes.kubectl,
    auditLog: kubernetes.auditLog,
  };
}

/** Environment variables that make a window see the sandbox and nothing else. */
export const windowEnvironment = ({ clouds, kubeconfig }: Sandbox): Record<string, string> => ({
  OS_CLIENT_CONFIG_FILE: clouds,
  KUBECONFIG: kubeconfig,
});
