import {
  type Disposable,
  EventEmitter,
  type TreeDataProvider,
  type TreeItem,
  type TreeView,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { RunRecord } from '../deploy/record/runRecord.ts';
import { type DeploymentRow, type DeploymentSubject, planRow, runRow } from '../explorer/deploymentRows.ts';
import { earlierRow } from '../explorer/recordRows.ts';
import { targetsRow } from '../explorer/targetRows.ts';
import type { Deployments } from './deployments.ts';
import { toViewItem } from './viewItem.ts';

const view = 'hybridClusters.deployments';
/** The tree moves at most this often while a run goes on. */
const everyMs = 250;

/** The view *Deployments*: the plan that waits for its yes, then the runs of this window, newest first, then what is kept of earlier ones in this workspace. */
export class DeploymentsView implements TreeDataProvider<DeploymentRow>, Disposable {
  readonly #deployments: Deployments;
  readonly #changed = new EventEmitter<void>();
  readonly #tree: TreeView<DeploymentRow>;
  readonly #subscription: Disposable;
  #waiting: NodeJS.Timeout | undefined;
  /** Read once, when somebody looks at the view. */
  #earlier: readonly RunRecord[] | undefined;
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
    if (this.#earlier === undefined) void this.#readEarlier();
    const earlier = earlierRow(this.#earlier ?? [], now);
    return [
      ...(pending?.plan ? [planRow(pending.plan, this.#deployments.nameOf(pending.plan))] : []),
      ...(pending?.targets ? [targetsRow(pending.targets)] : []),
      ...history.runs.map((run) => runRow(run, this.#deployments.nameOf(run.plan), now)),
      ...(earlier ? [earlier] : []),
    ];
  }

  /** The runs that began before this look: those that follow are of this window, or are read by the next one. */
  async #readEarlier(): Promise<void> {
    this.#earlier = [];
    const { deployRecords } = await import('./deployRecords.ts');
    const all = await deployRecords(this.#deployments.storage).runs.all();
    const own = new Set(this.#deployments.history.runs.map((run) => this.#deployments.aboutOf(run)?.run));
    const isHere = (place: string) => workspace.getWorkspaceFolder(Uri.file(place)) !== undefined;
    const kept = all.filter(({ run, places }) => !own.has(run) && places.some(isHere));
    if (kept.length === 0) return;
    this.#earlier = kept;
    this.#changed.fire();
  }

  getParent(): undefined {
    return undefined;
  }

  getTreeItem(row: DeploymentRow): TreeItem {
    const item = toViewItem(row);
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
