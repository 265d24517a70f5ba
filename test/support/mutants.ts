import { isMap, isScalar, type Node, type Pair, type YAMLMap } from 'yaml';
import type { Finding, Range } from '../../src/manifest/finding.ts';
import { type Manifest, parseManifests } from '../../src/manifest/manifest.ts';
import { findAll } from '../../src/manifest/path.ts';
import { referencesOf } from '../../src/manifest/references.ts';
import { definedKinds } from '../../src/manifest/schema/customResources.ts';

/** One known mistake in a text that was right. */
export interface Mutant {
  readonly mistake: Mistake;
  readonly file: string;
  readonly text: string;
  /** Where somebody who looks for it looks: the finding must touch it. */
  readonly at: Range;
  /** What was done, for the one who reads what was missed: `flavor → flavro`. */
  readonly done: string;
}

export const mistakes = [
  'wrong id',
  'wrong name',
  'wrong kind',
  'swapped subnet',
  'misspelt key',
  'removed required',
  'wrong version',
  'misspelt kind',
] as const;
export type Mistake = (typeof mistakes)[number];

/** Resources as the world of the mutants has them: a kind → what its reference can be swapped for. */
export interface Swaps {
  /** An id of another kind, for a reference to this one; undefined where the world has none. */
  otherKind(kind: string): { readonly id: string; readonly name: string } | undefined;
  /** A subnet of another network than this one lies in. */
  otherSubnet(subnet: string): string | undefined;
}

export type Schema = Readonly<Record<string, unknown>>;

/** Schemas of definitions, `apiVersion kind` → its root: read here without the code that is tried. */
export function schemasIn(definitions: readonly Manifest[]): ReadonlyMap<string, Schema> {
  return new Map(
    definitions.flatMap(({ local }) =>
      definedKinds(local).map(({ apiVersion, kind, schema }) => [`${apiVersion} ${kind}`, schema.root] as const),
    ),
  );
}

/** Every mutant of a text: each differs from it by one mistake. The same ones each time. */
export function mutantsOf(file: string, text: string, schemas: ReadonlyMap<string, Schema>, swaps: Swaps): readonly Mutant[] {
  const edit = (mistake: Mistake, range: Range, by: string, at?: Range): Mutant => ({
    mistake,
    file,
    text: text.slice(0, range.start) + by + text.slice(range.end),
    at: at ?? { start: range.start, end: range.start + Math.max(1, by.length) },
    done: `line ${text.slice(0, range.start).split('\n').length}: ${text.slice(range.start, range.end).split('\n')[0]} → ${by}`,
  });
  return parseManifests(file, text).flatMap((manifest) => {
    const moved = ({ start, end }: Range): Range => ({ start: start + manifest.offset, end: end + manifest.offset });
    return [
      ...ofReferences(manifest, swaps, (mistake, range, by) => edit(mistake, moved(range), by)),
      ...ofKeys(manifest, schemas, (mistake, range, by, at) => edit(mistake, moved(range), by, at && moved(at))),
      ...ofKind(manifest, schemas, (mistake, range, by) => edit(mistake, moved(range), by)),
    ];
  });
}

type Edit = (mistake: Mistake, range: Range, by: string, at?: Range) => Mutant;
const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

function ofReferences({ local }: Manifest, swaps: Swaps, edit: Edit): Mutant[] {
  return referencesOf(local).flatMap(({ rule, query, text, range, manifest }): Mutant[] => {
    if (text === undefined || manifest.encoded) return [];
    const written = manifest.document.text.slice(range.start, range.end);
    const run = { start: range.start + Math.max(0, written.indexOf(text)), end: 0 };
    const inside = { start: run.start, end: run.start + text.length };
    const isId = uuid.test(text);
    const wrong = isId ? edit('wrong id', inside, `${text.slice(0, -6)}00bad0`) : edit('wrong name', inside, misspelt(text));
    const other = swaps.otherKind(rule.to);
    const swapped =
      other && rule.unknown !== 'allow' ? [edit('wrong kind', inside, isId || query.by === 'id' ? other.id : other.name)] : [];
    // Without a network beside it any subnet may be meant.
    const demands =
      rule.demands?.some(({ is }) => 'idAt' in is && findAll(manifest.root, is.idAt, manifest.tree).length > 0) ?? false;
    const subnet = demands && isId ? swaps.otherSubnet(text) : undefined;
    return [
      ...(rule.unknown === 'allow' ? [] : [wrong]),
      ...swapped,
      ...(subnet ? [edit('swapped subnet', inside, subnet)] : []),
    ];
  });
}

/** Keys that one of the tables of fixed values knows: a controller reads them and no schema names them. */
const fixedKeys = /^(?:loadbalancer\.openstack\.org\/.*|os-[A-Za-z]+|csi\.storage\.k8s\.io\/.*)$/;

function ofKeys({ local, apiVersion, kind }: Manifest, schemas: ReadonlyMap<string, Schema>, edit: Edit): Mutant[] {
  const found: Mutant[] = [];
  const walk = (node: Node | null | undefined, schema: Schema | undefined, anchor: Range, depth: number): void => {
    if (isMap(node)) {
      const properties =
        depth === 0 && schema
          ? { apiVersion: {}, kind: {}, metadata, ...asSchema(schema['properties']) }
          : asSchema(schema?.['properties']);
      const others = asSchema(schema?.['additionalProperties']);
      const closed =
        properties !== undefined && others === undefined && schema?.['x-kubernetes-preserve-unknown-fields'] !== true;
      const required = Array.isArray(schema?.['required']) ? schema['required'].map(String) : [];
      for (const { key, value } of pairsOf(node)) {
        const name = String((key as { value?: unknown }).value);
        const range = keyRange(key);
        const known = properties?.[name];
        const isKnown = (closed && known !== undefined) || fixedKeys.test(name);
        if (isKnown) found.push(edit('misspelt key', inQuotes(local.document.text, range, name), misspelt(name)));
        const below = asSchema(depth === 0 && name === 'metadata' ? metadata : (known ?? others));
        const filledIn = below?.['default'] !== undefined;
        if (required.includes(name) && !filledIn && depth > 0 && pairsOf(node).length > 1)
          found.push(edit('removed required', lineOf(local.document.text, range, value), '', anchor));
        walk(value, below, range, depth + 1);
      }
    } else if (node && 'items' in node && Array.isArray(node.items)) {
      const item = asSchema(schema?.['items']);
      for (const one of node.items as Node[])
        walk(one, item, isMap(one) ? { start: one.range?.[0] ?? 0, end: one.range?.[1] ?? 0 } : anchor, depth + 1);
    }
  };
  walk(local.root, schemas.get(`${apiVersion} ${kind}`), { start: 0, end: 4 }, 0);
  return [...found, ...ofSettings(local.root, local.document.text, edit)];
}

/** Keys and sections of INI text in a block: what stands before `=`. */
function ofSettings(root: YAMLMap, text: string, edit: Edit): Mutant[] {
  return pairsOf(root).flatMap(({ value }) =>
    isMap(value)
      ? pairsOf(value).flatMap(({ value: block }) => {
          if (!isScalar(block) || block.type !== 'BLOCK_LITERAL' || !String(block.value).startsWith('[')) return [];
          const [start, end] = block.range ?? [0, 0];
          return [...text.slice(start, end).matchAll(/^[ \t]*(?:([a-z][a-z-]*)=|\[([A-Za-z]+)\])/gm)].map((line) => {
            const name = line[1] ?? line[2] ?? '';
            const at = start + line.index + line[0].indexOf(name);
            return edit('misspelt key', { start: at, end: at + name.length }, misspelt(name));
          });
        })
      : [],
  );
}

function ofKind({ local, apiVersion = '', kind = '' }: Manifest, schemas: ReadonlyMap<string, Schema>, edit: Edit): Mutant[] {
  if (!schemas.has(`${apiVersion} ${kind}`)) return [];
  const [version, named] = ['apiVersion', 'kind'].map(
    (name) => pairsOf(local.root).find(({ key }) => keyTextOf(key) === name)?.value,
  );
  const slash = apiVersion.indexOf('/');
  const range = (node: Node | null | undefined): Range => ({ start: node?.range?.[0] ?? 0, end: node?.range?.[1] ?? 0 });
  return [
    edit('wrong version', range(version), `${apiVersion.slice(0, slash)}/v1alpha3`),
    edit('misspelt kind', range(named), misspelt(kind)),
  ];
}

const metadata: Schema = {
  properties: { name: {}, namespace: {}, labels: { additionalProperties: {} }, annotations: { additionalProperties: {} } },
};

/** Two letters in the middle swapped, or one left out where they are alike. */
export function misspelt(word: string): string {
  const start = Math.max(0, word.lastIndexOf('/') + 1, word.lastIndexOf('.') + 1);
  for (let at = start + Math.floor((word.length - start) / 2); at > start; at -= 1)
    if (word[at] !== word[at - 1] && /\w/.test(word[at] ?? '') && /\w/.test(word[at - 1] ?? ''))
      return `${word.slice(0, at - 1)}${word[at]}${word[at - 1]}${word.slice(at + 1)}`;
  return `${word}x`;
}

/** The line, or lines, of a pair: key, value and line feed; only the text from the key on where something stands before it. */
function lineOf(text: string, key: Range, value: Node | null): Range {
  const end = value?.range?.[2] ?? key.end;
  const feed = text.indexOf('\n', Math.max(key.end, end - 1));
  const behind = feed < 0 ? text.length : feed + 1;
  const start = text.lastIndexOf('\n', key.start - 1) + 1;
  if (text.slice(start, key.start).trim() === '') return { start, end: behind };
  // The first key of an item: the next one takes its place.
  return { start: key.start, end: behind + (/^ */.exec(text.slice(behind))?.[0].length ?? 0) };
}

function inQuotes(text: string, range: Range, name: string): Range {
  const start = text.indexOf(name, range.start);
  return { start, end: start + name.length };
}

function keyRange(key: Node): Range {
  return { start: key.range?.[0] ?? 0, end: key.range?.[1] ?? 0 };
}

function keyTextOf(key: Node): string {
  return isScalar(key) ? String(key.value) : '';
}

function pairsOf(map: YAMLMap): readonly Pair<Node, Node | null>[] {
  return map.items as Pair<Node, Node | null>[];
}

function asSchema(value: unknown): Schema | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : undefined;
}

/** How one mutant fared. */
export interface Fate {
  readonly mutant: Mutant;
  readonly caught: boolean;
  /** What else was said of the one mistake. */
  readonly echoes: readonly Finding[];
  readonly findings: readonly Finding[];
}

/** Compares what was found with where the mistake is. */
export function fateOf(mutant: Mutant, findings: readonly Finding[]): Fate {
  const touching = findings.filter(({ range }) => range.start <= mutant.at.end && range.end >= mutant.at.start);
  return {
    mutant,
    findings,
    caught: touching.length > 0,
    echoes: touching.length > 0 ? findings.filter((one) => one !== touching[0]) : [],
  };
}

/** The figures: how many mutants there are of each mistake, how many were caught, how many had an echo. */
export function table(fates: readonly Fate[]): string {
  const row = (name: string, of: readonly Fate[]) => {
    const caught = of.filter((one) => one.caught).length;
    const echoed = of.filter(({ echoes }) => echoes.length > 0).length;
    const share = of.length === 0 ? '–' : `${((100 * caught) / of.length).toFixed(1)} %`;
    return `${name.padEnd(18)}${String(of.length).padStart(6)}${String(caught).padStart(8)}${share.padStart(9)}${String(echoed).padStart(8)}`;
  };
  const kinds = mistakes.map((mistake) =>
    row(
      mistake,
      fates.filter(({ mutant }) => mutant.mistake === mistake),
    ),
  );
  return [
    `${'mistake'.padEnd(18)}${'made'.padStart(6)}${'caught'.padStart(8)}${'share'.padStart(9)}${'echoes'.padStart(8)}`,
    ...kinds,
    row('all', fates),
  ].join('\n');
}
