import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { KubeObject } from './objects.ts';
import { Refused, Sender } from './request.ts';

interface Kubeconfig {
  readonly clusters: readonly { readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string } }[];
  readonly users: readonly {
    readonly user: { readonly 'client-certificate-data': string; readonly 'client-key-data': string };
  }[];
}

export interface WatchEvent<T> {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: T;
}

/** How a PATCH is to be read by the API server. */
const PATCHES = {
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

/** The strategic patch that takes one finalizer away, whatever else has changed since the object was read. */
export function withoutFinalizer(name: string) {
  return { metadata: { '$deleteFromPrimitiveList/finalizers': [name] } };
}

/** A thin client of one API server: paths in, plain JSON out. */
export class Kubernetes {
  readonly #server: string;
  readonly #sender: Sender;

  /** Reads a kubeconfig as the sandbox writes it: one cluster, one user, everything inline. */
  constructor(kubeconfig: string) {
    const config = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
    const cluster = config.clusters[0]?.cluster;
    const user = config.users[0]?.user;
    if (cluster === undefined || user === undefined) throw new Error(`${kubeconfig} names no cluster or no user`);
    const pem = (base64: string) => Buffer.from(base64, 'base64').toString('utf8');
    this.#server = cluster.server;
    this.#sender = new Sender({
      ca: pem(cluster['certificate-authority-data']),
      cert: pem(user['client-certificate-data']),
      key: pem(user['client-key-data']),
    });
  }

  get<T = KubeObject>(path: string): Promise<T> {
    return this.#send<T>('GET', path);
  }

  /** The object at `path`, or undefined when there is none. */
  async find<T = KubeObject>(path: string): Promise<T | undefined> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof Refused && error.status === 404) return undefined;
      throw error;
    }
  }

  async list<T = KubeObject>(path: string): Promise<{ items: T[]; resourceVersion: string }> {
    const body = await this.get<{ items: T[]; metadata: { resourceVersion: string } }>(path);
    return { items: body.items, resourceVersion: body.metadata.resourceVersion };
  }

  create<T = KubeObject>(path: string, object: unknown): Promise<T> {
    return this.#send<T>('POST', path, object);
  }

  patch<T = KubeObject>(path: string, how: 'merge' | 'strategic', patch: unknown): Promise<T> {
    return this.#send<T>('PATCH', path, patch, PATCHES[how]);
  }

  /** Server-side apply as field manager `manager`, taking over what others own. */
  apply<T = KubeObject>(path: string, object: unknown, manager: string): Promise<T> {
    return this.#send<T>('PATCH', `${path}?fieldManager=${manager}&force=true`, object, PATCHES.apply);
  }

  /** Deletes the object; one that is gone already counts as deleted. */
  async delete(path: string): Promise<void> {
    try {
      await this.#send('DELETE', path);
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error;
    }
  }

  /** Yields changes after `resourceVersion` until the server ends the watch. Throws {@link Refused}, 410 when the version is too old. */
  async *watch<T>(path: string, resourceVersion: string): AsyncGenerator<WatchEvent<T>> {
    const url = `${this.#server}${path}?watch=true&allowWatchBookmarks=true&timeoutSeconds=600&resourceVersion=${resourceVersion}`;
    const incoming = await this.#sender.open('GET', url, { accept: 'application/json' });
    if (incoming.statusCode !== 200) {
      incoming.destroy();
      throw new Refused(`GET ${url}`, incoming.statusCode ?? 0, 'the watch was refused');
    }
    for await (const line of createInterface({ input: incoming })) {
      const event = JSON.parse(line) as WatchEvent<T>;
      if (event.type === 'ERROR') throw new Refused(`GET ${url}`, 410, line);
      yield event;
    }
  }

  close(): void {
    this.#sender.close();
  }

  /** A server that asks for patience (429: the storage of a fresh definition is being made) gets it, for half a minute. */
  async #send<T>(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<T> {
    const headers = { accept: 'application/json', 'content-type': contentType };
    const text = body === undefined ? undefined : JSON.stringify(body);
    for (let tries = 0; ; tries++) {
      const answer = await this.#sender.send(method, this.#server + path, headers, text);
      if (answer.status < 400) return JSON.parse(answer.text) as T;
      if (answer.status !== 429 || tries === 30) throw new Refused(`${method} ${path}`, answer.status, answer.text);
      await sleep(1000);
    }
  }
}
