import type { SecretStorage } from 'vscode';

/**
 * Passwords the user typed because the entry of clouds.yaml has none, kept in the operating system's keyring by way of VS Code.
 * Keys name the cloud and its server, so that an entry that starts to point elsewhere does not get the old server's password.
 */
export class Secrets {
  readonly #storage: SecretStorage;

  constructor(storage: SecretStorage) {
    this.#storage = storage;
  }

  async password(cloud: string, server: string): Promise<string | undefined> {
    return this.#storage.get(key(cloud, server));
  }

  async keep(cloud: string, server: string, password: string): Promise<void> {
    await this.#storage.store(key(cloud, server), password);
  }

  async forget(cloud: string, server: string): Promise<void> {
    await this.#storage.delete(key(cloud, server));
  }
}

const key = (cloud: string, server: string) => `password:${cloud}@${server}`;
