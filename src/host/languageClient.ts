import { access } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type CancellationToken,
  type Disposable,
  type Event,
  EventEmitter,
  extensions,
  type LogOutputChannel,
  l10n,
  languages,
  type TextDocument,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { LanguageClient, LanguageClientOptions, Middleware } from 'vscode-languageclient/node';
import { shownSyntax } from '../manifest/syntax.ts';
import {
  type CheckDidRunParams,
  checkDidRun,
  type DidChangeParams,
  type InitializationOptions,
  notifications,
  requests,
  serverArguments,
} from '../protocol.ts';
import type { Answers } from './answers.ts';
import type { Bindings } from './bindings.ts';
import { Crashes } from './crashes.ts';
import { editScheme } from './editedObjects.ts';
import type { RenderedFindings } from './renderedFindings.ts';
import { restartsServer, type Settings } from './settings.ts';
import { workspaceManifests } from './workspaceManifests.ts';

type Library = typeof import('vscode-languageclient/node');

/** The older side of a diff. */
const olderScheme = 'git';
/** Files that are not YAML and may be a `cloud.conf`, openrc or Heat template: which of them is, its text shows ({@link shownSyntax}). */
const named = '**/{*.conf,cloud-config,*openrc*,*.rc,*.env,*.hot,*.template}';
/** The documents the server gets. No language of our own: YAML is YAML, and other YAML extensions go on working beside us. */
const selector = [
  { language: 'yaml', scheme: 'file' },
  { language: 'yaml', scheme: 'untitled' },
  { language: 'yaml', scheme: editScheme },
  { language: 'yaml', scheme: olderScheme },
  { scheme: 'file', pattern: named },
  ...['ini', 'properties', 'shellscript'].flatMap((language) =>
    ['file', 'untitled', olderScheme].map((scheme) => ({ language, scheme })),
  ),
];
/** The wait before a restart by which it is told that they go on. */
const worthTellingMs = 4000;
const otherYamlExtension = 'redhat.vscode-yaml';

export interface LanguageServerParts {
  /** Absolute path of `dist/server.js`. */
  readonly program: string;
  readonly log: LogOutputChannel;
  readonly settings: Settings;
  readonly bindings: Bindings;
  readonly answers: Answers;
  /** Findings of what is rendered: each is told once. */
  readonly rendered: RenderedFindings;
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
      parts.answers.onDidChangeCluster(() => this.#notify(notifications.kubernetesDidChange, {})),
    ];
    for (const document of workspace.textDocuments) this.#see(document);
  }

  /** A document was checked. */
  get onDidCheck(): Event<CheckDidRunParams> {
    return this.#checked.event;
  }

  /** What these documents name in their clouds is asked for again. */
  recheck(uris: readonly string[]): void {
    this.#notify(notifications.openstackDidChange, { uris });
  }

  #see(document: TextDocument): void {
    if (this.#wanted || languages.match(selector, document) === 0 || !isOurs(document)) return;
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
    // A missing program would be tried again and again.
    await access(this.#parts.program);
    const library = await loadLibrary();
    const server = {
      module: this.#parts.program,
      transport: library.TransportKind.stdio,
      options: { execArgv: [...serverArguments] },
    };
    // The library's own notifications speak of connections and codes; what the user is told is said here.
    class QuietClient extends library.LanguageClient {
      override error(message: string, data?: unknown): void {
        super.error(message, data, false);
      }
    }
    const client = new QuietClient('hybridClusters', 'Hybrid Clusters', server, this.#options(library));
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
    const { settings, program } = this.#parts;
    this.#otherYaml = hasOtherYaml();
    return {
      answers: workspace.isTrusted ? Object.values(requests) : [],
      otherYaml: this.#otherYaml,
      severities: settings.severities,
      inlayHints: settings.inlayHints,
      findingsPage: Uri.joinPath(Uri.file(program), '../../media/findings.md').toString(),
    };
  }

  async #recover(): Promise<void> {
    const { delayMs, leaveOut } = this.#crashes.crashed(Date.now());
    this.#parts.log.warn(l10n.t('The language server ended unexpectedly; it starts again.'));
    if (delayMs === worthTellingMs)
      void window.showErrorMessage(
        l10n.t('The language server keeps ending, so manifests are not checked; it is tried again. The log says why.'),
      );
    for (const document of leaveOut)
      void window.showWarningMessage(
        l10n.t('{0} brought the language server down twice: it is not checked until it is opened again.', nameOf(document)),
      );
    await delay(delayMs);
  }

  #middleware(): Middleware {
    const crashes = this.#crashes;
    const given = new Set<string>();
    return {
      didOpen: async (document, next) => {
        const key = document.uri.toString();
        if (crashes.leavesOut(key) || !isOurs(document)) return;
        crashes.given(key);
        given.add(key);
        await next(document);
      },
      didChange: async (event, next) => {
        const key = event.document.uri.toString();
        if (crashes.leavesOut(key) || !given.has(key)) return;
        crashes.given(key);
        await next(event);
      },
      didClose: async (document, next) => {
        const key = document.uri.toString();
        const unknown = !given.delete(key) || crashes.leavesOut(key);
        crashes.closed(key);
        if (!unknown) await next(document);
      },
      // What an older version has wrong is no problem any more; its names and links are still told.
      handleDiagnostics: (uri, diagnostics, next) =>
        this.#parts.rendered.fromServer(uri, uri.scheme === olderScheme ? [] : diagnostics, next),
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
    on(requests.beside, answers.beside.bind(answers));
    client.onRequest(requests.workspaceManifests, () => workspaceManifests(this.#parts.bindings));
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

/** Whether the server is to read a document: YAML, or a file whose text shows that it is one of OpenStack's. */
function isOurs(document: TextDocument): boolean {
  return document.languageId === 'yaml' || shownSyntax(document.uri.path, document.getText()) !== undefined;
}

const hasOtherYaml = () => extensions.getExtension(otherYamlExtension) !== undefined;
const nameOf = (uri: string) => workspace.asRelativePath(Uri.parse(uri));
