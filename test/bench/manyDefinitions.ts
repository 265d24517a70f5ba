import { createHttp } from '../../src/base/http.ts';
import { scriptedClusterAt } from '../support/clusterAt.ts';
import { scriptedServer } from '../support/scriptedServer.ts';
import { type Bar, median, rounded } from './bar.ts';
import { heapUsed } from './heapUsed.ts';
import { watchBlocks } from './longestBlock.ts';

const groups = 300;
const kindsOfEach = 10;
const goalMs = 50;
const mega = 1024 * 1024;

/** What a cluster with 3,000 CustomResourceDefinitions costs to learn of (two documents of aggregated discovery, as with Crossplane's providers), and what is kept of it. No peer: a plain limit. */
export async function manyDefinitions(): Promise<Bar> {
  const text = document();
  const json = { 'content-type': 'application/json' };
  await using server = await scriptedServer({
    'GET /api': { json: { kind: 'APIGroupDiscoveryList', items: [] } },
    'GET /apis': { raw: (response) => response.writeHead(200, json).end(text) },
  });
  const http = createHttp();
  const cluster = scriptedClusterAt(server.url, http);
  await cluster.kinds();
  const took: number[] = [];
  const blocks: number[] = [];
  for (let round = 0; round < 9; round++) {
    const watched = watchBlocks();
    const began = performance.now();
    await cluster.kinds({ fresh: true });
    took.push(performance.now() - began);
    blocks.push(watched.longestMs());
  }
  const another = scriptedClusterAt(server.url, http);
  const without = heapUsed();
  const kinds = await another.kinds();
  const kept = heapUsed() - without;
  const found = kinds.ok ? kinds.value.length : 0;
  cluster.dispose();
  http.dispose();
  const ours = rounded(median(blocks));
  return {
    bar: 'discovery',
    what: `how long learning of ${groups * kindsOfEach} custom kinds holds up the event loop, in ms of the processor`,
    ours,
    goal: `< ${goalMs} ms, at most 4 MB kept`,
    met: ours < goalMs && kept < 4 * mega,
    agree: found === groups * kindsOfEach && kinds.ok && kinds.value.every(({ versions }) => versions.length === 2),
    more: {
      'document, MB': rounded(text.length / mega),
      'kept, MB': rounded(kept / mega),
      'whole, ms': rounded(median(took)),
    },
  };
}

/** Each kind in two versions, with its status and scale, as an API server tells it. */
function document(): string {
  const gvk = (group: string, version: string, kind: string) => ({ group, version, kind });
  const items = Array.from({ length: groups }, (_, index) => {
    const name = `service-${index}.cloud.example.com`;
    const resources = (version: string) =>
      Array.from({ length: kindsOfEach }, (_, at) => ({
        resource: `resource${at}s`,
        responseKind: gvk(name, version, `Resource${at}`),
        scope: 'Cluster',
        singularResource: `resource${at}`,
        verbs: ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'],
        categories: ['crossplane', 'managed'],
        subresources: [
          { subresource: 'status', responseKind: gvk(name, version, `Resource${at}`), verbs: ['get', 'patch', 'update'] },
        ],
      }));
    const versions = ['v1', 'v1beta1'].map((version) => ({ version, resources: resources(version), freshness: 'Current' }));
    return { metadata: { name, creationTimestamp: null }, versions };
  });
  return JSON.stringify({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items });
}
