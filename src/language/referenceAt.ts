import type { Reference } from '../manifest/references.ts';
import type { OpenDocument, PlacedSection } from './openDocument.ts';

/** A reference and where it stands. */
export interface PlacedReference {
  readonly placed: PlacedSection;
  readonly reference: Reference;
}

/** The reference whose value is at a place of the file. */
export function referenceAt(document: OpenDocument, position: { line: number; character: number }): PlacedReference | undefined {
  const offset = document.offsetAt(position);
  const placed = document.sectionAt(offset);
  const local = offset - (placed?.start ?? 0);
  const reference = placed?.section.content.references.find(({ range }) => local >= range.start && local <= range.end);
  return placed && reference ? { placed, reference } : undefined;
}

/** Every reference of the file as far as it is read, or of the lines asked for. */
export function referencesIn(
  document: OpenDocument,
  lines?: { readonly start: number; readonly end: number },
): readonly PlacedReference[] {
  return document.sections
    .filter(({ line, section }) => section.isRead && (!lines || (line <= lines.end && line + section.lineCount > lines.start)))
    .flatMap((placed) => placed.section.content.references.map((reference) => ({ placed, reference })));
}

/** The command that shows a resource in the *Clouds* view, from a document bound to its project. */
export function revealCommand(uri: string, kind: string, id: string): string {
  return `command:hybridClusters.reveal?${encodeURIComponent(JSON.stringify([{ uri, kind, id }]))}`;
}
