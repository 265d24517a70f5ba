/** What an edited object shows and sends of copies of itself; what a server makes of an edit is asked of a real one (edit.live.test.ts). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editable, planEdit } from '../../src/deploy/edit.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { toYaml } from '../../src/manifest/toYaml.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const copies = {
  'kapp.k14s.io/original': '{"kind":"Secret","data":{"token":"Y2FuYXJ5"}}',
  'objectset.rio.cattle.io/applied': 'H4sIAcanary',
  team: 'data',
};
const objectOf = (kind: string, data: object | undefined = { token: 'Y2FuYXJ5' }): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'keys', namespace: 'shop', annotations: copies },
  ...(data && { data }),
});
const masked = { 'kapp.k14s.io/original': '***', 'objectset.rio.cattle.io/applied': '***', team: 'data' };

/** What is sent of the object when its text is edited; undefined if nothing would change. */
async function sent(object: KubeObject, from = '', to = ''): Promise<KubeObject | undefined> {
  const cluster = new FakeCluster();
  const opened = cluster.put(object);
  const ref = { apiVersion: 'v1', kind: object.kind, namespace: 'shop', name: 'keys' };
  const text = toYaml(editable(opened));
  assert.ok(text.includes(from), text);
  const planned = await planEdit(cluster, { ref, opened, file: 'keys.yaml', text: text.replace(from, to) });
  assert.ok(planned.ok, JSON.stringify(planned));
  const send = planned.value?.send;
  return send && ('apply' in send ? send.apply : assert.fail('a patch'));
}

test('copies of a Secret in its annotations are masked while it is edited; those of others are not', () => {
  assert.deepEqual(editable(objectOf('Secret')).metadata.annotations, masked);
  assert.deepEqual(editable(objectOf('Secret', undefined)).metadata.annotations, masked);
  assert.doesNotMatch(toYaml(editable(objectOf('Secret'))), /canary|Y2FuYXJ5/);
  assert.deepEqual(editable(objectOf('ConfigMap')).metadata.annotations, copies);
});

test('a mask that is left as it is stands for what was there', async () => {
  for (const object of [objectOf('Secret'), objectOf('Secret', undefined), objectOf('ConfigMap')]) {
    assert.equal(await sent(object), undefined, 'nothing was changed');
    const { metadata, data } = (await sent(object, 'team: data', 'team: shop')) ?? assert.fail('nothing is sent');
    assert.deepEqual([{ ...metadata.annotations }, data && { ...data }], [{ ...copies, team: 'shop' }, object['data']]);
  }
});

test('what is written in place of a mask is sent, and the other stays', async () => {
  const edited = await sent(objectOf('Secret'), 'original: "***"', 'original: mine');
  assert.deepEqual({ ...edited?.metadata.annotations }, { ...copies, 'kapp.k14s.io/original': 'mine' });
});
