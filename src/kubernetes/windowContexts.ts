import { type Disposable, Emitter, type Event } from '../base/event.ts';
import { failed, type Result, success } from '../base/failure.ts';
import type { Kubeconfig, KubeconfigEntry } from './kubeconfig.ts';

/** Whom a context's user acts as (Kubernetes, user impersonation). */
export interface ActingAs {
  readonly user: string;
  readonly groups: readonly string[];
}

interface Lent {
  readonly context: KubeconfigEntry;
  readonly cluster: KubeconfigEntry;
  readonly user: KubeconfigEntry | undefined;
}

/** What of a lent entry counts: text that came with it. It names no file of this machine and runs nothing on it. */
const clusterFields = ['server', 'certificate-authority-data', 'insecure-skip-tls-verify', 'tls-server-name', 'proxy-url'];
const userFields = ['client-certificate-data', 'client-key-data', 'token', 'username', 'password'];

/** What holds for contexts in this window and is written nowhere: contexts that no file names, and whom one acts as. */
export class WindowContexts implements Disposable {
  readonly #lent = new Map<string, Lent>();
  readonly #acting = new Map<string, ActingAs>();
  readonly #changed = new Emitter<void>();
  readonly onDidChange: Event<void> = this.#changed.event;

  /**
   * Adds the current (or first) context of a kubeconfig's text under a name; one of that name is replaced. `from` says where it comes from. Fails with `invalid` when there is none,
   * with `unsupported` when its user signs in by a program or file, which a kubeconfig from elsewhere does not do here.
   */
  async lend(name: string, text: string, from: string): Promise<Result<void>> {
    // Made at activation, which reads no YAML.
    const { parseKubeconfig } = await import('./kubeconfig.ts');
    const read = parseKubeconfig(text, from);
    if (!read.ok) return read;
    const { contexts, clusters, users, current } = read.value;
    const context = contexts.find((one) => one.name === current) ?? contexts[0];
    const cluster = clusters.find((one) => one.name === context?.value['cluster']);
    if (!context || !cluster) return failed('invalid', `${from} holds no kubeconfig with a context and its cluster.`);
    const user = users.find((one) => one.name === context.value['user']);
    const kept = user && only(user, userFields, name);
    if (user && kept && Object.keys(kept.value).length === 0)
      return failed('unsupported', `${from} signs in by a program or file. Import it as a kubeconfig to use it.`);
    const { namespace } = context.value;
    const value = { cluster: name, ...(kept ? { user: name } : {}), ...(namespace === undefined ? {} : { namespace }) };
    this.#lent.set(name, { context: { ...context, name, value }, cluster: only(cluster, clusterFields, name), user: kept });
    this.#changed.fire();
    return success(undefined);
  }

  /** Lets go of a context that was lent. */
  close(name: string): void {
    this.#acting.delete(name);
    if (this.#lent.delete(name)) this.#changed.fire();
  }

  isLent(name: string): boolean {
    return this.#lent.has(name);
  }

  actingAs(context: string): ActingAs | undefined {
    return this.#acting.get(context);
  }

  /** Whom a context acts as from now on; undefined: nobody else. */
  actAs(context: string, who: ActingAs | undefined): void {
    if (who) this.#acting.set(context, who);
    else this.#acting.delete(context);
    this.#changed.fire();
  }

  /** The kubeconfig with what is lent; what a file names so stays. */
  over(config: Kubeconfig): Kubeconfig {
    const all = [...this.#lent].filter(([name]) => !config.contexts.has(name)).map(([, lent]) => lent);
    if (all.length === 0) return config;
    const key = windowKey;
    return {
      ...config,
      contexts: new Map([
        ...config.contexts,
        ...all.map(({ context, user }) => {
          const value = { ...context.value, cluster: key(context.name), ...(user ? { user: key(context.name) } : {}) };
          return [context.name, { ...context, value }] as const;
        }),
      ]),
      clusters: new Map([...config.clusters, ...all.map(({ cluster }) => [key(cluster.name), cluster] as const)]),
      users: new Map([...config.users, ...all.flatMap(({ user }) => (user ? [[key(user.name), user] as const] : []))]),
    };
  }

  /** A context's user, acting as somebody else where that was asked for. */
  userOf(context: string, user: KubeconfigEntry | undefined): KubeconfigEntry | undefined {
    const who = this.#acting.get(context);
    if (!who) return user;
    const { 'as-uid': _uid, 'as-user-extra': _extra, ...own } = user?.value ?? {};
    return { name: '', file: '', line: 0, ...user, value: { ...own, as: who.user, 'as-groups': who.groups } };
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

/** How the cluster and user of a lent context are called among those of the files. */
export const windowKey = (name: string) => `${name} (window)`;

function only(entry: KubeconfigEntry, fields: readonly string[], name: string): KubeconfigEntry {
  return { ...entry, name, value: Object.fromEntries(Object.entries(entry.value).filter(([field]) => fields.includes(field))) };
}
