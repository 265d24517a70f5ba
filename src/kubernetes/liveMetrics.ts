import { type Clock, systemClock } from '../base/clock.ts';
import { type Disposable, Emitter } from '../base/event.ts';
import type { Failure } from '../base/failure.ts';
import { Semaphore } from '../base/semaphore.ts';
import type { Cluster } from './cluster.ts';
import { type Amounts, mostSamples, type Sample, sum, type Usage } from './metrics.ts';
import { type Measured, readUsages } from './metricsApi.ts';

/** What is known of the use of one pod or node. */
export interface Seen {
  readonly usage: Usage;
  /** From the first time somebody asked for it; oldest first. */
  readonly samples: readonly Sample[];
}

/** The use of the pods of a namespace, or of all nodes, for as long as somebody follows it. */
export interface FollowedMetrics extends Disposable {
  /** Nothing before the first answer, and nothing where none comes. What is asked for is remembered from then on. */
  of(name: string): Seen | undefined;
  /** All of them together. */
  total(): Seen | undefined;
}

/** The metrics server measures every 15 s, or less often (metrics-server, `--metric-resolution`). */
const usualMs = 15_000;
const slowestMs = 60_000;
const lastFailedMs = 600_000;
/** Figures older than this are not shown any more. */
const oldMs = 180_000;
/** Asking again does not help: it is not served (any more), or not to this user. */
const final: readonly Failure['reason'][] = ['notFound', 'forbidden', 'signedOut', 'unsupported', 'untrusted', 'invalid'];

/** What the wait before the next look depends on. */
export interface Pace {
  /** How long the last answer took, in ms. */
  readonly tookMs: number;
  /** Looks in a row that brought nothing newer. */
  readonly same: number;
  /** Failures in a row. */
  readonly failures: number;
}

/** Ms until the next look: 15 s, longer where nothing new came, where the answer is a burden (at most a twentieth of the time is spent on it) and while it fails. */
export function nextLookMs({ tookMs, same, failures }: Pace): number {
  if (failures > 0) return Math.min(lastFailedMs, usualMs * 2 ** failures);
  return Math.max(Math.min(slowestMs, usualMs * 1.5 ** same), 20 * tookMs);
}

/**
 * Use of CPU and memory of what is open: one request for each namespace (and one for all nodes) at a time, however many rows show it, one after the other in a cluster, and only while somebody
 * sees them. What was seen is remembered for rows that are shown, and forgotten with the last of them. No request where the API is not served; trouble is silence.
 */
export class LiveMetrics implements Disposable {
  readonly #clock: Clock;
  readonly #clusters = new WeakMap<Cluster, ClusterMetrics>();
  readonly #feeds = new Set<Feed>();
  readonly #attention = new Attention();

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /** Somebody sees the rows, or nobody any more. */
  attend(attended: boolean): void {
    this.#attention.set(attended);
  }

  /** `changed` is called when other figures are known. */
  follow(cluster: Cluster, measured: Measured, changed: () => void): FollowedMetrics {
    const shared = this.#of(cluster);
    const { feeds } = shared;
    const key = keyOf(measured);
    const feed = feeds.get(key) ?? new Feed(cluster, measured, { clock: this.#clock, attention: this.#attention, shared });
    feeds.set(key, feed);
    this.#feeds.add(feed);
    const subscription = feed.onDidChange(changed);
    feed.followers += 1;
    let ended = false;
    return {
      of: (name) => feed.of(name),
      total: () => feed.total(),
      dispose: () => {
        subscription.dispose();
        if (ended) return;
        ended = true;
        feed.followers -= 1;
        if (feed.followers > 0) return;
        feed.dispose();
        this.#feeds.delete(feed);
        feeds.delete(key);
      },
    };
  }

  /** What was seen of one lately, if somebody follows it now. */
  seen(cluster: Cluster, measured: Measured, name: string): readonly Sample[] {
    return this.#clusters.get(cluster)?.feeds.get(keyOf(measured))?.of(name)?.samples ?? [];
  }

  dispose(): void {
    for (const feed of this.#feeds) feed.dispose();
    this.#attention.dispose();
  }

  #of(cluster: Cluster): ClusterMetrics {
    const known = this.#clusters.get(cluster) ?? new ClusterMetrics();
    this.#clusters.set(cluster, known);
    return known;
  }
}

class ClusterMetrics {
  readonly feeds = new Map<string, Feed>();
  /** One request after the other: a metrics API that hangs holds one connection, not all. */
  readonly turn = new Semaphore(1);
  /** In a row, whoever asked. */
  failures = 0;
}

const keyOf = (measured: Measured) => (measured.of === 'nodes' ? measured.of : `pods ${measured.namespace ?? ''}`);

class Attention implements Disposable {
  attended = false;
  readonly #changed = new Emitter<void>();

  set(attended: boolean): void {
    this.attended = attended;
    if (attended) this.#changed.fire();
  }

  /** Resolves when somebody looks, or the signal fires. */
  until(signal: AbortSignal): Promise<void> {
    if (this.attended || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        subscription.dispose();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const subscription = this.#changed.event(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

interface FeedParts {
  readonly clock: Clock;
  readonly attention: Attention;
  readonly shared: ClusterMetrics;
}

class Feed implements Disposable {
  followers = 0;
  readonly #cluster: Cluster;
  readonly #measured: Measured;
  readonly #parts: FeedParts;
  readonly #ending = new AbortController();
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  #usages: ReadonlyMap<string, Usage> = new Map();
  #total: Usage | undefined;
  /** Of those that were asked for; the total stands under the empty name. */
  readonly #samples = new Map<string, readonly Sample[]>();

  constructor(cluster: Cluster, measured: Measured, parts: FeedParts) {
    this.#cluster = cluster;
    this.#measured = measured;
    this.#parts = parts;
    void this.#run();
  }

  of(name: string): Seen | undefined {
    const usage = this.#usages.get(name);
    return usage && this.#seen(name, usage);
  }

  total(): Seen | undefined {
    return this.#total && this.#seen('', this.#total);
  }

  dispose(): void {
    this.#ending.abort();
    this.#changed.dispose();
  }

  #seen(name: string, usage: Usage): Seen {
    const samples = this.#samples.get(name) ?? [sampleOf(usage)];
    this.#samples.set(name, samples);
    return { usage, samples };
  }

  async #run(): Promise<void> {
    const { clock, attention, shared } = this.#parts;
    const { signal } = this.#ending;
    let same = 0;
    let lastGood = clock.now();
    for (;;) {
      await attention.until(signal);
      if (signal.aborted) return;
      let started = clock.now();
      const answer = await shared.turn.run(async () => {
        started = clock.now();
        return signal.aborted ? undefined : readUsages(this.#cluster, this.#measured, { signal });
      });
      if (!answer || signal.aborted) return;
      const now = clock.now();
      if (answer.ok) {
        shared.failures = 0;
        lastGood = now;
        same = this.#take(answer.value) ? 0 : same + 1;
      } else {
        const over = final.includes(answer.failure.reason);
        if (over || now - lastGood > oldMs) this.#forget();
        if (over) return;
        shared.failures += 1;
      }
      await clock.sleep(nextLookMs({ tookMs: now - started, same, failures: shared.failures }), signal);
    }
  }

  /** Whether there was anything new. */
  #take(usages: readonly Usage[]): boolean {
    const before = this.#usages;
    this.#usages = new Map(usages.map((usage) => [usage.name, usage]));
    const isNew = usages.length !== before.size || usages.some(({ name, at }) => before.get(name)?.at !== at);
    if (!isNew) return false;
    this.#total = totalOf(usages);
    for (const [name, samples] of [...this.#samples]) {
      const usage = name === '' ? this.#total : this.#usages.get(name);
      if (!usage) this.#samples.delete(name);
      else if (samples.at(-1)?.at !== usage.at) this.#samples.set(name, [...samples, sampleOf(usage)].slice(-mostSamples));
    }
    this.#changed.fire();
    return true;
  }

  #forget(): void {
    const had = this.#usages.size > 0;
    this.#usages = new Map();
    this.#total = undefined;
    this.#samples.clear();
    if (had) this.#changed.fire();
  }
}

const sampleOf = ({ at, cpu, memory }: Usage): Sample => ({ at, cpu, memory });

function totalOf(usages: readonly Usage[]): Usage | undefined {
  const [first] = usages;
  if (!first) return undefined;
  const total: Amounts = { cpu: 0, memory: 0, ...sum(usages) };
  const at = usages.reduce((latest, usage) => Math.max(latest, usage.at), 0);
  return { ...first, ...total, name: '', at, containers: new Map() };
}
