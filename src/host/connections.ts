import { l10n, workspace } from 'vscode';
import { type Disposable, Emitter } from '../base/event.ts';
import { failed } from '../base/failure.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import type { Candidates } from '../openstack/candidate.ts';
import type { Clouds } from '../openstack/cloud.ts';

/** Both worlds of the user, once the rooms that talk to them are loaded. */
export interface Worlds extends Disposable {
  readonly clouds: Clouds;
  readonly contexts: Contexts;
  readonly candidates: Candidates;
}

/**
 * The doors to both worlds, there from the start and empty-handed: the rooms behind them are loaded by the first call, so that activation neither loads nor reads
 * anything. In Restricted Mode the doors stay shut: no file is read, nothing is contacted, nothing runs.
 */
export class Connections implements Disposable {
  readonly clouds: Clouds;
  readonly contexts: Contexts;
  readonly candidates: Candidates;
  readonly #load: () => Promise<Worlds>;
  readonly #changed = { clouds: new Emitter<void>(), contexts: new Emitter<void>() };
  readonly #trustGranted: Disposable;
  #worlds: Promise<Worlds> | undefined;

  constructor(load: () => Promise<Worlds>) {
    this.#load = load;
    this.clouds = this.#lazyClouds();
    this.contexts = this.#lazyContexts();
    this.candidates = this.#lazyCandidates();
    this.#trustGranted = workspace.onDidGrantWorkspaceTrust(() => this.#fireAll());
  }

  /** Lets go of everything that is open; the next call reads the settings and files anew. */
  async renew(): Promise<void> {
    const old = this.#worlds;
    this.#worlds = undefined;
    this.#fireAll();
    (await old)?.dispose();
  }

  dispose(): void {
    this.#trustGranted.dispose();
    void this.#worlds?.then((worlds) => worlds.dispose());
    for (const emitter of Object.values(this.#changed)) emitter.dispose();
  }

  #open(): Promise<Worlds> {
    this.#worlds ??= this.#load().then((worlds) => {
      worlds.clouds.onDidChange(() => this.#changed.clouds.fire());
      worlds.contexts.onDidChange(() => this.#changed.contexts.fire());
      return worlds;
    });
    return this.#worlds;
  }

  #fireAll(): void {
    this.#changed.clouds.fire();
    this.#changed.contexts.fire();
  }

  /** All of it: what a door forgets, nobody behind it ever hears. */
  #lazyClouds(): Required<Clouds> {
    return {
      list: async () => (workspace.isTrusted ? (await this.#open()).clouds.list() : { clouds: [], problems: [] }),
      open: async (name, region) => (workspace.isTrusted ? (await this.#open()).clouds.open(name, region) : untrusted()),
      openAs: async (name, credentials, region) =>
        (workspace.isTrusted && (await (await this.#open()).clouds.openAs?.(name, credentials, region))) || untrusted(),
      useInterface: async (...chosen) => {
        if (workspace.isTrusted) await (await this.#open()).clouds.useInterface?.(...chosen);
      },
      onDidChange: this.#changed.clouds.event,
      dispose: () => {},
    };
  }

  #lazyCandidates(): Candidates {
    const candidates = async () => (await this.#open()).candidates;
    return {
      discover: async (url, tls) => (workspace.isTrusted ? (await candidates()).discover(url, tls) : untrusted()),
      tryOut: async (name, entry) => (workspace.isTrusted ? (await candidates()).tryOut(name, entry) : untrusted()),
    };
  }

  #lazyContexts(): Required<Contexts> {
    return {
      list: async () =>
        workspace.isTrusted ? (await this.#open()).contexts.list() : { contexts: [], current: undefined, problems: [] },
      open: async (context) => (workspace.isTrusted ? (await this.#open()).contexts.open(context) : untrusted()),
      refresh: async () => {
        if (workspace.isTrusted) (await this.#open()).contexts.refresh?.();
      },
      onDidChange: this.#changed.contexts.event,
      dispose: () => {},
    };
  }
}

const untrusted = () => failed('forbidden', l10n.t('This workspace is not trusted yet: nothing is contacted until it is.'));
