import { posix } from 'node:path';
import type { Files } from '../deploy/files/files.ts';
import { type FluxRendering, fluxKustomizations, fluxRendering } from './fluxRendering.ts';
import { helmReleaseRendering, helmReleases } from './helmReleaseRendering.ts';
import { helmRenderings } from './helmRendering.ts';
import { joined, type Kustomization, kustomizationNames, layersOf, readKustomization } from './kustomization.ts';
import { kustomizeRendering } from './kustomizeRendering.ts';
import { isMadeOf, isPatchedBy, patchedReleaseRendering } from './patchedReleaseRendering.ts';
import type { Rendering } from './rendering.ts';

/** Where to look for what is rendered. */
export interface Places {
  /** Folders, looked through to their end. */
  readonly folders: readonly string[];
  /** Manifests that are known already, with their texts: among them may be Flux Kustomizations and what they need. */
  readonly manifests?: ReadonlyMap<string, string>;
  /** Values files named for every chart found; its own otherwise. */
  readonly values?: readonly string[];
}

const skipped = new Set(['node_modules', 'vendor']);
const mostFiles = 5_000;

/**
 * Everything below some folders that is rendered: the kustomizations that no other one is made of, charts with their values, and Flux Kustomizations that put in variables or change something. What only others are made of (bases,
 * components) is not looked at by itself. Files that cannot be read are as good as not there: whoever renders tells.
 */
export async function findRenderings(
  { folders, manifests = new Map(), values = [] }: Places,
  files: Files,
): Promise<readonly Rendering[]> {
  const walk = new Walk(files, manifests);
  for (const folder of folders) await walk.folder(folder);
  const known = new Map<string, Promise<Kustomization | undefined>>();
  const all: Kustomization[] = [];
  // One after the other: what is being read counts as not there, which ends circles.
  for (const file of walk.kustomizations) all.push(...present(await readKustomization(file, files, known)));
  const texts = new Map([...manifests, ...walk.manifests]);
  const flux: FluxRendering[] = [];
  for (const one of [...texts].flatMap(([file, text]) => fluxKustomizations(file, text)))
    flux.push(...present(await fluxRendering(one, files, texts, known)));
  const inner = new Set(all.flatMap((one) => layersOf(one).slice(1)).map(({ file }) => file));
  const whole = all.filter(({ file, isComponent }) => !inner.has(file) && !isComponent);
  const releases: Rendering[] = [];
  for (const one of [...texts].flatMap(([file, text]) => helmReleases(file, text))) {
    const ofFlux = flux.filter(({ parts }) => parts.has(one.file));
    const overlays = whole.filter((all) => isMadeOf(all, one.file) && !ofFlux.some(({ parts }) => parts.has(all.file)));
    // As a base that some change, it is nothing by itself.
    const isBase = ofFlux.some((all) => all.mayChange(one)) || overlays.some((all) => isPatchedBy(one.file, all));
    const outer = isBase ? [...overlays.map(kustomizeRendering), ...ofFlux] : [];
    if (!isBase) releases.push(...present(await helmReleaseRendering(one, files, texts)));
    for (const all of outer) releases.push(...present(await patchedReleaseRendering(one, all, files, texts)));
  }
  // Who releases a chart says what it is rendered with.
  const others = walk.charts.filter((file) => values.length > 0 || !releases.some(({ parts }) => parts.has(file)));
  const charts = await Promise.all(others.map((file) => helmRenderings(file, files, values)));
  const byFlux = flux.flatMap((one) => [...one.sources.keys()]);
  const outermost = whole.filter(({ file }) => !byFlux.includes(file));
  return [...outermost.map(kustomizeRendering), ...charts.flat(), ...releases, ...flux];
}

function present<T>(one: T | undefined): readonly T[] {
  return one === undefined ? [] : [one];
}

class Walk {
  readonly kustomizations: string[] = [];
  readonly charts: string[] = [];
  readonly manifests = new Map<string, string>();
  readonly #files: Files;
  readonly #known: ReadonlyMap<string, string>;
  readonly #seen = new Set<string>();

  constructor(files: Files, known: ReadonlyMap<string, string>) {
    this.#files = files;
    this.#known = known;
  }

  async folder(folder: string): Promise<void> {
    if (this.#seen.has(folder) || this.#seen.size > mostFiles) return;
    this.#seen.add(folder);
    const list = await this.#files.list(folder);
    const entries = list.ok ? [...list.value].sort((one, other) => (one.name < other.name ? -1 : 1)) : [];
    if (entries.some(({ name, type }) => name === 'Chart.yaml' && type === 'file')) {
      this.charts.push(joined(folder, 'Chart.yaml'));
      return;
    }
    for (const { name, type } of entries) {
      const path = joined(folder, name);
      if (type === 'folder' && !name.startsWith('.') && !skipped.has(name)) await this.folder(path);
      else if (type === 'file' && kustomizationNames.some((one) => one === name)) this.kustomizations.push(path);
      else if (type === 'file' && /\.ya?ml$/.test(posix.basename(name))) await this.#manifest(path);
    }
  }

  async #manifest(path: string): Promise<void> {
    if (this.#known.has(path)) return;
    const text = await this.#files.read(path);
    if (text.ok && /(?:kustomize|helm|source)\.toolkit\.fluxcd\.io\/|^kind:\s*ConfigMap/m.test(text.value))
      this.manifests.set(path, text.value);
  }
}
