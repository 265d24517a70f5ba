/** One line that a container wrote. */
export interface LogLine {
  /** When the container runtime took it, as the kubelet prints it (RFC 3339, nine digits of a second); empty where it printed none. */
  readonly time: string;
  /** The same in ms since the epoch, good to a microsecond; NaN where there is none. */
  readonly at: number;
  /** Without the end of the line; whatever the container wrote, control characters too. */
  readonly text: string;
}

/** The longest line that is kept, in characters; of a longer one the beginning, and how much is left out. */
export const longestLine = 16_384;
const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d) ?/;

/**
 * Bytes of a log with `timestamps=true` → lines. Chunks may end within a line or a character; what is no UTF-8 becomes U+FFFD, and a line without an end
 * waits for {@link end}. Holds at most one line of {@link longestLine}.
 */
export class LogReader {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #rest = '';
  /** Characters of the line under way that were left out. */
  #left = 0;
  #second = '';
  #secondAt = Number.NaN;

  push(chunk: Uint8Array): LogLine[] {
    const parts = this.#decoder.decode(chunk, { stream: true }).split('\n');
    const open = parts.pop() ?? '';
    const lines: LogLine[] = [];
    for (const part of parts) {
      this.#append(part);
      lines.push(this.#take());
    }
    this.#append(open);
    return lines;
  }

  /** The line that was not ended, if there is one. */
  end(): LogLine | undefined {
    this.#append(this.#decoder.decode());
    return this.#rest === '' ? undefined : this.#take();
  }

  #append(part: string): void {
    const room = longestLine - this.#rest.length;
    this.#rest += part.length > room ? part.slice(0, room) : part;
    this.#left += Math.max(0, part.length - room);
  }

  #take(): LogLine {
    const [line, left] = [this.#rest, this.#left];
    this.#rest = '';
    this.#left = 0;
    const found = stamp.exec(line);
    const head = found?.[0] ?? '';
    const text = line.slice(head.length).replace(/\r+$/, '');
    return {
      time: head.trimEnd(),
      at: found ? this.#atOf(found) : Number.NaN,
      text: left > 0 ? `${text} … (${left} more characters left out)` : text,
    };
  }

  /** Lines come by the thousand within a second: it is read once. */
  #atOf([, second = '', fraction = '', zone = '']: RegExpExecArray): number {
    if (this.#second !== second + zone) {
      this.#second = second + zone;
      this.#secondAt = Date.parse(second + zone);
    }
    return this.#secondAt + Number(`0${fraction}`) * 1000;
  }
}

/** How much is asked for twice when a log goes on: stdout and stderr may be written a little out of order, and the API server passes whole seconds on. In ms. */
const overlapMs = 1000;
const mostRemembered = 20_000;

/**
 * Where a log broke off, so that it can go on without gaps and doubles. `sinceTime` is inclusive and cut to whole seconds on its way to the kubelet (Kubernetes,
 * pkg/registry/core/pod/strategy.go, `LogLocation`), so lines come again: those are known by time and content, as many times as they were seen.
 */
export class LogBoundary {
  #recent: LogLine[] = [];
  #newest = Number.NEGATIVE_INFINITY;
  /** Up to here lines were forgotten because there were too many: whatever is older counts as seen. */
  #forgotten = Number.NEGATIVE_INFINITY;
  #seen: Map<string, number> | undefined;
  #resumedAt = Number.NEGATIVE_INFINITY;
  #matched = false;
  #torn = false;

  /** What to ask for to go on; undefined while no line has been seen. From then on lines seen before are known again. */
  resume(): string | undefined {
    if (this.#newest === Number.NEGATIVE_INFINITY) return undefined;
    this.#seen = new Map();
    for (const line of this.#recent) {
      const key = keyOf(line);
      this.#seen.set(key, (this.#seen.get(key) ?? 0) + 1);
    }
    this.#resumedAt = this.#newest;
    this.#matched = false;
    this.#torn = false;
    return new Date(Math.floor((this.#newest - overlapMs) / 1000) * 1000).toISOString().replace('.000', '');
  }

  /** Whether the line is new. */
  admit(line: LogLine): boolean {
    if (Number.isNaN(line.at)) return true;
    if (this.#seen && line.at <= this.#resumedAt) {
      if (line.at <= this.#forgotten) return this.#known();
      const count = this.#seen.get(keyOf(line)) ?? 0;
      if (count > 0) {
        this.#seen.set(keyOf(line), count - 1);
        return this.#known();
      }
    } else if (this.#seen) {
      // Beyond what was seen before: nothing can come twice now.
      this.#torn = !this.#matched;
      this.#seen = undefined;
    }
    this.#remember(line);
    return true;
  }

  /** Whether a line that was not ended is new: neither seen nor the beginning of one that was. */
  admitRest(line: LogLine): boolean {
    if (this.#recent.some(({ time, text }) => time === line.time && text.startsWith(line.text))) return false;
    this.#remember(line);
    return true;
  }

  /** Whether nothing of what was seen before came again: what lay between is lost, for instance in a log file that was rotated away. True once. */
  takeTorn(): boolean {
    const torn = this.#torn;
    this.#torn = false;
    return torn;
  }

  #known(): false {
    this.#matched = true;
    return false;
  }

  #remember(line: LogLine): void {
    this.#recent.push(line);
    this.#newest = Math.max(this.#newest, line.at);
    if (this.#recent.length < 2 * mostRemembered) {
      if (this.#recent.length % 1024 === 0) this.#recent = this.#recent.filter(({ at }) => at >= this.#newest - 2 * overlapMs);
      return;
    }
    const gone = this.#recent.splice(0, mostRemembered);
    for (const { at } of gone) this.#forgotten = Math.max(this.#forgotten, at);
  }
}

function keyOf({ time, text }: LogLine): string {
  return `${time} ${text}`;
}
