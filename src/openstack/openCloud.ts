import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { failed, type Result, success } from '../base/failure.ts';
import type { Http, TlsOptions } from '../base/http.ts';
import { nearestText } from '../base/nearestText.ts';
import type { OnSent } from '../base/sent.ts';
import { hasFixedScope, type Scope } from './authRequest.ts';
import { Client } from './client.ts';
import type { Cloud, CloudSummary, ProjectRef, Scopes } from './cloud.ts';
import type { CloudConfig } from './cloudConfig.ts';
import { expandHome } from './configFiles.ts';
import type { Federation } from './federation.ts';
import { Identity } from './identity.ts';
import type { AskSecret } from './interaction.ts';
import { OpenProject } from './openProject.ts';
import type { Project } from './project.ts';
import type { Token } from './token.ts';

/** What an opened cloud is made of. */
export interface CloudOptions {
  readonly config: CloudConfig;
  readonly summary: CloudSummary;
  readonly http: Http;
  readonly clock?: Clock | undefined;
  readonly askSecret?: AskSecret | undefined;
  readonly onSent?: OnSent | undefined;
  /** Shared with the entry's other regions. */
  readonly federation?: Federation | undefined;
}

const projectsAgeMs = 60_000;

/** {@link Cloud}: one sign-in, one client, one object for each opened project. Contacts nothing before the first question. */
export class OpenCloud implements Cloud {
  readonly summary: CloudSummary;
  readonly region: string | undefined;
  state: Cloud['state'] = 'idle';
  readonly #options: CloudOptions;
  readonly #projects = new Map<string, Project>();
  /** Domains and the system: no project may be taken for one because of its name. */
  readonly #scopes = new Map<string, Project>();
  #parts: Promise<Result<{ identity: Identity; client: Client }>> | undefined;
  #refs: { readonly value: readonly ProjectRef[]; readonly at: number } | undefined;

  constructor(options: CloudOptions) {
    this.#options = options;
    this.summary = options.summary;
    this.region = options.config.region;
  }

  async projects(signal?: AbortSignal): Promise<Result<readonly ProjectRef[]>> {
    if (this.#refs && Date.now() - this.#refs.at < projectsAgeMs) return success(this.#refs.value);
    const parts = await this.#open();
    if (!parts.ok) return parts;
    const answer = await parts.value.identity.projects(signal);
    if (answer.ok) this.#refs = { value: answer.value, at: Date.now() };
    return answer;
  }

  async project(idOrName: string | undefined, signal?: AbortSignal): Promise<Result<Project>> {
    const open = [...this.#projects.values()].find(({ id, name }) => id === idOrName || name === idOrName);
    if (open) return success(open);
    const parts = await this.#open();
    if (!parts.ok) return parts;
    const scope = await this.#scopeOf(idOrName, parts.value.identity, signal);
    if (!scope.ok) return scope;
    const token = await parts.value.identity.token(scope.value, signal);
    if (!token.ok) return token;
    const { project } = token.value;
    if (!project)
      return failed(
        'invalid',
        `Cloud ${this.summary.name} names no project. Add project_name to its entry, or choose a project.`,
      );
    const own: Scope = hasFixedScope(this.#options.config) ? { kind: 'configured' } : { kind: 'project', id: project.id };
    return success(this.#opened(this.#projects, parts.value.client, own, token.value));
  }

  /** The same object for the same scope. */
  #opened(all: Map<string, Project>, client: Client, scope: Scope, token: Token): Project {
    const { clock } = this.#options;
    const { name: cloud } = this.summary;
    const opened = new OpenProject({ client, scope, token, cloud, region: this.region, ...(clock && { clock }) });
    const known = all.get(opened.id);
    if (known) return known;
    all.set(opened.id, opened);
    return opened;
  }

  async scopes(named: readonly string[] = [], signal?: AbortSignal): Promise<Result<Scopes>> {
    const parts = await this.#open();
    return parts.ok ? await parts.value.identity.scopes(named, signal) : parts;
  }

  async scoped(scope: 'system' | { readonly domain: string }, signal?: AbortSignal): Promise<Result<Project>> {
    const parts = await this.#open();
    if (!parts.ok) return parts;
    const wanted: Scope = scope === 'system' ? { kind: 'system' } : { kind: 'domain', id: scope.domain };
    const token = await parts.value.identity.token(wanted, signal);
    return token.ok ? success(this.#opened(this.#scopes, parts.value.client, wanted, token.value)) : token;
  }

  opened(): readonly Project[] {
    return [...this.#projects.values()];
  }

  async signOut(): Promise<void> {
    const parts = await this.#parts;
    this.#parts = undefined;
    this.#refs = undefined;
    this.state = 'signedOut';
    this.dispose();
    this.#options.federation?.forget();
    if (parts?.ok) await parts.value.identity.signOut();
  }

  dispose(): void {
    for (const all of [this.#projects, this.#scopes]) {
      for (const project of all.values()) project.dispose();
      all.clear();
    }
  }

  /** By name or id among the user's own projects; the configured one without asking for the list. */
  async #scopeOf(idOrName: string | undefined, identity: Identity, signal: AbortSignal | undefined): Promise<Result<Scope>> {
    const { auth } = this.#options.config;
    const { name: cloud } = this.summary;
    const configured = hasFixedScope(this.#options.config) ? undefined : [auth['project_id'], auth['project_name']];
    if (idOrName === undefined || configured?.includes(idOrName)) return success({ kind: 'configured' });
    const refs = await this.projects(signal);
    if (!refs.ok) return refs;
    const match = refs.value.find(({ id }) => id === idOrName) ?? refs.value.find(({ name }) => name === idOrName);
    if (match) return success(hasFixedScope(this.#options.config) ? { kind: 'configured' } : { kind: 'project', id: match.id });
    const token = await identity.token({ kind: 'configured' }, signal);
    const user = token.ok ? token.value.user.name : 'this user';
    const near = nearestText(
      refs.value.map(({ name }) => name),
      idOrName,
    );
    const hint =
      near === undefined
        ? `Open to ${user}: ${refs.value.map(({ name }) => name).join(', ') || 'none'}.`
        : `Did you mean "${near}"?`;
    return failed('forbidden', `Project ${idOrName} of cloud ${cloud} is not open to ${user}, or does not exist. ${hint}`);
  }

  #open(): Promise<Result<{ identity: Identity; client: Client }>> {
    this.#parts ??= this.#make().then((parts) => {
      // A CA file that is missing now may be there at the next try.
      if (!parts.ok) this.#parts = undefined;
      return parts;
    });
    return this.#parts;
  }

  async #make(): Promise<Result<{ identity: Identity; client: Client }>> {
    const { config, http, clock, askSecret, federation } = this.#options;
    if (this.summary.problem) return { ok: false, failure: this.summary.problem };
    const tls = await tlsOf(config);
    if (!tls.ok) return tls;
    const common = { config, http, tls: tls.value, ...(clock && { clock }) };
    const identity = new Identity({ ...common, askSecret, federation, onAttempt: (outcome) => this.#note(outcome) });
    return success({ identity, client: new Client({ ...common, identity, onSent: this.#options.onSent }) });
  }

  #note(outcome: Result<unknown>): void {
    if (outcome.ok) this.state = 'signedIn';
    else if (outcome.failure.reason === 'signedOut') this.state = 'signedOut';
    else if (['offline', 'untrusted', 'malformed', 'unavailable'].includes(outcome.failure.reason)) this.state = 'unreachable';
  }
}

/** Reads the PEM files that an entry names; relative paths count from the folder of its file. Fails with `invalid`, naming the path. */
async function tlsOf({ name, verify, cert, key, place }: CloudConfig): Promise<Result<TlsOptions>> {
  const tls: { -readonly [Member in keyof TlsOptions]: TlsOptions[Member] } = {};
  if (verify === false) tls.insecure = true;
  const files = { ca: typeof verify === 'string' ? verify : undefined, cert, key: key ?? cert };
  for (const [member, path] of Object.entries(files) as ['ca' | 'cert' | 'key', string | undefined][]) {
    if (path === undefined) continue;
    const file = resolve(place ? dirname(place.file) : '.', expandHome(path));
    try {
      tls[member] = await readFile(file, 'utf8');
    } catch {
      return failed(
        'invalid',
        `Cloud ${name} names ${file} as its ${member === 'ca' ? 'cacert' : member}, which cannot be read.`,
        place ? { at: place } : {},
      );
    }
  }
  return success(tls);
}
