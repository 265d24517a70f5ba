import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

/** A client certificate and the authority to trust, as PEM texts. */
export interface Identity {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** An answer of 400 and above. `message` is what the server said, shortened to one line. */
export class Refused extends Error {
  readonly status: number;
  readonly answer: string;
  constructor(what: string, status: number, answer: string) {
    super(`${what}: ${status} ${answer.replace(/\s+/g, ' ').slice(0, 600)}`);
    this.status = status;
    this.answer = answer;
  }
}

/** Sends JSON over kept-alive connections: one pool per identity. */
export class Sender {
  readonly #http = new HttpAgent({ keepAlive: true });
  readonly #https: HttpsAgent;

  constructor(identity?: Identity) {
    this.#https = new HttpsAgent({ keepAlive: true, ...identity });
  }

  /** The answer's head has come; the body is still to be read. Rejects when there is no answer within `timeoutMs`. */
  open(
    method: string,
    url: string,
    headers: Record<string, string>,
    body?: string,
    timeoutMs = 60_000,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const secure = url.startsWith('https:');
      const send = secure ? httpsRequest : httpRequest;
      const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
      const outgoing = send(url, { method, agent: secure ? this.#https : this.#http, headers: { ...headers, ...length } });
      const late = setTimeout(
        () => outgoing.destroy(new Error(`${method} ${url}: no answer in ${timeoutMs / 1000} s`)),
        timeoutMs,
      );
      outgoing.once('response', (incoming) => {
        clearTimeout(late);
        resolve(incoming);
      });
      outgoing.once('error', (error) => {
        clearTimeout(late);
        reject(error);
      });
      outgoing.end(body);
    });
  }

  async send(method: string, url: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    const incoming = await this.open(method, url, headers, body);
    const parts: Buffer[] = [];
    for await (const part of incoming) parts.push(part as Buffer);
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, text: Buffer.concat(parts).toString('utf8') };
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}
