import { createHash } from 'node:crypto';
import { type FSWatcher, watch as watchFolder } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/event.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import type { Http } from '../base/http.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import { nearestText } from '../base/nearestText.ts';
import type { OnSent } from '../base/sent.ts';
import { problemOf } from './authRequest.ts';
import type { Cloud, CloudSummary, Clouds } from './cloud.ts';
import { type CloudConfig, cloudConfig, environmentCloud } from './cloudConfig.ts';
import { asSettings, type ConfigFiles, type ConfigSearch, type Place, readConfigFiles, type Settings } from './configFiles.ts';
import { Federation } from './federation.ts';
import type { AskSecret, SignInPages } from './interaction.ts';
import { OpenCloud } from './openCloud.ts';
import { withCredentials } from './otherCredentials.ts';
import { fetchProfile } from './remoteProfile.ts';

/** What the user's clouds are read with. */
export interface CloudsOptions extends ConfigSearch {
  readonly http: Http;
  readonly logger?: Logger;
  /** True to notice changed files by itself. */
  readonly watch?: boolean;
  readonly clock?: Clock;
  /** Asked for a password or passcode that no file holds; left out, such a cloud is signed out. */
  readonly askSecret?: AskSecret;
  /** Brings the user to the pages of identity providers; left out, such a cloud is signed out. */
  readonly pages?: SignInPages;
  /** Hears of every change that goes out. */
  readonly onSent?: OnSent;
}

/** {@link Clouds} from the clouds.yaml family and the environment. Files are read on first use and after a change; nothing is contacted. */
export function createClouds(options: CloudsOptions): Clouds {
  return new FileClouds(options);
}

interface Entry {
  readonly settings: unknown;
  readonly place: Place | undefined;
}

interface Loaded {
  /** Profiles fetched so far: those of the clouds that were opened. */
  readonly remote: ReadonlyMap<string, Settings>;
  readonly files: ConfigFiles;
  readonly entries: ReadonlyMap<string, Entry>;
  readonly problems: readonly Failure[];
}

const settleMs = 200;

class FileClouds implements Clouds {
  readonly #options: CloudsOptions;
  readonly #logger: Logger;
  readonly #changed = new Emitter<void>();
  readonly #clouds = new Map<string, { readonly cloud: OpenCloud; readonly print: string }>();
  /** By their credentials, as those of `#clouds`. */
  readonly #others = new Map<string, OpenCloud>();
  readonly #federations = new Map<string, Federation>();
  readonly #profiles = new Map<string, Settings>();
  /** Cloud → service type → interface. */
  readonly #chosen = new Map<string, Map<string, string>>();
  readonly #watchers = new Map<string, FSWatcher>();
  readonly onDidChange = this.#changed.event;
  #loaded: Promise<Loaded> | undefined;
  #settling: NodeJS.Timeout | undefined;

  constructor(options: CloudsOptions) {
    this.#options = options;
    this.#logger = options.logger ?? silentLogger;
  }

  async list(): Promise<{ readonly clouds: readonly CloudSummary[]; readonly problems: readonly Failure[] }> {
    const loaded = await this.#load();
    return { clouds: [...loaded.entries.keys()].map((name) => summaryOf(name, loaded)), problems: loaded.problems };
  }

  async open(name: string, region?: string): Promise<Result<Cloud>> {
    const loaded = await this.#load();
    const entry = loaded.entries.get(name);
    if (!entry) return this.#notFound(name, loaded);
    const config = await this.#configOf(name, entry, loaded, region);
    if (!config.ok) return config;
    const key = JSON.stringify([name, config.value.region]);
    const print = printOf(config.value);
    const open = this.#clouds.get(key);
    if (open?.print === print) return success(open.cloud);
    open?.cloud.dispose();
    const { http, clock, askSecret, onSent } = this.#options;
    const federation = this.#federationOf(config.value);
    const chosen = this.#chosenFor(name);
    const cloud = new OpenCloud({
      config: { ...config.value, chosen },
      summary: summaryOf(name, loaded),
      http,
      clock,
      askSecret,
      onSent,
      federation,
    });
    this.#clouds.set(key, { cloud, print });
    return success(cloud);
  }

  async openAs(name: string, credentials: Settings | string, region?: string): Promise<Result<Cloud>> {
    const loaded = await this.#load();
    const entry = loaded.entries.get(name);
    if (!entry) return this.#notFound(name, loaded);
    const named = typeof credentials === 'string' ? loaded.entries.get(credentials)?.settings : credentials;
    if (named === undefined) return this.#notFound(String(credentials), loaded);
    const base = await this.#configOf(name, entry, loaded, undefined);
    const config = base.ok ? withCredentials(base.value, asSettings(named), region) : base;
    if (!config.ok) return config;
    const print = printOf(config.value);
    const known = this.#others.get(print);
    if (known) return success(known);
    const problem = problemFailure(config.value);
    if (problem) return { ok: false, failure: problem };
    const summary = { ...summaryOf(name, loaded), user: userOf(config.value) };
    const { http, clock } = this.#options;
    const cloud = new OpenCloud({ config: { ...config.value, chosen: this.#chosenFor(name) }, summary, http, clock });
    this.#others.set(print, cloud);
    return success(cloud);
  }

  useInterface(name: string, service: string, behind: string): void {
    this.#chosenFor(name).set(service, behind);
  }

  /** What open clouds of that name look into, too. */
  #chosenFor(name: string): Map<string, string> {
    const known = this.#chosen.get(name) ?? new Map<string, string>();
    this.#chosen.set(name, known);
    return known;
  }

  /** One sign-in for all regions of an entry, as long as it says the same. */
  #federationOf(config: CloudConfig): Federation {
    const key = printOf([config.name, config.authType, config.auth]);
    const known = this.#federations.get(key) ?? new Federation({ ...this.#options, config });
    this.#federations.set(key, known);
    return known;
  }

  /** Merges the entry; opening a cloud is the gesture by which a profile is fetched from its provider. */
  async #configOf(name: string, entry: Entry, loaded: Loaded, region: string | undefined): Promise<Result<CloudConfig>> {
    const merge = (of?: string) => cloudConfig(name, entry.settings, entry.place, sourcesOf(loaded), of);
    const known = merge();
    if (!known.ok || known.value.awaits === undefined) return merge(region);
    const fetched = await fetchProfile(this.#options.http, name, known.value.awaits);
    if (!fetched.ok) return fetched;
    this.#profiles.set(known.value.awaits, fetched.value);
    return merge(region);
  }

  dispose(): void {
    clearTimeout(this.#settling);
    for (const watcher of this.#watchers.values()) watcher.close();
    for (const { cloud } of this.#clouds.values()) cloud.dispose();
    for (const cloud of this.#others.values()) cloud.dispose();
    this.#changed.dispose();
  }

  #load(): Promise<Loaded> {
    this.#loaded ??= this.#read();
    return this.#loaded;
  }

  async #read(): Promise<Loaded> {
    const files = await readConfigFiles(this.#options);
    for (const { message } of files.problems) this.#logger.warn(message);
    if (this.#options.watch) this.#watch(files.lookedFor);
    const entries = new Map<string, Entry>(files.clouds);
    const problems = [...files.problems];
    const environment = environmentCloud(this.#options.env);
    if (environment && entries.has(environment.name)) {
      problems.push({
        reason: 'invalid',
        message: `The environment's cloud is called ${environment.name}, as one of clouds.yaml is. Set OS_CLOUD_NAME to another name.`,
      });
    } else if (environment) entries.set(environment.name, { settings: environment.settings, place: undefined });
    return { files, entries, problems, remote: this.#profiles };
  }

  #notFound(name: string, { entries, files }: Loaded): Result<never> {
    const near = nearestText([...entries.keys()], name);
    const read = [...new Set([...files.clouds.values()].map(({ place }) => place.file))];
    const where =
      read.length > 0
        ? `Looked into ${read.join(', ')}.`
        : `No clouds.yaml was found; looked for ${files.lookedFor.slice(0, 3).join(', ')} and further places.`;
    return failed('notFound', `No cloud is called ${name}. ${near === undefined ? where : `Did you mean "${near}"? ${where}`}`);
  }

  /** Folders are watched, since editors replace files. A folder that does not exist is not. */
  #watch(paths: readonly string[]): void {
    const byFolder = Map.groupBy(paths, dirname);
    for (const [folder, files] of byFolder) {
      if (this.#watchers.has(folder)) continue;
      const names = new Set(files.map((file) => basename(file)));
      try {
        const watcher = watchFolder(folder, { persistent: false }, (_event, name) => {
          if (name === null || names.has(name)) this.#noticeChange();
        });
        watcher.on('error', () => watcher.close());
        this.#watchers.set(folder, watcher);
      } catch {
        this.#logger.trace(`${folder} is not there to be watched`);
      }
    }
  }

  #noticeChange(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#loaded = undefined;
      this.#changed.fire();
    }, settleMs);
  }
}

/** Entries hold secrets, so what they are compared by is not the text. */
const printOf = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('base64');

const sourcesOf = ({ files, remote }: Loaded) => ({ publicClouds: files.publicClouds, remote });

function summaryOf(name: string, loaded: Loaded): CloudSummary {
  const entry = loaded.entries.get(name);
  const source = entry?.place;
  const config = cloudConfig(name, entry?.settings, source, sourcesOf(loaded));
  if (!config.ok) {
    return { name, authUrl: undefined, user: undefined, regions: [], source, insecure: false, problem: config.failure };
  }
  const { auth, regions, verify } = config.value;
  const problem = problemFailure(config.value);
  return {
    name,
    authUrl: auth['auth_url'],
    user: userOf(config.value),
    regions,
    source,
    insecure: verify === false,
    ...(problem && { problem }),
  };
}

function userOf({ auth }: CloudConfig): string | undefined {
  return auth['username'] ?? auth['user_id'] ?? auth['application_credential_name'];
}

function problemFailure(config: CloudConfig): Failure | undefined {
  const problem = problemOf(config);
  if (problem === undefined) return undefined;
  const { name, place } = config;
  const where = place ? ` (${place.file}:${place.line})` : '';
  const reason = problem.includes('not supported') ? 'unsupported' : 'invalid';
  return { reason, message: `Cloud ${name} ${problem}${where}.`, ...(place && { at: place }) };
}
