/** Story C: the quota of load balancers is full; the deploy says so before, while and after. */
import assert from 'node:assert/strict';
import { createHttp } from '../../src/base/http.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { eventually } from '../support/eventually.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';
import { writtenFrom } from '../support/written.ts';
import { inNamespace } from './liveDeploy.ts';

const BALANCER = 'load-balancer.loadbalancer';
const web = (namespace: string) => `apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: ${namespace}
  annotations: {service.beta.kubernetes.io/openstack-internal-load-balancer: "true"}
spec:
  type: LoadBalancer
  ports: [{port: 80}]
`;

/** Sets how many load balancers a project may have, as an administrator. Source: Octavia API reference v2, "Update a Quota"; -1 is no limit. */
async function withQuotas(
  { openstack }: SandboxEnvironment,
  of: Project,
  body: (allow: (most: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const http = createHttp();
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: openstack.clouds }, home: '/nonexistent' });
  const cloud = await clouds.open('admin');
  const admin = cloud.ok ? await cloud.value.project(undefined) : cloud;
  assert.ok(admin.ok, JSON.stringify(admin));
  const allow = async (most: number) => {
    const collection = `/lbaas/quotas/${of.id}`;
    const set = await admin.value.create(BALANCER, { method: 'PUT', collection, body: { quota: { load_balancer: most } } });
    assert.ok(set.ok, JSON.stringify(set));
  };
  try {
    await body(allow);
  } finally {
    await allow(-1);
    clouds.dispose();
    http.dispose();
  }
}

async function balancersOf(project: Project): Promise<number> {
  const list = await project.list(BALANCER, { freshness: 'fresh' });
  assert.ok(list.ok);
  return list.value.items.length;
}

sandboxTest(
  'the quota is full: warned at the line, told within 30 s, green once it is raised, and nothing is sent again',
  (sandbox) =>
    withDemoProject(sandbox, (project) =>
      withQuotas(sandbox, project, (allow) =>
        inNamespace(sandbox, async (live) => {
          const target = await live.target();
          const written = writtenFrom(web(live.namespace), 'web.yaml');
          const plan = async () => {
            const made = await makePlan({ target, written, findings: [], project }, live.cluster);
            assert.ok(made.ok);
            return made.value;
          };
          const full = await balancersOf(project);
          await allow(full);
          const warned = await plan();
          const [finding] = warned.findings;
          assert.equal(
            finding?.message,
            `This asks for 1 more load balancers; the quota of project demo (cloud demo) leaves 0 of ${full}.`,
          );
          assert.equal(web(live.namespace).slice(finding.range.start, finding.range.end), 'LoadBalancer');
          assert.deepEqual(warned.blockers, []);

          const run = startRun(warned, { cluster: live.cluster, project, written }, { stabilityMs: 300, timeoutMs: 120_000 });
          const last = () => run.latest.get(`v1/Service ${live.namespace}/web`);
          const began = performance.now();
          await eventually('the quota is named', async () =>
            (last()?.message ?? '').includes(`${full} of ${full} load balancers used in demo`),
          );
          assert.ok(performance.now() - began < 30_000);
          assert.equal(last()?.state, 'waiting');
          await allow(full + 5);
          assert.equal((await run.done).outcome, 'succeeded');
          assert.equal(last()?.state, 'ready');

          const sent = await live.writes();
          const again = await plan();
          assert.deepEqual(
            again.steps.map(({ action }) => action),
            ['unchanged'],
          );
          const second = startRun(again, { cluster: live.cluster, project, written }, { stabilityMs: 300, timeoutMs: 60_000 });
          assert.equal((await second.done).outcome, 'unchanged');
          assert.deepEqual([sent, await live.writes()], [['patch services'], ['patch services']]);
        }),
      ),
    ),
);
