import assert from 'node:assert/strict';
import { createHttp } from '../../src/base/http.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import type { Project } from '../../src/openstack/project.ts';
import type { SandboxEnvironment } from './sandbox.ts';

/** Runs `body` with project demo of the sandbox's cloud demo, as alice, past every editor. */
export async function withDemoProject(sandbox: SandboxEnvironment, body: (project: Project) => Promise<void>): Promise<void> {
  const http = createHttp();
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: sandbox.openstack.clouds }, home: '/nonexistent' });
  try {
    const cloud = await clouds.open('demo');
    const project = cloud.ok ? await cloud.value.project('demo') : cloud;
    assert.ok(project.ok, JSON.stringify(project));
    await body(project.value);
  } finally {
    clouds.dispose();
    http.dispose();
  }
}
