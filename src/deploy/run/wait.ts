import { sameJson, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import type { Project } from '../../openstack/project.ts';
import type { Overrides } from '../readiness/override.ts';
import { limitNow, limitOf, mayFlap, neighboursOf, statusOf } from '../readiness/readiness.ts';
import type { Cause, Status } from '../readiness/status.ts';
import type { RunChild } from '../types.ts';
import { CloudQuotas } from './cloudQuotas.ts';
import { CloudVolumes } from './cloudVolumes.ts';
import { LoadBalancers } from './loadBalancers.ts';
import { NEIGHBOURS, Observed } from './observed.ts';
import { Progress } from './progress.ts';

/** How long things may take, in ms. */
export interface WaitOptions {
  /** How long a workload must stay ready before it counts: a container may die right after its first breath. Default 3,000. */
  readonly stabilityMs?: number;
  /** How long any object may stand without progress; default: what its kind and what it waits for usually take (`readiness/patience.ts`). */
  readonly timeoutMs?: number;
  /** What the user says of kinds, instead of our rules. */
  readonly readiness?: Overrides;
}

/** What the wait has to say about one object. `ready`, `failed` and `notReady` settle it; a failed one may still turn ready. */
export interface Verdict {
  readonly key: string;
  readonly state: 'waiting' | 'ready' | 'failed' | 'notReady';
  readonly message?: string;
  readonly cause?: Cause;
  readonly children?: readonly RunChild[];
}

/** One object that is waited for. */
interface Waited {
  readonly key: string;
  readonly progress: Progress;
  readonly limitMs: number;
  /** True if this run changed it: only then the stability window applies. */
  readonly changed: boolean;
  /** The object as applied; what the watch shows from before it does not count. */
  object: KubeObject;
  seen: boolean;
  settled: 'ready' | 'failed' | 'notReady' | undefined;
  readySince: number | undefined;
  /** Troubles by their codes: one that comes and goes (a container that crashes runs in between) is as old as its first time. */
  readonly troubles: Map<string, Trouble>;
  said: Verdict | undefined;
}

interface Trouble {
  readonly since: number;
  readonly first: Status;
  last: number;
}

/** Kubelet's longest back-off is 5 min: a trouble that was away for longer is a new one. */
const FORGOTTEN_MS = 360_000;
const COALESCE_MS = 50;
const TICK_MS = 250;

/**
 * Waits until applied objects work: one watch per kind and namespace in play, one more for each neighbour kind that explains (pods, ReplicaSets, Events), no polling of objects.
 * Tells a verdict whenever there is something new to say.
 */
export class Wait {
  readonly #cluster: Cluster;
  readonly #options: WaitOptions;
  readonly #tell: (verdict: Verdict) => void;
  readonly #stop = new AbortController();
  readonly #waited = new Map<string, Waited>();
  readonly #watches = new Set<string>();
  /** What the watches showed last, by uid, and whether it is gone: that may come before the answer to the apply is noted, and never again. */
  readonly #shown = new Map<string, { readonly object: KubeObject; readonly gone: boolean }>();
  readonly #observed: Observed;
  readonly #ticks: NodeJS.Timeout;
  #due: NodeJS.Timeout | undefined;
  #classesAsked = false;
  #kindsAsked = 0;

  constructor(cluster: Cluster, project: Project | undefined, options: WaitOptions, tell: (verdict: Verdict) => void) {
    this.#cluster = cluster;
    this.#options = options;
    this.#tell = tell;
    const parts = [project, this.#stop.signal, () => this.#soon()] as const;
    const [balancers, volumes, quotas] = [new LoadBalancers(...parts), new CloudVolumes(...parts), new CloudQuotas(...parts)];
    this.#observed = new Observed({
      loadBalancer: (service) => balancers.of(service),
      volume: (claim) => volumes.of(claim),
      usedUp: (message) => quotas.of(message),
    });
    this.#ticks = setInterval(() => this.#judgeAll(), TICK_MS);
  }

  /** Begins to wait for an object as the server answered it. */
  follow(key: string, object: KubeObject, changed: boolean): void {
    this.#waited.set(key, {
      key,
      progress: new Progress(Date.now()),
      limitMs: this.#options.timeoutMs ?? limitOf(object, this.#options.readiness),
      changed,
      object,
      seen: false,
      settled: undefined,
      readySince: undefined,
      troubles: new Map(),
      said: undefined,
    });
    const shown = this.#shown.get(object.metadata.uid ?? '');
    if (shown?.gone) this.#lose(shown.object);
    else if (shown) this.#see(shown.object);
    this.#watch(object.apiVersion, object.kind, object.metadata.namespace);
    const neighbours = neighboursOf(object);
    for (const neighbour of neighbours) {
      const { apiVersion, kind } = NEIGHBOURS[neighbour.kind];
      this.#watch(apiVersion, kind, neighbour.namespace);
    }
    if ([object, ...neighbours].some(({ kind }) => kind === 'PersistentVolumeClaim')) void this.#askClasses();
    this.#soon();
  }

  /** Whether every object that is waited for has settled. */
  get settled(): boolean {
    return [...this.#waited.values()].every(({ settled }) => settled !== undefined);
  }

  dispose(): void {
    this.#stop.abort();
    clearInterval(this.#ticks);
    clearTimeout(this.#due);
  }

  #watch(apiVersion: string, kind: string, namespace: string | undefined): void {
    const name = `${apiVersion}/${kind} ${namespace ?? ''}`;
    if (this.#watches.has(name)) return;
    this.#watches.add(name);
    void this.#keepWatching(apiVersion, kind, namespace);
  }

  async #keepWatching(apiVersion: string, kind: string, namespace: string | undefined): Promise<void> {
    const selection = namespace === undefined ? {} : { namespace };
    const { signal } = this.#stop;
    while (!signal.aborted) {
      for await (const event of this.#cluster.watch(apiVersion, kind, selection, signal)) {
        if (event.type === 'failed' && (event.failure.reason === 'forbidden' || event.failure.reason === 'signedOut'))
          return this.#blind(apiVersion, kind, namespace, event.failure.message);
        if (!('object' in event)) continue;
        this.#observed.take(event);
        const { uid } = event.object.metadata;
        if (uid !== undefined) this.#shown.set(uid, { object: event.object, gone: event.type === 'deleted' });
        if (event.type === 'deleted') this.#lose(event.object);
        else this.#see(event.object);
        this.#soon();
      }
      // a watch that ended by itself (the server restarted, the list was too old) begins anew
      if (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }

  /** Nobody may watch this kind here: what is waited for cannot be told, and that is said. */
  #blind(apiVersion: string, kind: string, namespace: string | undefined, why: string): void {
    this.#observed.takeUnseen(kind, namespace);
    for (const one of this.#waited.values()) {
      const { object } = one;
      if (object.apiVersion !== apiVersion || object.kind !== kind || object.metadata.namespace !== namespace || one.settled)
        continue;
      this.#settle(one, 'notReady', {
        key: one.key,
        state: 'notReady',
        message: `applied, but whether it works cannot be seen: ${why}`,
      });
    }
  }

  #see(object: KubeObject): void {
    for (const one of this.#waited.values()) {
      if (!isSame(one.object, object) || isOlder(object, one.object)) continue;
      one.object = object;
      one.seen = true;
    }
  }

  #lose(object: KubeObject): void {
    for (const one of this.#waited.values()) {
      if (one.settled === undefined && isSame(one.object, object))
        this.#settle(one, 'failed', { key: one.key, state: 'failed', message: 'somebody deleted it while it was waited for' });
    }
  }

  #soon(): void {
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      this.#judgeAll();
    }, COALESCE_MS);
  }

  #judgeAll(): void {
    if (this.#stop.signal.aborted) return;
    for (const one of this.#waited.values())
      if (one.seen && one.settled !== 'ready') this.#judge(one);
      else if (!one.seen && !one.settled) this.#checkTime(one, undefined);
  }

  #judge(one: Waited): void {
    const status = statusOf(one.object, this.#observed, this.#options.readiness);
    if (one.object.kind === 'CustomResourceDefinition') void this.#askKinds(status);
    if (status.state === 'ready') {
      this.#judgeReady(one, status);
      return;
    }
    one.readySince = undefined;
    if (one.settled !== undefined) return;
    one.progress.note(one.object, status, Date.now());
    if (status.state === 'failing') this.#judgeTrouble(one, status);
    else this.#checkTime(one, status);
  }

  #judgeReady(one: Waited, status: Status): void {
    const now = Date.now();
    one.readySince ??= now;
    const window = one.changed && mayFlap(one.object) ? (this.#options.stabilityMs ?? 3_000) : 0;
    if (now - one.readySince >= window) this.#settle(one, 'ready', verdict(one, 'ready', status));
    else if (one.settled === undefined)
      this.#say(one, { key: one.key, state: 'waiting', message: 'ready, making sure that it stays so' });
  }

  #judgeTrouble(one: Waited, status: Status): void {
    const now = Date.now();
    const code = status.code ?? '';
    const known = one.troubles.get(code);
    const trouble = known && now - known.last < FORGOTTEN_MS ? known : { since: now, first: status, last: now };
    trouble.last = now;
    one.troubles.set(code, trouble);
    if (now - trouble.since < (status.graceMs ?? 0)) {
      this.#checkTime(one, status);
      return;
    }
    // kubelet soon replaces the first words by vague ones
    const told = /\bback-?off\b/i.test(status.message ?? '') ? trouble.first : status;
    this.#settle(one, 'failed', verdict(one, 'failed', { ...status, ...said(told) }));
  }

  #checkTime(one: Waited, status: Status | undefined): void {
    const now = Date.now();
    const limit =
      this.#options.timeoutMs ?? Math.max(limitNow(one.object, one.limitMs, this.#options.readiness), status?.limitMs ?? 0);
    if (one.progress.idle(now) < limit) {
      const { message } = status ?? {};
      if (status)
        this.#say(
          one,
          verdict(
            one,
            'waiting',
            message === undefined ? status : { ...status, message: one.progress.words(message, limit, now) },
          ),
        );
      return;
    }
    const said = verdict(one, 'notReady', status ?? { state: 'progressing' });
    this.#settle(one, 'notReady', { ...said, message: one.progress.stalled(status?.message, limit, now) });
  }

  #settle(one: Waited, state: 'ready' | 'failed' | 'notReady', said: Verdict): void {
    one.settled = state;
    this.#say(one, said);
  }

  #say(one: Waited, said: Verdict): void {
    if (sameJson(one.said, said)) return;
    one.said = said;
    this.#tell(said);
  }

  async #askClasses(): Promise<void> {
    if (this.#classesAsked) return;
    this.#classesAsked = true;
    const classes = await this.#cluster.list('storage.k8s.io/v1', 'StorageClass', {}, this.#stop.signal);
    if (classes.ok) this.#observed.takeClasses(classes.value.items);
    this.#soon();
  }

  /** Established is not yet served: discovery follows within a second or so. */
  async #askKinds(status: Status): Promise<void> {
    const now = Date.now();
    if (status.state === 'ready' || now - this.#kindsAsked < TICK_MS) return;
    this.#kindsAsked = now;
    const kinds = await this.#cluster.kinds({ fresh: true, signal: this.#stop.signal });
    if (kinds.ok) this.#observed.takeKinds(kinds.value);
    this.#soon();
  }
}

function verdict(one: Waited, state: Verdict['state'], status: Status): Verdict {
  const { children } = status;
  return {
    key: one.key,
    state,
    ...said(status),
    ...(children === undefined || children.length === 0 ? {} : { children }),
  };
}

function said({ message, cause }: Status): Pick<Status, 'message' | 'cause'> {
  return { ...(message === undefined ? {} : { message }), ...(cause === undefined ? {} : { cause }) };
}

function isSame(one: KubeObject, other: KubeObject): boolean {
  if (one.metadata.uid !== undefined && other.metadata.uid !== undefined) return one.metadata.uid === other.metadata.uid;
  return (
    one.kind === other.kind &&
    one.apiVersion === other.apiVersion &&
    one.metadata.name === other.metadata.name &&
    one.metadata.namespace === other.metadata.namespace
  );
}

/** Versions of objects of one resource may be compared as numbers since Kubernetes 1.35; where they are no numbers, the generation tells. */
function isOlder(seen: KubeObject, applied: KubeObject): boolean {
  const [mine, theirs] = [textAt(seen, 'metadata', 'resourceVersion'), textAt(applied, 'metadata', 'resourceVersion')];
  if (mine !== undefined && theirs !== undefined && /^\d+$/.test(mine) && /^\d+$/.test(theirs))
    return BigInt(mine) < BigInt(theirs);
  return (seen.metadata.generation ?? 0) < (applied.metadata.generation ?? 0);
}
