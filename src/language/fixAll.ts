import { type CodeAction, CodeActionKind, type Diagnostic, type TextEdit } from 'vscode-languageserver-types';
import type { DiagnosticData } from './diagnostics.ts';

/** The kind of the action: `editor.codeActionsOnSave` names it, or any kind it lies in. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.hybridClusters`;

/** Whether an editor that wants only these kinds wants this action. Without any it asks what can be done at one place. */
export function wantsFixAll(only: readonly string[] | undefined): boolean {
  return only?.some((kind) => fixAllKind === kind || fixAllKind.startsWith(`${kind}.`)) ?? false;
}

/**
 * One edit of all that has one right answer by the text or its schema alone: quotes that kubectl needs, keys that are misspelt. What only a cloud knows is never changed
 * unasked: a name that is near may not be the one that is meant.
 */
export function fixAll(uri: string, diagnostics: readonly Diagnostic[]): CodeAction[] {
  const edits: TextEdit[] = [];
  const taken = new Set<string>();
  for (const { code, data, range } of diagnostics) {
    const preferred = (data as DiagnosticData | undefined)?.fixes.filter(({ preferred: is }) => is) ?? [];
    const [fix] = preferred;
    const place = JSON.stringify(range);
    if (!fix || preferred.length > 1 || String(code).startsWith('reference.') || taken.has(place)) continue;
    taken.add(place);
    edits.push({ range, newText: fix.newText });
  }
  const title = 'Fix all that has one right answer';
  return edits.length === 0 ? [] : [{ title, kind: fixAllKind, edit: { changes: { [uri]: edits } } }];
}
