/** Heat stacks in the plan of manifests: what is read, asked, shown, sent and told, against a scripted Heat. Expectations are the prints of plan and run. */

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import { discover } from '../../src/deploy/files/discover.ts';
import { gather } from '../../src/deploy/files/gather.ts';
import { noLookup } from '../../src/deploy/live/projectLookup.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { beginOf, type Journal, type JournalRecord } from '../../src/deploy/record/journal.ts';
import { rollbackTo } from '../../src/deploy/record/rollBack.ts';
import { recordOf } from '../../src/deploy/record/runRecord.ts';
import { printRun, startRun } from '../../src/deploy/run/run.ts';
import { findStack } from '../../src/deploy/stacks/stackRemoval.ts';
import { withStacks } from '../../src/deploy/stacks/stackSet.ts';
import { guardOf, guardProject } from '../../src/deploy/target.ts';
import type { Project } from '../../src/openstack/project.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';
import { filesOf } from '../support/filesOf.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';
import type { Script } from '../support/scriptedServer.ts';

const heat = '/orchestration/v1/demo-id';

const declared = (spec: string, name = 'shop-net') =>
  `apiVersion: hybrid-clusters/v1\nkind: Stack\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
const network = `heat_template_version: 2018-08-31
parameters:
  prefix: {type: string, default: other}
  password: {type: string, hidden: true, default: ""}
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: {str_replace: {template: P-net, params: {P: {get_param: prefix}}}}}
  subnet:
    type: OS::Neutron::Subnet
    properties: {name: {list_join: ['-', [{get_param: prefix}, subnet]]}, network: {get_resource: net}, cidr: 10.0.0.0/24}
  fast:
    type: OS::Cinder::VolumeType
    properties: {name: {list_join: ['-', [{get_param: prefix}, fast]]}}
  config:
    type: OS::Heat::SoftwareConfig
    properties: {config: {get_file: init/boot.sh}}
`;
const storage = `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: cinder.csi.openstack.org
parameters: {type: shop-fast}
`;
const shop: Readonly<Record<string, string>> = {
  '/w/stacks.yaml': declared(
    '{template: heat/network.yaml, environments: [heat/prod.yaml], parameters: {prefix: shop}, rollback: true}',
  ),
  '/w/heat/network.yaml': network,
  '/w/heat/prod.yaml': 'parameters: {prefix: lost, password: canary-secret}\nresource_registry: {}\n',
  '/w/heat/init/boot.sh': '#!/bin/sh\n',
  '/w/web.yaml': storage,
};

const one = (name: string, type: string, properties: object = {}) => ({ resource_name: name, resource_type: type, properties });
const fresh = { json: { stack: { resources: [one('net', 'OS::Neutron::Net'), one('subnet', 'OS::Neutron::Subnet')] } } };
const stack = (status: string, name = 'shop-net') => ({
  id: 's1',
  stack_name: name,
  stack_status: status,
  stack_status_reason: '',
});
const event = (id: string, name: string, status: string, reason = '', at = `${heat}/stacks/shop-net/s1`) => ({
  id,
  event_time: `2026-01-01T12:00:${id.padStart(2, '0')}Z`,
  resource_name: name,
  resource_status: status,
  resource_status_reason: reason,
  physical_resource_id: `p-${name}`,
  links: [{ rel: 'stack', href: `http://heat${at}` }],
});

/** The plan of the files, made against a scripted Heat; `body` may then carry it out. */
async function planned(
  texts: Readonly<Record<string, string>>,
  script: Script,
  body: (
    made: Awaited<ReturnType<typeof plan>> & { readonly seen: () => readonly string[]; readonly project: Project },
  ) => Promise<void>,
): Promise<void> {
  await using cloud = await scriptedCloud({ [`GET ${heat}/stacks`]: { json: { stacks: [] } }, ...script });
  const made = await plan(texts, cloud.project);
  const seen = () =>
    cloud.server.seen
      .filter(({ url }) => url.startsWith(heat))
      .map(({ method, url, body: sent }) => `${method} ${url.slice(heat.length)} ${sent}`.trim());
  await body({ ...made, seen, project: cloud.project });
}

async function plan(
  texts: Readonly<Record<string, string>>,
  project: Project | undefined,
  patterns = { protected: ['prod'], readOnly: [] },
) {
  const files = filesOf(texts);
  const { discovered, set, isWritten } = await withStacks(await discover(['/w'], files), files, ['/w']);
  const gathered = await gather(discovered, noLookup('nobody is asked'), undefined, isWritten);
  const guarded = project ? guardProject(target, project, patterns) : target;
  const cluster = new FakeCluster();
  const made = await makePlan({ target: guarded, ...gathered, stacks: set, ...(project ? { project } : {}) }, cluster);
  assert.ok(made.ok);
  const text = printPlan(made.value).replace(/\(https.*\)/, '');
  return { plan: made.value, gathered, cluster, text };
}

describe('a stack in a plan', () => {
  it('comes before the workload that names what it makes, in the project that is shown', () =>
    planned(shop, { [`POST ${heat}/stacks/preview`]: fresh }, async ({ text, plan: made, seen }) => {
      assert.equal(
        text,
        `Target sandbox-admin/shop 
2 create
  create hybrid-clusters/v1/Stack shop-net (in project demo of cloud scripted: makes net (OS::Neutron::Net), subnet (OS::Neutron::Subnet))
  create storage.k8s.io/v1/StorageClass fast
`,
      );
      assert.deepEqual([made.target.cloud, made.target.project], ['scripted', 'demo']);
      assert.deepEqual(made.steps[1]?.after, [{ key: 'hybrid-clusters/v1/Stack shop-net', until: 'ready' }]);
      assert.doesNotMatch(JSON.stringify(made), /canary-secret|boot\.sh/);
      const asked = seen();
      assert.deepEqual([asked.length, (asked[0] ?? '').split('?')[0]], [2, 'GET /stacks']);
      const body = JSON.parse((asked[1] ?? '').slice('POST /stacks/preview '.length));
      assert.deepEqual(
        { ...body, template: undefined },
        {
          stack_name: 'shop-net',
          template: undefined,
          files: {
            'heat/prod.yaml': shop['/w/heat/prod.yaml'],
            'init/boot.sh': '#!/bin/sh\n',
            'parameters of the declaration': '{"parameters":{"prefix":"shop"}}',
          },
          environment_files: ['heat/prod.yaml', 'parameters of the declaration'],
          parameters: { prefix: 'shop' },
          disable_rollback: false,
          timeout_mins: 60,
        },
      );
    }));

  it('that is there is previewed as an update, and what it would lose is told and asked for', () =>
    planned(
      shop,
      {
        [`GET ${heat}/stacks`]: { json: { stacks: [stack('CREATE_COMPLETE')] } },
        [`PUT ${heat}/stacks/shop-net/s1/preview`]: {
          json: {
            resource_changes: {
              unchanged: [one('net', 'OS::Neutron::Net')],
              replaced: [one('web', 'OS::Nova::Server')],
              deleted: [],
              updated: [],
              added: [],
            },
          },
        },
      },
      async ({ text, plan: made }) => {
        assert.match(text, / {2}configure hybrid-clusters\/v1\/Stack shop-net \(replaces web \(OS::Nova::Server\)\)\n/);
        assert.deepEqual(made.steps[0]?.stack?.losses, ['web (OS::Nova::Server)']);
      },
    ));

  it('without a change is verified, and sends nothing', () =>
    planned(
      shop,
      {
        [`GET ${heat}/stacks`]: { json: { stacks: [stack('UPDATE_COMPLETE')] } },
        [`GET ${heat}/stacks/s1`]: { json: { stack: stack('UPDATE_COMPLETE') } },
        [`GET ${heat}/stacks/shop-net/s1/events`]: { json: { events: [] } },
        [`PUT ${heat}/stacks/shop-net/s1/preview`]: {
          json: { resource_changes: { unchanged: [one('net', 'OS::Neutron::Net')] } },
        },
      },
      async ({ plan: made, gathered, cluster, project, seen }) => {
        assert.equal(made.steps[0]?.action, 'unchanged');
        const run = startRun(made, { cluster, project, written: gathered.written }, { stabilityMs: 0, stackMs: 1 });
        assert.equal((await run.done).outcome, 'succeeded');
        assert.ok(seen().some((line) => line.startsWith('GET /stacks/shop-net/s1/events?nested_depth=5')));
        assert.equal(run.latest.get('hybrid-clusters/v1/Stack shop-net')?.message, 'UPDATE_COMPLETE');
        assert.deepEqual(
          seen().filter((line) => /^(?:POST|PUT|DELETE)/.test(line) && !line.includes('preview')),
          [],
        );
      },
    ));

  it('that waits for another one is validated until that one is there', () =>
    planned(
      {
        '/w/a.yaml': declared('{template: network.yaml, parameters: {prefix: shop}}'),
        '/w/b.yaml': declared('{template: server.yaml}', 'shop-web'),
        '/w/network.yaml': network.replace('init/boot.sh', 'boot.sh'),
        '/w/boot.sh': '',
        '/w/server.yaml':
          'heat_template_version: 2018-08-31\nresources:\n  port: {type: OS::Neutron::Port, properties: {network: shop-net}}\n',
      },
      {
        [`POST ${heat}/stacks/preview`]: ({ body }) =>
          body.includes('"stack_name":"shop-web"')
            ? { status: 400, json: { error: { message: 'resources.port: network shop-net not found' } } }
            : fresh,
        [`POST ${heat}/validate`]: { json: { Parameters: {} } },
      },
      async ({ text }) =>
        assert.match(
          text,
          /create hybrid-clusters\/v1\/Stack shop-net \(in .*\)\n {2}create hybrid-clusters\/v1\/Stack shop-web \(verified on apply: shop-net is made in this plan\)\n$/,
        ),
    ));

  it('that Heat refuses blocks at the line of the resource, without what a template hides', () =>
    planned(
      { ...shop, '/w/stacks.yaml': declared('{template: heat/network.yaml, parameters: {password: canary-secret}}') },
      {
        [`POST ${heat}/stacks/preview`]: {
          status: 400,
          json: { error: { message: 'Property error: : resources.subnet.properties.cidr: : "canary-secret" is no CIDR' } },
        },
      },
      async ({ text, plan: made }) => {
        assert.match(text, /blocked: Stack shop-net: .*"\*\*\*" is no CIDR.* \(network\.yaml:9\)\n/);
        assert.doesNotMatch(text + JSON.stringify(made), /canary/);
      },
    ));

  it('counts against the quota of its project, at its declaration', () =>
    planned(
      shop,
      {
        [`POST ${heat}/stacks/preview`]: {
          json: {
            stack: {
              resources: [
                one('net', 'OS::Neutron::Net'),
                [one('group', 'OS::Heat::ResourceGroup'), [one('inner', 'OS::Neutron::Net')]],
              ],
            },
          },
        },
        'GET /network/v2.0/quotas/demo-id/details.json': { json: { quota: { network: { used: 4, limit: 5 } } } },
      },
      async ({ text }) =>
        assert.match(
          text,
          /warning: This asks for 2 more networks; the quota of project demo \(cloud scripted\) leaves 1 of 5\. \(stacks\.yaml\)\n/,
        ),
    ));

  it('is guarded by the name of its project', async () => {
    const guarded = guardProject(target, { cloud: 'prod-1', name: 'shop' });
    assert.deepEqual([guarded.protection, guardOf(guarded).word], ['protected', 'prod-1/shop']);
    const open = guardProject({ ...target, protection: 'protected' }, { cloud: 'demo', name: 'shop' });
    assert.deepEqual([open.protection, guardOf(open).word], ['protected', 'sandbox-admin']);
  });
});

describe('what keeps a stack from being planned', () => {
  const cases: Readonly<Record<string, readonly [files: Readonly<Record<string, string>>, said: RegExp]>> = {
    'a template that is not there': [
      { '/w/stacks.yaml': declared('{template: gone.yaml}') },
      /blocked: Stack shop-net: \/w\/stacks\.yaml names gone\.yaml: \/w\/gone\.yaml does not exist\. \(stacks\.yaml:3\)/,
    ],
    'a file outside of the workspace': [
      {
        '/w/stacks.yaml': declared('{template: t.yaml}'),
        '/w/t.yaml':
          'heat_template_version: 2018-08-31\nresources: {a: {type: OS::Heat::Value, properties: {value: {get_file: ../etc/passwd}}}}\n',
      },
      /blocked: Stack shop-net: \/w\/t\.yaml names \.\.\/etc\/passwd, which is outside of the folders that are deployed\./,
    ],
    'a field that nobody knows': [
      { '/w/stacks.yaml': declared('{template: t.yaml, enviroments: []}') },
      /blocked: Stack shop-net: spec\.enviroments is not known\. Known are template, environments, .* \(stacks\.yaml:4\)/,
    ],
    'two files of one name': [
      {
        '/w/stacks.yaml': declared('{template: t.yaml}'),
        '/w/t.yaml': 'heat_template_version: 2018-08-31\nresources: {a: {type: n/in.yaml, properties: {b: {get_file: x.sh}}}}\n',
        '/w/n/in.yaml':
          'heat_template_version: 2018-08-31\nresources: {a: {type: OS::Heat::Value, properties: {value: {get_file: x.sh}}}}\n',
        '/w/x.sh': '1',
        '/w/n/x.sh': '2',
      },
      /\/w\/x\.sh and \/w\/n\/x\.sh are both named "x\.sh"/,
    ],
    'two stacks of one name': [
      {
        '/w/a.yaml': declared('{template: t.yaml}'),
        '/w/b.yaml': declared('{template: t.yaml}'),
        '/w/t.yaml': 'heat_template_version: 2018-08-31\n',
      },
      /blocked: Stack shop-net is also declared in \/w\/a\.yaml:1\. Keep one of them\. \(b\.yaml:3\)/,
    ],
    'no cloud': [
      { '/w/stacks.yaml': declared('{template: t.yaml}'), '/w/t.yaml': 'heat_template_version: 2018-08-31\n' },
      /blocked: Stacks cannot be planned: stack shop-net goes to a cloud, and none is bound\./,
    ],
  };
  for (const [name, [texts, said]] of Object.entries(cases))
    it(name, async () => assert.match((await plan(texts, undefined)).text, said));
});

describe('a stack that is carried out', () => {
  /** Heat as it goes on: one state with its events per look. */
  const going = (states: readonly (readonly [status: string, events: readonly object[]])[]): Script => {
    let at = -1;
    const now = () => states[Math.min(Math.max(at, 0), states.length - 1)] ?? ['', []];
    return {
      [`POST ${heat}/stacks/preview`]: fresh,
      [`POST ${heat}/stacks`]: { status: 201, json: { stack: { id: 's1' } } },
      [`GET ${heat}/stacks/s1`]: () => {
        at += 1;
        return { json: { stack: stack(now()[0]) } };
      },
      [`GET ${heat}/stacks/shop-net/s1/events`]: () => ({ json: { events: now()[1] } }),
    };
  };
  const carriedOut = (script: Script, end: (text: string, told: readonly string[]) => void) =>
    planned(shop, script, async ({ plan: made, gathered, cluster, project }) => {
      const run = startRun(made, { cluster, project, written: gathered.written }, { stabilityMs: 0, stackMs: 1 });
      await run.done;
      const told = run.events
        .filter(({ key }) => key.includes('Stack'))
        .map(({ state, message = '' }) => `${state} ${message}`.trim());
      end(printRun(run).replace(/\d+\.\d s/g, 'T'), told);
    });

  it('tells its events, and the workload follows when it is complete', () =>
    carriedOut(
      going([
        ['CREATE_IN_PROGRESS', [event('1', 'net', 'CREATE_IN_PROGRESS')]],
        ['CREATE_IN_PROGRESS', [event('2', 'net', 'CREATE_COMPLETE'), event('1', 'net', 'CREATE_IN_PROGRESS')]],
        ['CREATE_COMPLETE', []],
      ]),
      (text, told) => {
        assert.deepEqual(told, [
          'applying',
          'created',
          'waiting net: CREATE_IN_PROGRESS',
          'waiting net: CREATE_COMPLETE',
          'ready CREATE_COMPLETE',
        ]);
        assert.equal(
          text,
          `sandbox-admin/shop: 2 create
  hybrid-clusters/v1/Stack shop-net: ready CREATE_COMPLETE
  storage.k8s.io/v1/StorageClass fast: ready
2 objects are up on sandbox-admin: 2 created, ready in T.
`,
        );
      },
    ));

  it('that is on its way already, from a run that was killed, is waited for and not sent again', () =>
    carriedOut(
      {
        ...going([
          ['CREATE_IN_PROGRESS', []],
          ['CREATE_COMPLETE', []],
        ]),
        [`GET ${heat}/stacks`]: { json: { stacks: [stack('CREATE_IN_PROGRESS')] } },
        [`PUT ${heat}/stacks/shop-net/s1/preview`]: {
          json: { resource_changes: { unchanged: [one('net', 'OS::Neutron::Net')] } },
        },
      },
      (_text, told) => assert.deepEqual(told, ['unchanged', 'waiting CREATE_IN_PROGRESS', 'ready CREATE_COMPLETE']),
    ));

  it('is updated: the state from before is not taken for the end, events from before not for its cause', () =>
    carriedOut(
      {
        ...going([
          ['CREATE_COMPLETE', [event('1', 'net', 'CREATE_FAILED', 'long ago')]],
          ['CREATE_COMPLETE', [event('1', 'net', 'CREATE_FAILED', 'long ago')]],
          ['UPDATE_IN_PROGRESS', [event('2', 'net', 'UPDATE_IN_PROGRESS')]],
          [
            'UPDATE_FAILED',
            [event('1', 'net', 'CREATE_FAILED', 'long ago'), event('3', 'net', 'UPDATE_FAILED', 'Quota exceeded: canary-secret')],
          ],
        ]),
        [`GET ${heat}/stacks`]: { json: { stacks: [stack('CREATE_COMPLETE')] } },
        [`PUT ${heat}/stacks/shop-net/s1/preview`]: { json: { resource_changes: { updated: [one('net', 'OS::Neutron::Net')] } } },
        [`PUT ${heat}/stacks/shop-net/s1`]: { status: 202, text: '' },
      },
      (_text, told) =>
        assert.deepEqual(told, [
          'applying',
          'configured',
          'waiting CREATE_COMPLETE',
          'waiting net: UPDATE_IN_PROGRESS',
          'failed net: Quota exceeded: ***',
        ]),
    ));

  it('fails with the reason of the resource that failed first, however deep, and what waits for it is skipped', () =>
    carriedOut(
      going([
        ['CREATE_IN_PROGRESS', []],
        [
          'ROLLBACK_COMPLETE',
          [
            // told in the same second, and before what it is about
            event('0', 'inner', 'CREATE_FAILED', 'BadRequest: resources.inner.resources.subnet: cidr overlaps'),
            event(
              '1',
              'subnet',
              'CREATE_FAILED',
              'BadRequest: resources.subnet: cidr overlaps',
              `${heat}/stacks/shop-net-inner-1/s2`,
            ),
            event('2', 'net', 'CREATE_FAILED', 'CREATE aborted'),
            event(
              '3',
              'inner',
              'CREATE_FAILED',
              'resources.inner: Resource CREATE failed: BadRequest: resources.subnet: cidr overlaps',
            ),
            event('4', 'shop-net', 'CREATE_FAILED', 'Resource CREATE failed: BadRequest: resources.subnet: cidr overlaps'),
          ],
        ],
      ]),
      (text) =>
        assert.equal(
          text,
          `sandbox-admin/shop: 2 create
  hybrid-clusters/v1/Stack shop-net: failed subnet in shop-net-inner-1: BadRequest: resources.subnet: cidr overlaps; rolled back · network.yaml:9
  storage.k8s.io/v1/StorageClass fast: skipped needs Stack shop-net, which failed
shop-net is not up: subnet in shop-net-inner-1: BadRequest: resources.subnet: cidr overlaps; rolled back (network.yaml:9).
`,
        ),
    ));

  it('goes on in the cloud when it is cancelled meanwhile, and nothing else is sent', () =>
    planned(
      shop,
      going([['CREATE_IN_PROGRESS', [event('1', 'net', 'CREATE_IN_PROGRESS')]]]),
      async ({ plan: made, gathered, cluster, project }) => {
        const run = startRun(made, { cluster, project, written: gathered.written }, { stackMs: 1 });
        run.onDidChange((told) => told?.state === 'waiting' && run.cancel());
        assert.equal((await run.done).outcome, 'cancelled');
        const last = [...run.latest.values()].map(({ key, message }) => `${key}: ${message}`);
        assert.deepEqual(last, [
          'hybrid-clusters/v1/Stack shop-net: applied; not waited for',
          'storage.k8s.io/v1/StorageClass fast: not sent',
        ]);
      },
    ));

  it('that Heat refuses is told without what a template hides', () =>
    planned(
      shop,
      {
        ...going([]),
        [`POST ${heat}/stacks`]: { status: 400, json: { error: { message: 'resources.net: "canary-secret" is too short' } } },
      },
      async ({ plan: made, gathered, cluster, project }) => {
        const run = startRun(made, { cluster, project, written: gathered.written }, { stackMs: 1 });
        await run.done;
        assert.match(printRun(run), /Stack shop-net: failed .*resources\.net: "\*\*\*" is too short.* · network\.yaml:6\n/);
        assert.doesNotMatch(JSON.stringify([run.events, run.summary, run.plan]), /canary/);
      },
    ));

  it('is noted before and after it is sent, is in the record without its parameters, and stays on a roll back', () =>
    planned(
      shop,
      going([['CREATE_COMPLETE', [event('1', 'shop-net', 'CREATE_COMPLETE')]]]),
      async ({ plan: made, gathered, cluster, project, seen }) => {
        const noted: JournalRecord[] = [];
        const journal: Journal = {
          write: async (record) => {
            noted.push({ ...record, at: seen().filter((line) => line.startsWith('POST /stacks {')).length });
            return success(undefined);
          },
        };
        const run = startRun(made, { cluster, project, written: gathered.written, journal }, { stabilityMs: 0, stackMs: 1 });
        await run.done;
        const ofStack = noted.filter((record) => 'key' in record && record.key.includes('Stack'));
        assert.deepEqual(
          ofStack.map(({ is, at }) => `${is} after ${at} requests`),
          ['before after 0 requests', 'after after 1 requests'],
        );
        const about = { run: '1', set: 'shop', name: 'shop', places: ['/w'], holder: { host: 'desk', pid: 1 } };
        const record = recordOf(run, about);
        assert.ok(record.steps.some(({ key }) => key.includes('Stack')));
        assert.doesNotMatch(JSON.stringify([noted, record, beginOf(made, about)]), /canary|"prefix"/);
        const back = await rollbackTo(record, [record], made.target, cluster);
        assert.ok(back.ok);
        assert.deepEqual(
          back.value.written.map(({ object }) => object.kind),
          ['StorageClass'],
        );
        assert.deepEqual(back.value.notes, ['Stack shop-net stays as it is: deploy the files of then to go back.']);
      },
    ));

  it('is not sent where that cannot be noted', () =>
    planned(shop, going([]), async ({ plan: made, gathered, cluster, project, seen }) => {
      const journal: Journal = {
        write: async ({ is }) => (is === 'before' ? failed('unavailable', 'No space left.') : success(undefined)),
      };
      const run = startRun(made, { cluster, project, written: gathered.written, journal }, { stackMs: 1 });
      assert.match((await run.done).sentence, /No space left/);
      assert.deepEqual(
        seen().filter((line) => line.startsWith('POST /stacks {')),
        [],
      );
    }));

  it('is not sent when it is cancelled before, and not sent to another project', () =>
    planned(shop, { [`POST ${heat}/stacks/preview`]: fresh }, async ({ plan: made, gathered, cluster, project, seen }) => {
      const other = Object.create(project, { id: { value: 'other' }, name: { value: 'ops' } }) as Project;
      const run = startRun(made, { cluster, project: other, written: gathered.written }, { stackMs: 1 });
      await run.done;
      assert.match(printRun(run), /failed planned for project demo of cloud scripted, and now bound to project ops of cloud/);
      const cancelled = startRun(made, { cluster, project, written: gathered.written }, { stackMs: 1 });
      cancelled.cancel();
      assert.equal((await cancelled.done).outcome, 'cancelled');
      assert.deepEqual(
        seen().filter((line) => line.startsWith('POST') && !line.includes('preview')),
        [],
      );
    }));
});

describe('what deleting a stack would take with it', () => {
  it('is told by name, and nothing is deleted', () =>
    planned(
      {},
      {
        [`GET ${heat}/stacks`]: { json: { stacks: [stack('CREATE_COMPLETE')] } },
        [`GET ${heat}/stacks/shop-net/s1/resources`]: {
          json: {
            resources: [{ ...one('net', 'OS::Neutron::Net'), physical_resource_id: 'n1' }, one('later', 'OS::Neutron::Port')],
          },
        },
      },
      async ({ project, seen }) => {
        const member = { apiVersion: 'hybrid-clusters/v1', kind: 'Stack', project: `${project.cloud}/${project.name}` };
        const signal = new AbortController().signal;
        assert.deepEqual(await findStack({ ...member, name: 'shop-net' }, [project], signal), {
          ok: true,
          value: {
            id: 's1',
            destroys: `stack shop-net (s1) in project ${project.name}, with all it made: net (OS::Neutron::Net)`,
          },
        });
        const none = await findStack({ ...member, name: 'other' }, [project], signal);
        assert.equal(!none.ok && none.failure.reason, 'notFound');
        assert.deepEqual(
          seen().filter((line) => !line.startsWith('GET')),
          [],
        );
      },
    ));
});
