import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Finding } from '../manifest/finding.ts';
import { splitDocuments } from '../manifest/split.ts';

/**
 * A word for each finding that stays while lines move: made of its code, its file, the object it is in, the text of its line and, among equals, its number. 32 hexadecimal
 * digits, in the order of the findings. A file counts as it was named, so that names must be given from the same folder.
 */
export function fingerprints(findings: readonly Finding[], texts: ReadonlyMap<string, string>): readonly string[] {
  const documents = new Map<string, readonly NamedDocument[]>();
  const seen = new Map<string, number>();
  return findings.map(({ code, file, range }) => {
    const text = texts.get(file) ?? '';
    const known = documents.get(file) ?? namedDocuments(text);
    documents.set(file, known);
    const owner = known.findLast(({ start }) => start <= range.start)?.name ?? '';
    const line = text.slice(text.lastIndexOf('\n', range.start - 1) + 1).split(/\r?\n/, 1)[0] ?? '';
    const parts = JSON.stringify([code, plainPath(file), owner, line.trim()]);
    const number = seen.get(parts) ?? 0;
    seen.set(parts, number + 1);
    return createHash('sha256').update(`${parts}${number}`).digest('hex').slice(0, 32);
  });
}

/** A path with `/` between its names and without detours. */
export function plainPath(file: string): string {
  return posix.normalize(file.replaceAll('\\', '/'));
}

interface NamedDocument {
  readonly start: number;
  readonly name: string;
}

/** Documents with the lines that name their object. It need not be read to be told from others. */
function namedDocuments(text: string): readonly NamedDocument[] {
  return splitDocuments(text).map(({ start, end }) => {
    const document = text.slice(start, end);
    const lines = [/^apiVersion:.*$/m, /^kind:.*$/m, /^metadata:[\s\S]*?\bname:.*$/m].map(
      (line) => line.exec(document)?.[0] ?? '',
    );
    return { start, name: lines.map((line) => line.slice(line.lastIndexOf('\n') + 1).trim()).join(' ') };
  });
}
