import type { Disposable, Event } from '../base/event.ts';
import type { Failure, Result } from '../base/failure.ts';
import type { Project } from './project.ts';

/** One entry of clouds.yaml as merged with secure.yaml and the environment, without its secrets. */
export interface CloudSummary {
  readonly name: string;
  readonly authUrl: string | undefined;
  readonly user: string | undefined;
  readonly regions: readonly string[];
  /** Where it stands: file and line (from 1), for "open clouds.yaml here". Undefined for the environment's cloud. */
  readonly source: { readonly file: string; readonly line: number } | undefined;
  /** True if certificates are not verified: shown in red. */
  readonly insecure: boolean;
  /** What is wrong with the entry itself (unknown auth type, missing auth_url …): the row shows it, the others go on. */
  readonly problem?: Failure;
}

/** A project of the user, before it is opened. */
export interface ProjectRef {
  readonly id: string;
  readonly name: string;
  readonly domain?: string;
}

/** One cloud and region: signs in on the first call and opens projects by rescoping. */
export interface Cloud extends Disposable {
  readonly summary: CloudSummary;
  readonly region: string | undefined;
  /** `idle` until the first gesture. */
  readonly state: 'idle' | 'signedIn' | 'signedOut' | 'unreachable';
  /** The projects the user may open; the one of the configured scope first. One entry for application credentials. */
  projects(signal?: AbortSignal): Promise<Result<readonly ProjectRef[]>>;
  /** Opens a project by id or name; the same object for the same project. */
  project(idOrName: string | undefined, signal?: AbortSignal): Promise<Result<Project>>;
  /** Already opened projects. */
  opened(): readonly Project[];
  /** Forgets the tokens held for this cloud (and revokes them) . */
  signOut(): Promise<void>;
}

/** All clouds of the user: reads the files on first use and again when they change; contacts nothing. */
export interface Clouds extends Disposable {
  /** Reads the files. A broken file is one failure among `problems`; the rest is listed. */
  list(): Promise<{ readonly clouds: readonly CloudSummary[]; readonly problems: readonly Failure[] }>;
  /** The cloud of that name; fails with `notFound` (naming the files looked into) or `invalid`. */
  open(name: string, region?: string): Promise<Result<Cloud>>;
  readonly onDidChange: Event<void>;
}
