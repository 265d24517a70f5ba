import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import {
  createProtocolConnection,
  type Diagnostic,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';

/**
 * A language server on stdio as an editor drives it. No schema, no network: `workspace/configuration` answers for yaml-language-server switch its store off,
 * ours has no use for it.
 */
export class LanguageServerDriver {
  readonly #process: ChildProcess;
  readonly #connection: ProtocolConnection;
  readonly #diagnostics = new Map<string, readonly Diagnostic[]>();
  #listener: ((uri: string, diagnostics: readonly Diagnostic[]) => void) | undefined;

  private constructor(process: ChildProcess, connection: ProtocolConnection) {
    this.#process = process;
    this.#connection = connection;
  }

  /** Starts `node args` and goes through the handshake. */
  static async start(args: readonly string[]): Promise<LanguageServerDriver> {
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
    const driver = new LanguageServerDriver(child, connection);
    connection.onNotification(
      'textDocument/publishDiagnostics',
      ({ uri, diagnostics }: { uri: string; diagnostics: Diagnostic[] }) => {
        driver.#diagnostics.set(uri, diagnostics);
        driver.#listener?.(uri, diagnostics);
      },
    );
    connection.onRequest('workspace/configuration', ({ items }: { items: { section?: string }[] }) =>
      items.map(({ section }) => configuration(section)),
    );
    connection.onRequest('client/registerCapability', () => null);
    connection.listen();
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: null,
      capabilities: { workspace: { configuration: true }, textDocument: { publishDiagnostics: {} } },
    });
    await connection.sendNotification('initialized', {});
    await connection.sendNotification('workspace/didChangeConfiguration', { settings: { yaml: configuration('yaml') } });
    return driver;
  }

  open(uri: string, text: string): Promise<void> {
    return this.#connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'yaml', version: 1, text },
    });
  }

  /** One keystroke: replaces `length` characters at a place by `text`. */
  change(uri: string, version: number, line: number, character: number, length: number, text: string): Promise<void> {
    const range = { start: { line, character }, end: { line, character: character + length } };
    return this.#connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ range, text }],
    });
  }

  /** Resolves with the diagnostics once as many as expected are published; fails after `timeoutMs`. */
  published(uri: string, count: number, timeoutMs = 60_000): Promise<readonly Diagnostic[]> {
    const known = this.#diagnostics.get(uri);
    if (known?.length === count) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new Error(
              `${count} diagnostics were expected, ${this.#diagnostics.get(uri)?.length ?? 'none'} came in ${timeoutMs} ms`,
            ),
          ),
        timeoutMs,
      );
      this.#listener = (changed, diagnostics) => {
        if (changed !== uri || diagnostics.length !== count) return;
        clearTimeout(timer);
        this.#listener = undefined;
        resolve(diagnostics);
      };
    });
  }

  /** Resident memory in MB, as the kernel counts it. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.#process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
  }

  stop(): void {
    this.#connection.dispose();
    this.#process.kill();
  }
}

function configuration(section: string | undefined): object {
  return section === 'yaml'
    ? {
        validate: true,
        hover: true,
        completion: true,
        schemas: {},
        schemaStore: { enable: false },
        kubernetesCRDStore: { enable: false },
        maxItemsComputed: 5000,
      }
    : {};
}
