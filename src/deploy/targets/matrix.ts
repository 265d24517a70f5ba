import { titleOf } from '../../kubernetes/objectKey.ts';
import { fileName } from '../files/fileName.ts';
import { actionWord, countsLine, targetName, toDoLine } from '../plan/planText.ts';
import type { Plan, Step } from '../types.ts';
import type { TargetEntry } from './targetSet.ts';
import type { PlannedTarget, TargetsPlan } from './types.ts';

/** What becomes of one object on one target. */
export interface Cell {
  /** `create`, `unchanged`; while it is carried out and after it, the state: `ready`. */
  readonly word: string;
  /** What changes, or why not; empty where there is nothing to say. */
  readonly reason: string;
}

/** One plan over several targets as a table: an object a row, a target a column. */
export interface Matrix {
  readonly columns: readonly TargetEntry[];
  /** A cell for each column; undefined where the target has no such object, or no plan. */
  readonly rows: readonly { readonly object: string; readonly cells: readonly (Cell | undefined)[] }[];
}

/** How a step is told of, where not by its action: by its state in a run, say. */
export type CellOf = (target: PlannedTarget, step: Step) => Cell | undefined;

const planned: CellOf = (_target, { action, reason }) => ({ word: actionWord(action), reason });

/** The table of a plan. Objects in the namespace of their target are one row, whichever namespace that is; rows come in the order in which the first target that has them sends them. */
export function matrixOf({ targets }: Pick<TargetsPlan, 'targets'>, cellOf: CellOf = planned): Matrix {
  const rows = new Map<string, Map<PlannedTarget, Cell | undefined>>();
  for (const target of targets)
    for (const step of target.plan?.steps ?? []) {
      const key = rowKey(step, target.plan);
      const row = rows.get(key) ?? new Map<PlannedTarget, Cell | undefined>();
      rows.set(key, row.set(target, cellOf(target, step)));
    }
  return {
    columns: targets.map(({ entry }) => entry),
    rows: [...rows].map(([object, cells]) => ({ object, cells: targets.map((target) => cells.get(target)) })),
  };
}

/** `Deployment web`, `ConfigMap web (other)` in a namespace that is not the target's, `example.dev Robot r2` of a group that is not Kubernetes' own. */
function rowKey({ ref }: Step, plan: Plan | undefined): string {
  const { apiVersion, namespace } = ref;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const foreign = group.includes('.') && !group.endsWith('.k8s.io') ? `${group} ` : '';
  const elsewhere = namespace === undefined || namespace === plan?.target.namespace ? '' : ` (${namespace})`;
  return `${foreign}${titleOf(ref)}${elsewhere}`;
}

const NO_OBJECT = '–';
const NO_PLAN = '?';

function wordOf(cell: Cell | undefined, target: PlannedTarget | undefined): string {
  return cell?.word ?? (target?.plan ? NO_OBJECT : NO_PLAN);
}

/** `3 targets in 2 waves`. */
export function sizeLine({ targets }: Pick<TargetsPlan, 'targets'>): string {
  const waves = new Set(targets.map(({ entry }) => entry.wave)).size;
  return `${targets.length} ${targets.length === 1 ? 'target' : 'targets'} in ${waves} ${waves === 1 ? 'wave' : 'waves'}`;
}

/** What changes on all targets: `2 create on each`, or `2 create | 1 configure · 1 unchanged` in their order. */
export function countsOnAll({ targets }: Pick<TargetsPlan, 'targets'>): string {
  const lines = targets.flatMap(({ plan }) => (plan ? [countsLine(plan.counts)] : []));
  return lines.length > 1 && new Set(lines).size === 1 ? `${lines[0]} on each` : lines.join(' | ');
}

/** The same in a question: `2 to create on each`, or `3 unchanged on canary; 1 to create, 2 unchanged on north and south`. */
export function toDoOnAll({ targets }: Pick<TargetsPlan, 'targets'>): string {
  const planned = targets.flatMap(({ entry, plan }) => (plan ? [{ name: entry.name, line: toDoLine(plan.counts) }] : []));
  const groups = [...Map.groupBy(planned, ({ line }) => line)];
  if (groups.length === 1 && planned.length > 1) return `${groups[0]?.[0]} on each`;
  return groups.map(([line, those]) => `${line} on ${those.map(({ name }) => name).join(' and ')}`).join('; ');
}

/** The plan as text: its targets with their waves and counts, the table, what is to be said, what blocks. What the command line prints and tests compare. */
export function printTargets(plan: TargetsPlan): string {
  const matrix = matrixOf(plan);
  const lines = [
    `${fileName(plan.set.file)}: ${sizeLine(plan)}`,
    ...plan.targets.map((target) => `  ${targetLine(target)}`),
    ...tableLines([
      ['', ...matrix.columns.map(({ name }) => name)],
      ...matrix.rows.map(({ object, cells }) => [object, ...cells.map((cell, at) => wordOf(cell, plan.targets[at]))]),
    ]).map((line) => `  ${line}`),
    ...plan.targets.flatMap(reasonLines),
    ...plan.findings.map(({ severity, message }) => `${severity}: ${message}`),
    ...plan.blockers.map((blocker) => `blocked: ${blockerLine(blocker)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** `wave 1: edge-1 → sandbox-1/shop (https://…), 2 create · 1 unchanged`. */
function targetLine({ entry, plan }: PlannedTarget): string {
  const to = [entry.context, entry.namespace].filter(Boolean).join('/');
  if (!plan) return `wave ${entry.wave}: ${entry.name} → ${to}, not planned`;
  const { target } = plan;
  const cloud = target.cloud === undefined ? '' : `, cloud ${[target.cloud, target.project].filter(Boolean).join(' project ')}`;
  const protection = { open: '', protected: ', protected', readOnly: ', read-only' }[target.protection];
  return `wave ${entry.wave}: ${entry.name} → ${targetName(target)} (${target.server}${cloud})${protection}, ${countsLine(plan.counts)}`;
}

function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => [...(row[column] ?? '')].length)));
  return rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function reasonLines({ entry, plan }: PlannedTarget): readonly string[] {
  const steps = (plan?.steps ?? []).filter(({ reason }) => reason !== '');
  const told = (plan?.findings ?? []).filter(({ severity }) => severity === 'warning');
  return [
    ...steps.map((step) => `${entry.name}: ${actionWord(step.action)} ${rowKey(step, plan)} (${step.reason})`),
    ...told.map(({ severity, message, file }) => `${entry.name}: ${severity}: ${message} (${fileName(file)})`),
  ];
}

function blockerLine({ message, place, target }: TargetsPlan['blockers'][number]): string {
  const at = place ? ` (${fileName(place.file)}:${place.line})` : '';
  return `${target === undefined || message.startsWith(`${target} `) ? '' : `${target}: `}${message}${at}`;
}

/** The table as a Markdown document: what *Show Matrix* opens. `cellOf` tells the states of a run in place of actions. */
export function matrixDocument(plan: TargetsPlan, cellOf?: CellOf): string {
  const matrix = matrixOf(plan, cellOf);
  const row = (cells: readonly string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  const lines = [
    `# ${escaped(fileName(plan.set.file))}: ${sizeLine(plan)}`,
    '',
    ...plan.targets.map((target) => `- ${escaped(targetLine(target))}`),
    '',
    row(['Object', ...matrix.columns.map(({ name }) => name)]),
    row(['---', ...matrix.columns.map(() => '---')]),
    ...matrix.rows.map(({ object, cells }) =>
      row([object, ...cells.map((cell, at) => [wordOf(cell, plan.targets[at]), cell?.reason].filter(Boolean).join(': '))]),
    ),
    ...(plan.blockers.length > 0 ? ['', '## Blocked', '', ...plan.blockers.map((one) => `- ${escaped(blockerLine(one))}`)] : []),
    ...notes(plan),
  ];
  return `${lines.join('\n')}\n`;
}

function notes(plan: TargetsPlan): readonly string[] {
  const own = plan.targets.flatMap(({ entry, plan: one }) =>
    (one?.findings ?? [])
      .filter(({ severity }) => severity !== 'error')
      .map(({ severity, message, file }) => `- ${entry.name}, ${severity}: ${escaped(message)} (${fileName(file)})`),
  );
  const all = [...plan.findings.map(({ severity, message }) => `- ${severity}: ${escaped(message)}`), ...own];
  return all.length > 0 ? ['', '## Notes', '', ...all] : [];
}

/** What has a meaning in Markdown loses it, so that a name cannot make links or break the table; an address, which would be a link by itself, is shown as code. */
export function escaped(text: string): string {
  if (text === '---') return text;
  const parts = text.replaceAll('\n', ' ').split(/(https?:\/\/[^\s,;)`|]+)/);
  return parts.map((part, at) => (at % 2 === 1 ? `\`${part}\`` : part.replaceAll(/[\\`*_[\]<>|]/g, '\\$&'))).join('');
}
