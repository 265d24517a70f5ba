import type { Memento } from 'vscode';
import { type Disposable, Emitter } from '../base/event.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import type { ForwardSpec, PortForward } from '../kubernetes/portForward.ts';

const remembered = 'hybridClusters.forwards';

/** A forward of this workspace: one that runs, or one that did and can be started again. */
export interface Forward {
  readonly spec: ForwardSpec;
  readonly running: PortForward | undefined;
  /** Why it could not be started. */
  readonly failure: Failure | undefined;
}

/** The forwards of this workspace, remembered for the next window; none starts by itself. */
export class Forwards implements Disposable {
  readonly #memory: Memento;
  readonly #contexts: Contexts;
  readonly #onTrouble: (failure: Failure) => void;
  readonly #running = new Map<string, PortForward>();
  readonly #failures = new Map<string, Failure>();
  /** Those that go on with what their context leads to now, and what was asked for meanwhile. */
  readonly #moving = new Map<string, 'goesOn' | 'stopped' | 'removed'>();
  readonly #changed = new Emitter<void>();
  readonly #subscription: Disposable;
  readonly onDidChange = this.#changed.event;
  #ended = false;

  /** `onTrouble` hears why a connection, or a forward, failed while it ran. */
  constructor(memory: Memento, contexts: Contexts, onTrouble: (failure: Failure) => void) {
    this.#memory = memory;
    this.#contexts = contexts;
    this.#onTrouble = onTrouble;
    this.#subscription = contexts.onDidChange(() => void this.#followContexts());
  }

  all(): readonly Forward[] {
    return this.#specs().map((spec) => ({
      spec,
      running: this.#running.get(forwardKey(spec)),
      failure: this.#failures.get(forwardKey(spec)),
    }));
  }

  /** Starts and remembers it. Fails with `conflict` when it runs already, and as {@link PortForward.open} does. */
  async start(spec: ForwardSpec): Promise<Result<PortForward>> {
    if (this.#running.has(forwardKey(spec)))
      return failed('conflict', `Local port ${spec.localPort} forwards to ${spec.ref.kind} ${spec.ref.name} already.`);
    const cluster = await this.#contexts.open(spec.context);
    const { PortForward } = await import('../kubernetes/portForward.ts');
    const opened = cluster.ok ? await PortForward.open(cluster.value, spec) : cluster;
    if (!opened.ok) {
      this.#failures.set(forwardKey(spec), opened.failure);
      this.#changed.fire();
      return opened;
    }
    const { value: forward } = opened;
    if (this.#ended) {
      forward.dispose();
      return failed('cancelled', 'The window closes.');
    }
    await this.#remember([...this.#specs().filter((one) => forwardKey(one) !== forwardKey(spec)), forward.spec]);
    const key = forwardKey(forward.spec);
    this.#failures.delete(key);
    this.#running.set(key, forward);
    forward.onDidChange(() => this.#heard(key, forward));
    this.#changed.fire();
    return success(forward);
  }

  /** Ends it; it stays in the list. */
  stop(spec: ForwardSpec): void {
    const key = forwardKey(spec);
    if (this.#moving.has(key)) this.#moving.set(key, 'stopped');
    const forward = this.#running.get(key);
    this.#running.delete(key);
    this.#failures.delete(key);
    forward?.dispose();
    this.#changed.fire();
  }

  async remove(spec: ForwardSpec): Promise<void> {
    this.stop(spec);
    if (this.#moving.has(forwardKey(spec))) this.#moving.set(forwardKey(spec), 'removed');
    await this.#remember(this.#specs().filter((one) => forwardKey(one) !== forwardKey(spec)));
    this.#changed.fire();
  }

  dispose(): void {
    this.#ended = true;
    this.#subscription.dispose();
    for (const forward of this.#running.values()) forward.dispose();
    this.#running.clear();
    this.#changed.dispose();
  }

  /** A context may lead elsewhere by now (another port, another token): what was open by then is shut, and goes on with what it leads to. */
  async #followContexts(): Promise<void> {
    for (const [key, forward] of [...this.#running]) {
      const now = await this.#contexts.open(forward.spec.context);
      const isOther = now.ok && now.value !== forward.cluster && this.#running.get(key) === forward;
      if (isOther) await this.#moveOn(key, forward);
    }
  }

  async #moveOn(key: string, forward: PortForward): Promise<void> {
    const { spec } = forward;
    this.#moving.set(key, 'goesOn');
    this.#running.delete(key);
    forward.dispose();
    const again = await this.start(spec);
    const asked = this.#moving.get(key);
    this.#moving.delete(key);
    if (asked === 'stopped') this.stop(spec);
    else if (asked === 'removed') await this.remove(spec);
    else if (again.ok) await this.#followContexts();
    else if (!this.#ended) this.#onTrouble(again.failure);
  }

  /** Waiting for a pod is shown in the list; a refused connection, or the end, is told. */
  #heard(key: string, forward: PortForward): void {
    if (this.#running.get(key) !== forward) return;
    const { state, failure } = forward;
    if (failure && state !== 'reconnecting') this.#onTrouble(failure);
    if (failure && state === 'dead') {
      this.#running.delete(key);
      this.#failures.set(key, failure);
      forward.dispose();
    }
    this.#changed.fire();
  }

  #specs(): readonly ForwardSpec[] {
    return this.#memory.get<readonly ForwardSpec[]>(remembered, []);
  }

  async #remember(specs: readonly ForwardSpec[]): Promise<void> {
    await this.#memory.update(remembered, specs);
  }
}

/** One local port leads to one place. */
export function forwardKey({ context, ref, port, localPort }: ForwardSpec): string {
  return JSON.stringify([context, ref.kind, ref.namespace, ref.name, port, localPort]);
}
