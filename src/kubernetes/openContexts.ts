import { existsSync, type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { type Disposable, Emitter, type Event } from '../base/event.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import type { Http } from '../base/http.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import type { OnSent } from '../base/sent.ts';
import { Bastions } from './bastions.ts';
import type { Cluster, ContextSummary, Contexts } from './cluster.ts';
import { Credentials } from './credentials.ts';
import type { ExecConsent, ExecSurroundings } from './execCredential.ts';
import { ExecSessions } from './execSessions.ts';
import { type Kubeconfig, type KubeconfigEntry, type KubeconfigSearch, readKubeconfig } from './kubeconfig.ts';
import { openCluster } from './openCluster.ts';
import type { ReflectorPatience } from './reflector.ts';
import { type WindowContexts, windowKey } from './windowContexts.ts';

/** What the contexts take from their surroundings. */
export interface ContextsOptions extends KubeconfigSearch {
  readonly http: Http;
  readonly mayRun: ExecConsent;
  /** Brings the user to a page that a sign-in program names. */
  readonly attend?: ExecSurroundings['attend'];
  readonly logger?: Logger;
  /** Absolute paths of the folders that are open in the editor: no program in them is run to sign in. */
  readonly workspaceFolders?: () => readonly string[];
  readonly clock?: Clock;
  /** How long watches are waited for: for tests. */
  readonly patience?: ReflectorPatience;
  /** Whether changes of the files are heard (an editor) or not (a command line). */
  readonly watch?: boolean;
  /** By context or host of a server, `*` for any text: the bastion that leads there, `user@host:port` or a host of ssh's own configuration. */
  readonly bastions?: Readonly<Record<string, string>>;
  /** Hears of every change that goes out. */
  readonly onSent?: OnSent;
  /** What holds in this window only. */
  readonly window?: WindowContexts;
}

const settleMs = 200;

/** The contexts of the user's kubeconfig files: read on first use, again when a file changes; nothing is contacted, nothing written. */
export function openContexts(options: ContextsOptions): Contexts {
  return new OpenedContexts(options);
}

class OpenedContexts implements Contexts {
  readonly #options: ContextsOptions;
  readonly #changed = new Emitter<void>();
  readonly #clusters = new Map<string, { readonly fingerprint: string; readonly cluster: Cluster }>();
  readonly #watchers = new Map<string, FSWatcher>();
  readonly #sessions: ExecSessions;
  readonly #bastions: Bastions;
  #read: Promise<Kubeconfig> | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #subscription: Disposable | undefined;

  constructor(options: ContextsOptions) {
    const { env, home, mayRun, attend, workspaceFolders, logger = silentLogger, clock } = options;
    this.#options = options;
    this.#subscription = options.window?.onDidChange(() => void this.#reread(true));
    const surroundings = { env, home, mayRun, attend, workspaceFolders, logger, ...(clock ? { now: () => clock.now() } : {}) };
    this.#sessions = new ExecSessions(surroundings);
    this.#bastions = new Bastions(options.bastions ?? {}, surroundings);
  }

  get onDidChange(): Event<void> {
    return this.#changed.event;
  }

  async list(): ReturnType<Contexts['list']> {
    const config = await this.#config();
    const contexts = [...config.contexts.values()].map((entry) => this.#summaryOf(entry, config));
    return { contexts, current: config.current, problems: config.problems, files: config.lookedFor };
  }

  async open(context: string): Promise<Result<Cluster>> {
    const config = await this.#config();
    const entry = config.contexts.get(context);
    if (!entry) return failed('notFound', `No context is called ${context} in ${config.lookedFor.join(', ')}.`);
    const summary = this.#summaryOf(entry, config);
    if (summary.problem) return { ok: false, failure: summary.problem };
    const cluster = config.clusters.get(summary.cluster);
    if (!cluster) return failed('notFound', `Context ${context} names no cluster.`);
    const user = config.users.get(String(entry.value['user'] ?? ''));
    return success(this.#openOnce(summary, cluster, this.#options.window?.userOf(context, user) ?? user));
  }

  refresh(): void {
    void this.#reread();
  }

  dispose(): void {
    this.#subscription?.dispose();
    clearTimeout(this.#timer);
    for (const watcher of this.#watchers.values()) watcher.close();
    for (const { cluster } of this.#clusters.values()) cluster.dispose();
    this.#bastions.dispose();
    this.#changed.dispose();
  }

  #summaryOf(entry: KubeconfigEntry, config: Kubeconfig): ContextSummary {
    const { window } = this.#options;
    const who = window?.actingAs(entry.name);
    const summary = summaryOf(entry, config);
    const bastion = this.#bastions.nameFor(summary);
    return {
      ...summary,
      ...(bastion === undefined ? {} : { bastion }),
      ...(who ? { actingAs: [who.user, ...who.groups].join(', ') } : {}),
      ...(window?.isLent(entry.name) && entry.value['cluster'] === windowKey(entry.name) ? { windowOnly: true } : {}),
    };
  }

  #config(): Promise<Kubeconfig> {
    this.#read ??= readKubeconfig(this.#options).then((config) => {
      if (this.#options.watch) this.#watchFolders(config.folders);
      return this.#options.window?.over(config) ?? config;
    });
    return this.#read;
  }

  /** The same object for the same, unchanged entry. */
  #openOnce(summary: ContextSummary, cluster: KubeconfigEntry, user: KubeconfigEntry | undefined): Cluster {
    // Not the line: what stands above an entry does not change it.
    const said = (entry: KubeconfigEntry | undefined) => entry && [entry.name, entry.file, entry.value];
    const fingerprint = JSON.stringify([summary.namespace, said(cluster), said(user)]);
    const known = this.#clusters.get(summary.name);
    if (known?.fingerprint === fingerprint) return known.cluster;
    known?.cluster.dispose();
    const { http, clock, patience, onSent } = this.#options;
    const credentials = new Credentials(cluster, user, this.#sessions, clock && (() => clock.now()), this.#bastions.to(summary));
    const opened = openCluster(summary, credentials, {
      http,
      ...(clock ? { clock } : {}),
      ...(patience ? { patience } : {}),
      ...(onSent ? { onSent } : {}),
    });
    this.#clusters.set(summary.name, { fingerprint, cluster: opened });
    return opened;
  }

  /** Folders are watched rather than files: editors and `kubectl config` replace the file. */
  #watchFolders(folders: readonly string[]): void {
    for (const folder of folders) {
      // One that is gone is not heard of any more, not even when it comes again.
      if (!existsSync(folder)) this.#unwatch(folder);
      if (this.#watch(folder, folder, () => this.#soonChanged())) this.#unwatch(`above ${folder}`);
      else this.#watchAbove(folder);
    }
  }

  /** A folder that does not exist yet cannot be watched, but where it would come can. */
  #watchAbove(folder: string): void {
    const key = `above ${folder}`;
    const place = nearestAbove(folder);
    this.#watch(key, place, () => {
      if (existsSync(folder)) return this.#soonChanged();
      if (nearestAbove(folder) === place) return;
      this.#unwatch(key);
      this.#watchAbove(folder);
    });
  }

  #unwatch(key: string): void {
    this.#watchers.get(key)?.close();
    this.#watchers.delete(key);
  }

  /** Whether it could be; where it could not, and where a disk tells nothing of changes, "Refresh" reads again. */
  #watch(key: string, folder: string, listener: () => void): boolean {
    if (this.#watchers.has(key)) return true;
    try {
      const watcher = watch(folder, { persistent: false }, listener);
      watcher.on('error', () => this.#unwatch(key));
      this.#watchers.set(key, watcher);
      return true;
    } catch {
      return false;
    }
  }

  #soonChanged(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#reread(), settleMs);
  }

  async #reread(certain = false): Promise<void> {
    const before = this.#read;
    this.#read = undefined;
    const [old, now] = [await before, await this.#config()];
    for (const name of [...this.#clusters.keys()]) if (!now.contexts.has(name)) this.#drop(name);
    if (certain || JSON.stringify(comparable(old)) !== JSON.stringify(comparable(now))) this.#changed.fire();
  }

  #drop(name: string): void {
    this.#clusters.get(name)?.cluster.dispose();
    this.#clusters.delete(name);
  }
}

function nearestAbove(folder: string): string {
  let place = dirname(folder);
  while (!existsSync(place) && place !== dirname(place)) place = dirname(place);
  return place;
}

function comparable(config: Kubeconfig | undefined): unknown {
  return config && [[...config.contexts], [...config.clusters], [...config.users], config.current, config.problems];
}

function summaryOf(entry: KubeconfigEntry, config: Kubeconfig): ContextSummary {
  const { name, value, file, line } = entry;
  const [clusterName, userName] = [text(value['cluster']), text(value['user'])];
  const cluster = config.clusters.get(clusterName ?? '');
  const user = config.users.get(userName ?? '');
  const problem = problemOf(entry, { clusterName, cluster, userName, user });
  return {
    name,
    cluster: clusterName ?? '',
    server: text(cluster?.value['server']),
    user: userName,
    namespace: text(value['namespace']),
    source: { file, line },
    insecure: cluster?.value['insecure-skip-tls-verify'] === true,
    exec: typeof user?.value['exec'] === 'object',
    ...(problem ? { problem } : {}),
  };
}

function problemOf(
  { name, file, line }: KubeconfigEntry,
  {
    clusterName,
    cluster,
    userName,
    user,
  }: {
    clusterName: string | undefined;
    cluster: KubeconfigEntry | undefined;
    userName: string | undefined;
    user: KubeconfigEntry | undefined;
  },
): Failure | undefined {
  const wrong = (sentence: string): Failure => ({
    reason: 'invalid',
    message: `Context ${name} ${sentence} (${file}, line ${line}). The other contexts are fine.`,
    at: { file, line },
  });
  if (clusterName === undefined) return wrong('names no cluster');
  if (!cluster) return wrong(`names cluster ${clusterName}, which no kubeconfig defines`);
  if (userName !== undefined && !user) return wrong(`names user ${userName}, which no kubeconfig defines`);
  const server = text(cluster.value['server']);
  if (server === undefined || !URL.canParse(server)) return wrong(`leads to cluster ${clusterName}, whose server is not a URL`);
  for (const [owner, key] of [
    [cluster, 'certificate-authority-data'],
    [user, 'client-certificate-data'],
    [user, 'client-key-data'],
  ] as const) {
    const data = owner?.value[key];
    // client-go takes an empty one for none (`clientcmdapi`: `omitempty`)
    if (data !== undefined && data !== null && data !== '' && !isBase64Pem(data))
      return wrong(`uses ${owner?.name}, whose ${key} is damaged`);
  }
  return undefined;
}

function isBase64Pem(data: unknown): boolean {
  return typeof data === 'string' && Buffer.from(data, 'base64').toString('latin1').includes('-----BEGIN ');
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
