import { isScalar, type Scalar } from 'yaml';
import { type Result, success } from '../base/failure.ts';
import type { Files } from '../deploy/files/files.ts';
import { type Manifest, parseManifests } from '../manifest/manifest.ts';
import { rangeOf } from '../manifest/path.ts';
import { splitDocuments } from '../manifest/split.ts';
import { inRepository } from './inRepository.ts';
import { joined, type Kustomization, kustomizationIn, readKustomization } from './kustomization.ts';
import { kustomizeRendering } from './kustomizeRendering.ts';
import { inManifests } from './kustomizeSource.ts';
import { mayPatchReleases } from './patchedReleaseRendering.ts';
import { fluxChangesOf, postRendered } from './postRendering.ts';
import type { Rendered, RenderedField } from './rendered.ts';
import type { Rendering } from './rendering.ts';
import {
  alignedPath,
  nodeAt,
  placeOf,
  type SourceDocument,
  type SourcePlace,
  scalarText,
  sourceDocuments,
  textsAt,
} from './sourceDocument.ts';
import { substituted, variablesIn } from './substitution.ts';

/** A value that is put in, and where it is written. */
interface Setting {
  readonly value: string;
  readonly place: SourcePlace;
}

const group = /^kustomize\.toolkit\.fluxcd\.io\//;

/** What makes other objects of those at its path. */
const changing = ['postBuild', 'patches', 'images'];

/** The Flux Kustomizations in a file that put in variables or change something. Source: kustomize-controller, `api/v1/kustomization_types.go`. */
export function fluxKustomizations(file: string, text: string): readonly SourceDocument[] {
  if (!text.includes('kustomize.toolkit.fluxcd.io/') || !changing.some((one) => text.includes(one))) return [];
  return sourceDocuments(file, text).filter(
    (one) =>
      group.test(first(one, 'apiVersion')) &&
      first(one, 'kind') === 'Kustomization' &&
      changing.some((field) => nodeAt(one.root, ['spec', field], one.tree)),
  );
}

/** The rendering of a Flux Kustomization; its `parts` are what stands at its path. */
export interface FluxRendering extends Rendering {
  /** Whether a HelmRelease among its parts may be another one when it has passed. */
  mayChange(release: SourceDocument): boolean;
}

/**
 * The rendering of a Flux Kustomization: the kustomization at its `path`, or all manifests there, with its patches and images, and then with its variables put in. Its path counts from the root of a repository, which is looked for upwards.
 * `configMaps`: files of the workspace that may hold those of `substituteFrom`. Secrets are left alone: what they would put in stays a variable. Undefined when its path leads nowhere.
 */
export async function fluxRendering(
  flux: SourceDocument,
  files: Files,
  configMaps: ReadonlyMap<string, string>,
  known?: Map<string, Promise<Kustomization | undefined>>,
): Promise<FluxRendering | undefined> {
  const folder = (await inRepository(flux.file, first(flux, 'spec.path'), files))?.folder;
  if (folder === undefined) return undefined;
  const file = await kustomizationIn(folder, files);
  const kustomization = file === undefined ? undefined : await readKustomization(file, files, known);
  const inner = kustomization ? kustomizeRendering(kustomization) : await plainRendering(folder, files);
  const { settings, texts } = settingsOf(flux, configMaps);
  const changes = await fluxChangesOf(flux);
  const patchesReleases = changes.stages.some(({ kustomization }) => kustomization.patches.some(mayPatchReleases));
  const own = configMaps.get(flux.file) ?? flux.text;
  return {
    kind: 'flux',
    name: `${flux.file} (${first(flux, 'metadata.name')})`,
    entry: flux.file,
    places: [flux.file, folder],
    sources: new Map([[flux.file, own], ...texts, ...inner.sources]),
    parts: new Set([...inner.sources.keys()]),
    render: async (renderers, signal): Promise<Result<Rendered>> => {
      const built = await inner.render(renderers, signal);
      const changed = built.ok ? await postRendered(built.value, changes, renderers, signal) : built;
      return changed.ok ? success(withSettings(changed.value, settings)) : changed;
    },
    mayChange: ({ text }) => patchesReleases || (settings.size > 0 && text.includes('${')),
  };
}

/** Flux makes a kustomization of all manifests where there is none. */
async function plainRendering(folder: string, files: Files): Promise<Rendering> {
  const sources = new Map<string, string>();
  const collect = async (inside: string): Promise<void> => {
    const list = await files.list(inside);
    for (const { name, type } of list.ok ? list.value : []) {
      const path = joined(inside, name);
      if (type === 'folder' && !name.startsWith('.')) await collect(path);
      else if (type === 'file' && /\.ya?ml$/.test(name)) {
        const text = await files.read(path);
        if (text.ok) sources.set(path, text.value);
      }
    }
  };
  await collect(folder);
  const text = [...sources.values()].map((one) => one.trimEnd()).join('\n---\n');
  const documents = [...sources].flatMap(([file, one]) => sourceDocuments(file, one));
  const locate = (field: RenderedField) => inManifests(documents, field);
  const render = async () => success({ text, locate });
  return { kind: 'flux', name: folder, entry: folder, places: [folder], sources, parts: new Set(), render };
}

/** Values that are written in the Kustomization count before those of its ConfigMaps, later ones of these before earlier. */
function settingsOf(
  flux: SourceDocument,
  configMaps: ReadonlyMap<string, string>,
): { settings: ReadonlyMap<string, Setting>; texts: ReadonlyMap<string, string> } {
  const settings = new Map<string, Setting>();
  const texts = new Map<string, string>();
  const namespace = first(flux, 'metadata.namespace');
  const from = nodeAt(flux.root, ['spec', 'postBuild', 'substituteFrom'], flux.tree);
  const wanted = from
    ? textsAt({ ...flux, root: from }, '[*].name').filter(
        ({ path }) => scalarText(nodeAt(from, [path[0] ?? 0, 'kind'], flux.tree)) === 'ConfigMap',
      )
    : [];
  for (const { text: name } of wanted)
    for (const [file, text] of configMaps) {
      if (!text.includes('ConfigMap') || !text.includes(name)) continue;
      for (const document of sourceDocuments(file, text)) {
        const isMeant = first(document, 'kind') === 'ConfigMap' && first(document, 'metadata.name') === name;
        const other = first(document, 'metadata.namespace');
        if (!isMeant || (other !== '' && namespace !== '' && other !== namespace) || /^sops:\s*$/m.test(document.text)) continue;
        texts.set(file, text);
        for (const [key, setting] of scalarsAt(document, ['data'])) settings.set(key, setting);
      }
    }
  for (const [key, setting] of scalarsAt(flux, ['spec', 'postBuild', 'substitute'])) settings.set(key, setting);
  return { settings, texts };
}

function scalarsAt(document: SourceDocument, path: readonly string[]): readonly (readonly [string, Setting])[] {
  const root = nodeAt(document.root, path, document.tree);
  if (!root || !('items' in root)) return [];
  return root.items.flatMap((pair): (readonly [string, Setting])[] => {
    const key = 'key' in (pair as object) ? scalarText((pair as { key: never }).key) : undefined;
    const node = key === undefined ? undefined : nodeAt(root, [key], document.tree);
    const value = scalarText(node);
    return key === undefined || !node || value === undefined || value.startsWith('ENC[')
      ? []
      : [[key, { value, place: placeOf(document, node) }]];
  });
}

/** Objects that say so are left as they are: their own annotation or label. */
const isLeftAlone = /kustomize\.toolkit\.fluxcd\.io\/substitute:\s*["']?disabled/;

function withSettings({ text, locate, ...rest }: Rendered, settings: ReadonlyMap<string, Setting>): Rendered {
  const values = new Map([...settings].map(([name, { value }]) => [name, value]));
  const before = parseManifests('', text);
  const parts = splitDocuments(text).map(({ start, end }) => {
    const own = text.slice(start, end);
    return isLeftAlone.test(own) ? own : substituted(own, values);
  });
  return {
    ...rest,
    text: parts.join(''),
    locate: (field) => {
      const source = before[field.manifest.index];
      return source ? locateBefore(source, field, settings, locate) : undefined;
    },
  };
}

function locateBefore(
  source: Manifest,
  field: RenderedField,
  settings: ReadonlyMap<string, Setting>,
  locate: Rendered['locate'],
): SourcePlace | undefined {
  const { root, tree } = source.local;
  const path = alignedPath(field.path, field.manifest.local, source.local) ?? field.path;
  const node = nodeAt(root, path, tree);
  const place = locate({ ...field, manifest: source, path, text: scalarText(node) });
  // As it is written: the reader may have got it masked.
  const variables = isScalar(node) ? variablesIn(written(source, node)) : [];
  const [only] = variables;
  if (!only || variables.length > 1) return place;
  const setting = settings.get(only.name);
  if (setting && !(setting.value === '' && only.unlessEmpty && only.word)) return setting.place;
  return place;
}

function first(document: SourceDocument, pattern: string): string {
  return textsAt(document, pattern)[0]?.text ?? '';
}

function written({ local }: Manifest, node: Scalar): string {
  const { start, end } = rangeOf(node);
  return local.document.text.slice(start, end);
}
