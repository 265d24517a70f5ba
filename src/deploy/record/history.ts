import { type Disposable, Emitter } from '../../base/event.ts';
import type { Run } from '../run/run.ts';

/** The runs of this window, newest first. Forgotten when it closes; the oldest go when there are too many. */
export class History implements Disposable {
  readonly #runs: Run[] = [];
  readonly #most: number;
  readonly #changed = new Emitter<Run>();
  /** Fires the run that began, moved or ended. */
  readonly onDidChange = this.#changed.event;

  constructor(most = 50) {
    this.#most = most;
  }

  get runs(): readonly Run[] {
    return this.#runs;
  }

  /** The run that still goes on, if there is one. */
  get running(): Run | undefined {
    return this.#runs.find(({ summary }) => summary === undefined);
  }

  /** The last run that brought the same target up, for "deployed here before". */
  lastGood(context: string, namespace: string): Run | undefined {
    return this.#runs.find(
      ({ plan, summary }) =>
        plan.target.context === context &&
        plan.target.namespace === namespace &&
        (summary?.outcome === 'succeeded' || summary?.outcome === 'unchanged'),
    );
  }

  add(run: Run): void {
    this.#runs.unshift(run);
    this.#runs.splice(this.#most);
    run.onDidChange(() => this.#changed.fire(run));
    this.#changed.fire(run);
  }

  dispose(): void {
    for (const run of this.#runs) run.cancel();
    this.#changed.dispose();
  }
}
