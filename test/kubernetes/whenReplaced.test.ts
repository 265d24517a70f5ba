import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from '../../src/base/event.ts';
import { failed, type Result, success } from '../../src/base/failure.ts';
import type { Cluster, Contexts } from '../../src/kubernetes/cluster.ts';
import { whenReplaced } from '../../src/kubernetes/whenReplaced.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

test('only another cluster of its context is told, once, and nothing after it is let go of', async () => {
  const clusters = { one: new FakeCluster(), other: new FakeCluster() } as const;
  const answers: Readonly<Record<string, Result<Cluster>>> = {
    one: success(clusters.one),
    other: success(clusters.other),
    gone: failed('notFound', 'No context is called so.'),
    broken: failed('invalid', 'Its certificate is damaged.'),
  };
  let now = 'one';
  const opened: string[] = [];
  const changed = new Emitter<void>();
  const contexts: Contexts = {
    list: async () => ({ contexts: [], current: undefined, problems: [] }),
    open: async (context) => {
      opened.push(context);
      return answers[now] ?? assert.fail(now);
    },
    onDidChange: changed.event,
    dispose() {},
  };
  const told: string[] = [];
  const nameOf = (cluster: Cluster) => (cluster === clusters.one ? 'one' : 'other');
  const subscription = whenReplaced(contexts, clusters.one, (cluster) => told.push(nameOf(cluster)));
  const becomes = async (state: string) => {
    now = state;
    changed.fire();
    await new Promise((settled) => setImmediate(settled));
    return told.splice(0).join();
  };
  const steps = ['one', 'gone', 'broken', 'one', 'other', 'other', 'gone', 'other', 'one'];
  const heard: string[] = [];
  for (const step of steps) heard.push(await becomes(step));
  assert.deepEqual(heard, ['', '', '', '', 'other', '', '', '', 'one']);
  assert.deepEqual(new Set(opened), new Set(['sandbox-admin']));
  now = 'other';
  changed.fire();
  subscription.dispose();
  assert.equal(await becomes('other'), '');
});
