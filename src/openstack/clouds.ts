import { createHash } from 'node:crypto';
import { type FSWatcher, watch as watchFolder } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/event.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import type { Http } from '../base/http.ts';
import { type Logger, silentLogger } from '../base/logger.ts';
import { problemOf } from './authRequest.ts';
import type { Cloud, CloudSummary, Clouds } from './cloud.ts';
import { type CloudConfig, cloudConfig, environmentCloud } from './cloudConfig.ts';
import { type ConfigFiles, type ConfigSearch, type Place, readConfigFiles } from './configFiles.ts';
import type { AskSecret } from './identity.ts';
import { nearestText } from './matching.ts';
import { OpenCloud } from './openCloud.ts';

/** What the user's clouds are read with. */
export interface CloudsOptions extends ConfigSearch {
  readonly http: Http;
  readonly logger?: Logger;
  /** True to notice changed files by itself. */
  readonly watch?: boolean;
  readonly clock?: Clock;
  /** Asked for a password that no file holds; left out, such a cloud is signed out. */
  readonly askSecret?: AskSecret;
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
    const config = cloudConfig(name, entry.settings, entry.place, loaded.files, region);
    if (!config.ok) return config;
    const key = JSON.stringify([name, config.value.region]);
    const print = createHash('sha256').update(JSON.stringify(config.value)).digest('base64');
    const open = this.#clouds.get(key);
    if (open?.print === print) return success(open.cloud);
    open?.cloud.dispose();
    const { http, clock, askSecret } = this.#options;
    const cloud = new OpenCloud({ config: config.value, summary: summaryOf(name, loaded), http, clock, askSecret });
    this.#clouds.set(key, { cloud, print });
    return success(cloud);
  }

  dispose(): void {
    clearTimeout(this.#settling);
    for (const watcher of this.#watchers.values()) watcher.close();
    for (const { cloud } of this.#clouds.values()) cloud.dispose();
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
    return { files, entries, problems };
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

function summaryOf(name: string, { entries, files }: Loaded): CloudSummary {
  const entry = entries.get(name);
  const source = entry?.place;
  const config = cloudConfig(name, entry?.settings, source, files);
  if (!config.ok) {
    return { name, authUrl: undefined, user: undefined, regions: [], source, insecure: false, problem: config.failure };
  }
  const { auth, regions, verify } = config.value;
  const problem = problemFailure(config.value);
  return {
    name,
    authUrl: auth['auth_url'],
    user: auth['username'] ?? auth['user_id'] ?? auth['application_credential_name'],
    regions,
    source,
    insecure: verify === false,
    ...(problem && { problem }),
  };
}

function problemFailure(config: CloudConfig): Failure | undefined {
  const problem = problemOf(config);
  if (problem === undefined) return undefined;
  const { name, place } = config;
  const where = place ? ` (${place.file}:${place.line})` : '';
  const reason = problem.includes('not supported') ? 'unsupported' : 'invalid';
  return { reason, message: `Cloud ${name} ${problem}${where}.`, ...(place && { at: place }) };
}
