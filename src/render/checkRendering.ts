import { type Checked, checkManifests } from '../manifest/check.ts';
import { creates, mayCreate } from '../manifest/creates.ts';
import type { Finding, Range } from '../manifest/finding.ts';
import { type Manifest, type ManifestObject, parseManifests } from '../manifest/manifest.ts';
import { missingParts } from '../manifest/missingParts.ts';
import { type Path, pathAt } from '../manifest/path.ts';
import type { ResourceLookup } from '../manifest/resourceLookup.ts';
import type { KindName, SchemasOf } from '../manifest/schema/structure.ts';
import { familyOf } from '../manifest/severities.ts';
import type { Rendered } from './rendered.ts';
import type { Renderers } from './renderers.ts';
import type { Rendering } from './rendering.ts';
import { nodeAt, type SourcePlace, scalarText } from './sourceDocument.ts';
import { sourceFixes } from './sourceFixes.ts';

/** Asks a cluster for the schemas of kinds; undefined where none is asked. */
export type SchemasAsked = ((kinds: readonly KindName[]) => Promise<SchemasOf>) | undefined;

/** Who is asked about what was rendered. */
export interface Asked {
  readonly lookup: ResourceLookup;
  readonly schemas?: SchemasAsked;
  /** Manifests of the same set: what they bring about is not missing. */
  readonly besides?: readonly Manifest[];
}

/** What came of checking a rendering. */
export interface RenderedCheck extends Checked<Finding> {
  readonly rendering: Rendering;
  /** False when it could not be rendered: then its sources were looked at as they are. */
  readonly isRendered: boolean;
  /** The objects it came to, in their order; empty when it could not be rendered. */
  readonly objects: readonly RenderedObject[];
  /** What it came to that can be read as no object, each with its place: still a template, say. */
  readonly unread: readonly Pick<Finding, 'message' | 'file' | 'range'>[];
}

/** An object that was rendered, and where its sources say what stands in a field. */
export interface RenderedObject {
  readonly object: ManifestObject;
  placeOf(path: Path): { readonly file: string; readonly range: Range };
}

/**
 * Renders and checks what came of it; every finding stands in the source that gave the value, once. What could not be rendered is one finding at its entry, and its sources are checked as they
 * stand: those that are only a part of it without asking anybody, since what they say may be overridden.
 */
export async function checkRendering(
  rendering: Rendering,
  renderers: Renderers,
  { lookup, schemas, besides = [] }: Asked,
  signal?: AbortSignal,
): Promise<RenderedCheck> {
  const rendered = await rendering.render(renderers, signal);
  if (!rendered.ok) {
    const checked = await checkSources(rendering, lookup, signal);
    const findings = [unrendered(rendering, rendered.failure), ...checked.findings];
    return { ...checked, findings, rendering, isRendered: false, objects: [], unread: [] };
  }
  const { text } = rendered.value;
  // whoever answers may look around where it stands
  const manifests = parseManifests(rendering.entry, text);
  const kinds = manifests.flatMap(({ apiVersion, kind }) => (apiVersion && kind ? [{ apiVersion, kind }] : []));
  const checked = await checkManifests(manifests, lookup, signal, besides, await schemas?.(kinds));
  // Who has a cluster finds keys that others put there, too.
  const parts = missingParts(manifests, '').filter(({ code }) => !schemas || code !== 'object.missingKey');
  const findings = [...checked.findings, ...parts].flatMap((finding) => {
    // How a value is written is the renderer's doing; what is wrong with the writing stands in the sources.
    const owner = manifests.findLast(({ range }) => range.start <= finding.range.start);
    return !owner || familyOf(finding.code) === 'yaml' ? [] : inSource(finding, owner, rendering, rendered.value);
  });
  const objects = manifests.flatMap((manifest): RenderedObject[] => {
    const object = manifest.toJson();
    return object.ok ? [{ object: object.value, placeOf: (path) => placeOf(path, manifest, rendering, rendered.value) }] : [];
  });
  const unread = manifests.flatMap((manifest) => {
    const object = manifest.apiVersion === undefined || manifest.kind === undefined ? undefined : manifest.toJson();
    const what = [manifest.kind, manifest.name].filter(Boolean).join(' ');
    const place = placeOf([], manifest, rendering, rendered.value);
    return object && !object.ok ? [{ ...place, message: `${what}: ${object.failure.message}` }] : [];
  });
  return { ...checked, findings: [...writing(rendering), ...findings], rendering, isRendered: true, objects, unread };
}

/** Findings told once, however many renderings have them; each names the renderings. */
export function mergedFindings(findings: readonly Finding[]): readonly Finding[] {
  const merged = new Map<string, Finding>();
  for (const finding of findings) {
    const { file, range, code, message } = finding;
    // That a program is not there is one sentence, however much waits for it.
    const key = JSON.stringify(code === 'render.unavailable' ? [code, message] : [file, range.start, code, message]);
    const before = merged.get(key);
    const related = [...(before?.related ?? []), ...(finding.related ?? [])];
    merged.set(key, { ...(before ?? finding), ...(related.length > 0 ? { related } : {}) });
  }
  return [...merged.values()];
}

const words = {
  kustomize: ['This kustomization', 'Kustomizations'],
  helm: ['This chart', 'Charts'],
  flux: ['What this puts variables in', 'Flux Kustomizations'],
} as const;

function unrendered(
  { kind, name, entry, sources, isGuess }: Rendering,
  { reason, message }: { reason: string; message: string },
): Finding {
  const place = { file: entry, range: firstLine(sources.get(entry) ?? '') };
  const [one, many] = words[kind];
  const severity = isGuess ? 'information' : 'warning';
  if (reason === 'invalid')
    return { ...place, severity, code: 'render.failed', message: `${one} cannot be rendered. ${message}` };
  const what = reason === 'notFound' ? `${many} are` : `${name} is`;
  const told = `${what} not checked as rendered: ${message}`;
  return { ...place, severity: 'information', code: 'render.unavailable', message: told };
}

function firstLine(text: string): Range {
  const start = Math.max(0, text.search(/^(?!\s*(?:#|---|$))/m));
  const end = text.indexOf('\n', start);
  return { start, end: end < 0 ? text.length : end };
}

const isManifestFile = (file: string) => /\.(?:ya?ml|json)$|(?:^|\/)Kustomization$/.test(file);

function sourceManifests({ kind, sources }: Rendering): readonly Manifest[] {
  // Templates of a chart are no YAML yet, and values are no manifests.
  return kind === 'helm'
    ? []
    : [...sources].filter(([file]) => isManifestFile(file)).flatMap(([file, text]) => parseManifests(file, text));
}

/** The manifests that bring something about in a cloud: of these, and of the sources of renderings as they are written. */
export function creatingManifests(renderings: readonly Rendering[], manifests: readonly Manifest[] = []): readonly Manifest[] {
  const texts = new Map(renderings.filter(({ kind }) => kind !== 'helm').flatMap(({ sources }) => [...sources]));
  const inSources = [...texts].flatMap(([file, text]) =>
    isManifestFile(file) && mayCreate(text) ? parseManifests(file, text) : [],
  );
  return [...manifests, ...inSources].filter(({ local }) => local.tree !== undefined && creates(local).length > 0);
}

/** What is wrong with how the sources are written. */
function writing(rendering: Rendering): readonly Finding[] {
  return sourceManifests(rendering).flatMap(({ findings }) => findings);
}

async function checkSources(
  rendering: Rendering,
  lookup: ResourceLookup,
  signal: AbortSignal | undefined,
): Promise<Checked<Finding>> {
  const manifests = sourceManifests(rendering);
  const isPart = ({ file }: Manifest) => rendering.parts.has(file);
  const checked = await checkManifests(
    manifests.filter((one) => !isPart(one)),
    lookup,
    signal,
    manifests,
  );
  return { ...checked, findings: [...checked.findings, ...manifests.filter(isPart).flatMap(({ findings }) => findings)] };
}

function inSource(finding: Finding, manifest: Manifest, rendering: Rendering, rendered: Rendered): readonly Finding[] {
  const { local, offset } = manifest;
  const { path, node, onKey } = pathAt(local.root, finding.range.start - offset);
  const value = onKey ? nodeAt(local.root, path, local.tree) : node;
  const field = { manifest, path, of: onKey ? 'key' : 'value', text: scalarText(value ?? undefined) } as const;
  const place = rendered.locate(field);
  const { fixes, related: _others, ...rest } = finding;
  if (!place) {
    const object = [manifest.kind, manifest.name].filter(Boolean).join(' ');
    const at = { file: rendering.entry, range: firstLine(rendering.sources.get(rendering.entry) ?? '') };
    return [{ ...rest, ...at, message: `${object}, ${path.join('.')}: ${finding.message}` }];
  }
  if (rendered.mayBeOtherwise?.(place)) return [];
  const run = (range: Range) => rendered.text.slice(range.start, range.end);
  const [start, end] = node?.range ?? [0, 0];
  const range = narrowed(rendering.sources.get(place.file) ?? '', place, run({ start: start + offset, end: end + offset }), {
    text: run(finding.range),
    start: finding.range.start - start - offset,
  });
  const written = (rendering.sources.get(place.file) ?? '').slice(range.start, range.end);
  const how = { isPart: isPartOf(range, place.range), isYaml: isManifestFile(place.file) };
  const here = sourceFixes(fixes ?? [], run(finding.range), written, how);
  return [
    {
      ...rest,
      file: place.file,
      range,
      ...(here.length > 0 ? { fixes: here } : {}),
      ...(rendering.parts.has(place.file) ? { related: [relatedTo(rendering)] } : {}),
    },
  ];
}

function isPartOf(range: Range, whole: Range): boolean {
  return range.start > whole.start || range.end < whole.end;
}

function placeOf(
  path: Path,
  manifest: Manifest,
  { entry, sources }: Rendering,
  rendered: Rendered,
): ReturnType<RenderedObject['placeOf']> {
  const { root, tree } = manifest.local;
  const place = rendered.locate({ manifest, path, of: 'value', text: scalarText(nodeAt(root, path, tree)) });
  return place ?? { file: entry, range: firstLine(sources.get(entry) ?? '') };
}

function relatedTo({ entry, name, sources }: Rendering): NonNullable<Finding['related']>[number] {
  return { file: entry, range: firstLine(sources.get(entry) ?? ''), message: `Rendered by ${name}.` };
}

/** A part of a value stands in the source as often as in what was rendered; the whole value is the whole place, quotes and all. */
function narrowed(
  source: string,
  { range, literal }: SourcePlace,
  whole: string,
  part: { readonly text: string; readonly start: number },
): Range {
  const written = source.slice(range.start, range.end);
  if (!literal || part.text === '' || unquoted(written) === unquoted(part.text)) return range;
  const before = part.text === whole ? 0 : whole.slice(0, part.start).split(part.text).length - 1;
  let at = written.indexOf(part.text);
  for (let count = 0; count < before && at >= 0; count += 1) at = written.indexOf(part.text, at + 1);
  return at < 0 ? range : { start: range.start + at, end: range.start + at + part.text.length };
}

function unquoted(text: string): string {
  return text.replace(/^(["'])(.*)\1$/s, '$2');
}
