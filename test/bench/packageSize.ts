import { execFile } from 'node:child_process';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bar, rounded } from './bar.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The size of the packaged extension in MB; no peer, a plain limit. */
export async function packageSize(): Promise<Bar> {
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
  try {
    const vsix = join(folder, 'hybrid-clusters.vsix');
    await promisify(execFile)(
      process.execPath,
      [
        join(root, 'node_modules/@vscode/vsce/vsce'),
        'package',
        '--no-dependencies',
        '--allow-missing-repository',
        '--no-rewrite-relative-links',
        '-o',
        vsix,
      ],
      { cwd: root },
    );
    const ours = rounded((await stat(vsix)).size / 1024 ** 2);
    return { bar: 'size', what: 'size of the .vsix in MB', ours, goal: '<= 1.5', met: ours <= 1.5, agree: true };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
