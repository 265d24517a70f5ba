import { createHash } from 'node:crypto';
import { type Uri, workspace } from 'vscode';
import type { CheckRendered, Rendered, RenderedFinding } from '../host/renderedFindings.ts';
import type { Finding } from '../manifest/finding.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { familyOf, rated } from '../manifest/severities.ts';
import { suppressInFiles } from '../manifest/suppressions.ts';
import { checkRendering, creatingManifests, mergedFindings, type RenderedCheck } from '../render/checkRendering.ts';
import { findRenderings } from '../render/findRenderings.ts';
import { kustomizationNames } from '../render/kustomization.ts';
import { installedRenderers, type Renderers } from '../render/renderers.ts';
import type { Rendering } from '../render/rendering.ts';
import { type CheckParts, openLookup } from './checkWorkspace.ts';
import { editorFiles, pathOf, uriOf } from './editorFiles.ts';
import { toDiagnostics } from './toDiagnostics.ts';

type Parts = Omit<CheckParts, 'found' | 'rendered'>;

const marks = `**/{${[...kustomizationNames, 'Chart.yaml'].join(',')}}`;
const mostMarks = 2_000;

/** A rendering as it was checked last, and what it was made of then. */
interface Kept {
  readonly hash: string;
  readonly checked: RenderedCheck;
  /** Give again what they gave then. */
  readonly renderers: Renderers;
}

/** The installed programs, each asked once. */
function rememberingRenderers(): Renderers {
  let [kustomized, helmed]: [ReturnType<Renderers['kustomize']>?, ReturnType<Renderers['helm']>?] = [];
  const patched = new Map<string, ReturnType<Renderers['patch']>>();
  return {
    kustomize: (...asked) => {
      kustomized ??= installedRenderers.kustomize(...asked);
      return kustomized;
    },
    helm: (...asked) => {
      helmed ??= installedRenderers.helm(...asked);
      return helmed;
    },
    patch: (manifests, changes, signal) => {
      const key = JSON.stringify([changes, manifests]);
      const before = patched.get(key) ?? installedRenderers.patch(manifests, changes, signal);
      patched.set(key, before);
      return before;
    },
  };
}

/**
 * Checks what the open files of a window are part of: kustomizations, charts and Flux Kustomizations, each against the cloud that its folder is bound to. One whose files and binding did not change
 * is not rendered again; one with unsaved text keeps what is known of it, since programs read the disk.
 */
export function renderedChecks(parts: Parts): CheckRendered {
  const kept = new Map<string, Kept>();
  // Who releases a chart stands elsewhere: looked for once, and ever again where there is one.
  let releases = true;
  return async (open, anew, signal) => {
    const folders = await renderedFolders(open === undefined || open.some(mayBeOfFlux), releases);
    if (folders.length === 0 && kept.size === 0) return undefined;
    const paths = new Set(open?.map(pathOf));
    const renderings = await findRenderings({ folders }, editorFiles);
    releases = renderings.some(({ kind, parts, entry }) => kind === 'helm' && !parts.has(entry));
    const meant = renderings.filter(({ sources }) => !open || [...sources.keys()].some((file) => paths.has(file)));
    const besides = creatingManifests(renderings);
    for (const rendering of meant) {
      if (signal.aborted) return undefined;
      await check(parts, rendering, { kept, anew, besides }, signal);
    }
    const names = new Set(renderings.map(keyOf));
    for (const key of kept.keys()) if (!names.has(key)) kept.delete(key);
    return signal.aborted
      ? undefined
      : await told(
          parts,
          [...kept.values()].map(({ checked }) => checked),
        );
  };
}

function mayBeOfFlux(uri: Uri): boolean {
  const document = workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  return /postBuild|\$\{|\.toolkit\.fluxcd\.io\//.test(document?.getText() ?? '');
}

/** The folders to look through: those with a kustomization or chart, the outermost; all when variables may be put in somewhere, or `releases` of charts may stand anywhere. */
async function renderedFolders(all: boolean, releases: boolean): Promise<readonly string[]> {
  const roots = (workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => pathOf(uri));
  if (all) return roots;
  const found = await workspace.findFiles(marks, '**/{node_modules,.git,vendor}/**', mostMarks);
  if (releases && found.some(({ path }) => path.endsWith('/Chart.yaml'))) return roots;
  const folders = [...new Set(found.map((uri) => pathOf(uri)).map((path) => path.slice(0, path.lastIndexOf('/'))))].sort();
  return folders.filter((folder, index) => !folders.slice(0, index).some((outer) => folder.startsWith(`${outer}/`)));
}

const keyOf = ({ kind, name }: Rendering) => `${kind} ${name}`;

async function check(
  parts: Parts,
  rendering: Rendering,
  { kept, anew, besides }: { readonly kept: Map<string, Kept>; readonly anew: boolean; readonly besides: readonly Manifest[] },
  signal: AbortSignal,
): Promise<void> {
  const { bindings } = parts;
  const unsaved = workspace.textDocuments.some(({ isDirty, uri }) => isDirty && rendering.sources.has(pathOf(uri)));
  if (unsaved) return;
  const place = rendering.places.map(uriOf).find((uri) => bindings.of(uri)?.cloud);
  const created = besides.map(({ kind, name }) => `${kind} ${name}`);
  const hash = createHash('sha256')
    .update(JSON.stringify([[...rendering.sources], created, place && bindings.of(place), bindings.epoch]))
    .digest('hex');
  const before = kept.get(keyOf(rendering));
  const isSame = before?.hash === hash;
  if (isSame && !anew) return;
  const renderers = isSame ? before.renderers : rememberingRenderers();
  const lookup = await openLookup(parts, place ?? uriOf(rendering.entry), signal, true);
  const checked = await checkRendering(rendering, renderers, { lookup, besides }, signal);
  if (!signal.aborted) kept.set(keyOf(rendering), { hash, checked, renderers });
}

function withFixes(findings: readonly Finding[], texts: ReadonlyMap<string, string>): readonly RenderedFinding[] {
  const diagnostics = toDiagnostics(findings, texts);
  return findings.flatMap(({ file, range, fixes = [] }, index) => {
    const diagnostic = diagnostics[index];
    return diagnostic ? [{ diagnostic, text: (texts.get(file) ?? '').slice(range.start, range.end), fixes }] : [];
  });
}

async function told({ settings }: Parts, checks: readonly RenderedCheck[]): Promise<Rendered> {
  const texts = new Map(checks.flatMap(({ rendering }) => [...rendering.sources]));
  const asked = { files: true, cloud: false, cluster: false };
  // how a text is written, and what comments are for nothing, is for the language server to tell
  const isOurs = ({ code }: Finding) => !['yaml', 'suppression'].includes(familyOf(code));
  const findings = mergedFindings(checks.flatMap((one) => one.findings).filter(isOurs));
  const rest = rated(suppressInFiles(findings, texts, asked).told.filter(isOurs), settings.severities);
  const found = Map.groupBy(rest, ({ file }) => file);
  const uriText = (file: string) => uriOf(file).toString();
  return {
    found: new Map([...found].map(([file, all]) => [uriText(file), withFixes(all, texts)])),
    parts: new Set(checks.filter(({ isRendered }) => isRendered).flatMap(({ rendering }) => [...rendering.parts].map(uriText))),
  };
}
