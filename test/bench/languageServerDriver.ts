import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import {
  createProtocolConnection,
  type Diagnostic,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { requests, serverArguments } from '../../src/protocol.ts';
import { schemaAnswer, schemaFile } from './sharedSchemas.ts';

/**
 * A language server on stdio as an editor drives it. Both sides read by the same schemas (`sharedSchemas.ts`), ours as it asks for them, yaml-language-server by its setting `yaml.schemas`; no
 * network.
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

  /** Ours (as built), and yaml-language-server. */
  static both(): Promise<readonly [ours: LanguageServerDriver, peer: LanguageServerDriver]> {
    return Promise.all([LanguageServerDriver.ours(), LanguageServerDriver.peer()]);
  }

  /** As the extension starts it. */
  static ours(): Promise<LanguageServerDriver> {
    const program = fileURLToPath(new URL('../../dist/server.js', import.meta.url));
    return LanguageServerDriver.start([...serverArguments, program, '--stdio'], {});
  }

  static async peer(): Promise<LanguageServerDriver> {
    const program = new URL('../../node_modules/yaml-language-server/bin/yaml-language-server', import.meta.url);
    return LanguageServerDriver.start([fileURLToPath(program), '--stdio'], { [await schemaFile()]: '*.yaml' });
  }

  /** Starts `node args` and goes through the handshake. */
  static async start(args: readonly string[], schemas: Readonly<Record<string, string>>): Promise<LanguageServerDriver> {
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
      items.map(({ section }) => configuration(section, schemas)),
    );
    connection.onRequest('client/registerCapability', () => null);
    connection.onRequest(requests.schema, schemaAnswer);
    connection.listen();
    await connection.sendRequest('initialize', {
      processId: process.pid,
      rootUri: null,
      workspaceFolders: null,
      initializationOptions: { answers: [requests.schema] },
      capabilities: { workspace: { configuration: true }, textDocument: { publishDiagnostics: {} } },
    });
    await connection.sendNotification('initialized', {});
    await connection.sendNotification('workspace/didChangeConfiguration', { settings: { yaml: configuration('yaml', schemas) } });
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

  /** Resolves with the diagnostics once as many lines as expected have one; fails after `timeoutMs`. */
  published(uri: string, count: number, timeoutMs = 60_000): Promise<readonly Diagnostic[]> {
    const known = this.#diagnostics.get(uri);
    if (known && lines(known).length === count) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () =>
          reject(
            new Error(
              `${count} lines with a mistake were expected, ${lines(this.#diagnostics.get(uri) ?? []).length} came in ${timeoutMs} ms`,
            ),
          ),
        timeoutMs,
      );
      this.#listener = (changed, diagnostics) => {
        if (changed !== uri || lines(diagnostics).length !== count) return;
        clearTimeout(timer);
        this.#listener = undefined;
        resolve(diagnostics);
      };
    });
  }

  /** Resolves with the next diagnostics of a file, however many. */
  next(uri: string, timeoutMs = 60_000): Promise<readonly Diagnostic[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Nothing was published in ${timeoutMs} ms`)), timeoutMs);
      this.#listener = (changed, diagnostics) => {
        if (changed !== uri) return;
        clearTimeout(timer);
        this.#listener = undefined;
        resolve(diagnostics);
      };
    });
  }

  /** A question about a place of a file (`textDocument/hover`, `textDocument/completion`), or about the file. */
  ask(method: string, uri: string, position?: { readonly line: number; readonly character: number }): Promise<unknown> {
    return this.#connection.sendRequest(method, { textDocument: { uri }, ...(position ? { position } : {}) });
  }

  /** Resident memory in MB, as the kernel counts it; `peak`: the most there was. */
  async memory(peak = false): Promise<number> {
    const status = await readFile(`/proc/${this.#process.pid}/status`, 'utf8');
    return Number((peak ? /VmHWM:\s+(\d+)/ : /VmRSS:\s+(\d+)/).exec(status)?.[1]) / 1024;
  }

  stop(): void {
    this.#connection.dispose();
    this.#process.kill();
  }
}

/** The lines with an error, in order: what both sides must agree on; wording, columns and how many things are said of one place are each one's own. */
export function lines(diagnostics: readonly Diagnostic[]): readonly number[] {
  return [...new Set(diagnostics.map(({ range }) => range.start.line))].sort((one, other) => one - other);
}

function configuration(section: string | undefined, schemas: Readonly<Record<string, string>>): object {
  return section === 'yaml'
    ? {
        validate: true,
        hover: true,
        completion: true,
        schemas,
        schemaStore: { enable: false },
        kubernetesCRDStore: { enable: false },
        maxItemsComputed: 5000,
      }
    : {};
}
