import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { Resource } from '../../openstack/kind.ts';
import type { Project } from '../../openstack/project.ts';

const ID = 'loadbalancer.openstack.org/load-balancer-id';
const EVERY_MS = 500;

/**
 * The Octavia load balancers behind Services that wait for an address, asked of the cloud twice a second as long as one waits. Found by the id that the cloud controller
 * writes on the Service, before that by its name `kube_service_<cluster>_<namespace>_<service>` or the tag of the same form (cloud-provider-openstack).
 */
export class LoadBalancers {
  readonly #project: Project | undefined;
  readonly #signal: AbortSignal;
  readonly #changed: () => void;
  #items: readonly Resource[] = [];
  #asked = 0;

  constructor(project: Project | undefined, signal: AbortSignal, changed: () => void) {
    this.#project = project;
    this.#signal = signal;
    this.#changed = changed;
  }

  /** `PENDING_CREATE in demo`; undefined while there is none or nobody may look. */
  of(service: KubeObject): string | undefined {
    const project = this.#project;
    if (!project?.offers('load-balancer.loadbalancer')) return undefined;
    void this.#look(project);
    const found = this.#items.find((item) => isLoadBalancerOf(item, service));
    return found === undefined ? undefined : `${String(found['provisioning_status'])} in ${project.name}`;
  }

  async #look(project: Project): Promise<void> {
    const now = Date.now();
    if (now - this.#asked < EVERY_MS || this.#signal.aborted) return;
    this.#asked = now;
    const list = await project.list('load-balancer.loadbalancer', { freshness: 'fresh', signal: this.#signal });
    if (!list.ok) return;
    this.#items = list.value.items;
    this.#changed();
  }
}

/** Whether an Octavia load balancer is that of a Service. */
export function isLoadBalancerOf(item: Resource, { metadata }: KubeObject): boolean {
  const id = metadata.annotations?.[ID];
  if (id !== undefined) return item['id'] === id;
  const ours = (name: unknown) =>
    typeof name === 'string' &&
    name.startsWith('kube_service_') &&
    name.endsWith(`_${metadata.namespace ?? 'default'}_${metadata.name}`);
  const tags = item['tags'];
  return ours(item['name']) || (Array.isArray(tags) && tags.some(ours));
}
