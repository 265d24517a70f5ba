/** A claim that waits for its volume is told in the words of Cinder, too. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { CloudVolumes } from '../../src/deploy/run/cloudVolumes.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const cloud = `
cloud: demo
block-storage.volume:
  - {id: v1, name: pvc-1, status: in-use, attachments: [{server_id: s1}]}
  - {id: v2, name: pvc-uid-2, status: creating, attachments: []}
`;
const claim = (uid: string, spec = '') =>
  parse(
    `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, namespace: shop, uid: ${uid}}, spec: {${spec}}}`,
  ) as KubeObject;
const never = new AbortController().signal;

for (const [name, object, expected] of [
  ['by the name of its PersistentVolume', claim('x', 'volumeName: pvc-1'), 'in-use by server s1 in demo'],
  ['by its own uid, before it has one', claim('uid-2'), 'creating in demo'],
  ['of which the cloud knows none', claim('uid-3'), undefined],
] as const)
  test(`the volume behind a claim: ${name}`, async () => {
    let changes = 0;
    const volumes = new CloudVolumes(fakeCloud(cloud), never, () => changes++);
    assert.equal(volumes.of(object), undefined);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([volumes.of(object), changes], [expected, expected === undefined ? 0 : 1]);
  });

test('a cloud without volumes is not asked, and one that answered is not asked again at once', async () => {
  const without = fakeCloud('cloud: demo\nabsent: [block-storage]');
  assert.equal(new CloudVolumes(without, never, () => undefined).of(claim('x')), undefined);
  const project = fakeCloud(cloud);
  const volumes = new CloudVolumes(project, never, () => undefined);
  for (let times = 0; times < 3; times++) volumes.of(claim('uid-2'));
  assert.deepEqual([without.asked.length, project.asked.length], [0, 1]);
});
