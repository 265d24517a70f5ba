import { field, isFields } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { spell } from '../readiness/patience.ts';
import type { Status } from '../readiness/status.ts';

/** Fields of a status that change without anything moving: clocks, counts of attempts, sentences with ids of requests in them. */
const NO_PROGRESS =
  /time$|timestamp$|heartbeat|retr(?:y|ies)|attempt|failure|restart|^message$|^observedGeneration$|^lastProbe|^resourceVersion$|lastHandled|^containerID$/i;
/** `startedAt`, `finishedAt`. */
const MOMENT = /[a-z]At$/;

/** Numbers and ids within a sentence: the same sentence with another one is not new. */
const COUNTED = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\breq-\S+|\d+(?:\.\d+)?/g;

/**
 * Whether something of an object moves. A state that was never there before is progress; one that comes back is not, so that an object that swings between two states does not wait for ever.
 */
export class Progress {
  /** Ms since the epoch of the last progress. */
  at: number;
  readonly #since: number;
  readonly #seen = new Set<string>();
  #object: KubeObject | undefined;
  #state = '';

  constructor(now: number) {
    this.at = now;
    this.#since = now;
  }

  /** Takes in what is seen now: the object, and what the rules say of it. */
  note(object: KubeObject, status: Status, now: number): void {
    if (object !== this.#object) {
      this.#object = object;
      this.#state = JSON.stringify(moving(object['status']));
    }
    const children = (status.children ?? []).map(({ ref, state }) => `${ref.kind} ${ref.name} ${state}`);
    const print = [this.#state, status.state, (status.message ?? '').replace(COUNTED, '#'), ...children].join('\n');
    if (this.#seen.has(print)) return;
    if (this.#seen.size > 0) this.at = now;
    this.#seen.add(print);
  }

  /** How long nothing has moved, in ms. */
  idle(now: number): number {
    return now - this.at;
  }

  /** What is said of an object that is still waited for: its message, and that it is slow, or stands still, once that is so. */
  words(message: string, limitMs: number, now: number): string {
    const idle = this.idle(now);
    if (idle > limitMs / 2 && limitMs >= SPOKEN_FROM)
      return `${message}; nothing has moved for ${spell(roundDown(idle))}, given up after ${spell(limitMs)}`;
    const waited = now - this.#since;
    return waited > limitMs && limitMs >= SPOKEN_FROM
      ? `${message}; slow, ${spell(roundDown(waited))} so far, but it moves`
      : message;
  }

  /** Why it is given up: `stalled, nothing has moved for 10 min (25 min in all): load balancer PENDING_CREATE in demo`. */
  stalled(message: string | undefined, limitMs: number, now: number): string {
    const waited = now - this.#since;
    const all = waited > limitMs + SPOKEN_FROM ? ` (${spell(waited)} in all)` : '';
    return `stalled, nothing has moved for ${spell(limitMs)}${all}${message === undefined ? '' : `: ${message}`}`;
  }
}

/** Shorter waits than this end before anybody has read a second sentence. */
const SPOKEN_FROM = 60_000;

/** Said once a minute, not four times a second. */
function roundDown(ms: number): number {
  return Math.floor(ms / 60_000) * 60_000;
}

function moving(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(moving);
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .filter((key) => !NO_PROGRESS.test(key) && !MOMENT.test(key))
      .sort()
      .map((key) => [key, moving(field(value, key))]),
  );
}
