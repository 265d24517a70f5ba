import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { catalogTable, servicesTable } from '../../src/openstack/catalogTable.ts';
import { kindIds, kindOf } from '../../src/openstack/kinds/kinds.ts';
import { serviceRow } from '../../src/openstack/services.ts';

const golden = new URL('catalog.golden.txt', import.meta.url);

test('the catalog reads as its golden table (UPDATE_GOLDEN=1 writes it anew)', () => {
  const table = `${catalogTable()}\n`;
  if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, table);
  assert.equal(table, readFileSync(golden, 'utf8'));
});

test('the README lists every service as the catalog has it (UPDATE_GOLDEN=1 writes it anew)', () => {
  const readme = new URL('../../README.md', import.meta.url);
  const text = readFileSync(readme, 'utf8');
  const [head = '', rest = ''] = text.split('<!-- services -->\n');
  const [, tail = ''] = rest.split('<!-- /services -->');
  const wanted = `${head}<!-- services -->\n${servicesTable()}\n<!-- /services -->${tail}`;
  if (process.env['UPDATE_GOLDEN']) writeFileSync(readme, wanted);
  assert.equal(readFileSync(readme, 'utf8'), wanted);
  assert.deepEqual(
    kindIds.filter((id) => !wanted.includes(kindOf(id).label[1].slice(1))),
    [],
  );
});

test('every parameter of a path or query is filled by the parent or the token, and every kind has a service row', () => {
  for (const id of kindIds) {
    const { path, parent, query = {} } = kindOf(id);
    const parameters = [...[path, ...Object.values(query)].join(' ').matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const filled = [...Object.keys(parent?.parameters ?? {}), 'user', 'project'];
    assert.deepEqual(
      parameters.filter((name) => name === undefined || !filled.includes(name)),
      [],
      id,
    );
    assert.match(path, /^\//, id);
    assert.ok(serviceRow(id).types.length > 0, id);
  }
});

test('a kind without a group lies below another one', () => {
  const below = new Set(kindIds.flatMap((id) => (kindOf(id).children ?? []).map(({ kind }) => kind)));
  const lost = kindIds.filter((id) => !kindOf(id).under && !below.has(id));
  assert.deepEqual(lost, []);
});
