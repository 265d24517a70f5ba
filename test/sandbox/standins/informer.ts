import { setTimeout as sleep } from 'node:timers/promises';
import type { Kubernetes } from '../api/kubernetes.ts';
import type { KubeObject } from '../api/objects.ts';

/** `namespace/name`, or the name alone for what has no namespace. */
export function keyOf({ metadata }: KubeObject): string {
  return metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
}

/** All objects of one collection, kept current by a watch: list, follow, and list again whenever the watch is lost. */
export class Informer<T extends KubeObject> {
  readonly #kubernetes: Kubernetes;
  readonly #path: string;
  readonly #objects = new Map<string, T>();
  readonly #listeners: ((object: T, gone: boolean) => void)[] = [];

  constructor(kubernetes: Kubernetes, path: string) {
    this.#kubernetes = kubernetes;
    this.#path = path;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  all(): readonly T[] {
    return [...this.#objects.values()];
  }

  /** Calls back for every object there is and for every change after that. */
  onChange(listener: (object: T, gone: boolean) => void): this {
    this.#listeners.push(listener);
    return this;
  }

  /** Resolves when the first list has been read; following goes on in the background for as long as the process lives. */
  async start(): Promise<this> {
    const version = await this.#list();
    void this.#follow(version);
    return this;
  }

  async #follow(from: string): Promise<never> {
    let version = from;
    for (;;) {
      try {
        for await (const { type, object } of this.#kubernetes.watch<T>(this.#path, version)) {
          version = object.metadata.resourceVersion;
          if (type !== 'BOOKMARK') this.#take(object, type === 'DELETED');
        }
      } catch {
        await sleep(500);
        version = await this.#list().catch(() => version);
      }
    }
  }

  async #list(): Promise<string> {
    const { items, resourceVersion } = await this.#kubernetes.list<T>(this.#path);
    const alive = new Set(items.map(keyOf));
    for (const [key, object] of this.#objects) if (!alive.has(key)) this.#take(object, true);
    for (const item of items) this.#take(item, false);
    return resourceVersion;
  }

  #take(object: T, gone: boolean): void {
    if (gone) this.#objects.delete(keyOf(object));
    else this.#objects.set(keyOf(object), object);
    for (const listener of this.#listeners) listener(object, gone);
  }
}
