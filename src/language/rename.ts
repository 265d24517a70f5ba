import type { Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver-types';
import { isPlain } from '../manifest/isPlain.ts';
import { type Names, nameAt, type PlacedName } from './nameIndex.ts';
import type { OpenDocument } from './openDocument.ts';

/** Why there is no edit, as a sentence for the user. */
export interface Refusal {
  readonly refused: string;
}

type Position = { readonly line: number; readonly character: number };

/** What a rename at a place would replace: the name of an object that some manifest of the workspace declares. */
export function renameRange(document: OpenDocument, position: Position, { names }: Names): Range | Refusal {
  const at = nameIn(document, position, names);
  return 'refused' in at ? at : document.toRange(at.placed, at.name.range);
}

/** The edits that rename an object everywhere in the workspace: where it is declared and wherever another manifest of the same context and namespace names it. */
export function renameEdit(
  document: OpenDocument,
  position: Position,
  newName: string,
  { names, complete }: Names,
): WorkspaceEdit | Refusal {
  const at = nameIn(document, position, names);
  if ('refused' in at) return at;
  const kind = kindOf(at);
  if (!isObjectName(newName, at.name.to))
    return {
      refused: `"${newName}" can be no name of a ${kind}: lower case letters, digits, "-" and ".", begun and ended by a letter or digit, at most 253.`,
    };
  if (!complete)
    return {
      refused: 'This workspace holds more YAML files than are read, so that some uses might be missed. Open a smaller folder.',
    };
  const taken = JSON.stringify([...(JSON.parse(at.key) as string[]).slice(0, -1), newName]);
  if (newName !== at.name.name && names.some(({ key, name }) => key === taken && name.role === 'declares'))
    return { refused: `There is a ${kind} "${newName}" already. Choose another name.` };
  const changes: Record<string, TextEdit[]> = {};
  for (const one of names) {
    if (one.key !== at.key) continue;
    const newText = one.name.plain && !isPlain(newName) ? JSON.stringify(newName) : newName;
    const edit = { range: one.document.toRange(one.placed, one.name.range), newText };
    changes[one.document.uri] = [...(changes[one.document.uri] ?? []), edit];
  }
  return { changes };
}

function nameIn(document: OpenDocument, position: Position, names: readonly PlacedName[]): PlacedName | Refusal {
  const own = names.filter((one) => one.document === document);
  const at = nameAt(own, document.offsetAt(position));
  if (!at) return { refused: 'Here is no name of an object. Put the cursor on one.' };
  if (names.some(({ key, name }) => key === at.key && name.role === 'declares')) return at;
  return { refused: `No manifest here declares ${kindOf(at)} "${at.name.name}", so a new name would name nothing.` };
}

function kindOf({ name: { to } }: PlacedName): string {
  return to.slice(to.indexOf('/') + 1);
}

/** RFC 1123 subdomain, as the API server demands of most kinds; names of RBAC objects are path segments and may hold more (`validation.ValidateRBACName`). */
function isObjectName(name: string, to: string): boolean {
  if (to.startsWith('rbac.authorization.k8s.io/')) return /^[^/%\s]+$/.test(name) && name !== '.' && name !== '..';
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}
