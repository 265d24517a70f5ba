/**
 * Reads all pods of a scripted API server in a process of its own and tells what it cost, as a line of JSON. `node podReader.ts ours|together|typed URL NAMESPACES`: `ours` keeps a live
 * table of each namespace, as the tree does, `together` one of all, with metadata; `typed` is a plain program on the official client.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { LiveTable, TableRow } from '../../src/kubernetes/cluster.ts';
import { watchBlocks } from './longestBlock.ts';

/** What reading all pods cost. */
export interface PodsRead {
  readonly firstMs: number;
  readonly wholeMs: number;
  readonly cpuMs: number;
  readonly longestMs: number;
  readonly peakMB: number;
  readonly count: number;
  /** Of `namespace name status` of each. */
  readonly digest: string;
}

interface Taken {
  readonly firstMs: number;
  readonly lines: () => string[];
}

/** A reader; what it loads is loaded before the clock starts. */
async function readerOf(side: string | undefined, url: string, namespaces: number): Promise<(began: number) => Promise<Taken>> {
  if (side === 'typed') {
    const { CoreV1Api, KubeConfig } = await import('@kubernetes/client-node');
    const config = new KubeConfig();
    config.loadFromClusterAndUser({ name: 'a', server: url, skipTLSVerify: true }, { name: 'kim' });
    const api = config.makeApiClient(CoreV1Api);
    return async (began) => {
      const { items } = await api.listPodForAllNamespaces();
      const firstMs = performance.now() - began;
      return {
        firstMs,
        lines: () => items.map(({ metadata, status }) => `${metadata?.namespace} ${metadata?.name} ${status?.phase}`),
      };
    };
  }
  const { createHttp } = await import('../../src/base/http.ts');
  const { scriptedClusterAt } = await import('../support/clusterAt.ts');
  const cluster = scriptedClusterAt(url, createHttp());
  const kind = await cluster.kind('v1', 'Pod');
  if (!kind.ok) throw new Error(kind.failure.message);
  const each = Array.from({ length: namespaces }, (_, index) => ({ namespace: `team-${String(index).padStart(2, '0')}` }));
  const selections = side === 'ours' ? each : [{}];
  return async (began) => {
    let firstMs: number | undefined;
    const tables: LiveTable[] = [];
    for (const selection of selections) {
      const table = cluster.live(kind.value, selection, 'None');
      tables.push(table);
      await table.ready();
      firstMs ??= performance.now() - began;
      while (table.hasMore) await table.loadMore();
    }
    const statusAt = tables[0]?.columns.findIndex(({ name }) => name === 'Status') ?? -1;
    const line = ({ cells, object: { metadata } }: TableRow) => `${metadata.namespace} ${metadata.name} ${cells[statusAt]}`;
    return { firstMs: firstMs ?? 0, lines: () => tables.flatMap(({ rows }) => rows.map(line)) };
  };
}

const [side, url = '', namespaces] = process.argv.slice(2);
const read = await readerOf(side, url, Number(namespaces));
await delay(300);
const blocks = watchBlocks();
const usage = process.cpuUsage();
const began = performance.now();
const { firstMs, lines } = await read(began);
const wholeMs = performance.now() - began;
const { user, system } = process.cpuUsage(usage);
const longestMs = blocks.longestMs();
const peakMB = process.resourceUsage().maxRSS / 1024;
// A real server has pods of its own.
const all = lines().filter((line) => line.startsWith('team-'));
const digest = createHash('sha256').update(all.sort().join('\n')).digest('hex');
const told: PodsRead = {
  firstMs,
  wholeMs,
  cpuMs: (user + system) / 1000,
  longestMs,
  peakMB,
  count: all.length,
  digest,
};
process.stdout.write(`${JSON.stringify(told)}\n`, () => process.exit());
