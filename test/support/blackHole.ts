import type { AddressInfo } from 'node:net';
import { connect as connectTo, createServer, type Socket } from 'node:net';

/**
 * A network between a client and a server that can lose everything without a word, as a laptop that sleeps, a VPN that drops or a NAT that forgets do: bytes are
 * taken and go nowhere, nothing is closed or reset. What was open before, or was opened meanwhile, stays lost when the network is back.
 */
export interface BlackHole extends AsyncDisposable {
  readonly port: number;
  /** From now on everything is swallowed. */
  swallow(): void;
  /** Connections that are opened from now on pass. */
  pass(): void;
}

/** Listens on 127.0.0.1 and leads to the port of `host`. */
export async function blackHole(host: string, port: number): Promise<BlackHole> {
  const open = new Set<readonly [Socket, Socket]>();
  let swallows = false;
  const swallowed = new WeakSet<readonly [Socket, Socket]>();
  const lose = (pair: readonly [Socket, Socket]) => {
    swallowed.add(pair);
    for (const socket of pair) socket.unpipe().resume();
  };
  const server = createServer((near) => {
    const pair = [near, connectTo(port, host)] as const;
    const [, far] = pair;
    open.add(pair);
    near.on('error', () => {}).on('close', () => far.destroy());
    // What the server does to a connection that is lost, nobody hears of.
    far.on('error', () => {}).on('close', () => swallowed.has(pair) || near.destroy());
    if (swallows) lose(pair);
    else near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    swallow: () => {
      swallows = true;
      for (const pair of open) lose(pair);
    },
    pass: () => {
      swallows = false;
    },
    [Symbol.asyncDispose]: async () => {
      for (const pair of open) for (const socket of pair) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
