import type { Clock } from '../base/clock.ts';
import type { Disposable } from '../base/event.ts';
import type { Failure, Reason } from '../base/failure.ts';
import type { Watched } from './forest.ts';

/** What {@link Polling} takes from its surroundings. */
export interface PollingOptions {
  readonly clock: Clock;
  /** In 0…1; spreads waits by ±20 %, so that many windows do not ask at once. */
  readonly random: () => number;
  /** What is open now. */
  readonly watched: () => readonly Watched[];
  /** How often an open list is looked at while nothing in it is on its way; 0 never. */
  readonly seconds: () => number;
}

const firstPendingMs = 2_000;
const lastPendingMs = 30_000;
/** A list that fails is tried less and less often, at last so seldom. */
const lastFailedMs = 600_000;
/** Trouble that asking again does not end: a person has to. Refused credentials above all, since clouds lock accounts. */
const final: readonly Reason[] = ['signedOut', 'forbidden', 'unsupported', 'untrusted'];

/** How long to wait before the look of this number (from 0) at something on its way: 2 s, and half as much again each time, up to 30 s. */
export function pendingMs(look: number): number {
  return Math.min(lastPendingMs, firstPendingMs * 1.5 ** look);
}

interface Pace {
  pending: string;
  /** Looks since what is pending was last otherwise. */
  looks: number;
  /** Failures in a row. */
  failures: number;
  /** When to look again; infinite: not before somebody asks. */
  due: number;
  /** It is being looked at. */
  looking: boolean;
}

/**
 * Looks again at what is open, and only while somebody can see it: lists at the user's pace, those with something on its way soon and then ever less often, those that fail ever less often and not
 * before the server's Retry-After. A slow one keeps no other waiting. What came due while nobody looked is looked at when somebody does again.
 */
export class Polling implements Disposable {
  readonly #options: PollingOptions;
  readonly #paces = new Map<object, Pace>();
  #attended = false;
  #ending: AbortController | undefined;

  constructor(options: PollingOptions) {
    this.#options = options;
  }

  /** Somebody sees the view, or nobody any more. */
  attend(attended: boolean): void {
    this.#attended = attended;
    this.wake();
  }

  /** What is open, or on its way, is otherwise. */
  wake(): void {
    this.#ending?.abort();
    this.#ending = undefined;
    const { clock, watched } = this.#options;
    const all = watched();
    const known = new Set(all.map(({ branch }) => branch));
    for (const branch of [...this.#paces.keys()]) if (!known.has(branch)) this.#paces.delete(branch);
    for (const one of all) this.#note(one);
    if (!this.#attended) return;
    const due = Math.min(...[...this.#paces.values()].filter(({ looking }) => !looking).map((pace) => pace.due));
    if (due === Number.POSITIVE_INFINITY) return;
    const ending = new AbortController();
    this.#ending = ending;
    void clock.sleep(Math.max(0, due - clock.now()), ending.signal).then(() => {
      if (!ending.signal.aborted) this.#look();
    });
  }

  /** The user's pace is another one: counted anew from now. */
  restart(): void {
    this.#paces.clear();
    this.wake();
  }

  dispose(): void {
    this.#attended = false;
    this.#ending?.abort();
  }

  #note({ branch, pending }: Watched): void {
    const pace = this.#paces.get(branch);
    if (pace && pace.pending === pending) return;
    // What fails stays at its distance, whatever else changes.
    const { failures = 0, due = Number.POSITIVE_INFINITY, looking = false } = pace ?? {};
    const next = { pending, looks: 0, failures, due, looking };
    if (failures === 0) next.due = this.#options.clock.now() + this.#waitOf(next);
    this.#paces.set(branch, next);
  }

  #look(): void {
    for (const one of this.#options.watched()) {
      const pace = this.#paces.get(one.branch);
      if (pace && !pace.looking && pace.due <= this.#options.clock.now()) void this.#lookAt(one, pace);
    }
    this.wake();
  }

  async #lookAt({ branch, again }: Watched, pace: Pace): Promise<void> {
    pace.looking = true;
    try {
      const failure = await again();
      const now = this.#paces.get(branch);
      // What came otherwise meanwhile has begun to wait anew.
      if (now === pace) pace.looks++;
      if (now) now.failures = failure ? pace.failures + 1 : 0;
      if (now && (now === pace || failure)) now.due = this.#options.clock.now() + this.#waitOf(now, failure);
    } finally {
      pace.looking = false;
      const now = this.#paces.get(branch);
      if (now) now.looking = false;
      this.wake();
    }
  }

  #waitOf({ pending, looks, failures }: Pace, failure?: Failure): number {
    if (failure && final.includes(failure.reason)) return Number.POSITIVE_INFINITY;
    const usual = this.#options.seconds() * 1000 || Number.POSITIVE_INFINITY;
    const base = pending === '' ? usual : Math.min(usual, pendingMs(looks));
    const patient = failures === 0 ? base : Math.max(base, Math.min(lastFailedMs, base * 2 ** failures));
    return Math.max(patient * (0.8 + 0.4 * this.#options.random()), failure?.retryAfterMs ?? 0);
  }
}
