import { l10n, type SecretStorage } from 'vscode';
import type { Prompts } from './prompts.ts';

/** Whose password it is. The server is part of it: an entry that starts to point elsewhere does not get the old server's password. */
export interface Account {
  readonly cloud: string;
  readonly user: string | undefined;
  readonly server: string | undefined;
}

/**
 * Passwords the user typed because no file holds one, kept in the operating system's keyring by way of VS Code. They are asked for while the user signs in or changes something in that cloud:
 * nobody is interrupted by a lookup in the background.
 */
export class Secrets {
  readonly #storage: SecretStorage;
  readonly #prompts: Prompts;
  /** By cloud, what the user is doing that may ask. */
  readonly #gestures = new Map<string, { running: number; declined: boolean }>();

  constructor(storage: SecretStorage, prompts: Prompts) {
    this.#storage = storage;
    this.#prompts = prompts;
  }

  /** The password, or the secret of an application credential, from the keyring; during a gesture also by asking. Undefined when there is none. */
  async password(account: Account, what: 'password' | 'application_credential_secret' = 'password'): Promise<string | undefined> {
    const kept = await this.#storage.get(keyOf(account));
    if (kept !== undefined) return kept;
    const { user = '', server = '' } = account;
    const prompt =
      what === 'password'
        ? l10n.t("{0}'s password at {1}; it is kept in this machine's keyring.", user, server)
        : l10n.t("The secret of the application credential {0} at {1}; it is kept in this machine's keyring.", user, server);
    const typed = await this.#ask(account, prompt);
    if (typed) await this.#storage.store(keyOf(account), typed);
    return typed;
  }

  /** Keeps a password that was typed elsewhere. */
  async keep(account: Account, password: string): Promise<void> {
    await this.#storage.store(keyOf(account), password);
  }

  /** A passcode is good once: it is asked for during a gesture, and never kept. */
  passcode(account: Account): Promise<string | undefined> {
    return this.#ask(account, l10n.t("{0}'s passcode at {1}", account.user ?? '', account.server ?? ''));
  }

  /** Who declined once is left alone until the next gesture. */
  async #ask({ cloud }: Account, prompt: string): Promise<string | undefined> {
    if (!this.attended(cloud)) return undefined;
    const typed = await this.#prompts.password(l10n.t('Sign in to {0}', cloud), prompt);
    if (!typed) this.decline(cloud);
    return typed || undefined;
  }

  async forget(account: Account): Promise<void> {
    await this.#storage.delete(keyOf(account));
  }

  /** While this runs, what is missing to sign in to the cloud is asked for. */
  async asking<T>(cloud: string, run: () => Promise<T>): Promise<T> {
    const gesture = this.#gestures.get(cloud) ?? { running: 0, declined: false };
    this.#gestures.set(cloud, gesture);
    gesture.running += 1;
    try {
      return await run();
    } finally {
      gesture.running -= 1;
      if (gesture.running === 0) this.#gestures.delete(cloud);
    }
  }

  /** The user gave up: they are left alone until their next gesture. */
  decline(cloud: string): void {
    const gesture = this.#gestures.get(cloud);
    if (gesture) gesture.declined = true;
  }

  /** Whether somebody is at it in that cloud, and has not declined. */
  attended(cloud: string): boolean {
    return this.#gestures.get(cloud)?.declined === false;
  }
}

const keyOf = ({ cloud, user, server }: Account) => `password:${JSON.stringify([cloud, user, server])}`;
