import { resolve } from 'node:path';
import { eachOf } from '../base/eachOf.ts';
import { type Result, success } from '../base/failure.ts';
import { type Binding, bindingOf } from '../binding/binding.ts';
import type { Discovered, ManifestFile } from '../deploy/files/discover.ts';
import type { Files } from '../deploy/files/files.ts';
import { type Gathered, gather } from '../deploy/files/gather.ts';
import type { Written } from '../deploy/files/written.ts';
import type { ResourceLookup } from '../manifest/resourceLookup.ts';
import {
  checkRendering,
  creatingManifests,
  mergedFindings,
  type RenderedCheck,
  type SchemasAsked,
} from '../render/checkRendering.ts';
import { findRenderings } from '../render/findRenderings.ts';
import { installedRenderers } from '../render/renderers.ts';
import type { Rendering } from '../render/rendering.ts';
import { writtenOf } from '../render/writtenOf.ts';
import type { Request } from './commandLine.ts';

/** What is checked: manifests as they stand, and what is rendered first. */
export interface ToCheck extends Discovered {
  readonly renderings: readonly Rendering[];
}

/** At most so many programs run at once. */
const together = 4;
const isRendered = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization|Chart\.yaml)$/;

/** Parts what was discovered: folders that are rendered are looked through for what that is. Files that are only made something of are no manifests by themselves any more. */
export async function withRenderings({ files, notes }: Discovered, request: Request, disk: Files): Promise<ToCheck> {
  const meant = notes.filter(({ file, blocks }) => blocks && isRendered.test(file));
  const folders = meant.map(({ file }) => file.slice(0, file.lastIndexOf('/') + 1).replace(/\/$/, '') || '.');
  for (const root of request.files) {
    const facts = await disk.facts(root);
    // the folder, too, where charts are kept
    if (facts.ok && facts.value.type === 'folder') folders.push(root.replace(/(?<=.)\/+$/, ''));
  }
  const manifests = new Map(files.map(({ file, text }) => [file, text]));
  const renderings = await findRenderings({ folders, manifests, values: request.values }, disk);
  const covered = new Set(renderings.flatMap(({ parts }) => [...parts]));
  return {
    files: files.filter(({ file }) => !covered.has(file)),
    notes: notes.filter((note) => !meant.includes(note)),
    renderings,
  };
}

/** What was read and checked, and the objects that came of each rendering. */
export interface GatheredForCheck extends Gathered {
  readonly renderedObjects: readonly (readonly Written[])[];
}

/** Who is asked, and which files are meant. */
export interface CheckSources {
  readonly openLookup: OpenLookup;
  readonly schemas: SchemasAsked;
  readonly only: (file: string) => boolean;
}

/** The files in which it may stand with whose credentials manifests are used: sources of what is rendered, too. */
export function credentialFiles({ files, renderings }: ToCheck): readonly ManifestFile[] {
  const sources = renderings.flatMap(({ sources }) => [...sources].map(([file, text]) => ({ file, text })));
  return [...files, ...sources.filter(({ file }) => /\.ya?ml$/.test(file))];
}

/** Opens what a folder is bound to, each once. */
export type OpenLookup = (binding: Binding | undefined) => Promise<Result<ResourceLookup>>;

/**
 * Checks manifests and what is rendered, each against the cloud that its folder is bound to. Findings of what was rendered stand in its sources, whose texts come along. Fails when a
 * cloud cannot be opened.
 */
export async function gatherBound(
  { files, notes, renderings }: ToCheck,
  request: Request,
  { openLookup: open, only, schemas }: CheckSources,
  signal: AbortSignal,
): Promise<Result<GatheredForCheck>> {
  const bound = request.bind.map(({ folder, binding }) => ({ folder: resolve(folder), binding }));
  const boundTo = (places: readonly string[]) => places.map((place) => bindingOf(resolve(place), bound)).find(Boolean);
  const groups = [...Map.groupBy(files, ({ file }) => JSON.stringify(boundTo([file]) ?? null))];
  const all: Gathered[] = [];
  for (const [key, group] of groups.length > 0 ? groups : [['null', []] as const]) {
    const lookup = await open(JSON.parse(key) ?? undefined);
    if (!lookup.ok) return lookup;
    all.push(await gather({ files: group, notes: all.length === 0 ? notes : [] }, lookup.value, signal, only, schemas));
  }
  const meant = renderings.filter(({ sources }) => [...sources.keys()].some(only));
  const lookups = new Map<Rendering, ResourceLookup>();
  for (const rendering of meant) {
    const lookup = await open(boundTo(rendering.places));
    if (!lookup.ok) return lookup;
    lookups.set(rendering, lookup.value);
  }
  const checks: RenderedCheck[] = [];
  const besides = creatingManifests(
    renderings,
    all.flatMap(({ manifests }) => manifests),
  );
  await eachOf(
    lookups,
    together,
    async ([one, lookup]) =>
      void checks.push(await checkRendering(one, installedRenderers, { lookup, schemas, besides }, signal)),
    signal,
  );
  // in an order that does not depend on who was faster
  checks.sort((one, other) => meant.indexOf(one.rendering) - meant.indexOf(other.rendering));
  return success(sumOf(all, checks));
}

function sumOf(all: readonly Gathered[], checks: readonly RenderedCheck[]): GatheredForCheck {
  const paused = [...all, ...checks].find((one) => one.paused !== undefined)?.paused;
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  return {
    written: all.flatMap(({ written }) => written),
    manifests: all.flatMap(({ manifests }) => manifests),
    findings: mergedFindings([...all.flatMap(({ findings }) => findings), ...checks.flatMap(({ findings }) => findings)]),
    renderedObjects: checks.map(writtenOf),
    blockers: all.flatMap(({ blockers }) => blockers),
    references: sum([...all, ...checks].map(({ references }) => references)),
    unchecked: sum([...all.map(({ unchecked }) => unchecked), ...checks.map(({ unknown }) => unknown)]),
    ...(paused === undefined ? {} : { paused }),
    texts: new Map([...all.flatMap(({ texts }) => [...texts]), ...checks.flatMap(({ rendering }) => [...rendering.sources])]),
  };
}
