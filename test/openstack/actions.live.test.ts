/** The words of the table of actions against the sandbox: which were carried out, and what the service says of those that it does not take here. Others: `actions….live.test.ts` beside this file. */
import assert from 'node:assert/strict';
import type { ActionWord } from '../../src/openstack/actions/actionWords.ts';
import { textAt } from '../../src/openstack/columns.ts';
import { idOf, nameOf } from '../../src/openstack/display.ts';
import { bench, noted, present, printOutcomes, refused } from './actionBench.ts';

const mark = `act-${process.pid}`;

bench('a server', async ({ send, find, act }) => {
  const kind = 'compute.server';
  const [flavor, picture, network] = await Promise.all([
    find('compute.flavor', 'm1.tiny'),
    find('image.image', 'cirros-0.6'),
    find('network.network', 'private'),
  ]);
  const body = { name: mark, flavorRef: flavor['id'], imageRef: picture['id'], networks: [{ uuid: network['id'] }] };
  await send('compute', 'POST', '/servers', { server: body });
  await send('block-storage', 'POST', '/volumes', { volume: { name: mark, size: 1 } });
  let server = await find(kind, mark);
  const steps: readonly (readonly [ActionWord, RegExp])[] = [
    ['reboot', /"ACTIVE"/],
    ['hardReboot', /"ACTIVE"/],
    ['pause', /"PAUSED"/],
    ['unpause', /"ACTIVE"/],
    ['suspend', /"SUSPENDED"/],
    ['resume', /"ACTIVE"/],
    ['lock', /"locked":true/],
    ['unlock', /"locked":false/],
    ['rescue', /"RESCUE"/],
    ['unrescue', /"ACTIVE"/],
    ['shelve', /"SHELVED(_OFFLOADED)?"/],
    ['unshelve', /"ACTIVE"/],
    ['stop', /"SHUTOFF"/],
    ['start', /"ACTIVE"/],
  ];
  for (const [word, until] of steps) server = present(await act(kind, server, word, { until }));
  const larger = await find('compute.flavor', 'm1.small');
  for (const word of ['revertResize', 'confirmResize'] as const) {
    const resized = await act(kind, server, 'resize', {
      answers: { flavorRef: idOf('compute.flavor', larger) },
      until: /"VERIFY_RESIZE"/,
    });
    server = present(await act(kind, present(resized), word, { until: /"ACTIVE"/ }));
  }
  assert.equal(textAt(server, 'flavor.original_name'), 'm1.small');
  server = present(
    await act(kind, server, 'rename', { answers: { name: `${mark}-renamed` }, until: new RegExp(`"${mark}-renamed"`) }),
  );
  const volume = await find('block-storage.volume', mark);
  server = present(
    await act(kind, server, 'attachVolume', {
      answers: { volumeId: idOf('block-storage.volume', volume) },
      until: /volumes_attached":\[\{/,
    }),
  );
  server = present(await act(kind, server, 'attachNetwork', { answers: { net_id: String(network['id']) } }));
  server = present(await act(kind, server, 'createImage', { answers: { name: mark } }));
  server = present(await act(kind, server, 'rebuild', { answers: { imageRef: String(picture['id']) }, until: /"ACTIVE"/ }));
  assert.equal(await act(kind, server, 'delete'), undefined);
  await act('block-storage.volume', await find('block-storage.volume', mark), 'delete');
  const made = await find('image.image', mark);
  const renamed = present(
    await act('image.image', made, 'renameImage', { answers: { name: `${mark}-image` }, until: new RegExp(`${mark}-image`) }),
  );
  const off = present(
    await act('image.image', renamed, 'deactivate', { until: /"deactivated"/ }).catch((error: Error) =>
      refused('deactivate', error, renamed),
    ),
  );
  if (textAt(off, 'status') === 'deactivated') await act('image.image', off, 'reactivate', { until: /"active"/ });
  await act('image.image', off, 'delete');
});

bench('a volume', async ({ project, send, find, act }) => {
  const kind = 'block-storage.volume';
  await send('block-storage', 'POST', '/volumes', { volume: { name: `${mark}-v`, size: 1, volume_type: 'hdd' } });
  let volume = await find(kind, `${mark}-v`);
  volume = present(await act(kind, volume, 'extendVolume', { answers: { new_size: '2' }, until: /"size":2/ }));
  volume = present(await act(kind, volume, 'rename', { answers: { name: `${mark}-w` }, until: new RegExp(`${mark}-w`) }));
  volume = present(await act(kind, volume, 'snapshotVolume', { answers: { name: `${mark}-s` } }));
  const snapshot = await find('block-storage.snapshot', `${mark}-s`);
  assert.equal(await act('block-storage.snapshot', snapshot, 'delete'), undefined);
  const ssd = await find('block-storage.type', 'ssd');
  volume = present(await act(kind, volume, 'retypeVolume', { answers: { new_type: idOf('block-storage.type', ssd) } }));
  // One driver cannot take over what another one keeps: the service gives up and says nothing.
  if (textAt(volume, 'volume_type') !== 'ssd') noted('retypeVolume', 'accepted, not carried out');
  volume = present(
    await act(kind, volume, 'uploadVolume', { answers: { name: `${mark}-u` } }).catch((error: Error) =>
      refused('uploadVolume', error, volume),
    ),
  );
  // Its bytes never come: the sandbox's volumes have none.
  const images = await project.list('image.image', { freshness: 'fresh' });
  assert.ok(images.ok);
  const uploaded = images.value.items.find((one) => nameOf('image.image', one) === `${mark}-u`) ?? assert.fail('no image');
  assert.equal(await act('image.image', uploaded, 'delete'), undefined);
  assert.equal(await act(kind, await find(kind, `${mark}-w`), 'delete'), undefined);
});

bench('networks, routers, floating IPs and groups', async ({ project, send, find, act }) => {
  const network = async () => find('network.network', mark);
  await send('network', 'POST', '/networks', { network: { name: mark } });
  const id = (await network())['id'];
  await send('network', 'POST', '/subnets', { subnet: { name: mark, network_id: id, ip_version: 4, cidr: '10.77.0.0/24' } });
  await send('network', 'POST', '/routers', { router: { name: mark } });
  await send('network', 'POST', '/ports', { port: { name: mark, network_id: id } });
  const outside = await find('network.network', 'public');
  let router = await find('network.router', mark);
  const subnet = await find('network.subnet', mark);
  const answers = { subnet_id: idOf('network.subnet', subnet) };
  router = present(await act('network.router', router, 'addInterface', { answers }));
  await send('network', 'POST', `/floatingips`, { floatingip: { floating_network_id: outside['id'], description: mark } });
  const addresses = await project.list('network.floating_ip', { freshness: 'fresh' });
  assert.ok(addresses.ok);
  const address = addresses.value.items.find((one) => one['description'] === mark) ?? assert.fail('no floating IP');
  const port = await find('network.port', mark);
  const gateway = (info: unknown) =>
    send('network', 'PUT', `/routers/${router['id']}`, { router: { external_gateway_info: info } });
  await gateway({ network_id: outside['id'] });
  const bound = await act('network.floating_ip', address, 'associate', {
    answers: { port_id: idOf('network.port', port) },
    until: /"10\.77\./,
  });
  const free = await act('network.floating_ip', present(bound), 'disassociate', { until: /"port_id":null/ });
  assert.equal(await act('network.floating_ip', present(free), 'delete'), undefined);
  await gateway({});
  router = present(await act('network.router', await find('network.router', mark), 'removeInterface', { answers }));
  for (const kind of ['network.port', 'network.router', 'network.subnet', 'network.network'] as const) {
    const renamed = await act(kind, await find(kind, mark), 'rename', {
      answers: { name: `${mark}-2` },
      until: new RegExp(`${mark}-2`),
    });
    assert.equal(await act(kind, present(renamed), 'delete'), undefined);
  }
  await send('network', 'POST', '/security-groups', { security_group: { name: mark } });
  const group = await find('network.security_group', mark);
  const rules = await project.list('network.security_group_rule', {
    where: { security_group_id: String(group['id']) },
    freshness: 'fresh',
  });
  assert.ok(rules.ok);
  const rule = rules.value.items[0] ?? assert.fail('no rule');
  assert.equal(await act('network.security_group_rule', rule, 'delete'), undefined);
  assert.equal(await act('network.security_group', group, 'delete'), undefined);
});

bench('a load balancer and its parts', async ({ project, send, find, act }) => {
  const subnets = await project.list('network.subnet');
  assert.ok(subnets.ok);
  const subnet =
    subnets.value.items.find((one) => one['network_id'] && String(one['cidr']).startsWith('10.')) ?? assert.fail('no subnet');
  await send('load-balancer', 'POST', '/lbaas/loadbalancers', { loadbalancer: { name: mark, vip_subnet_id: subnet['id'] } });
  let balancer = await find('load-balancer.loadbalancer', mark);
  const part = async (path: string, body: unknown) => {
    await find('load-balancer.loadbalancer', nameOf('load-balancer.loadbalancer', balancer));
    await send('load-balancer', 'POST', `/lbaas/${path}`, body);
  };
  await part('listeners', { listener: { name: mark, protocol: 'HTTP', protocol_port: 80, loadbalancer_id: balancer['id'] } });
  await find('load-balancer.listener', mark);
  await part('pools', { pool: { name: mark, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', loadbalancer_id: balancer['id'] } });
  const pool = await find('load-balancer.pool', mark);
  await part(`pools/${pool['id']}/members`, { member: { name: mark, address: '10.0.0.77', protocol_port: 80 } });
  const member = await find('load-balancer.member', mark, pool);
  const drained = present(await act('load-balancer.member', member, 'drain', { parent: pool, until: /"weight":0/ }));
  assert.equal(await act('load-balancer.member', drained, 'delete', { parent: pool }), undefined);
  await find('load-balancer.loadbalancer', mark);
  balancer = present(
    await act('load-balancer.loadbalancer', balancer, 'rename', {
      answers: { name: `${mark}-2` },
      until: new RegExp(`"${mark}-2"`),
    }),
  );
  // With everything below it.
  assert.equal(await act('load-balancer.loadbalancer', balancer, 'delete'), undefined);
});

bench('a stack', async ({ send, find, act }) => {
  const template = { heat_template_version: '2018-08-31', resources: { nothing: { type: 'OS::Heat::None' } } };
  await send('orchestration', 'POST', '/stacks', { stack_name: mark, template, timeout_mins: 5 });
  const kind = 'orchestration.stack';
  let stack = await find(kind, mark);
  stack = present(await act(kind, stack, 'checkStack', { until: /"CHECK_COMPLETE"/ }));
  stack = present(await act(kind, stack, 'suspendStack', { until: /"SUSPEND_COMPLETE"/ }));
  stack = present(await act(kind, stack, 'resumeStack', { until: /"RESUME_COMPLETE"/ }));
  await act(kind, stack, 'delete');
});

bench('a zone, a container, a secret, a key pair, a server group', async ({ send, find, act }) => {
  await send('dns', 'POST', '/v2/zones', { name: `${mark}.example.`, email: 'nobody@example.org' });
  const zone = await find('dns.zone', `${mark}.example.`);
  await send('dns', 'POST', `/v2/zones/${zone['id']}/recordsets`, {
    name: `www.${mark}.example.`,
    type: 'A',
    records: ['192.0.2.1'],
  });
  const record = await find('dns.recordset', `www.${mark}.example.`, zone);
  await act('dns.recordset', record, 'delete', { parent: zone });
  await act('dns.zone', zone, 'delete');
  await send('object-store', 'PUT', `/${mark}`);
  await act('object-store.container', await find('object-store.container', mark), 'delete');
  await send('key-manager', 'POST', '/v1/secrets', { name: mark, payload: 'nothing', payload_content_type: 'text/plain' });
  await act('key-manager.secret', await find('key-manager.secret', mark), 'delete');
  const public_key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB6UnIVOSRPQ8Hhd2VtPBXy1YvUOrJ0YBDVgEM0Y0Gxc made@example';
  await send('compute', 'POST', '/os-keypairs', { keypair: { name: mark, public_key } });
  assert.equal(await act('compute.keypair', await find('compute.keypair', mark), 'delete'), undefined);
  await send('compute', 'POST', '/os-server-groups', { server_group: { name: mark, policy: 'anti-affinity' } });
  await act('compute.server_group', await find('compute.server_group', mark), 'delete');
});

bench('the console of a server is read, and may be opened', async ({ project, find }) => {
  const server = await find('compute.server', 'k8s-prod-worker-1');
  const log = await project.ask(
    'compute.server',
    server,
    { method: 'POST', path: '/action', body: { 'os-getConsoleOutput': { length: 5 } } },
    'read its console',
  );
  assert.ok(log.ok, JSON.stringify(log));
  assert.match(JSON.stringify(log.value), /"output":".+"/);
  const console = {
    method: 'POST',
    path: '/remote-consoles',
    body: { remote_console: { protocol: 'vnc', type: 'novnc' } },
  } as const;
  const opened = await project.ask('compute.server', server, console, 'open its console');
  // Whether the hypervisor of the sandbox has one is its affair; the answer is a URL or a sentence.
  if (opened.ok) assert.match(JSON.stringify(opened.value), /"url":"http/);
  else assert.match(opened.failure.message, /console/i);
});

bench('what the service refuses is one sentence, and nothing changed', async ({ project, find }) => {
  const network = await find('network.network', 'private');
  const refusal = await project.act('network.network', network, 'delete');
  assert.ok(!refusal.ok);
  assert.equal(refusal.failure.reason, 'conflict');
  assert.match(refusal.failure.message, /private|in use|ports/i);
  assert.match(refusal.failure.requestId ?? '', /^req-/);
});

printOutcomes({ backUpVolume: 'no cinder-backup runs in the sandbox: test/openstack/actionRequests.test.ts' });
