/** What is done to stacks, zones, bare metal, shares, clusters and identities, against the sandbox; looked at past the extension. */
import assert from 'node:assert/strict';
import type { ActionWord } from '../../src/openstack/actions/actionWords.ts';
import { creationOf } from '../../src/openstack/creations/creations.ts';
import type { Answers } from '../../src/openstack/field.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import { bench, eventually, present, printOutcomes, refused } from './actionBench.ts';

const mark = `rest-${process.pid}`;

bench('a stack is abandoned, if the service lets its owner', async ({ send, find, act }) => {
  const kind = 'orchestration.stack';
  const template = { heat_template_version: '2018-08-31', resources: { nothing: { type: 'OS::Heat::None' } } };
  await send('orchestration', 'POST', '/stacks', { stack_name: mark, template, timeout_mins: 5 });
  const stack = await find(kind, mark);
  const gone = await act(kind, stack, 'abandonStack').catch((error: Error) => refused('abandonStack', error, stack));
  if (gone) await act(kind, stack, 'delete');
});

bench(
  'a zone and its records are edited; a zone is offered, and one that is offered is taken',
  async ({ as, send, find, act, project }) => {
    const zone = await (async () => {
      await send('dns', 'POST', '/v2/zones', { name: `${mark}.example.`, email: 'nobody@example.org' });
      return find('dns.zone', `${mark}.example.`);
    })();
    const seen = `dns /v2/zones/${zone['id']}`;
    const edited = { answers: { email: 'dns@example.org', ttl: '600' }, seen, until: /(?=.*"ttl":600).*dns@example\.org/ };
    const now = present(await act('dns.zone', zone, 'editZone', edited));
    const body = { name: `www.${mark}.example.`, type: 'A', records: ['192.0.2.1'] };
    await send('dns', 'POST', `/v2/zones/${zone['id']}/recordsets`, body);
    const record = await find('dns.recordset', `www.${mark}.example.`, zone);
    const records = {
      answers: { records: '192.0.2.7 | 192.0.2.8', ttl: '60' },
      parent: zone,
      seen: `${seen}/recordsets/${record['id']}`,
      until: /(?=.*"ttl":60).*192\.0\.2\.7.*192\.0\.2\.8|192\.0\.2\.8.*192\.0\.2\.7/,
    };
    await act('dns.recordset', record, 'editRecords', records);
    const bob = as('ops');
    const { projects } = (await bob('identity', 'GET', '/auth/projects')) as { projects: readonly Resource[] };
    const target_project_id = String(projects.find((one) => one['name'] === 'ops')?.['id']);
    const offered = {
      answers: { target_project_id },
      seen: 'dns /v2/zones/tasks/transfer_requests',
      until: new RegExp(`${zone['id']}`),
    };
    await act('dns.zone', now, 'transferZone', offered);
    const transfers = await project.list('dns.zone_transfer', { freshness: 'fresh' });
    assert.ok(transfers.ok);
    const transfer = transfers.value.items.find((one) => one['zone_id'] === zone['id']) ?? assert.fail('no transfer');
    assert.equal(transfer['key'], undefined);
    await act('dns.zone_transfer', transfer, 'delete');
    await act('dns.zone', now, 'delete');

    await bob('dns', 'POST', '/v2/zones', { name: `${mark}-bob.example.`, email: 'bob@example.org' });
    const bobs = await eventually('the zone of bob', async () => {
      const { zones } = await bob('dns', 'GET', `/v2/zones?name=${mark}-bob.example.`);
      return Array.isArray(zones) && zones[0]?.status === 'ACTIVE' ? (zones[0] as Resource) : undefined;
    });
    const given = await bob('dns', 'POST', `/v2/zones/${bobs['id']}/tasks/transfer_requests`, { target_project_id: project.id });
    const theirs = await project.list('dns.zone_transfer', { freshness: 'fresh' });
    assert.ok(theirs.ok, JSON.stringify(theirs));
    const mine = theirs.value.items.find((one) => one['id'] === given['id']) ?? assert.fail('the offer is not seen');
    const taken = {
      answers: { key: String(given['key']) },
      seen: `dns /v2/zones?name=${mark}-bob.example.`,
      until: new RegExp(project.id),
    };
    await act('dns.zone_transfer', mine, 'acceptZone', taken);
    await act('dns.zone', await find('dns.zone', `${mark}-bob.example.`), 'delete');
  },
);

bench(
  'a bare metal node goes round its states',
  async ({ send, act, project }) => {
    const kind = 'baremetal.node';
    const all = {
      deploy_interface: 'fake',
      inspect_interface: 'fake',
      boot_interface: 'fake',
      management_interface: 'fake',
      network_interface: 'noop',
      power_interface: 'fake',
    };
    const made = await send('baremetal', 'POST', '/v1/nodes', { driver: 'fake-hardware', name: mark, ...all });
    assert.ok(made['uuid']);
    let node = await eventually('the node', async () => {
      const list = await project.list(kind, { freshness: 'fresh' });
      assert.ok(list.ok, JSON.stringify(list));
      return list.value.items.find((one) => one['name'] === mark);
    });
    const seen = `baremetal /v1/nodes/${node['uuid']}`;
    const steps: readonly (readonly [ActionWord, Answers, RegExp])[] = [
      ['manageNode', {}, /"provision_state":"manageable"/],
      ['inspectNode', {}, /"provision_state":"manageable"/],
      ['powerOnNode', {}, /"power_state":"power on"/],
      ['softRebootNode', {}, /"power_state":"power on"/],
      ['rebootNode', {}, /"power_state":"power on"/],
      ['softPowerOffNode', {}, /"power_state":"power off"/],
      ['powerOnNode', {}, /"power_state":"power on"/],
      ['powerOffNode', {}, /"power_state":"power off"/],
      ['setBootDevice', { boot_device: 'pxe', how: 'From now on' }, /./],
      ['startMaintenance', { reason: mark }, new RegExp(`"maintenance_reason":"${mark}"`)],
      ['endMaintenance', {}, /"maintenance":false/],
      ['provideNode', {}, /"provision_state":"available"/],
      ['deployNode', {}, /"provision_state":"active"/],
      ['rebuildNode', {}, /"provision_state":"active"/],
      ['undeployNode', {}, /"provision_state":"available"/],
    ];
    for (const [word, answers, until] of steps) node = present(await act(kind, node, word, { answers, seen, until }));
    const { boot_device } = await send('baremetal', 'GET', `/v1/nodes/${node['uuid']}/management/boot_device`);
    assert.equal(boot_device, 'pxe');
    await send('baremetal', 'DELETE', `/v1/nodes/${node['uuid']}`);
  },
  'admin',
);

bench('a share is renamed, labelled, made larger and smaller; who may use it', async ({ send, find, act, project }) => {
  const kind = 'shared-file-system.share';
  const body = { name: mark, share_proto: 'NFS', size: 1, share_type: 'default' };
  const { share: made } = await send('sharev2', 'POST', '/shares', { share: body });
  let share = await find(kind, mark);
  const seen = `sharev2 /shares/${share['id']}`;
  assert.equal(share['id'], (made as Resource)['id']);
  const steps: readonly (readonly [ActionWord, Answers, RegExp])[] = [
    ['setMetadata', { key: 'of', value: 'shop' }, /"of":"shop"/],
    ['removeMetadata', { key: 'of' }, /"metadata":{}/],
    ['extendShare', { new_size: '3' }, /"size":3/],
    ['shrinkShare', { new_size: '2' }, /"size":2/],
    ['renameShare', { display_name: `${mark}-2` }, new RegExp(`"${mark}-2"`)],
  ];
  for (const [word, answers, until] of steps)
    share = present(await act(kind, share, word, { answers, seen, until }).catch((error: Error) => refused(word, error, share)));
  const creation = creationOf('shared-file-system.access_rule') ?? assert.fail('no creation');
  const change = creation.change({ access_type: 'ip', access_to: '10.0.0.0/24', access_level: 'ro' }, share);
  const allowed = await project.create('shared-file-system.access_rule', change, { parent: share });
  assert.ok(allowed.ok, JSON.stringify(allowed));
  const rule = await find('shared-file-system.access_rule', '10.0.0.0/24', share);
  assert.equal(rule['access_level'], 'ro');
  await act('shared-file-system.access_rule', rule, 'denyAccess', { parent: share });
  await act(kind, share, 'delete');
});

bench(
  'an administrator resets a share',
  async ({ as, find, act }) => {
    const kind = 'shared-file-system.share';
    const body = { name: `${mark}-reset`, share_proto: 'NFS', size: 1, share_type: 'default' };
    await as('demo')('sharev2', 'POST', '/shares', { share: body });
    let share = await find(kind, `${mark}-reset`);
    for (const status of ['error', 'available']) {
      const until = new RegExp(`"status":"${status}"`);
      share = present(
        await act(kind, share, 'resetShare', { answers: { status }, seen: `sharev2 /shares/${share['id']}`, until }),
      );
    }
    await act(kind, share, 'delete');
  },
  'admin',
);

bench('a cluster is resized, upgraded and given a new authority', async ({ send, find, act }) => {
  const kind = 'container-infrastructure-management.cluster';
  const template = await find('container-infrastructure-management.cluster_template', 'k8s-1.23');
  const body = { name: mark, cluster_template_id: template['uuid'], keypair: 'alice-key', node_count: 1 };
  await send('container-infra', 'POST', '/clusters', body);
  let cluster = await find(kind, mark);
  const seen = `container-infra /clusters/${cluster['uuid']}`;
  const steps: readonly (readonly [ActionWord, Answers, RegExp])[] = [
    ['rotateCa', {}, /_COMPLETE/],
    ['upgradeCluster', { cluster_template: String(template['uuid']) }, /_COMPLETE/],
    ['resizeCluster', { node_count: '2' }, /"node_count":2/],
  ];
  for (const [word, answers, until] of steps)
    cluster = present(
      // The sandbox's driver never ends an update.
      await act(kind, cluster, word, { answers, seen, until, unsettled: true }).catch((error: Error) =>
        refused(word, error, cluster),
      ),
    );
  await act(kind, cluster, 'delete');
});

bench(
  'an administrator enables, disables and assigns',
  async ({ send, find, act }) => {
    const { project } = await send('identity', 'POST', '/projects', { project: { name: mark, domain_id: 'default' } });
    const { user } = await send('identity', 'POST', '/users', { user: { name: mark, domain_id: 'default' } });
    const { group } = await send('identity', 'POST', '/groups', { group: { name: mark, domain_id: 'default' } });
    const id = (of: unknown) => String((of as Resource)['id']);
    const at = {
      'identity.project': `identity /projects/${id(project)}`,
      'identity.user': `identity /users/${id(user)}`,
    } as const;
    for (const kind of ['identity.project', 'identity.user'] as const) {
      const off = await act(kind, await find(kind, mark), 'disable', { seen: at[kind], until: /"enabled":false/ });
      await act(kind, present(off), 'enable', { seen: at[kind], until: /"enabled":true/ });
    }
    const role = String((await find('identity.role', 'reader'))['id']);
    const row = await find('identity.project', mark);
    for (const [whom, who] of [
      ['user', id(user)],
      ['group', id(group)],
    ] as const) {
      const seen = `identity /role_assignments?scope.project.id=${id(project)}&${whom}.id=${who}`;
      await act('identity.project', row, 'assignRole', { answers: { whom, who, role }, seen, until: new RegExp(role) });
      const assignment = await find('identity.role_assignment', `${mark} reader`);
      assert.equal(
        await act('identity.role_assignment', assignment, 'revokeRole', { seen, until: /assignments":\[\]/ }),
        undefined,
      );
    }
    await send('identity', 'DELETE', `/groups/${id(group)}`);
    await send('identity', 'DELETE', `/users/${id(user)}`);
    await send('identity', 'DELETE', `/projects/${id(project)}`);
  },
  'admin',
);

printOutcomes({
  updateStack: 'carried out in the window: test/e2e/ui/memberStories.ts',
  cancelUpdate: 'an update in the sandbox is over before it could be cancelled: test/openstack/actionRequests.test.ts',
  abortNode: 'nothing of the fake hardware waits: test/openstack/actionRequests.test.ts',
  snapshotShare: "the sandbox's share back end takes no snapshots: test/openstack/actionRequests.test.ts",
  revertShare: "the sandbox's share back end takes no snapshots: test/openstack/actionRequests.test.ts",
});
