import { type Readable, Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Route } from './agents.ts';
import { Answer, type Flow, readAll, StaleConnection, send } from './exchange.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { Ended } from './networkFailure.ts';

/** Bytes to be sent. `open` begins to read them from their start; again, when a first request was turned away before it took any. */
export interface Source {
  /** How many bytes there are. A source that ends sooner, or goes on, fails with `conflict`. */
  readonly size: number;
  open(): Readable;
}

/** A request whose body, or whose answer's body, is too large for memory: never more of it is held than the buffers of its streams. */
export interface HttpTransfer extends Omit<HttpRequest, 'body' | 'timeoutMs'> {
  /** What is sent: a text, or bytes that flow once the server has said to go on (`Expect: 100-continue`), or has kept silent for a second. */
  readonly body?: string | Uint8Array | Source;
  /** Where the body of a 2xx answer goes; without it, and for any other status, it stands in the answer. A torn body destroys the stream and is a failure. */
  readonly sink?: () => Writable;
  /** Sees each piece as it goes out or comes in: for progress and digests. It must not keep it. */
  readonly onChunk?: ((chunk: Uint8Array) => void) | undefined;
  /** So long no byte may move, in ms; default 60,000. After the last one was sent, the server has five minutes to answer. No limit in total. */
  readonly idleMs?: number;
}

/** What was turned away before a byte of its body had gone out may be sent again. */
export interface Transferred {
  readonly response: HttpResponse;
  readonly sentBytes: number;
}

const defaultIdleMs = 60_000;
const answerMs = 300_000;
const continueMs = 1_000;
/** Answers that are read into memory: error bodies, small texts. */
const smallAnswer = 64 * 1024 * 1024;

/** Carries one transfer out. Rejects with Node's error, or the {@link Ended} that `end` was called with. */
export async function carry(
  transfer: HttpTransfer,
  url: URL,
  route: Route,
  ending: { readonly signal: AbortSignal; end(why: Ended): void },
): Promise<Transferred> {
  const { idleMs = defaultIdleMs, body, onChunk, sink, maxBytes = smallAnswer, ...request } = transfer;
  const timer = new IdleTimer((ms) =>
    ending.end(new Ended('offline', `timed out: nothing came for ${Math.round(ms / 100) / 10} s. Try again.`)),
  );
  let sentBytes = 0;
  let writing: Promise<void> | undefined;
  const flow = isSource(body) && {
    size: body.size,
    expects: body.size > 0,
    waitMs: continueMs,
    write: (to: Writable) => {
      const counter = seeing((chunk) => {
        timer.refresh();
        sentBytes += chunk.length;
        onChunk?.(chunk);
      });
      writing = pipeline(body.open(), exactly(body.size), counter, to)
        .catch(onDisk('did not get all: it could not be read here'))
        .then(() => timer.start(answerMs));
      return writing;
    },
  };
  const plain = { ...request, ...(body !== undefined && !isSource(body) && { body }) };
  const once = (how: Flow | undefined) => send(plain, url, route, ending.signal, 'identity', how);
  timer.start(idleMs);
  try {
    let message = await once(flow || undefined).catch((error: unknown) => {
      if (error instanceof StaleConnection) return once(flow || undefined);
      throw error;
    });
    if (message.statusCode === 417 && flow && sentBytes === 0) message = await once({ ...flow, expects: false });
    timer.start(idleMs);
    const { statusCode: status = 0 } = message;
    if (!sink || status < 200 || status > 299)
      return { response: new Answer(message, await readAll(message, maxBytes)), sentBytes };
    const counter = seeing((chunk) => {
      timer.refresh();
      onChunk?.(chunk);
    });
    await pipeline(message, counter, sink()).catch(onDisk('answered, but it could not be written here'));
    return { response: new Answer(message, []), sentBytes };
  } catch (error) {
    // A source that failed tears the connection, which is heard of first.
    const cause = await writing?.then(undefined, (why: unknown) => why);
    throw cause instanceof Ended ? cause : error;
  } finally {
    timer.stop();
  }
}

function isSource(body: HttpTransfer['body']): body is Source {
  return typeof body === 'object' && 'open' in body;
}

function seeing(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}

/** A file that grows or shrinks while it is sent would leave the server with half of two versions. */
function exactly(size: number): Transform {
  let left = size;
  const changed = () => new Ended('conflict', 'did not get all: it changed while it was read here. Try again.');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      if (left < 0) done(changed());
      else done(null, chunk);
    },
    flush(done) {
      done(left === 0 ? null : changed());
    },
  });
}

/** Trouble of the disk is not the network's: it gets a sentence of its own. Codes: Node's errors page; none of them comes from a connected socket. */
function onDisk(sentence: string): (error: unknown) => never {
  return (error) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    throw /^E(NOENT|ACCES|PERM|ROFS|IO|ISDIR|NOTDIR|NOSPC|DQUOT|FBIG|MFILE|BUSY)$/.test(code)
      ? new Ended('invalid', `${sentence} (${code}).`)
      : error;
  };
}

/** Ends what stands still. */
class IdleTimer {
  readonly #late: (ms: number) => void;
  #timer: NodeJS.Timeout | undefined;
  #over = false;

  constructor(late: (ms: number) => void) {
    this.#late = late;
  }

  start(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#over) this.#timer = setTimeout(() => this.#late(ms), ms);
  }

  refresh(): void {
    this.#timer?.refresh();
  }

  stop(): void {
    this.#over = true;
    clearTimeout(this.#timer);
  }
}
