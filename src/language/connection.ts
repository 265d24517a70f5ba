import {
  type CancellationToken,
  type Connection,
  DocumentDiagnosticReportKind,
  type InitializeResult,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
} from 'vscode-languageserver';
import type { Logger } from '../base/logger.ts';
import { shownSyntax } from '../manifest/syntax.ts';
import {
  type Answer,
  type BesideAnswer,
  type BindingAnswer,
  checkDidRun,
  type DidChangeParams,
  type FactsLookup,
  type InitializationOptions,
  type NoSchemaAnswer,
  notifications,
  type ObjectPresence,
  type ResourceFacts,
  requests,
  type SchemaAnswer,
  type WorkspaceFiles,
} from '../protocol.ts';
import { fixAllKind, wantsFixAll } from './fixAll.ts';
import type { LanguageHost } from './host.ts';
import { LinkProvider } from './linkProvider.ts';
import type { Refusal } from './rename.ts';
import { tokensLegend } from './semanticTokens.ts';
import { LanguageService } from './service.ts';

/** What is sent to this client when answers are other than before: what it asks for again when told, and whether it asks for diagnostics or is sent them. */
interface Client {
  readonly inlayHint: boolean;
  readonly semanticTokens: boolean;
  readonly diagnostics: boolean;
  readonly pulls: boolean;
  /** Whether who gives links may say so after the start, and again. */
  readonly links: boolean;
}

/** Wires a connection to the service. A handler that throws answers with its fallback and leaves a line in the log: the editor never sees a stack trace. */
export function startServer(connection: Connection, logger: Logger): void {
  let service: LanguageService | undefined;
  const links = new LinkProvider(connection);
  let client: Client = { inlayHint: false, semanticTokens: false, diagnostics: false, pulls: false, links: false };

  connection.onInitialize(({ initializationOptions, capabilities }): InitializeResult => {
    const options = (initializationOptions ?? {}) as InitializationOptions;
    const { inlayHint, semanticTokens, diagnostics } = capabilities.workspace ?? {};
    client = {
      inlayHint: inlayHint?.refreshSupport === true,
      semanticTokens: semanticTokens?.refreshSupport === true,
      diagnostics: diagnostics?.refreshSupport === true,
      pulls: options.pullDiagnostics === true,
      links: capabilities.textDocument?.documentLink?.dynamicRegistration === true,
    };
    service = new LanguageService(
      hostOf(connection, options),
      outputTo(connection, logger, () => client, links),
      { ...options, snippets: capabilities.textDocument?.completion?.completionItem?.snippetSupport === true },
    );
    return {
      serverInfo: { name: 'hybrid-clusters' },
      capabilities: {
        positionEncoding: 'utf-16',
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        completionProvider: { triggerCharacters: [' ', '"', "'", '/'] },
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix', fixAllKind] },
        ...(client.links ? {} : { documentLinkProvider: {} }),
        inlayHintProvider: true,
        documentSymbolProvider: { label: 'Hybrid Clusters' },
        foldingRangeProvider: true,
        selectionRangeProvider: true,
        semanticTokensProvider: { legend: tokensLegend, full: true, range: true },
        documentHighlightProvider: true,
        definitionProvider: true,
        referencesProvider: true,
        renameProvider: { prepareProvider: true },
        workspaceSymbolProvider: true,
        ...(client.pulls ? { diagnosticProvider: { interFileDependencies: true, workspaceDiagnostics: false } } : {}),
      },
    };
  });
  connection.onInitialized(() => {
    if (client.links) links.renew();
  });
  connection.onShutdown(() => service?.dispose());

  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text, languageId } }) => {
    const syntax = languageId === 'yaml' ? 'yaml' : shownSyntax(uri, text);
    if (syntax) service?.open(uri, version, text, syntax);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) =>
    service?.change(uri, version, contentChanges),
  );
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => service?.close(uri));
  connection.onNotification(notifications.bindingDidChange, (params: DidChangeParams) => service?.worldChanged(params, true));
  connection.onNotification(notifications.openstackDidChange, (params: DidChangeParams) => service?.worldChanged(params, false));
  // One listener each: a second one would take the place of the first.
  connection.onNotification(notifications.kubernetesDidChange, () => {
    service?.objectsChanged();
    service?.clusterChanged();
  });

  const safely = <P, R>(fallback: R, run: (service: LanguageService, params: P, signal: AbortSignal) => Promise<R> | R) => {
    return async (params: P, token: CancellationToken): Promise<R> => {
      try {
        return service ? await run(service, params, toSignal(token)) : fallback;
      } catch (error) {
        logger.error(describe(error));
        return fallback;
      }
    };
  };
  connection.onCompletion(
    safely(null, (to, { textDocument, position }, signal) => to.complete(textDocument.uri, position, signal)),
  );
  connection.onHover(safely(null, (to, { textDocument, position }, signal) => to.hover(textDocument.uri, position, signal)));
  connection.onCodeAction(
    safely([], (to, { textDocument: { uri }, context: { only, diagnostics } }, signal) =>
      wantsFixAll(only) ? to.fixAll(uri) : to.codeActions(uri, diagnostics, signal),
    ),
  );
  connection.onDocumentLinks(safely([], (to, { textDocument }) => to.documentLinks(textDocument.uri)));
  connection.languages.inlayHint.on(
    safely([], (to, { textDocument, range }) =>
      to.inlayHints(textDocument.uri, { start: range.start.line, end: range.end.line }),
    ),
  );
  connection.languages.diagnostics.on(
    safely({ kind: DocumentDiagnosticReportKind.Full, items: [] }, async (to, { textDocument: { uri } }) => ({
      kind: DocumentDiagnosticReportKind.Full,
      items: await to.diagnostics(uri),
    })),
  );
  onEditing(connection, safely);
  connection.listen();
}

type Safely = <P, R>(
  fallback: R,
  run: (service: LanguageService, params: P, signal: AbortSignal) => Promise<R> | R,
) => (params: P, token: CancellationToken) => Promise<R>;

/** The requests about the shape of files and the names in them. */
function onEditing(connection: Connection, safely: Safely): void {
  connection.onDocumentSymbol(safely([], ({ editing }, { textDocument: { uri } }, signal) => editing.symbols(uri, signal)));
  connection.onFoldingRanges(safely(null, ({ editing }, { textDocument: { uri } }, signal) => editing.folds(uri, signal)));
  connection.onSelectionRanges(
    safely([], ({ editing }, { textDocument: { uri }, positions }) => editing.selections(uri, positions)),
  );
  connection.languages.semanticTokens.on(safely({ data: [] }, ({ editing }, { textDocument: { uri } }) => editing.tokens(uri)));
  connection.languages.semanticTokens.onRange(
    safely({ data: [] }, ({ editing }, { textDocument: { uri }, range }) =>
      editing.tokens(uri, { start: range.start.line, end: range.end.line }),
    ),
  );
  connection.onDocumentHighlight(
    safely(null, ({ editing }, { textDocument: { uri }, position }) => editing.highlights(uri, position)),
  );
  connection.onDefinition(
    safely([], ({ editing }, { textDocument: { uri }, position }, signal) => editing.definitions(uri, position, signal)),
  );
  connection.onReferences(
    safely([], ({ editing }, { textDocument: { uri }, position, context }, signal) =>
      editing.references(uri, position, context.includeDeclaration, signal),
    ),
  );
  connection.onPrepareRename(
    safely(null, async ({ editing }, { textDocument: { uri }, position }, signal) =>
      orError(await editing.renameRange(uri, position, signal)),
    ),
  );
  connection.onRenameRequest(
    safely(null, async ({ editing }, { textDocument: { uri }, position, newName }, signal) =>
      orError(await editing.rename(uri, position, newName, signal)),
    ),
  );
  connection.onWorkspaceSymbol(safely([], ({ editing }, { query }, signal) => editing.workspaceSymbols(query, signal)));
}

/** A refusal is told to the user by the editor, which shows the message of an error. */
function orError<T extends object>(answer: T | Refusal): T | ResponseError {
  return 'refused' in answer ? new ResponseError(LSPErrorCodes.RequestFailed, answer.refused) : answer;
}

function hostOf(connection: Connection, { answers = [] }: InitializationOptions): LanguageHost {
  const ask = <T>(method: string, params: object, signal?: AbortSignal): Promise<T> =>
    signal ? connection.sendRequest(method, params, toToken(signal)) : connection.sendRequest(method, params);
  const has = (method: string) => answers.includes(method);
  return {
    find: has(requests.find) ? (params, signal) => ask<Answer<readonly FactsLookup[]>>(requests.find, params, signal) : undefined,
    list: has(requests.list)
      ? (params, signal) => ask<Answer<{ items: readonly ResourceFacts[]; incomplete: boolean }>>(requests.list, params, signal)
      : undefined,
    schema: has(requests.schema)
      ? (params, signal) => ask<Answer<SchemaAnswer | NoSchemaAnswer | null>>(requests.schema, params, signal)
      : undefined,
    binding: has(requests.binding) ? (params) => ask<Answer<BindingAnswer>>(requests.binding, params) : undefined,
    kubernetesFind: has(requests.kubernetesFind)
      ? (params, signal) => ask<Answer<readonly ObjectPresence[]>>(requests.kubernetesFind, params, signal)
      : undefined,
    beside: has(requests.beside) ? (params, signal) => ask<BesideAnswer>(requests.beside, params, signal) : undefined,
    workspaceManifests: has(requests.workspaceManifests) ? () => ask<WorkspaceFiles>(requests.workspaceManifests, {}) : undefined,
  };
}

function outputTo(
  connection: Connection,
  logger: Logger,
  client: () => Client,
  links: LinkProvider,
): ConstructorParameters<typeof LanguageService>[1] {
  return {
    publish: (uri, version, diagnostics) => {
      if (!client().pulls) void connection.sendDiagnostics({ uri, version, diagnostics: [...diagnostics] });
      else if (client().diagnostics) connection.languages.diagnostics.refresh();
    },
    didRun: (params) => void connection.sendNotification(checkDidRun, params),
    refreshHints: () => {
      if (client().inlayHint) void connection.languages.inlayHint.refresh();
      if (client().semanticTokens) void connection.languages.semanticTokens.refresh();
    },
    refreshLinks: () => void (client().links && links.renew()),
    broke: (error) => logger.error(describe(error)),
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function toSignal(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  else token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

function toToken(signal: AbortSignal): CancellationToken {
  return {
    get isCancellationRequested() {
      return signal.aborted;
    },
    onCancellationRequested: (listener) => {
      const heard = () => listener(undefined);
      signal.addEventListener('abort', heard, { once: true });
      return { dispose: () => signal.removeEventListener('abort', heard) };
    },
  };
}
