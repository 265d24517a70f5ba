import { type Disposable, disposeAll, Emitter } from '../base/event.ts';
import { History } from '../deploy/history.ts';
import type { Plan } from '../deploy/types.ts';

/** A plan that is shown and waits for its yes. */
export interface PendingPlan {
  readonly plan: Plan;
  /** Lets it go out. */
  proceed(): void;
  /** Takes it away. */
  dismiss(): void;
}

/** What the *Deployments* view shows: the plan that waits for its yes, if one does, and the runs of this window. */
export class Deployments implements Disposable {
  readonly history = new History();
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #subscriptions: Disposable;
  readonly #names = new WeakMap<Plan, string>();
  #pending: PendingPlan | undefined;

  constructor() {
    this.#subscriptions = disposeAll([this.history, this.history.onDidChange(() => this.#changed.fire())]);
  }

  get pending(): PendingPlan | undefined {
    return this.#pending;
  }

  /** What a plan is about, as the view names it: the folder or file. */
  nameOf(plan: Plan): string {
    return this.#names.get(plan) ?? plan.target.namespace;
  }

  name(plan: Plan, name: string): void {
    this.#names.set(plan, name);
  }

  /** Shows a plan in the place of the one before, which is thereby taken back. Resolves to true when the user lets it go out from the view. */
  async show(plan: Plan): Promise<boolean> {
    this.#pending?.dismiss();
    return new Promise<boolean>((resolve) => {
      const settle = (yes: boolean) => {
        if (this.#pending !== pending) return;
        this.#pending = undefined;
        this.#changed.fire();
        resolve(yes);
      };
      const pending: PendingPlan = { plan, proceed: () => settle(true), dismiss: () => settle(false) };
      this.#pending = pending;
      this.#changed.fire();
    });
  }

  dispose(): void {
    this.#pending?.dismiss();
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }
}
