import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { selectorText, selects } from '../../src/kubernetes/labelSelector.ts';

/** A selector, how it is written, and which of these labels it selects. */
const labels = ['{}', '{ app: web }', '{ app: db, tier: back }'];
const cases: readonly (readonly [selector: string, text: string, selected: readonly string[]])[] = [
  ['{}', '', labels],
  ['{ matchLabels: { app: web } }', 'app=web', ['{ app: web }']],
  ['{ matchExpressions: [{ key: app, operator: In, values: [web, db] }] }', 'app in (web,db)', labels.slice(1)],
  ['{ matchExpressions: [{ key: app, operator: NotIn, values: [web] }] }', 'app notin (web)', ['{}', '{ app: db, tier: back }']],
  ['{ matchExpressions: [{ key: tier, operator: Exists }] }', 'tier', ['{ app: db, tier: back }']],
  ['{ matchLabels: { app: web }, matchExpressions: [{ key: tier, operator: DoesNotExist }] }', 'app=web,!tier', ['{ app: web }']],
  ['{ matchExpressions: [{ key: app, operator: Resembles, values: [web] }] }', '', []],
  ['{ matchExpressions: [{ key: app, operator: constructor, values: [web] }] }', '', []],
];

for (const [selector, text, selected] of cases)
  test(`${selector} selects`, () => {
    assert.equal(selectorText(parse(selector)), text);
    assert.deepEqual(
      labels.filter((one) => selects(parse(selector), parse(one))),
      selected,
    );
  });
