/** A long document that is typed into says at each keystroke what it would say if it were read anew. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OpenDocument } from '../../src/language/openDocument.ts';
import type { KindName } from '../../src/manifest/schema/structure.ts';

/** What is read of a file, as text; `manifest` would print the whole tree at each reference. */
function told(document: OpenDocument): string {
  while (document.read(1000, schemasOf));
  while (document.settle(1000));
  const all = document.sections.map(({ section, start, line }) => {
    const { references, names } = section.content;
    return { start, line, ...section.content, references, names, structure: section.structure };
  });
  const plain = (key: string, value: unknown) =>
    key === 'manifest' || key === 'rule' ? undefined : typeof value === 'bigint' ? `${value}n` : value;
  return JSON.stringify(all, plain, 1);
}

const folder = new URL('../fixtures/', import.meta.url);
const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.ya?ml$/.test(file) && /^(?:corpus|crds)/.test(file))
  .flatMap((file) => readFileSync(new URL(file, folder), 'utf8').split(/^---\n/m));
/** One long document each: a definition, and Lists of what else projects have written. */
const definitions = texts.filter(
  (text) => /^kind: CustomResourceDefinition$/m.test(text) && text.length > 20_000 && text.length < 80_000,
);
const objects = texts.filter((text) => /^kind:/m.test(text) && text.length < 3000 && !/[\t]|^\s*[#{%]/m.test(text));
const lists = [objects, objects.toReversed()].map((items) => {
  const indented = items.map((text) => `  - ${text.trim().replaceAll('\n', '\n    ')}\n`);
  return `apiVersion: v1\nkind: List\nitems:\n${indented.join('')}`;
});

const { kinds, definitions: parts } = JSON.parse(readFileSync(new URL('schemas/kubernetes.json', folder), 'utf8')) as {
  kinds: Record<string, string>;
  definitions: Record<string, unknown>;
};
const schemas = new Map(
  Object.entries(kinds).map(([kind, name]) => [
    kind,
    [{ schema: { root: { $ref: `#/components/schemas/${name}` }, definitions: parts } }],
  ]),
);
const schemasOf = ({ apiVersion, kind }: KindName) => schemas.get(`${apiVersion} ${kind}`) ?? [];

const edit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  gone: fc.constantFrom(0, 0, 0, 1, 2, 40),
  /** At the start of a line or wherever it falls; as deep as the line. */
  line: fc.boolean(),
  /** The next keystroke comes before it is worked out what the text names. */
  hasty: fc.boolean(),
  word: fc.constantFrom(
    ...[
      '',
      'x',
      ' ',
      '\n',
      '@',
      ': ',
      '"',
      '[',
      '{{ x }}',
      '- ',
      '#',
      'a: yes\n',
      'mode: 0644\n',
      'version: 1.30\n',
      'a: &b 1\n',
    ],
    ...[
      'a: *b\n',
      '<<: {a: 1}\n',
      'name: x\n',
      'type: 5\n',
      'type: [a]\n',
      'plural: x\n',
      'kind: Secret\nname: y\n',
      'identityRef: {name: z}\n',
      '\u00a0',
      '\t',
      '${A}',
    ],
    ...[
      'labels: {a: 1}\n',
      'metadata: {labels: {b: yes}}\n',
      'x: .nan\n',
      'apiVersion: openstack.k-orc.cloud/v1alpha1\n',
      '---\n',
    ],
  ),
});

describe('a long document that is typed into', () => {
  it('says what it says when it is read anew', () => {
    assert.ok(definitions.length > 3 && lists.every(({ length }) => length > 20_000));
    fc.assert(
      fc.property(fc.constantFrom(...definitions, ...lists), fc.array(edit, { minLength: 2, maxLength: 6 }), (first, edits) => {
        const document = new OpenDocument('file:///a.yaml', 1, first);
        told(document);
        let text = first;
        for (const { at, gone, line, word, hasty } of edits) {
          const somewhere = Math.floor(at * text.length);
          const start = text.lastIndexOf('\n', somewhere) + 1;
          const indent = /^ */.exec(text.slice(start))?.[0] ?? '';
          const place = line ? start : somewhere;
          const insert = line ? `${indent}${word.replace(/\n(?=.)/g, `\n${indent}`)}` : word;
          const end = Math.min(text.length, place + (line ? 0 : gone));
          const position = (offset: number) => {
            const before = text.slice(0, offset).split('\n');
            return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
          };
          document.update([{ range: { start: position(place), end: position(end) }, text: insert }], 2, 0);
          text = text.slice(0, place) + insert + text.slice(end);
          assert.equal(document.text, text);
          if (hasty) while (document.read(1000, schemasOf));
          else assert.equal(told(document), told(new OpenDocument('file:///a.yaml', 1, text)), JSON.stringify({ place, insert }));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells a mistake against the schema for as long as it stands, and not longer', () => {
    const [definition = ''] = definitions.filter((text) => /^ {4}listKind: /m.test(text) && /^ {20}type: object$/m.test(text));
    const document = new OpenDocument('file:///a.yaml', 1, definition);
    const replace = (from: string, to: string) => {
      const before = document.text.slice(0, document.text.indexOf(from)).split('\n');
      const start = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
      const range = { start, end: { line: start.line, character: start.character + from.length } };
      document.update([{ range, text: to }], 2, 0);
      while (document.read(1000, schemasOf));
      return document.sections.flatMap(({ section }) => section.structure.map(({ code }) => code));
    };
    const deep = '\n                    type: object\n';
    const line = deep.trim();
    assert.deepEqual(replace('    listKind: ', '    listKind:  '), []);
    const [at, wrong] = [document.text.indexOf(deep) + 1, '                    type: [object]'];
    const first = document.text.slice(at).split('\n', 1)[0] ?? '';
    assert.equal(first.trim(), line);
    assert.deepEqual(replace(deep.slice(1, -1), wrong), ['schema.type']);
    assert.deepEqual(replace('    listKind:  ', '    listKind: '), ['schema.type'], 'an edit elsewhere');
    assert.deepEqual(replace('    listKind: ', '    listKinds: '), ['schema.unknownField', 'schema.type'], 'another one');
    assert.deepEqual(replace(wrong, deep.slice(1, -1)), ['schema.unknownField']);
    assert.deepEqual(replace('    listKinds: ', '    listKind: '), []);
  });
});
