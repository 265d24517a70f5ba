import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';

/** A SOCKS5 proxy on loopback (RFC 1928, 1929): what it was asked, as `name keystone.lab:5000`, with who asked. */
export interface SocksServer extends AsyncDisposable {
  readonly port: number;
  readonly asked: readonly string[];
}

/** What it does besides connecting. */
export interface SocksTraits {
  /** Whom it lets in; everybody by default. */
  readonly account?: { readonly user: string; readonly password: string };
  /** Where names lead; others are asked of the machine. */
  readonly names?: Readonly<Record<string, string>>;
  /** The reply code it gives instead of connecting (RFC 1928, section 6). */
  readonly refuses?: number;
  /** Sends each byte on its own: a reader must not rely on how bytes arrive. */
  readonly drips?: boolean;
}

export async function socksServer(traits: SocksTraits = {}): Promise<SocksServer> {
  const asked: string[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket, traits, asked).catch(() => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((closed) => server.close(closed));
    },
  };
}

async function serve(socket: net.Socket, { account, names = {}, refuses = 0, drips = false }: SocksTraits, asked: string[]) {
  const take = reader(socket);
  const say = async (...bytes: number[]) => {
    for (const part of drips ? bytes.map((byte) => [byte]) : [bytes]) {
      socket.write(Buffer.from(part));
      if (drips) await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const [, count = 0] = await take(2);
  const wanted = account ? 2 : 0;
  if (!(await take(count)).includes(wanted)) return say(5, 0xff);
  await say(5, wanted);
  let who = '';
  if (account) {
    const [, length = 0] = await take(2);
    const user = (await take(length)).toString();
    const password = (await take((await take(1))[0] ?? 0)).toString();
    const right = user === account.user && password === account.password;
    await say(1, right ? 0 : 1);
    if (!right) return;
    who = ` by ${user}`;
  }
  const [, , , kind = 0] = await take(4);
  const length = kind === 3 ? ((await take(1))[0] ?? 0) : kind === 4 ? 16 : 4;
  const address = await take(length);
  const port = (await take(2)).readUInt16BE();
  const host = kind === 3 ? address.toString() : kind === 4 ? hex(address) : address.join('.');
  asked.push(`${{ 1: 'ipv4', 3: 'name', 4: 'ipv6' }[kind]} ${host}${who}`);
  if (refuses > 0) return say(5, refuses, 0, 1, 0, 0, 0, 0, 0, 0);
  const upstream = net.connect(port, names[host] ?? host);
  upstream.on('error', () => socket.destroy());
  await once(upstream, 'connect');
  // The address it is bound to comes as a name here: a reader must skip each kind.
  await say(5, 0, 0, 3, 2, 111, 107, 0, 0);
  upstream.pipe(socket).pipe(upstream);
  socket.on('close', () => upstream.destroy());
}

function hex(address: Buffer): string {
  return (address.toString('hex').match(/.{4}/g) ?? []).join(':');
}

function reader(socket: net.Socket): (count: number) => Promise<Buffer> {
  return async (count) => {
    for (;;) {
      const part = count === 0 ? Buffer.alloc(0) : (socket.read(count) as Buffer | null);
      if (part) return part;
      await once(socket, 'readable');
    }
  };
}
