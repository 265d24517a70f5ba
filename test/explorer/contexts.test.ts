/** How the contexts of *Clusters* are arranged: by server where that says something, pinned, hidden, filtered; nobody is asked. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { openContextRows } from '../../src/explorer/clustersNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { chainOf, objectKey } from '../../src/explorer/keys.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { contextKey, Places } from '../../src/explorer/places.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { WindowContexts } from '../../src/kubernetes/windowContexts.ts';
import { countingHttp } from '../support/countingHttp.ts';
import { manyContexts } from '../support/manyContexts.ts';
import { nodeAt, printChildren } from '../support/printTree.ts';

const folder = mkdtempSync(join(tmpdir(), 'contexts-'));
after(() => rmSync(folder, { recursive: true }));

function view(text: string, window = new WindowContexts()) {
  const file = join(folder, 'config');
  writeFileSync(file, text);
  const http = countingHttp();
  const contexts = openContexts({ http, env: { KUBECONFIG: file }, home: folder, mayRun: async () => false, window });
  const places = new Places(shortMemory(), shortMemory());
  const forest = new Forest(
    openContextRows({
      contexts,
      opened: new Opened(),
      otherSide: () => undefined,
      filter: { of: () => [], typed: () => [], onDidChange: () => ({ dispose() {} }) },
      isBound: () => false,
      protection: () => 'open',
      places,
    }),
  );
  const under = async (...path: readonly string[]) =>
    printChildren(forest, path.length > 0 ? await nodeAt(forest, ...path) : undefined);
  const place = (name: string) => ({ key: contextKey(name), label: name });
  return { forest, under, places, place, http };
}

const three = `
clusters:
- {name: big, cluster: {server: 'https://big.example:6443'}}
- {name: other, cluster: {server: 'https://other.example'}}
users: [{name: kim, user: {token: not-a-secret}}]
contexts:
- {name: alone, context: {cluster: other, user: kim}}
- {name: admin, context: {cluster: big, user: kim}}
- {name: shop, context: {cluster: big, user: kim, namespace: shop}}
- {name: lost, context: {cluster: nowhere, user: kim}}
current-context: shop
`;

describe('contexts of one server', () => {
  test('stand below it, beside other servers; what is broken stands alone', async () => {
    const { under, forest } = view(three);
    assert.equal(
      await under(),
      '▸ alone   not opened\n▸ big.example:6443   2 contexts · shop is current\n▸ ✗ lost   not usable as written',
    );
    assert.equal(await under('big.example:6443'), '▸ admin   not opened\n▸ shop   not opened · current');
    const key = objectKey({ context: 'shop', group: '', kind: 'Namespace', namespace: undefined, name: 'shop' });
    const [context = ''] = chainOf(key)?.segments ?? [];
    assert.equal((await forest.find([context]))?.row.label, 'shop');
  });

  test('make no level where there is no other server', async () => {
    const { under } = view(three.replace(/^- .*alone.*\n/m, ''));
    assert.equal(await under(), '▸ admin   not opened\n▸ shop   not opened · current\n▸ ✗ lost   not usable as written');
  });
});

describe('contexts', () => {
  test('that are pinned stand in front, out of their group', async () => {
    const { under, places, place } = view(three);
    await places.pin(place('shop'), true);
    assert.equal(
      await under(),
      '▸ shop   not opened · current · pinned\n▸ alone   not opened\n▸ admin   not opened\n▸ ✗ lost   not usable as written',
    );
  });

  test('that are hidden are a number', async () => {
    const { under, places, place } = view(three);
    await places.hide(place('lost'), true);
    await places.hide(place('admin'), true);
    assert.equal(await under(), '▸ alone   not opened\n▸ shop   not opened · current\n2 hidden');
  });

  test('are filtered by name or server, without groups; the filter is a row', async () => {
    const { under, places, forest } = view(three);
    await places.setFilter('clusters', 'BIG');
    assert.equal(await under(), 'Only “BIG”   2 of 4 contexts · clear\n▸ admin   not opened\n▸ shop   not opened · current');
    assert.equal((await forest.children())[0]?.row.click, 'hybridClusters.filterContexts');
    await places.setFilter('clusters', 'sho');
    assert.equal(await under(), 'Only “sho”   1 of 4 contexts · clear\n▸ shop   not opened · current');
    assert.equal(places.filterOf('clouds'), '');
  });
});

test('what holds in this window only is said in the row', async () => {
  const window = new WindowContexts();
  const { under, forest } = view(three, window);
  const lent = await window.lend(
    'shop/new@admin',
    three.replace('current-context: shop', 'current-context: alone'),
    'Secret shop/new',
  );
  assert.ok(lent.ok);
  window.actAs('alone', { user: 'bob', groups: ['dev'] });
  assert.match(await under(), /^▸ other\.example {3}2 contexts$/m);
  assert.match(await under('other.example'), /^▸ ! alone {3}acting as bob, dev · not opened$/m);
  assert.match(await under('other.example'), /^▸ shop\/new@admin {3}this window only · not opened$/m);
  const words = (await nodeAt(forest, 'other.example', 'shop/new@admin')).row.words;
  assert.deepEqual([words.includes('can:closeContext'), words.includes('can:openSource')], [true, false]);
});

test('500 contexts are words for a reader; nobody is asked before one is opened', async () => {
  const { under, places, http } = view(manyContexts(500));
  const servers = (await under()).split('\n');
  assert.deepEqual([servers.length, servers[1]], [50, '▸ lab-1.example:6443   10 contexts']);
  await places.setFilter('clusters', 'context-');
  assert.equal((await under()).split('\n').length, 501);
  assert.equal(http.asked, 0);
  await under('context-0007');
  assert.ok(http.asked > 0);
});
