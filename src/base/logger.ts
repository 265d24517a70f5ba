/**
 * Where lines for the curious go: VS Code's log channel in the editor, stderr in the command line, nowhere in tests.
 * Shaped like `vscode.LogOutputChannel`. Callers hand over sentences; whatever came from a server goes through `redact` first.
 */
export interface Logger {
  trace(message: string): void;
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Keeps silent. */
export const silentLogger: Logger = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };
