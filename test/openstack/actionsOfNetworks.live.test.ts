/** What is done to networks and load balancers, against the sandbox; looked at past the extension. */
import assert from 'node:assert/strict';
import type { ActionWord } from '../../src/openstack/actions/actionWords.ts';
import { idOf } from '../../src/openstack/display.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import { type Bench, bench, present, printOutcomes, type Trial } from './actionBench.ts';

const mark = `net-${process.pid}`;

/** Does words to one resource, one after the other; where it is looked at does not change. */
async function inTurn(
  { act }: Bench,
  kind: KindId,
  resource: Resource,
  seen: string,
  steps: readonly (readonly [ActionWord, Trial['answers'], RegExp])[],
  parent?: Resource,
): Promise<Resource> {
  let now = resource;
  for (const [word, answers, until] of steps)
    now = present(await act(kind, now, word, { ...(answers && { answers }), seen, until, ...(parent && { parent }) }));
  return now;
}

/** One of the project's own subnets. */
/** A subnet of the seed: others come and go with other tests. */
async function anySubnet({ as }: Pick<Bench, 'as'>): Promise<Resource> {
  const { subnets } = (await as('demo')('network', 'GET', '/subnets?name=private-v4')) as { subnets: readonly Resource[] };
  return subnets[0] ?? assert.fail('no subnet');
}

bench('networks, subnets, ports, routers and their tags', async (one) => {
  const { send, find, act, project } = one;
  await send('network', 'POST', '/networks', { network: { name: mark } });
  const network = await find('network.network', mark);
  const id = network['id'];
  await send('network', 'POST', '/subnets', { subnet: { name: mark, network_id: id, ip_version: 4, cidr: '10.79.0.0/24' } });
  await send('network', 'POST', '/ports', { port: { name: mark, network_id: id } });
  await send('network', 'POST', '/routers', { router: { name: mark } });
  await send('network', 'POST', '/security-groups', { security_group: { name: mark } });
  const group = await find('network.security_group', mark);
  const outside = await find('network.network', 'public');

  const common = (tag: string) =>
    [
      ['setDescription', { description: 'for the shop' }, /"for the shop"/],
      ['addTag', { tag }, new RegExp(`"${tag}"`)],
      ['removeTag', { tag }, /"tags":\[\]/],
    ] as const;
  const switched = [
    ['adminDown', undefined, /"admin_state_up":false/],
    ['adminUp', undefined, /"admin_state_up":true/],
  ] as const;
  await inTurn(one, 'network.network', network, `network /networks/${id}`, [...common('a b'), ...switched]);
  const subnet = await find('network.subnet', mark);
  await inTurn(one, 'network.subnet', subnet, `network /subnets/${subnet['id']}`, [
    ...common('c'),
    ['disableDhcp', undefined, /"enable_dhcp":false/],
    ['enableDhcp', undefined, /"enable_dhcp":true/],
  ]);
  const port = await find('network.port', mark);
  const groups = `"security_groups":["${group['id']}"]`.replaceAll(/[[\]]/g, '\\$&');
  await inTurn(one, 'network.port', port, `network /ports/${port['id']}`, [
    ...common('d'),
    ...switched,
    ['setSecurityGroups', { groups: String(group['id']) }, new RegExp(groups)],
    ['setSecurityGroups', {}, /"security_groups":\[\]/],
    ['addAddressPair', { ip_address: '10.79.0.100' }, /"10\.79\.0\.100"/],
    [
      'addAddressPair',
      { ip_address: '10.79.1.0/24', mac_address: 'fa:16:3e:00:00:01' },
      /(?=.*10\.79\.0\.100).*10\.79\.1\.0\/24/,
    ],
    ['removeAddressPair', { pair: '10.79.1.0/24 fa:16:3e:00:00:01' }, /pairs":\[{[^}]*10\.79\.0\.100[^}]*}\]/],
  ]);
  const router = await find('network.router', mark);
  await inTurn(one, 'network.router', router, `network /routers/${router['id']}`, [
    ...common('e'),
    ...switched,
    ['setGateway', { network_id: String(outside['id']) }, new RegExp(`"network_id":"${outside['id']}"`)],
    ['clearGateway', undefined, /"external_gateway_info":null/],
  ]);
  await inTurn(one, 'network.security_group', group, `network /security-groups/${group['id']}`, common('f'));
  await send('network', 'POST', '/floatingips', { floatingip: { floating_network_id: outside['id'], description: mark } });
  const addresses = await project.list('network.floating_ip', { freshness: 'fresh' });
  assert.ok(addresses.ok);
  const address = addresses.value.items.find((item) => item['description'] === mark) ?? assert.fail('no floating IP');
  await inTurn(one, 'network.floating_ip', address, `network /floatingips/${address['id']}`, common('g'));
  const reverse = await project.list('dns.floating_ip', { freshness: 'fresh' });
  assert.ok(reverse.ok, JSON.stringify(reverse));
  const named = reverse.value.items.find((item) => String(item['id']).endsWith(String(address['id'])));
  assert.ok(named, 'no reverse record');
  await inTurn(one, 'dns.floating_ip', named, `dns /v2/reverse/floatingips/${named['id']}`, [
    ['setReverse', { ptrdname: 'www.example.org.' }, /"www\.example\.org\."/],
    ['clearReverse', undefined, /"ptrdname":null/],
  ]);
  await act('network.floating_ip', address, 'delete');
  await act('network.port', port, 'delete');
  for (const kind of ['network.router', 'network.subnet', 'network.network', 'network.security_group'] as const)
    assert.equal(await act(kind, await find(kind, mark), 'delete'), undefined);
});

bench('the parts of a load balancer are switched, weighed and joined', async (one) => {
  const { send, find, act } = one;
  const vip = await anySubnet(one);
  await send('load-balancer', 'POST', '/lbaas/loadbalancers', { loadbalancer: { name: mark, vip_subnet_id: vip['id'] } });
  const balancer = await find('load-balancer.loadbalancer', mark);
  const loadbalancer_id = balancer['id'];
  const settled = () => find('load-balancer.loadbalancer', mark);
  const part = async (path: string, body: unknown) => {
    await settled();
    await send('load-balancer', 'POST', `/lbaas/${path}`, body);
    await settled();
  };
  await part('listeners', { listener: { name: mark, protocol: 'HTTP', protocol_port: 80, loadbalancer_id } });
  await part('pools', { pool: { name: mark, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', loadbalancer_id } });
  const pool = await find('load-balancer.pool', mark);
  await part(`pools/${pool['id']}/members`, { member: { name: mark, address: '10.0.0.78', protocol_port: 80 } });
  await part('healthmonitors', {
    healthmonitor: { name: mark, pool_id: pool['id'], type: 'HTTP', delay: 5, timeout: 3, max_retries: 3 },
  });
  const listener = await find('load-balancer.listener', mark);
  await part('l7policies', { l7policy: { name: mark, listener_id: listener['id'], action: 'REJECT' } });
  const policy = await find('load-balancer.l7_policy', mark);
  await part(`l7policies/${policy['id']}/rules`, { rule: { type: 'PATH', compare_type: 'STARTS_WITH', value: '/api' } });

  const switched = [
    ['adminDown', undefined, /"admin_state_up":false/],
    ['adminUp', undefined, /"admin_state_up":true/],
  ] as const;
  const described = [['setDescription', { description: 'in front' }, /"in front"/]] as const;
  const at = (collection: string, of: Resource) => `load-balancer /lbaas/${collection}/${of['id']}`;
  await inTurn(one, 'load-balancer.loadbalancer', await settled(), at('loadbalancers', balancer), [...switched, ...described]);
  await inTurn(one, 'load-balancer.listener', listener, at('listeners', listener), [
    ...switched,
    ...described,
    ['setDefaultPool', { pool: idOf('load-balancer.pool', pool) }, new RegExp(`"default_pool_id":"${pool['id']}"`)],
    ['setDefaultPool', {}, /"default_pool_id":null/],
  ]);
  await inTurn(one, 'load-balancer.pool', pool, at('pools', pool), [...switched, ...described]);
  const member = await find('load-balancer.member', mark, pool);
  await inTurn(
    one,
    'load-balancer.member',
    member,
    at(`pools/${pool['id']}/members`, member),
    [['drain', undefined, /"weight":0/], ['setWeight', { weight: '7' }, /"weight":7/], ...switched],
    pool,
  );
  const monitor = await find('load-balancer.health_monitor', mark);
  await inTurn(one, 'load-balancer.health_monitor', monitor, at('healthmonitors', monitor), switched);
  await inTurn(one, 'load-balancer.l7_policy', policy, at('l7policies', policy), [...switched, ...described]);
  await settled();
  assert.equal(await act('load-balancer.loadbalancer', balancer, 'delete'), undefined);
});

bench(
  'an administrator fails a load balancer over',
  async ({ as, find, act }) => {
    const vip = await anySubnet({ as });
    const name = `${mark}-failing`;
    await as('demo')('load-balancer', 'POST', '/lbaas/loadbalancers', { loadbalancer: { name, vip_subnet_id: vip['id'] } });
    const balancer = await find('load-balancer.loadbalancer', name);
    const now = await act('load-balancer.loadbalancer', balancer, 'failOver', { until: /"provisioning_status":"ACTIVE"/ });
    assert.equal(await act('load-balancer.loadbalancer', present(now), 'delete'), undefined);
  },
  'admin',
);

printOutcomes({ failOverAmphora: 'no amphorae in the sandbox: test/openstack/actionRequests.test.ts' });
