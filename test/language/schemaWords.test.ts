import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { OpenDocument } from '../../src/language/openDocument.ts';
import { schemaHover, schemaItems } from '../../src/language/schemaWords.ts';
import { LineIndex } from '../../src/manifest/lineIndex.ts';

const root = parse(`
type: object
required: [spec]
properties:
  spec:
    type: object
    required: [size]
    description: What is *wanted*.
    properties:
      size: { type: integer, description: How large it is. }
      mode: { type: string, enum: [fast, slow] }
      paused: { type: boolean }
      power: { type: string, enum: ["on", "off"] }
      level: { type: integer, enum: [1, 2] }
      template:
        type: object
        properties:
          spec:
            type: object
            properties:
              containers:
                type: array
                items: { $ref: '#/components/schemas/Container' }
  status: { type: object }
`);
const schemasOf = ({ kind }: { kind: string }) =>
  kind === 'Widget' ? [{ schema: { root, definitions: { Container: container } } }] : [];
const head = 'apiVersion: example.org/v1\nkind: Widget\n';

const ports = {
  type: 'array',
  items: { type: 'object', properties: { port: { type: 'integer' }, protocol: { type: 'string' } } },
};
const container = {
  type: 'object',
  required: ['name'],
  properties: { name: { type: 'string' }, image: { type: 'string' }, ports },
};

/** The document and the place of `<|>` in it. */
function at(marked: string) {
  const text = head + marked;
  const offset = text.indexOf('<|>');
  const whole = text.replace('<|>', '');
  return { document: new OpenDocument('file:///a.yaml', 1, whole), position: new LineIndex(whole).positionAt(offset) };
}

function completed(marked: string): readonly string[] {
  const { document, position } = at(marked);
  const items = schemaItems(document, position, schemasOf)?.items ?? [];
  return items.map(({ textEdit }) => JSON.stringify(textEdit?.newText ?? '').slice(1, -1)).sort();
}

const keys: Readonly<Record<string, [string, readonly string[]]>> = {
  'of the object, but not status': ['<|>', ['metadata: ', 'spec:\\n  ']],
  'of a mapping, without those that are there': [
    'spec:\n  size: 1\n  <|>\n  paused: true\n',
    ['level: ', 'mode: ', 'power: ', 'template:\\n    '],
  ],
  'of a word that is begun, where the text is broken': [
    'spec:\n  m<|>\n  size: {',
    ['level: ', 'mode: ', 'paused: ', 'power: ', 'template:\\n    '],
  ],
  'of the first line of an item': [
    'spec:\n  template:\n    spec:\n      containers:\n        - <|>',
    ['image: ', 'name: ', 'ports:\\n            - '],
  ],
  'of a list that is not indented': [
    'spec:\n  template:\n    spec:\n      containers:\n      - name: a\n        <|>',
    ['image: ', 'ports:\\n          - '],
  ],
  'of a second item, and a list in it': [
    'spec:\n  template:\n    spec:\n      containers:\n      - name: a\n      - name: b\n        ports:\n        - port: 1\n          <|>',
    ['protocol: '],
  ],
  'only the word where a colon stands': ['spec:\n  si<|>: 1\n', ['level', 'mode', 'paused', 'power', 'size', 'template']],
  'of nothing in a block text': ['spec:\n  mode: |\n    <|>', []],
  'of nothing below a scalar': ['spec:\n  size: 1\n    <|>', []],
  'of nothing in brackets': ['spec: { <|> }', []],
  'of nothing in a comment': ['spec:\n  # <|>', []],
};
const values: Readonly<Record<string, [string, readonly string[]]>> = {
  'of an enumeration': ['spec:\n  mode: <|>', ['fast', 'slow']],
  'of a truth': ['spec:\n  paused: t<|>', ['false', 'true']],
  'of texts that would be read as something else, in quotes': ['spec:\n  power: <|>', ['\\"off\\"', '\\"on\\"']],
  'of such texts where quotes stand already': ['spec:\n  power: "<|>"', ['off', 'on']],
  'of numbers, as they are': ['spec:\n  level: <|>', ['1', '2']],
  'of a number there are none': ['spec:\n  size: <|>', []],
};

describe('completion by schema', () => {
  for (const [name, [marked, expected]] of Object.entries(keys))
    it(`offers the keys ${name}`, () => assert.deepEqual(completed(marked), expected));
  for (const [name, [marked, expected]] of Object.entries(values))
    it(`offers the values ${name}`, () => assert.deepEqual(completed(marked), expected));

  it('tells the type and puts first what is required', () => {
    const { document, position } = at('spec:\n  <|>');
    const items = schemaItems(document, position, schemasOf)?.items ?? [];
    const first = items.toSorted((one, other) => String(one.sortText).localeCompare(String(other.sortText)))[0];
    assert.deepEqual([first?.label, first?.detail, first?.documentation], ['size', 'integer · required', 'How large it is.']);
  });
});

describe('hover by schema', () => {
  const hovered = (marked: string) => {
    const { document, position } = at(marked);
    const contents = schemaHover(document, position, schemasOf)?.contents;
    return contents && typeof contents === 'object' && 'value' in contents ? contents.value : undefined;
  };

  it('tells of a key its type, its words as text, its values and its kind', () => {
    assert.equal(hovered('spec:\n  mo<|>de: fast\n'), '**mode** · string\n\nOne of fast, slow\n\n*Widget example\\.org/v1*');
    assert.equal(hovered('spec:\n  pau<|>sed: true\n'), '**paused** · boolean\n\n*Widget example\\.org/v1*');
    assert.equal(
      hovered('sp<|>ec:\n  size: 1\n'),
      '**spec** · object · required\n\nWhat is \\*wanted\\*\\.\n\n*Widget example\\.org/v1*',
    );
  });

  it('says nothing of values and of what the schema does not know', () => {
    assert.equal(hovered('spec:\n  mode: fa<|>st\n'), undefined);
    assert.equal(hovered('spec:\n  co<|>lor: red\n'), undefined);
  });
});
