import type { Finding, LivePlace, Severity } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';
import { pathText } from '../manifest/liveObject.ts';

/** A finding as other tools read it: lines and columns from 1, the end exclusive; for that of a live object they count in a text that nobody has, and `live` tells where it is. */
export interface FindingRow {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly live?: LivePlace;
}

/** Findings with their offsets turned into positions, ordered by file and place. `texts` holds the text of each file as it was checked. */
export function findingRows(findings: readonly Finding[], texts: ReadonlyMap<string, string>): FindingRow[] {
  const indexes = new Map<string, LineIndex>();
  const at = (file: string, offset: number) => {
    const index = indexes.get(file) ?? new LineIndex(texts.get(file) ?? '');
    indexes.set(file, index);
    const { line, character } = index.positionAt(offset);
    return { line: line + 1, column: character + 1 };
  };
  const rows = findings.map(({ file, range, severity, code, message, live }) => {
    const [start, end] = [at(file, range.start), at(file, range.end)];
    return { file, ...start, endLine: end.line, endColumn: end.column, severity, code, message, ...(live ? { live } : {}) };
  });
  return rows.sort((one, other) =>
    one.file < other.file ? -1 : one.file > other.file ? 1 : one.line - other.line || one.column - other.column,
  );
}

/** `shop/service.yaml:9:45 error reference.missing No network …`: a line as compilers write it; for a live object the field stands for line and column. */
export function findingLine({ file, line, column, severity, code, message, live }: FindingRow): string {
  const path = live && pathText(live.path);
  const place = path === undefined ? `:${line}:${column}` : path === '' ? '' : `:${path}`;
  return `${file}${place} ${severity} ${code} ${message}`;
}
