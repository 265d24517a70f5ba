import { createHash } from 'node:crypto';
import type { Disposable } from '../base/event.ts';
import type { Files } from '../deploy/files/files.ts';
import type { DefinedSchemas } from '../host/answers.ts';
import { parseManifests } from '../manifest/manifest.ts';
import { definedKinds } from '../manifest/schema/customResources.ts';
import type { HandedSchema, NoSchemaAnswer } from '../protocol.ts';
import { editorFiles, openFolders, watchYaml } from './editorFiles.ts';
import { WorkspaceDocuments } from './workspaceDocuments.ts';

const isDefinition = /^kind: *["']?CustomResourceDefinition\b/m;

/**
 * The schemas of kinds that CustomResourceDefinitions below some folders define. Files are looked through once, when a kind is first asked for that Kubernetes itself has not;
 * a definition is read when its kind is asked for. Two that differ tell nothing.
 */
export class WorkspaceSchemas implements DefinedSchemas {
  readonly #documents: WorkspaceDocuments;
  readonly #answers = new Map<string, HandedSchema | undefined>();
  readonly #groups = new Map<string, NoSchemaAnswer['defined']>();
  #generation = 0;

  /** `roots`: paths of folders. `watch`: calls with the path of each file that changes, comes or goes. */
  constructor(files: Files, roots: () => readonly string[], watch?: (changed: (path: string) => void) => Disposable) {
    this.#documents = new WorkspaceDocuments({ files, roots, is: isDefinition, watch });
  }

  async find(apiVersion: string, kind: string): Promise<HandedSchema | undefined> {
    const group = apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/')));
    // The API server wants a name of a domain for a group that it does not know.
    if (!group.includes('.')) return undefined;
    const definitions = await this.#definitions();
    const key = `${apiVersion} ${kind}`;
    if (!this.#answers.has(key)) this.#answers.set(key, schemaIn(definitions, apiVersion, kind));
    return this.#answers.get(key);
  }

  async inGroup(group: string): Promise<NoSchemaAnswer['defined']> {
    if (!group.includes('.')) return [];
    const definitions = await this.#definitions();
    const known = this.#groups.get(group) ?? kindsIn(definitions, group);
    this.#groups.set(group, known);
    return known;
  }

  async #definitions(): Promise<readonly string[]> {
    const found = await this.#documents.all();
    if (this.#generation !== this.#documents.generation) {
      this.#answers.clear();
      this.#groups.clear();
    }
    this.#generation = this.#documents.generation;
    return [...found.values()].flat();
  }

  dispose(): void {
    this.#documents.dispose();
  }
}

/** The definitions in the folders that are open in this window. */
export function workspaceSchemas(): DefinedSchemas {
  return new WorkspaceSchemas(editorFiles, openFolders, watchYaml);
}

function schemaIn(definitions: readonly string[], apiVersion: string, kind: string): HandedSchema | undefined {
  const found = new Map<string, HandedSchema>();
  for (const text of definitions) {
    if (!text.includes(kind)) continue;
    for (const { local } of parseManifests('', text))
      for (const defined of definedKinds(local)) {
        if (defined.kind !== kind || defined.apiVersion !== apiVersion) continue;
        const hash = createHash('sha256').update(JSON.stringify(defined.schema)).digest('hex');
        found.set(hash, { hash, ...defined.schema });
      }
  }
  return found.size === 1 ? [...found.values()][0] : undefined;
}

function kindsIn(definitions: readonly string[], group: string): NoSchemaAnswer['defined'] {
  const found = definitions
    .filter((text) => text.includes(group))
    .flatMap((text) => parseManifests('', text).flatMap(({ local }) => definedKinds(local)))
    .filter(({ apiVersion }) => apiVersion.startsWith(`${group}/`));
  return [...new Map(found.map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }])).values()];
}
