import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Disposable, disposeAll, Emitter } from '../base/event.ts';
import { History } from '../deploy/record/history.ts';
import type { RunAbout } from '../deploy/record/runRecord.ts';
import type { Run } from '../deploy/run/run.ts';
import type { TargetsRun } from '../deploy/targets/runTargets.ts';
import type { TargetsPlan } from '../deploy/targets/types.ts';
import type { Plan } from '../deploy/types.ts';

/** A plan that is shown and waits for its yes: over one target, or over several. */
export interface PendingPlan {
  readonly plan?: Plan;
  readonly targets?: TargetsPlan;
  /** Lets it go out. */
  proceed(): void;
  /** Takes it away. */
  dismiss(): void;
}

/** A deploy that is done again and again. */
export interface Kept extends Disposable {
  readonly name: string;
  /** What its last rounds came to, newest first, and how many of a day were good. */
  readonly lines: readonly string[];
  /** Does it now. */
  now(): void;
}

/** What the *Deployments* view shows: the plan that waits for its yes, if one does, and the runs of this window. */
export class Deployments implements Disposable {
  readonly history = new History();
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: Disposable;
  readonly #names = new WeakMap<Plan, string>();
  readonly #abouts = new WeakMap<Run, RunAbout>();
  /** The folder in which deploys are written down. */
  readonly storage: string;
  #pending: PendingPlan | undefined;
  #kept: Kept | undefined;
  #targetsRun: TargetsRun | undefined;

  constructor(storage: string) {
    this.storage = storage;
    this.#subscriptions = disposeAll([this.history, this.history.onDidChange(() => this.#changed.fire())]);
  }

  get pending(): PendingPlan | undefined {
    return this.#pending;
  }

  /** What this window deploys again and again, if it does. */
  get kept(): Kept | undefined {
    return this.#kept;
  }

  /** Keeps this from now on, and what was kept before no longer. */
  keep(kept: Kept | undefined): void {
    this.#kept?.dispose();
    this.#kept = kept;
  }

  /** What a plan is about, as the view names it: the folder or file. */
  nameOf(plan: Plan): string {
    return this.#names.get(plan) ?? plan.target.namespace;
  }

  name(plan: Plan, name: string): void {
    this.#names.set(plan, name);
  }

  /** Whether a journal is there whose run may have been killed: a look at the disk that loads nothing. */
  async wasInterrupted(): Promise<boolean> {
    const journals = join(this.storage, 'journals');
    const sets = await readdir(journals).catch(() => []);
    const current = await Promise.all(sets.map((set) => stat(join(journals, set, 'current.jsonl')).catch(() => undefined)));
    return current.some((found) => found !== undefined);
  }

  /** What a report tells of a run beside the run itself. */
  aboutOf(run: Run): RunAbout | undefined {
    return this.#abouts.get(run);
  }

  record(run: Run, about: RunAbout): void {
    this.#abouts.set(run, about);
  }

  /** Shows a plan in the place of the one before, which is thereby taken back. Resolves to true when the user lets it go out from the view. */
  async show(plan: Plan): Promise<boolean> {
    return this.#show({ plan });
  }

  /** Shows a plan that was agreed to for as long as something more is asked about it. */
  async showWhile<T>(plan: Plan, ask: () => Promise<T>): Promise<T> {
    void this.show(plan);
    const shown = this.#pending;
    try {
      return await ask();
    } finally {
      shown?.dismiss();
    }
  }

  /** The same for a plan over several targets. */
  async showTargets(targets: TargetsPlan): Promise<boolean> {
    return this.#show({ targets });
  }

  /** The run over several targets that was begun last, going on or not. */
  get targetsRun(): TargetsRun | undefined {
    return this.#targetsRun;
  }

  /** Follows a run over several targets: each target is a run of its own, from its start. */
  follow(run: TargetsRun): void {
    this.#targetsRun = run;
    run.onDidStart(({ run: one, about }) => {
      this.record(one, about);
      this.history.add(one);
    });
  }

  /** Whether a run goes on, the pause between two waves included. */
  get isRunning(): boolean {
    return this.history.running !== undefined || (this.#targetsRun !== undefined && this.#targetsRun.summary === undefined);
  }

  /** Cancels what runs, with all its targets. */
  cancel(): void {
    if (this.#targetsRun?.summary === undefined) this.#targetsRun?.cancel();
    this.history.running?.cancel();
  }

  async #show(shown: Pick<PendingPlan, 'plan' | 'targets'>): Promise<boolean> {
    this.#pending?.dismiss();
    return new Promise<boolean>((resolve) => {
      const settle = (yes: boolean) => {
        if (this.#pending !== pending) return;
        this.#pending = undefined;
        this.#changed.fire();
        resolve(yes);
      };
      const pending: PendingPlan = { ...shown, proceed: () => settle(true), dismiss: () => settle(false) };
      this.#pending = pending;
      this.#changed.fire();
    });
  }

  dispose(): void {
    this.#kept?.dispose();
    this.#pending?.dismiss();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}
