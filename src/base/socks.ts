import net from 'node:net';
import { Ended } from './networkFailure.ts';

/** Reply codes of a SOCKS server in words (RFC 1928, section 6). */
const refusals: Readonly<Record<number, string>> = {
  1: 'failed',
  2: 'does not allow it',
  3: 'cannot reach that network',
  4: 'cannot reach that host',
  5: 'was refused the connection there',
  6: 'gave up on the way there',
  7: 'cannot connect for others',
  8: 'does not know that kind of address',
};

const version = 5;
const method = { none: 0, password: 2, unacceptable: 0xff } as const;
const addressType = { ipv4: 1, name: 3, ipv6: 4 } as const;

/**
 * A connection to `host:port` by a SOCKS5 proxy (RFC 1928; user and password of its URL by RFC 1929). Names go to the proxy as they are and are resolved there, as
 * client-go does it for `socks5:` and `socks5h:` alike. Rejects with an {@link Ended} that names the proxy, also when it says nothing for `waitMs`.
 */
export async function socksConnect(proxy: URL, host: string, port: number, waitMs: number): Promise<net.Socket> {
  const socket = net.connect({ host: proxy.hostname.replace(/^\[|\]$/g, ''), port: Number(proxy.port || 1080) });
  const trouble = (what: string) => new Ended('offline', `cannot be reached: the proxy ${proxy.host} ${what}`);
  const silent = trouble('does not answer. Check the configured proxy.');
  const reader = new Reader(socket, silent, trouble('does not speak SOCKS5. Check the configured proxy.'));
  const timer = setTimeout(() => socket.destroy(silent), waitMs);
  try {
    await signIn(reader, proxy, trouble);
    socket.write(Buffer.concat([Buffer.of(version, 1, 0), addressOf(host), Buffer.of(port >> 8, port & 255)]));
    const reply = (await reader.take(3, version))[1] ?? 1;
    if (reply !== 0) throw trouble(`${refusals[reply] ?? `refused with code ${reply}`}.`);
    await reader.skipAddress();
    reader.release();
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function signIn(reader: Reader, { username, password }: URL, trouble: (what: string) => Ended): Promise<void> {
  const { socket } = reader;
  socket.write(username ? Buffer.of(version, 2, method.none, method.password) : Buffer.of(version, 1, method.none));
  const chosen = (await reader.take(2, version))[1];
  if (chosen === method.none) return;
  if (chosen !== method.password || !username) throw trouble('wants another way to sign in than by its address.');
  const [user, secret] = [Buffer.from(decodeURIComponent(username)), Buffer.from(decodeURIComponent(password))];
  if (user.length > 255 || secret.length > 255) throw trouble('takes user and password of at most 255 bytes.');
  socket.write(Buffer.concat([Buffer.of(1, user.length), user, Buffer.of(secret.length), secret]));
  if ((await reader.take(2, 1))[1] !== 0) throw trouble('does not accept the configured user and password.');
}

function addressOf(host: string): Buffer {
  if (net.isIPv4(host)) return Buffer.of(addressType.ipv4, ...host.split('.').map(Number));
  if (net.isIPv6(host)) return Buffer.of(addressType.ipv6, ...ipv6Bytes(host));
  const name = Buffer.from(host);
  return Buffer.concat([Buffer.of(addressType.name, name.length), name]);
}

function ipv6Bytes(address: string): number[] {
  // A URL writes each address in one way: hexadecimal groups, at most one run of zeros left out.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = plain.split('::').map((half) => half.split(':').filter((group) => group !== ''));
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
  return groups.flatMap((group) => [Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255]);
}

/** Reads so and so many bytes of a conversation, one after another. */
class Reader {
  readonly socket: net.Socket;
  readonly #strange: Error;
  #bytes: Buffer = Buffer.alloc(0);
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(socket: net.Socket, silent: Error, strange: Error) {
    this.socket = socket;
    this.#strange = strange;
    socket.on('data', this.#take);
    socket.once('error', () => this.#end(silent));
    socket.once('close', () => this.#end(silent));
  }

  /** The next bytes, of which the first says the version. */
  async take(count: number, first: number): Promise<Buffer> {
    const bytes = await this.#next(count);
    if (bytes[0] !== first) throw this.#strange;
    return bytes;
  }

  async skipAddress(): Promise<void> {
    const [kind] = await this.#next(1);
    const length = kind === addressType.name ? ((await this.#next(1))[0] ?? 0) : kind === addressType.ipv6 ? 16 : 4;
    await this.#next(length + 2);
  }

  release(): void {
    this.socket.off('data', this.#take);
    if (this.#bytes.length > 0) this.socket.unshift(this.#bytes);
  }

  async #next(count: number): Promise<Buffer> {
    while (this.#bytes.length < count) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const next = this.#bytes.subarray(0, count);
    this.#bytes = this.#bytes.subarray(count);
    return next;
  }

  readonly #take = (part: Buffer) => {
    this.#bytes = Buffer.concat([this.#bytes, part]);
    this.#wake();
  };

  #end(failure: Error): void {
    this.#failure ??= failure;
    this.#wake();
  }
}
