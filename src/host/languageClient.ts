import { setTimeout as delay } from 'node:timers/promises';
import {
  type CancellationToken,
  type Disposable,
  type Event,
  EventEmitter,
  extensions,
  type LogOutputChannel,
  l10n,
  type TextDocument,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { LanguageClient, LanguageClientOptions, Middleware } from 'vscode-languageclient/node';
import {
  type CheckDidRunParams,
  checkDidRun,
  type DidChangeParams,
  type InitializationOptions,
  notifications,
  requests,
} from '../protocol.ts';
import type { Answers } from './answers.ts';
import type { Bindings } from './bindings.ts';
import { Crashes } from './crashes.ts';
import { restartsServer, type Settings } from './settings.ts';

type Library = typeof import('vscode-languageclient/node');

/** The documents the server gets. No language of our own: YAML is YAML, and other YAML extensions go on working beside us. */
const selector = [
  { language: 'yaml', scheme: 'file' },
  { language: 'yaml', scheme: 'untitled' },
];
/** Heap of the server process, in MiB: a hostile manifest ends there, not in the memory of the machine. */
const heapLimit = 768;
const otherYamlExtension = 'redhat.vscode-yaml';

export interface LanguageServerParts {
  /** Absolute path of `dist/server.js`. */
  readonly program: string;
  readonly log: LogOutputChannel;
  readonly settings: Settings;
  readonly bindings: Bindings;
  readonly answers: Answers;
}

/**
 * The language server's life: it starts with the first YAML document, as a Node process of its own that talks over its standard streams, is started again when it dies,
 * and anew when a setting or another YAML extension changes what it was told at its start. Its questions go to {@link Answers}.
 */
export class LanguageServer implements Disposable {
  readonly #parts: LanguageServerParts;
  readonly #crashes = new Crashes();
  readonly #checked = new EventEmitter<CheckDidRunParams>();
  readonly #subscriptions: Disposable[];
  #client: LanguageClient | undefined;
  #starting: Promise<void> = Promise.resolve();
  #wanted = false;
  #otherYaml = hasOtherYaml();

  constructor(parts: LanguageServerParts) {
    this.#parts = parts;
    this.#subscriptions = [
      workspace.onDidOpenTextDocument((document) => this.#see(document)),
      parts.settings.onDidChange((keys) => keys.some((key) => restartsServer.includes(key)) && this.#restart()),
      workspace.onDidGrantWorkspaceTrust(() => this.#restart()),
      extensions.onDidChange(() => this.#otherYaml !== hasOtherYaml() && this.#restart()),
      parts.bindings.onDidChange(() => this.#notify(notifications.bindingDidChange, {})),
      parts.answers.onDidChange((change) => this.#notify(notifications.openstackDidChange, change)),
    ];
    for (const document of workspace.textDocuments) this.#see(document);
  }

  /** A document was checked. */
  get onDidCheck(): Event<CheckDidRunParams> {
    return this.#checked.event;
  }

  #see({ languageId, uri }: TextDocument): void {
    if (this.#wanted || languageId !== 'yaml' || !selector.some(({ scheme }) => scheme === uri.scheme)) return;
    this.#wanted = true;
    this.#restart();
  }

  #restart(): void {
    if (!this.#wanted) return;
    this.#starting = this.#starting
      .then(async () => {
        await this.#client?.dispose();
        await this.#start();
      })
      .catch((error: unknown) => {
        this.#parts.log.error(error instanceof Error ? error : String(error));
        void window.showErrorMessage(
          l10n.t('The language server does not start, so manifests are not checked. The log says why.'),
        );
      });
  }

  async #start(): Promise<void> {
    const library = await loadLibrary();
    const server = {
      module: this.#parts.program,
      transport: library.TransportKind.stdio,
      options: { execArgv: [`--max-old-space-size=${heapLimit}`] },
    };
    const client = new library.LanguageClient('hybridClusters', 'Hybrid Clusters', server, this.#options(library));
    this.#answer(client);
    this.#client = client;
    await client.start();
  }

  #options(library: Library): LanguageClientOptions {
    const { log } = this.#parts;
    return {
      documentSelector: selector,
      outputChannel: log,
      initializationOptions: () => this.#initialization(),
      middleware: this.#middleware(),
      // Links in hovers may do these two things and nothing else, whatever a cloud's names say.
      markdown: { isTrusted: { enabledCommands: ['hybridClusters.reveal', 'hybridClusters.copyId'] }, supportHtml: false },
      initializationFailedHandler: () => false,
      errorHandler: {
        error: (error) => {
          log.warn(l10n.t('Talking to the language server failed: {0}', error.message));
          return { action: library.ErrorAction.Continue, handled: true };
        },
        closed: async () => {
          await this.#recover();
          return { action: library.CloseAction.Restart, handled: true };
        },
      },
    };
  }

  #initialization(): InitializationOptions {
    const { settings } = this.#parts;
    this.#otherYaml = hasOtherYaml();
    return {
      answers: workspace.isTrusted ? Object.values(requests) : [],
      otherYaml: this.#otherYaml,
      severities: settings.severities,
      inlayHints: settings.inlayHints,
    };
  }

  async #recover(): Promise<void> {
    const { delayMs, leaveOut } = this.#crashes.crashed(Date.now());
    this.#parts.log.warn(l10n.t('The language server ended unexpectedly; it starts again.'));
    for (const document of leaveOut)
      void window.showWarningMessage(
        l10n.t('{0} brought the language server down twice: it is not checked until it is opened again.', nameOf(document)),
      );
    await delay(delayMs);
  }

  #middleware(): Middleware {
    const crashes = this.#crashes;
    return {
      didOpen: async (document, next) => {
        const key = document.uri.toString();
        if (crashes.leavesOut(key)) return;
        crashes.given(key);
        await next(document);
      },
      didChange: async (event, next) => {
        const key = event.document.uri.toString();
        if (crashes.leavesOut(key)) return;
        crashes.given(key);
        await next(event);
      },
      didClose: async (document, next) => {
        const key = document.uri.toString();
        const unknown = crashes.leavesOut(key);
        crashes.closed(key);
        if (!unknown) await next(document);
      },
    };
  }

  #answer(client: LanguageClient): void {
    const { answers } = this.#parts;
    const on = <P extends { readonly uri: string }>(
      method: string,
      run: (uri: Uri, params: P, signal: AbortSignal) => Promise<object>,
    ) => client.onRequest(method, (params: P, token: CancellationToken) => run(Uri.parse(params.uri), params, toSignal(token)));
    on(requests.find, answers.find.bind(answers));
    on(requests.list, answers.list.bind(answers));
    on(requests.describe, answers.describe.bind(answers));
    on(requests.kubernetesFind, answers.kubernetesFind.bind(answers));
    on(requests.schema, answers.schema.bind(answers));
    on(requests.binding, answers.binding.bind(answers));
    client.onNotification(checkDidRun, (params: CheckDidRunParams) => {
      this.#crashes.finished(params.uri);
      this.#checked.fire(params);
    });
  }

  #notify(method: string, change: Omit<DidChangeParams, 'epoch'>): void {
    if (!this.#client?.isRunning()) return;
    const params: DidChangeParams = { ...change, epoch: this.#parts.bindings.epoch };
    this.#client.sendNotification(method, params).catch((error: unknown) => this.#parts.log.warn(String(error)));
  }

  dispose(): Promise<void> | undefined {
    for (const subscription of this.#subscriptions.splice(0)) subscription.dispose();
    this.#checked.dispose();
    return this.#client?.dispose();
  }
}

/** The library is CommonJS: bundled, its names stand under `default`. */
async function loadLibrary(): Promise<Library> {
  const loaded: Library & { readonly default?: Library } = await import('vscode-languageclient/node');
  return loaded.default ?? loaded;
}

function toSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

const hasOtherYaml = () => extensions.getExtension(otherYamlExtension) !== undefined;
const nameOf = (uri: string) => workspace.asRelativePath(Uri.parse(uri));
