import { setTimeout as sleep } from 'node:timers/promises';
import { type Kubernetes, withoutFinalizer } from '../api/kubernetes.ts';
import type { Node, Service } from '../api/objects.ts';
import type { OpenStack } from '../api/openstack.ts';
import { Refused } from '../api/request.ts';
import { Recorder } from './events.ts';
import { Informer, keyOf } from './informer.ts';
import { type Again, Queue } from './queue.ts';
import { type CloudDefaults, loadBalancerName, protocols, readSettings, type ServiceSettings } from './serviceSettings.ts';

interface LoadBalancer {
  readonly id: string;
  readonly name: string;
  readonly provisioning_status: string;
  readonly vip_address: string;
  readonly vip_port_id: string;
}

interface Listener {
  readonly id: string;
  readonly name: string;
  readonly protocol: string;
  readonly protocol_port: number;
  readonly default_pool_id: string | null;
}

interface Member {
  readonly name: string;
  readonly address: string;
  readonly protocol_port: number;
}

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
    const known = await this.#find(service, name);
    const balancer = known ?? (await this.#create(service, name, settings));
    await this.#active(balancer.id);
    if (known) await this.#update(service, balancer, settings);
    const address = settings.internal ? balancer.vip_address : await this.#floatingIp(service, balancer, settings);
    await this.#publish(service, balancer.id, address);
    this.#membersOf.set(key, members);
    const annotations = { ...service.metadata.annotations, [ID]: balancer.id, [ADDRESS]: address };
    this.#settled.set(key, `${JSON.stringify(service.spec)}${JSON.stringify(annotations)}`);
    if (!hasAddress(service)) await this.#tell(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer');
  }

  async #find(service: Service, name: string): Promise<LoadBalancer | undefined> {
    const id = service.metadata.annotations?.[ID];
    if (id !== undefined) {
      try {
        return (await this.#cloud.get<{ loadbalancer: LoadBalancer }>('load-balancer', `/lbaas/loadbalancers/${id}`))
          .loadbalancer;
      } catch (error) {
        // the annotation may name a load balancer that was deleted by hand: then a new one is made, as upstream does
        if (!(error instanceof Refused && error.status === 404))
          throw new Error(`failed to get load balancer ${id}: ${(error as Error).message}`);
      }
    }
    const path = `/lbaas/loadbalancers?name=${encodeURIComponent(name)}`;
    return (await this.#cloud.get<{ loadbalancers: LoadBalancer[] }>('load-balancer', path)).loadbalancers[0];
  }

  async #create(service: Service, name: string, settings: ServiceSettings): Promise<LoadBalancer> {
    const { namespace } = service.metadata;
    const loadbalancer = {
      name,
      description: `Kubernetes external service ${namespace}/${service.metadata.name} from cluster ${this.#defaults.clusterName}`,
      tags: [name],
      ...settings.loadBalancer,
      listeners: (service.spec.ports ?? []).map((port, index) => this.#listener(service, name, settings, port, index)),
    };
    try {
      return (
        await this.#cloud.send<{ loadbalancer: LoadBalancer }>('load-balancer', 'POST', '/lbaas/loadbalancers', { loadbalancer })
      ).loadbalancer;
    } catch (error) {
      throw new Error(`error creating loadbalancer ${name}: ${(error as Error).message}`);
    }
  }

  #listener(
    service: Service,
    name: string,
    settings: ServiceSettings,
    port: NonNullable<Service['spec']['ports']>[number],
    index: number,
  ) {
    const protocol = protocols(port, service.metadata.annotations ?? {});
    const members = this.#members(port.nodePort ?? port.port, settings);
    const monitor = settings.monitor ? { healthmonitor: { name: `monitor_${index}_${name}`, ...settings.monitor } } : {};
    return {
      name: `listener_${index}_${name}`,
      protocol: protocol.listener,
      protocol_port: port.port,
      ...settings.listener,
      default_pool: { name: `pool_${index}_${name}`, protocol: protocol.pool, ...settings.pool, members, ...monitor },
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

  async #update(service: Service, balancer: LoadBalancer, settings: ServiceSettings): Promise<void> {
    const name = loadBalancerName(this.#defaults, service);
    const listeners = await this.#listeners(balancer.id);
    const wanted = (service.spec.ports ?? []).map((port, index) => this.#listener(service, name, settings, port, index));
    const same =
      (listener: { protocol: string; protocol_port: number }) => (other: { protocol: string; protocol_port: number }) =>
        listener.protocol === other.protocol && listener.protocol_port === other.protocol_port;
    await this.#removeListeners(
      balancer.id,
      listeners.filter((listener) => isOf(name, listener) && !wanted.some(same(listener))),
    );
    for (const listener of wanted) {
      const known = listeners.find(same(listener));
      if (known?.default_pool_id) await this.#setMembers(balancer.id, known.default_pool_id, listener.default_pool.members);
      if (!known)
        await this.#change(balancer.id, 'POST', '/lbaas/listeners', { listener: { ...listener, loadbalancer_id: balancer.id } });
    }
  }

  async #listeners(balancerId: string): Promise<Listener[]> {
    const path = `/lbaas/listeners?loadbalancer_id=${balancerId}`;
    return (await this.#cloud.get<{ listeners: Listener[] }>('load-balancer', path)).listeners;
  }

  async #removeListeners(balancerId: string, listeners: readonly Listener[]): Promise<void> {
    for (const { id, default_pool_id } of listeners) {
      if (default_pool_id) await this.#change(balancerId, 'DELETE', `/lbaas/pools/${default_pool_id}`);
      await this.#change(balancerId, 'DELETE', `/lbaas/listeners/${id}`);
    }
  }

  async #setMembers(balancerId: string, poolId: string, wanted: readonly Member[]): Promise<void> {
    const path = `/lbaas/pools/${poolId}/members`;
    const { members } = await this.#cloud.get<{ members: Member[] }>('load-balancer', path);
    const text = (all: readonly Member[]) =>
      all
        .map(({ name, address, protocol_port }) => `${name} ${address}:${protocol_port}`)
        .sort()
        .join();
    if (text(members) !== text(wanted)) await this.#change(balancerId, 'PUT', path, { members: wanted });
  }

  async #change(balancerId: string, method: string, path: string, body?: unknown): Promise<void> {
    await this.#cloud.send('load-balancer', method, path, body);
    await this.#active(balancerId);
  }

  async #active(id: string): Promise<void> {
    for (let tries = 0; tries < 120; tries++) {
      const { loadbalancer } = await this.#cloud.get<{ loadbalancer: LoadBalancer }>(
        'load-balancer',
        `/lbaas/loadbalancers/${id}`,
      );
      if (loadbalancer.provisioning_status === 'ACTIVE') return;
      if (loadbalancer.provisioning_status === 'ERROR') break;
      await sleep(250);
    }
    throw new Error(`timeout waiting for the loadbalancer ${id} ACTIVE`);
  }

  async #floatingIp(service: Service, balancer: LoadBalancer, settings: ServiceSettings): Promise<string> {
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
    const balancer = await this.#find(service, name);
    if (balancer) await this.#active(balancer.id);
    if (balancer?.name === name) await this.#removeWhole(service, balancer);
    // one that the Service only shares loses nothing but its listeners
    else if (balancer)
      await this.#removeListeners(
        balancer.id,
        (await this.#listeners(balancer.id)).filter((listener) => isOf(name, listener)),
      );
    this.#settled.delete(keyOf(service));
    await this.#tell(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer');
    if (service.metadata.deletionTimestamp === undefined) {
      await this.#kubernetes.patch(`${pathOf(service)}/status`, 'merge', { status: { loadBalancer: null } });
      await this.#kubernetes.patch(pathOf(service), 'merge', { metadata: { annotations: { [ID]: null, [ADDRESS]: null } } });
    }
    await this.#kubernetes.patch(pathOf(service), 'strategic', withoutFinalizer(FINALIZER));
  }

  async #removeWhole(service: Service, balancer: LoadBalancer): Promise<void> {
    const keep = service.metadata.annotations?.['loadbalancer.openstack.org/keep-floatingip'] === 'true';
    const { floatingips } = await this.#cloud.get<{ floatingips: FloatingIp[] }>(
      'network',
      `/floatingips?port_id=${balancer.vip_port_id}`,
    );
    for (const { id } of keep ? [] : floatingips) await this.#cloud.send('network', 'DELETE', `/floatingips/${id}`);
    await this.#cloud.send('load-balancer', 'DELETE', `/lbaas/loadbalancers/${balancer.id}?cascade=true`);
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

/** Listeners are named `listener_<index>_<load balancer name of their Service>`. */
function isOf(name: string, listener: Listener): boolean {
  return /^listener_\d+_/.test(listener.name) && listener.name.replace(/^listener_\d+_/, '') === name;
}

function hasAddress(service: Service): boolean {
  return service.status?.loadBalancer?.ingress?.[0]?.ip !== undefined;
}

function pathOf({ metadata }: Service): string {
  return `/api/v1/namespaces/${metadata.namespace}/services/${metadata.name}`;
}
