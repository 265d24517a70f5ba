import { type Failure, failed, type Result, success } from '../../base/failure.ts';
import type { Applied } from '../../kubernetes/cluster.ts';
import type { Journal, JournalRecord } from '../record/journal.ts';
import type { Step } from '../types.ts';
import { isMismatch, type TargetGuard } from './targetGuard.ts';

/** What a permit needs: who watches over the target, where it is noted, when all ends, and how to end it all. */
export interface PermitContext {
  readonly guard: TargetGuard;
  readonly journal?: Journal;
  readonly signal: AbortSignal;
  readonly stop: (failure: Failure) => void;
}

/** Stands before and behind each write of a run: the target must still be the one that was meant, and what cannot be noted in the journal is not done. */
export class WritePermit {
  readonly #context: PermitContext;
  /** Those whose journal says that they may have been written. */
  readonly #sent = new Set<string>();

  constructor(context: PermitContext) {
    this.#context = context;
  }

  /** Asked right before a write. Fails, and stops the run, when the target is another one or the journal does not take what comes; as the connection fails otherwise. */
  async ask({ key }: Pick<Step, 'key'>): Promise<Result<void>> {
    const { guard, signal, stop } = this.#context;
    const same = await guard.check(signal);
    if (!same.ok) {
      if (isMismatch(same.failure)) stop(same.failure);
      return same;
    }
    const noted = this.#sent.has(key) || (await this.#note({ is: 'before', at: Date.now(), key }));
    if (!noted || signal.aborted) return failed('cancelled', 'Stopped before it was sent.');
    this.#sent.add(key);
    return same;
  }

  /** Notes what became of a write; what was given up may have been written or not, and its journal leaves it open. */
  async answered({ key }: Pick<Step, 'key'>, answer: Result<Pick<Applied, 'object' | 'created'>>): Promise<void> {
    if (!answer.ok) return this.#refused(key, answer.failure);
    const { created, object } = answer.value;
    const { uid, resourceVersion: version } = object.metadata;
    const more = { ...(uid === undefined ? {} : { uid }), ...(version === undefined ? {} : { version }) };
    await this.#note({ is: 'after', at: Date.now(), key, created, ...more });
  }

  /** The same of a deletion, and of what is no object of a cluster. */
  async settled({ key }: Pick<Step, 'key'>, settled: Result<unknown>, created = false): Promise<void> {
    if (settled.ok) await this.#note({ is: 'after', at: Date.now(), key, created });
    else await this.#refused(key, settled.failure);
  }

  async #refused(key: string, { reason, message }: Failure): Promise<void> {
    if (reason !== 'cancelled') await this.#note({ is: 'failed', at: Date.now(), key, message });
  }

  /** False, and the run is stopped, when the journal does not take it. */
  async #note(record: JournalRecord): Promise<boolean> {
    const noted = (await this.#context.journal?.write(record)) ?? success(undefined);
    if (!noted.ok) this.#context.stop(noted.failure);
    return noted.ok;
  }
}
