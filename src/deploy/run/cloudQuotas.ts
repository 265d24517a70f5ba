import type { Project } from '../../openstack/project.ts';
import { quotaUse } from '../plan/quotaUse.ts';

/** How services word a quota that is used up, and which of their limits they mean. */
interface Row {
  readonly said: RegExp;
  readonly service: string;
  readonly name: string;
}

/** Sources: the exceptions `QuotaException` (octavia), `VolumeLimitExceeded`, `VolumeSizeExceedsAvailableQuota` (cinder), `OverQuota` (neutron), `TooManyInstances` (nova). */
const ROWS: readonly Row[] = [
  { said: /load.?balancer/i, service: 'load-balancer', name: 'load balancers' },
  { said: /gigabytes/i, service: 'block-storage', name: 'GiB' },
  { said: /volumes?/i, service: 'block-storage', name: 'volumes' },
  { said: /floating.?ip/i, service: 'network', name: 'floating IPs' },
  { said: /\bports?\b/i, service: 'network', name: 'ports' },
  { said: /\bnetworks?\b/i, service: 'network', name: 'networks' },
  { said: /\bcores\b/i, service: 'compute', name: 'cores' },
  { said: /\bram\b/i, service: 'compute', name: 'MiB of RAM' },
  { said: /instances|servers/i, service: 'compute', name: 'servers' },
];

/** Quotas of Kubernetes name themselves otherwise: `exceeded quota: tight`. */
const OF_CLOUD = /quota (?:has been met|exceeded)|exceed\w* .*\bquota\b|exceeded for quota/i;

/** Whether a message says that a quota of the cloud is used up. */
export function isCloudQuota(message: string): boolean {
  return OF_CLOUD.test(message) && !/exceeded quota:/i.test(message);
}

const EVERY_MS = 5_000;

/** What of the project's quotas is used up, asked of the cloud every five seconds as long as something waits for it. */
export class CloudQuotas {
  readonly #project: Project | undefined;
  readonly #signal: AbortSignal;
  readonly #changed: () => void;
  readonly #known = new Map<Row, { at: number; words: string | undefined }>();

  constructor(project: Project | undefined, signal: AbortSignal, changed: () => void) {
    this.#project = project;
    this.#signal = signal;
    this.#changed = changed;
  }

  /** `2 of 2 load balancers used in demo`, for a message that says that a quota is used up; undefined while it is not known. */
  of(message: string): string | undefined {
    const row = this.#project === undefined || !isCloudQuota(message) ? undefined : ROWS.find(({ said }) => said.test(message));
    if (row === undefined || this.#project === undefined) return undefined;
    const known = this.#known.get(row) ?? { at: 0, words: undefined };
    this.#known.set(row, known);
    void this.#look(this.#project, row, known);
    return known.words;
  }

  async #look(project: Project, row: Row, known: { at: number; words: string | undefined }): Promise<void> {
    const now = Date.now();
    if (now - known.at < EVERY_MS || this.#signal.aborted) return;
    known.at = now;
    const quotas = await quotaUse(project, row.service, this.#signal);
    const quota = quotas?.ok ? quotas.value.find(({ name }) => name === row.name) : undefined;
    if (quota?.limit === undefined || quota.used === undefined) return;
    const words = `${quota.used} of ${quota.limit} ${row.name} used in ${project.name}`;
    if (words === known.words) return;
    known.words = words;
    this.#changed();
  }
}
