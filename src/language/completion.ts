import { type CompletionItem, CompletionItemKind, type CompletionList, InsertTextFormat } from 'vscode-languageserver-types';
import { isMap, isScalar, type Node } from 'yaml';
import { type CredentialsReference, credentialsAt, credentialsNamedIn } from '../manifest/credentials.ts';
import { formOf } from '../manifest/form.ts';
import type { LocalManifest } from '../manifest/manifest.ts';
import { keyText } from '../manifest/parse.ts';
import { nodeAt, type Path, pathAt, rangeOf } from '../manifest/path.ts';
import { ruleAt } from '../manifest/references.ts';
import type { Rule } from '../manifest/rule.ts';
import { occmRules, occmValues } from '../manifest/rules/occm.ts';
import { writtenAs } from '../manifest/writtenAs.ts';
import { kindOf } from '../openstack/kinds/kinds.ts';
import type { ResourceFacts } from '../protocol.ts';
import type { OpenDocument, PlacedSection } from './openDocument.ts';

/** What the cursor stands in: a value that a rule is about, or a key of a Service's annotations. */
export type CompletionPlace =
  | {
      readonly what: 'value';
      readonly rule: Rule;
      /** Whose names are offered, where the manifest says so. */
      readonly as: CredentialsReference | undefined;
      readonly placed: PlacedSection;
      readonly range: { start: number; end: number };
      readonly prefix: string;
      readonly quoted: boolean;
      /** Of the manifest, see {@link formOf}. */
      readonly form: string | undefined;
    }
  | {
      readonly what: 'annotation';
      readonly placed: PlacedSection;
      readonly range: { start: number; end: number };
      readonly present: readonly string[];
    };

/** Reads the place of the cursor; works on text that is broken around it. */
export function completionPlace(
  document: OpenDocument,
  position: { line: number; character: number },
): CompletionPlace | undefined {
  const offset = document.offsetAt(position);
  const placed = document.sectionAt(offset);
  if (!placed) return undefined;
  const local = offset - placed.start;
  const { manifests } = placed.section;
  const manifest =
    manifests.find(({ root }) => local >= (root.range?.[0] ?? 0) && local <= (root.range?.[2] ?? 0) + 1) ?? manifests[0];
  if (!manifest) return undefined;
  const { path, node, onKey } = pathAt(manifest.root, local);
  const rule = onKey ? undefined : ruleAt(manifest, valuePath(manifest, path, placed.section.text, local));
  if (rule)
    return {
      ...valuePlace(rule, placed, node, local),
      form: formOf(manifest),
      as: credentialsAt(credentialsNamedIn(manifest), path),
    };
  return annotationPlace(manifest, placed, path, local);
}

/** A key whose value is not there yet leads to nothing in the tree: then the line says which key it is. */
function valuePath(manifest: LocalManifest, path: Path, text: string, local: number): Path {
  const lineStart = text.lastIndexOf('\n', local - 1) + 1;
  const key = /^[\s-]*(?:export\s+)?["']?([^\s"':][^"':]*?)["']?(?::\s|\s*=)/.exec(text.slice(lineStart, local))?.[1];
  if (key === undefined || path.at(-1) === key) return path;
  const deeper = [...path, key];
  return ruleAt(manifest, deeper) ? deeper : path;
}

function valuePlace(rule: Rule, placed: PlacedSection, node: Node | null, local: number) {
  const { text } = placed.section;
  const quoted = isScalar(node) && (node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE');
  const known = isScalar(node) && node.source !== '' ? rangeOf(node) : undefined;
  const inside = known && local >= known.start && local <= known.end;
  const range = inside
    ? { start: known.start + (quoted ? 1 : 0), end: Math.max(known.end - (quoted ? 1 : 0), local) }
    : { start: local, end: local };
  return { what: 'value', rule, placed, range, prefix: text.slice(range.start, local), quoted } as const;
}

function annotationPlace(manifest: LocalManifest, placed: PlacedSection, path: Path, local: number): CompletionPlace | undefined {
  if (manifest.kind !== 'Service' || path[0] !== 'metadata' || path[1] !== 'annotations' || path.length > 3) return undefined;
  const { text } = placed.section;
  const lineStart = text.lastIndexOf('\n', local - 1) + 1;
  const typed = /^(\s+)([\w./-]*)$/.exec(text.slice(lineStart, local));
  if (!typed) return undefined;
  const node = nodeAt(manifest.root, 'metadata.annotations', manifest.tree);
  const present = isMap(node) ? node.items.map(({ key }) => keyText(key)) : [];
  const start = lineStart + (typed[1]?.length ?? 0);
  const rest = /^[\w./-]*/.exec(text.slice(local))?.[0].length ?? 0;
  return { what: 'annotation', placed, range: { start, end: local + rest }, present };
}

/** Live names for a value: the label is the name, the detail its state and facts, what is inserted is what the field wants. */
export function valueItems(
  document: OpenDocument,
  place: CompletionPlace & { what: 'value' },
  items: readonly ResourceFacts[],
  incomplete: boolean,
): CompletionList {
  const { rule, placed, quoted, form } = place;
  const range = document.toRange(placed, place.range);
  const wantsId = rule.by === 'id' || rule.by === 'url';
  const [one] = kindOf(rule.to).label;
  const list = items.map((facts, index): CompletionItem => {
    const value = rule.by === 'host' ? hostIn(facts.name, place.prefix) : wantsId ? facts.id : facts.name;
    const newText = quoted ? value : writtenAs(value, '', form);
    const about = facts.columns
      .filter(([, text]) => text !== facts.name && text !== facts.id)
      .slice(0, 2)
      .map(([, text]) => text);
    return {
      label: facts.name || facts.id,
      kind: CompletionItemKind.Value,
      detail: [facts.state, ...about].filter(Boolean).join(' · ') || one,
      labelDetails: wantsId && facts.name !== facts.id ? { description: `${facts.id.slice(0, 8)}…` } : { description: one },
      filterText: wantsId ? `${facts.name} ${facts.id}` : rule.by === 'host' ? value : facts.name,
      sortText: String(index).padStart(4, '0'),
      insertTextFormat: InsertTextFormat.PlainText,
      textEdit: { range, newText },
    };
  });
  return { isIncomplete: incomplete, items: list };
}

/** What is typed of a host name, or of the last of a list of them, as one of a zone. */
function hostIn(zone: string, typed: string): string {
  const [, others = '', host = ''] = /^(.*,\s*)?(.*)$/s.exec(typed) ?? [];
  const [end, labels] = [zone.replace(/\.$/, ''), host.split('.')];
  // The first label is not meant to be replaced, however little of the others is typed.
  const kept = host === '' ? [] : labels.slice(0, Math.max(1, labels.length - end.split('.').length));
  return `${others}${[...kept, end].join('.')}`;
}

/** The annotations that the cloud controller manager reads and this Service does not carry yet. */
export function annotationItems(
  document: OpenDocument,
  { placed, range, present }: CompletionPlace & { what: 'annotation' },
): CompletionList {
  const kinds = new Map(occmRules.map(({ at, to }) => [at.slice(at.indexOf('[') + 1, -1), kindOf(to).label[0]]));
  const all = Object.entries(occmValues.keys).map(
    ([key, { words, integer }]) => [key, kinds.get(key) ?? words?.join(' | ') ?? (integer ? 'number' : 'text')] as const,
  );
  const at = document.toRange(placed, range);
  const items = all
    .filter(([key]) => !present.includes(key))
    .map(
      ([key, detail]): CompletionItem => ({
        label: key,
        kind: CompletionItemKind.Property,
        detail,
        textEdit: { range: at, newText: `${key}: ` },
        command: { title: 'Suggest', command: 'editor.action.triggerSuggest' },
      }),
    );
  return { isIncomplete: false, items };
}
