import { ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { Mood, ViewRow } from '../explorer/deploymentRows.ts';

const colours: Readonly<Record<Mood, string | undefined>> = {
  quiet: undefined,
  good: 'testing.iconPassed',
  busy: undefined,
  warning: 'list.warningForeground',
  bad: 'list.errorForeground',
};

/** A row of a view as VS Code shows it. */
export function toViewItem(row: ViewRow<unknown>): TreeItem {
  const { Collapsed, Expanded, None } = TreeItemCollapsibleState;
  const item = new TreeItem(row.label, row.children.length === 0 ? None : row.open ? Expanded : Collapsed);
  const colour = colours[row.mood];
  item.id = row.id;
  item.description = row.description;
  item.tooltip = [row.label, row.description].filter(Boolean).join('\n');
  item.iconPath = new ThemeIcon(row.mood === 'busy' ? `${row.icon}~spin` : row.icon, colour ? new ThemeColor(colour) : undefined);
  item.contextValue = row.words.join(' ');
  item.accessibilityInformation = { label: [row.label, row.description].filter(Boolean).join(', ') };
  return item;
}
