/** What others do between the plan and the write, or between the write and its answer, is neither overwritten nor lost. */
import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { success } from '../../src/base/failure.ts';
import { countsOf } from '../../src/deploy/plan/plan.ts';
import { emptyInventory, type Member, PART_OF, parentObject, parentRef, readParent } from '../../src/deploy/removal/inventory.ts';
import { noteAfter, noteBefore, readBefore } from '../../src/deploy/removal/plannedSet.ts';
import { keptSince } from '../../src/deploy/removal/prune.ts';
import { removeSteps } from '../../src/deploy/removal/remove.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import { sendStep } from '../../src/deploy/run/sendStep.ts';
import { type Verdict, Wait } from '../../src/deploy/run/wait.ts';
import type { Plan, Step } from '../../src/deploy/types.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';

const { signal } = new AbortController();
const nowhere = { file: 'a.yaml', range: { start: 0, end: 0 }, index: 0, line: 1 };

function object(apiVersion: string, kind: string, name: string, more: Partial<KubeObject> = {}): KubeObject {
  return { apiVersion, kind, ...more, metadata: { name, namespace: 'shop', ...more.metadata } };
}

function stepOf(live: KubeObject, action: Step['action'], more: Partial<Step> = {}): Step {
  const { apiVersion, kind, metadata } = live;
  const ref = { apiVersion, kind, namespace: 'shop', name: metadata.name };
  const { uid } = metadata;
  const key = `${apiVersion}/${kind} shop/${metadata.name}`;
  return {
    key,
    ref,
    action,
    reason: '',
    source: nowhere,
    object: live,
    warnings: [],
    after: [],
    ...(uid ? { uid } : {}),
    ...more,
  };
}

const planOf = (steps: readonly Step[], set?: Plan['set']): Plan => ({
  target,
  steps,
  blockers: [],
  findings: [],
  counts: countsOf(steps),
  took: 0,
  ...(set ? { set } : {}),
});

test('an object whose only event came before the answer to its apply was noted is seen all the same', async () => {
  const cluster = new FakeCluster();
  const paused = (name: string) => object('apps/v1', 'Deployment', name, { spec: { replicas: 0, paused: true } });
  const verdicts: Verdict[] = [];
  const wait = new Wait(cluster, undefined, { timeoutMs: 60_000, stabilityMs: 0 }, (verdict) => verdicts.push(verdict));
  try {
    wait.follow('first', cluster.put(paused('first')), true);
    await sleep(50);
    const second = cluster.put(paused('second'));
    await sleep(50);
    wait.follow('second', second, true);
    for (let tries = 0; !wait.settled && tries < 60; tries += 1) await sleep(50);
    assert.deepEqual(
      verdicts.map(({ key, state }) => `${key} ${state}`),
      ['first ready', 'second ready'],
    );
  } finally {
    wait.dispose();
  }
});

describe('a step that takes fields over', () => {
  const web = object('apps/v1', 'Deployment', 'web', { spec: { paused: false } });
  const cause = (field: string, manager: string) => ({
    reason: 'FieldManagerConflict',
    field,
    message: `conflict with "${manager}"`,
  });
  const agreed = [{ field: 'spec.paused', manager: 'alice', ours: false, live: true }];
  const send = async (...causes: readonly ReturnType<typeof cause>[]) => {
    const cluster = new FakeCluster();
    cluster.refuse = (_object, { force }) =>
      force ? undefined : { reason: 'conflict', message: 'conflict', status: 409, detail: { details: { causes } } };
    return sendStep(stepOf(web, 'adopt', { force: true, conflicts: agreed }), cluster, signal);
  };

  it('takes what was agreed to', async () => {
    assert.ok((await send(cause('.spec.paused', 'alice'))).ok);
  });

  it('leaves what somebody else took since', async () => {
    const sent = await send(cause('.spec.paused', 'alice'), cause('.spec.template.spec.containers[name="c"].image', 'bob'));
    assert.equal(sent.ok || sent.failure.reason, 'conflict');
    const other = await send(cause('.spec.paused', 'carol'));
    assert.equal(other.ok || other.failure.reason, 'conflict');
  });
});

describe('what was to be deleted', () => {
  const { id } = emptyInventory('shop', 'shop');
  const remove = async (since: Partial<KubeObject['metadata']>) => {
    const cluster = new FakeCluster();
    const ours = object('v1', 'Service', 'lb', { metadata: { name: 'lb', namespace: 'shop', labels: { [PART_OF]: id } } });
    const step = stepOf(cluster.put(ours), 'prune');
    cluster.put({ ...ours, metadata: { ...ours.metadata, ...since } });
    const told: string[] = [];
    const keeps = (one: Step) => keptSince(one, id, { cluster, signal });
    const emit = ({ state, message = '' }: { state: string; message?: string }) => told.push(`${state} ${message}`.trim());
    await removeSteps([step], { cluster, signal, keeps, emit }, { pollMs: 1 });
    return [...told, (await cluster.get(step.ref)).ok ? 'there' : 'gone'];
  };

  it('goes if nothing happened', async () => {
    assert.deepEqual(await remove({}), ['applying', 'pruned', 'gone']);
  });

  it('stays if another set has taken it since', async () => {
    assert.deepEqual(await remove({ labels: { [PART_OF]: 'applyset-other-v1' } }), [
      'applying',
      'skipped stays: it is no longer marked as one of this set',
      'there',
    ]);
  });

  it('stays if somebody has marked it since', async () => {
    assert.deepEqual(await remove({ annotations: { 'hybrid-clusters/keep': 'true' } }), [
      'applying',
      'skipped stays: its annotation hybrid-clusters/keep says so',
      'there',
    ]);
  });
});

test('what another deploy of the same set noted since the plan is not forgotten', async () => {
  const cluster = new FakeCluster();
  const service = (name: string): Member => ({ apiVersion: 'v1', kind: 'Service', namespace: 'shop', name, uid: `uid-${name}` });
  const deploy = async (before: readonly Member[], members: readonly Member[], meanwhile: readonly Member[] = []) => {
    const set = { ...emptyInventory('shop', 'shop'), members: before };
    const plan = planOf([], { before: set, members, forgotten: [], partial: false, prune: 'ask' });
    const known = await readBefore(plan, cluster, signal);
    const noted = known.ok ? await noteBefore(plan, known.value, cluster, signal) : known;
    assert.ok(noted.ok);
    if (meanwhile.length > 0) {
      const parent = await cluster.get(parentRef(set));
      const now = parent.ok ? readParent(parent.value) : parent;
      assert.ok(now.ok);
      await cluster.apply(parentObject({ ...now.value, members: [...now.value.members, ...meanwhile] }));
    }
    assert.ok((await noteAfter(plan, { before: noted.value, applied: new Map(), gone: new Set() }, cluster)).ok);
    const parent = await cluster.get(parentRef(set));
    const now = parent.ok ? readParent(parent.value) : parent;
    return now.ok ? now.value.members.map(({ name }) => name) : now.failure.message;
  };
  assert.deepEqual(await deploy([], [service('web')]), ['web']);
  const planned = [service('web')];
  assert.deepEqual(await deploy(planned, [service('lb')]), ['lb', 'web']);
  assert.deepEqual(await deploy(planned, [service('web'), service('db')]), ['db', 'lb', 'web']);
  assert.deepEqual(await deploy(planned, [service('cache')], [service('queue')]), ['cache', 'db', 'lb', 'queue', 'web']);
});

test('a set is not read again after a run if nobody wrote there since', async () => {
  const cluster = new FakeCluster();
  const set = emptyInventory('shop', 'shop');
  const web: Member = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'web' };
  const plan = planOf([], { before: set, members: [web], forgotten: [], partial: false, prune: 'ask' });
  const known = await readBefore(plan, cluster, signal);
  const noted = known.ok ? await noteBefore(plan, known.value, cluster, signal) : known;
  assert.ok(noted.ok);
  let read = 0;
  const get = cluster.get.bind(cluster);
  cluster.get = (ref) => {
    read += 1;
    return get(ref);
  };
  const applied = new Map([
    ['web', object('v1', 'Service', 'web', { metadata: { name: 'web', namespace: 'shop', uid: 'uid-web' } })],
  ]);
  assert.ok((await noteAfter(plan, { before: noted.value, applied, gone: new Set() }, cluster)).ok);
  assert.equal(read, 0);
  const parent = await get(parentRef(set));
  const now = parent.ok ? readParent(parent.value) : parent;
  assert.deepEqual(now.ok && now.value.members, [{ ...web, uid: 'uid-web' }]);
});

describe('a deploy that is cancelled', () => {
  const web = object('apps/v1', 'Deployment', 'web', { spec: { replicas: 1 } });
  const cancelled = async (cluster: FakeCluster, step: Step, afterMs: number) => {
    const run = startRun(planOf([step]), { cluster, written: [] }, { pollMs: 10 });
    if (afterMs > 0) await sleep(afterMs);
    run.cancel();
    await run.done;
    return run.events.filter(({ state }) => state === 'cancelled' || state === 'failed').map(({ message }) => message);
  };

  it('says that a deletion goes on whose end it did not see', async () => {
    const cluster = new FakeCluster();
    const step = stepOf(cluster.put(web), 'recreate');
    cluster.delete = async () => success(undefined);
    assert.deepEqual(await cancelled(cluster, step, 100), ['its deletion goes on; not waited for']);
  });

  it('says that the old one is deleted where the new one was not made', async () => {
    const cluster = new FakeCluster();
    const step = stepOf(cluster.put(web), 'recreate');
    cluster.refuse = () => ({ reason: 'unavailable', message: 'the server is currently unable', status: 503 });
    const [said = ''] = await cancelled(cluster, step, 300);
    assert.match(said, /^the old one is deleted; sent, and whether it arrived is not known/);
  });

  it('says of what it never sent that it was not sent', async () => {
    const cluster = new FakeCluster();
    assert.deepEqual(await cancelled(cluster, stepOf(web, 'create'), 0), ['not sent']);
    assert.deepEqual(cluster.requests, []);
  });
});

test('a refusal after a deletion says that the old one is gone', async () => {
  const cluster = new FakeCluster();
  const web = object('apps/v1', 'Deployment', 'web', { spec: { replicas: 1 } });
  const step = stepOf(cluster.put(web), 'recreate');
  cluster.refuse = () => ({ reason: 'forbidden', message: 'exceeded quota', status: 403 });
  const run = startRun(planOf([step]), { cluster, written: [] }, { pollMs: 10 });
  await run.done;
  assert.match(run.events.find(({ state }) => state === 'failed')?.message ?? '', /^the old one is deleted; .*exceeded quota/);
});
