import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bar, rounded } from './bar.ts';
import { inEditor } from './inEditor.ts';

/** Memory at rest: what our extension adds to the extension host, and its language server, with one manifest open. No peer: a plain limit. */
export async function memory(): Promise<Bar> {
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
  try {
    const { before, after, server } = await inEditor<{ before: number; after: number; server: number }>({
      suite: 'test/bench/memorySuite.ts',
      folder,
    });
    const ours = rounded(after - before + server);
    return {
      bar: 'memory',
      what: 'memory at rest, added to the extension host and of the language server, in MB',
      ours,
      goal: '<= 150',
      met: ours <= 150,
      agree: true,
      more: {
        'extension host before': Math.round(before),
        'extension host after': Math.round(after),
        'language server': Math.round(server),
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
