import { posix } from 'node:path';
import { findAll, type Path } from '../manifest/path.ts';
import type { Kustomization, Patch } from './kustomization.ts';
import { looselyFound, type RenderedField } from './rendered.ts';
import {
  alignedPath,
  nodeAt,
  placeAt,
  placeOf,
  type SourceDocument,
  type SourcePlace,
  scalarText,
  textsAt,
} from './sourceDocument.ts';

/**
 * Where a kustomization says what stands in a field of an object that it renders: the outermost layer that sets it to just this, patches (the last first) before generators before
 * what stands for all objects; then the file the object comes from; then the first place where the value is written at all. `origin`: the documents of that file, which Kustomize tells.
 */
export function kustomizeSource(
  layers: readonly Kustomization[],
  origin: readonly SourceDocument[],
  field: RenderedField,
): SourcePlace | undefined {
  for (const layer of layers)
    for (const find of [inPatches, inGenerators, inTransformers]) {
      const place = find(layer, field);
      if (place) return place;
    }
  const inOrigin = inManifests(origin, field);
  if (inOrigin) return inOrigin;
  const texts = layers.flatMap((layer) => [...layer.texts]);
  return field.text === undefined ? undefined : looselyFound(texts, field.text, field.path.at(-1));
}

/** The field in manifests from which the object may be made: of its kind, with a name that is part of its own. */
export function inManifests(documents: readonly SourceDocument[], field: RenderedField): SourcePlace | undefined {
  const mayBe = documents.flatMap(objectsIn).filter((one) => isOf(one, field));
  const longest = mayBe.sort((one, other) => nameOf(other).length - nameOf(one).length);
  for (const document of longest) {
    const place = inDocument(document, field);
    if (place) return place;
  }
  return undefined;
}

function inDocument(document: SourceDocument, { manifest, path, of, text }: RenderedField): SourcePlace | undefined {
  const own = alignedPath(path, manifest.local, document);
  if (!own) return undefined;
  if (text !== undefined && scalarText(nodeAt(document.root, own, document.tree)) !== text) return undefined;
  return placeAt(document, own, text === undefined ? 'key' : of);
}

/** The items of a List each for itself. */
function objectsIn(document: SourceDocument): readonly SourceDocument[] {
  if (!/List$/.test(textsAt(document, 'kind')[0]?.text ?? '')) return [document];
  return findAll(document.root, 'items[*]', document.tree).map(({ node }) => ({ ...document, root: node }));
}

function isOf(document: SourceDocument, { manifest }: RenderedField): boolean {
  const name = nameOf(document);
  if (textsAt(document, 'kind')[0]?.text !== manifest.kind || name === '') return false;
  // as the reader has it: variables in a name are masked in both
  const { root, tree } = manifest.local;
  return (scalarText(nodeAt(root, ['metadata', 'name'], tree)) ?? '').includes(name);
}

function nameOf(document: SourceDocument): string {
  return textsAt(document, 'metadata.name')[0]?.text ?? '';
}

function inPatches({ patches }: Kustomization, field: RenderedField): SourcePlace | undefined {
  for (const patch of patches.toReversed()) {
    if (patch.target && !isTarget(patch.target, field)) continue;
    for (const document of patch.documents.toReversed()) {
      const operations = findAll(document.root, '[*]', document.tree);
      const place =
        operations.length > 0
          ? inOperations(
              document,
              operations.map(({ node }) => node),
              field,
            )
          : patch.target || isOf(document, field)
            ? inDocument(document, field)
            : undefined;
      if (place) return place;
    }
  }
  return undefined;
}

/** Whether a text is one that a pattern of a target means; one that is no pattern may mean any. */
export function fits(pattern: string, text: string, whole: boolean): boolean {
  try {
    return new RegExp(whole ? `^(?:${pattern})$` : pattern).test(text);
  } catch {
    return true;
  }
}

function isTarget({ kind, name }: NonNullable<Patch['target']>, { manifest }: RenderedField): boolean {
  // the name may have got a prefix or suffix since
  return (
    (kind === undefined || fits(kind, manifest.kind ?? '', true)) &&
    (name === undefined || fits(name, manifest.name ?? '', false))
  );
}

/** RFC 6902: the last operation that puts just this there, or something that holds it. */
function inOperations(
  document: SourceDocument,
  operations: readonly SourceDocument['root'][],
  { path, text }: RenderedField,
): SourcePlace | undefined {
  for (const root of operations.toReversed()) {
    const operation = { ...document, root };
    const [op, at] = ['op', 'path'].map((key) => textsAt(operation, key)[0]?.text ?? '');
    if (op !== 'add' && op !== 'replace') continue;
    const steps = (at ?? '')
      .split('/')
      .slice(1)
      .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (!isBelow(steps, path)) continue;
    const inside = ['value', ...path.slice(steps.length)];
    const node = nodeAt(root, inside, document.tree);
    if (node && scalarText(node) === text) return placeOf(document, node);
  }
  return undefined;
}

/** A number in an operation may have become another since, and `-` is the end of the list. */
function isBelow(steps: readonly string[], path: Path): boolean {
  return (
    steps.length <= path.length &&
    steps.every((step, index) => (typeof path[index] === 'number' ? /^(?:-|\d+)$/.test(step) : step === path[index]))
  );
}

function inGenerators({ document, texts, folder }: Kustomization, field: RenderedField): SourcePlace | undefined {
  const { manifest, path, text } = field;
  const [holder, key] = path;
  if (!['data', 'stringData', 'binaryData'].includes(String(holder)) || typeof key !== 'string') return undefined;
  const list = `${manifest.kind === 'Secret' ? 'secret' : 'configMap'}Generator[*]`;
  for (const { node } of findAll(document.root, list, document.tree).toReversed()) {
    const entry = { ...document, root: node };
    const name = textsAt(entry, 'name')[0]?.text ?? '';
    if (name === '' || !manifest.name?.includes(name)) continue;
    const literal = textsAt(entry, 'literals[*]').findLast((one) => one.text.startsWith(`${key}=`));
    if (literal) return partOf(placeOf(entry, literal.node), entry, key);
    for (const file of textsAt(entry, 'files[*]')) {
      const at = file.text.indexOf('=');
      const source = posix.join(folder, file.text.slice(at + 1));
      if ((at < 0 ? posix.basename(file.text) : file.text.slice(0, at)) !== key) continue;
      const content = [...texts].find(([one]) => posix.normalize(one) === source);
      if (!content || content[1].trim() !== text?.trim()) return placeOf(entry, file.node);
      return { file: content[0], range: { start: 0, end: content[1].length }, literal: true };
    }
    for (const { text: env } of [...textsAt(entry, 'envs[*]'), ...textsAt(entry, 'env')]) {
      const content = [...texts].find(([one]) => posix.normalize(one) === posix.join(folder, env));
      const found = content && lineOf(content[1], key);
      if (found) return { file: content[0], range: found, literal: true };
    }
  }
  return undefined;
}

/** `key=value` in a list: the value alone, where it stands as it is. */
function partOf(place: SourcePlace, { text, offset }: SourceDocument, key: string): SourcePlace {
  const written = text.slice(place.range.start - offset, place.range.end - offset);
  const at = written.indexOf(`${key}=`);
  const quote = /^["']/.test(written) ? 1 : 0;
  return at < 0 ? place : { ...place, range: { start: place.range.start + at + key.length + 1, end: place.range.end - quote } };
}

function lineOf(text: string, key: string): { start: number; end: number } | undefined {
  for (const { index, 0: line } of text.matchAll(/^[^\r\n]+/gm))
    if (line.startsWith(`${key}=`)) return { start: index + key.length + 1, end: index + line.length };
  return undefined;
}

/** Paths of fields that a kustomization sets on all its objects → where it says so; `KEY` is the last step. Source: Kustomize, `api/types/kustomization.go`. */
const transformers: readonly { readonly at: RegExp; readonly by: readonly string[] }[] = [
  { at: /^metadata\.namespace$/, by: ['namespace'] },
  { at: /(?:^|\.)metadata\.annotations\./, by: ['commonAnnotations[KEY]'] },
  { at: /\.?(?:labels|matchLabels|selector)\./, by: ['labels[*].pairs[KEY]', 'commonLabels[KEY]'] },
  { at: /\.replicas$/, by: ['replicas[*].count'] },
  { at: /\.image$/, by: ['images[*].newName', 'images[*].newTag', 'images[*].digest'] },
];

function inTransformers({ document }: Kustomization, { path, text = '' }: RenderedField): SourcePlace | undefined {
  const dotted = path.join('.');
  for (const { at, by } of transformers) {
    if (!at.test(dotted)) continue;
    for (const pattern of by)
      for (const one of textsAt(document, pattern.replace('KEY', String(path.at(-1)))))
        if (one.text !== '' && (one.text === text || (pattern.startsWith('images') && text.includes(one.text))))
          return placeOf(document, one.node);
  }
  return undefined;
}
