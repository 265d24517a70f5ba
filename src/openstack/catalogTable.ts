import { creationOf } from './creations/creations.ts';
import type { Column, Group } from './kind.ts';
import { groups, type KindId, kindIds, kindOf } from './kinds/kinds.ts';

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

/** Which project of OpenStack stands behind a group of kinds. */
const projects: Readonly<Record<Group, string>> = {
  Compute: 'Nova',
  Network: 'Neutron',
  'Load balancers': 'Octavia',
  Storage: 'Cinder',
  Images: 'Glance',
  DNS: 'Designate',
  'Object storage': 'Swift',
  Orchestration: 'Heat',
  'Container clusters': 'Magnum',
  'Bare metal': 'Ironic',
  Shares: 'Manila',
  Secrets: 'Barbican',
  Placement: 'Placement',
  Identity: 'Keystone',
};

/** The catalog for users, in Markdown: which kinds of each service are shown, and how much can be done with them. */
export function servicesTable(): string {
  const rows = groups.map(([group]) => {
    const kinds = kindIds.filter((id) => groupOf(id) === group);
    const words = new Set(kinds.flatMap((id) => kindOf(id).can ?? []));
    const names = kinds.map((id) => kindOf(id).label[1].replace(/^[A-Z](?=[a-z]+(?: |$))/, (letter) => letter.toLowerCase()));
    const made = kinds.filter((id) => creationOf(id) !== undefined).length;
    return `| ${group} | ${projects[group]} | ${names.join(', ')} | ${made} | ${words.size} |`;
  });
  return ['| group | service | kinds | can be made | actions |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** The group a kind stands in, or that of what it lies below. */
function groupOf(id: KindId): Group | undefined {
  const { under, parent } = kindOf(id);
  const above = parent?.kind ?? kindIds.find((one) => kindOf(one).children?.some(({ kind }) => kind === id));
  return under ?? (above && above !== id ? groupOf(above) : undefined);
}

function lineOf(id: KindId): string[] {
  const row = kindOf(id);
  return [
    id,
    `${row.under ?? (row.parent ? `below ${row.parent.kind}` : '-')}${row.admin ? ', administrators' : ''}${row.optional ? ', optional' : ''}`,
    row.listPath ?? row.path,
    row.status?.map(({ field }) => field).join(', ') ?? '-',
    row.columns.map(titleOf).join(', '),
    row.children
      ?.map(({ kind, where, when }) => `→ ${kind}${conditions(where)}${when ? ` when ${conditions(when)}` : ''}`)
      .join(' ') ?? '',
  ];
}

function conditions(where: Readonly<Record<string, string>>): string {
  const texts = Object.entries(where).map(([theirs, ours]) => `${theirs}=${ours}`);
  return texts.length === 0 ? '' : `[${texts.join(',')}]`;
}

function titleOf(column: Column): string {
  return typeof column === 'string' ? column.replaceAll('_', ' ') : column.title;
}
