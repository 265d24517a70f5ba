/** What hangs together within a cluster, as text: the object, and below it how and with what. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { tiesOf } from '../../src/relations/ties.ts';
import { objectsIn, shop, shopCluster } from '../support/shop.ts';

const expected = `
Ingress front
  routes to Service web
  shows the certificate Secret cert
Gateway edge
  lets in HTTPRoute pages
  shows the certificate Secret cert
HTTPRoute pages
  enters by Gateway edge
  routes to Service web
Service web
  is reached by Ingress front
  is reached by HTTPRoute pages
  sends to Pod web-1-a
Service outside
EndpointSlice web-x
  lists Pod web-1-a
Deployment web
  is reached by Service web
  is scaled by HorizontalPodAutoscaler more
  is guarded by PodDisruptionBudget keep
  is filtered by NetworkPolicy closed
  uses ConfigMap settings
  uses Secret gone (missing)
  uses Secret db
  uses Secret cert
  uses Secret pull
  uses ServiceAccount runner
ReplicaSet web-1
  is owned by Deployment web
  is reached by Service web
  is guarded by PodDisruptionBudget keep
  is filtered by NetworkPolicy closed
  uses ConfigMap settings
Pod web-1-a
  is owned by ReplicaSet web-1
  is reached by Service web
  is guarded by PodDisruptionBudget keep
  is filtered by NetworkPolicy closed
  uses ConfigMap settings
  runs on Node n1
Pod tool
  is filtered by NetworkPolicy closed
  uses ConfigMap settings
  uses PersistentVolumeClaim data
  runs on Node n1
HorizontalPodAutoscaler more
  scales Deployment web
PodDisruptionBudget keep
  guards Pod web-1-a
NetworkPolicy closed
  filters the traffic of Pod web-1-a
  filters the traffic of Pod tool
ConfigMap settings
  is used by Deployment web
  is used by Pod tool
Secret db
  is used by Deployment web
Secret cert
  is used by Deployment web
  is shown by Ingress front
  is shown by Gateway edge
Secret pull
  is used by Deployment web
  is named by ServiceAccount runner
ServiceAccount runner
  is used by Deployment web
  names Secret pull
PersistentVolumeClaim data
  is used by Pod tool
  is bound to PersistentVolume pv-1
  is of class StorageClass fast
PersistentVolume pv-1
  is bound by PersistentVolumeClaim data
  is of class StorageClass fast
StorageClass fast
  is the class of PersistentVolumeClaim data
  is the class of PersistentVolume pv-1
Node n1
  runs Pod web-1-a
  runs Pod tool
`;

const refOf = ({ apiVersion, kind, metadata: { name, namespace } }: ReturnType<typeof objectsIn>[number]) => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

describe('hangs together with', () => {
  const objects = new Map(objectsIn(shop).map((object) => [`${object.kind} ${object.metadata.name}`, object]));
  for (const block of expected.trim().split(/\n(?! )/)) {
    const [title = '', ...lines] = block.split('\n');
    test(title, async () => {
      const object = objects.get(title) ?? assert.fail(`no ${title}`);
      const ties = await tiesOf(shopCluster(), refOf(object));
      assert.ok(ties.ok);
      const found = ties.value.ties.map(
        ({ says, kind, name, row }) => `  ${says} ${kind.kind} ${name}${row ? '' : ' (missing)'}`,
      );
      assert.equal(found.join('\n'), lines.join('\n'));
      assert.deepEqual(ties.value.failures, []);
      assert.doesNotMatch(JSON.stringify(ties.value.ties), /Y2FuYXJ5/);
    });
  }
});

test('lists are shared by the rows that are opened one after another, and one name is not looked for in a list', async () => {
  const cluster = shopCluster();
  const ask = (kind: string, name: string) => tiesOf(cluster, { apiVersion: 'v1', kind, name, namespace: 'shop' });
  await ask('Secret', 'db');
  const first = cluster.requests.splice(0);
  assert.deepEqual(
    first.filter((one) => /Secret/.test(one)),
    [],
    'no list of secrets',
  );
  assert.equal(new Set(first).size, first.length, 'none twice');
  await ask('Secret', 'cert');
  assert.deepEqual(cluster.requests.splice(0), []);
  await ask('PersistentVolumeClaim', 'data');
  assert.deepEqual(cluster.requests, ['table PersistentVolume metadata.name=pv-1', 'table StorageClass metadata.name=fast']);
});

test('what may not be listed is a failure beside the rest', async () => {
  const cluster = shopCluster();
  const message = 'sandbox-admin forbids it: ingresses.';
  cluster.refuseTable = (kind) => (kind === 'Ingress' ? { reason: 'forbidden', message } : undefined);
  const ties = await tiesOf(cluster, { apiVersion: 'v1', kind: 'Service', name: 'web', namespace: 'shop' });
  assert.ok(ties.ok);
  assert.deepEqual(
    [ties.value.failures.map((one) => one.message), ties.value.ties.map(({ name }) => name)],
    [[message], ['pages', 'web-1-a']],
  );
});
