import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { discover } from '../../src/deploy/files/discover.ts';
import { gather } from '../../src/deploy/files/gather.ts';
import { noLookup } from '../../src/deploy/live/projectLookup.ts';
import { makePlan, type PlanRequest } from '../../src/deploy/plan/plan.ts';
import { readInventories } from '../../src/deploy/removal/inventory.ts';
import { wordToType } from '../../src/deploy/removal/prune.ts';
import { planUndeploy } from '../../src/deploy/removal/undeploy.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import { deleteStack, findStack } from '../../src/deploy/stacks/stackRemoval.ts';
import { withStacks } from '../../src/deploy/stacks/stackSet.ts';
import { guardProject, readTarget } from '../../src/deploy/target.ts';
import type { Project } from '../../src/openstack/project.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { filesOf } from '../support/filesOf.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace, type LiveDeploy } from './liveDeploy.ts';

const declared = (name: string) =>
  `{apiVersion: hybrid-clusters/v1, kind: Stack, metadata: {name: ${name}}, spec: {template: net.yaml, environments: [env.yaml], parameters: {prefix: ${name}}}}\n`;
const template = (cidr: string) => `heat_template_version: 2018-08-31
parameters: {prefix: {type: string}}
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: {get_param: prefix}}
  subnet:
    type: OS::Neutron::Subnet
    properties: {name: {get_param: prefix}, network: {get_resource: net}, cidr: ${cidr}, enable_dhcp: false}
  note:
    type: OS::Heat::Value
    properties: {value: {get_file: note.txt}}
`;
const cloudConf = (subnet: string) => `apiVersion: v1
kind: ConfigMap
metadata: {name: cloud-config}
data:
  cloud.conf: |
    [Global]
    use-clouds=true
    [LoadBalancer]
    floating-subnet=${subnet}
`;

async function planned(live: LiveDeploy, project: Project, texts: Readonly<Record<string, string>>, set?: PlanRequest['set']) {
  const files = filesOf(texts);
  const { discovered, set: stacks, isWritten } = await withStacks(await discover(['/w'], files), files, ['/w']);
  const gathered = await gather(discovered, noLookup('nobody is asked'), undefined, isWritten);
  const target = await readTarget(live.cluster, { namespace: live.namespace });
  assert.ok(target.ok);
  const request = { target: guardProject(target.value, project), ...gathered, stacks, project, ...(set ? { set } : {}) };
  const made = await makePlan(request, live.cluster);
  assert.ok(made.ok);
  return { plan: made.value, written: gathered.written };
}

async function carriedOut(live: LiveDeploy, project: Project, texts: Readonly<Record<string, string>>) {
  const { plan, written } = await planned(live, project, texts);
  assert.deepEqual(plan.blockers, []);
  const run = startRun(plan, { cluster: live.cluster, project, written }, { timeoutMs: 5_000 });
  await run.done;
  return run;
}

sandboxTest('a stack is made, is there, is changed, and fails with the reason of its resource', (sandbox) =>
  withDemoProject(sandbox, (project) =>
    inNamespace(sandbox, async (live) => {
      const name = `deploy-${randomBytes(3).toString('hex')}`;
      const key = `hybrid-clusters/v1/Stack ${name}`;
      const texts = {
        '/w/stack.yaml': declared(name),
        '/w/net.yaml': template('10.99.0.0/24'),
        '/w/env.yaml': 'parameters: {prefix: lost}\n',
        '/w/note.txt': 'a note\n',
        '/w/web.yaml': cloudConf(name),
      };
      try {
        const first = await planned(live, project, texts);
        assert.deepEqual(
          first.plan.steps.map(({ action, ref, after }) => `${action} ${ref.kind} after ${after.map((one) => one.key).join()}`),
          ['create Stack after ', `create ConfigMap after ${key}`],
        );
        const made = await carriedOut(live, project, texts);
        assert.equal(made.latest.get(key)?.message, 'CREATE_COMPLETE');
        const net = await project.find('network.network', { by: 'name', value: name });
        assert.equal(net.verdict, 'found', 'the parameters of the declaration win over the environment');

        const again = (await planned(live, project, texts)).plan.steps[0];
        assert.equal(again?.action, 'unchanged', again?.reason);
        const changed = await planned(live, project, { ...texts, '/w/net.yaml': template('10.98.0.0/24') });
        assert.deepEqual(changed.plan.steps[0]?.stack?.losses, ['subnet (OS::Neutron::Subnet)']);

        const bad = template('10.99.0.0/24').replace(
          '  note:',
          '  twice:\n    type: OS::Neutron::Subnet\n    properties: {network: {get_resource: net}, cidr: 10.99.0.0/25, enable_dhcp: false}\n    depends_on: subnet\n  note:',
        );
        const other = `${name}-bad`;
        const failed = await carriedOut(live, project, { ...texts, '/w/stack.yaml': declared(other), '/w/net.yaml': bad });
        const last = failed.latest.get(`hybrid-clusters/v1/Stack ${other}`);
        assert.equal(last?.state, 'failed');
        assert.match(last?.message ?? '', /^twice: .*overlap/i);
        assert.equal(last?.source?.line, 10);
      } finally {
        for (const one of [name, `${name}-bad`]) await removed(project, one);
      }
    }),
  ),
);

sandboxTest('a stack is remembered with its set, would be pruned by name, and goes with it', (sandbox) =>
  withDemoProject(sandbox, (project) =>
    inNamespace(sandbox, async (live) => {
      const name = `deploy-${randomBytes(3).toString('hex')}`;
      const texts = {
        '/w/stack.yaml': declared(name),
        '/w/net.yaml': template('10.97.0.0/24'),
        '/w/env.yaml': 'parameters: {}\n',
        '/w/note.txt': 'a note\n',
        '/w/web.yaml': cloudConf(name),
      };
      const set = { names: [name], partial: false, prune: 'ask' as const };
      try {
        const { plan, written } = await planned(live, project, texts, set);
        const made = await startRun(plan, { cluster: live.cluster, project, written }).done;
        assert.equal(made.outcome, 'succeeded', made.sentence);
        const { plan: without } = await planned(live, project, { '/w/web.yaml': texts['/w/web.yaml'] }, set);
        assert.deepEqual(
          without.steps.map(({ action, ref }) => `${action} ${ref.kind}`),
          ['unchanged ConfigMap', 'prune Stack'],
        );
        assert.equal(wordToType(without), name);

        const found = await readInventories(live.cluster, live.namespace);
        const [inventory] = found.ok ? found.value.sets : [];
        assert.ok(inventory);
        const undeploy = await planUndeploy({ target: await live.target(), set: inventory, project }, live.cluster);
        assert.ok(undeploy.ok);
        assert.deepEqual(
          undeploy.value.steps.map(({ action, ref }) => `${action} ${ref.kind}`),
          ['prune Stack', 'prune ConfigMap'],
        );
        assert.match(undeploy.value.steps[0]?.destroys ?? '', /in project demo, with all it made: .*OS::Neutron::Net/);
        const gone = await startRun(undeploy.value, { cluster: live.cluster, project, written: [] }).done;
        assert.equal(gone.outcome, 'succeeded', gone.sentence);
        const net = await project.find('network.network', { by: 'name', value: name });
        assert.equal(net.verdict, 'missing');
      } finally {
        await removed(project, name);
      }
    }),
  ),
);

async function removed(project: Project, name: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  const member = { apiVersion: 'hybrid-clusters/v1', kind: 'Stack', name, project: `${project.cloud}/${project.name}` };
  const found = await findStack(member, [project], signal);
  if (!found.ok) return assert.equal(found.failure.reason, 'notFound', found.failure.message);
  assert.deepEqual(await deleteStack(project, { name, id: found.value.id }, () => undefined, signal), {
    ok: true,
    value: undefined,
  });
}
