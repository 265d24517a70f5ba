/** What is plugged into a server and written on it, and what administrators do to servers and hosts, against the sandbox; looked at past the extension. */
import assert from 'node:assert/strict';
import type { Resource } from '../../src/openstack/kind.ts';
import { type Bench, bench, eventually, present, printOutcomes, refused } from './actionBench.ts';

const mark = `parts-${process.pid}`;
const kind = 'compute.server';

/** A server of its own, once it is up. */
async function serverOf({ as, find }: Bench, name: string): Promise<Resource> {
  const [flavor, image, network] = await Promise.all([
    find('compute.flavor', 'm1.tiny'),
    find('image.image', 'cirros-0.6'),
    find('network.network', 'private'),
  ]);
  const body = { name, flavorRef: flavor['id'], imageRef: image['id'], networks: [{ uuid: network['id'] }] };
  await as('demo')('compute', 'POST', '/servers', { server: body });
  return await find(kind, name);
}

bench('the parts of a server come and go', async (one) => {
  const { send, find, act, project } = one;
  let server = await serverOf(one, mark);
  const seen = `compute /servers/${server['id']}`;
  await send('block-storage', 'POST', '/volumes', { volume: { name: mark, size: 1 } });
  const volume = String((await find('block-storage.volume', mark))['id']);
  server = present(await act(kind, server, 'attachVolume', { answers: { volumeId: volume }, seen, until: new RegExp(volume) }));
  await find('block-storage.volume', mark);
  const list = await project.list('compute.volume_attachment', { parent: server, freshness: 'fresh' });
  assert.ok(list.ok && list.value.items[0], JSON.stringify(list));
  const [attachment] = list.value.items;
  assert.equal(await act('compute.volume_attachment', attachment, 'detach', { parent: server }), undefined);
  await find('block-storage.volume', mark);
  server = present(await act(kind, server, 'attachVolume', { answers: { volumeId: volume }, seen, until: new RegExp(volume) }));
  await find('block-storage.volume', mark);
  server = present(await act(kind, server, 'detachVolume', { answers: { volume }, seen, until: /volumes_attached":\[\]/ }));
  await act('block-storage.volume', await find('block-storage.volume', mark), 'delete');

  await send('network', 'POST', '/security-groups', { security_group: { name: mark } });
  server = present(
    await act(kind, server, 'addSecurityGroup', { answers: { name: mark }, seen, until: new RegExp(`"${mark}"}`) }),
  );
  server = present(
    await act(kind, server, 'removeSecurityGroup', {
      answers: { name: mark },
      seen,
      until: /security_groups":\[{"name":"default"}\]/,
    }),
  );
  await act('network.security_group', await find('network.security_group', mark), 'delete');

  const outside = await find('network.network', 'public');
  await send('network', 'POST', '/floatingips', { floatingip: { floating_network_id: outside['id'], description: mark } });
  const addresses = await project.list('network.floating_ip', { freshness: 'fresh' });
  const ports = await project.list('network.port', { where: { device_id: String(server['id']) }, freshness: 'fresh' });
  assert.ok(addresses.ok && ports.ok);
  const address = addresses.value.items.find((item) => item['description'] === mark) ?? assert.fail('no floating IP');
  const port = ports.value.items[0] ?? assert.fail('no port');
  const looked = `network /floatingips/${address['id']}`;
  server = present(
    await act(kind, server, 'addFloatingIp', {
      answers: { address: String(address['id']), port_id: String(port['id']) },
      seen: looked,
      until: new RegExp(`"port_id":"${port['id']}"`),
    }),
  );
  // Nova hears of it a little later.
  server = await eventually('the floating address of the server', async () => {
    const now = await project.renew(kind, String(server['id']));
    return now.ok && JSON.stringify(now.value).includes('floating') ? now.value : undefined;
  });
  server = present(
    await act(kind, server, 'removeFloatingIp', {
      answers: { address: String(address['id']) },
      seen: looked,
      until: /"port_id":null/,
    }),
  );
  await act('network.floating_ip', address, 'delete');
  server = present(
    await act(kind, server, 'detachNetwork', {
      answers: { port: String(port['id']) },
      seen: `network /ports?device_id=${server['id']}`,
      until: /"ports":\[\]/,
    }),
  );

  const labelled = { answers: { key: 'tier', value: 'front' }, seen, until: /"tier":"front"/ };
  server = present(await act(kind, server, 'setMetadata', labelled));
  server = present(await act(kind, server, 'removeMetadata', { answers: { key: 'tier' }, seen, until: /"metadata":{}/ }));
  server = present(await act(kind, server, 'addTag', { answers: { tag: 'blue green' }, seen, until: /"tags":\["blue green"\]/ }));
  server = present(await act(kind, server, 'removeTag', { answers: { tag: 'blue green' }, seen, until: /"tags":\[\]/ }));
  server = present(
    await act(kind, server, 'setDescription', { answers: { description: 'in front' }, seen, until: /"in front"/ }),
  );
  await act(kind, server, 'delete');
});

bench(
  'an administrator moves servers between hosts, resets and ends them, and empties an aggregate',
  async (one) => {
    const { send, find, act, project } = one;
    let server = await serverOf(one, `${mark}-moved`);
    const seen = `compute /servers/${server['id']}`;
    const hostOf = (of: Resource) => String(of['OS-EXT-SRV-ATTR:host']);
    const other = () => (hostOf(server) === 'compute1' ? 'compute2' : 'compute1');
    const at = (host: string) => new RegExp(`SRV-ATTR:host":"${host}"`);

    server = present(await act(kind, server, 'liveMigrate', { answers: { host: other() }, seen, until: at(other()) }));
    const cold = await act(kind, server, 'migrate', { seen, until: /"VERIFY_RESIZE"/ });
    server = present(await act(kind, present(cold), 'confirmResize', { seen, until: /"ACTIVE"/ }));
    server = present(await act(kind, server, 'resetState', { answers: { state: 'error' }, seen, until: /"status":"ERROR"/ }));
    server = present(await act(kind, server, 'resetState', { answers: { state: 'active' }, seen, until: /"status":"ACTIVE"/ }));

    const services = await project.list('compute.service', { freshness: 'fresh' });
    assert.ok(services.ok);
    const isHere = (item: Resource) => item['binary'] === 'nova-compute' && item['host'] === hostOf(server);
    let service = services.value.items.find(isHere) ?? assert.fail('no service');
    const host = `compute /os-services?host=${service['host']}&binary=nova-compute`;
    const reason = { answers: { disabled_reason: mark }, seen: host, until: new RegExp(`"${mark}"`) };
    service = present(await act('compute.service', service, 'disableHost', reason));
    service = present(await act('compute.service', service, 'enableHost', { seen: host, until: /"status":"enabled"/ }));
    service = present(await act('compute.service', service, 'forceDown', { seen: host, until: /"forced_down":true/ }));
    try {
      const target = other();
      server = present(await act(kind, server, 'evacuate', { answers: { host: target }, seen, until: at(target) }));
      server = present(await act(kind, server, 'resetState', { answers: { state: 'error' }, seen, until: /"status":"ERROR"/ }));
      assert.equal(await act(kind, server, 'forceDelete'), undefined);
    } finally {
      // Nova takes a host back only once nothing is left of what was evacuated from it.
      await send('compute', 'DELETE', `/servers/${server['id']}`).catch(() => ({}));
      await act('compute.service', service, 'endForceDown', { seen: host, until: /"forced_down":false/ });
    }

    await send('compute', 'POST', '/os-aggregates', { aggregate: { name: mark } });
    let aggregate = await find('compute.aggregate', mark);
    const group = `compute /os-aggregates/${aggregate['id']}`;
    const added = { answers: { host: 'compute2' }, seen: group, until: /"hosts":\["compute2"\]/ };
    aggregate = present(await act('compute.aggregate', aggregate, 'addHost', added));
    const written = { answers: { key: 'ssd', value: 'true' }, seen: group, until: /"ssd":"true"/ };
    aggregate = present(await act('compute.aggregate', aggregate, 'setAggregateMetadata', written));
    const gone = { answers: { host: 'compute2' }, seen: group, until: /"hosts":\[\]/ };
    aggregate = present(await act('compute.aggregate', aggregate, 'removeHost', gone));
    assert.equal(await act('compute.aggregate', aggregate, 'delete'), undefined);
  },
  'admin',
);

bench(
  'an administrator says who may use a flavor, and what it stands for',
  async ({ send, find, act, project }) => {
    const body = { name: mark, ram: 64, vcpus: 1, disk: 1, 'os-flavor-access:is_public': false };
    await send('compute', 'POST', '/flavors', { flavor: body });
    let flavor = await find('compute.flavor', mark);
    const access = `compute /flavors/${flavor['id']}/os-flavor-access`;
    const tenant = { answers: { tenant: project.id } };
    flavor = present(
      await act('compute.flavor', flavor, 'grantFlavor', { ...tenant, seen: access, until: new RegExp(project.id) }),
    );
    flavor = present(await act('compute.flavor', flavor, 'revokeFlavor', { ...tenant, seen: access, until: /access":\[\]/ }));
    const specs = `compute /flavors/${flavor['id']}/os-extra_specs`;
    const written = { answers: { key: 'hw:cpu_policy', value: 'dedicated' }, seen: specs, until: /"hw:cpu_policy":"dedicated"/ };
    flavor = present(await act('compute.flavor', flavor, 'setFlavorSpec', written));
    const gone = { answers: { key: 'hw:cpu_policy' }, seen: specs, until: /specs":{}/ };
    flavor = present(await act('compute.flavor', flavor, 'removeFlavorSpec', gone));
    await send('compute', 'DELETE', `/flavors/${flavor['id']}`);
  },
  'admin',
);

bench(
  'limits of a project, of every service that has some, below the project',
  async ({ send, find, act, project }) => {
    await send('identity', 'POST', '/projects', { project: { name: mark, domain_id: 'default' } }).catch(() => ({}));
    const { projects } = await send('identity', 'GET', `/projects?name=${mark}`);
    const made = Array.isArray(projects) ? projects[0] : assert.fail('no project');
    const at = `${made.id}`;
    const limits = [
      ['compute.quota', 'cores', `compute /os-quota-sets/${at}`],
      ['network.quota', 'port', `network /quotas/${at}`],
      ['block-storage.quota', 'volumes', `block-storage /os-quota-sets/${at}`],
      ['load-balancer.quota', 'load_balancer', `load-balancer /lbaas/quotas/${at}`],
    ] as const;
    try {
      for (const [of, name, seen] of limits) {
        assert.ok(project.offers(of), of);
        const limit = await find(of, name, made);
        const until = new RegExp(`"${name}":17\\b`);
        const trial = { answers: { limit: '17' }, parent: made, seen, until };
        const now = await act(of, limit, 'setQuota', trial).catch((error: Error) => refused('setQuota', error, limit));
        assert.equal(present(now)['value'], 17, of);
      }
    } finally {
      await send('identity', 'DELETE', `/projects/${at}`);
    }
  },
  'admin',
);

printOutcomes({
  restoreServer: 'the sandbox deletes at once (reclaim_instance_interval is 0)',
  emptyHost: "would move the seed's servers: test/openstack/actionRequests.test.ts",
});
