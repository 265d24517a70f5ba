import assert from 'node:assert/strict';
import { createHttp } from '../../src/base/http.ts';
import type { Cluster, Contexts } from '../../src/kubernetes/cluster.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import type { SandboxEnvironment } from '../sandbox/place.ts';

/** Opens the administrator's context of the sandbox, and closes all that was opened afterwards. */
export async function withAdminCluster(
  { kubernetes }: SandboxEnvironment,
  play: (opened: { readonly cluster: Cluster; readonly contexts: Contexts }) => Promise<void>,
): Promise<void> {
  const http = createHttp();
  const contexts = openContexts({ http, env: { KUBECONFIG: kubernetes.kubeconfigs.admin }, mayRun: async () => false });
  try {
    const cluster = await contexts.open('sandbox-admin');
    assert.ok(cluster.ok, JSON.stringify(cluster));
    await play({ cluster: cluster.value, contexts });
  } finally {
    contexts.dispose();
    http.dispose();
  }
}
