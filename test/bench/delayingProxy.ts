import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** A way to a server of this machine on which every answer takes longer. */
export interface DelayingProxy extends AsyncDisposable {
  readonly port: number;
}

interface Way {
  readonly port: number;
  readonly delayMs: number;
}

/**
 * Listens on 127.0.0.1 and leads to a port of it: what the server says arrives `delayMs` later, in order and at full width, as over a long line (the latency toxic of toxiproxy does the same). In
 * a thread of its own, so that it neither waits for who is measured nor takes from its time.
 */
export async function delayingProxy(port: number, delayMs: number): Promise<DelayingProxy> {
  const worker = new Worker(new URL(import.meta.url), { workerData: { port, delayMs } satisfies Way });
  const [listening] = (await once(worker, 'message')) as [number];
  return { port: listening, [Symbol.asyncDispose]: async () => void (await worker.terminate()) };
}

if (!isMainThread && parentPort) {
  const { port, delayMs } = workerData as Way;
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port, host: '127.0.0.1', noDelay: true });
    near.on('error', () => far.destroy()).on('close', () => far.destroy());
    far.on('error', () => near.destroy());
    near.pipe(far);
    far.on('data', (chunk) => setTimeout(() => near.write(chunk), delayMs));
    far.on('end', () => setTimeout(() => near.end(), delayMs));
  });
  server.listen(0, '127.0.0.1', () => parentPort?.postMessage((server.address() as AddressInfo).port));
}
