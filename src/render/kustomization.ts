import { posix } from 'node:path';
import { isMap, isScalar, isSeq, type Node, visit } from 'yaml';
import type { Files } from '../deploy/files/files.ts';
import { findAll } from '../manifest/path.ts';
import { inlineDocuments, type SourceDocument, scalarText, sourceDocuments, textsAt } from './sourceDocument.ts';

/** The names a kustomization's file may have. Source: kubernetes-sigs/kustomize, `api/konfig/general.go` (RecognizedKustomizationFileNames). */
export const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'] as const;

/** Changes to objects: documents to merge, or operations (RFC 6902). */
export interface Patch {
  /** Which objects; undefined: those that the documents name. Patterns, as Kustomize reads them: regular expressions over the whole name. */
  readonly target: { readonly kind: string | undefined; readonly name: string | undefined } | undefined;
  readonly documents: readonly SourceDocument[];
}

/** A kustomization with all that it is made of, as far as it is on this disk. */
export interface Kustomization {
  readonly file: string;
  readonly folder: string;
  readonly document: SourceDocument;
  /** In the order they are applied. */
  readonly patches: readonly Patch[];
  /** The kustomizations it is made of: its bases and components. */
  readonly parts: readonly Kustomization[];
  /** Text of each file it reads itself, its own first. */
  readonly texts: ReadonlyMap<string, string>;
  /** What is fetched from elsewhere, or cannot be read and so may be. */
  readonly remote: readonly string[];
  /** True for a component, which is nothing by itself. */
  readonly isComponent: boolean;
}

/** Paths from a file or folder as it was named: `./` at its start stays, so that one file has one name. */
export function joined(folder: string, path: string): string {
  if (posix.isAbsolute(path)) return posix.normalize(path);
  const plain = posix.join(folder, path).replace(/(?<=.)\/+$/, '');
  return folder.startsWith('.') && !folder.startsWith('..') && !plain.startsWith('.') ? `./${plain}` : plain;
}

/** Whether a resource is no path: an address, or a repository in the short forms of Kustomize (`api/internal/git/repospec.go`). */
function isRemote(entry: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/|^git@|^(?:github|gitlab|bitbucket)\.[\w.]+[/:]|^[\w.-]+\.[a-z]{2,}\/.+\/\/|[?&](?:ref|version)=/i.test(
    entry,
  );
}

/** The file of a folder's kustomization, if it is one. */
export async function kustomizationIn(folder: string, files: Files): Promise<string | undefined> {
  for (const name of kustomizationNames) {
    const facts = await files.facts(joined(folder, name));
    if (facts.ok && facts.value.type === 'file') return joined(folder, name);
  }
  return undefined;
}

/** Reads a kustomization and all it is made of. `known` holds those that are read already, by file. Undefined when the file cannot be read or is none. */
export async function readKustomization(
  file: string,
  files: Files,
  known = new Map<string, Promise<Kustomization | undefined>>(),
): Promise<Kustomization | undefined> {
  const before = known.get(file);
  if (before) return before;
  // one that leads back to itself finds nothing there; Kustomize refuses it
  known.set(file, Promise.resolve(undefined));
  const reading = read(file, files, known);
  const found = await reading;
  known.set(file, reading);
  return found;
}

async function read(
  file: string,
  files: Files,
  known: Map<string, Promise<Kustomization | undefined>>,
): Promise<Kustomization | undefined> {
  const text = await files.read(file);
  if (!text.ok) return undefined;
  const [document] = sourceDocuments(file, text.value);
  if (!document || !isMap(document.root)) return undefined;
  const folder = posix.dirname(file);
  const texts = new Map([[file, text.value]]);
  const parts: Kustomization[] = [];
  const remote = addressesIn(document);
  const take = async (path: string): Promise<string | undefined> => {
    const found = await files.read(path);
    if (found.ok) texts.set(path, found.value);
    return found.ok ? found.value : undefined;
  };
  for (const { text: entry } of listed(document, ['resources[*]', 'bases[*]', 'components[*]'])) {
    const path = joined(folder, entry);
    const facts = await files.facts(path);
    if (isRemote(entry) || !(facts.ok || isPath(entry))) remote.push(entry);
    else if (!facts.ok) continue;
    else if (facts.value.type === 'file') await take(path);
    else {
      const inside = await kustomizationIn(path, files);
      const part = inside && (await readKustomization(inside, files, known));
      if (part) parts.push(part);
      else if (inside !== undefined) remote.push(entry);
    }
  }
  for (const { text: entry } of listed(document, generatedFrom)) await take(joined(folder, entry.slice(entry.indexOf('=') + 1)));
  const patches = await patchesOf(document, folder, take);
  const isComponent = textsAt(document, 'kind')[0]?.text === 'Component';
  return { file, folder, document, patches, parts, texts, remote, isComponent };
}

/** Whether nothing but a path is written so: what is not there is an error then, and elsewhere the name of a repository. */
function isPath(entry: string): boolean {
  return /^\.{1,2}\/|^[^/:]+\.(?:ya?ml|json)$/.test(entry);
}

/** Fields whose values are texts for objects, never names of files. */
const valuesOnly = new Set([
  'commonAnnotations',
  'commonLabels',
  'labels',
  'images',
  'metadata',
  'literals',
  'patch',
  'options',
  'generatorOptions',
]);

/** Every address in it: Kustomize loads files and patches over the network, too (`api/internal/loader/fileloader.go`). */
function addressesIn({ tree, root }: SourceDocument): string[] {
  const found: string[] = [];
  visit(root, {
    Pair: (_key, { key }) => (isScalar(key) && valuesOnly.has(String(key.value)) ? visit.SKIP : undefined),
    Scalar: (key, { value }) => {
      if (key !== 'key' && typeof value === 'string' && /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|git::)/i.test(value)) found.push(value);
    },
    Alias: (_key, alias) => {
      const text = scalarText(alias.resolve(tree));
      if (text?.includes('://')) found.push(text);
    },
  });
  return found;
}

/** Where the files of generators and transformers are named; before `=` may stand the key that a file gets. */
const generatedFrom = ['configMapGenerator', 'secretGenerator']
  .flatMap((one) => [`${one}[*].files[*]`, `${one}[*].envs[*]`, `${one}[*].env`])
  .concat('transformers[*]', 'generators[*]', 'configurations[*]', 'replacements[*].path', 'openapi.path');

function listed(document: SourceDocument, patterns: readonly string[]) {
  return patterns.flatMap((pattern) => textsAt(document, pattern));
}

type Take = (path: string) => Promise<string | undefined>;

async function patchesOf(document: SourceDocument, folder: string, take: Take): Promise<readonly Patch[]> {
  const patches: Patch[] = [];
  for (const at of ['patchesStrategicMerge[*]', 'patches[*]', 'patchesJson6902[*]'])
    for (const { node } of findAll(document.root, at, document.tree)) {
      const text = scalarText(node);
      if (text !== undefined) patches.push({ target: undefined, documents: await written(document, node, text, folder, take) });
      else if (isMap(node) && !isSeq(node)) patches.push(await patchOf(document, node, folder, take));
    }
  return patches;
}

async function patchOf(document: SourceDocument, root: Node, folder: string, take: Take): Promise<Patch> {
  const within = { ...document, root };
  const [path, inline] = [textsAt(within, 'path')[0], textsAt(within, 'patch')[0]];
  const target = ['kind', 'name'].map((key) => textsAt(within, `target.${key}`)[0]?.text);
  const from = path ?? inline;
  return {
    target: findAll(root, 'target', document.tree).length > 0 ? { kind: target[0], name: target[1] } : undefined,
    documents: from ? await written(document, from.node, from.text, folder, take) : [],
  };
}

/** A path leads to the documents of a file; a text of several lines is one itself. */
async function written(
  document: SourceDocument,
  node: Node,
  text: string,
  folder: string,
  take: Take,
): Promise<readonly SourceDocument[]> {
  if (/\n|^\s*[[{]/.test(text)) return inlineDocuments(document, node);
  const path = joined(folder, text);
  const content = await take(path);
  return content === undefined ? [] : sourceDocuments(path, content);
}

/** What stands as a kustomization in another document, and changes what others hand over: its patches stand in itself, and nothing is read. */
export async function kustomizationOf(document: SourceDocument): Promise<Kustomization> {
  const { file } = document;
  const folder = posix.dirname(file);
  const patches = await patchesOf(document, folder, async () => undefined);
  return { file, folder, document, patches, parts: [], texts: new Map(), remote: [], isComponent: false };
}

/** A kustomization and all it is made of, outermost first, each once. */
export function layersOf(kustomization: Kustomization): readonly Kustomization[] {
  const layers = [kustomization];
  for (const layer of layers) for (const part of layer.parts) if (!layers.includes(part)) layers.push(part);
  return layers;
}
