/**
 * Runs inside VS Code: activates our extension and the probe, in the order asked for, and writes what loading the code and calling `activate` took (ms), by the
 * marks that VS Code's extension host sets itself, and the memory of the extension host, as JSON.
 */
import { writeFile } from 'node:fs/promises';
import { extensions } from 'vscode';

/** What VS Code keeps of its own marks where a page's performance timeline is missing (microsoft/vscode, src/vs/base/common/performance.ts). */
interface Marks {
  getMarks(): readonly { readonly name: string; readonly startTime: number }[];
}

export async function run(): Promise<void> {
  const took: Record<string, { load: number; activate: number }> = {};
  for (const id of (process.env.BENCH_ORDER ?? '').split(',')) {
    const extension = extensions.getExtension(id);
    if (!extension) throw new Error(`VS Code did not load ${id}.`);
    if (extension.isActive) throw new Error(`${id} was active before it was measured.`);
    await extension.activate();
    took[id] = { load: between(id, 'LoadExtensionCode'), activate: between(id, 'ActivateExtension') };
  }
  await writeFile(process.env.BENCH_RESULT ?? '', JSON.stringify({ took, hostMb: process.memoryUsage().rss / 2 ** 20 }));
}

function between(id: string, what: string): number {
  const marks = (globalThis as { MonacoPerformanceMarks?: Marks }).MonacoPerformanceMarks?.getMarks() ?? [];
  const at = (edge: string) => marks.find(({ name }) => name === `code/extHost/${edge}${what}/${id}`)?.startTime ?? Number.NaN;
  return at('did') - at('will');
}
