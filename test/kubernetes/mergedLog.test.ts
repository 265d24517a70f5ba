import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { success } from '../../src/base/failure.ts';
import type { HttpStream } from '../../src/base/http.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { type LogEntry, LogRing, mostCharacters, mostLines } from '../../src/kubernetes/logRing.ts';
import { MergedLog, type MergedPatience, type MergedWanted, mostLogs } from '../../src/kubernetes/mergedLog.ts';
import type { LogSource } from '../../src/kubernetes/podLog.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

/** `02 text` → a line of the log at that second. */
const stamped = (line: string) => `2026-01-01T00:00:${line.replace(' ', '.000000000Z ')}\n`;

const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };
const pod = (
  name: string,
  containers: readonly string[] = ['app'],
  state: object = running,
  uid = `uid-${name}`,
): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', uid, labels: { app: 'web' } },
  spec: { restartPolicy: 'Never', containers: containers.map((container) => ({ name: container, image: 'web' })) },
  status: { phase: 'Running', containerStatuses: containers.map((container) => ({ name: container, ready: true, state })) },
});
const over = { terminated: { exitCode: 0, reason: 'Completed' } };

/** Logs as a test writes them: each container's, asked for as `web-1/app`. */
class Logs {
  readonly asked: string[] = [];
  readonly #lines = new Map<string, string[]>();
  readonly #more = new Map<string, () => void>();

  write(source: string, ...lines: readonly string[]): void {
    this.#lines.set(source, [...(this.#lines.get(source) ?? []), ...lines.map(stamped)]);
    this.#more.get(source)?.();
  }

  /** A log stays open until nobody reads it. */
  open = ({ metadata: { name } }: KubeObject): LogSource => ({
    open: async (query, signal) => {
      const source = `${name}/${query['container']}`;
      this.asked.push(source);
      return success(this.#stream(source, signal));
    },
  });

  #stream(source: string, signal: AbortSignal): HttpStream {
    const lines = this.#lines;
    const more = this.#more;
    async function* chunks() {
      for (let next = 0; !signal.aborted; ) {
        const line = lines.get(source)?.[next];
        if (line !== undefined) {
          next++;
          yield Buffer.from(line);
        } else
          await new Promise<void>((resolve) => {
            more.set(source, resolve);
            signal.addEventListener('abort', () => resolve(), { once: true });
          });
      }
    }
    return { status: 200, headers: {}, chunks: chunks(), whole: true, close() {} };
  }
}

interface World {
  readonly cluster: FakeCluster;
  readonly logs: Logs;
  readonly merged: MergedLog;
  readonly batches: readonly (readonly LogEntry[])[];
  /** Waits until what was read holds the text, and answers all of it. */
  until(text: string): Promise<readonly string[]>;
}

async function withMerged(
  pods: readonly KubeObject[],
  body: (world: World) => Promise<void>,
  wanted: Partial<MergedWanted> = {},
  patience: MergedPatience = {},
): Promise<void> {
  const cluster = new FakeCluster();
  for (const one of pods) cluster.put(one);
  const logs = new Logs();
  const merged = new MergedLog(
    cluster,
    { pods: { namespace: 'shop', selection: { namespace: 'shop' } }, follow: true, previous: false, ...wanted },
    { open: logs.open, batchMs: 20, ...patience },
  );
  const batches: (readonly LogEntry[])[] = [];
  merged.onDidRead((batch) => batches.push(batch));
  const read = () =>
    merged.ring.since().map(({ source, notice, text }) => (notice ? `(${source}: ${text})` : `${source} ${text}`));
  const until = async (text: string) => {
    for (const end = Date.now() + 5000; Date.now() < end; await delay(10))
      if (read().some((line) => line.includes(text))) return read();
    return assert.fail(`"${text}" never came; there is\n${read().join('\n')}`);
  };
  try {
    await body({ cluster, logs, merged, batches, until });
  } finally {
    merged.dispose();
  }
}

describe('the logs of several containers', () => {
  test('stand by time, and those of one in the order in which they came', async () => {
    await withMerged([pod('web-1'), pod('web-2', ['app', 'proxy'])], async ({ logs, merged, until }) => {
      logs.write('web-1/app', '01 a', '05 e', '04 late');
      logs.write('web-2/app', '03 c', '06 f');
      logs.write('web-2/proxy', '02 b');
      merged.start();
      assert.deepEqual(await until('web-2/app f'), [
        'web-1/app a',
        'web-2/proxy b',
        'web-2/app c',
        'web-1/app e',
        'web-1/app late',
        'web-2/app f',
      ]);
      assert.deepEqual(merged.sources, ['web-1/app', 'web-2/app', 'web-2/proxy']);
      assert.deepEqual(merged.containers, ['app', 'proxy']);
    });
  });

  test('a pod that comes joins, one that goes says so, and one of the same name is another', async () => {
    await withMerged([pod('web-1')], async ({ cluster, logs, merged, until }) => {
      logs.write('web-1/app', '01 a');
      merged.start();
      await until('web-1/app a');
      logs.write('web-2/app', '02 b');
      cluster.put(pod('web-2'));
      assert.deepEqual((await until('web-2/app b')).slice(1), ['(web-2: This pod joins.)', 'web-2/app b']);
      await cluster.delete({ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-2' });
      cluster.put(pod('web-2', ['app'], running, 'uid-other'));
      for (let tries = 0; tries < 200 && logs.asked.length < 3; tries++) await delay(10);
      assert.deepEqual(logs.asked, ['web-1/app', 'web-2/app', 'web-2/app']);
    });
  });

  test('a pod that joins is read from its first word, those that were there from where it was asked', async () => {
    const logs = new Logs();
    const asked: string[] = [];
    const open = (one: KubeObject): LogSource => ({
      open: (query, signal) => {
        const { tailLines = 'all', sinceSeconds = 'ever' } = query;
        asked.push(`${one.metadata.name} ${tailLines} ${sinceSeconds}`);
        return logs.open(one).open(query, signal);
      },
    });
    await withMerged(
      [pod('web-1'), pod('web-2', ['app'], { waiting: { reason: 'ContainerCreating' } })],
      async ({ cluster, merged, until }) => {
        logs.write('web-1/app', '01 a');
        logs.write('web-2/app', '02 b');
        logs.write('web-3/app', '03 c');
        merged.start();
        await until('web-1/app a');
        cluster.put(pod('web-2'));
        await until('web-2/app b');
        cluster.put(pod('web-3'));
        await until('web-3/app c');
        assert.deepEqual(asked, ['web-1 5 60', 'web-2 all ever', 'web-3 all ever']);
      },
      { tailLines: 5, sinceSeconds: 60 },
      { open },
    );
  });

  test('only the containers that are wanted; the others are known', async () => {
    await withMerged(
      [pod('web-1', ['app', 'proxy'])],
      async ({ logs, merged, until }) => {
        logs.write('web-1/proxy', '01 p');
        merged.start();
        await until('p');
        assert.deepEqual([logs.asked, merged.containers], [['web-1/proxy'], ['app', 'proxy']]);
      },
      { containers: ['proxy'] },
    );
  });

  test('no pods now: it says so and waits for some', async () => {
    await withMerged([], async ({ cluster, logs, merged, until }) => {
      merged.start();
      assert.deepEqual(await until('No such pods'), ['(: No such pods now. Those that come will join.)']);
      logs.write('web-1/app', '01 a');
      cluster.put(pod('web-1'));
      await until('web-1/app a');
    });
  });

  test('no more are read at a time than the limit; the next begin as others end', async () => {
    const many = Array.from({ length: mostLogs + 2 }, (_, index) => pod(`web-${index}`, ['app'], index < 2 ? over : running));
    const ended: LogSource = {
      open: async () => {
        await delay(100);
        return success({ status: 200, headers: {}, chunks: none(), whole: true, close() {} });
      },
    };
    const asked = new Set<string>();
    await withMerged(
      many,
      async ({ merged, until }) => {
        merged.start();
        assert.ok(
          (await until('logs are read')).includes(`(: ${mostLogs} logs are read at a time; the next begin as others end.)`),
        );
        await until('web-1/app: It ended: Completed.');
        for (let tries = 0; tries < 100 && asked.size < many.length; tries++) await delay(10);
        assert.equal(asked.size, mostLogs + 2);
        assert.equal(merged.sources.length, mostLogs);
      },
      {},
      {
        open: ({ metadata: { name } }) => {
          asked.add(name);
          return name === 'web-0' || name === 'web-1' ? ended : new Logs().open(pod(name));
        },
      },
    );
  });

  test('what is not followed says when it is all', async () => {
    const stream = (text: string): HttpStream => ({ status: 200, headers: {}, chunks: once(text), whole: true, close() {} });
    await withMerged(
      [pod('web-1'), pod('web-2')],
      async ({ merged, until }) => {
        merged.start();
        assert.deepEqual(await until('That is all'), ['web-1/app web-1 says', 'web-2/app web-2 says', '(: That is all.)']);
      },
      { follow: false, previous: true },
      { open: ({ metadata: { name } }) => ({ open: async () => success(stream(stamped(`01 ${name} says`))) }) },
    );
  });

  test('which pods belong to it may be asked of the cluster', async () => {
    const fits = async ({ metadata }: KubeObject) => metadata.name === 'web-2';
    await withMerged(
      [pod('web-1'), pod('web-2')],
      async ({ logs, merged, until }) => {
        logs.write('web-2/app', '01 a');
        merged.start();
        await until('web-2/app a');
        assert.deepEqual(logs.asked, ['web-2/app']);
      },
      { pods: { namespace: 'shop', selection: { namespace: 'shop' }, fits } },
    );
  });

  test('a flood comes in batches, bounded each, and its reader waits for them', async () => {
    const line = Buffer.from(`${stamped(`01 ${'x'.repeat(1000)}`)}`.repeat(64));
    let sent = 0;
    const flood: LogSource = {
      open: async (_query, signal) => {
        async function* chunks() {
          while (!signal.aborted) {
            sent += 64;
            yield line;
          }
        }
        return success({ status: 200, headers: {}, chunks: chunks(), whole: true, close() {} });
      },
    };
    await withMerged(
      [pod('web-1')],
      async ({ merged, batches, until }) => {
        merged.start();
        await until('x');
        await delay(300);
        const sizes = batches.map((batch) => batch.reduce((sum, { text }) => sum + text.length, 0));
        assert.ok(batches.length >= 3 && batches.length <= 16, `${batches.length} batches`);
        assert.ok(Math.max(...sizes) < 1.2 * 1024 * 1024, `${Math.max(...sizes)} characters in a batch`);
        const taken = batches.flat().length;
        assert.ok(sent - taken < 2500, `${sent} lines sent, ${taken} taken`);
      },
      {},
      { open: () => flood },
    );
  });
});

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function* none(): AsyncGenerator<Uint8Array> {}

describe('what is kept', () => {
  const entry = (text: string): LogEntry => ({ source: 'a', notice: false, time: '', at: 0, text });

  test('is bounded in lines and in characters; numbers go on', () => {
    const ring = new LogRing(3, 10);
    ring.add(['a', 'b', 'c', 'd'].map(entry));
    assert.deepEqual(
      [
        ring.length,
        ring.added,
        ring
          .since()
          .map(({ text }) => text)
          .join(''),
      ],
      [3, 4, 'bcd'],
    );
    assert.deepEqual(
      ring.since(3).map(({ text }) => text),
      ['d'],
    );
    ring.add([entry('123456789')]);
    assert.deepEqual([ring.since().map(({ text }) => text), ring.added], [['d', '123456789'], 5]);
    ring.add([entry('much too long for this')]);
    assert.equal(ring.length, 1);
  });

  test('twenty thousand lines or eight million characters', () => {
    const ring = new LogRing();
    ring.add(Array.from({ length: mostLines + 5 }, () => entry('x')));
    assert.equal(ring.length, mostLines);
    ring.add(Array.from({ length: 1000 }, () => entry('x'.repeat(16_384))));
    assert.equal(ring.since().reduce((sum, { text }) => sum + text.length, 0) <= mostCharacters, true);
  });
});
