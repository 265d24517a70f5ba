/** What becomes of the pods of node shells when a window ends, without a cluster. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import { editorParts } from '../support/editorParts.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const { NodeShells } = await import('../../src/commands/nodeShells.ts');

test('a window that ends deletes its own pods, and tells of one that it could not delete, with the command', async () => {
  const pod = (context: string, name: string) => ({ context, namespace: 'shop', name });
  let kept: unknown = [pod('near', 'earlier')];
  const memory = {
    keys: () => [],
    get: () => kept,
    update: async (_: string, value: unknown) => {
      kept = value;
    },
  };
  const cluster = new FakeCluster();
  for (const name of ['earlier', 'mine']) cluster.put({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' } });
  const contexts = {
    open: async (name: string) => (name === 'near' ? success(cluster) : failed('offline', `${name} does not answer.`)),
  };
  const { parts, asked } = editorParts({} as never);
  const shells = new NodeShells({ memory: memory as never, contexts, prompts: parts.prompts as never, log: parts.log });
  await shells.add(pod('near', 'mine'));
  await shells.add(pod("it's far", 'lost'));
  await shells.end();
  const pods = await cluster.list('v1', 'Pod', { namespace: 'shop' });
  assert.ok(pods.ok);
  assert.deepEqual(
    pods.value.items.map(({ metadata }) => metadata.name),
    ['earlier'],
  );
  assert.deepEqual(
    shells.open.map(({ name }) => name),
    ['earlier', 'lost'],
  );
  assert.deepEqual(asked, [
    `offer The privileged pod shop/lost may still be on it's far. it's far does not answer. Delete it with: kubectl --context 'it'\\''s far' --namespace 'shop' delete pod 'lost'`,
  ]);
});
