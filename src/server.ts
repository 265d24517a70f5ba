import { createConnection, ProposedFeatures, StreamMessageReader, StreamMessageWriter } from 'vscode-languageserver/node';
import type { Logger } from './base/logger.ts';
import { startServer } from './language/connection.ts';

/**
 * The language server as a program: LSP over its standard streams (`--stdio`, also without our extension: then syntax and annotations only). It opens no file and no
 * socket; what it knows of a cloud its client tells it.
 */
const connection = createConnection(
  ProposedFeatures.all,
  new StreamMessageReader(process.stdin),
  new StreamMessageWriter(process.stdout),
);
const logger: Logger = {
  trace: (message) => connection.console.debug(message),
  debug: (message) => connection.console.debug(message),
  info: (message) => connection.console.info(message),
  warn: (message) => connection.console.warn(message),
  error: (message) => connection.console.error(message),
};
startServer(connection, logger);
