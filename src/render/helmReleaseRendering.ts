import { isMap } from 'yaml';
import type { Result } from '../base/failure.ts';
import type { Files } from '../deploy/files/files.ts';
import { toJson } from '../manifest/json.ts';
import { helmSource, isValuesFile, ownValues, readChart } from './helmRendering.ts';
import { inRepository } from './inRepository.ts';
import { joined } from './kustomization.ts';
import { postRendered, postRenderersOf } from './postRendering.ts';
import type { Rendered } from './rendered.ts';
import type { HelmValues } from './renderers.ts';
import type { Rendering } from './rendering.ts';
import { inlineDocuments, nodeAt, type SourceDocument, scalarText, sourceDocuments, textsAt } from './sourceDocument.ts';

/** The Flux HelmReleases in a file whose chart lies in a git repository. Source: fluxcd/helm-controller, `api/v2/helmrelease_types.go`, `api/v2/reference_types.go`. */
export function helmReleases(file: string, text: string): readonly SourceDocument[] {
  if (!text.includes('helm.toolkit.fluxcd.io/') || !text.includes('GitRepository')) return [];
  return sourceDocuments(file, text).filter(
    (one) =>
      first(one, 'apiVersion').startsWith('helm.toolkit.fluxcd.io/') &&
      first(one, 'kind') === 'HelmRelease' &&
      first(one, 'spec.chart.spec.sourceRef.kind') === 'GitRepository',
  );
}

/** Values that count over a chart's own, the last most; `unread`: some come from where nobody reads here. */
interface Given {
  readonly values: readonly HelmValues[];
  readonly documents: readonly SourceDocument[];
  readonly texts: ReadonlyMap<string, string>;
  readonly unread: boolean;
}

/**
 * The rendering of the chart of a HelmRelease that lies in the same repository, with the values that it gives. `texts`: files that may hold its GitRepository and ConfigMaps. Undefined when its chart is of another
 * repository, or not there, or what comes of it is changed in ways not known here. `at`: the file that stands in the repository, for a release that is not as that file says it.
 */
export async function helmReleaseRendering(
  release: SourceDocument,
  files: Files,
  texts: ReadonlyMap<string, string>,
  at = release.file,
): Promise<Rendering | undefined> {
  const after = await postRenderersOf(release);
  const place = after && (await inRepository(at, first(release, 'spec.chart.spec.chart'), files));
  if (!place || !(await isOwnRepository(release, place.root, files, texts))) return undefined;
  const entry = joined(place.folder, 'Chart.yaml');
  const chart = await readChart(entry, files);
  if (!chart) return undefined;
  const named = textsAt(release, 'spec.chart.spec.valuesFiles[*]').map(({ text }) =>
    joined(place.root, text.replace(/^\/+/, '')),
  );
  const own = ownValues(chart);
  // They stand in the place of the chart's values.yaml, which Helm counts always.
  if (named.length > 0 && own[0] !== undefined && !named.includes(own[0])) return undefined;
  const valueTexts = new Map<string, string>();
  for (const file of named) {
    const text = await files.read(file);
    if (text.ok) valueTexts.set(file, text.value);
  }
  const given = givenBy(release, texts);
  const others = [...chart.texts].filter(
    ([file]) => valueTexts.has(file) || own.includes(file) || !isValuesFile(file, chart.folder),
  );
  const sources = new Map([[release.file, texts.get(release.file) ?? release.text], ...given.texts, ...valueTexts, ...others]);
  const parts = new Set([...sources.keys()].filter((file) => file !== release.file && !given.texts.has(file)));
  const name = first(release, 'metadata.name');
  const extra = named.filter((file) => !own.includes(file));
  return {
    kind: 'helm',
    name: `${release.file} (${name})`,
    entry: release.file,
    places: [release.file, place.folder],
    sources,
    parts,
    render: async (renderers, signal): Promise<Result<Rendered>> => {
      const called =
        first(release, 'spec.releaseName') || [first(release, 'spec.targetNamespace'), name].filter(Boolean).join('-');
      const text = await renderers.helm(chart.folder, called, [...extra, ...given.values], signal);
      if (!text.ok) return text;
      const files = [...extra.toReversed(), ...own].flatMap((file) => sourceDocuments(file, sources.get(file) ?? ''));
      const documents = [...given.documents.toReversed(), ...files];
      const last = given.documents.at(-1);
      const rendered: Rendered = {
        text: text.value,
        locate: (field) => helmSource({ folder: chart.folder, texts: sources }, documents, field),
        // What the release says itself counts over all others.
        mayBeOtherwise: ({ file }) => given.unread && file !== last?.file,
      };
      return await postRendered(rendered, after, renderers, signal);
    },
  };
}

/** Values of ConfigMaps, then those that stand in the release itself. */
function givenBy(release: SourceDocument, texts: ReadonlyMap<string, string>): Given {
  const values: HelmValues[] = [];
  const documents: SourceDocument[] = [];
  const used = new Map<string, string>();
  let unread = false;
  for (const { node } of itemsAt(release, 'valuesFrom')) {
    const from = { ...release, root: node };
    const found =
      first(from, 'kind') === 'ConfigMap' && first(from, 'targetPath') === '' ? configMapOf(release, from, texts) : undefined;
    if (!found) {
      unread = true;
      continue;
    }
    values.push({ text: found.text });
    documents.push(...found.documents);
    used.set(found.file, texts.get(found.file) ?? '');
  }
  const own = nodeAt(release.root, ['spec', 'values'], release.tree);
  const json = isMap(own) ? toJson(own, release.tree) : undefined;
  if (own && json?.ok) {
    values.push({ text: JSON.stringify(json.value, (_key, value) => (typeof value === 'bigint' ? Number(value) : value)) });
    documents.push({ ...release, root: own });
  }
  return { values, documents, texts: used, unread };
}

function itemsAt(release: SourceDocument, key: string) {
  const list = nodeAt(release.root, ['spec', key], release.tree);
  const items = list && 'items' in list ? list.items : [];
  return items.flatMap((_, index) => {
    const node = list && nodeAt(list, [index], release.tree);
    return node ? [{ node }] : [];
  });
}

function configMapOf(release: SourceDocument, from: SourceDocument, texts: ReadonlyMap<string, string>) {
  const [name, namespace] = [first(from, 'name'), first(release, 'metadata.namespace')];
  const key = first(from, 'valuesKey') || 'values.yaml';
  for (const [file, text] of texts) {
    if (!text.includes('ConfigMap') || !text.includes(name)) continue;
    for (const document of sourceDocuments(file, text)) {
      const other = first(document, 'metadata.namespace');
      const isMeant = first(document, 'kind') === 'ConfigMap' && first(document, 'metadata.name') === name;
      if (!isMeant || /^sops:\s*$/m.test(document.text) || (other !== '' && namespace !== '' && other !== namespace)) continue;
      const node = nodeAt(document.root, ['data', key], document.tree);
      const value = scalarText(node);
      if (node && value !== undefined) return { file, text: value, documents: inlineDocuments(document, node) };
    }
  }
  return undefined;
}

/** False where the GitRepository is known and its address is none of the remotes of this one. */
async function isOwnRepository(
  release: SourceDocument,
  root: string,
  files: Files,
  texts: ReadonlyMap<string, string>,
): Promise<boolean> {
  const name = first(release, 'spec.chart.spec.sourceRef.name');
  const urls = [...texts].flatMap(([file, text]) =>
    text.includes('GitRepository') && text.includes('source.toolkit.fluxcd.io/')
      ? sourceDocuments(file, text).flatMap((one) =>
          first(one, 'kind') === 'GitRepository' && first(one, 'metadata.name') === name ? [first(one, 'spec.url')] : [],
        )
      : [],
  );
  const config = await files.read(joined(root, '.git/config'));
  const remotes = config.ok ? [...config.value.matchAll(/^\s*url\s*=\s*(\S+)/gm)].map(([, url = '']) => repositoryOf(url)) : [];
  return urls.length === 0 || remotes.length === 0 || urls.some((url) => remotes.includes(repositoryOf(url)));
}

/** `https://example.org/a/b.git`, `ssh://git@example.org:22/a/b` and `git@example.org:a/b` are one: `example.org/a/b`. */
function repositoryOf(url: string): string {
  const plain = url
    .replace(/^\w[\w+.-]*:\/\//, '')
    .replace(/^[^@/]*@/, '')
    .replace(/:(?:\d+\/)?/, '/');
  return plain
    .replace(/\/+/g, '/')
    .replace(/(?:\.git)?\/*$/, '')
    .toLowerCase();
}

function first(document: SourceDocument, pattern: string): string {
  return textsAt(document, pattern)[0]?.text ?? '';
}
