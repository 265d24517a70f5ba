import { EventEmitter, l10n, type Pseudoterminal, type TerminalDimensions } from 'vscode';
import type { Failure, Result } from '../base/failure.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { type ContainerRef, type Exit, openPodStream, type PodStream, type StreamRequest } from '../kubernetes/podExec.ts';

/** What a terminal shows: what to open in which container. */
export interface PodTerminalOptions {
  readonly cluster: Cluster;
  /** Where its context leads by now (another port, another token, acting as somebody else): asked when it is opened anew. */
  readonly reopen?: () => Promise<Result<Cluster>>;
  readonly where: ContainerRef;
  /** Tried in this order until the container has one. */
  readonly requests: readonly StreamRequest[];
  /** The container lives no longer than its program: the terminal closes with it, whatever the exit code. */
  readonly once?: true;
  /** The container has none of them. */
  readonly onMissing?: () => void;
}

/** What a shell answers that could not start the program: POSIX, "Exit Status for Commands". */
const notStarted = [126, 127];

/** A terminal of the editor whose other side is a process in a container. When that ends, or the connection does, Enter opens it anew. */
export class PodTerminal implements Pseudoterminal {
  readonly #options: PodTerminalOptions;
  readonly #written = new EventEmitter<string>();
  readonly #closed = new EventEmitter<number>();
  readonly onDidWrite = this.#written.event;
  readonly onDidClose = this.#closed.event;
  #size: TerminalDimensions = { columns: 80, rows: 24 };
  #stream: PodStream | undefined;
  #ending: AbortController | undefined;
  /** Whether the user, or the process, has said anything: then it did start. */
  #touched = false;
  #cluster: Cluster;

  constructor(options: PodTerminalOptions) {
    this.#options = options;
    this.#cluster = options.cluster;
  }

  open(size: TerminalDimensions | undefined): void {
    if (size) this.#size = size;
    void this.#run();
  }

  close(): void {
    this.#ending?.abort();
    this.#stream?.close();
  }

  handleInput(text: string): void {
    if (this.#stream) {
      this.#touched = true;
      void this.#stream.write(Buffer.from(text));
    } else if (!this.#ending && text.includes('\r')) void this.#run(this.#options.reopen);
  }

  setDimensions(size: TerminalDimensions): void {
    this.#size = size;
    this.#stream?.resize(size.columns, size.rows);
  }

  async #run(reopen?: PodTerminalOptions['reopen']): Promise<void> {
    const ending = new AbortController();
    this.#ending = ending;
    const now = await reopen?.();
    if (now?.ok) this.#cluster = now.value;
    const end = now?.ok === false ? now : await this.#firstThatStarts(ending.signal);
    this.#stream = undefined;
    this.#ending = undefined;
    if (ending.signal.aborted) return;
    if (end.ok && (end.value.code === 0 || this.#options.once)) this.#closed.fire(0);
    else this.#say(end.ok ? l10n.t('Ended with exit code {0}.', end.value.code) : end.failure.message);
  }

  async #firstThatStarts(signal: AbortSignal): Promise<Result<Exit>> {
    const { requests, onMissing, where } = this.#options;
    for (const request of requests) {
      const end = await this.#once(request, signal);
      const started = end.ok ? this.#touched || !notStarted.includes(end.value.code) : end.failure.reason !== 'unsupported';
      if (started || signal.aborted) return end;
    }
    onMissing?.();
    return { ok: false, failure: this.#missing(where) };
  }

  async #once(request: StreamRequest, signal: AbortSignal): Promise<Result<Exit>> {
    this.#touched = false;
    const opened = await openPodStream(this.#cluster, this.#options.where, request, signal);
    if (!opened.ok) return opened;
    const stream = opened.value;
    this.#stream = stream;
    if (request.tty) stream.resize(this.#size.columns, this.#size.rows);
    const decoders = { out: new TextDecoder(), error: new TextDecoder() };
    for await (const { from, bytes } of stream.output) {
      const text = decoders[from].decode(bytes, { stream: true });
      this.#written.fire(request.tty ? text : text.replaceAll(/\r?\n/g, '\r\n'));
    }
    return stream.ended;
  }

  #missing({ container }: ContainerRef): Failure {
    return { reason: 'unsupported', message: l10n.t('Container {0} has no shell. A debug container brings its own.', container) };
  }

  #say(sentence: string): void {
    this.#written.fire(`\r\n\x1b[33m${sentence}\x1b[0m ${l10n.t('Press Enter to connect again.')}\r\n`);
  }
}
