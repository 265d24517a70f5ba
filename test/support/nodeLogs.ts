import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { certificates } from './certificates.ts';

/** A node's own server that tells one log for all its containers, a numbered line each `everyMs`. */
export interface NodeLogs extends AsyncDisposable {
  readonly port: number;
  /** How many lines were written until now: `line 1`, `line 2` … */
  readonly written: number;
}

/**
 * Plays the logs of a kubelet (`/containerLogs/{namespace}/{pod}/{container}`, kubelet/server.go): `follow`, and `sinceTime`, which lets pass what is not older. Each line begins
 * with its time, of whole microseconds.
 */
export async function nodeLogs(everyMs: number): Promise<NodeLogs> {
  const authority = certificates();
  const lines: { readonly at: number; readonly text: string }[] = [];
  const readers = new Set<ServerResponse>();
  const started = Date.now() - performance.now();
  const timer = setInterval(() => {
    const now = started + performance.now();
    const micros = String(Math.floor((now % 1000) * 1000)).padStart(6, '0');
    const text = `${new Date(now).toISOString().slice(0, 19)}.${micros}Z line ${lines.length + 1}\n`;
    lines.push({ at: now, text });
    for (const reader of readers) reader.write(text);
  }, everyMs);
  const server = createServer(authority.issue('DNS:localhost,IP:127.0.0.1'), ({ url = '' }, response) => {
    const { pathname, searchParams } = new URL(url, 'https://localhost');
    response.writeHead(pathname.startsWith('/containerLogs/') ? 200 : 404, { 'content-type': 'text/plain' });
    const since = Date.parse(searchParams.get('sinceTime') ?? '') || 0;
    for (const { at, text } of lines) if (at >= since) response.write(text);
    if (searchParams.get('follow') !== 'true') response.end();
    else readers.add(response.on('close', () => readers.delete(response)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    get written() {
      return lines.length;
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      authority.dispose();
    },
  };
}
