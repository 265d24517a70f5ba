import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { failed, type Result, success } from '../base/failure.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type Kustomization, layersOf } from './kustomization.ts';
import { kustomizeSource } from './kustomizeSource.ts';
import type { Rendered } from './rendered.ts';
import type { Renderers } from './renderers.ts';
import type { Rendering } from './rendering.ts';
import { type SourceDocument, sourceDocuments, textsAt } from './sourceDocument.ts';

/** The rendering of a kustomization. */
export function kustomizeRendering(kustomization: Kustomization): Rendering {
  const layers = layersOf(kustomization);
  const sources = new Map(layers.flatMap(({ texts }) => [...texts]));
  const own = new Set([...kustomization.texts.keys()]);
  return {
    kind: 'kustomize',
    name: kustomization.folder,
    entry: kustomization.file,
    places: [kustomization.folder],
    sources,
    parts: new Set([...sources.keys()].filter((file) => !own.has(file))),
    render: (renderers, signal) => render(kustomization, layers, sources, renderers, signal),
  };
}

async function render(
  { folder }: Kustomization,
  layers: readonly Kustomization[],
  sources: Rendering['sources'],
  renderers: Renderers,
  signal: AbortSignal | undefined,
): Promise<Result<Rendered>> {
  const [remote] = layers.flatMap((layer) => layer.remote);
  if (remote !== undefined)
    return failed('unsupported', `It is made of ${remote}, which cannot be read on this disk; nothing is fetched for a check.`);
  const built = await renderers.kustomize(folder, signal);
  if (!built.ok) return built;
  const names = new Map(
    await Promise.all([...sources.keys()].map(async (file) => [await realpath(file).catch(() => resolve(file)), file] as const)),
  );
  const { text, from } = built.value;
  const originOf = (manifest: Manifest) => {
    const path = /^path: (.+)$/m.exec(annotationOf(manifest))?.[1];
    return path === undefined ? undefined : names.get(resolve(from, path));
  };
  const read = new Map<string, readonly SourceDocument[]>();
  const documentsOf = (file: string) => {
    const documents = read.get(file) ?? sourceDocuments(file, sources.get(file) ?? '');
    read.set(file, documents);
    return documents;
  };
  // Where nobody says, the object may come from any of them.
  const manifests = [...sources.keys()].filter((file) => /\.ya?ml$/.test(file));
  const originsOf = (file: string | undefined) => (file === undefined ? manifests.flatMap(documentsOf) : documentsOf(file));
  return success({ text, locate: (field) => kustomizeSource(layers, originsOf(originOf(field.manifest)), field) });
}

/** Which file an object comes from, or which generator. Source: Kustomize, `api/resource/origin.go`. */
function annotationOf({ local }: Manifest): string {
  const document = { file: '', text: local.document.text, offset: 0, root: local.root, tree: local.tree };
  return textsAt(document, 'metadata.annotations[config.kubernetes.io/origin]')[0]?.text ?? '';
}
