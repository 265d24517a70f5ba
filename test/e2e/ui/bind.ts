import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Binds a copy of the workspace to the sandbox before its window opens, as the status bar would have done. */
export async function bind(folder: string, namespace = 'shop'): Promise<void> {
  const binding = { cloud: 'demo', project: 'demo', context: 'sandbox-admin', namespace };
  await mkdir(join(folder, '.vscode'), { recursive: true });
  await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify({ 'hybridClusters.binding': binding }));
}
