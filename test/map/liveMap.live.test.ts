/** The map of the seeded namespace, of a real cluster and a real cloud. */
import assert from 'node:assert/strict';
import { textAt } from '../../src/base/fields.ts';
import { LiveMap, type MapTarget } from '../../src/map/liveMap.ts';
import { withBothWorlds } from '../support/bothWorlds.ts';
import { eventually } from '../support/eventually.ts';
import { graphText } from '../support/mapPicture.ts';
import { sandboxTest } from '../support/sandbox.ts';

/** From the address in front of the shop down to the volume of its database. */
const ways = [
  ['Floating IP ADDRESS · ACTIVE', 'leads to Load balancer kube_service_prod_shop_web'],
  ['Load balancer kube_service_prod_shop_web · ACTIVE', 'sends to Service web'],
  ['Ingress web · shop.example.org', 'routes to Service web'],
  ['Service web · LoadBalancer', 'sends to Deployment web'],
  ['StatefulSet db · 1/1', 'owns Pod db-0'],
  ['Pod db-0 · Running', 'uses PersistentVolumeClaim data-db-0'],
  ['PersistentVolumeClaim data-db-0 · Bound', 'is bound to PersistentVolume pvc-ID'],
  ['PersistentVolume pvc-ID · Bound', 'is Volume pvc-ID'],
  ['Node k8s-prod-worker-1 · Ready', 'is Server k8s-prod-worker-1'],
  ['Server k8s-prod-worker-1 · ACTIVE', 'has Port ADDRESS'],
];

const plain = (text: string) => text.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID').replaceAll(/\d+\.\d+\.\d+\.\d+/g, 'ADDRESS');

sandboxTest(
  'the map of a namespace leads from an address down to volumes, servers and ports, and one of a Node to its pods',
  (sandbox) =>
    withBothWorlds(sandbox, async ({ project, cluster }) => {
      const drawn = async (target: Omit<MapTarget, 'cluster'>, wanted: (text: string) => boolean) => {
        const map = new LiveMap({ cluster: cluster, ...target }, async () => [project]);
        try {
          map.start();
          await eventually('the map is drawn', async () => wanted(plain(graphText(map.graph))));
          return plain(graphText(map.graph));
        } finally {
          map.dispose();
        }
      };
      const text = await drawn({ namespace: 'shop' }, (now) => /has Port/.test(now) && /is Volume/.test(now));
      const blocks = text.split(/\n(?! )/);
      for (const [thing, way = ''] of ways)
        assert.ok(
          blocks.some((block) => block.startsWith(`${thing}\n`) && block.includes(`  ${way}`)),
          `${thing} ${way}\n${text}`,
        );
      assert.doesNotMatch(text, /kube-root-ca|openstack-clouds/, 'what nothing uses');

      const db = await cluster.get({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'db-0' });
      const node = db.ok ? textAt(db.value, 'spec', 'nodeName') : undefined;
      assert.ok(node, JSON.stringify(db));
      const ofNode = await drawn({ namespace: undefined, focus: { apiVersion: 'v1', kind: 'Node', name: node } }, (now) =>
        /has Port/.test(now),
      );
      assert.ok(ofNode.includes(`Pod db-0 · Running\n  runs on Node ${node}`), ofNode);
    }),
);
