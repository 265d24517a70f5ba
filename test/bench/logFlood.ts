import { fork } from 'node:child_process';
import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createHttp } from '../../src/base/http.ts';
import { LogScreen } from '../../src/host/logScreen.ts';
import { MergedLog } from '../../src/kubernetes/mergedLog.ts';
import { scriptedClusterAt } from '../support/clusterAt.ts';
import { type Bar, rounded } from './bar.ts';
import { heapUsed } from './heapUsed.ts';

const floodMs = 15_000;
const mega = 1024 * 1024;

/** Memory of a log whose pod floods, as much as the reader takes, for a quarter of a minute; with how long others had to wait for the process. No peer: a plain limit. */
export async function logFlood(): Promise<Bar> {
  const server = fork(fileURLToPath(new URL('floodServer.ts', import.meta.url)));
  const http = createHttp();
  try {
    const [{ port }] = await once(server, 'message');
    const cluster = scriptedClusterAt(`http://127.0.0.1:${port}`, http);
    const selection = { namespace: 'default' };
    await cluster.kinds();
    const before = heapUsed();
    const merged = new MergedLog(cluster, { pods: { namespace: 'default', selection }, follow: true, previous: false });
    const screen = new LogScreen(() => 'whole');
    let [batches, written, most] = [0, 0, 0];
    merged.onDidRead(() => {
      batches += 1;
      written += screen.news(merged.ring).length;
      most = Math.max(most, process.memoryUsage().heapUsed);
    });
    const waits = monitorEventLoopDelay({ resolution: 5 });
    waits.enable();
    merged.start();
    await delay(floodMs);
    waits.disable();
    const ours = rounded((heapUsed() - before) / mega);
    server.send('sent');
    const [{ sent }] = await once(server, 'message');
    const { added } = merged.ring;
    merged.dispose();
    cluster.dispose();
    const seconds = floodMs / 1000;
    const longest = waits.max / 1e6;
    return {
      bar: 'logs',
      what: `memory kept of a log that floods for ${seconds} s, in MB`,
      ours,
      goal: '<= 32, at most 5 batches a second, the process held up for at most 100 ms',
      met: ours <= 32 && batches <= 5 * seconds + 1 && longest <= 100,
      agree: added > 100_000,
      more: {
        'lines read': added,
        'MB sent by the server': Math.round(sent / mega),
        'most memory before a collection, MB': Math.round((most - before) / mega),
        'batches a second': rounded(batches / seconds),
        'KB written to the terminal a second': Math.round(written / 1024 / seconds),
        'held up, 99 of 100, ms': rounded(waits.percentile(99) / 1e6),
        'held up, longest, ms': rounded(longest),
      },
    };
  } finally {
    http.dispose();
    server.kill();
  }
}
