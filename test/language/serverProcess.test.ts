/** R13: the language server as a process that dies. What an editor sends again is answered as before; a document that would take all memory harms only itself. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ServedEditor } from '../support/servedEditor.ts';

const id = 'e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11';
const wrong = '00000bad-8e6f-4e2d-a1b3-fedcba987654';
const world = `network.network: [{ id: ${id}, name: private }]`;
const service = (network: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {loadbalancer.openstack.org/network-id: ${network}}}\n`;
const uris = Array.from({ length: 20 }, (_, index) => `file:///shop/${index}.yaml`);
const texts = uris.map((_, index) => service(index % 3 === 0 ? wrong : id));

async function replay(editor: ServedEditor): Promise<readonly (readonly string[])[]> {
  await Promise.all(uris.map((uri, index) => editor.open(uri, texts[index] ?? '')));
  return Promise.all(uris.map((uri) => editor.told(uri)));
}

describe('R13: the server dies', () => {
  it('with twenty files open: its successor says the same of them, soon', async () => {
    const first = await ServedEditor.asProcess({ world });
    const before = await replay(first);
    assert.equal(before.flat().length, 7);
    await first.kill();
    const second = await ServedEditor.asProcess({ world });
    try {
      const began = performance.now();
      assert.deepEqual(await replay(second), before);
      // Once it runs, under a second; a loaded machine takes a few times as long.
      assert.ok(performance.now() - began < 5000);
    } finally {
      await second.kill();
    }
  });

  it('or does not: 50 MB of poison under a small heap, and the other files are answered', async () => {
    const editor = await ServedEditor.asProcess({ world }, ['--max-old-space-size=512']);
    try {
      await replay(editor);
      const bomb = Array.from(
        { length: 40 },
        (_, index) =>
          `a${index}: &a${index} [${Array(20)
            .fill(index === 0 ? 'x' : `*a${index - 1}`)
            .join(',')}]`,
      );
      await editor.open('file:///bad/bomb.yaml', `apiVersion: v1\nkind: A\n${bomb.join('\n')}\n`);
      await editor.open('file:///bad/large.yaml', `apiVersion: v1\nkind: A\na: [${'{b: c}, '.repeat(6_250_000)}]\n`);
      await editor.open('file:///bad/deep.yaml', `apiVersion: v1\nkind: A\na: ${'['.repeat(1_000_000)}`);
      await editor.open('file:///shop/late.yaml', service(wrong));
      assert.deepEqual(await editor.told('file:///shop/late.yaml'), [`reference.missing ${JSON.stringify(wrong)}`]);
      assert.deepEqual(
        (await editor.told('file:///bad/large.yaml')).map((one) => one.split(' ')[0]),
        ['yaml.tooLarge'],
      );
      assert.deepEqual(
        (await editor.told('file:///bad/deep.yaml')).map((one) => one.split(' ')[0]),
        ['yaml.tooDeep'],
      );
    } finally {
      await editor.kill();
    }
  });
});
