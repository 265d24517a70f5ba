import assert from 'node:assert/strict';
import { createHttp } from '../../src/base/http.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import type { Project } from '../../src/openstack/project.ts';
import type { SandboxEnvironment } from '../sandbox/place.ts';

/** Opens project demo of cloud demo and the administrator's context of the sandbox, and closes them afterwards. */
export async function withBothWorlds(
  sandbox: SandboxEnvironment,
  play: (worlds: { readonly project: Project; readonly cluster: Cluster }) => Promise<void>,
): Promise<void> {
  const http = createHttp();
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: sandbox.openstack.clouds }, home: '/nonexistent' });
  const contexts = openContexts({ http, env: { KUBECONFIG: sandbox.kubernetes.kubeconfig }, mayRun: async () => false });
  try {
    const cloud = await clouds.open('demo');
    const project = cloud.ok ? await cloud.value.project('demo') : cloud;
    const cluster = await contexts.open('sandbox-admin');
    assert.ok(project.ok && cluster.ok);
    await play({ project: project.value, cluster: cluster.value });
  } finally {
    clouds.dispose();
    contexts.dispose();
    http.dispose();
  }
}
