import { isMap } from 'yaml';
import { type Result, success } from '../base/failure.ts';
import { isFields } from '../base/fields.ts';
import { toJson } from '../manifest/json.ts';
import { type Manifest, parseManifests } from '../manifest/manifest.ts';
import { type Kustomization, kustomizationOf } from './kustomization.ts';
import { kustomizeSource } from './kustomizeSource.ts';
import type { Rendered } from './rendered.ts';
import type { Renderers } from './renderers.ts';
import { alignedPath, nodeAt, placeOf, type SourceDocument, type SourcePlace, scalarText } from './sourceDocument.ts';

/** A change to what a chart came to. */
interface Stage {
  /** As Kustomize reads it, without its resources. */
  readonly changes: Readonly<Record<string, unknown>>;
  readonly kustomization: Kustomization;
}

/** What a HelmRelease does to what its chart came to, or a Flux Kustomization to what stands at its path, before it is applied. */
export interface PostRenderers {
  readonly stages: readonly Stage[];
  /** All of them: what one of them says in ways that cannot be traced stands here. */
  readonly place: SourcePlace | undefined;
}

const known: Readonly<Record<string, ReadonlySet<string>>> = {
  patches: new Set(['patch', 'target']),
  images: new Set(['name', 'newName', 'newTag', 'digest']),
};

/**
 * The `postRenderers` of a HelmRelease: kustomizations of patches and images, one after the other. Undefined where one says something else, so that it is not known what comes of it; nothing but patches that stand there
 * themselves counts, so that nothing is read or loaded. Source: fluxcd/helm-controller, `api/v2/helmrelease_types.go` (Kustomize), `internal/postrender/kustomize.go`.
 */
export async function postRenderersOf(release: SourceDocument): Promise<PostRenderers | undefined> {
  const list = nodeAt(release.root, ['spec', 'postRenderers'], release.tree);
  if (!list) return { stages: [], place: undefined };
  const stages: Stage[] = [];
  for (const index of 'items' in list ? list.items.keys() : []) {
    const item = nodeAt(list, [index], release.tree);
    const root = item && nodeAt(item, ['kustomize'], release.tree);
    if (!isMap(item) || item.items.length !== 1 || !isMap(root)) return undefined;
    const changes = toJson(root, release.tree);
    if (!changes.ok || !isKnown(changes.value)) return undefined;
    const kustomization = await kustomizationOf({ ...release, root });
    stages.push({ changes: changes.value, kustomization });
  }
  return { stages, place: placeOf(release, list) };
}

/**
 * The patches and images of a Flux Kustomization, which come on top of what stands at its path. Where they are written otherwise than Kustomize reads them, Flux refuses it, and nothing is changed here. Source:
 * fluxcd/kustomize-controller, `api/v1/kustomization_types.go`; fluxcd/pkg, `kustomize/kustomize_generator.go`.
 */
export async function fluxChangesOf(flux: SourceDocument): Promise<PostRenderers> {
  const spec = nodeAt(flux.root, ['spec'], flux.tree);
  const said = isMap(spec) ? toJson(spec, flux.tree) : undefined;
  const all = said?.ok && isFields(said.value) ? said.value : {};
  const changes = Object.fromEntries(Object.entries(all).filter(([key]) => known[key]));
  if (!isMap(spec) || Object.keys(changes).length === 0 || !isKnown(changes)) return { stages: [], place: undefined };
  const [first] = Object.keys(known).flatMap((key) => nodeAt(spec, [key], flux.tree) ?? []);
  const kustomization = await kustomizationOf({ ...flux, root: spec });
  return { stages: [{ changes, kustomization }], place: first && placeOf(flux, first) };
}

function isKnown(changes: unknown): changes is Record<string, unknown> {
  return (
    isFields(changes) &&
    Object.entries(changes).every(
      ([key, items]) =>
        Array.isArray(items) &&
        items.every(
          (item) =>
            isFields(item) &&
            Object.entries(item).every(
              ([one, value]) => known[key]?.has(one) && (one === 'target' ? isTexts(value) : isText(value)),
            ),
        ),
    )
  );
}

const isText = (value: unknown) => typeof value === 'string';
const isTexts = (value: unknown) => isFields(value) && Object.values(value).every(isText);

/** What was rendered, as these leave it; `locate` leads to the patch that gave a value, else to where it was before. Fails as the renderer does. */
export async function postRendered(
  before: Rendered,
  { stages, place }: PostRenderers,
  renderers: Renderers,
  signal?: AbortSignal,
): Promise<Result<Rendered>> {
  if (stages.length === 0 || before.text.trim() === '') return success(before);
  let { text } = before;
  for (const { changes } of stages) {
    const changed = await renderers.patch(text, changes, signal);
    if (!changed.ok) return changed;
    text = changed.value;
  }
  const own = parseManifests('', before.text);
  const certain = new WeakSet<SourcePlace>();
  const layers = stages.map(({ kustomization }) => kustomization).reverse();
  return success({
    text,
    mayBeOtherwise: (at) => !certain.has(at) && (before.mayBeOtherwise?.(at) ?? false),
    locate: (field) => {
      const changed = kustomizeSource(layers, [], field);
      if (changed) {
        certain.add(changed);
        return changed;
      }
      const manifest = own.find((one) => isSame(one, field.manifest));
      const path = manifest && alignedPath(field.path, field.manifest.local, manifest.local);
      const isAsBefore =
        path && (field.text === undefined || scalarText(nodeAt(manifest.local.root, path, manifest.local.tree)) === field.text);
      return isAsBefore ? before.locate({ ...field, manifest, path }) : place && { ...place, literal: false };
    },
  });
}

function isSame(one: Manifest, other: Manifest): boolean {
  return (['apiVersion', 'kind', 'namespace', 'name'] as const).every((key) => one[key] === other[key]);
}
