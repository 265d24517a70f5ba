import { l10n, type SecretStorage } from 'vscode';
import type { Prompts } from './prompts.ts';

/** Whose password it is. The server is part of it: an entry that starts to point elsewhere does not get the old server's password. */
export interface Account {
  readonly cloud: string;
  readonly user: string | undefined;
  readonly server: string | undefined;
}

/**
 * Passwords the user typed because no file holds one, kept in the operating system's keyring by way of VS Code. They are asked for during a sign-in by hand only:
 * nobody is interrupted by a lookup in the background.
 */
export class Secrets {
  readonly #storage: SecretStorage;
  readonly #prompts: Prompts;
  #asking = 0;

  constructor(storage: SecretStorage, prompts: Prompts) {
    this.#storage = storage;
    this.#prompts = prompts;
  }

  /** The password from the keyring; during a sign-in by hand also by asking. Undefined when there is none. */
  async password(account: Account): Promise<string | undefined> {
    const kept = await this.#storage.get(keyOf(account));
    if (kept !== undefined || this.#asking === 0) return kept;
    const typed = await this.#prompts.password(
      l10n.t('Sign in to {0}', account.cloud),
      l10n.t("{0}'s password at {1}; it is kept in this machine's keyring.", account.user ?? '', account.server ?? ''),
    );
    if (typed) await this.#storage.store(keyOf(account), typed);
    return typed || undefined;
  }

  async forget(account: Account): Promise<void> {
    await this.#storage.delete(keyOf(account));
  }

  /** While this runs, a missing password is asked for. */
  async asking<T>(run: () => Promise<T>): Promise<T> {
    this.#asking += 1;
    try {
      return await run();
    } finally {
      this.#asking -= 1;
    }
  }
}

const keyOf = ({ cloud, user, server }: Account) => `password:${JSON.stringify([cloud, user, server])}`;
