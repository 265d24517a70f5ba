/** An API server with one pod that writes as fast as it is read, in a process of its own. Sends its port, then how many bytes went out whenever it is asked. */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const resources = [{ resource: 'pods', responseKind: { kind: 'Pod' }, scope: 'Namespaced', verbs: ['list', 'watch', 'get'] }];
const groups = [{ metadata: { name: '' }, versions: [{ version: 'v1', resources }] }];
const pod = {
  metadata: { name: 'flood', namespace: 'default', uid: 'u', resourceVersion: '1' },
  spec: { containers: [{ name: 'app', image: 'flood' }] },
  status: { phase: 'Running', containerStatuses: [{ name: 'app', ready: true, state: { running: {} } }] },
};
const stamp = '2026-01-01T00:00:01.000000000Z';
const chunk = Buffer.from(`${stamp} GET /health 200 ${'0123456789'.repeat(12)}\n`.repeat(400));
let sent = 0;

const answers: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIGroupDiscoveryList', items: groups },
  '/apis': { kind: 'APIGroupDiscoveryList', items: [] },
  '/api/v1/namespaces/default/pods': { kind: 'PodList', metadata: { resourceVersion: '1' }, items: [pod] },
};

const server = http.createServer(({ url = '' }, response) => {
  const [path = ''] = url.split('?');
  if (url.includes('watch=1')) response.writeHead(200).flushHeaders();
  else if (path.endsWith('/log')) pour(response);
  else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answers[path] ?? {}));
});

function pour(response: http.ServerResponse): void {
  while (!response.destroyed) {
    sent += chunk.length;
    if (response.write(chunk)) continue;
    response.once('drain', () => pour(response));
    return;
  }
}

process.on('message', () => process.send?.({ sent }));
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));
