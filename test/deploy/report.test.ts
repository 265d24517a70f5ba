import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { beginOf } from '../../src/deploy/record/journal.ts';
import { reportOf } from '../../src/deploy/record/report.ts';
import { type RunRecord, recordOf } from '../../src/deploy/record/runRecord.ts';
import { secretMask } from '../../src/deploy/record/secretMask.ts';
import { eventLine, startRun } from '../../src/deploy/run/run.ts';
import { readTarget } from '../../src/deploy/target.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { writtenFrom } from '../support/written.ts';

const about = {
  run: '20260102-030405-abc',
  name: 'shop',
  places: ['/home/alice/work/shop'],
  holder: { host: 'desk', pid: 7, user: 'alice' },
  commit: { id: '0123456789abcdef0123456789abcdef01234567', dirty: true },
};

async function ran(yaml: string, cluster: FakeCluster, prepare: () => void = () => undefined) {
  const target = await readTarget(cluster, { namespace: 'shop', cloud: 'demo', project: 'web' });
  assert.ok(target.ok);
  const written = writtenFrom(yaml, '/w/shop/all.yaml');
  const plan = await makePlan({ target: target.value, written, findings: [] }, cluster);
  assert.ok(plan.ok);
  prepare();
  const run = startRun(plan.value, { cluster, written }, { stabilityMs: 0, pace: { firstMs: 5 } });
  await run.done;
  const { set } = beginOf(plan.value, about);
  return { run, plan: plan.value, record: recordOf(run, { ...about, set }) };
}

/** Every time of an object and the whole run, as it would be if all went on a beat of one second. */
function onTheBeat(record: RunRecord): RunRecord {
  const moments = record.steps.flatMap(({ sentAt, appliedAt, settledAt }) => [sentAt ?? 0, appliedAt ?? 0, settledAt ?? 0]);
  const beats = [...new Set(moments)].filter((at) => at > 0).sort();
  const beat = (at: number | undefined) => (at === undefined ? undefined : beats.indexOf(at) * 1_000);
  const startedAt = Date.UTC(2026, 0, 2, 3, 4, 5);
  const steps = record.steps.map((step) => ({
    ...step,
    ...Object.fromEntries(
      (['sentAt', 'appliedAt', 'settledAt'] as const)
        .filter((name) => step[name] !== undefined)
        .map((name) => [name, startedAt + (beat(step[name]) ?? 0)]),
    ),
  }));
  const sentence = record.summary.sentence.replace(/\d+\.\d s/, 'T');
  return { ...record, startedAt, steps, summary: { ...record.summary, sentence, tookMs: 4_200 } };
}

const config = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: "1"}}\n---\n';

describe('the report of a run', () => {
  test('tells target, commit, plan, what went wrong and what was not sent because of it', async () => {
    const cluster = new FakeCluster();
    const { record } = await ran(
      `${config}{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {bad: value}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: c, annotations: {config.kubernetes.io/depends-on: /namespaces/shop/ConfigMap/b}}}
`,
      cluster,
      () => {
        cluster.refuse = ({ metadata }) =>
          metadata.name === 'b'
            ? { reason: 'invalid', status: 422, message: 'no', detail: { message: 'data.bad is *no* | <b>good</b>\nat all' } }
            : undefined;
      },
    );
    const text = reportOf(onTheBeat(record)).replace(/ \d\.\d s \|/g, ' T |');
    assert.equal(
      text,
      `# shop → sandbox-admin/shop: partly failed

b is not up: data.bad is \\*no\\* \\| \\<b\\>good\\</b\\> at all (all.yaml:3).

- **Target:** sandbox-admin/shop at https://127.0.0.1:6443 as admin
- **Cluster:** \`uid-kube-system\`
- **Cloud:** demo/web
- **From:** work/shop
- **Commit:** \`0123456789ab\`, with changes that are not committed
- **Begun:** 2026-01-02T03:04:05.000Z by alice on desk
- **Took:** 4.2 s
- **Plan:** 3 create
- **Run:** \`20260102-030405-abc\`

## Objects

| Object | Plan | Result | Sent | Applied | Settled | Written in |
| --- | --- | --- | --- | --- | --- | --- |
| v1/ConfigMap shop/a | create | created, ready | T | T | T | all.yaml:1 |
| v1/ConfigMap shop/b | create | failed | T |  | T | all.yaml:3 |
| v1/ConfigMap shop/c | create | skipped |  |  | T | all.yaml:5 |

## What waited on what

- v1/ConfigMap shop/c was not sent: needs ConfigMap b, which failed

## What went wrong

### v1/ConfigMap shop/b

data.bad is \\*no\\* \\| \\<b\\>good\\</b\\> at all (all.yaml:3)
`,
    );
  });

  test('tells for which object another one waited, and how often it was tried', async () => {
    const cluster = new FakeCluster();
    let failures = 2;
    const { record } = await ran(
      `${config}{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {paused: true, template: {spec: {containers: [{name: w, envFrom: [{configMapRef: {name: a}}]}]}}}}`,
      cluster,
      () => {
        cluster.latencyMs = 20;
        cluster.refuse = ({ kind }) =>
          kind === 'ConfigMap' && failures-- > 0 ? { reason: 'offline', message: 'refused' } : undefined;
      },
    );
    const text = reportOf(onTheBeat(record));
    assert.match(text, /\| v1\/ConfigMap shop\/a \| create \| created, ready \(tried again 2 times\) \|/);
    assert.match(text, /- apps\/v1\/Deployment shop\/web was sent after \d\.\d s, when v1\/ConfigMap shop\/a was present\n/);
    assert.doesNotMatch(text, /What went wrong/);
  });
});

describe('secrets', () => {
  const CANARY = 'canary-9e2b41-and-more';
  const encoded = Buffer.from(CANARY).toString('base64');
  const secret = (fields: string) => `{apiVersion: v1, kind: Secret, metadata: {name: s}, ${fields}}`;

  for (const fields of [`stringData: {password: ${CANARY}}`, `data: {password: ${encoded}}`])
    test(`a value that the server quotes is in no event, record or report: ${fields.split(':')[0]}`, async () => {
      const cluster = new FakeCluster();
      const { run, record } = await ran(secret(fields), cluster, () => {
        cluster.refuse = () => ({
          reason: 'invalid',
          status: 400,
          message: `Secret in version "v1" cannot be handled: |password":"${encoded.slice(0, 14)}|, bigger context |${CANARY.slice(3)}|`,
        });
      });
      const all = [reportOf(record), JSON.stringify(record), JSON.stringify(run.summary), ...run.events.map(eventLine)].join(
        '\n',
      );
      for (const piece of [CANARY, encoded, CANARY.slice(3, 14), encoded.slice(0, 14)]) assert.ok(!all.includes(piece), all);
      assert.match(run.summary?.sentence ?? '', /cannot be handled: \|password":"\*\*\*\|, bigger context \|\*\*\*\|/);
    });

  test('nor in a blocker of the plan', async () => {
    const cluster = new FakeCluster();
    cluster.refuse = () => ({ reason: 'invalid', status: 400, message: `cannot decode ${CANARY.slice(2)}` });
    const target = await readTarget(cluster, { namespace: 'shop' });
    assert.ok(target.ok);
    const written = writtenFrom(secret(`stringData: {password: ${CANARY}}`));
    const plan = await makePlan({ target: target.value, written, findings: [] }, cluster);
    assert.deepEqual(plan.ok && plan.value.blockers.map(({ message }) => message), ['Secret s is refused: cannot decode ***.']);
  });

  test('a number or a list that stands in a Secret for a text is as secret as the text', () => {
    const written = writtenFrom(secret(`stringData: {pin: 47114711, list: [${CANARY}]}`));
    const mask = secretMask(written.map(({ object }) => object));
    assert.equal(mask(`got 47114711 and [${CANARY}]`), 'got *** and [***]');
  });

  test('what else is said stays readable', () => {
    const mask = secretMask([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 's', namespace: 'shop' },
        stringData: { user: 'admin', url: 'https://registry.example/x' },
      } as KubeObject,
    ]);
    assert.equal(
      mask('admin may not pull from https://registry.example/y', 'v1/Pod shop/p'),
      'admin may not pull from https://registry.example/y',
    );
    assert.equal(mask('cannot pull https://registry.example/x', 'v1/Pod shop/p'), 'cannot pull ***');
  });
});
