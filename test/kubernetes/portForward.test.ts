/** Forwarded ports when pods go, refuse or are not there; what the node answers is scripted. Facts of the protocol: kubelet/pkg/cri/streaming/portforward/websocket.go. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import type { KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { podsBehind } from '../../src/kubernetes/podsBehind.ts';
import { PortForward } from '../../src/kubernetes/portForward.ts';
import { eventually } from '../support/eventually.ts';
import { podOf, type SocketCluster, withSocketCluster } from '../support/socketCluster.ts';
import { framed, type ServedSocket } from '../support/socketServer.ts';

const port = Buffer.from([80, 0]);
const ref = (kind: string, name: string, apiVersion = 'v1'): ObjectRef => ({ apiVersion, kind, namespace: 'shop', name });
const owner = (kind: string, name: string) => [{ apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true }];
const selector = { matchLabels: { app: 'web' } };
const service = (spec: object): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec,
});
const deployment: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector },
};
const replicaSet: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name: 'web-1', namespace: 'shop', ownerReferences: owner('Deployment', 'web') },
  spec: { selector: { matchLabels: { app: 'web', hash: '1' } } },
};

/** A node that takes the connection and answers `text`, then ends it in good order. */
const answers = (words: string) => (socket: ServedSocket) => {
  socket.say(0, port);
  socket.say(1, port);
  socket.say(0, words);
  socket.raw(framed(8, []));
};

/** What a client of the local port gets. */
async function ask(forward: PortForward): Promise<string> {
  const socket = connect(forward.spec.localPort, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.0\r\n\r\n');
  return text(socket).catch(() => 'reset');
}

async function withForward(
  play: (socket: ServedSocket, earlier: number) => unknown,
  body: (forward: PortForward, cluster: SocketCluster) => Promise<void>,
): Promise<void> {
  await withSocketCluster(play, async (cluster) => {
    cluster.put(service({ selector: { app: 'web' }, ports: [{ port: 8080, targetPort: 'http' }] }));
    const opened = await PortForward.open(cluster, {
      context: 'sandbox-admin',
      ref: ref('Service', 'web'),
      port: 8080,
      localPort: 0,
    });
    assert.ok(opened.ok, JSON.stringify(opened));
    try {
      await body(opened.value, cluster);
    } finally {
      opened.value.dispose();
    }
  });
}

describe('a forwarded port', () => {
  test('leads to the ready pod, by the name of the port in that pod', () =>
    withForward(answers('hello'), async (forward, cluster) => {
      cluster.put(podOf('web-0', { ready: false }));
      cluster.put(podOf('web-1', { port: 8000 }));
      await eventually('it listens', async () => forward.state === 'listening');
      assert.deepEqual([await ask(forward), forward.pod], ['hello', 'web-1']);
      assert.deepEqual(cluster.paths, ['/api/v1/namespaces/shop/pods/web-1/portforward?ports=8000']);
    }));

  test('keeps its local port while its pods are replaced; a connection in between waits for the next one', () =>
    withForward(answers('hello'), async (forward, cluster) => {
      cluster.put(podOf('web-1'));
      await eventually('it listens', async () => forward.state === 'listening');
      const { localPort } = forward.spec;
      await cluster.delete(ref('Pod', 'web-1'));
      await eventually('it says so', async () => forward.state === 'reconnecting');
      assert.equal(forward.failure?.message, 'Service shop/web on sandbox-admin has no ready pod now.');
      const waiting = ask(forward);
      setTimeout(() => cluster.put(podOf('web-2')), 300);
      assert.equal(await waiting, 'hello');
      assert.deepEqual([forward.state, forward.pod, forward.spec.localPort], ['listening', 'web-2', localPort]);
    }));

  test('tries the next pod when the one it knows is gone already, and again one that its node does not know yet', () => {
    let pods: SocketCluster | undefined;
    const play = (socket: ServedSocket, earlier: number) => {
      if (earlier === 0) void pods?.delete(ref('Pod', 'web-1'));
      return earlier < 2 ? 404 : answers('from the next')(socket);
    };
    return withForward(play, async (forward, cluster) => {
      pods = cluster;
      cluster.put(podOf('web-1'));
      await eventually('it listens', async () => forward.state === 'listening');
      const asked = ask(forward);
      setTimeout(() => cluster.put(podOf('web-2')), 300);
      assert.equal(await asked, 'from the next');
      assert.deepEqual(
        cluster.paths.map((path) => path.split('/')[6]),
        ['web-1', 'web-2', 'web-2'],
      );
    });
  });

  const REFUSALS: readonly (readonly [what: string, play: (socket: ServedSocket) => unknown, told: string])[] = [
    [
      'nobody listens in the pod',
      (socket) => {
        socket.say(0, port);
        socket.say(1, port);
        socket.say(
          1,
          'error forwarding port 80 to pod 1, uid : failed to connect to localhost:80: dial tcp4 127.0.0.1:80: connect: connection refused',
        );
        socket.raw(framed(8, []));
      },
      'offline: Nothing listens on port 8080 of pod web-1 on sandbox-admin. Check the port, or start the program.',
    ],
    ['it is forbidden', () => 403, 'forbidden: sandbox-admin forbids it: told.'],
  ];
  for (const [what, play, told] of REFUSALS)
    test(`closes the connection and says so when ${what}`, () =>
      withForward(play, async (forward, cluster) => {
        cluster.put(podOf('web-1'));
        await eventually('it listens', async () => forward.state === 'listening');
        assert.match(await ask(forward), /^(reset)?$/);
        await eventually('it says so', async () => `${forward.failure?.reason}: ${forward.failure?.message}` === told);
        assert.equal(forward.state, 'listening');
      }));

  test('whose API server goes away in the middle closes the connection, and takes the next one', () =>
    withForward(
      (socket, earlier) => (earlier === 0 ? setTimeout(() => socket.stream.destroy(), 50) : answers('again')(socket)),
      async (forward, cluster) => {
        cluster.put(podOf('web-1'));
        await eventually('it listens', async () => forward.state === 'listening');
        assert.match(await ask(forward), /^(reset)?$/);
        assert.equal(await ask(forward), 'again');
      },
    ));

  test('is refused when another program has the port, in one sentence', () =>
    withForward(answers(''), async (forward, cluster) => {
      const again = await PortForward.open(cluster, { ...forward.spec });
      assert.ok(!again.ok);
      assert.equal(
        `${again.failure.reason}: ${again.failure.message}`,
        `conflict: Service shop/web is not forwarded: port ${forward.spec.localPort} is taken by another program. Choose another local port.`,
      );
    }));

  test('is free again when it is stopped, and its connections end', () =>
    withForward(
      (socket) => socket.say(0, port),
      async (forward, cluster) => {
        cluster.put(podOf('web-1'));
        await eventually('it listens', async () => forward.state === 'listening');
        const asked = ask(forward);
        await eventually('the pod is connected', async () => cluster.paths.length === 1);
        forward.dispose();
        assert.match(await asked, /^(reset)?$/);
        assert.equal(await ask(forward), 'reset');
      },
    ));
});

/** object, what is followed, by which query, and which ports it offers. */
const FOLLOWED: readonly (readonly [object: KubeObject, followed: string])[] = [
  [deployment, 'Deployment web by app=web'],
  [
    { ...podOf('web-1-a'), metadata: { ...podOf('web-1-a').metadata, ownerReferences: owner('ReplicaSet', 'web-1') } },
    'Deployment web by app=web, ports 80 http',
  ],
  [podOf('alone'), 'Pod alone by metadata.name=alone, ports 80 http'],
  [
    service({ selector: { app: 'web' }, ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }] }),
    'Service web by app=web, ports 80',
  ],
  [service({ ports: [{ port: 80 }] }), 'unsupported'],
  [
    {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name: 'once', namespace: 'shop' },
      spec: {
        selector: {
          matchExpressions: [
            { key: 'tier', operator: 'In', values: ['a', 'b'] },
            { key: 'old', operator: 'DoesNotExist' },
          ],
        },
      },
    },
    'Job once by tier in (a,b),!old',
  ],
];

test('what is followed behind an object', async () => {
  await withSocketCluster(
    () => 404,
    async (cluster) => {
      const found: string[] = [];
      for (const [object] of FOLLOWED) {
        for (const one of [deployment, replicaSet, object]) cluster.put(one);
        const behind = await podsBehind(cluster, ref(object.kind, object.metadata.name, object.apiVersion));
        if (!behind.ok) found.push(behind.failure.reason);
        else {
          const { selection, ports, ref: followed } = behind.value;
          const offered = ports.map(({ port: one, name = '' }) => ` ${one} ${name}`.trimEnd()).join('');
          found.push(
            `${followed.kind} ${followed.name} by ${selection.labelSelector ?? selection.fieldSelector}${offered && `, ports${offered}`}`,
          );
        }
      }
      assert.deepEqual(
        found,
        FOLLOWED.map(([, wanted]) => wanted),
      );
    },
  );
});
