import { type Clock, systemClock } from '../base/clock.ts';
import { type Disposable, Emitter } from '../base/event.ts';
import type { Failure } from '../base/failure.ts';
import type { Cluster, KubeObject } from './cluster.ts';
import { type Container, containersOf } from './containers.ts';
import type { LogLine } from './logLines.ts';
import { type LogEntry, LogRing } from './logRing.ts';
import { type ContainerLife, type LogPatience, type LogSource, type LogWanted, podLogSource, readLog } from './podLog.ts';
import type { PodSelection } from './podSelection.ts';

/** What is read: the containers of some pods. */
export interface MergedWanted extends LogWanted {
  readonly pods: PodSelection;
  /** Names of containers; undefined: all. */
  readonly containers?: readonly string[];
}

/** For tests. `open` gives the log of one container in place of the API server's. */
export interface MergedPatience extends LogPatience {
  readonly open?: (pod: KubeObject) => LogSource;
  readonly batchMs?: number;
}

/** Logs that are read at a time: each is a connection. Others are read when one of these ends. */
export const mostLogs = 50;
/** Between two batches: at most five a second. */
const batchMs = 200;
/** Beyond so much in one batch the readers wait, so that a flood takes at most 5 MiB a second and the API server holds back the rest. */
const mostInBatch = { lines: 5_000, characters: 1024 * 1024 };

/**
 * The logs of many containers as one, in batches ordered by time. Pods that come join, pods that go say so. What was read stands in {@link ring}: memory is bounded by it, by one batch
 * and by one line for each container, whatever is written.
 *
 * Within a batch lines stand by their time, and those of one container always in the order in which they came; a line that is late by more than a batch stands where it came.
 */
export class MergedLog implements Disposable {
  readonly ring = new LogRing();
  readonly #cluster: Cluster;
  readonly #wanted: MergedWanted;
  readonly #patience: MergedPatience;
  readonly #clock: Clock;
  readonly #ending = new AbortController();
  readonly #read = new Emitter<readonly LogEntry[]>();
  readonly #changed = new Emitter<void>();
  /** By uid of the pod and name of the container. */
  readonly #logs = new Map<string, FollowedLog>();
  readonly #waiting: FollowedLog[] = [];
  #reading = 0;
  #isSynced = false;
  #queue: LogEntry[] = [];
  #characters = 0;
  #flushing: Promise<void> | undefined;
  /** A batch was read; its entries stand in the ring already. */
  readonly onDidRead = this.#read.event;
  /** Another container is read, or one is not any more. */
  readonly onDidChange = this.#changed.event;

  constructor(cluster: Cluster, wanted: MergedWanted, patience: MergedPatience = {}) {
    this.#cluster = cluster;
    this.#wanted = wanted;
    this.#patience = patience;
    this.#clock = patience.clock ?? systemClock;
  }

  /** Begins to read. */
  start(): void {
    void this.#watch();
  }

  /** The containers whose logs are read or will be, `web-1/app`. */
  get sources(): readonly string[] {
    return [...this.#logs.values()].filter(({ over }) => !over).map(({ source }) => source);
  }

  /** Names of the containers of the pods there are, those that are not wanted too. */
  get containers(): readonly string[] {
    return [...this.#known].sort();
  }
  readonly #known = new Set<string>();

  dispose(): void {
    this.#ending.abort();
    this.#read.dispose();
    this.#changed.dispose();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#ending;
    const { selection } = this.#wanted.pods;
    let isStale = false;
    for await (const event of this.#cluster.watch('v1', 'Pod', selection, signal)) {
      if (signal.aborted) return;
      if (isStale && event.type !== 'stale') {
        isStale = false;
        this.#say('', 'Pods are heard of again.');
      }
      if (event.type === 'synced') {
        this.#isSynced = true;
        if (this.#logs.size === 0)
          this.#say('', this.#wanted.follow ? 'No such pods now. Those that come will join.' : 'No such pods.');
        if (!this.#wanted.follow) return;
      } else if (event.type === 'stale') {
        if (!isStale) this.#say('', `No news of pods: ${event.failure.message}`);
        isStale = true;
      } else if (event.type === 'failed') await this.#withoutWatch(event.failure);
      else if (event.type === 'deleted') this.#gone(event.object);
      else await this.#take(event.object);
    }
  }

  /** Who may not list pods may perhaps get the one that is meant: its log is read, and when it goes is not heard. */
  async #withoutWatch(failure: Failure): Promise<void> {
    const { namespace, selection } = this.#wanted.pods;
    const name = /^metadata\.name=(.+)$/.exec(selection.fieldSelector ?? '')?.[1];
    const pod =
      name !== undefined && failure.reason === 'forbidden'
        ? await this.#cluster.get({ apiVersion: 'v1', kind: 'Pod', namespace, name }, this.#ending.signal)
        : undefined;
    if (pod?.ok) await this.#take(pod.value);
    else this.#say('', failure.message);
  }

  async #take(pod: KubeObject): Promise<void> {
    const { pods, containers } = this.#wanted;
    if (pods.fits && !(await pods.fits(pod))) return;
    const all = containersOf(pod);
    for (const { name } of all) this.#known.add(name);
    const joins = this.#isSynced && !all.some(({ name }) => this.#logs.has(keyOf(pod, name)));
    if (joins && all.length > 0) this.#say(pod.metadata.name, 'This pod joins.');
    for (const container of all) {
      if (containers && !containers.includes(container.name)) continue;
      const key = keyOf(pod, container.name);
      const known = this.#logs.get(key);
      if (known) known.become(container);
      else this.#begin(key, pod, container, joins);
    }
  }

  #gone(pod: KubeObject): void {
    for (const { name } of containersOf(pod)) {
      const log = this.#logs.get(keyOf(pod, name));
      log?.become(undefined);
      if (log?.over) this.#logs.delete(log.key);
    }
  }

  #begin(key: string, pod: KubeObject, container: Container, joins: boolean): void {
    const log = new FollowedLog(key, pod, container, joins);
    this.#logs.set(key, log);
    this.#changed.fire();
    if (this.#reading < mostLogs) void this.#follow(log);
    else {
      if (this.#waiting.length === 0) this.#say('', `${mostLogs} logs are read at a time; the next begin as others end.`);
      this.#waiting.push(log);
    }
  }

  async #follow(log: FollowedLog): Promise<void> {
    const { signal } = this.#ending;
    this.#reading += 1;
    const { open = ({ metadata: { name, namespace = 'default' } }) => podLogSource(this.#cluster, { name, namespace }) } =
      this.#patience;
    // Where to begin is asked of what was there: of a pod that joins, its first words are wanted.
    const { tailLines: _tail, sinceSeconds: _since, ...whole } = this.#wanted;
    const wanted = log.joins ? whole : this.#wanted;
    for await (const event of readLog(open(log.pod), log.container, wanted, log, signal, this.#patience)) {
      if (signal.aborted) return;
      if ('notice' in event) this.#say(log.source, event.notice);
      else await this.#put(event.lines.map((line) => entryOf(log.source, line)));
    }
    this.#reading -= 1;
    if (signal.aborted) return;
    // One that is over must not begin again with the next word of its pod.
    log.over = true;
    if (!log.current()) this.#logs.delete(log.key);
    this.#changed.fire();
    const next = this.#waiting.shift();
    if (next) void this.#follow(next);
    else if (!this.#wanted.follow && this.#isSynced && this.#reading === 0) this.#say('', 'That is all.');
  }

  #say(source: string, text: string): void {
    void this.#put([{ source, notice: true, time: '', at: Number.NaN, text }]);
  }

  /** Resolves when there is room for more. */
  async #put(entries: readonly LogEntry[]): Promise<void> {
    for (const entry of entries) {
      this.#queue.push(entry);
      this.#characters += entry.text.length;
    }
    this.#flushing ??= this.#flushSoon();
    if (this.#queue.length > mostInBatch.lines || this.#characters > mostInBatch.characters) await this.#flushing;
  }

  async #flushSoon(): Promise<void> {
    await this.#clock.sleep(this.#patience.batchMs ?? batchMs, this.#ending.signal);
    const batch = byTime(this.#queue);
    this.#queue = [];
    this.#characters = 0;
    this.#flushing = undefined;
    if (this.#ending.signal.aborted) return;
    this.ring.add(batch);
    this.#read.fire(batch);
  }
}

/** One container whose log is read, and what is known of it meanwhile. */
class FollowedLog implements ContainerLife {
  readonly key: string;
  readonly pod: KubeObject;
  readonly container: string;
  /** Of a pod that came while others were followed. */
  readonly joins: boolean;
  readonly #changes = new Emitter<void>();
  /** Nothing more comes. */
  over = false;
  #state: Container | undefined;

  constructor(key: string, pod: KubeObject, container: Container, joins: boolean) {
    this.key = key;
    this.joins = joins;
    this.pod = pod;
    this.container = container.name;
    this.#state = container;
  }

  get source(): string {
    return `${this.pod.metadata.name}/${this.container}`;
  }

  current(): Container | undefined {
    return this.#state;
  }

  become(state: Container | undefined): void {
    const before = JSON.stringify(this.#state);
    this.#state = state;
    if (JSON.stringify(state) !== before) this.#changes.fire();
  }

  changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        subscription.dispose();
        signal.removeEventListener('abort', done);
        resolve();
      };
      const subscription = this.#changes.event(done);
      signal.addEventListener('abort', done, { once: true });
    });
  }
}

/** The pod of the same name that comes after it (of a StatefulSet) is another. */
function keyOf({ metadata: { uid, name } }: KubeObject, container: string): string {
  return `${uid ?? name}/${container}`;
}

function entryOf(source: string, { time, at, text }: LogLine): LogEntry {
  return { source, notice: false, time, at, text };
}

/** Stable by time; an entry stands never before one of its own source that came before it, and one without a time behind the one it came after. */
function byTime(entries: readonly LogEntry[]): readonly LogEntry[] {
  const newest = new Map<string, number>();
  let last = Number.NEGATIVE_INFINITY;
  const placed = entries.map((entry) => {
    const own = newest.get(entry.source) ?? Number.NEGATIVE_INFINITY;
    const at = Number.isNaN(entry.at) ? Math.max(own, last) : Math.max(own, entry.at);
    newest.set(entry.source, at);
    last = at;
    return { at, entry };
  });
  return placed.sort((one, other) => (one.at === other.at ? 0 : one.at - other.at)).map(({ entry }) => entry);
}
