import type { Clock } from '../../base/clock.ts';
import { type Disposable, Emitter } from '../../base/event.ts';
import { isSameTrouble, type LoopTrigger, ofLastDay, type Tick } from './tick.ts';

/** What a loop works with. */
export interface LoopParts {
  readonly clock: Clock;
  /** Ms between two rounds that only time begins; each is up to a tenth more or less, so that many windows do not ask one server at once. */
  readonly everyMs: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** One round. What goes wrong is a tick, too. */
  readonly round: (trigger: LoopTrigger, signal: AbortSignal) => Promise<Omit<Tick, 'at' | 'trigger'>>;
  /** Why time begins no round now, in words: nobody has looked for long, something else is deployed, the battery. Undefined when nothing speaks against it. */
  readonly pausedBecause: () => string | undefined | Promise<string | undefined>;
}

/** So often the same trouble is met before time alone begins no more rounds. */
const MOST_ALIKE = 3;
/** A person who saves three files means one deploy. */
const SAVE_MS = 800;

/**
 * Deploys the same again and again: every few minutes, and after a save. One round at a time; what is saved meanwhile gets a round of its own. After three rounds with the same trouble only a save or a
 * gesture begins another. Begins with its construction, ends with {@link dispose} or with the tick that says so.
 */
export class DeployLoop implements Disposable {
  readonly #parts: LoopParts;
  readonly #stop = new AbortController();
  readonly #ticked = new Emitter<{ readonly tick: Tick; readonly before: Tick | undefined }>();
  readonly onDidTick = this.#ticked.event;
  readonly #changed = new Emitter<void>();
  /** A round begins, or the loop is paused or goes on. */
  readonly onDidChange = this.#changed.event;
  #ticks: readonly Tick[] = [];
  #wake = new AbortController();
  #wanted: { readonly trigger: LoopTrigger; readonly at: number } | undefined;
  #paused: string | undefined;
  #runs = false;
  /** Settles when the last round is over after {@link dispose}. */
  readonly ended: Promise<void>;

  constructor(parts: LoopParts) {
    this.#parts = parts;
    this.ended = this.#follow();
  }

  /** The rounds of the last 24 h, oldest first. */
  get ticks(): readonly Tick[] {
    return this.#ticks;
  }

  get runs(): boolean {
    return this.#runs;
  }

  /** Why time begins no round, in words. */
  get paused(): string | undefined {
    return this.#paused;
  }

  /** A file of the deploy was saved. */
  saved(): void {
    this.#want('save', SAVE_MS);
  }

  /** Somebody wants to know now, or came back to look. */
  now(): void {
    this.#want('gesture', 0);
  }

  dispose(): void {
    this.#stop.abort();
    this.#wake.abort();
    this.#ticked.dispose();
    this.#changed.dispose();
  }

  #want(trigger: LoopTrigger, inMs: number): void {
    this.#wanted = { trigger, at: this.#parts.clock.now() + inMs };
    this.#wake.abort();
  }

  async #follow(): Promise<void> {
    const { clock } = this.#parts;
    let due = this.#next();
    while (!this.#stop.signal.aborted) {
      this.#wake = new AbortController();
      const at = this.#wanted?.at ?? due;
      await clock.sleep(Math.max(0, at - clock.now()), this.#wake.signal);
      if (this.#stop.signal.aborted) return;
      // woken before its time: something else is wanted by now
      if (clock.now() < (this.#wanted?.at ?? due)) continue;
      const trigger = this.#wanted?.trigger ?? 'time';
      this.#wanted = undefined;
      this.#pause(trigger === 'time' ? (this.#broken() ?? (await this.#parts.pausedBecause())) : undefined);
      if (this.#stop.signal.aborted) return;
      if (this.#paused === undefined) await this.#round(trigger);
      due = this.#next();
    }
  }

  #next(): number {
    const { clock, everyMs, random } = this.#parts;
    return clock.now() + everyMs() * (0.9 + 0.2 * random());
  }

  #pause(why: string | undefined): void {
    if (why === this.#paused) return;
    this.#paused = why;
    this.#changed.fire();
  }

  /** The breaker: who fails alike three times fails a fourth time, too. */
  #broken(): string | undefined {
    const last = this.#ticks.slice(-MOST_ALIKE);
    const [first] = last;
    const alike = last.length === MOST_ALIKE && last.slice(1).every((tick) => isSameTrouble(first, tick));
    return alike ? `the same trouble ${MOST_ALIKE} times; it goes on with the next save` : undefined;
  }

  async #round(trigger: LoopTrigger): Promise<void> {
    this.#runs = true;
    this.#changed.fire();
    const came = await this.#parts.round(trigger, this.#stop.signal);
    this.#runs = false;
    if (this.#stop.signal.aborted) return;
    const tick: Tick = { at: this.#parts.clock.now(), trigger, ...came };
    const before = this.#ticks.at(-1);
    this.#ticks = [...ofLastDay(this.#ticks, tick.at), tick];
    if (tick.ends) this.#stop.abort();
    this.#ticked.fire({ tick, before });
    this.#changed.fire();
  }
}
