import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createHttp } from '../../src/base/http.ts';
import type { Branch } from '../../src/explorer/nodes.ts';
import { apiKindRow } from '../../src/explorer/objectNodes.ts';
import type { ApiKind, Cluster } from '../../src/kubernetes/cluster.ts';
import { scriptedClusterAt } from '../support/clusterAt.ts';
import { type Bar, rounded } from './bar.ts';
import { heapUsed } from './heapUsed.ts';
import { watchBlocks } from './longestBlock.ts';

const pods = 2000;
const perSecond = 1000;
const namespace = 'team-00';
const warmSeconds = 10;

/**
 * 1,000 changes a second of 2,000 pods, all rows of them shown: how often the branch of the tree says that it changed (each time its rows are made, as the tree does), what it keeps, and
 * whether at the end its rows are those of a fresh list. `BENCH_CHURN_SECONDS=600` for the ten minutes of the bar.
 */
export async function podChurn(): Promise<Bar> {
  const seconds = Number(process.env['BENCH_CHURN_SECONDS'] ?? 60);
  const server = fork(fileURLToPath(new URL('podServer.ts', import.meta.url)), [String(pods), '1']);
  const http = createHttp();
  try {
    const [{ port }] = await once(server, 'message');
    const cluster = scriptedClusterAt(`http://127.0.0.1:${port}`, http);
    const kind = await cluster.kind('v1', 'Pod');
    if (!kind.ok) throw new Error(kind.failure.message);
    let told = 0;
    let branch: Branch | undefined;
    branch = apiKindRow({ cluster, kind: kind.value, namespace, otherSide: () => undefined }).open?.(() => {
      told += 1;
      void branch?.rows();
    });
    for (let rows = await branch?.rows(); rows && rows.length < pods; rows = await branch?.rows()) await branch?.more?.();
    server.send({ churn: perSecond });
    await delay(warmSeconds * 1000);
    const [heapBefore, toldBefore] = [heapUsed(), told];
    const blocks = watchBlocks();
    await delay(seconds * 1000);
    const longest = rounded(blocks.longestMs());
    const ours = rounded((told - toldBefore) / seconds);
    const grown = rounded((heapUsed() - heapBefore) / 1024 / 1024);
    server.send({ churn: 0 });
    const [{ changed }] = await once(server, 'message');
    await delay(1000);
    const agree = await sameAsFresh(cluster, kind.value);
    branch?.dispose?.();
    cluster.dispose();
    return {
      bar: 'churn',
      what: `changes of a branch a second, while ${perSecond} of ${pods} pods change a second, for ${seconds} s`,
      ours,
      goal: '<= 4 a second, heap grown by at most 2 MB, held up for less than 50 ms, nothing missed at the end',
      met: ours <= 4.05 && grown <= 2 && longest < 50 && changed > perSecond * seconds * 0.8,
      agree,
      more: { 'changes sent': changed, 'heap grown, MB': grown, 'held up, longest, ms of the processor': longest },
    };
  } finally {
    http.dispose();
    server.kill();
  }
}

/** Whether what is kept live (equal requests share one table) is what a list says now. */
async function sameAsFresh(cluster: Cluster, kind: ApiKind): Promise<boolean> {
  const live = cluster.live(kind, { namespace }, 'None');
  const kept = live.rows.map(({ cells }) => cells.join(' '));
  live.dispose();
  const fresh: string[] = [];
  let next: string | undefined;
  do {
    const page = await cluster.table(kind, { namespace, include: 'None', ...(next === undefined ? {} : { continue: next }) });
    if (!page.ok) return false;
    fresh.push(...page.value.rows.map(({ cells }) => cells.join(' ')));
    next = page.value.continue;
  } while (next !== undefined);
  return fresh.length === pods && fresh.join('\n') === kept.join('\n');
}
