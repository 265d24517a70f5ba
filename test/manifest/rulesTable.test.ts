import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { parsePattern } from '../../src/manifest/path.ts';
import { families } from '../../src/manifest/rules/rules.ts';
import { kindOf } from '../../src/openstack/kinds/kinds.ts';
import { rulesTable } from '../support/rulesTable.ts';

const golden = new URL('rules.golden.txt', import.meta.url);
const rules = Object.values(families).flat();

test('the rules read as their golden table (UPDATE_GOLDEN=1 writes it anew)', () => {
  const table = `${rulesTable()}\n`;
  if (process.env['UPDATE_GOLDEN']) writeFileSync(golden, table);
  assert.equal(table, readFileSync(golden, 'utf8'));
});

test('what a rule demands of a resource is told to the language server', () => {
  const untold = rules.flatMap(({ to, demands = [] }) =>
    demands.filter(({ field }) => !(kindOf(to).facts ?? []).includes(field)).map(({ field }) => `${to} ${field}`),
  );
  assert.deepEqual(untold, []);
});

test('no two rules are about the same place', () => {
  const places = rules.map((rule) => `${rule.in} ${rule.at} ${JSON.stringify(rule.when)} ${JSON.stringify(rule.beside)}`);
  assert.equal(new Set(places).size, places.length);
  for (const { at } of rules) assert.ok(parsePattern(at).length > 0, at);
});
