import { Emitter } from '../base/event.ts';
import { plainText } from '../base/plainText.ts';
import type { OnSent, Sent } from '../base/sent.ts';

/** So many changes are remembered, the newest ones. */
const most = 1000;

/** What went out from this window to change something, in both worlds; in memory, until the window closes. */
export class Activity {
  readonly #entries: { readonly at: number; readonly sent: Sent }[] = [];
  readonly #now: () => number;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  readonly note: OnSent = (sent) => {
    this.#entries.push({ at: this.#now(), sent });
    if (this.#entries.length > most) this.#entries.shift();
    this.#changed.fire();
  };

  /** A line for each, newest first: time, what, where, outcome, id. */
  text(): string {
    if (this.#entries.length === 0) return 'Nothing was changed from this window yet.\n';
    return `${this.#entries
      .map(({ at, sent }) => line(at, sent))
      .toReversed()
      .join('\n')}\n`;
  }
}

function line(at: number, { what, where, outcome, id }: Sent): string {
  const parts = [what, where, outcome, id === undefined ? '' : `id ${id}`].filter((part) => part !== '');
  return [new Date(at).toTimeString().slice(0, 8), ...parts.map((part) => plainText(part, 400))].join('  ·  ');
}
