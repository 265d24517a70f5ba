import { Positions } from '../deploy/positions.ts';
import type { Finding, Severity } from '../manifest/finding.ts';

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
  const positions = new Map<string, Positions>();
  const positionsOf = (file: string): Positions => {
    const known = positions.get(file) ?? new Positions(texts.get(file) ?? '');
    positions.set(file, known);
    return known;
  };
  const rows = findings.map(({ file, range, severity, code, message }) => {
    const start = positionsOf(file).at(range.start);
    const end = positionsOf(file).at(range.end);
    return { file, line: start.line, column: start.column, endLine: end.line, endColumn: end.column, severity, code, message };
  });
  return rows.sort((one, other) =>
    one.file < other.file ? -1 : one.file > other.file ? 1 : one.line - other.line || one.column - other.column,
  );
}

/** `shop/service.yaml:9:45 error reference.missing No network …`: a line as compilers write it. */
export function findingLine({ file, line, column, severity, code, message }: FindingRow): string {
  return `${file}:${line}:${column} ${severity} ${code} ${message}`;
}
