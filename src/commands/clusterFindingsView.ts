import { commands, type Disposable, EventEmitter, type TreeDataProvider, type TreeItem, type TreeView, window } from 'vscode';
import type { FindingRow } from '../explorer/clusterFindingRows.ts';
import type { Finding } from '../manifest/finding.ts';
import type { ClusterFindings } from './clusterFindings.ts';
import { toViewItem } from './viewItem.ts';

/** The view *Cluster Findings*: what a check of a cluster found, by object. It is there once a cluster was checked. */
export class ClusterFindingsView implements TreeDataProvider<FindingRow>, Disposable {
  readonly #findings: ClusterFindings;
  readonly #changed = new EventEmitter<void>();
  readonly #tree: TreeView<FindingRow>;
  readonly #subscription: Disposable;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(findings: ClusterFindings) {
    this.#findings = findings;
    this.#tree = window.createTreeView('hybridClusters.findings', {
      treeDataProvider: this,
      showCollapseAll: true,
      canSelectMany: true,
    });
    this.#subscription = findings.onDidChange(() => this.#show());
    this.#show();
  }

  getChildren(row?: FindingRow): FindingRow[] {
    return [...(row ? row.children : this.#findings.rows)];
  }

  getTreeItem(row: FindingRow): TreeItem {
    const item = toViewItem(row);
    if (row.subject.of === 'findings' && row.words.some((word) => word !== 'report'))
      item.command = { title: '', command: 'hybridClusters.openFinding', arguments: [row] };
    return item;
  }

  #show(): void {
    const { report } = this.#findings;
    void commands.executeCommand('setContext', 'hybridClusters.anyClusterCheck', report !== undefined);
    const count = report?.findings.length ?? 0;
    this.#tree.badge = count === 0 ? undefined : { value: count, tooltip: report?.cluster.context.name ?? '' };
    this.#changed.fire();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#tree.dispose();
    this.#changed.dispose();
  }
}

/** The findings of the rows that a command was called on, as far as they are of this view; those that several rows stand for once. */
export function findingsOf(rows: readonly unknown[]): readonly Finding[] {
  const findings = rows.flatMap((row) => {
    const subject = typeof row === 'object' && row !== null && 'subject' in row ? (row as FindingRow).subject : undefined;
    return subject?.of === 'findings' ? subject.findings : [];
  });
  return [...new Set(findings)];
}
