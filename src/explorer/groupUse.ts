import type { Group } from '../openstack/kind.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import { kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import type { Quota } from '../openstack/quota.ts';
import type { Mood } from './deploymentRows.ts';
import { countOf } from './listViews.ts';
import { type Changed, grouped } from './nodes.ts';

/** Which quotas stand beside a group: the count, then what one runs out of first. `counts`: what is used where the service tells limits only. */
interface UseRow {
  readonly service: string;
  readonly names: readonly string[];
  readonly counts?: Readonly<Record<string, KindId>>;
}

const uses: Partial<Readonly<Record<Group, UseRow>>> = {
  Compute: { service: 'compute', names: ['servers', 'cores'] },
  Network: { service: 'network', names: ['networks', 'floating IPs'] },
  Storage: { service: 'block-storage', names: ['volumes', 'GiB'] },
  'Load balancers': {
    service: 'load-balancer',
    names: ['load balancers'],
    counts: { 'load balancers': 'load-balancer.loadbalancer' },
  },
  DNS: { service: 'dns', names: ['zones'], counts: { zones: 'dns.zone' } },
  'Container clusters': {
    service: 'container-infrastructure-management',
    names: ['clusters'],
    counts: { clusters: 'container-infrastructure-management.cluster' },
  },
  Shares: { service: 'shared-file-system', names: ['shares', 'GiB'] },
  Secrets: { service: 'key-manager', names: ['secrets'], counts: { secrets: 'key-manager.secret' } },
};

/** From this share of a quota on, its group warns. */
const tightFrom = 0.8;

/** What one seldom runs out of: told without its limit until it is tight. */
const counted: readonly string[] = ['servers', 'networks', 'volumes', 'load balancers', 'zones', 'clusters', 'shares', 'secrets'];

/** What a project uses of its quota, to stand beside its groups. A service is asked once, when the first of its groups is opened; one that tells no quota shows none. */
export class GroupUse {
  readonly #project: Project;
  readonly #changed: Changed;
  readonly #signal: AbortSignal;
  readonly #quotas = new Map<string, readonly Quota[]>();
  readonly #asked = new Set<string>();

  constructor(project: Project, changed: Changed, signal: AbortSignal) {
    this.#project = project;
    this.#changed = changed;
    this.#signal = signal;
  }

  /** Asks for what stands beside a group, beside its rows. */
  async ask(group: Group): Promise<void> {
    const service = uses[group]?.service;
    if (service === undefined || this.#asked.has(service)) return;
    this.#asked.add(service);
    const quota = await this.#project.quota?.(service, this.#signal);
    if (!quota?.ok || this.#signal.aborted) return;
    this.#quotas.set(service, quota.value);
    this.#changed();
  }

  /** `9 servers · 15 of 100 cores`, warning where one is tight; without a quota how many there are of `first`, as far as that is known. */
  of(group: Group, first: KindId): { readonly text: string; readonly mood: Mood } {
    const use = uses[group];
    const quotas = (use && this.#quotas.get(use.service)) ?? [];
    const told = (use?.names ?? []).flatMap((name) => {
      const quota = quotas.find((one) => one.name === name);
      return quota ? this.#counted(quota, use?.counts?.[name]) : [];
    });
    if (told.length === 0) {
      const known = this.#project.peek(first);
      const [one, many] = kindOf(first).label;
      return { text: known ? `${countOf(known)} ${known.items.length === 1 ? one : many.toLowerCase()}` : '', mood: 'quiet' };
    }
    const tight = told.some(isTight);
    return { text: told.map(quotaText).join(' · ') + (tight ? ' ⚠' : ''), mood: tight ? 'warning' : 'quiet' };
  }

  /** With what is used: as the service says, else as many as a whole list holds. */
  #counted({ name, used, limit }: Quota, kind: KindId | undefined): Counted | readonly [] {
    const listed = kind && this.#project.peek(kind);
    const count = used ?? (listed?.complete ? listed.items.length : undefined);
    return count === undefined ? [] : { name, used: count, limit };
  }
}

type Counted = Quota & { readonly used: number };

const isTight = ({ used, limit }: Counted) => limit !== undefined && used >= limit * tightFrom;

/** `5 servers` for what is only counted, `7 of 20 cores` for what one runs out of. */
function quotaText(quota: Counted): string {
  const { name, used, limit } = quota;
  return limit === undefined || (counted.includes(name) && !isTight(quota))
    ? `${grouped(used)} ${used === 1 ? name.replace(/s$/, '') : name}`
    : `${grouped(used)} of ${grouped(limit)} ${name}`;
}
