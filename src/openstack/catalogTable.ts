import type { Column } from './kind.ts';
import { type KindId, kindIds, kindOf } from './kinds/kinds.ts';

/** The catalog as a text table, one line a kind: what a reviewer reads when a row is new, and what `npm run -s catalog` prints. */
export function catalogTable(): string {
  const rows = [['kind', 'group', 'list', 'state', 'columns', 'below'], ...kindIds.map(lineOf)];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function lineOf(id: KindId): string[] {
  const row = kindOf(id);
  return [
    id,
    row.under ?? (row.parent ? `below ${row.parent.kind}` : '-'),
    row.listPath ?? row.path,
    row.status?.map(({ field }) => field).join(', ') ?? '-',
    row.columns.map(titleOf).join(', '),
    row.children?.map(({ kind, where }) => `→ ${kind}${conditions(where)}`).join(' ') ?? '',
  ];
}

function conditions(where: Readonly<Record<string, string>>): string {
  const texts = Object.entries(where).map(([theirs, ours]) => `${theirs}=${ours}`);
  return texts.length === 0 ? '' : `[${texts.join(',')}]`;
}

function titleOf(column: Column): string {
  return typeof column === 'string' ? column.replaceAll('_', ' ') : column.title;
}
