import { type Failure, type Result, success } from '../../base/failure.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { verifyTarget } from '../target.ts';
import type { Target } from '../types.ts';

const VERIFIED_MS = 5_000;

/**
 * Watches over who is written to while a run goes on. Before each write the context's name, server and user are compared, which costs nothing; who answers there is asked when the last
 * answer is old, and always after a connection was lost: behind a tunnel the same address may be another cluster then.
 */
export class TargetGuard {
  readonly #target: Target;
  readonly #cluster: Cluster;
  readonly #verifiedMs: number;
  #verifiedAt = performance.now();
  #doubts = 0;
  #asking: Promise<Result<void>> | undefined;

  /** Made right after the target was verified. */
  constructor(target: Target, cluster: Cluster, verifiedMs: number = VERIFIED_MS) {
    this.#target = target;
    this.#cluster = cluster;
    this.#verifiedMs = verifiedMs;
  }

  /** A connection was lost: the next write asks again. */
  doubt(): void {
    this.#verifiedAt = Number.NEGATIVE_INFINITY;
    this.#doubts++;
  }

  /** Fails with `conflict` when it is another target now (see {@link isMismatch}), else as the connection fails. */
  async check(signal: AbortSignal): Promise<Result<void>> {
    const { name, server = '', user } = this.#cluster.context;
    const { context, server: meant, user: as } = this.#target;
    const moved = name !== context || server !== meant || user !== as;
    if (!moved && performance.now() - this.#verifiedAt < this.#verifiedMs) return success(undefined);
    this.#asking ??= this.#ask(signal).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(signal: AbortSignal): Promise<Result<void>> {
    const since = performance.now();
    const doubts = this.#doubts;
    const same = await verifyTarget(this.#target, this.#cluster, signal);
    if (same.ok && doubts === this.#doubts) this.#verifiedAt = since;
    return same;
  }
}

/** Whether a check failed because the target is another one, not because nobody answered. */
export function isMismatch({ reason }: Failure): boolean {
  return reason === 'conflict' || reason === 'forbidden';
}
