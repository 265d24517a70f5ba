import {
  type Disposable,
  EventEmitter,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeView,
  window,
} from 'vscode';
import { type DeploymentRow, type DeploymentSubject, type Mood, planRow, runRow } from '../explorer/deploymentRows.ts';
import type { Deployments } from './deployments.ts';

const view = 'hybridClusters.deployments';
/** The tree moves at most this often while a run goes on. */
const everyMs = 250;

const colours: Readonly<Record<Mood, string | undefined>> = {
  quiet: undefined,
  good: 'testing.iconPassed',
  busy: undefined,
  warning: 'list.warningForeground',
  bad: 'list.errorForeground',
};

/** The view *Deployments*: the plan that waits for its yes, then the runs of this window, newest first. */
export class DeploymentsView implements TreeDataProvider<DeploymentRow>, Disposable {
  readonly #deployments: Deployments;
  readonly #changed = new EventEmitter<void>();
  readonly #tree: TreeView<DeploymentRow>;
  readonly #subscription: Disposable;
  #waiting: NodeJS.Timeout | undefined;
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(deployments: Deployments) {
    this.#deployments = deployments;
    this.#tree = window.createTreeView(view, { treeDataProvider: this, showCollapseAll: true });
    this.#subscription = deployments.onDidChange(() => this.#soon());
  }

  getChildren(row?: DeploymentRow): DeploymentRow[] {
    if (row) return [...row.children];
    const { pending, history } = this.#deployments;
    const now = Date.now();
    return [
      ...(pending ? [planRow(pending.plan, this.#deployments.nameOf(pending.plan))] : []),
      ...history.runs.map((run) => runRow(run, this.#deployments.nameOf(run.plan), now)),
    ];
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(row: DeploymentRow): TreeItem {
    const { Collapsed, Expanded, None } = TreeItemCollapsibleState;
    const item = new TreeItem(row.label, row.children.length === 0 ? None : row.open ? Expanded : Collapsed);
    const colour = colours[row.mood];
    item.id = row.id;
    item.description = row.description;
    item.tooltip = [row.label, row.description].filter(Boolean).join('\n');
    item.iconPath = new ThemeIcon(
      row.mood === 'busy' ? `${row.icon}~spin` : row.icon,
      colour ? new ThemeColor(colour) : undefined,
    );
    item.contextValue = row.words.join(' ');
    item.accessibilityInformation = { label: [row.label, row.description].filter(Boolean).join(', ') };
    if (row.subject.of === 'step' || row.subject.of === 'place')
      item.command = { title: '', command: 'hybridClusters.openStep', arguments: [row] };
    return item;
  }

  /** Brings the newest row into sight without taking the focus. */
  async show(): Promise<void> {
    const [first] = this.getChildren();
    if (first) await this.#tree.reveal(first, { focus: false, select: false });
  }

  #soon(): void {
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.#changed.fire();
      this.#badge();
    }, everyMs);
  }

  #badge(): void {
    const running = this.#deployments.history.running;
    this.#tree.badge = running ? { value: 1, tooltip: running.plan.target.context } : undefined;
  }

  dispose(): void {
    clearTimeout(this.#waiting);
    this.#subscription.dispose();
    this.#tree.dispose();
    this.#changed.dispose();
  }
}

/** What a command was called on, if that was a row of this view. */
export function subjectOf(row: unknown): DeploymentSubject | undefined {
  return typeof row === 'object' && row !== null && 'subject' in row ? (row as DeploymentRow).subject : undefined;
}
