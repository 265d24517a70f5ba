import type { Result } from '../../base/failure.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { keyOf } from '../../kubernetes/objectKey.ts';
import { refOf } from './prepare.ts';

/** So many objects of one kind in one namespace are read as one list rather than one by one. */
const MANY = 16;

/**
 * The live objects of a plan. Where the plan holds many of a kind in a namespace they come with one list, which halves the requests of a run with nothing to do; where that is not
 * allowed, or one is not in it yet, by one get each.
 */
export class LiveObjects {
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal;
  readonly #sizes = new Map<string, number>();
  readonly #single = new Map<string, Promise<Result<KubeObject>>>();
  readonly #lists = new Map<string, Promise<ReadonlyMap<string, KubeObject>>>();

  constructor(objects: readonly KubeObject[], cluster: Cluster, signal: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
    for (const object of objects) this.#sizes.set(groupOf(object), (this.#sizes.get(groupOf(object)) ?? 0) + 1);
  }

  /** Fails like `Cluster.get`. */
  async get(object: KubeObject): Promise<Result<KubeObject>> {
    const listed =
      (this.#sizes.get(groupOf(object)) ?? 0) >= MANY ? (await this.#list(object)).get(keyOf(refOf(object))) : undefined;
    return listed ? { ok: true, value: listed } : this.#one(object);
  }

  /** A failure is not kept: it may be asked again. */
  async #one(object: KubeObject): Promise<Result<KubeObject>> {
    const ref = refOf(object);
    const asked = this.#single.get(keyOf(ref)) ?? this.#cluster.get(ref, this.#signal);
    this.#single.set(keyOf(ref), asked);
    const found = await asked;
    if (!found.ok) this.#single.delete(keyOf(ref));
    return found;
  }

  #list(object: KubeObject): Promise<ReadonlyMap<string, KubeObject>> {
    const known = this.#lists.get(groupOf(object)) ?? this.#ask(object);
    this.#lists.set(groupOf(object), known);
    return known;
  }

  async #ask({ apiVersion, kind, metadata: { namespace } }: KubeObject): Promise<ReadonlyMap<string, KubeObject>> {
    const list = await this.#cluster.list(apiVersion, kind, namespace === undefined ? {} : { namespace }, this.#signal);
    const items = list.ok ? list.value.items : [];
    return new Map(items.map((item) => [keyOf(refOf({ ...item, apiVersion, kind })), { ...item, apiVersion, kind }]));
  }
}

function groupOf({ apiVersion, kind, metadata }: KubeObject): string {
  return `${apiVersion}/${kind} ${metadata.namespace ?? ''}`;
}
