import { type Document, isMap, isSeq, type Node, type YAMLMap } from 'yaml';
import { failed, type Result, success } from '../base/failure.ts';
import type { Finding, Range } from './finding.ts';
import { formOf, mayHaveForm } from './form.ts';
import { toJson } from './json.ts';
import { unfolded } from './merges.ts';
import { type LocalFinding, type ParsedDocument, resolved } from './parse.ts';
import { nodeAt, type Path, rangeAt, textAt } from './path.ts';
import { readText } from './readText.ts';
import { splitDocuments } from './split.ts';
import { syntaxOf } from './syntax.ts';

/** An object as JSON: plain data as kubectl would send it. */
export type ManifestObject = Readonly<Record<string, unknown>> & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
};

/** One object written in a document: the document itself, or an item of a List. Ranges count from the document's start. */
export interface LocalManifest {
  readonly document: ParsedDocument;
  readonly tree: Document;
  readonly root: YAMLMap;
  readonly apiVersion: string | undefined;
  readonly kind: string | undefined;
  readonly name: string | undefined;
  readonly namespace: string | undefined;
  /** What rules call it, for a file within a manifest ({@link embeddedIn}); others are called by their apiVersion and kind. */
  readonly form?: string;
  /** Of a part: where its root stands in what it is a part of. Undefined where places in the two differ. */
  readonly at?: Path;
  /** Of a part: values that stand for themselves only where nobody gives another, such as the default of a parameter. */
  readonly defaults?: ReadonlySet<Node>;
  /** True for a file that is kept in a Secret or ConfigMap. */
  readonly embedded?: boolean;
  /** True for a file that stands encoded: all its ranges are those of the whole text, and nothing in it can be replaced. */
  readonly encoded?: boolean;
}

/** One manifest of a file. `findings` are those of its document: syntax, duplicate keys, ambiguous scalars; the first manifest of a document carries them. */
export interface Manifest extends Omit<LocalManifest, 'document' | 'tree' | 'root'> {
  readonly file: string;
  /** Index of the manifest in its file, from 0. */
  readonly index: number;
  /** The object's run in the file's text. */
  readonly range: Range;
  readonly findings: readonly Finding[];
  /** True for text that is to be rendered first. */
  readonly template: boolean;
  readonly local: LocalManifest;
  /** Where the local ranges count from. */
  readonly offset: number;
  /** The object as kubectl reads it. Fails with `invalid` where the document is broken or its aliases unfold without end. */
  toJson(): Result<ManifestObject>;
  /** Where a field's value (or key) stands; the nearest part above it that is written when it is not. */
  rangeOf(path: Path, of?: 'key' | 'value'): Range;
}

/**
 * All manifests of a text, in order; Lists are taken apart. Documents without content are left out, documents that are no mapping keep their findings. A file that is no YAML
 * by its name and content ({@link syntaxOf}) is one manifest.
 */
export function parseManifests(file: string, text: string): readonly Manifest[] {
  const syntax = syntaxOf(file, text) ?? 'yaml';
  if (syntax !== 'yaml') return manifestsOf(file, readText(text, syntax), 0);
  const manifests: Manifest[] = [];
  for (const { start, end } of splitDocuments(text)) {
    const document = readText(text.slice(start, end));
    for (const manifest of manifestsOf(file, document, start, manifests.length)) manifests.push(manifest);
  }
  return manifests;
}

const objects = new WeakMap<Manifest, Result<ManifestObject>>();

/** The object of a manifest as {@link Manifest.toJson} gives it, kept for as long as the manifest is. */
export function objectOf(manifest: Manifest): Result<ManifestObject> {
  const known = objects.get(manifest) ?? manifest.toJson();
  objects.set(manifest, known);
  return known;
}

/** What rules call the documents of a text that have no kind, such as `clouds.yaml`. */
export function formsIn(file: string, text: string): readonly string[] {
  // Most files are none of them, and this is asked of every file of a folder.
  if (!mayHaveForm(text) && (syntaxOf(file, text) ?? 'yaml') === 'yaml') return [];
  return parseManifests(file, text).flatMap(({ local }) => (local.tree && local.kind === undefined ? (formOf(local) ?? []) : []));
}

/** The manifests of one parsed document that begins at `offset`. */
export function manifestsOf(file: string, document: ParsedDocument, offset: number, firstIndex = 0): readonly Manifest[] {
  const findings = document.findings.map((finding) => placed(finding, file, offset));
  const locals = localManifests(document);
  if (locals.length === 0 && findings.length > 0) return [unreadable(file, document, findings, offset, firstIndex)];
  return locals.map((local, position) => manifestOf(file, local, position === 0 ? findings : [], offset, firstIndex + position));
}

/** The objects of a document: a List's items each for itself. */
export function localManifests(document: ParsedDocument): readonly LocalManifest[] {
  const { tree } = document;
  const written = tree?.contents;
  if (!tree || !isMap(written)) return [];
  const root = unfolded(written, tree, document.text);
  const whole = localManifest(document, tree, root);
  const items = /List$/.test(whole.kind ?? '') ? nodeAt(root, 'items', tree) : undefined;
  if (!isSeq(items)) return [whole];
  return items.items.flatMap((item) => {
    const node = resolved(item, tree);
    return isMap(node) ? [localManifest(document, tree, node)] : [];
  });
}

/** A finding with its place in the file. */
export function placed(finding: LocalFinding, file: string, offset: number): Finding {
  const { range, ...rest } = finding;
  return { ...rest, file, range: { start: range.start + offset, end: range.end + offset } };
}

function localManifest(document: ParsedDocument, tree: Document, root: YAMLMap): LocalManifest {
  const text = (path: string) => writtenAt(document, root, path, tree);
  return {
    document,
    tree,
    root,
    apiVersion: text('apiVersion'),
    kind: text('kind'),
    name: text('metadata.name'),
    namespace: text('metadata.namespace'),
    ...(document.form === undefined ? {} : { form: document.form }),
  };
}

/** The text at a path; in a template as it is written, not as it was masked for its reader. */
function writtenAt({ template, text }: ParsedDocument, root: YAMLMap, path: string, tree: Document): string | undefined {
  const read = textAt(root, path, tree);
  const node = template && read?.includes('$(') ? nodeAt(root, path, tree) : undefined;
  return node ? text.slice(node.range?.[0], node.range?.[1]) : read;
}

function manifestOf(file: string, local: LocalManifest, findings: readonly Finding[], offset: number, index: number): Manifest {
  const { tree, root, document, apiVersion, kind, name, namespace } = local;
  const moved = ({ start, end }: Range): Range => ({ start: start + offset, end: end + offset });
  return {
    file,
    index,
    apiVersion,
    kind,
    name,
    namespace,
    findings,
    template: document.template,
    local,
    offset,
    range: moved(trimmed(root, document.text)),
    toJson: () => readObject(local),
    rangeOf: (path, of) => moved(rangeAt(root, path, tree, of)),
  };
}

function readObject({ document, tree, root }: LocalManifest): Result<ManifestObject> {
  if (document.templateKind === 'rendered' || document.templateKind === 'substituted')
    return failed('invalid', 'This is a template; what it becomes is not known here. Render it first.');
  const error = document.findings.find(({ severity }) => severity === 'error');
  if (error) return failed('invalid', error.message);
  const json = toJson(root, tree);
  if (!json.ok) return json;
  const object = json.value as Partial<ManifestObject>;
  const missing = (['apiVersion', 'kind'] as const).find((key) => typeof object[key] !== 'string');
  if (missing) return failed('invalid', `This is no Kubernetes object: ${missing} is missing or is no text.`);
  if (typeof object.metadata !== 'object' || object.metadata === null)
    return failed('invalid', 'This object has no metadata, so it has no name.');
  return success(json.value as ManifestObject);
}

function unreadable(
  file: string,
  { text, template }: ParsedDocument,
  findings: readonly Finding[],
  offset: number,
  index: number,
): Manifest {
  const document: ParsedDocument = { text, tree: undefined, findings: [], template };
  const range = { start: offset, end: offset + text.trimEnd().length };
  const none = { apiVersion: undefined, kind: undefined, name: undefined, namespace: undefined };
  const local = { ...none, document } as LocalManifest;
  const first = findings[0]?.message ?? 'This document cannot be read.';
  return {
    ...none,
    file,
    index,
    range,
    findings,
    template,
    local,
    offset,
    toJson: () => failed('invalid', first),
    rangeOf: () => range,
  };
}

function trimmed(root: Node, text: string): Range {
  const [start = 0, end = text.length] = root.range ?? [];
  return { start, end: start + text.slice(start, end).trimEnd().length };
}
