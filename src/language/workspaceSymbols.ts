import { SymbolKind, type WorkspaceSymbol } from 'vscode-languageserver-types';
import type { PlacedName } from './nameIndex.ts';

const most = 500;

/** The objects that the workspace declares whose `Kind name` holds the letters of the query in their order, as the editor matches. */
export function workspaceSymbols(query: string, names: readonly PlacedName[]): WorkspaceSymbol[] {
  const found: WorkspaceSymbol[] = [];
  for (const { document, placed, name } of names) {
    if (name.role !== 'declares') continue;
    const title = `${name.to.slice(name.to.indexOf('/') + 1)} ${name.name}`;
    if (!holdsInOrder(title.toLowerCase(), query.toLowerCase().replaceAll(' ', ''))) continue;
    const location = { uri: document.uri, range: document.toRange(placed, name.range) };
    found.push({ name: title, kind: SymbolKind.Object, location, containerName: name.namespace ?? '' });
    if (found.length === most) break;
  }
  return found;
}

function holdsInOrder(text: string, letters: string): boolean {
  let at = -1;
  return [...letters].every((letter) => {
    at = text.indexOf(letter, at + 1);
    return at >= 0;
  });
}
