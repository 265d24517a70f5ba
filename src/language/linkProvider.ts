import { type Connection, type Disposable, DocumentLinkRequest } from 'vscode-languageserver';

/**
 * Who gives links, as the editor knows it. The protocol has no word for links that changed while the text did not; an editor asks for them again when somebody new gives some.
 * Source: LSP 3.18, `textDocument/documentLink` (no refresh) and `client/registerCapability`; VS Code, `contrib/links` (LinkDetector computes anew when a provider comes or goes).
 */
export class LinkProvider {
  readonly #connection: Connection;
  #given: Disposable | undefined;
  #renewing: Promise<void> | undefined;
  #again = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** The new one comes before the old one goes, so that there is one at any time. A client that refuses keeps the links it has. */
  renew(): void {
    this.#again = true;
    this.#renewing ??= this.#renew()
      .catch(() => undefined)
      .finally(() => {
        this.#renewing = undefined;
      });
  }

  async #renew(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      const old = this.#given;
      this.#given = await this.#connection.client.register(DocumentLinkRequest.type, { documentSelector: null });
      old?.dispose();
    }
  }
}
