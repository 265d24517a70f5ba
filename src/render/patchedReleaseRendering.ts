import { failed, type Result, success } from '../base/failure.ts';
import type { Files } from '../deploy/files/files.ts';
import { type Manifest, parseManifests } from '../manifest/manifest.ts';
import { pathAt, rangeOf } from '../manifest/path.ts';
import { helmReleaseRendering, helmReleases } from './helmReleaseRendering.ts';
import { type Kustomization, layersOf, type Patch } from './kustomization.ts';
import { fits } from './kustomizeSource.ts';
import type { Rendered } from './rendered.ts';
import type { Rendering } from './rendering.ts';
import { nodeAt, type SourceDocument, type SourcePlace, scalarText, textsAt } from './sourceDocument.ts';

/** Whether a kustomization that is made of a file may change the HelmReleases in it: then what they give is said elsewhere, too. */
export function isPatchedBy(file: string, by: Kustomization): boolean {
  return isMadeOf(by, file) && layersOf(by).some(({ patches }) => patches.some(mayPatchReleases));
}

/** Whether a patch may be one of HelmReleases. */
export function mayPatchReleases({ target, documents }: Patch): boolean {
  return target
    ? target.kind === undefined || fits(target.kind, 'HelmRelease', true)
    : documents.some(({ text }) => text.includes('HelmRelease'));
}

/** Whether a file is among those of a kustomization or of what it is made of. */
export function isMadeOf(by: Kustomization, file: string): boolean {
  return layersOf(by).some(({ texts }) => texts.has(file));
}

/** Stands for the file that what a kustomization came to is not kept in. */
const built = ':built:';

/**
 * The rendering of the chart of a HelmRelease as an outer rendering, of a kustomization or of Flux, leaves it: built first, then its chart with the values that it says then. A value leads back through both. Fails as the
 * two renderers do, and with `unsupported` where the outer one gives it a chart that is made of other files.
 */
export async function patchedReleaseRendering(
  release: SourceDocument,
  outer: Rendering,
  files: Files,
  texts: ReadonlyMap<string, string>,
): Promise<Rendering | undefined> {
  const plain = await helmReleaseRendering(release, files, texts);
  if (!plain) return undefined;
  const sources = new Map([...outer.sources, ...plain.sources]);
  const name = `${outer.name} (HelmRelease ${nameOf(release)})`;
  return {
    ...plain,
    name,
    entry: outer.entry,
    places: [...outer.places, ...plain.places],
    sources,
    parts: new Set([...outer.parts, ...plain.parts]),
    render: async (renderers, signal): Promise<Result<Rendered>> => {
      const made = await outer.render(renderers, signal);
      if (!made.ok) return made;
      const found = theSame(release, helmReleases(built, made.value.text));
      // deleted, or not to be told from another: there is nothing to say of it
      if (!found) return success({ text: '', locate: () => undefined });
      const inner = await helmReleaseRendering(found, files, new Map([[built, made.value.text], ...texts]), release.file);
      const strange = inner && [...inner.sources.keys()].some((file) => file !== built && !sources.has(file));
      if (!inner || strange) return failed('unsupported', `${outer.name} gives it another chart than ${release.file} names.`);
      const rendered = await inner.render(renderers, signal);
      if (!rendered.ok) return rendered;
      const manifests = parseManifests('', made.value.text);
      const before = new WeakMap<SourcePlace, SourcePlace>();
      return success({
        text: rendered.value.text,
        locate: (field) => {
          const place = rendered.value.locate(field);
          if (place?.file !== built) return place;
          const source = throughBuilt(place, manifests, made.value, sources);
          if (source) before.set(source, place);
          return source;
        },
        mayBeOtherwise: (place) => rendered.value.mayBeOtherwise?.(before.get(place) ?? place) ?? false,
      });
    },
  };
}

/** The release that it became: of its name, or the only one whose name has got something before or after it. */
function theSame(release: SourceDocument, made: readonly SourceDocument[]): SourceDocument | undefined {
  const like = made.filter((one) => nameOf(one).includes(nameOf(release)));
  return like.find((one) => nameOf(one) === nameOf(release)) ?? (like.length === 1 ? like[0] : undefined);
}

function nameOf(document: SourceDocument): string {
  return textsAt(document, 'metadata.name')[0]?.text ?? '';
}

/** Where the source says what stands at a place of what was built; of a value in a text of several lines, the same line of that text. */
function throughBuilt(
  { range, literal }: SourcePlace,
  manifests: readonly Manifest[],
  made: Rendered,
  sources: ReadonlyMap<string, string>,
): SourcePlace | undefined {
  const manifest = manifests.findLast((one) => one.offset <= range.start);
  if (!manifest) return undefined;
  const { root, tree } = manifest.local;
  const { path, node, onKey } = pathAt(root, range.start - manifest.offset);
  const value = onKey ? nodeAt(root, path, tree) : node;
  const place = made.locate({ manifest, path, of: onKey ? 'key' : 'value', text: scalarText(value ?? undefined) });
  if (!place || !node) return undefined;
  const whole = rangeOf(node);
  if (whole.start + manifest.offset === range.start) return { ...place, literal: literal && place.literal };
  const [from, to] = [made.text.lastIndexOf('\n', range.start - 1) + 1, made.text.indexOf('\n', range.start)];
  const line = made.text.slice(from, to < 0 ? undefined : to).trim();
  const text = (sources.get(place.file) ?? '').slice(place.range.start, place.range.end);
  const at = text.indexOf(line);
  if (line === '' || at < 0 || text.indexOf(line, at + 1) >= 0) return { ...place, literal: false };
  const indent = made.text.slice(from).search(/\S/);
  const start = place.range.start + at + (range.start - from - indent);
  return { file: place.file, range: { start, end: start + range.end - range.start }, literal };
}
