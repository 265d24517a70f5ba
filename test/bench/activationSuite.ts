/**
 * Runs inside VS Code: activates our extension and the probe, in the order asked for, and writes what it took (ms, loading the code included) and the memory of
 * the extension host as JSON.
 */
import { writeFile } from 'node:fs/promises';
import { extensions } from 'vscode';

export async function run(): Promise<void> {
  const took: Record<string, number> = {};
  for (const id of (process.env.BENCH_ORDER ?? '').split(',')) {
    const extension = extensions.getExtension(id);
    if (!extension) throw new Error(`VS Code did not load ${id}.`);
    if (extension.isActive) throw new Error(`${id} was active before it was measured.`);
    const start = performance.now();
    await extension.activate();
    took[id] = performance.now() - start;
  }
  await writeFile(process.env.BENCH_RESULT ?? '', JSON.stringify({ took, hostMb: process.memoryUsage().rss / 2 ** 20 }));
}
