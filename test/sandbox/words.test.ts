import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { test } from 'node:test';
import type { Service } from './api/objects.ts';
import { chooseOffset, isFree, PORTS } from './ports.ts';
import { announcement, systemObstacle } from './prerequisites.ts';
import { fill } from './seed/manifests.ts';
import { nameMatcher } from './standins/loadBalancer.ts';
import { ORC_KINDS, snake, statusOf } from './standins/orcKinds.ts';
import { gibibytes } from './standins/quantity.ts';
import { loadBalancerName, readSettings } from './standins/serviceSettings.ts';

const DEBIAN = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n';

test('each missing prerequisite has its code and a sentence with a way out', () => {
  assert.equal(systemObstacle('linux', DEBIAN, 0), undefined);
  const seen = [
    systemObstacle('darwin', '', 501),
    systemObstacle('linux', 'PRETTY_NAME="Ubuntu 24.04"\nVERSION_ID="24.04"\nID=ubuntu\n', 0),
    systemObstacle('linux', DEBIAN.replace('"12"', '"13"'), 0),
    systemObstacle('linux', DEBIAN, 1000),
  ];
  assert.deepEqual(
    seen.map((obstacle) => obstacle?.code),
    ['notLinux', 'notDebian12', 'notDebian12', 'notRoot'],
  );
  for (const obstacle of seen) assert.match(obstacle?.sentence ?? '', /^The sandbox .*\. Run it .*\.$/);
});

test('what is to be installed is said with its size, and nothing is said when all is there', () => {
  assert.deepEqual(announcement({ packages: false, controlPlane: false }), []);
  const lines = announcement({ packages: true, controlPlane: true });
  assert.equal(lines.length, 3);
  for (const line of lines.slice(1)) assert.match(line, /\d+ ?(MB|GB)/);
});

test('a port in use is seen, and an offset that needs it is refused', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const offset = String(port - (PORTS[0] ?? 0));
  assert.deepEqual([await isFree(port), await chooseOffset(offset)], [false, undefined]);
  server.close();
  await once(server, 'close');
  assert.equal(await isFree(port), true);
});

test('a placeholder keeps its place, and one without a value is named', () => {
  assert.equal(fill('a:\n  b: |\n    ${text}\n', { text: 'x: 1\ny: 2\n' }), 'a:\n  b: |\n    x: 1\n    y: 2\n');
  assert.equal(fill('id: "${server.web}"', { 'server.web': '7' }), 'id: "7"');
  assert.throws(() => fill('id: ${server.nope}', {}), /no value for \$\{server\.nope\}/);
});

test('quantities become whole GiB, as Cinder wants them', () => {
  const seen = ['1Gi', '1500Mi', '1G', '5G', '2Ti', '1'].map((quantity) => `${quantity} ${gibibytes(quantity)}`);
  assert.deepEqual(seen, ['1Gi 1', '1500Mi 2', '1G 1', '5G 5', '2Ti 2048', '1 1']);
});

test('a floating subnet is named, globbed, matched or excluded', () => {
  const subnets = ['public-v4', 'public-v6', 'other'];
  const seen = ['public-v4', 'public-*', '~v[46]$', '!public-*', 'public'].map(
    (pattern) => `${pattern}: ${subnets.filter(nameMatcher(pattern)).join(' ')}`,
  );
  assert.deepEqual(seen, [
    'public-v4: public-v4',
    'public-*: public-v4 public-v6',
    '~v[46]$: public-v4 public-v6',
    '!public-*: other',
    'public: ',
  ]);
});

const defaults = { clusterName: 'prod', floatingNetworkId: 'public', subnetId: 'nodes' };

function service(annotations: Record<string, string>): Service {
  return { metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1', annotations }, spec: {} };
}

test('annotations of a Service become what Octavia is asked for', () => {
  const cloud = 'loadbalancer.openstack.org/';
  const ask = (annotations: Record<string, string>) => readSettings(service(annotations), defaults);
  assert.equal(loadBalancerName(defaults, service({})), 'kube_service_prod_shop_web');
  assert.deepEqual(ask({}).loadBalancer, { vip_subnet_id: 'nodes' });
  assert.deepEqual(ask({ [`${cloud}network-id`]: 'n' }).loadBalancer, { vip_network_id: 'n' });
  assert.deepEqual(ask({ [`${cloud}port-id`]: 'p', [`${cloud}flavor-id`]: 'f' }).loadBalancer, {
    vip_port_id: 'p',
    flavor_id: 'f',
  });
  assert.equal(ask({ 'service.beta.kubernetes.io/openstack-internal-load-balancer': 'true' }).internal, true);
  assert.deepEqual(ask({ [`${cloud}timeout-client-data`]: '5000' }).listener, { timeout_client_data: 5000 });
  assert.throws(() => ask({ [`${cloud}connection-limit`]: 'many' }), /strconv\.Atoi: parsing "many": invalid syntax/);
  assert.equal(ask({}).monitor, undefined);
  assert.equal(ask({ [`${cloud}enable-health-monitor`]: 'true' }).monitor?.['type'], 'TCP');
});

test("ORC's spelling and OpenStack's translate into each other", () => {
  const names = ['adminStateUp', 'remoteIPPrefix', 'networkID', 'ipVersion', 'enableDHCP', 'dnsNameservers', 'publicKey', 'mtu'];
  assert.deepEqual(names.map(snake), [
    'admin_state_up',
    'remote_ip_prefix',
    'network_id',
    'ip_version',
    'enable_dhcp',
    'dns_nameservers',
    'public_key',
    'mtu',
  ]);
  const body = {
    gateway_ip: '10.0.0.1',
    network_id: 'n',
    enable_dhcp: true,
    'router:external': false,
    subnets: ['s'],
    links: [{}],
    tenant_id: 't',
    description: '',
  };
  assert.deepEqual(statusOf(body), { gatewayIP: '10.0.0.1', networkID: 'n', enableDHCP: true, external: false, subnets: ['s'] });
});

test('every ORC reference leads to a kind that is played, too', () => {
  const kinds = new Set(ORC_KINDS.map(({ kind }) => kind));
  for (const { kind, refs } of ORC_KINDS)
    for (const [target] of Object.values(refs ?? {})) assert.ok(kinds.has(target), `${kind} names ${target}`);
});
