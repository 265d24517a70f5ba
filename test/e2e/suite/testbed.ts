import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { ConfigurationTarget, type Diagnostic, extensions, languages, type TextDocument, Uri, window, workspace } from 'vscode';

export const extension = () =>
  extensions.getExtension('hybrid-clusters.hybrid-clusters') ?? assert.fail('VS Code did not load the extension');

/** The only folder of the window: a copy of the sample workspace. */
export const folder = () => workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no folder is open');

/** Opens a file of the folder in an editor. */
export async function open(path: string): Promise<TextDocument> {
  const document = await workspace.openTextDocument(Uri.joinPath(folder(), path));
  await window.showTextDocument(document);
  return document;
}

/** Binds the folder as the status bar would; undefined unbinds it. */
export async function bind(binding: Readonly<Record<string, string>> | undefined): Promise<void> {
  await workspace.getConfiguration('hybridClusters', folder()).update('binding', binding, ConfigurationTarget.Workspace);
}

export const DEMO = { cloud: 'demo', project: 'demo', context: 'sandbox-admin', namespace: 'shop' };

/** What we say about a document. */
export const findings = ({ uri }: TextDocument): Diagnostic[] =>
  languages.getDiagnostics(uri).filter(({ source }) => source === 'Hybrid Clusters');

export function codeOf({ code }: Diagnostic): string {
  return String(typeof code === 'object' ? code.value : code);
}

/** The findings as text, one a line: `line:column severity code`. */
export const printed = (document: TextDocument): string[] =>
  findings(document).map(
    (finding) => `${finding.range.start.line + 1}:${finding.range.start.character + 1} ${codeOf(finding)} ${finding.message}`,
  );

/** Asks until the answer is not undefined. */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  withinMs = 20_000,
): Promise<T> {
  for (const end = Date.now() + withinMs; Date.now() < end; await sleep(100)) {
    const answer = await ask();
    if (answer !== undefined) return answer;
  }
  return assert.fail(`within ${withinMs / 1000} s: ${what}`);
}

/** A row as far as tests look at it. */
interface SeenNode {
  readonly row: { readonly name?: string; readonly id?: string; readonly key?: string };
}

/** What the extension hands to tests: its questions, to be answered by them, and what is selected in its trees. */
export interface TestApi {
  readonly prompts: Record<string, unknown>;
  readonly trees: { readonly selected: readonly SeenNode[] };
}

export const testApi = async (): Promise<TestApi> => extension().activate();
