import { OpenStack } from '../api/openstack.ts';
import type { Values } from './manifests.ts';
import { Maker, type Resource } from './resources.ts';

/** The names Cluster API's OpenStack provider gives to what belongs to the cluster `prod` of the namespace `clusters`. */
const CLUSTER = 'k8s-clusterapi-cluster-clusters-prod';
const GROUP = 'k8s-cluster-clusters-prod-secgroup';
const DESCRIPTION = 'Created by cluster-api-provider-openstack cluster clusters-prod';
const SHOOT = 'shoot--demo--edge';
const MACHINE_TAGS = ['cluster-api-provider-openstack', 'clusters-prod'];

interface ServerRow {
  readonly name: string;
  readonly flavor: string;
  readonly group: 'controlplane' | 'worker';
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

const machine = (name: string, flavor: string, group: ServerRow['group']): ServerRow => ({
  name,
  flavor,
  group,
  tags: MACHINE_TAGS,
  metadata: { cluster: 'prod' },
});

const SERVERS: readonly ServerRow[] = [
  machine('k8s-prod-control-1', 'm1.small', 'controlplane'),
  machine('k8s-prod-worker-1', 'm1.large', 'worker'),
  machine('k8s-prod-worker-2', 'm1.large', 'worker'),
  // it never joined: a server without a Node
  machine('k8s-prod-worker-4', 'm1.small', 'worker'),
  {
    name: `${SHOOT}-pool-z1-7c9f8-x2x4k`,
    flavor: 'm1.small',
    group: 'worker',
    tags: [],
    metadata: { [`kubernetes.io-cluster-${SHOOT}`]: '1', 'kubernetes.io-role-node': '1' },
  },
];

/** Its server is deleted again: the Node and the Machine stay behind. */
const GONE = machine('k8s-prod-worker-3', 'm1.small', 'worker');

/** The OpenStack side of the hybrid seed; returns the ids the manifests need. */
export async function seedServers(cloudsYaml: string, region: string): Promise<Values> {
  const admin = new Maker(OpenStack.open(cloudsYaml, 'admin'));
  const maker = new Maker(OpenStack.open(cloudsYaml, 'demo'));
  await raiseQuotas(admin, await maker.cloud.projectId());
  const values: Record<string, string> = { region };
  const network = await seedNetwork(maker, values);
  await shareSubnetsOf(admin, values['network.public'] ?? '', await maker.cloud.projectId());
  for (const flavor of ['m1.small', 'm1.large'])
    values[`flavor.${flavor}`] = await idOf(maker, 'compute', '/flavors', 'flavors', flavor);
  const group = await serverGroup(maker);
  for (const row of SERVERS) {
    const server = await seedServer(maker, row, network, values, group);
    values[`server.${row.name}`] = server.id;
    values[`address.${row.name}`] = addressOf(server);
  }
  const gone = await seedServer(maker, GONE, network, values, group);
  values['server.gone'] = gone.id;
  values['address.gone'] = addressOf(gone);
  await maker.cloud.send('compute', 'DELETE', `/servers/${gone.id}`);
  await maker.gone('compute', `/servers/${gone.id}`);
  await seedKubeApi(maker, values);
  await seedOrphans(maker, values);
  return values;
}

async function raiseQuotas({ cloud }: Maker, project: string): Promise<void> {
  await cloud.send('compute', 'PUT', `/os-quota-sets/${project}`, { quota_set: { instances: 40, cores: 100, ram: 204_800 } });
  await cloud.send('block-storage', 'PUT', `/os-quota-sets/${project}`, { quota_set: { volumes: 100, gigabytes: 2000 } });
}

/** Users of the project see the subnets of the external network, too: a Service may then name one as `floating-subnet`. */
async function shareSubnetsOf(admin: Maker, network: string, project: string): Promise<void> {
  const policy = { object_type: 'network', object_id: network, action: 'access_as_shared', target_tenant: project };
  await admin.once('network', 'POST', '/rbac-policies', { rbac_policy: policy });
}

async function idOf({ cloud }: Maker, service: string, path: string, many: string, name: string): Promise<string> {
  const found = (await cloud.get<Record<string, Resource[]>>(service, path))[many]?.find((resource) => resource.name === name);
  if (found === undefined) throw new Error(`the cloud has no ${path} named ${name}`);
  return found.id;
}

async function seedNetwork(maker: Maker, values: Record<string, string>): Promise<Resource> {
  const description = DESCRIPTION;
  const network = await maker.ensure('network', '/networks', 'network', { name: CLUSTER, description });
  const body = {
    name: CLUSTER,
    description,
    network_id: network.id,
    ip_version: 4,
    cidr: '10.6.0.0/24',
    dns_nameservers: ['192.0.2.53'],
  };
  const subnet = await maker.ensure('network', '/subnets', 'subnet', body);
  values['network.public'] = await idOf(maker, 'network', '/networks', 'networks', 'public');
  const gateway = { network_id: values['network.public'] };
  const router = await maker.ensure('network', '/routers', 'router', {
    name: CLUSTER,
    description,
    external_gateway_info: gateway,
  });
  await maker.once('network', 'PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  for (const role of ['controlplane', 'worker']) {
    const group = await maker.ensure('network', '/security-groups', 'security_group', {
      name: `${GROUP}-${role}`,
      description: 'Cluster API managed group',
    });
    values[`securityGroup.${role}`] = group.id;
  }
  Object.assign(values, { 'network.cluster': network.id, 'subnet.cluster': subnet.id, 'router.cluster': router.id });
  return network;
}

function serverGroup(maker: Maker): Promise<Resource> {
  return maker.ensure('compute', '/os-server-groups', 'server_group', { name: 'k8s-prod-workers', policy: 'soft-anti-affinity' });
}

async function seedServer(maker: Maker, row: ServerRow, network: Resource, values: Values, group: Resource): Promise<Resource> {
  const known = await maker.find('compute', '/servers', 'servers', row.name);
  const imageRef = await idOf(maker, 'image', '/images', 'images', 'debian-12');
  const body = {
    name: row.name,
    flavorRef: values[`flavor.${row.flavor}`],
    imageRef,
    key_name: 'alice-key',
    metadata: row.metadata,
    networks: [{ uuid: network.id }],
    security_groups: [{ name: `${GROUP}-${row.group}` }],
    ...(row.tags.length > 0 ? { tags: row.tags } : {}),
  };
  const hints = row.group === 'worker' && row.tags.length > 0 ? { 'os:scheduler_hints': { group: group.id } } : {};
  const id =
    known?.id ??
    (await maker.cloud.send<{ server: Resource }>('compute', 'POST', '/servers', { server: body, ...hints })).server.id;
  return maker.settle('compute', `/servers/${id}`, 'server', 'status', ['ACTIVE']);
}

function addressOf(server: Resource): string {
  const networks = server['addresses'] as Record<string, { addr: string }[]>;
  const address = Object.values(networks).flat()[0]?.addr;
  if (address === undefined) throw new Error(`server ${server.name} has no address`);
  return address;
}

/** The load balancer before the cluster's API server, with its floating IP. */
async function seedKubeApi(maker: Maker, values: Record<string, string>): Promise<void> {
  const name = `${CLUSTER}-kubeapi`;
  const members = [{ name: 'k8s-prod-control-1', address: values['address.k8s-prod-control-1'], protocol_port: 6443 }];
  const pool = { name: `${name}-6443`, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN', members };
  const listeners = [{ name: `${name}-6443`, protocol: 'TCP', protocol_port: 6443, default_pool: pool }];
  const body = { name, description: DESCRIPTION, vip_subnet_id: values['subnet.cluster'], listeners };
  const made = await maker.ensure('load-balancer', '/lbaas/loadbalancers', 'loadbalancer', body);
  const balancer = await maker.settle('load-balancer', `/lbaas/loadbalancers/${made.id}`, 'loadbalancer', 'provisioning_status', [
    'ACTIVE',
  ]);
  const port = String(balancer['vip_port_id']);
  const { floatingips } = await maker.cloud.get<{ floatingips: Resource[] }>('network', `/floatingips?port_id=${port}`);
  const request = { floatingip: { floating_network_id: values['network.public'], port_id: port, description: DESCRIPTION } };
  const floating =
    floatingips[0] ?? (await maker.cloud.send<{ floatingip: Resource }>('network', 'POST', '/floatingips', request)).floatingip;
  values['loadBalancer.kubeapi'] = balancer.id;
  values['vip.kubeapi'] = String(balancer['vip_address']);
  values['floatingIp.kubeapi'] = String(floating['floating_ip_address']);
}

/** What Kubernetes left behind: a load balancer whose Service is gone, and a volume whose PersistentVolume is. */
async function seedOrphans(maker: Maker, values: Values): Promise<void> {
  const name = 'kube_service_prod_shop_legacy';
  const pool = { name: `pool_0_${name}`, protocol: 'TCP', lb_algorithm: 'ROUND_ROBIN' };
  const balancer = await maker.ensure('load-balancer', '/lbaas/loadbalancers', 'loadbalancer', {
    name,
    description: 'Kubernetes external service shop/legacy from cluster prod',
    tags: [name],
    vip_subnet_id: values['subnet.cluster'],
    listeners: [{ name: `listener_0_${name}`, protocol: 'TCP', protocol_port: 80, default_pool: pool }],
  });
  await maker.settle('load-balancer', `/lbaas/loadbalancers/${balancer.id}`, 'loadbalancer', 'provisioning_status', ['ACTIVE']);
  const claim = 'pvc-0f6b8a52-3c1d-4d7e-9f60-5a1e2b7c4d90';
  await maker.ensure('block-storage', '/volumes', 'volume', {
    name: claim,
    size: 4,
    volume_type: 'hdd',
    description: 'Created by OpenStack Cinder CSI driver',
    metadata: {
      'cinder.csi.openstack.org/cluster': 'prod',
      'csi.storage.k8s.io/pv/name': claim,
      'csi.storage.k8s.io/pvc/name': 'old-data',
      'csi.storage.k8s.io/pvc/namespace': 'shop',
    },
  });
}
