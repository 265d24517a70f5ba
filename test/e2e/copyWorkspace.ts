import { cp, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../vscode-host/places.ts';

/** A copy of the sample workspace that a test may change; answers its folder. */
export async function copyWorkspace(): Promise<string> {
  const folder = join(await realpath(await mkdtemp(join(tmpdir(), 'hybrid-clusters-'))), 'workspace');
  await cp(join(root, 'test/fixtures/workspace'), folder, { recursive: true });
  return folder;
}
