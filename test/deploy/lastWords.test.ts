/** What a container said before it ended: in the report of a run, in its log, and without the secrets that are deployed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { success } from '../../src/base/failure.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { secretMask } from '../../src/deploy/record/secretMask.ts';
import { withLastWords } from '../../src/deploy/run/lastWords.ts';
import { eventLine, printRun, startRun } from '../../src/deploy/run/run.ts';
import type { RunChild } from '../../src/deploy/types.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

/** A cluster whose logs are these, by the end of their path; it remembers what was asked. */
class LoggingCluster extends FakeCluster {
  readonly asked: string[] = [];
  readonly logs: Readonly<Record<string, string>>;
  constructor(logs: Readonly<Record<string, string>>) {
    super();
    this.logs = logs;
  }
  override async raw(path: string) {
    this.asked.push(path);
    return success(this.logs[path.includes('previous=true') ? 'before' : 'now'] ?? '');
  }
}

const pod: RunChild = {
  ref: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-x' },
  state: 'CrashLoopBackOff',
  bad: true,
  container: 'server',
};
const never = new AbortController().signal;
const asTold = (text: string) => text;
const secret = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  data: { key: Buffer.from('canary-2f1c').toString('base64') },
  stringData: { other: 'canary-77\nsecond-line', tiny: 'abc' },
};

test('the log of the run before, where the container has begun anew', async () => {
  const cluster = new LoggingCluster({ before: 'starting\n\u001b[31mpanic: no database\u001b[0m\n' });
  const told = await withLastWords(cluster, [pod], asTold, never);
  assert.deepEqual(told?.[0]?.log, ['starting', 'panic: no database']);
  assert.deepEqual(
    cluster.asked.map((path) => path.replace(/^.*\/pods/, '')),
    [
      '/web-x/log?container=server&tailLines=40&limitBytes=16384',
      '/web-x/log?container=server&tailLines=40&limitBytes=16384&previous=true',
    ],
  );
});

test('no log, no words; a pod that is well is not asked', async () => {
  const cluster = new LoggingCluster({});
  assert.equal(await withLastWords(cluster, [pod], asTold, never), undefined);
  assert.equal(await withLastWords(cluster, [{ ...pod, bad: false }], asTold, never), undefined);
  assert.equal(cluster.asked.length, 2);
});

test('nothing secret is in them', async () => {
  const now = [
    'key is canary-2f1c and canary-77',
    `encoded ${secret.data.key}`,
    'then second-line',
    'DB_PASSWORD=hunter2 api_key: "abcdef" user=bob',
    'dial postgres://bob:hunter2@db:5432/shop',
  ].join('\n');
  const told = await withLastWords(new LoggingCluster({ now }), [pod], secretMask([secret]), never);
  assert.deepEqual(told?.[0]?.log, [
    'key is *** and ***',
    'encoded ***',
    'then ***',
    'DB_PASSWORD=*** api_key: *** user=bob',
    'dial postgres://***@db:5432/shop',
  ]);
});

test('the report of a run and its log hold them, below the failure', async () => {
  const cluster = new LoggingCluster({ now: 'cannot open /etc/web.conf\nbye' });
  const written = writtenFrom(`apiVersion: v1
kind: Pod
metadata: {name: web, uid: p}
spec:
  containers:
    - name: server
      image: web:1
`);
  const plan = await makePlan({ target: fakeTarget, written, findings: [] }, cluster);
  assert.ok(plan.ok);
  const run = startRun(plan.value, { cluster, written }, { stabilityMs: 0, timeoutMs: 5_000 });
  const lastState = { terminated: { exitCode: 2, reason: 'Error' } };
  const status = {
    phase: 'Running',
    containerStatuses: [{ name: 'server', restartCount: 3, lastState, state: { waiting: { reason: 'CrashLoopBackOff' } } }],
  };
  setTimeout(
    () =>
      cluster.put({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'web', namespace: 'shop' },
        spec: { containers: [] },
        status,
      }),
    100,
  );
  await run.done;
  assert.equal(
    printRun(run),
    `sandbox-admin/shop: 1 create
  v1/Pod shop/web: failed container server keeps ending with exit code 2, 3 restarts · test.yaml:6
    web/server ended with:
    | cannot open /etc/web.conf
    | bye
web is not up: container server keeps ending with exit code 2, 3 restarts (test.yaml:6).
`,
  );
  assert.deepEqual(run.events.slice(-2).map(eventLine), [
    'v1/Pod shop/web: failed, container server keeps ending with exit code 2, 3 restarts (test.yaml:6)',
    'v1/Pod shop/web: web/server ended with:\n  | cannot open /etc/web.conf\n  | bye',
  ]);
});
