import { createServer } from 'node:net';

/** Every port the two halves and the stand-ins listen on, without the offset. */
export const PORTS: readonly number[] = [
  5000, 6385, 6443, 8004, 8080, 8081, 8082, 8083, 8774, 8776, 8778, 8786, 9001, 9292, 9311, 9511, 9696, 9876, 10247, 10257, 10259,
  12379, 12380, 18080, 18081,
];

/** Tried in this order: all ports stay below the range from which the system gives out its own. */
const OFFSETS: readonly number[] = [0, 14_000, 10_000, 12_000, 4_000];

/** True if nothing listens on 127.0.0.1 at this port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** The ports of an offset that something else holds. */
export async function takenPorts(offset: number): Promise<number[]> {
  const taken: number[] = [];
  for (const port of PORTS) if (!(await isFree(port + offset))) taken.push(port + offset);
  return taken;
}

/**
 * The offset to use: the one that `SANDBOX_OFFSET` names, else the first whose ports are all free. Undefined when there is none; a
 * second checkout on the same machine thus gets ports of its own.
 */
export async function chooseOffset(wanted = process.env['SANDBOX_OFFSET']): Promise<number | undefined> {
  if (wanted !== undefined && wanted !== '') return (await takenPorts(Number(wanted))).length === 0 ? Number(wanted) : undefined;
  for (const offset of OFFSETS) if ((await takenPorts(offset)).length === 0) return offset;
  return undefined;
}
