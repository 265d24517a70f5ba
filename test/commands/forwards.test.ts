/** Forwards of a workspace when what their context leads to is another cluster by now; what the nodes answer is scripted. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { Memento } from 'vscode';
import { Emitter } from '../../src/base/event.ts';
import { failed, type Result, success } from '../../src/base/failure.ts';
import { Forwards } from '../../src/commands/forwards.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import type { Cluster, Contexts, KubeObject } from '../../src/kubernetes/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { podOf, type SocketCluster, withSocketCluster } from '../support/socketCluster.ts';
import { framed, type ServedSocket } from '../support/socketServer.ts';

const port = Buffer.from([80, 0]);
const answers = (words: string) => (socket: ServedSocket) => {
  socket.say(0, port);
  socket.say(1, port);
  socket.say(0, words);
  socket.raw(framed(8, []));
};
const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
};
const spec = {
  context: 'sandbox-admin',
  ref: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' },
  port: 80,
  localPort: 0,
};

/** What a client of the local port gets. */
async function ask(localPort: number): Promise<string> {
  const socket = connect(localPort, '127.0.0.1');
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.0\r\n\r\n');
  return text(socket).catch(() => 'reset');
}

/** A cluster that answers once it is released. */
function held(cluster: SocketCluster): () => void {
  const gate = Promise.withResolvers<void>();
  const get = cluster.get.bind(cluster);
  Object.assign(cluster, { get: (...asked: Parameters<SocketCluster['get']>) => gate.promise.then(() => get(...asked)) });
  return gate.resolve;
}

const first = (forwards: Forwards) => forwards.all()[0]?.spec ?? spec;

interface World {
  readonly forwards: Forwards;
  readonly one: SocketCluster;
  readonly other: SocketCluster;
  readonly troubles: readonly string[];
  /** What the context leads to from now on. */
  leadsTo(cluster: Result<Cluster>): void;
}

async function withForwards(body: (world: World) => Promise<void>): Promise<void> {
  await withSocketCluster(answers('one'), (one) =>
    withSocketCluster(answers('other'), async (other) => {
      for (const cluster of [one, other]) cluster.put(podOf('web-1'));
      one.put(service);
      const changed = new Emitter<void>();
      let now: Result<Cluster> = success(one);
      const contexts: Contexts = {
        list: async () => ({ contexts: [], current: undefined, problems: [] }),
        open: async () => now,
        onDidChange: changed.event,
        dispose() {},
      };
      const leadsTo = (cluster: Result<Cluster>) => {
        now = cluster;
        changed.fire();
      };
      const troubles: string[] = [];
      const memory = { ...shortMemory(), keys: () => [] } as unknown as Memento;
      const forwards = new Forwards(memory, contexts, ({ message }) => troubles.push(message));
      try {
        await body({ forwards, one, other, troubles, leadsTo });
      } finally {
        forwards.dispose();
      }
    }),
  );
}

test('a forward goes on at its local port with the cluster that its context leads to', () =>
  withForwards(async ({ forwards, other, troubles, leadsTo }) => {
    other.put(service);
    const started = await forwards.start(spec);
    assert.ok(started.ok);
    const [first] = forwards.all();
    const localPort = first?.spec.localPort ?? 0;
    assert.equal(await ask(localPort), 'one');
    leadsTo(success(other));
    await eventually('it is another', async () => {
      const [{ running } = {}] = forwards.all();
      return running !== undefined && running !== started.value;
    });
    assert.equal(await ask(localPort), 'other');
    assert.deepEqual(
      forwards.all().map((forward) => [forward.spec, forward.running?.cluster === other, forward.failure]),
      [[first?.spec, true, undefined]],
    );
    assert.deepEqual(troubles, []);
  }));

test('one that has nothing to lead to there is shut and says why; it stays in the list', () =>
  withForwards(async ({ forwards, other, troubles, leadsTo }) => {
    const started = await forwards.start(spec);
    assert.ok(started.ok);
    leadsTo(success(other));
    await eventually('it says why', async () => troubles.length > 0);
    const [{ running, failure } = {}] = forwards.all();
    assert.deepEqual([running, failure?.message, troubles], [undefined, troubles[0], ['Service web does not exist.']]);
    assert.equal(await ask(started.value.spec.localPort), 'reset');
  }));

test('one whose context is as it was, is gone for now, or that is stopped, is left as it is', () =>
  withForwards(async ({ forwards, one, other, troubles, leadsTo }) => {
    other.put(service);
    const started = await forwards.start(spec);
    assert.ok(started.ok);
    const running = async (cluster: Result<Cluster>) => {
      leadsTo(cluster);
      await new Promise((settled) => setTimeout(settled, 50));
      return forwards.all()[0]?.running;
    };
    assert.equal(await running(success(one)), started.value);
    assert.equal(await running(failed('notFound', 'No context is called sandbox-admin.')), started.value);
    assert.equal(await ask(started.value.spec.localPort), 'one');
    forwards.stop(started.value.spec);
    assert.equal(await running(success(other)), undefined);
    assert.deepEqual(troubles, []);
  }));

for (const [what, meanwhile, then] of [
  ['is stopped', ({ forwards }: World) => forwards.stop(first(forwards)), ['web stands']],
  ['is removed', ({ forwards }: World) => forwards.remove(first(forwards)), []],
  ['leads elsewhere once more', ({ leadsTo, one }: World) => leadsTo(success(one)), ['web runs at one']],
] as const)
  test(`a forward that ${what} while it goes on elsewhere`, () =>
    withForwards(async (world) => {
      const { forwards, one, other, leadsTo } = world;
      other.put(service);
      const release = held(other);
      assert.ok((await forwards.start(spec)).ok);
      leadsTo(success(other));
      await eventually('it was shut', async () => forwards.all()[0]?.running === undefined);
      await meanwhile(world);
      release();
      const told = () =>
        forwards
          .all()
          .map(({ running }) => (running ? `web runs at ${running.cluster === one ? 'one' : 'other'}` : 'web stands'));
      await eventually('it came to rest', async () => JSON.stringify(told()) === JSON.stringify(then));
    }));

test('a window that closes while a forward goes on elsewhere leaves none behind', () =>
  withForwards(async ({ forwards, other, leadsTo }) => {
    other.put(service);
    const release = held(other);
    const started = await forwards.start(spec);
    assert.ok(started.ok);
    leadsTo(success(other));
    await eventually('it was shut', async () => forwards.all()[0]?.running === undefined);
    forwards.dispose();
    release();
    await new Promise((settled) => setTimeout(settled, 100));
    assert.equal(await ask(started.value.spec.localPort), 'reset');
  }));
