import type { Finding, Severity } from '../manifest/finding.ts';
import { LineIndex } from '../manifest/lineIndex.ts';

/** A finding as other tools read it: lines and columns from 1, the end exclusive. */
export interface FindingRow {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
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
  const rows = findings.map(({ file, range, severity, code, message }) => {
    const [start, end] = [at(file, range.start), at(file, range.end)];
    return { file, ...start, endLine: end.line, endColumn: end.column, severity, code, message };
  });
  return rows.sort((one, other) =>
    one.file < other.file ? -1 : one.file > other.file ? 1 : one.line - other.line || one.column - other.column,
  );
}

/** `shop/service.yaml:9:45 error reference.missing No network …`: a line as compilers write it. */
export function findingLine({ file, line, column, severity, code, message }: FindingRow): string {
  return `${file}:${line}:${column} ${severity} ${code} ${message}`;
}
