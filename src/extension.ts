import { type ExtensionContext, window } from 'vscode';
import { createLog } from './host/log.ts';
import { Settings } from './host/settings.ts';

/** Registers and returns; every room that does work is loaded by the first gesture that needs it. */
export function activate(context: ExtensionContext): void {
  const log = createLog();
  const settings = new Settings();
  const empty = { getChildren: () => [], getTreeItem: () => ({}) };
  context.subscriptions.push(
    log,
    settings,
    ...['clouds', 'clusters', 'deployments'].map((view) =>
      window.createTreeView(`hybridClusters.${view}`, { treeDataProvider: empty }),
    ),
  );
}
