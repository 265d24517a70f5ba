import { posix } from 'node:path';
import type { Files } from '../deploy/files/files.ts';
import { joined } from './kustomization.ts';

/** A folder that a path leads to, counted from the root of the repository that a file is in, and the folder it was counted from. The root is looked for upwards. */
export async function inRepository(
  file: string,
  path: string,
  files: Files,
): Promise<{ readonly folder: string; readonly root: string } | undefined> {
  let root = posix.dirname(file);
  for (let up = 0; up < 12; up += 1) {
    const folder = joined(root, path.replace(/^\/+/, ''));
    const facts = path === '' ? undefined : await files.facts(folder);
    if (facts?.ok && facts.value.type === 'folder') return { folder, root };
    if ((await files.facts(joined(root, '.git'))).ok || root === '/') return undefined;
    // a path that does not begin with `./` does not get to
    root = root === '.' || joined(root, '..') !== '.' || file.startsWith('.') ? joined(root, '..') : '';
  }
  return undefined;
}
