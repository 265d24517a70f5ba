import { plainText } from '../base/plainText.ts';
import { resourceKey } from '../explorer/keys.ts';
import type { Cluster, KubeObject } from '../kubernetes/cluster.ts';
import { groupKind } from '../kubernetes/objectKey.ts';
import { textAt, valuesAt } from '../openstack/columns.ts';
import { healthOf, idOf, nameOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { type RelatedResource, resourcesOf } from '../relations/related.ts';
import { emptyGraph, joined, type LayerId, type MapEdge, type MapGraph, type MapNode } from './graph.ts';

/** Where a resource stands on a map, and how an object leads to it; `into`: it leads to the object. */
interface Crossing {
  readonly layer: LayerId;
  readonly says: string;
  readonly into?: true;
}

const crossings: Partial<Readonly<Record<KindId, Crossing>>> = {
  'network.floating_ip': { layer: 'address', says: 'leads to', into: true },
  'load-balancer.loadbalancer': { layer: 'balancer', says: 'sends to', into: true },
  'compute.server': { layer: 'machine', says: 'is' },
  'block-storage.volume': { layer: 'machine', says: 'is' },
  'shared-file-system.share': { layer: 'machine', says: 'is' },
  'network.port': { layer: 'port', says: 'has' },
};

/** So many ports of a server are drawn. */
const mostPorts = 8;

export interface Crossed {
  readonly graph: MapGraph;
  /** Sentences of what could not be asked. */
  readonly notes: readonly string[];
}

/** What objects are in the clouds: the load balancer and address of a Service, the server of a Node with its ports, the volume of a PersistentVolume. `idOfObject` is where the object stands on the map. */
export async function crossed(
  cluster: Cluster,
  objects: readonly { readonly id: string; readonly object: KubeObject }[],
  projects: readonly Project[],
  signal: AbortSignal,
): Promise<Crossed> {
  const answers = await Promise.all(
    objects.map(async ({ id, object }) => ({
      id,
      answer: await resourcesOf(cluster, groupKind(object), object, projects, signal),
    })),
  );
  const found = answers.flatMap(({ id, answer }) => answer.found.map((related) => ({ id, related })));
  const graphs = found.map(({ id, related }) => crossing(id, related));
  const ports = await Promise.all(
    [...new Map(found.map(({ related }) => [resourceId(related), related])).values()]
      .filter(({ kind }) => kind === 'compute.server')
      .map((server) => portsOf(server, signal)),
  );
  const addresses = found.flatMap(({ related }) => (related.kind === 'network.floating_ip' ? [related] : []));
  const balancers = found.flatMap(({ related }) => (related.kind === 'load-balancer.loadbalancer' ? [related] : []));
  const leading = addresses.flatMap((address) => leadingTo(address, balancers));
  // An address of a load balancer leads to the Service through it.
  const whole = joinedWith(graphs, ports, leading);
  const failures = answers.flatMap(({ answer }) => answer.failures).filter(({ reason }) => reason !== 'cancelled');
  return { graph: whole, notes: [...new Set(failures.map(({ message }) => message))] };
}

/** A resource as a thing on a map. */
export function resourceNode(
  { project, kind, resource }: Pick<RelatedResource, 'project' | 'kind' | 'resource'>,
  layer: LayerId,
): MapNode {
  const health = healthOf(kind, resource);
  const [label] = kindOf(kind).label;
  return {
    id: resourceId({ project, kind, resource }),
    layer,
    kind: label.charAt(0).toUpperCase() + label.slice(1),
    name: plainText(nameOf(kind, resource), 255),
    mood: health?.health ?? 'quiet',
    word: plainText(health?.word ?? '', 40),
  };
}

function resourceId({ project, kind, resource }: Pick<RelatedResource, 'project' | 'kind' | 'resource'>): string {
  return resourceKey({ cloud: project.cloud, region: project.region, project: project.id, kind, id: idOf(kind, resource) });
}

function crossing(id: string, related: RelatedResource): MapGraph {
  const row = crossings[related.kind];
  if (!row) return emptyGraph;
  const node = resourceNode(related, row.layer);
  const says = related.certain ? row.says : `perhaps ${row.says}`;
  return { nodes: [node], edges: [row.into ? { from: node.id, to: id, says } : { from: id, to: node.id, says }] };
}

/** Edges to objects are kept: these graphs are joined with the one that has them. */
function joinedWith(graphs: readonly MapGraph[], ports: readonly MapGraph[], leading: readonly MapEdge[]): MapGraph {
  const through = new Set(leading.map(({ from }) => from));
  const edges = graphs.flatMap((graph) => graph.edges).filter(({ from }) => !through.has(from));
  const { nodes } = joined(...graphs, ...ports);
  return { nodes, edges: [...edges, ...leading, ...ports.flatMap((graph) => graph.edges)] };
}

/** A floating IP of a load balancer is one of its port (Octavia `vip_port_id`, Neutron `port_id`). */
function leadingTo(address: RelatedResource, balancers: readonly RelatedResource[]): readonly MapEdge[] {
  const port = textAt(address.resource, 'port_id');
  return balancers
    .filter(({ resource }) => port !== undefined && textAt(resource, 'vip_port_id') === port)
    .map((balancer) => ({ from: resourceId(address), to: resourceId(balancer), says: 'leads to' }));
}

/** The ports of a server, of the one list of its project; none where they may not be listed. */
async function portsOf(server: RelatedResource, signal: AbortSignal): Promise<MapGraph> {
  const { project, resource } = server;
  const list = project.offers('network.port') ? await project.list('network.port', { signal }) : undefined;
  if (!list?.ok) return emptyGraph;
  const id = idOf(server.kind, resource);
  const own = list.value.items.filter((port) => port['device_id'] === id).slice(0, mostPorts);
  const nodes = own.map((port) => ({
    ...resourceNode({ project, kind: 'network.port', resource: port }, 'port'),
    name: portName(port),
  }));
  return { nodes, edges: nodes.map((node) => ({ from: resourceId(server), to: node.id, says: 'has' })) };
}

/** A port is known by its address rather than by its id. */
function portName(port: Resource): string {
  const [address] = valuesAt(port, 'fixed_ips.ip_address');
  return typeof address === 'string' ? address : nameOf('network.port', port);
}
