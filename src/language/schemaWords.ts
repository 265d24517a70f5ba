import {
  type CompletionItem,
  CompletionItemKind,
  type CompletionList,
  type Hover,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
} from 'vscode-languageserver-types';
import { isPlain } from '../manifest/isPlain.ts';
import { pathAt, rangeOf } from '../manifest/path.ts';
import { asSchema, memberOf, namesOf, type Resolved, resolveSchema, schemaAt } from '../manifest/schema/fieldSchema.ts';
import { type KeyPlace, keyPlaceAt } from '../manifest/schema/keyPlace.ts';
import type { SchemasOf } from '../manifest/schema/structure.ts';
import { escaped } from './hover.ts';
import type { OpenDocument, PlacedSection } from './openDocument.ts';

type Position = { readonly line: number; readonly character: number };

/** The fields that may stand where the cursor is, or the values a field takes; works on text that is broken there. Null where no schema says anything. */
export function schemaItems(document: OpenDocument, position: Position, schemasOf: SchemasOf): CompletionList | null {
  const offset = document.offsetAt(position);
  const placed = document.sectionAt(offset);
  const place = placed && keyPlaceAt(placed.section.text, offset - placed.start);
  const kind = placed && kindOf(placed.section.text);
  if (!placed || !place || !kind) return null;
  const range = document.toRange(placed, place.range);
  const items = new Map<string, CompletionItem>();
  for (const { schema } of schemasOf(kind)) {
    const at = schemaAt(schema, place.path);
    if (!at) continue;
    const inQuotes = /["']$/.test(placed.section.text.slice(0, place.range.start));
    const needsQuotes = (value: string) =>
      at.schema['type'] !== 'boolean' && !inQuotes && !isPlain(value) && !isNumber(at, value);
    if (place.what === 'value') for (const value of valuesOf(at)) items.set(value, valueItem(value, range, needsQuotes(value)));
    else
      for (const name of namesOf(at)) {
        if (place.present.includes(name) || (place.path.length === 0 && name === 'status') || items.has(name)) continue;
        const field = resolveSchema(memberOf(asSchema(at.schema['properties']), name), schema, at.builtin);
        items.set(name, keyItem(name, { at, field, place, range, hasColon: hasColon(placed, place) }));
      }
  }
  return items.size === 0 ? null : { isIncomplete: false, items: [...items.values()] };
}

/** What the schema says of the field whose name the cursor is on. Its words were written by whoever made it: all are escaped. */
export function schemaHover(document: OpenDocument, position: Position, schemasOf: SchemasOf): Hover | null {
  const offset = document.offsetAt(position);
  const placed = document.sectionAt(offset);
  const local = offset - (placed?.start ?? 0);
  const manifest = placed?.section.manifests.find(({ root: { range } }) => range && local >= range[0] && local <= range[1]);
  const { apiVersion, kind } = manifest ?? {};
  if (!placed || !manifest || apiVersion === undefined || kind === undefined) return null;
  const { path, node, onKey } = pathAt(manifest.root, local);
  const name = path.at(-1);
  if (!onKey || !node || typeof name !== 'string') return null;
  for (const { schema, kept } of schemasOf({ apiVersion, kind })) {
    const above = schemaAt(schema, path.slice(0, -1));
    const field = schemaAt(schema, path);
    if (!above || !field) continue;
    const given = asSchema(memberOf(asSchema(above.schema['properties']), name));
    const description = given?.['description'] ?? field.schema['description'];
    const title = [`**${escaped(name)}**`, escaped(typeOf(field)), requires(above, name) ? 'required' : ''];
    const words =
      typeof description === 'string'
        ? description
            .split(/\n\s*\n/)
            .map(escaped)
            .join('\n\n')
        : '';
    // That a boolean is true or false goes without saying.
    const values = typeOf(field) === 'boolean' ? [] : valuesOf(field);
    const value = [
      title.filter(Boolean).join(' · '),
      words,
      values.length > 0 ? `One of ${values.slice(0, 20).map(escaped).join(', ')}` : '',
      `*${escaped(`${kind} ${apiVersion}${kept === undefined ? '' : `, as last read from ${kept}`}`)}*`,
    ];
    return {
      range: document.toRange(placed, rangeOf(node)),
      contents: { kind: MarkupKind.Markdown, value: value.filter(Boolean).join('\n\n') },
    };
  }
  return null;
}

/** Read from the lines themselves: while a key is typed the syntax tree may be torn. */
function kindOf(text: string): { apiVersion: string; kind: string } | undefined {
  const [apiVersion, kind] = ['apiVersion', 'kind'].map(
    (key) => new RegExp(`^${key}: *["']?([\\w./-]+)["']? *(?:#.*)?\\r?$`, 'm').exec(text)?.[1],
  );
  return apiVersion === undefined || kind === undefined ? undefined : { apiVersion, kind };
}

interface KeyItem {
  readonly at: Resolved;
  readonly field: Resolved | undefined;
  readonly place: KeyPlace;
  readonly range: NonNullable<Hover['range']>;
  readonly hasColon: boolean;
}

function keyItem(name: string, { at, field, place, range, hasColon: written }: KeyItem): CompletionItem {
  const given = asSchema(memberOf(asSchema(at.schema['properties']), name));
  const description = given?.['description'] ?? field?.schema['description'];
  const isRequired = requires(at, name);
  const type = field && typeOf(field);
  return {
    label: name,
    kind: CompletionItemKind.Property,
    detail: [type, isRequired ? 'required' : ''].filter(Boolean).join(' · '),
    ...(typeof description === 'string' ? { documentation: description } : {}),
    sortText: `${isRequired ? 0 : 1}${name}`,
    insertTextFormat: InsertTextFormat.PlainText,
    insertTextMode: InsertTextMode.asIs,
    textEdit: { range, newText: written ? name : name + behind(field, place.column) },
  };
}

/** What is written behind a key before its value: the next line for a mapping or a list. */
function behind(field: Resolved | undefined, column: number): string {
  const line = `:\n${' '.repeat(column + 2)}`;
  if (field?.schema['type'] === 'array') return `${line}- `;
  return field?.schema['type'] === 'object' || field?.schema['properties'] ? line : ': ';
}

/** A text that would be read as something else without quotes (`on`) gets them. */
function valueItem(value: string, range: NonNullable<Hover['range']>, needsQuotes: boolean): CompletionItem {
  const newText = needsQuotes ? JSON.stringify(value) : value;
  return { label: value, kind: CompletionItemKind.EnumMember, textEdit: { range, newText } };
}

/** Whether a choice is a number: `enum` holds values of any type. */
const isNumber = ({ schema }: Resolved, value: string) =>
  Array.isArray(schema['enum']) && schema['enum'].some((one) => typeof one === 'number' && String(one) === value);

function valuesOf({ schema }: Resolved): readonly string[] {
  const { enum: choices, type } = schema;
  if (Array.isArray(choices)) return choices.filter((one) => one !== '' && typeof one !== 'object').map(String);
  return type === 'boolean' ? ['true', 'false'] : [];
}

function typeOf({ schema, isIntOrString }: Resolved): string {
  if (isIntOrString) return 'integer or string';
  const { type, items } = schema;
  if (type === 'array') return `list of ${String(asSchema(items)?.['type'] ?? 'object')}`;
  return typeof type === 'string' ? type : schema['properties'] ? 'object' : 'any';
}

function requires({ schema: { required } }: Resolved, name: string): boolean {
  return Array.isArray(required) && required.includes(name);
}

function hasColon({ section: { text } }: PlacedSection, { range: { end } }: KeyPlace): boolean {
  return /^ *:/.test(text.slice(end, end + 20));
}
