import { posix } from 'node:path';
import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import { type Result, success } from '../base/failure.ts';
import type { Files } from '../deploy/files/files.ts';
import { keyText, resolved } from '../manifest/parse.ts';
import type { Path } from '../manifest/path.ts';
import { joined } from './kustomization.ts';
import { inManifests } from './kustomizeSource.ts';
import { looselyFound, occurrences, type Rendered, type RenderedField } from './rendered.ts';
import type { Rendering } from './rendering.ts';
import {
  nodeAt,
  placeOf,
  type SourceDocument,
  type SourcePlace,
  scalarText,
  sourceDocuments,
  textsAt,
} from './sourceDocument.ts';

/** A chart as it lies on the disk. */
export interface Chart {
  readonly folder: string;
  readonly name: string;
  /** Chart.yaml, values.yaml, templates and unpacked charts within. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Files of values beside the chart's own: `values-prod.yaml`, `prod.values.yaml`, and those in a folder `values/`, `env/` or `ci/` of the chart. */
const valuesName = /^(?:values[-_.].+|.+[-_.]values)\.ya?ml$/;
const valuesFolders = ['values', 'env', 'environments', 'ci'];
const yamlName = /\.ya?ml$/;
/** A values file that SOPS encrypted is not handed to Helm, and its values are nobody's to read. */
const isEncrypted = (text: string) => /^sops:\s*$/m.test(text);

/** The renderings of a chart: with each further values file, or with its own values where there are none. `values`: files that were named for it, all in one rendering. */
export async function helmRenderings(
  chartFile: string,
  files: Files,
  values: readonly string[] = [],
): Promise<readonly Rendering[]> {
  const chart = await readChart(chartFile, files);
  if (!chart) return [];
  const { folder, texts } = chart;
  const sets =
    values.length > 0
      ? [values]
      : [...texts].filter(([file, text]) => isValuesFile(file, folder) && !isEncrypted(text)).map(([file]) => [file]);
  const named = await Promise.all(
    (sets.length > 0 ? sets : [[]]).map((set) =>
      helmRendering(chart, { entry: chartFile, values: set, isGuess: values.length === 0 }, files),
    ),
  );
  return named;
}

/** Values files in the folder of a chart beside its `values.yaml`, encrypted ones included. */
export async function valuesBeside(folder: string, files: Files): Promise<readonly string[]> {
  const list = await files.list(folder);
  const names = (list.ok ? list.value : []).filter(({ name, type }) => type === 'file' && valuesName.test(name));
  return names.map(({ name }) => joined(folder, name)).sort();
}

/** The chart of a Chart.yaml; undefined for one that cannot be read, and for a library, which renders nothing by itself. */
export async function readChart(chartFile: string, files: Files): Promise<Chart | undefined> {
  const folder = posix.dirname(chartFile);
  const texts = new Map<string, string>();
  await readAll(folder, files, texts, 0);
  const [metadata] = sourceDocuments(chartFile, texts.get(chartFile) ?? '');
  const name = metadata && textsAt(metadata, 'name')[0]?.text;
  return !metadata || name === undefined || textsAt(metadata, 'type')[0]?.text === 'library'
    ? undefined
    : { folder, name, texts };
}

/** Files of values of the chart itself and of charts within it, in the order they count when nobody gives others. */
export function ownValues({ folder, texts }: Chart): readonly string[] {
  const defaults = joined(folder, 'values.yaml');
  const inner = [...texts.keys()].filter((file) => file.startsWith(joined(folder, 'charts/')) && file.endsWith('/values.yaml'));
  return [...(texts.has(defaults) ? [defaults] : []), ...inner];
}

export function isValuesFile(file: string, folder: string): boolean {
  const [parent, base] = [posix.dirname(file), posix.basename(file)];
  if (parent === folder) return valuesName.test(base);
  return posix.dirname(parent) === folder && valuesFolders.includes(posix.basename(parent)) && yamlName.test(base);
}

async function readAll(folder: string, files: Files, texts: Map<string, string>, depth: number): Promise<void> {
  const list = await files.list(folder);
  for (const { name, type } of list.ok && depth < 6 ? list.value : []) {
    const path = joined(folder, name);
    if (type === 'folder' && !name.startsWith('.')) await readAll(path, files, texts, depth + 1);
    else if (type === 'file' && /\.(?:ya?ml|tpl|conf|json)$/.test(name)) {
      const text = await files.read(path);
      if (text.ok) texts.set(path, text.value);
    }
  }
}

async function helmRendering(
  { folder, name, texts }: Chart,
  { entry, values, isGuess }: { readonly entry: string; readonly values: readonly string[]; readonly isGuess: boolean },
  files: Files,
): Promise<Rendering> {
  const own = new Map<string, string>();
  // What counts last is looked at first.
  for (const file of values.toReversed()) {
    const text = texts.get(file) ?? (await files.read(file));
    if (typeof text === 'string') own.set(file, text);
    else if (text.ok) own.set(file, text.value);
  }
  const defaults = joined(folder, 'values.yaml');
  const order = [...own.keys(), ...ownValues({ folder, name, texts })];
  const others = [...texts].filter(([file]) => file !== defaults && !own.has(file) && !isValuesFile(file, folder));
  const sources = new Map([...own, ...[...texts].filter(([file]) => file === defaults), ...others]);
  const chart = { folder, texts: sources };
  return {
    kind: 'helm',
    isGuess,
    name: values[0] ?? folder,
    entry: values[0] ?? entry,
    places: [...values.toReversed(), folder],
    sources,
    parts: new Set(sources.keys()),
    render: async (renderers, signal): Promise<Result<Rendered>> => {
      const text = await renderers.helm(folder, name, values, signal);
      const documents = order.flatMap((file) => sourceDocuments(file, sources.get(file) ?? ''));
      return text.ok ? success({ text: text.value, locate: (field) => helmSource(chart, documents, field) }) : text;
    },
  };
}

/**
 * Where a chart says what stands in a field: the value that the template's line of that key names, in the values file that counts; else a value of the same text under a like key; else the
 * template's own line. `documents`: those of the values files, those that count first.
 */
export function helmSource(
  { folder, texts }: Pick<Chart, 'folder' | 'texts'>,
  documents: readonly SourceDocument[],
  field: RenderedField,
): SourcePlace | undefined {
  const { text, manifest, path } = field;
  const key = path.findLast((step) => typeof step === 'string') ?? '';
  const source = /^# Source: (\S+)/m.exec(manifest.local.document.text)?.[1] ?? '';
  const inside = source.slice(source.indexOf('/') + 1);
  const template = joined(folder, inside);
  const written = texts.get(template) ?? '';
  // Values of a chart within a chart stand below its name.
  const below = [...inside.matchAll(/(?:^|\/)charts\/([^/]+)\//g)].map(([, chart = '']) => chart);
  const lines = [...linesOf(written, String(key))];
  for (const line of lines)
    for (const [, named = ''] of line.text.matchAll(/\.Values\.([\w.]+)/g)) {
      const place = valueAt(documents, below, named.split('.'), text);
      if (place) return place;
    }
  if (text !== undefined) {
    const like = alike(documents, text, String(key));
    if (like) return like;
    for (const line of lines)
      for (const range of occurrences(line.text, text))
        return { file: template, range: { start: line.start + range.start, end: line.start + range.end }, literal: true };
    const literal =
      inManifests(sourceDocuments(template, written), field) ??
      looselyFound(
        documents.map(({ file }) => [file, texts.get(file) ?? '']),
        text,
        key,
      );
    if (literal) return literal;
  }
  const [line] = lines;
  return (
    line && {
      file: template,
      range: { start: line.start + line.text.search(/\S/), end: line.start + line.text.length },
      literal: false,
    }
  );
}

function* linesOf(text: string, key: string): Iterable<{ readonly text: string; readonly start: number }> {
  if (key === '') return;
  for (const { index, 0: line } of text.matchAll(/^[^\r\n]+/gm)) {
    const at = line.indexOf(key);
    if (at >= 0 && /^["']?\s*:/.test(line.slice(at + key.length)) && !/[\w-]/.test(line[at - 1] ?? ' '))
      yield { text: line, start: index };
  }
}

/** The value at a path of the first values file that has it and says just this. */
function valueAt(
  documents: readonly SourceDocument[],
  below: readonly string[],
  path: readonly string[],
  text: string | undefined,
): SourcePlace | undefined {
  // `global` is one for all charts
  const steps = path[0] === 'global' ? path : [...below, ...path];
  for (const document of documents) {
    // a chart within a chart has values of its own
    const isIts = below.length > 0 && document.file.includes(`/charts/${below.at(-1)}/`);
    const node = nodeAt(document.root, isIts ? path : steps, document.tree);
    if (node && (text === undefined || scalarText(node) === text)) return placeOf(document, node);
  }
  return undefined;
}

/** A value of the same text, whose key ends like the one that was rendered: `networkID` for `loadbalancer.openstack.org/network-id`. */
function alike(documents: readonly SourceDocument[], text: string, key: string): SourcePlace | undefined {
  const wanted = plain(key);
  for (const document of documents)
    for (const { node, path } of scalarsIn(document.tree, document.root, []))
      if (scalarText(node) === text && plain(String(path.findLast((step) => typeof step === 'string') ?? '')) === wanted)
        return placeOf(document, node);
  return undefined;
}

function* scalarsIn(tree: Document, node: Node | undefined, path: Path): Iterable<{ readonly node: Node; readonly path: Path }> {
  // no values are so deep but those that lead back to themselves
  if (path.length > 30) return;
  if (isScalar(node)) yield { node, path };
  const inside = isMap(node)
    ? node.items.map(({ key, value }) => [keyText(key), value] as const)
    : isSeq(node)
      ? [...node.items.entries()]
      : [];
  for (const [step, value] of inside) yield* scalarsIn(tree, resolved(value, tree), [...path, step]);
}

const plain = (key: string) =>
  key
    .slice(key.lastIndexOf('/') + 1)
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .toLowerCase();
