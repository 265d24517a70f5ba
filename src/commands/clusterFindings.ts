import { type Disposable, Emitter } from '../base/event.ts';
import type { ClusterReport, FindingRow } from '../explorer/clusterFindingRows.ts';

/** What the view *Cluster Findings* shows: the last check of a cluster, until it is taken away. */
export class ClusterFindings implements Disposable {
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  #shown:
    | { readonly report: ClusterReport; readonly rows: readonly FindingRow[]; readonly again: () => Promise<void> }
    | undefined;

  get report(): ClusterReport | undefined {
    return this.#shown?.report;
  }

  get rows(): readonly FindingRow[] {
    return this.#shown?.rows ?? [];
  }

  /** Shows a check in the place of the one before; `again` does the same check once more. */
  show(report: ClusterReport, rows: readonly FindingRow[], again: () => Promise<void>): void {
    this.#shown = { report, rows, again };
    this.#changed.fire();
  }

  async again(): Promise<void> {
    await this.#shown?.again();
  }

  clear(): void {
    this.#shown = undefined;
    this.#changed.fire();
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
