import { workspace } from 'vscode';
import type { WorkspaceFile, WorkspaceFiles } from '../protocol.ts';
import type { Bindings } from './bindings.ts';

const mostFiles = 2000;
/** An object takes at most 3 MiB; a file of more is generated, and nobody renames in it. */
const largest = 3 * 1024 * 1024;
const together = 16;

/**
 * The YAML files of the workspace that may hold manifests, as they are on disk, with what they are bound to. Follows the editor's own exclusions (`files.exclude`); looks
 * into no dependencies. A file that cannot be read is left out, and the answer is then not complete.
 */
export async function workspaceManifests(bindings: Bindings): Promise<WorkspaceFiles> {
  const uris = await workspace.findFiles('**/*.{yaml,yml}', '**/{node_modules,.git,vendor}/**', mostFiles + 1);
  let complete = uris.length <= mostFiles;
  const waiting = uris.slice(0, mostFiles);
  const files: WorkspaceFile[] = [];
  const read = async () => {
    for (let uri = waiting.shift(); uri; uri = waiting.shift()) {
      const bytes = await workspace.fs.readFile(uri).then(
        (content) => content,
        () => undefined,
      );
      if (!bytes || bytes.byteLength > largest) {
        complete = false;
        continue;
      }
      const text = new TextDecoder().decode(bytes);
      if (/^\s*-?\s*apiVersion:/m.test(text) || isKustomization(uri.path))
        files.push({ uri: uri.toString(), text, binding: bindings.of(uri) });
    }
  };
  await Promise.all(Array.from({ length: together }, read));
  return { files: files.sort((one, other) => (one.uri < other.uri ? -1 : 1)), complete };
}

/** Kustomize goes by the name of the file; neither apiVersion nor kind need stand in it. */
function isKustomization(path: string): boolean {
  return /\/kustomization\.ya?ml$/.test(path);
}
