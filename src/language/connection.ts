import { type CancellationToken, type Connection, type InitializeResult, TextDocumentSyncKind } from 'vscode-languageserver';
import type { Logger } from '../base/logger.ts';
import {
  type Answer,
  type BindingAnswer,
  checkDidRun,
  type DidChangeParams,
  type FactsLookup,
  type InitializationOptions,
  notifications,
  type ResourceFacts,
  requests,
} from '../protocol.ts';
import type { LanguageHost } from './host.ts';
import { LanguageService } from './service.ts';

/** Wires a connection to the service. A handler that throws answers with its fallback and leaves a line in the log: the editor never sees a stack trace. */
export function startServer(connection: Connection, logger: Logger): void {
  let service: LanguageService | undefined;
  let refreshes = { inlayHint: false };

  connection.onInitialize(({ initializationOptions, capabilities }): InitializeResult => {
    const options = (initializationOptions ?? {}) as InitializationOptions;
    refreshes = { inlayHint: capabilities.workspace?.inlayHint?.refreshSupport === true };
    service = new LanguageService(
      hostOf(connection, options),
      outputTo(connection, logger, () => refreshes),
      options,
    );
    return {
      serverInfo: { name: 'hybrid-clusters' },
      capabilities: {
        positionEncoding: 'utf-16',
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
        completionProvider: { triggerCharacters: [' ', '"', "'", '/'] },
        hoverProvider: true,
        codeActionProvider: { codeActionKinds: ['quickfix'] },
        documentLinkProvider: {},
        inlayHintProvider: true,
      },
    };
  });
  connection.onShutdown(() => service?.dispose());

  connection.onDidOpenTextDocument(({ textDocument: { uri, version, text, languageId } }) => {
    if (languageId === 'yaml') service?.open(uri, version, text);
  });
  connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) =>
    service?.change(uri, version, contentChanges),
  );
  connection.onDidCloseTextDocument(({ textDocument: { uri } }) => service?.close(uri));
  connection.onNotification(notifications.bindingDidChange, (params: DidChangeParams) => service?.worldChanged(params, true));
  connection.onNotification(notifications.openstackDidChange, (params: DidChangeParams) => service?.worldChanged(params, false));

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
    safely([], (to, { textDocument, context }, signal) => to.codeActions(textDocument.uri, context.diagnostics, signal)),
  );
  connection.onDocumentLinks(safely([], (to, { textDocument }) => to.documentLinks(textDocument.uri)));
  connection.languages.inlayHint.on(
    safely([], (to, { textDocument, range }) =>
      to.inlayHints(textDocument.uri, { start: range.start.line, end: range.end.line }),
    ),
  );
  connection.listen();
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
    binding: has(requests.binding) ? (params) => ask<Answer<BindingAnswer>>(requests.binding, params) : undefined,
  };
}

function outputTo(
  connection: Connection,
  logger: Logger,
  refreshes: () => { readonly inlayHint: boolean },
): ConstructorParameters<typeof LanguageService>[1] {
  return {
    publish: (uri, version, diagnostics) => void connection.sendDiagnostics({ uri, version, diagnostics: [...diagnostics] }),
    didRun: (params) => void connection.sendNotification(checkDidRun, params),
    refreshHints: () => {
      if (refreshes().inlayHint) void connection.languages.inlayHint.refresh();
    },
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
