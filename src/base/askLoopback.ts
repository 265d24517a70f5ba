import { request } from 'node:http';
import { failed, type Result, success } from './failure.ts';

/** What a port of this machine answered. */
export interface LoopbackAnswer {
  readonly status: number;
  /** As far as it was read. */
  readonly text: string;
}

/** Nobody looks for a word further on. */
const MOST_BYTES = 1024 * 1024;

/**
 * One GET to a port of this machine (a forwarded one), without a proxy and without following redirects. `host` is what the program behind it is called by its clients. Fails with `offline` when nobody answers, with
 * `cancelled` when the signal ends it.
 */
export function askLoopback(
  { port, path, host }: { readonly port: number; readonly path: string; readonly host: string },
  signal: AbortSignal,
): Promise<Result<LoopbackAnswer>> {
  return new Promise((resolve) => {
    const end = (error: Error) =>
      resolve(signal.aborted ? failed('cancelled', 'No answer in time.') : failed('offline', `No answer: ${error.message}.`));
    const asked = request(
      { host: '127.0.0.1', port, path, headers: { host, connection: 'close' }, agent: false, signal },
      (answer) => {
        const pieces: Buffer[] = [];
        let size = 0;
        const done = () => resolve(success({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString('utf8') }));
        answer.on('data', (piece: Buffer) => {
          size += piece.length;
          pieces.push(piece);
          if (size <= MOST_BYTES) return;
          done();
          asked.destroy();
        });
        answer.on('end', done);
        answer.on('error', end);
      },
    );
    asked.on('error', end);
    asked.end();
  });
}
