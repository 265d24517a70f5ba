import type { Location } from 'vscode-languageserver-types';
import type { PlacedName } from './nameIndex.ts';

/** Where an object is declared: every manifest of it, for bases and overlays each have one. */
export function definitionsOf(at: PlacedName, names: readonly PlacedName[]): Location[] {
  return names.filter(({ key, name }) => key === at.key && name.role === 'declares').map(toLocation);
}

/** Where an object is used, and, if asked, declared. */
export function usesOf(at: PlacedName, names: readonly PlacedName[], withDeclarations: boolean): Location[] {
  return names.filter(({ key, name }) => key === at.key && (withDeclarations || name.role === 'uses')).map(toLocation);
}

function toLocation({ document, placed, name }: PlacedName): Location {
  return { uri: document.uri, range: document.toRange(placed, name.range) };
}
