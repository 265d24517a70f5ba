import { type DocumentHighlight, DocumentHighlightKind } from 'vscode-languageserver-types';
import { keyOf } from '../manifest/resourceLookup.ts';
import { nameAt, type PlacedName } from './nameIndex.ts';
import type { OpenDocument } from './openDocument.ts';
import { referenceAt, referencesIn } from './referenceAt.ts';

/** The other places of a file that name what the cursor names: an object of the cluster, or an OpenStack resource. Null where the cursor names neither. */
export function highlights(
  document: OpenDocument,
  position: { readonly line: number; readonly character: number },
  names: readonly PlacedName[],
): DocumentHighlight[] | null {
  const object = nameAt(names, document.offsetAt(position));
  if (object)
    return names
      .filter(({ key }) => key === object.key)
      .map(({ placed, name }) => ({
        range: document.toRange(placed, name.range),
        kind: name.role === 'declares' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
      }));
  const resource = referenceAt(document, position)?.reference;
  if (!resource) return null;
  const key = keyOf({ kind: resource.rule.to, query: resource.query });
  return referencesIn(document)
    .filter(({ reference: { rule, query } }) => keyOf({ kind: rule.to, query }) === key)
    .map(({ placed, reference }) => ({ range: document.toRange(placed, reference.range), kind: DocumentHighlightKind.Read }));
}
