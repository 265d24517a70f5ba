import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openClouds } from '../../src/explorer/cloudsNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import type { Node } from '../../src/explorer/nodes.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { fakeClouds } from '../support/fakeClouds.ts';
import { nodeAt } from '../support/printTree.ts';

const esc = '\u001b';

/** What a tenant may call a network -> what its row says. */
const names: readonly (readonly [name: string, label: string])[] = [
  ['two\nlines', 'two lines'],
  ['carriage\r\nreturn', 'carriage return'],
  ['tab\tand\u0000zero', 'tab and zero'],
  [`${esc}[31mred${esc}[0m`, 'red'],
  ['web\u202egnp.exe', 'web gnp.exe'],
  ['web\u2066\u2069isolated', 'web isolated'],
  ['arabic\u061cmark', 'arabic mark'],
  ['soft\u00adhyphen', 'soft hyphen'],
  ['invisible\u{e0041}\u{e0042}tags', 'invisible tags'],
  ['line\u2028separator', 'line separator'],
  ['x'.repeat(255), `${'x'.repeat(199)}…`],
  ['ü'.repeat(255), `${'ü'.repeat(199)}…`],
  ['\u202e\u202e', 'id-12'],
  ['', 'id-13'],
  ['$(error) **bold** [link](command:evil)', '$(error) **bold** [link](command:evil)'],
  ['grüße, 世界 🚀', 'grüße, 世界 🚀'],
];

/** The rows below the networks of a cloud that has these. */
async function rowsOf(networks: readonly object[]): Promise<readonly Node[]> {
  const absent = ['compute', 'load-balancer', 'image', 'block-storage'];
  const project = fakeCloud(JSON.stringify({ absent, 'network.network': networks }));
  const clouds = fakeClouds({ demo: { projects: [project] } });
  const forest = new Forest(openClouds({ clouds, opened: new Opened(), otherWorld: () => undefined, isBound: () => false }));
  return await forest.children(await nodeAt(forest, 'demo', 'demo', 'Network', 'Networks'));
}

describe('names that tenants give', () => {
  test('become one harmless line each, and none keeps another from being shown', async () => {
    const rows = await rowsOf(names.map(([name], index) => ({ id: `id-${index}`, name })));
    const labels = new Map(rows.map(({ row }) => [row.id, row.label]));
    for (const [index, [name, label]] of names.entries()) assert.equal(labels.get(`id-${index}`), label, JSON.stringify(name));
  });

  test('twice the same are two rows, and the same id twice is one', async () => {
    const rows = await rowsOf([
      { id: 'a', name: 'twin' },
      { id: 'b', name: 'twin' },
      { id: 'b', name: 'twin' },
    ]);
    assert.deepEqual(
      rows.map(({ id }) => id.split('/').at(-1)),
      ['a', 'b'],
    );
  });

  test('an id that is nothing but invisible characters says so', async () => {
    const [only] = await rowsOf([{ id: '\u202e', name: '\u202e' }]);
    assert.equal(only?.row.label, '(no readable name)');
  });
});
