import { type Kubernetes, withoutFinalizer } from '../api/kubernetes.ts';
import type { Node, Service } from '../api/objects.ts';
import type { OpenStack } from '../api/openstack.ts';
import { type Balancer, Balancers, type ListenerTree, type Member } from './balancers.ts';
import { Recorder } from './events.ts';
import { Informer, keyOf } from './informer.ts';
import { type Again, Queue } from './queue.ts';
import { type CloudDefaults, loadBalancerName, protocols, readSettings, type ServiceSettings } from './serviceSettings.ts';

interface FloatingIp {
  readonly id: string;
  readonly floating_ip_address: string;
}

const FINALIZER = 'service.kubernetes.io/load-balancer-cleanup';
const ID = 'loadbalancer.openstack.org/load-balancer-id';
const ADDRESS = 'loadbalancer.openstack.org/load-balancer-address';
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Stands in for the load balancer half of cloud-provider-openstack's controller manager: a Service of type LoadBalancer
 * gets a real Octavia load balancer and a real floating IP, under the upstream names, and loses them when it goes.
 */
export class LoadBalancerStandIn {
  readonly #kubernetes: Kubernetes;
  readonly #cloud: OpenStack;
  readonly #balancers: Balancers;
  readonly #defaults: CloudDefaults;
  readonly #services: Informer<Service>;
  readonly #nodes: Informer<Node>;
  readonly #events: Recorder;
  readonly #queue = new Queue('load balancer', (key) => this.#reconcile(key));
  /** Members in use, as text, per Service key: a Node's heartbeat must not touch Octavia. */
  readonly #membersOf = new Map<string, string>();
  /** What a Service asked for when it was last brought to an end, as text. */
  readonly #settled = new Map<string, string>();

  constructor(kubernetes: Kubernetes, cloud: OpenStack, defaults: CloudDefaults, nodes: Informer<Node>) {
    this.#kubernetes = kubernetes;
    this.#cloud = cloud;
    this.#balancers = new Balancers(cloud);
    this.#defaults = defaults;
    this.#nodes = nodes;
    this.#services = new Informer<Service>(kubernetes, '/api/v1/services').onChange((service) => this.#queue.add(keyOf(service)));
    this.#events = new Recorder(kubernetes, 'service-controller');
  }

  async start(): Promise<void> {
    await this.#services.start();
    this.#nodes.onChange(() => this.#nodesChanged());
  }

  #nodesChanged(): void {
    const members = this.#memberText();
    for (const [key, used] of this.#membersOf) if (used !== members) this.#queue.add(key);
  }

  async #reconcile(key: string): Promise<Again> {
    const service = this.#services.get(key);
    if (service === undefined) return undefined;
    const ours = service.metadata.finalizers?.includes(FINALIZER) ?? false;
    const wanted =
      service.spec.type === 'LoadBalancer' &&
      service.spec.loadBalancerClass === undefined &&
      service.metadata.deletionTimestamp === undefined;
    if (!wanted) {
      this.#membersOf.delete(key);
      if (ours) await this.#remove(service);
      return undefined;
    }
    const mark = `${JSON.stringify(service.spec)}${JSON.stringify(service.metadata.annotations)}`;
    if (this.#settled.get(key) === mark && this.#membersOf.get(key) === this.#memberText() && hasAddress(service))
      return undefined;
    try {
      await this.#ensure(service, key);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await this.#tell(
        service,
        'Warning',
        'SyncLoadBalancerFailed',
        `Error syncing load balancer: failed to ensure load balancer: ${message}`,
      );
      throw error;
    }
    return undefined;
  }

  async #ensure(service: Service, key: string): Promise<void> {
    if (!service.metadata.finalizers?.includes(FINALIZER)) {
      await this.#kubernetes.patch(pathOf(service), 'strategic', { metadata: { finalizers: [FINALIZER] } });
    }
    if (!hasAddress(service)) await this.#tell(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer');
    const settings = readSettings(service, this.#defaults);
    const members = this.#memberText();
    const name = loadBalancerName(this.#defaults, service);
    const known = await this.#balancers.find(service.metadata.annotations?.[ID], name);
    const balancer = known ?? (await this.#create(service, name, settings));
    await this.#balancers.active(balancer.id);
    if (known) await this.#balancers.update(balancer.id, name, this.#listeners(service, name, settings));
    const address = settings.internal ? balancer.vip_address : await this.#floatingIp(service, balancer, settings);
    await this.#publish(service, balancer.id, address);
    this.#membersOf.set(key, members);
    const annotations = { ...service.metadata.annotations, [ID]: balancer.id, [ADDRESS]: address };
    this.#settled.set(key, `${JSON.stringify(service.spec)}${JSON.stringify(annotations)}`);
    if (!hasAddress(service)) await this.#tell(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  }

  async #create(service: Service, name: string, settings: ServiceSettings): Promise<Balancer> {
    const { namespace } = service.metadata;
    const loadbalancer = {
      name,
      description: `Kubernetes external service ${namespace}/${service.metadata.name} from cluster ${this.#defaults.clusterName}`,
      tags: [name],
      ...settings.loadBalancer,
      listeners: this.#listeners(service, name, settings),
    };
    return this.#balancers.create(loadbalancer);
  }

  #listeners(service: Service, name: string, settings: ServiceSettings): ListenerTree[] {
    return (service.spec.ports ?? []).map((port, index) => this.#listener(service, name, settings, port, index));
  }

  #listener(
    service: Service,
    name: string,
    settings: ServiceSettings,
    port: NonNullable<Service['spec']['ports']>[number],
    index: number,
  ): ListenerTree {
    const protocol = protocols(port, service.metadata.annotations ?? {});
    const members = this.#members(port.nodePort ?? port.port, settings);
    const monitor = settings.monitor ? { name: `monitor_${index}_${name}`, ...settings.monitor } : undefined;
    return {
      name: `listener_${index}_${name}`,
      protocol: protocol.listener,
      protocol_port: port.port,
      ...settings.listener,
      default_pool: {
        name: `pool_${index}_${name}`,
        protocol: protocol.pool,
        ...settings.pool,
        members,
        ...(monitor ? { healthmonitor: monitor } : {}),
      },
    };
  }

  #members(nodePort: number, settings: ServiceSettings): Member[] {
    const subnet = settings.memberSubnetId === undefined ? {} : { subnet_id: settings.memberSubnetId };
    return this.#targets().map(({ name, address }) => ({ name, address, protocol_port: nodePort, ...subnet }));
  }

  #targets(): { name: string; address: string }[] {
    const targets: { name: string; address: string }[] = [];
    for (const node of this.#nodes.all()) {
      const address = node.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
      const excluded = node.metadata.labels?.['node.kubernetes.io/exclude-from-external-load-balancers'] !== undefined;
      if (address !== undefined && !excluded) targets.push({ name: node.metadata.name, address });
    }
    return targets.sort((a, b) => a.name.localeCompare(b.name));
  }

  #memberText(): string {
    return this.#targets()
      .map(({ name, address }) => `${name}=${address}`)
      .join(' ');
  }

  async #floatingIp(service: Service, balancer: Balancer, settings: ServiceSettings): Promise<string> {
    const known = await this.#cloud.get<{ floatingips: FloatingIp[] }>('network', `/floatingips?port_id=${balancer.vip_port_id}`);
    if (known.floatingips[0]) return known.floatingips[0].floating_ip_address;
    const floatingip = {
      floating_network_id: settings.floatingNetworkId,
      port_id: balancer.vip_port_id,
      description: `Floating IP for Kubernetes external service ${keyOf(service)} from cluster ${this.#defaults.clusterName}`,
      ...(await this.#floatingSubnet(settings)),
      ...(service.spec.loadBalancerIP ? { floating_ip_address: service.spec.loadBalancerIP } : {}),
    };
    try {
      return (await this.#cloud.send<{ floatingip: FloatingIp }>('network', 'POST', '/floatingips', { floatingip })).floatingip
        .floating_ip_address;
    } catch (error) {
      throw new Error(`error creating LB floatingip: ${(error as Error).message}`);
    }
  }

  /** A name may be a glob, or a regular expression when it begins with `~`, as upstream reads it. */
  async #floatingSubnet({
    floatingSubnet: { id, name, tags },
    floatingNetworkId,
  }: ServiceSettings): Promise<{ subnet_id?: string }> {
    if (id !== undefined) return { subnet_id: id };
    if (name === undefined && tags === undefined) return {};
    const byTags = tags === undefined ? '' : `&tags=${encodeURIComponent(tags)}`;
    const path = `/subnets?network_id=${floatingNetworkId}${byTags}`;
    const { subnets } = await this.#cloud.get<{ subnets: { id: string; name: string }[] }>('network', path);
    const matches = name === undefined ? () => true : nameMatcher(name);
    const found = subnets.find((subnet) => matches(subnet.name));
    if (found === undefined) {
      throw new Error(`could not find floating subnet matching "${name ?? tags}" in network ${floatingNetworkId}`);
    }
    return { subnet_id: found.id };
  }

  async #publish(service: Service, id: string, address: string): Promise<void> {
    const path = pathOf(service);
    const annotations = { [ID]: id, [ADDRESS]: address };
    if (service.metadata.annotations?.[ID] !== id || service.metadata.annotations?.[ADDRESS] !== address) {
      await this.#kubernetes.patch(path, 'merge', { metadata: { annotations } });
    }
    if (service.status?.loadBalancer?.ingress?.[0]?.ip !== address) {
      await this.#kubernetes.patch(`${path}/status`, 'merge', {
        status: { loadBalancer: { ingress: [{ ip: address, ipMode: 'VIP' }] } },
      });
    }
  }

  async #remove(service: Service): Promise<void> {
    await this.#tell(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer');
    const name = loadBalancerName(this.#defaults, service);
    const balancer = await this.#balancers.find(service.metadata.annotations?.[ID], name);
    if (balancer) await this.#balancers.active(balancer.id);
    if (balancer?.name === name) await this.#removeWhole(service, balancer);
    // one that the Service only shares loses nothing but its listeners
    else if (balancer) await this.#balancers.update(balancer.id, name, []);
    this.#settled.delete(keyOf(service));
    await this.#tell(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
    if (service.metadata.deletionTimestamp === undefined) {
      await this.#kubernetes.patch(`${pathOf(service)}/status`, 'merge', { status: { loadBalancer: null } });
      await this.#kubernetes.patch(pathOf(service), 'merge', { metadata: { annotations: { [ID]: null, [ADDRESS]: null } } });
    }
    await this.#kubernetes.patch(pathOf(service), 'strategic', withoutFinalizer(FINALIZER));
  }

  async #removeWhole(service: Service, balancer: Balancer): Promise<void> {
    const keep = service.metadata.annotations?.['loadbalancer.openstack.org/keep-floatingip'] === 'true';
    const { floatingips } = await this.#cloud.get<{ floatingips: FloatingIp[] }>(
      'network',
      `/floatingips?port_id=${balancer.vip_port_id}`,
    );
    for (const { id } of keep ? [] : floatingips) await this.#cloud.send('network', 'DELETE', `/floatingips/${id}`);
    await this.#balancers.delete(balancer.id);
  }

  #tell(service: Service, type: 'Normal' | 'Warning', reason: string, message: string): Promise<void> {
    return this.#events.record({ apiVersion: 'v1', kind: 'Service', object: service }, type, reason, message);
  }
}

/** Upstream's three ways to name a subnet: `~regex`, a glob, or the name itself. Also true for a uuid that equals the name. */
export function nameMatcher(pattern: string): (name: string) => boolean {
  if (UUID.test(pattern)) return (name) => name === pattern;
  const negated = pattern.startsWith('!');
  const text = negated ? pattern.slice(1) : pattern;
  const source = text.startsWith('~')
    ? text.slice(1)
    : `^${text
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('*', '.*')
        .replaceAll('?', '.')}$`;
  const expression = new RegExp(source);
  return (name) => expression.test(name) !== negated;
}

function hasAddress(service: Service): boolean {
  return service.status?.loadBalancer?.ingress?.[0]?.ip !== undefined;
}

function pathOf({ metadata }: Service): string {
  return `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}`;
}
