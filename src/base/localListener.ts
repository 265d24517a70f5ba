import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Disposable } from './event.ts';
import { failed, type Result, success } from './failure.ts';

/** A port of this machine that is listened on, and by nobody from outside. */
export interface LocalListener extends Disposable {
  readonly port: number;
}

/** Browsers open a handful of connections for a page; more than this is a mistake. */
const mostConnections = 256;

/**
 * Listens on 127.0.0.1 and hands each connection over, half-open: its other side may go on reading after it has said all. `port` 0 takes any free one.
 * Ending it ends its connections. Fails with `conflict` when the port is taken and `forbidden` when it may not be listened on.
 */
export async function listenLocally(port: number, accept: (connection: Duplex) => void): Promise<Result<LocalListener>> {
  const open = new Set<Duplex>();
  const server = createServer({ allowHalfOpen: true, noDelay: true, keepAlive: true }, (connection) => {
    open.add(connection);
    connection.once('close', () => open.delete(connection));
    // The one who reads it sees how it ended.
    connection.on('error', () => {});
    accept(connection);
  });
  server.maxConnections = mostConnections;
  const listening = await listen(server, port);
  if (!listening.ok) return listening;
  return success({
    port: (server.address() as AddressInfo).port,
    dispose: () => {
      server.close();
      for (const connection of open) connection.destroy();
    },
  });
}

/** Whether a port of this machine can be listened on now. */
export async function isFree(port: number): Promise<boolean> {
  const listener = await listenLocally(port, (connection) => connection.destroy());
  if (listener.ok) listener.value.dispose();
  return listener.ok;
}

/** Begins to listen on 127.0.0.1. Fails with `conflict` when the port is taken and `forbidden` when it may not be listened on. */
export async function listen(server: Server, port: number): Promise<Result<void>> {
  const trouble = await new Promise<string | undefined>((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen(port, '127.0.0.1', () => resolve(undefined));
  });
  if (trouble === undefined) return success(undefined);
  return trouble === 'EADDRINUSE'
    ? failed('conflict', `port ${port} is taken by another program`)
    : failed('forbidden', `port ${port} cannot be listened on (${trouble})`);
}
