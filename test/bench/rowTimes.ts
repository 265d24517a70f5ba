import { performance } from 'node:perf_hooks';
import type { Forest } from '../../src/explorer/forest.ts';
import { median, rounded } from './bar.ts';

/** A view that was just opened over its files. */
interface OpenedView {
  readonly forest: Forest;
  readonly source: { dispose(): void };
}

const rounds = 15;

/** What the first rows of a view cost, files read anew each time: medians in ms, and how many rows there were in the last round. */
export async function rowTimes(open: () => OpenedView) {
  const took: number[] = [];
  const processor: number[] = [];
  let rows = 0;
  for (let round = 0; round < rounds; round++) {
    const { forest, source } = open();
    const usage = process.cpuUsage();
    const began = performance.now();
    rows = (await forest.children()).length;
    took.push(performance.now() - began);
    const { user, system } = process.cpuUsage(usage);
    processor.push((user + system) / 1000);
    forest.dispose();
    source.dispose();
  }
  return { ours: rounded(median(took)), first: rounded(took[0] ?? Number.NaN), processor: rounded(median(processor)), rows };
}
