import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable, type Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import {
  createConnection,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  ProposedFeatures,
  type ProtocolConnection,
  type Range,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver/node';
import { silentLogger } from '../../src/base/logger.ts';
import { startServer } from '../../src/language/connection.ts';
import { toFacts } from '../../src/openstack/display.ts';
import {
  type FactsLookup,
  type FindParams,
  type ListParams,
  requests,
  type SchemaAnswer,
  type SchemaParams,
  type WorkspaceFiles,
} from '../../src/protocol.ts';
import { type FakeCloud, fakeCloud } from './fakeCloud.ts';

/** What an editor answers the server; where something is not given, nothing is there. */
export interface EditorParts {
  /** A cloud as {@link fakeCloud} reads it. */
  readonly world?: string;
  readonly schema?: (params: SchemaParams) => SchemaAnswer | null;
  files?: WorkspaceFiles;
}

const server = fileURLToPath(new URL('../../src/server.ts', import.meta.url));

/** An editor with many files open, and the whole server behind a wire: in memory, or a process of its own that may die. */
export class ServedEditor {
  readonly asked: FindParams[] = [];
  readonly #parts: EditorParts;
  readonly #cloud: FakeCloud;
  readonly #texts = new Map<string, string>();
  readonly #client: ProtocolConnection;
  readonly #process: ChildProcess | undefined;
  readonly #version = new Map<string, number>();

  private constructor(from: Readable, to: Writable, parts: EditorParts, child?: ChildProcess) {
    this.#parts = parts;
    this.#cloud = fakeCloud(parts.world ?? 'network.network: []');
    this.#process = child;
    this.#client = createProtocolConnection(new StreamMessageReader(from), new StreamMessageWriter(to));
    const binding = { cloud: 'demo', context: 'sandbox', namespace: 'shop' };
    this.#client.onRequest(requests.binding, () => ({ epoch: 1, value: { binding, place: 'project demo' } }));
    this.#client.onRequest(requests.find, (params: FindParams) => this.#find(params));
    this.#client.onRequest(requests.list, (params: ListParams) => this.#list(params));
    this.#client.onRequest(requests.schema, (params: SchemaParams) => ({ epoch: 1, value: parts.schema?.(params) ?? null }));
    this.#client.onRequest(requests.workspaceManifests, () => this.#parts.files ?? { files: [], complete: true });
    this.#client.listen();
  }

  /** A server in memory. */
  static async inMemory(parts: EditorParts = {}): Promise<ServedEditor> {
    const [up, down] = [new PassThrough(), new PassThrough()];
    startServer(createConnection(ProposedFeatures.all, new StreamMessageReader(up), new StreamMessageWriter(down)), silentLogger);
    return new ServedEditor(down, up, parts).#initialized();
  }

  /** A server as a process; `flags` are Node's. */
  static async asProcess(parts: EditorParts = {}, flags: readonly string[] = []): Promise<ServedEditor> {
    const child = spawn(process.execPath, [...flags, server, '--stdio'], { stdio: ['pipe', 'pipe', 'ignore'] });
    return new ServedEditor(child.stdout, child.stdin, parts, child).#initialized();
  }

  async #initialized(): Promise<this> {
    const initializationOptions = {
      answers: [requests.binding, requests.find, requests.list, requests.schema, requests.workspaceManifests],
      pullDiagnostics: true,
    };
    const capabilities = { textDocument: { diagnostic: {} } };
    await this.#client.sendRequest('initialize', { processId: null, rootUri: null, capabilities, initializationOptions });
    await this.#client.sendNotification('initialized', {});
    return this;
  }

  open(uri: string, text: string): Promise<void> {
    this.#texts.set(uri, text);
    this.#version.set(uri, 1);
    return this.#client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'yaml', version: 1, text } });
  }

  /** The whole text anew, as an editor sends it when a file that is open changed on disk. */
  reload(uri: string, text: string): Promise<void> {
    this.#texts.set(uri, text);
    const version = (this.#version.get(uri) ?? 0) + 1;
    this.#version.set(uri, version);
    return this.#client.sendNotification('textDocument/didChange', {
      textDocument: { uri, version },
      contentChanges: [{ text }],
    });
  }

  /** All that is said of a file once its check is done. */
  async diagnostics(uri: string): Promise<readonly Diagnostic[]> {
    const report = await this.#client.sendRequest<DocumentDiagnosticReport>('textDocument/diagnostic', { textDocument: { uri } });
    return 'items' in report ? report.items : [];
  }

  /** The same as `code "what is underlined"`, read from the text as the protocol counts: lines, and UTF-16 units in them. */
  async told(uri: string): Promise<readonly string[]> {
    const found = await this.diagnostics(uri);
    return found.map(({ code, range }) => `${code} ${JSON.stringify(this.#underlined(uri, range))}`);
  }

  ask<T>(method: string, params: object): Promise<T> {
    return this.#client.sendRequest(method, params);
  }

  /** What the quick fixes of a file's first finding write. */
  async fixes(uri: string): Promise<readonly string[]> {
    const [diagnostic] = await this.diagnostics(uri);
    if (!diagnostic) return [];
    const actions = await this.ask<{ edit?: { changes: Record<string, { newText: string }[]> } }[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostic.range,
      context: { diagnostics: [diagnostic] },
    });
    return actions.flatMap(({ edit }) => edit?.changes[uri]?.map(({ newText }) => newText) ?? []);
  }

  /** Ends the server as a crash would: no farewell. */
  async kill(): Promise<void> {
    if (!this.#process || this.#process.exitCode !== null) return;
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
    this.#client.dispose();
  }

  #underlined(uri: string, { start, end }: Range): string {
    const text = this.#texts.get(uri) ?? '';
    const lines = [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map(({ index, 0: feed }) => index + feed.length)];
    const offset = ({ line, character }: Range['start']) => (lines[line] ?? text.length) + character;
    return text.slice(offset(start), offset(end));
  }

  async #find(params: FindParams) {
    this.asked.push(params);
    const value = await Promise.all(
      params.queries.map(async ({ kind, query }): Promise<FactsLookup> => {
        const lookup = await this.#cloud.find(kind, query);
        if (lookup.verdict === 'unknown')
          return { verdict: 'unknown', reason: lookup.failure.reason, message: lookup.failure.message };
        if (lookup.verdict === 'missing') return { verdict: 'missing', near: lookup.near.map((one) => toFacts(kind, one)) };
        return { verdict: lookup.verdict, matches: lookup.matches.map((one) => toFacts(kind, one)) };
      }),
    );
    return { epoch: 1, value };
  }

  async #list({ kind, limit }: ListParams) {
    const listed = await this.#cloud.list(kind);
    const items = listed.ok ? listed.value.items : [];
    return {
      epoch: 1,
      value: { items: items.slice(0, limit).map((one) => toFacts(kind, one)), incomplete: items.length > limit },
    };
  }
}
