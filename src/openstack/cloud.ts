import type { Disposable, Event } from '../base/event.ts';
import type { Failure, Result } from '../base/failure.ts';
import type { Settings } from './configFiles.ts';
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

/** What a user may look at beside projects. */
export interface Scopes {
  /** Domains that the user has a role on. */
  readonly domains: readonly { readonly id: string; readonly name: string }[];
  /** Whether the user has a role on the cloud as a whole. */
  readonly system: boolean;
  /** Names of domains as far as the user may read them, by id. */
  readonly names: Readonly<Record<string, string>>;
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
  /** The domains and the system scope that are open to the user; nothing where the entry's scope is fixed. `named` are ids of domains whose names are wanted. */
  scopes?(named?: readonly string[], signal?: AbortSignal): Promise<Result<Scopes>>;
  /** What can be listed with a token of a domain or of the whole cloud; the same object for the same scope. Its id is `system` or `domain:<id>`. */
  scoped?(scope: 'system' | { readonly domain: string }, signal?: AbortSignal): Promise<Result<Project>>;
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
  /**
   * The cloud of that name, reached as its entry says, signed in to with the credentials of another one: an entry that a Secret holds, or the name of one of the user's own. The same object for the same
   * credentials; nobody is asked for what they lack. Fails with `notFound` for a name that no entry has, `conflict` where they are for another Keystone, `unsupported` where somebody would have to be asked.
   */
  openAs?(name: string, credentials: Settings | string, region?: string): Promise<Result<Cloud>>;
  /** Uses a service of a cloud behind an interface that its entry does not name, in all regions, until the window is closed. The user was asked. */
  useInterface?(name: string, service: string, behind: string): void | Promise<void>;
  readonly onDidChange: Event<void>;
}
