import { type Failure, failed, type Result, success } from '../base/failure.ts';
import type { MessageSocket } from '../base/messageSocket.ts';
import type { Cluster } from './cluster.ts';
import { causesOf, isRefusal, statusFailed } from './status.ts';

/** One container of one pod. */
export interface ContainerRef {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What is opened into a container: a new process (`exec`) or the one that runs there (`attach`). */
export interface StreamRequest {
  /** Program and arguments, never a shell's text; undefined: attach to what runs. */
  readonly command?: readonly string[];
  readonly stdin: boolean;
  readonly tty: boolean;
}

/** How a process ended. */
export interface Exit {
  readonly code: number;
}

/** The open streams of a process in a container. */
export interface PodStream {
  /** What it writes, in the order it came; with a terminal all of it is `out`. No more is read than is taken. */
  readonly output: AsyncIterable<{ readonly from: 'out' | 'error'; readonly bytes: Uint8Array }>;
  /** False when the connection is closed. Waits while the connection is full. */
  write(bytes: Uint8Array): Promise<boolean>;
  /** Says that nothing more will be written. False if the server cannot be told so (older than Kubernetes 1.30). */
  endInput(): Promise<boolean>;
  resize(columns: number, rows: number): void;
  /**
   * The end: an exit code; or `unsupported` when the container has no such program, `offline` when the connection was lost, and what else the server said.
   * Settles only while `output` is read, or after `close`.
   */
  readonly ended: Promise<Result<Exit>>;
  close(): void;
}

/** Channels and subprotocols: Kubernetes, staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/websocket.go and KEP-4006 (v5 adds 255, "close"). */
const channels = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4, close: 255 } as const;
const withClose = 'v5.channel.k8s.io';
const protocols = [withClose, 'v4.channel.k8s.io'] as const;
/** The server cuts its own messages so. */
const pieceBytes = 32 * 1024;
const cancelled = failed('cancelled', 'Cancelled.');

/** The path of a subresource of a pod. */
export function podPath({ namespace, pod }: Pick<ContainerRef, 'namespace' | 'pod'>, subresource: string): string {
  return `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod)}/${subresource}`;
}

/** Opens streams into a container; nothing is cached. Fails as the server refuses: `forbidden`, `notFound` (no such pod), `invalid` (not running, no such container). */
export async function openPodStream(
  cluster: Cluster,
  where: ContainerRef,
  request: StreamRequest,
  signal?: AbortSignal,
): Promise<Result<PodStream>> {
  const { command, stdin, tty } = request;
  const query = new URLSearchParams({ container: where.container, stdout: 'true', stderr: String(!tty) });
  if (stdin) query.set('stdin', 'true');
  if (tty) query.set('tty', 'true');
  for (const word of command ?? []) query.append('command', word);
  const path = `${podPath(where, command ? 'exec' : 'attach')}?${query}`;
  const socket = await cluster.socket(path, protocols, signal);
  return socket.ok
    ? success(new Streams(socket.value, cluster.context.name, where, { program: command?.[0] ?? '', signal }))
    : socket;
}

/** Runs a program to its end and answers what it wrote, as text: for programs that write little. */
export async function runInPod(
  cluster: Cluster,
  where: ContainerRef,
  command: readonly string[],
  signal?: AbortSignal,
): Promise<Result<{ readonly code: number; readonly out: string; readonly error: string }>> {
  const opened = await openPodStream(cluster, where, { command, stdin: false, tty: false }, signal);
  if (!opened.ok) return opened;
  const parts = { out: [] as Uint8Array[], error: [] as Uint8Array[] };
  for await (const { from, bytes } of opened.value.output) parts[from].push(bytes);
  const end = await opened.value.ended;
  if (!end.ok) return end;
  return success({
    code: end.value.code,
    out: Buffer.concat(parts.out).toString('utf8'),
    error: Buffer.concat(parts.error).toString('utf8'),
  });
}

interface StreamsOptions {
  readonly program: string;
  readonly signal: AbortSignal | undefined;
}

class Streams implements PodStream {
  readonly output: PodStream['output'];
  readonly ended: Promise<Result<Exit>>;
  readonly #socket: MessageSocket;
  readonly #context: string;
  readonly #where: ContainerRef;
  readonly #signal: AbortSignal | undefined;
  readonly #program: string;
  readonly #end = Promise.withResolvers<Result<Exit>>();

  constructor(socket: MessageSocket, context: string, where: ContainerRef, { program, signal }: StreamsOptions) {
    this.#program = program;
    this.#signal = signal;
    this.#socket = socket;
    this.#context = context;
    this.#where = where;
    this.output = this.#read();
    this.ended = this.#end.promise;
  }

  async write(bytes: Uint8Array): Promise<boolean> {
    for (let at = 0; at < bytes.length; at += pieceBytes)
      if (!(await this.#socket.send(channel(channels.stdin), bytes.subarray(at, at + pieceBytes)))) return false;
    return true;
  }

  async endInput(): Promise<boolean> {
    if (this.#socket.protocol !== withClose) return false;
    return this.#socket.send(channel(channels.close), channel(channels.stdin));
  }

  resize(columns: number, rows: number): void {
    void this.#socket.send(channel(channels.resize), Buffer.from(JSON.stringify({ Width: columns, Height: rows })));
  }

  close(): void {
    this.#socket.close();
    this.#end.resolve(cancelled);
  }

  async *#read(): AsyncGenerator<{ from: 'out' | 'error'; bytes: Uint8Array }> {
    try {
      for await (const message of this.#socket.messages) {
        const bytes = message.subarray(1);
        if (message[0] === channels.status) this.#end.resolve(this.#endOf(bytes));
        else if (bytes.length === 0) continue;
        else if (message[0] === channels.stdout) yield { from: 'out', bytes };
        else if (message[0] === channels.stderr) yield { from: 'error', bytes };
      }
      const failure = await this.#socket.ended;
      if (this.#signal?.aborted) this.#end.resolve(cancelled);
      this.#end.resolve(failure ? { ok: false, failure } : failed('offline', this.#lost()));
    } finally {
      this.#socket.close();
    }
  }

  #lost(): string {
    return `The connection to container ${nameOf(this.#where)} on ${this.#context} ended before its program did. Try again.`;
  }

  #endOf(bytes: Uint8Array): Result<Exit> {
    const status = parsed(Buffer.from(bytes).toString('utf8'));
    if (!isRefusal(status)) return success({ code: 0 });
    const refused = statusFailed(status, this.#context);
    if (refused.ok) return refused;
    const { message = '' } = status;
    const cause = causesOf(refused.failure).find(({ reason }) => reason === 'ExitCode')?.message;
    // A kubelet says the code as a cause; kwok's stand-in for one only in words.
    const code = cause ?? /: exit status (\d+)$/.exec(message)?.[1];
    return code === undefined ? this.#refused(refused.failure, message) : success({ code: Number(code) });
  }

  #refused(failure: Failure, said: string): Result<never> {
    return /executable file not found|no such file or directory|not found in \$PATH/i.test(said)
      ? failed('unsupported', `Container ${nameOf(this.#where)} has no program ${this.#program}.`)
      : { ok: false, failure };
  }
}

const channel = (number: number) => Buffer.of(number);

/** `web of pod shop/web-1`, after the word container. */
export function nameOf({ namespace, pod, container }: ContainerRef): string {
  return `${container} of pod ${namespace}/${pod}`;
}

/** The Status of API version v1 comes without its kind in some runtimes. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { kind: 'Status', ...value } : undefined;
  } catch {
    return undefined;
  }
}
