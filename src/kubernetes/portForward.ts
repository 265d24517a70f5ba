import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type Disposable, Emitter } from '../base/event.ts';
import { type Failure, failed, type Result, success } from '../base/failure.ts';
import { type LocalListener, listenLocally } from '../base/localListener.ts';
import type { MessageSocket } from '../base/messageSocket.ts';
import { plainText } from '../base/plainText.ts';
import type { Cluster, KubeObject, ObjectRef } from './cluster.ts';
import { objectName } from './objectActions.ts';
import { podPath } from './podExec.ts';
import { isReady, type PodsBehind, podsBehind } from './podsBehind.ts';

/** What is forwarded, as it is remembered. */
export interface ForwardSpec {
  readonly context: string;
  readonly ref: ObjectRef;
  /** As the object numbers it: a Service's port, a container's port. */
  readonly port: number;
  readonly localPort: number;
}

/** `listening`: a pod answers. `reconnecting`: none is ready, or the API server is gone; the local port stays open and connections wait. `dead`: given up, the port is free. */
export type ForwardState = 'listening' | 'reconnecting' | 'dead';

/** Subprotocol of a port: data on channel 0, errors on 1, each begun by the port's number in two bytes (kubelet/pkg/cri/streaming/portforward/websocket.go). */
const protocol = 'v4.channel.k8s.io';
const channels = { data: 0, error: 1 } as const;
/** So long a new connection waits for a pod that is being made anew. */
const podMs = 30_000;
const mostTries = 5;
const againMs = 500;
/** After one side has said all, the other may be silent for so long: closing half is not known to the protocol. */
const lingerMs = 30_000;

/** A local port that leads to whichever pod behind an object is ready: one WebSocket for each connection. */
export class PortForward implements Disposable {
  readonly spec: ForwardSpec;
  state: ForwardState = 'reconnecting';
  /** Why it is not listening, or why the last connection failed. */
  failure: Failure | undefined;
  readonly cluster: Cluster;
  readonly #behind: PodsBehind;
  readonly #ending = new AbortController();
  readonly #changed = new Emitter<void>();
  readonly #pods = new Map<string, KubeObject>();
  readonly onDidChange = this.#changed.event;
  #listener: LocalListener | undefined;
  #pod: KubeObject | undefined;
  #shown = '';

  private constructor(cluster: Cluster, spec: ForwardSpec, behind: PodsBehind) {
    this.cluster = cluster;
    this.#behind = behind;
    this.spec = spec;
  }

  /** Listens, then looks for a ready pod and follows it. `localPort` 0 takes any free one. Fails as reading the object fails, and with `conflict` when the port is taken. */
  static async open(cluster: Cluster, spec: ForwardSpec): Promise<Result<PortForward>> {
    const behind = await podsBehind(cluster, spec.ref);
    if (!behind.ok) return behind;
    const waiting: ((connection: Duplex) => void)[] = [];
    const listener = await listenLocally(spec.localPort, (connection) => waiting[0]?.(connection));
    if (!listener.ok) {
      const { reason, message } = listener.failure;
      return failed(reason, `${objectName(spec.ref)} is not forwarded: ${message}. Choose another local port.`);
    }
    const { ref } = behind.value;
    const forward = new PortForward(cluster, { ...spec, ref, localPort: listener.value.port }, behind.value);
    forward.#listener = listener.value;
    waiting.push((connection) => void forward.#serve(connection));
    void forward.#follow();
    return success(forward);
  }

  /** The pod that new connections go to. */
  get pod(): string | undefined {
    return this.#pod?.metadata.name;
  }

  dispose(): void {
    this.#listener?.dispose();
    this.#ending.abort();
    this.#changed.fire();
    this.#changed.dispose();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ending;
    for await (const event of this.cluster.watch('v1', 'Pod', this.#behind.selection, signal)) {
      if (event.type === 'failed') this.#set('dead', event.failure);
      else if (event.type === 'stale') this.#set('reconnecting', event.failure);
      else if (event.type === 'synced') this.#choose();
      else {
        const { object } = event;
        if (event.type === 'deleted') this.#pods.delete(keyOf(object));
        else this.#pods.set(keyOf(object), object);
        this.#choose();
      }
    }
    if (!signal.aborted) this.#listener?.dispose();
  }

  /** Stays with the pod it has; else the one that was asked for, else the one that runs longest. */
  #choose(): void {
    const ready = [...this.#pods.values()].filter(isReady);
    const age = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';
    const [oldest] = ready.toSorted((one, other) => age(one).localeCompare(age(other)));
    const kept = ready.find(({ metadata }) => metadata.uid === this.#pod?.metadata.uid);
    const preferred = ready.find(({ metadata }) => metadata.name === this.#behind.prefers);
    this.#pod = kept ?? preferred ?? oldest;
    if (this.#pod) this.#set('listening', undefined);
    else this.#set('reconnecting', this.#nobody());
  }

  #set(state: ForwardState, failure: Failure | undefined): void {
    const shown = [state, failure?.message, this.pod].join(' ');
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.state = state;
    this.failure = failure;
    this.#changed.fire();
  }

  #nobody(): Failure {
    return { reason: 'notFound', message: `${objectName(this.spec.ref)} on ${this.spec.context} has no ready pod now.` };
  }

  /** Tries again while the pod was just replaced, or its node does not know it yet. */
  async #serve(connection: Duplex): Promise<void> {
    for (let tries = 1; !connection.destroyed; tries++) {
      const pod = this.#pod ?? (await this.#nextPod());
      const opened: Result<MessageSocket> = pod ? await this.#open(pod) : { ok: false, failure: this.failure ?? this.#nobody() };
      if (opened.ok) return this.#join(connection, opened.value, pod?.metadata.name ?? '');
      if (tries === mostTries || !pod || opened.failure.reason !== 'notFound') {
        connection.destroy();
        if (!this.#ending.signal.aborted) this.#set(this.state, opened.failure);
        return;
      }
      if (await this.#isGone(pod)) {
        // The watch will tell of it, too; whoever waits now need not.
        this.#pods.delete(keyOf(pod));
        this.#choose();
      } else await delay(againMs);
    }
  }

  async #isGone({ metadata: { name, namespace, uid } }: KubeObject): Promise<boolean> {
    const ref = { apiVersion: 'v1', kind: 'Pod', name, ...(namespace === undefined ? {} : { namespace }) };
    const read = await this.cluster.get(ref, this.#ending.signal);
    return read.ok ? read.value.metadata.uid !== uid : read.failure.reason === 'notFound';
  }

  #nextPod(): Promise<KubeObject | undefined> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        subscription.dispose();
        this.#ending.signal.removeEventListener('abort', done);
        resolve(this.#pod);
      };
      const timer = setTimeout(done, podMs);
      const subscription = this.#changed.event(() => (this.#pod || this.state === 'dead') && done());
      this.#ending.signal.addEventListener('abort', done);
    });
  }

  async #open(pod: KubeObject): Promise<Result<MessageSocket>> {
    const { name, namespace = 'default' } = pod.metadata;
    const port = this.#behind.portIn(pod, this.spec.port);
    if (port === undefined)
      return failed('invalid', `Pod ${namespace}/${name} names no port that ${objectName(this.spec.ref)} leads to.`);
    const path = `${podPath({ namespace, pod: name }, 'portforward')}?ports=${port}`;
    return this.cluster.socket(path, [protocol], this.#ending.signal);
  }

  async #join(connection: Duplex, socket: MessageSocket, pod: string): Promise<void> {
    const linger = new Linger(() => socket.close());
    connection.once('close', () => socket.close());
    void this.#send(connection, socket, linger);
    const begun = new Set<number>();
    for await (const message of socket.messages) {
      const [channel = -1] = message;
      const isFirst = !begun.has(channel);
      begun.add(channel);
      const bytes = message.subarray(isFirst ? 3 : 1);
      if (bytes.length === 0) continue;
      linger.refresh();
      if (channel === channels.data) await written(connection, bytes);
      else if (channel === channels.error) this.#refused(pod, Buffer.from(bytes).toString('utf8'));
      if (connection.destroyed) break;
    }
    linger.dispose();
    connection.end();
    // What was on its way to the pod goes nowhere.
    connection.resume();
  }

  async #send(connection: Duplex, socket: MessageSocket, linger: Linger): Promise<void> {
    try {
      for await (const chunk of connection.iterator({ destroyOnReturn: false }))
        if (!(await socket.send(Buffer.of(channels.data), chunk as Buffer))) return;
      linger.start();
    } catch {
      socket.close();
    }
  }

  #refused(pod: string, said: string): void {
    const { context, port } = this.spec;
    const words = plainText(said, 200);
    const message = /connection refused/i.test(said)
      ? `Nothing listens on port ${port} of pod ${pod} on ${context}. Check the port, or start the program.`
      : `Pod ${pod} on ${context} did not take the connection: ${words}`;
    this.#set(this.state, { reason: 'offline', message });
  }
}

const keyOf = ({ metadata }: KubeObject) => metadata.uid ?? metadata.name;

/** Ends what is silent for too long after one side has said all. */
class Linger implements Disposable {
  readonly #end: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(end: () => void) {
    this.#end = end;
  }

  start(): void {
    this.#timer = setTimeout(this.#end, lingerMs);
  }

  refresh(): void {
    this.#timer?.refresh();
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}

/** Resolves when there is room for more, or nobody to write to. */
function written(connection: Duplex, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (connection.destroyed || connection.write(bytes)) return resolve();
    const done = () => {
      connection.off('drain', done).off('close', done);
      resolve();
    };
    connection.once('drain', done).once('close', done);
  });
}
