import type { Service } from '../api/objects.ts';

/** What the cloud controller manager's own configuration would say. */
export interface CloudDefaults {
  readonly clusterName: string;
  readonly floatingNetworkId: string;
  readonly subnetId: string;
}

/** What a Service asks of its load balancer, read from its annotations as cloud-provider-openstack does. */
export interface ServiceSettings {
  readonly internal: boolean;
  readonly keepFloatingIp: boolean;
  readonly loadBalancer: Readonly<Record<string, string>>;
  readonly floatingNetworkId: string;
  readonly floatingSubnet: { readonly id?: string; readonly name?: string; readonly tags?: string };
  readonly memberSubnetId: string | undefined;
  readonly listener: Readonly<Record<string, unknown>>;
  readonly pool: Readonly<Record<string, unknown>>;
  readonly monitor: Readonly<Record<string, unknown>> | undefined;
}

const PREFIX = 'loadbalancer.openstack.org/';
const INTERNAL = 'service.beta.kubernetes.io/openstack-internal-load-balancer';

/** Annotations that go onto the listener as they are, each with Octavia's field; all are numbers. */
const LISTENER_FIELDS: Readonly<Record<string, string>> = {
  'timeout-client-data': 'timeout_client_data',
  'timeout-member-connect': 'timeout_member_connect',
  'timeout-member-data': 'timeout_member_data',
  'timeout-tcp-inspect': 'timeout_tcp_inspect',
  'connection-limit': 'connection_limit',
};

export function loadBalancerName({ clusterName }: CloudDefaults, { metadata }: Service): string {
  return `kube_service_${clusterName}_${metadata.namespace}_${metadata.name}`.slice(0, 255);
}

/** Throws, with the controller's words, when an annotation cannot be read. */
export function readSettings(service: Service, defaults: CloudDefaults): ServiceSettings {
  const annotations = service.metadata.annotations ?? {};
  const value = (key: string) => annotations[PREFIX + key] || undefined;
  const flag = (name: string, fallback: boolean) => (annotations[name] === undefined ? fallback : annotations[name] === 'true');
  const internal = flag(INTERNAL, false);
  return {
    internal,
    keepFloatingIp: flag(`${PREFIX}keep-floatingip`, false),
    loadBalancer: placement(value, defaults),
    floatingNetworkId: value('floating-network-id') ?? defaults.floatingNetworkId,
    floatingSubnet: only({
      id: value('floating-subnet-id'),
      name: value('floating-subnet'),
      tags: value('floating-subnet-tags'),
    }),
    memberSubnetId: value('member-subnet-id'),
    listener: listenerFields(value, service.spec.loadBalancerSourceRanges),
    pool: { lb_algorithm: value('lb-method') ?? 'ROUND_ROBIN' },
    monitor: value('enable-health-monitor') === 'true' ? monitorFields(value) : undefined,
  };
}

type Value = (key: string) => string | undefined;

function placement(value: Value, defaults: CloudDefaults): Record<string, string> {
  const port = value('port-id');
  const network = value('network-id');
  const subnet = value('subnet-id') ?? (network === undefined ? defaults.subnetId : undefined);
  const vip = port === undefined ? { vip_network_id: network, vip_subnet_id: subnet } : { vip_port_id: port };
  return only({ ...vip, flavor_id: value('flavor-id'), availability_zone: value('availability-zone') });
}

function listenerFields(value: Value, sourceRanges: readonly string[] | undefined): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(LISTENER_FIELDS)) {
    const text = value(key);
    if (text === undefined) continue;
    const number = Number(text);
    if (!Number.isInteger(number))
      throw new Error(`failed to parse annotation ${PREFIX}${key}: strconv.Atoi: parsing "${text}": invalid syntax`);
    fields[field] = number;
  }
  if (value('x-forwarded-for') === 'true') fields['insert_headers'] = { 'X-Forwarded-For': 'true' };
  if (value('default-tls-container-ref') !== undefined) fields['default_tls_container_ref'] = value('default-tls-container-ref');
  if (sourceRanges && sourceRanges.length > 0) fields['allowed_cidrs'] = sourceRanges;
  return fields;
}

function monitorFields(value: Value): Record<string, unknown> {
  const number = (key: string, fallback: number) => Number(value(key) ?? fallback);
  return {
    type: 'TCP',
    delay: number('health-monitor-delay', 5),
    timeout: number('health-monitor-timeout', 3),
    max_retries: number('health-monitor-max-retries', 1),
    max_retries_down: number('health-monitor-max-retries-down', 3),
  };
}

/** Octavia's protocol of a listener and of its pool, for a Service port. */
export function protocols(
  port: { protocol?: string },
  value: Readonly<Record<string, string>>,
): { listener: string; pool: string } {
  const proxy = value[`${PREFIX}proxy-protocol`];
  if (port.protocol === 'UDP' || port.protocol === 'SCTP') return { listener: port.protocol, pool: port.protocol };
  if (value[`${PREFIX}default-tls-container-ref`]) return { listener: 'TERMINATED_HTTPS', pool: 'HTTP' };
  if (value[`${PREFIX}x-forwarded-for`] === 'true') return { listener: 'HTTP', pool: 'HTTP' };
  if (proxy === 'v2') return { listener: 'TCP', pool: 'PROXYV2' };
  if (proxy === 'true' || proxy === 'v1') return { listener: 'TCP', pool: 'PROXY' };
  return { listener: 'TCP', pool: 'TCP' };
}

function only<T extends Record<string, string | undefined>>(fields: T): { [K in keyof T]?: string } & Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(fields)) if (value !== undefined) kept[key] = value;
  return kept as { [K in keyof T]?: string } & Record<string, string>;
}
