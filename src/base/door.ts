import https from 'node:https';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import tls from 'node:tls';
import type { Failure, Result } from './failure.ts';
import { Ended } from './networkFailure.ts';

/** Where a door on this machine is: a socket file, or a port of 127.0.0.1. */
export type DoorPlace = { readonly path: string } | { readonly port: number };

/** A door that is open. */
export interface OpenDoor {
  readonly place: DoorPlace;
  /** Somebody goes through; call what it gives when he is gone. */
  enter(): () => void;
}

/** A way to one server that begins on this machine (a tunnel) and is opened by the first connection that wants it. TLS is end to end: the way sees the host's name only. */
export interface Door {
  /** Equal names are the same way: their connections are shared. */
  readonly name: string;
  /** Opens it, unless it is open. The failure's sentence goes on where the server's name ends. */
  open(): Promise<Result<OpenDoor>>;
  /** Why a connection that went through came to nothing, as far as the way itself has said. */
  trouble(): Failure | undefined;
}

type Connected = (error: Error | null, stream?: Duplex) => void;
type ConnectOptions = https.AgentOptions & { host?: string; port?: number | string };

/** Until TLS stands at the other end. */
const connectMs = 15_000;
const saysMs = 50;

/** An agent whose TLS connections go through a door. */
export class DoorAgent extends https.Agent {
  readonly #door: Door;

  constructor(door: Door, options: https.AgentOptions) {
    super(options);
    this.#door = door;
  }

  override createConnection(options: ConnectOptions, connected: Connected): undefined {
    this.#connect(options).then(
      (socket) => connected(null, socket),
      (error: Error) => connected(error),
    );
  }

  async #connect({ host, port: _port, ...rest }: ConnectOptions): Promise<tls.TLSSocket> {
    const opened = await this.#door.open();
    if (!opened.ok) throw new Ended(opened.failure.reason, opened.failure.message);
    const leave = opened.value.enter();
    const socket = net.connect({ ...opened.value.place, ...('port' in opened.value.place ? { host: '127.0.0.1' } : {}) });
    socket.once('close', leave);
    try {
      await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
      return await secured(tls.connect({ ...rest, socket, ...(host !== undefined && { host }) }));
    } catch (error) {
      socket.destroy();
      // It says why after it has ended the connection.
      await new Promise((resolve) => setTimeout(resolve, saysMs));
      const said = this.#door.trouble();
      throw said ? new Ended(said.reason, said.message) : error;
    }
  }
}

function secured(socket: tls.TLSSocket): Promise<tls.TLSSocket> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => socket.destroy(new Ended('offline', `timed out: no connection within ${connectMs / 1000} s.`)),
      connectMs,
    );
    const settle = () => {
      clearTimeout(timer);
      socket.off('error', fail).off('close', lost);
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
    };
    const lost = () => fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    socket
      .once('secureConnect', () => {
        settle();
        resolve(socket);
      })
      .once('error', fail)
      .once('close', lost);
  });
}

/** Whether somebody listens there. */
export function isListening(place: DoorPlace): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect({ ...place, ...('port' in place ? { host: '127.0.0.1' } : {}) });
    const done = (listening: boolean) => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', () => done(true)).once('error', () => done(false));
  });
}
