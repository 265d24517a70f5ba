/** R19: schemas that are missing, broken, cyclic or huge, and two versions of a definition with different shapes: what can be read is used, and nothing else is lost. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HandedSchema } from '../../src/protocol.ts';
import { ServedEditor } from '../support/servedEditor.ts';

const uri = 'file:///shop/widget.yaml';
const world = 'network.network: []';
const wrong = '00000bad-8e6f-4e2d-a1b3-fedcba987654';
const widget = (spec: string, version = 'v1') => `apiVersion: example.org/${version}
kind: Widget
metadata: {name: a}
spec: ${spec}
`;
const service = `---
apiVersion: v1
kind: Service
metadata: {name: a, annotations: {loadbalancer.openstack.org/network-id: ${wrong}}}
`;
const missing = `reference.missing ${JSON.stringify(wrong)}`;
const properties = (spec: object) => ({ type: 'object', properties: { spec } });

/** An editor that has one file open whose kind has this schema; what is said of it once all is asked for. */
async function told(root: unknown, text: string, definitions: object = {}): Promise<readonly string[]> {
  const schema = { hash: 'one', root, definitions } as HandedSchema;
  const editor = await ServedEditor.inMemory({
    world,
    schema: ({ kind }) => (kind === 'Widget' ? { hash: 'one', schema } : null),
  });
  await editor.open(uri, text + service);
  await editor.told(uri);
  for (let waited = 0; waited < 5000; waited += 50) {
    const said = await editor.told(uri);
    if (said.some((one) => one.startsWith('schema'))) return said;
    if (waited >= 500 && said.length > 0) return said;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return editor.told(uri);
}

describe('R19: schemas that are no help', () => {
  const broken: Readonly<Record<string, unknown>> = {
    nothing: null,
    'a text, as a half of a download is': '{"type": "obje',
    'a list': [],
    'keywords of other types': { type: 7, required: 'spec', properties: [1], enum: {}, items: 'x', minimum: 'low' },
    'references that lead nowhere, or round': { $ref: '#/components/schemas/gone' },
    'a pattern that is none': properties({ type: 'object', properties: { size: { type: 'string', pattern: '([' } } }),
  };
  for (const [name, root] of Object.entries(broken))
    it(`${name}: syntax and references are told all the same`, async () => {
      assert.deepEqual(await told(root, widget('{size: big}')), [missing]);
    });

  it('references round in a circle: what stands before the circle is read', async () => {
    const loop = { $ref: '#/components/schemas/loop' };
    const root = properties({
      type: 'object',
      properties: { inner: { $ref: '#/components/schemas/node' }, size: { type: 'integer' }, loop },
    });
    const definitions = { node: { type: 'object', properties: { inner: { $ref: '#/components/schemas/node' } } }, loop };
    assert.deepEqual(await told(root, widget('{size: big, loop: 1, inner: {inner: {inner: {outer: 1}}}}'), definitions), [
      'schema.type "big"',
      'schema.unknownField "outer"',
      missing,
    ]);
  });

  it('fields that the server keeps whatever they are: nothing is said of them, all is said of the others', async () => {
    const root = properties({
      type: 'object',
      properties: { free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }, size: { type: 'integer' } },
    });
    assert.deepEqual(await told(root, widget('{free: {any: {thing: 1}}, size: 1, color: red}')), [
      'schema.unknownField "color"',
      missing,
    ]);
  });

  it('5 MB of it', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 40_000 }, (_, index) => [`field${index}`, { type: 'string', description: 'x'.repeat(90) }]),
    );
    const root = properties({ type: 'object', properties: many });
    assert.ok(JSON.stringify(root).length > 5_000_000);
    const began = performance.now();
    assert.deepEqual(await told(root, widget('{field7: 1, field39999x: a}')), [
      'schema.type "1"',
      'schema.unknownField "field39999x"',
      missing,
    ]);
    assert.ok(performance.now() - began < 15_000);
  });

  it('an editor that fails each time it is asked for one', async () => {
    const editor = await ServedEditor.inMemory({
      world,
      schema: () => {
        throw new Error('The disk is gone.');
      },
    });
    await editor.open(uri, widget('{size: big}') + service);
    assert.deepEqual(await editor.told(uri), [missing]);
  });
});

describe('two versions of a definition with different shapes', () => {
  const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.org}
spec:
  group: example.org
  names: {kind: Widget, plural: widgets}
  versions:
    - {name: v1, served: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}}
    - {name: v2, served: true, schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: object, properties: {width: {type: integer}}}}}}}}}
`;
  const opened = async (text: string) => {
    const editor = await ServedEditor.inMemory({ world });
    await editor.open('file:///shop/definition.yaml', definition);
    await editor.told('file:///shop/definition.yaml');
    await editor.open(uri, text);
    return editor;
  };
  const eventually = async (editor: ServedEditor, expected: readonly string[]) => {
    let said: readonly string[] = [];
    for (let waited = 0; waited < 5000; waited += 50) {
      said = await editor.told(uri);
      if (String(said) === String(expected)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.deepEqual(said, expected);
  };

  it('each manifest is read by its own', async () => {
    const text = [
      widget('{size: 1}'),
      widget('{size: {width: 1}}', 'v2'),
      widget('{size: {width: 1}}'),
      widget('{size: 1}', 'v2'),
    ].join('---\n');
    await eventually(await opened(text), ['schema.type "size"', 'schema.type "1"']);
  });

  it('one that is in neither is told, and is read by the other as soon as the definition has it', async () => {
    const editor = await opened(widget('{size: 1}', 'v3'));
    await eventually(editor, ['object.otherVersion "example.org/v3"']);
    await editor.reload('file:///shop/definition.yaml', definition.replace('name: v2', 'name: v3'));
    await eventually(editor, ['schema.type "1"']);
  });
});
