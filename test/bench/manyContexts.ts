import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { openContextRows } from '../../src/explorer/clustersNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { Places } from '../../src/explorer/places.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { countingHttp } from '../support/countingHttp.ts';
import { manyContexts } from '../support/manyContexts.ts';
import { type Bar, median, rounded } from './bar.ts';
import { rowTimes } from './rowTimes.ts';

const count = 500;
const goalMs = 50;

/** *Clusters* over a kubeconfig with 500 contexts, ten on each server, filtered so that each has a row; the peer is the official client reading the same file. Nobody may be contacted. */
export async function manyContextsBar(): Promise<Bar> {
  const folder = await mkdtemp(join(tmpdir(), 'many-contexts-'));
  const file = join(folder, 'config');
  await writeFile(file, manyContexts(count));
  const http = countingHttp();
  const places = new Places(shortMemory(), shortMemory());
  await places.setFilter('clusters', 'context-');
  const { ours, first, processor, rows } = await rowTimes(() => {
    const contexts = openContexts({ http, env: { KUBECONFIG: file }, home: folder, mayRun: async () => false });
    const parts = { contexts, opened: new Opened(), otherSide: () => undefined, isBound: () => false, places };
    const filter = { of: () => [], typed: () => [], onDidChange: () => ({ dispose() {} }) };
    return { forest: new Forest(openContextRows({ ...parts, filter, protection: () => 'open' })), source: contexts };
  });
  const took = Array.from({ length: 5 }, () => {
    const began = performance.now();
    const config = new KubeConfig();
    config.loadFromFile(file);
    if (config.getContexts().length !== count) throw new Error('the client read another number of contexts');
    return performance.now() - began;
  });
  await rm(folder, { recursive: true });
  const peer = rounded(median(took));
  return {
    bar: 'contexts',
    what: `${count} contexts of a kubeconfig as rows, read and shown (ms)`,
    ours,
    peer,
    ratio: rounded(peer / ours),
    goal: `< ${goalMs} ms, nobody contacted`,
    met: ours < goalMs,
    agree: rows === count + 1 && http.asked === 0,
    more: { 'the first time': first, 'of the processor': processor, requests: http.asked },
  };
}
