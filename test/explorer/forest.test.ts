import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Forest } from '../../src/explorer/forest.ts';
import { plainBranch, row } from '../../src/explorer/nodes.ts';

describe('looking for a row', () => {
  const one = (segment: string) => row({ segment, label: segment, subject: { of: 'hint' } });

  it('that came since the view looked tells the view of it, once', async () => {
    let names = ['a'];
    const list = row({ ...one('list'), open: () => plainBranch(() => names.map(one)) });
    const forest = new Forest(() => plainBranch(() => [list]));
    const [seen] = await forest.children();
    await forest.children(seen);
    const told: (string | undefined)[] = [];
    forest.onDidChange((node) => told.push(node?.id));

    assert.equal((await forest.find(['list', 'a']))?.id, '/list/a');
    assert.deepEqual(told, []);
    names = ['a', 'b'];
    assert.equal((await forest.find(['list', 'b']))?.id, '/list/b');
    assert.deepEqual(told, ['/list']);
    await forest.find(['list', 'b']);
    assert.deepEqual(told, ['/list']);
    assert.equal(await forest.find(['list', 'c']), undefined);
    forest.dispose();
  });
});
