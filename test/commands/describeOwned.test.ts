import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withScriptedCluster } from '../kubernetes/scriptedCluster.ts';
import type { Reply } from '../support/scriptedServer.ts';

const { description } = await import('../../src/commands/describe.ts');

const resource = (name: string, kind: string) => ({
  resource: name,
  responseKind: { kind },
  scope: 'Namespaced',
  verbs: ['list'],
});
const discovery = (group: string, ...resources: object[]): Reply => ({
  json: { kind: 'APIGroupDiscoveryList', items: [{ metadata: { name: group }, versions: [{ version: 'v1', resources }] }] },
});
const row = (name: string, uid: string) => ({
  cells: [name, 'Running'],
  object: { metadata: { name, ownerReferences: [{ uid }] } },
});
const page = (rows: object[], more?: string): Reply => ({
  json: {
    kind: 'Table',
    metadata: more === undefined ? {} : { continue: more },
    columnDefinitions: ['Name', 'Status'].map((name) => ({ name, type: 'string', format: '', description: '', priority: 0 })),
    rows,
  },
});

test('what an object owns is found by its selector and told to the last page', () =>
  withScriptedCluster(
    {
      'GET /api': discovery('', resource('events', 'Event'), resource('pods', 'Pod')),
      'GET /apis': discovery('apps', resource('replicasets', 'ReplicaSet')),
      'GET /apis/apps/v1/namespaces/shop/replicasets/web': {
        json: {
          apiVersion: 'apps/v1',
          kind: 'ReplicaSet',
          metadata: { name: 'web', namespace: 'shop', uid: 'u' },
          spec: { selector: { matchLabels: { app: 'web' } } },
        },
      },
      'GET /api/v1/namespaces/shop/events': { json: { items: [] } },
      'GET /api/v1/namespaces/shop/pods': ({ url }) =>
        url.includes('continue=two') ? page([row('web-2', 'u')]) : page([row('web-1', 'u'), row('of-another', 'other')], 'two'),
    },
    async ({ cluster, server }) => {
      const told = await description(cluster, { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web' });
      assert.ok(told.ok);
      assert.match(told.value, /web-1[\s\S]*web-2/);
      assert.doesNotMatch(told.value, /of-another/);
      const asked = server.seen.filter(({ url }) => url.includes('/pods'));
      assert.deepEqual(
        asked.map(({ url }) => new URL(url, server.url).searchParams.get('labelSelector')),
        ['app=web', 'app=web'],
      );
    },
  ));
