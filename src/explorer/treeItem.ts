import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { Mood } from './deploymentRows.ts';
import type { Node } from './nodes.ts';

/** Normal is quiet: a colour only for what is wrong; what is on its way spins. The word stands in the description in any case. */
const colours: Readonly<Record<Mood, string | undefined>> = {
  quiet: undefined,
  good: undefined,
  busy: undefined,
  warning: 'list.warningForeground',
  bad: 'list.errorForeground',
};

/** A node as VS Code shows it; its {@link tooltip} is made when the pointer rests on it. */
export function treeItem(node: Node): TreeItem {
  const { row } = node;
  const item = new TreeItem(row.label, row.open ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None);
  item.id = node.id;
  item.description = row.description;
  item.iconPath = icon(node);
  item.contextValue = row.words.join(' ');
  item.accessibilityInformation = { label: spoken(node) };
  // A command of VS Code itself gets nothing: a node cannot be sent to its process.
  if (row.click) item.command = { title: '', command: row.click, arguments: row.click.endsWith('.focus') ? [] : [node] };
  return item;
}

function icon({ row: { icon, mood, stale } }: Node): ThemeIcon {
  const colour = stale ? 'disabledForeground' : colours[mood];
  const name = mood === 'busy' && !stale ? 'loading~spin' : icon;
  return new ThemeIcon(name, colour ? new ThemeColor(colour) : undefined);
}

/** The facts of a node as a table. Servers write these texts: they are appended as text, never read as Markdown. */
export function tooltip({ row: { label, facts, lateFacts } }: Node, more: Node['row']['facts'] = []): MarkdownString {
  const text = new MarkdownString('', true);
  text.appendMarkdown('**').appendText(label).appendMarkdown('**\n\n');
  const shown = [...facts, ...(lateFacts?.() ?? []), ...more].filter(([, value]) => value !== '');
  if (shown.length === 0) return text;
  text.appendMarkdown('| | |\n|:--|:--|\n');
  for (const [title, value] of shown)
    text.appendMarkdown('| ').appendText(inCell(title)).appendMarkdown(' | ').appendText(inCell(value)).appendMarkdown(' |\n');
  return text;
}

/** A pipe or line break would end the cell. */
function inCell(text: string): string {
  return text.replaceAll('|', '¦').replaceAll(/\s*\n\s*/g, ' ');
}

/** What a screen reader says: name, state and facts, and that it is old or wrong where only the icon shows it. */
function spoken({ row: { label, description, spoken: said = description, mood, stale } }: Node): string {
  const states: Partial<Readonly<Record<Mood, string>>> = { bad: 'error', warning: 'warning', busy: 'in progress' };
  return [label, said, stale ? undefined : states[mood]].filter(Boolean).join(', ');
}
