/**
 * What goes out for words that the sandbox cannot carry out. The requests are those of each service's API reference: block storage v3 "Restore a backup" and "Create a backup", compute "Restore
 * soft-deleted server" and "Live-migrate server", load balancer v2 "Failover amphora", orchestration v1 "Update stack", "Cancel stack update" and "Abandon stack", container infrastructure v1 "Upgrade a
 * cluster" and "Rotate the CA certificate", bare metal v1 "Change node provision state", shared file systems v2 "Create share snapshot" and "Revert share to snapshot", DNS v2 "Create zone share".
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Sent } from '../../src/base/sent.ts';
import { actions, offeredTo } from '../../src/openstack/actions/actions.ts';
import { type ActionWord, actionWords } from '../../src/openstack/actions/actionWords.ts';
import { creationOf } from '../../src/openstack/creations/creations.ts';
import type { Answers } from '../../src/openstack/field.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { type KindId, kindIds, kindOf } from '../../src/openstack/kinds/kinds.ts';
import { recordsOf, recordsText } from '../../src/openstack/recordsText.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';

interface Sample {
  readonly word: ActionWord;
  readonly kind: KindId;
  readonly resource: Resource;
  readonly answers?: Answers;
  readonly sends: readonly string[];
}

const backup = { id: 'b1', name: 'nightly', status: 'available', size: 1 };
const stack = { id: 't1', stack_name: 'shop', stack_status: 'UPDATE_IN_PROGRESS' };
const cluster = { uuid: 'c1', name: 'prod', status: 'CREATE_COMPLETE', cluster_template_id: 'ct1' };
const volumes = '/block-storage/v3/demo-id';

const samples: readonly Sample[] = [
  {
    word: 'backUpVolume',
    kind: 'block-storage.volume',
    resource: { id: 'v1', name: 'data', status: 'in-use' },
    answers: { name: 'data-backup' },
    sends: [`POST ${volumes}/backups {"backup":{"volume_id":"v1","name":"data-backup","force":true}}`],
  },
  {
    word: 'restoreBackup',
    kind: 'block-storage.backup',
    resource: backup,
    answers: { name: 'nightly-volume' },
    sends: [`POST ${volumes}/backups/b1/restore {"restore":{"name":"nightly-volume"}}`],
  },
  {
    word: 'restoreOver',
    kind: 'block-storage.backup',
    resource: backup,
    answers: { volume_id: 'v1' },
    sends: [`POST ${volumes}/backups/b1/restore {"restore":{"volume_id":"v1"}}`],
  },
  {
    word: 'restoreServer',
    kind: 'compute.server',
    resource: { id: 's1', name: 'web-1', status: 'SOFT_DELETED' },
    sends: ['POST /compute/v2.1/servers/s1/action {"restore":null}'],
  },
  {
    word: 'emptyHost',
    kind: 'compute.hypervisor',
    resource: { id: 'h1', hypervisor_hostname: 'compute1', servers: [{ uuid: 's1' }, { uuid: 's2' }] },
    sends: [
      'POST /compute/v2.1/servers/s1/action {"os-migrateLive":{"host":null,"block_migration":"auto"}}',
      'POST /compute/v2.1/servers/s2/action {"os-migrateLive":{"host":null,"block_migration":"auto"}}',
    ],
  },
  {
    word: 'failOverAmphora',
    kind: 'load-balancer.amphora',
    resource: { id: 'a1', role: 'MASTER', status: 'ALLOCATED' },
    sends: ['PUT /load-balancer/v2/octavia/amphorae/a1/failover'],
  },
  {
    word: 'updateStack',
    kind: 'orchestration.stack',
    resource: { ...stack, stack_status: 'CREATE_COMPLETE' },
    answers: { template: 'heat_template_version: wallaby', environment: 'parameters: {size: 2}' },
    sends: [
      'PUT /orchestration/v1/demo-id/stacks/shop/t1 {"template":"heat_template_version: wallaby","environment":"parameters: {size: 2}"}',
    ],
  },
  {
    word: 'cancelUpdate',
    kind: 'orchestration.stack',
    resource: stack,
    sends: ['POST /orchestration/v1/demo-id/stacks/shop/t1/actions {"cancel_update":null}'],
  },
  {
    word: 'abandonStack',
    kind: 'orchestration.stack',
    resource: stack,
    sends: ['DELETE /orchestration/v1/demo-id/stacks/shop/t1/abandon'],
  },
  {
    word: 'upgradeCluster',
    kind: 'container-infrastructure-management.cluster',
    resource: cluster,
    answers: { cluster_template: 'ct2' },
    sends: ['POST /container-infrastructure-management/v1/clusters/c1/actions/upgrade {"cluster_template":"ct2"}'],
  },
  {
    word: 'rotateCa',
    kind: 'container-infrastructure-management.cluster',
    resource: cluster,
    sends: ['PATCH /container-infrastructure-management/v1/certificates/c1'],
  },
  {
    word: 'abortNode',
    kind: 'baremetal.node',
    resource: { uuid: 'n1', name: 'metal-0', provision_state: 'clean wait' },
    sends: ['PUT /baremetal/v1/nodes/n1/states/provision {"target":"abort"}'],
  },
  {
    word: 'snapshotShare',
    kind: 'shared-file-system.share',
    resource: { id: 's1', name: 'home', status: 'available' },
    answers: { name: 'home-snapshot' },
    sends: ['POST /shared-file-system/v2/snapshots {"snapshot":{"share_id":"s1","name":"home-snapshot"}}'],
  },
  {
    word: 'revertShare',
    kind: 'shared-file-system.share',
    resource: { id: 's1', name: 'home', status: 'available' },
    answers: { snapshot_id: 'sn1' },
    sends: ['POST /shared-file-system/v2/shares/s1/action {"revert":{"snapshot_id":"sn1"}}'],
  },
  {
    word: 'revokeRole',
    kind: 'identity.role_assignment',
    resource: { id: 'x', group: { id: 'g1' }, role: { id: 'r1' }, scope: { system: { all: true } } },
    sends: ['DELETE /identity/v3/system/groups/g1/roles/r1'],
  },
  {
    word: 'delete',
    kind: 'load-balancer.loadbalancer',
    resource: { id: 'l1', name: 'web' },
    sends: ['DELETE /load-balancer/v2/lbaas/loadbalancers/l1?cascade=true'],
  },
];

const written = ({ method, url, body }: { method: string; url: string; body: string }) => `${method} ${url} ${body}`.trim();
const everything = Object.fromEntries(
  ['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [`${method} /*`, { status: 202, json: {} }]),
);

describe('what goes out for', () => {
  for (const { word, kind, resource, answers, sends } of samples) {
    test(`${word} of ${kind}`, async () => {
      await using scripted = await scriptedCloud(everything, { roles: ['admin'] });
      const { project, server } = scripted;
      assert.deepEqual(offeredTo([word], resource, project), [word]);
      assert.ok(kindOf(kind).can?.includes(word));
      const sent = await project.act(kind, resource, word, answers && { answers });
      assert.ok(sent.ok, JSON.stringify(sent));
      assert.deepEqual(server.seen.filter(({ url }) => !url.endsWith('/auth/tokens')).map(written), sends);
    });
  }

  test('each change is told once with the request id of the service, questions are not', async () => {
    const headers = { 'x-openstack-request-id': 'req-1' };
    const refusal = { status: 409, json: { conflictingRequest: { code: 409, message: 'It is locked.' } }, headers };
    const sent: Sent[] = [];
    await using scripted = await scriptedCloud(
      {
        'POST /compute/v2.1/servers/s1/action': (_request, earlier) => (earlier === 0 ? { status: 202, headers } : refusal),
        'GET /compute/*': { json: { servers: [] } },
      },
      { onSent: (one) => sent.push(one) },
    );
    const server = { id: 's1', name: 'web-1', status: 'ACTIVE' };
    await scripted.project.list('compute.server');
    await scripted.project.act('compute.server', server, 'stop');
    await scripted.project.act('compute.server', server, 'stop');
    const console = { method: 'POST', path: '/action', body: { 'os-getConsoleOutput': {} } } as const;
    await scripted.project.ask('compute.server', server, console, 'read the console of server web-1');
    assert.deepEqual(
      sent.map(({ what, where, id }) => [what, where, id]),
      [
        ['stop server web-1', 'scripted › demo', 'req-1'],
        ['stop server web-1', 'scripted › demo', 'req-1'],
      ],
    );
    assert.equal(sent[0]?.outcome, 'accepted');
    assert.match(sent[1]?.outcome ?? '', /It is locked\./);
  });

  test('the first refusal of several changes ends them', async () => {
    const refusal = { status: 409, json: { conflictingRequest: { code: 409, message: 'No valid host was found.' } } };
    await using scripted = await scriptedCloud({ 'POST /compute/*': refusal }, { roles: ['admin'] });
    const hypervisor = { id: 'h1', hypervisor_hostname: 'compute1', servers: [{ uuid: 's1' }, { uuid: 's2' }] };
    const sent = await scripted.project.act('compute.hypervisor', hypervisor, 'emptyHost');
    assert.match(sent.ok ? '' : sent.failure.message, /No valid host was found/);
    assert.deepEqual(scripted.asked('compute.server'), ['POST /compute/v2.1/servers/s1/action']);
  });

  test('a zone share, created below its zone', async () => {
    await using scripted = await scriptedCloud(everything);
    const change = creationOf('dns.zone_share')?.change({ target_project_id: 'p2' }, { id: 'z1' });
    assert.ok(change);
    const made = await scripted.project.create('dns.zone_share', change, { parent: { id: 'z1' } });
    assert.ok(made.ok, JSON.stringify(made));
    assert.deepEqual(scripted.asked('dns.zone'), ['POST /dns/v2/zones/z1/shares']);
  });
});

test("what is the administrator's is offered to administrators only", () => {
  const server = { id: 's1', status: 'ACTIVE', locked: false };
  const words: readonly ActionWord[] = ['stop', 'liveMigrate', 'migrate', 'resetState'];
  assert.deepEqual(offeredTo(words, server, { administers: false }), ['stop']);
  assert.deepEqual(offeredTo(words, server, { administers: true }), words);
});

test('who holds the role `admin` administers, whoever holds another one does not', async () => {
  for (const [role, administers] of [
    ['admin', true],
    ['member', false],
    ['load-balancer_admin', false],
  ] as const) {
    await using scripted = await scriptedCloud({}, { roles: [role] });
    assert.equal(scripted.project.administers, administers, role);
  }
});

test('an administrator lists all projects, and those that may be opened where the service refuses it', async () => {
  const own = { json: { projects: [{ id: 'p1', name: 'demo' }] } };
  const all = {
    json: {
      projects: [
        { id: 'p1', name: 'demo' },
        { id: 'p2', name: 'off', enabled: false },
      ],
    },
  };
  const refusal = { status: 403, json: { error: { code: 403, title: 'Forbidden', message: 'You are not authorized.' } } };
  const names = async (script: Parameters<typeof scriptedCloud>[0], roles: readonly string[]) => {
    await using scripted = await scriptedCloud(script, { roles });
    const list = await scripted.project.list('identity.project');
    assert.ok(list.ok, JSON.stringify(list));
    return list.value.items.map((item) => item['name']).join(' ');
  };
  const both = { 'GET /identity/v3/auth/projects': own, 'GET /identity/v3/projects': all };
  assert.equal(await names(both, ['admin']), 'demo off');
  assert.equal(await names(both, ['member']), 'demo');
  assert.equal(await names({ ...both, 'GET /identity/v3/projects': refusal }, ['admin']), 'demo');
});

test('the values of a record set are one line, and back', () => {
  const values = [
    ['192.0.2.1', '192.0.2.2'],
    ['10 mail.example.org.', '20 mail2.example.org.'],
    ['"v=DKIM1; k=rsa; p=MIG"'],
    ['2001:db8::1'],
  ];
  for (const one of values) assert.deepEqual(recordsOf(recordsText(one)), one);
  assert.deepEqual(recordsOf('192.0.2.1 192.0.2.2,192.0.2.3'), ['192.0.2.1', '192.0.2.2', '192.0.2.3']);
});

describe('the table', () => {
  test('gives every word to a kind, and every kind that is asked for is one', () => {
    const given = new Set(kindIds.flatMap((id) => kindOf(id).can ?? []));
    assert.deepEqual(
      actionWords.filter((word) => !given.has(word)),
      [],
    );
  });

  test('every word is tried against a real service, or its requests are written above', () => {
    const files = ['', 'OfServers', 'OfNetworks', 'OfStorage', 'OfTheRest'].map((name) =>
      readFileSync(new URL(`actions${name}.live.test.ts`, import.meta.url), 'utf8'),
    );
    const tried = files.join('\n').replaceAll(/printOutcomes\([^)]*\)/g, '');
    const untried = actionWords.filter((word) => !new RegExp(`'${word}'`).test(tried));
    assert.deepEqual(
      untried.filter((word) => !samples.some((sample) => sample.word === word)),
      [],
    );
  });

  test('a title ends in … where something is asked', () => {
    const asking = actionWords.filter((word) => (actions[word].asks?.length ?? 0) > 0);
    assert.deepEqual(
      actionWords.filter((word) => actions[word].title.endsWith('…') !== asking.includes(word)),
      [],
    );
  });
});
