import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainedFields, explainField } from '../../src/kubernetes/explain.ts';
import type { PublishedSchema } from '../../src/kubernetes/schemas.ts';

const published: PublishedSchema = {
  $ref: '#/components/schemas/shop.Shop',
  components: {
    schemas: {
      'shop.Shop': {
        description: 'Shop sells things. It has shelves.',
        type: 'object',
        required: ['spec'],
        properties: {
          spec: { allOf: [{ $ref: '#/components/schemas/shop.ShopSpec' }], default: {}, description: 'What is wanted.' },
        },
      },
      'shop.ShopSpec': {
        type: 'object',
        required: ['shelves'],
        properties: {
          shelves: { type: 'array', description: 'The shelves, one a row.', items: { $ref: '#/components/schemas/shop.Shelf' } },
          labels: { type: 'object', additionalProperties: { type: 'string' }, description: 'Marks e.g. a=b' },
          port: { 'x-kubernetes-int-or-string': true },
          mode: { type: 'string', enum: ['Open', 'Closed'], default: 'Open', description: `${'words '.repeat(25)}end.` },
          parent: { $ref: '#/components/schemas/shop.Shop' },
        },
      },
      'shop.Shelf': {
        type: 'object',
        description: 'A shelf\u001b[31m holds goods.',
        properties: { height: { type: 'integer' } },
      },
    },
  },
};
const explained = (...path: readonly (string | number)[]) => {
  const text = explainField(published, { apiVersion: 'example.org/v1', kind: 'Shop' }, path);
  return text.ok ? text.value : `${text.failure.reason}: ${text.failure.message}`;
};

test('a kind, and a field behind a reference: what it is for and what lies below', () => {
  assert.equal(
    explained(),
    `Shop example.org/v1
Shop  <Shop>

Shop sells things. It has shelves.

Fields
  spec  <ShopSpec>  required · What is wanted.
`,
  );
  assert.equal(
    explained('spec'),
    `Shop example.org/v1
spec  <ShopSpec>  required

What is wanted.

Fields
  shelves  <[]Shelf>            required · The shelves, one a row.
  labels   <map[string]string>  Marks e.g. a=b
  port     <integer or string>
  mode     <string>             ${'words '.repeat(25)}end.
  parent   <Shop>               Shop sells things.
`,
  );
});

test('a list is passed through, its index too; a text of the server is words only', () => {
  const shelf = `Shop example.org/v1
spec.shelves  <[]Shelf>  required

The shelves, one a row.

Fields
  height  <integer>
`;
  assert.equal(explained('spec', 'shelves'), shelf);
  assert.equal(explained('spec', 'shelves', 0), shelf);
  assert.match(
    explained('spec', 'parent', 'spec', 'shelves', 3, 'height'),
    /^spec\.parent\.spec\.shelves\.height {2}<integer>$/m,
  );
});

test('what values there are, which one counts without one, and long lines wrapped', () => {
  const text = explained('spec', 'mode');
  assert.match(text, /^One of: "Open", "Closed"\nDefault: "Open"$/m);
  assert.ok(Math.max(...text.split('\n').map(({ length }) => length)) <= 100);
});

test('a field that does not exist is refused with those that do', () => {
  assert.equal(explained('spec', 'shelf'), 'notFound: Shop.spec has no field shelf. It has shelves, labels, port, mode, parent.');
  assert.equal(
    explained('spec', 'labels', 'a'),
    'notFound: Shop.spec.labels has no field a. It has no fields that the server publishes.',
  );
});

test('the names of fields are known by their lines', () => {
  assert.deepEqual(
    explainedFields(explained('spec')).map(({ name }) => name),
    ['shelves', 'labels', 'port', 'mode', 'parent'],
  );
  assert.deepEqual(explainedFields(explained('spec', 'shelves', 'height')), []);
});
