/** Checks of one's own after a run: what each kind takes for an answer, and what the end of the run says. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { success } from '../../../src/base/failure.ts';
import { exitStatusOf } from '../../../src/cli/printed.ts';
import { readChecks } from '../../../src/deploy/checks/readChecks.ts';
import { makePlan } from '../../../src/deploy/plan/plan.ts';
import { printPlan } from '../../../src/deploy/plan/planText.ts';
import { startRecorded } from '../../../src/deploy/record/recordedRun.ts';
import { reportOf } from '../../../src/deploy/record/report.ts';
import { RunFolder } from '../../../src/deploy/record/runFolder.ts';
import { printRun, type Run, startRun } from '../../../src/deploy/run/run.ts';
import type { Cluster, KubeObject } from '../../../src/kubernetes/cluster.ts';
import type { Project } from '../../../src/openstack/project.ts';
import { eventually } from '../../support/eventually.ts';
import { fakeCloud } from '../../support/fakeCloud.ts';
import { FakeCluster } from '../../support/fakeCluster.ts';
import { fakeTarget as target } from '../../support/fakeTarget.ts';
import { filesOf } from '../../support/filesOf.ts';
import { podOf, withSocketCluster } from '../../support/socketCluster.ts';
import { framed, type ServedSocket } from '../../support/socketServer.ts';
import { writtenFrom } from '../../support/written.ts';

const config = '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {a: "1"}}\n';
const quick = { stabilityMs: 0, timeoutMs: 5_000, checkMs: 5 };
const file = '/w/checks.yaml';
const place = (line: number) => ({ file, range: { start: 0, end: 0 }, line });
const smoke =
  'apiVersion: batch/v1\nkind: Job\nmetadata: {name: smoke}\nspec: {template: {spec: {containers: [{name: c, image: i}]}}}\n';

async function planOf(cluster: Cluster, entries: readonly object[]) {
  const read = await readChecks(
    entries.map((value, index) => ({ value, place: place(index + 2) })),
    filesOf({ '/w/smoke.yaml': smoke }),
  );
  assert.deepEqual(read.blockers, []);
  const written = writtenFrom(config);
  const plan = await makePlan({ target, written, findings: [], checks: read.checks }, cluster);
  assert.ok(plan.ok);
  return { plan: plan.value, written };
}

async function start(cluster: Cluster, entries: readonly object[], project?: Project): Promise<Run> {
  const { plan, written } = await planOf(cluster, entries);
  return startRun(plan, { cluster, written, ...(project ? { project } : {}) }, quick);
}

/** The lines of the checks and the sentence, times aside. */
async function came(cluster: Cluster, entries: readonly object[], project?: Project): Promise<string> {
  const run = await start(cluster, entries, project);
  await run.done;
  const lines = printRun(run).trimEnd().split('\n').slice(2);
  return lines
    .map((line) =>
      line
        .trim()
        .replace(/\d+ ms/, 'T ms')
        .replace(/\d+\.\d s\b/, 'T'),
    )
    .join('\n');
}

const service = (cluster: FakeCluster, annotations = {}) =>
  cluster.put({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop', annotations },
    spec: { selector: { app: 'web' }, ports: [{ port: 8080, targetPort: 'http' }] },
  });

/** A pod that answers each request so; what it was asked is in `heard`. */
const answers = (status: string, body: string) => (socket: ServedSocket) => {
  const port = Buffer.from([80, 0]);
  socket.say(0, port);
  socket.say(1, port);
  socket.say(0, `HTTP/1.1 ${status}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`);
  socket.raw(framed(8, []));
};

test('http: a Service is asked below a path through the API server; status and text decide', async () => {
  const UP = 'shop is up on sandbox-admin: 1 created, ready in T.';
  const cases: readonly (readonly [answer: readonly [string, string], check: object, said: string])[] = [
    [['200 OK', 'fine'], {}, `check http web/healthz: ready 200 in T ms\n${UP} 1 check passed.`],
    [['302 Found', ''], { status: 302, port: 8080 }, `check http web:8080/healthz: ready 302 in T ms\n${UP} 1 check passed.`],
    [
      ['503 Busy', ''],
      {},
      `check http web/healthz: failed answered 503, not 200 to 399, for 1 s\n${UP} 0 of 1 check passed; check http web/healthz: answered 503, not 200 to 399, for 1 s (checks.yaml:2).`,
    ],
    [
      ['200 OK', 'canary-of-the-answer'],
      { contains: 'fine' },
      `check http web/healthz: failed answered 200 without "fine", for 1 s\n${UP} 0 of 1 check passed; check http web/healthz: answered 200 without "fine", for 1 s (checks.yaml:2).`,
    ],
  ];
  for (const [answer, check, said] of cases)
    await withSocketCluster(answers(...answer), async (cluster) => {
      service(cluster);
      cluster.put(podOf('web-1'));
      assert.equal(await came(cluster, [{ http: 'web', path: '/healthz', within: '1s', ...check }]), said);
    });
});

test('condition: as kubectl wait says it, of an object that may come later', async () => {
  const cluster = new FakeCluster();
  const entries = [{ condition: 'pods/web-1', is: 'condition=Ready', within: '5s' }];
  const run = await start(cluster, entries);
  await eventually('it is looked for', async () => run.events.some(({ message }) => message === 'Pod web-1 does not exist.'));
  cluster.put(podOf('web-1', { ready: false }));
  await eventually('it is there', async () => run.events.some(({ message }) => message === 'Pod web-1 is not so'));
  cluster.put(podOf('web-1'));
  assert.equal((await run.done).outcome, 'succeeded');
  assert.equal(run.latest.get('check condition pods/web-1 condition=Ready')?.message, 'it holds');
});

/** A cluster whose Jobs come to this end at once; pods of them have printed a line. */
class JobCluster extends FakeCluster {
  readonly made: string[] = [];
  readonly #end: 'Complete' | 'Failed' | undefined;

  constructor(end: 'Complete' | 'Failed' | undefined) {
    super();
    this.#end = end;
  }

  override async apply(...[object, options]: Parameters<FakeCluster['apply']>): ReturnType<FakeCluster['apply']> {
    const applied = await super.apply(object, options);
    if (object.kind !== 'Job' || options?.dryRun || !applied.ok) return applied;
    const { name } = object.metadata;
    this.made.push(name);
    const conditions = this.#end
      ? [{ type: this.#end, status: 'True', message: 'Job has reached the specified backoff limit' }]
      : [];
    this.put({ ...applied.value.object, status: { conditions } });
    this.put({ ...podOf(`${name}-x`), metadata: { name: `${name}-x`, namespace: 'shop', labels: { 'job-name': name } } });
    return applied;
  }

  override async raw(path: string): ReturnType<FakeCluster['raw']> {
    return success(path.includes('/log?') ? 'asking web\npassword=hunter2\nweb says no\n' : '');
  }

  async jobs(): Promise<readonly KubeObject[]> {
    const listed = await this.list('batch/v1', 'Job');
    return listed.ok ? listed.value.items : [];
  }
}

test('job: made under a name of its own, and deleted; one that fails tells its last lines', async () => {
  const good = new JobCluster('Complete');
  assert.match(await came(good, [{ job: 'smoke.yaml' }]), /^check job smoke\.yaml: ready completed\n.* 1 check passed\.$/);
  assert.match(good.made.join(), /^smoke-[0-9a-f]{5}$/);
  assert.deepEqual(await good.jobs(), []);
  const bad = new JobCluster('Failed');
  assert.match(
    await came(bad, [{ job: 'smoke.yaml' }]),
    /^check job smoke\.yaml: failed Job has reached the specified backoff limit\nsmoke-\w{5}-x\/main ended with:\n\| asking web\n\| password=\*\*\*\n\| web says no\nshop is up on .* \(checks\.yaml:2\)\.$/,
  );
  assert.deepEqual(await bad.jobs(), []);
  const slow = new JobCluster(undefined);
  assert.match(
    await came(slow, [{ job: 'smoke.yaml', within: '1s' }]),
    /^check job smoke\.yaml: failed it did not come to its end/,
  );
  assert.deepEqual(await slow.jobs(), []);
});

test('members: all of the load balancer of a Service, in the bound project', async () => {
  const cloud = (states: string) =>
    fakeCloud(`load-balancer.loadbalancer: [{id: lb1, name: kube_service_c_shop_web}]
load-balancer.pool: [{id: p1, loadbalancers: [{id: lb1}]}]
load-balancer.member: [${states}]`);
  const member = (name: string, operating: string, provisioning = 'ACTIVE') =>
    `{id: ${name}, name: ${name}, operating_status: ${operating}, provisioning_status: ${provisioning}}`;
  const cases: readonly (readonly [states: string, said: string])[] = [
    [`${member('m1', 'ONLINE')}, ${member('m2', 'NO_MONITOR')}`, 'ready 2 of 2 members work'],
    [`${member('m1', 'ONLINE')}, ${member('m2', 'ERROR')}`, 'failed 1 of 2 members work; m2 is ACTIVE, ERROR, for 1 s'],
    [member('m1', 'ONLINE', 'PENDING_UPDATE'), 'failed 0 of 1 members work; m1 is PENDING_UPDATE, ONLINE, for 1 s'],
    ['', 'failed load balancer kube_service_c_shop_web has no members, for 1 s'],
  ];
  for (const [states, said] of cases) {
    const cluster = new FakeCluster();
    service(cluster);
    const [line] = (await came(cluster, [{ members: 'web', within: '1s' }], cloud(states))).split('\n');
    assert.equal(line, `check members web: ${said}`);
  }
  const alone = new FakeCluster();
  assert.match(await came(alone, [{ members: 'web' }]), /failed no cloud is bound that could be asked/);
});

test('a check that fails makes the run partial, and is in plan, report and record; a run that changed nothing is not kept for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'checks-'));
  try {
    const runs = new RunFolder(folder);
    const cluster = new FakeCluster();
    const entries = [{ condition: 'pod/none', is: 'condition=Ready', within: '1s' }];
    const { plan, written } = await planOf(cluster, entries);
    assert.match(printPlan(plan), /\n {2}then check condition pod\/none condition=Ready\n/);
    const keeping = { name: 'shop', places: [], runs };
    const started = await startRecorded(plan, { cluster, written }, keeping, quick);
    assert.ok(started.ok);
    const { record } = await started.value.end;
    assert.equal(record.summary.outcome, 'partial');
    assert.equal(exitStatusOf(record.summary.outcome), 3);
    assert.match(
      reportOf(record),
      /## Checks\n\n.*\n.*\n\| condition pod\/none condition=Ready \| failed \| Pod none does not exist\., for 1 s \| 1\.\d s \| checks\.yaml:2 \|/,
    );
    assert.equal((await runs.all()).length, 1);
    const again = await planOf(cluster, entries);
    const second = await startRecorded(again.plan, { cluster, written }, keeping, quick);
    assert.ok(second.ok);
    assert.equal((await second.value.end).record.summary.outcome, 'partial');
    assert.equal((await runs.all()).length, 1);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what did not come up is not checked', async () => {
  const cluster = new FakeCluster();
  cluster.refuse = (_, { dryRun }) => (dryRun ? undefined : { reason: 'invalid', status: 422, message: 'no' });
  const run = await start(cluster, [{ condition: 'pod/x', is: 'condition=Ready' }]);
  assert.equal((await run.done).outcome, 'failed');
  assert.equal(run.latest.get('check condition pod/x condition=Ready'), undefined);
});

test('cancel ends a check at once, and what was applied stays', async () => {
  const cluster = new JobCluster(undefined);
  const run = await start(cluster, [{ job: 'smoke.yaml' }, { condition: 'pod/x', is: 'condition=Ready' }]);
  await eventually('the Job is made', async () => cluster.made.length === 1);
  const began = performance.now();
  run.cancel();
  const { outcome, sentence } = await run.done;
  assert.ok(performance.now() - began < 1_000);
  assert.equal(outcome, 'cancelled');
  assert.match(sentence, /^shop is up on .* Cancelled while it was checked: 0 of 2 checks passed\.$/);
  assert.deepEqual(await cluster.jobs(), []);
});
