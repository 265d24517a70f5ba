import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Access } from '../../src/kubernetes/accessRules.ts';
import { Permissions } from '../../src/kubernetes/permissions.ts';
import { ReviewingCluster } from '../support/reviewingCluster.ts';

const remove: Access = { verb: 'delete', group: 'apps', resource: 'deployments' };
const read: Access = { verb: 'get', group: '', resource: 'secrets' };
const cordon: Access = { verb: 'patch', group: '', resource: 'nodes' };
const rule = (verb: string, group: string, resource: string, ...resourceNames: readonly string[]) => ({
  verbs: [verb],
  apiGroups: [group],
  resources: [resource],
  resourceNames,
});

function world() {
  const cluster = new ReviewingCluster();
  let now = 0;
  const permissions = new Permissions(cluster, { now: () => now, sleep: async () => {} });
  const said = (namespace: string | undefined, access: Access) => {
    const { answer, names } = permissions.known(namespace, access);
    return [answer, ...names].join(' ');
  };
  const pass = (ms: number) => {
    now += ms;
  };
  return { cluster, permissions, said, pass };
}

describe('permissions', () => {
  test('one complete review answers for its namespace, names included, and for no other', async () => {
    const { cluster, permissions, said } = world();
    cluster.rules = { shop: [rule('delete', 'apps', 'deployments'), rule('get', '', 'secrets', 'mine')] };
    assert.equal(said('shop', remove), 'unknown');
    assert.equal(await permissions.learn('shop', [remove, read, cordon]), true);
    assert.deepEqual([said('shop', remove), said('shop', read), said('shop', cordon)], ['allowed', 'refused mine', 'refused']);
    assert.equal(said('default', remove), 'unknown');
    assert.deepEqual(cluster.asked, ['rules shop']);
    assert.equal(await permissions.learn('shop', [remove]), false);
  });

  test('an incomplete review is asked beside, once for each question', async () => {
    const { cluster, permissions, said } = world();
    cluster.incomplete = true;
    cluster.allows = (question) => question === 'shop: delete deployments.apps';
    await Promise.all([permissions.learn('shop', [remove, read]), permissions.learn('shop', [remove])]);
    assert.deepEqual([said('shop', remove), said('shop', read)], ['allowed', 'refused']);
    assert.deepEqual(cluster.asked.toSorted(), ['rules shop', 'shop: delete deployments.apps', 'shop: get secrets']);
  });

  test('what has no namespace is asked about, unless no rule of anywhere concerns it', async () => {
    const { cluster, permissions, said } = world();
    cluster.rules = { default: [rule('delete', 'apps', 'deployments'), rule('patch', '', 'nodes', 'mine')] };
    await permissions.learn(undefined, [remove, read, cordon]);
    assert.deepEqual(cluster.asked.toSorted(), [': delete deployments.apps', ': patch nodes', 'rules default']);
    assert.deepEqual(
      [said(undefined, remove), said(undefined, read), said(undefined, cordon)],
      ['refused', 'refused', 'refused mine'],
    );
  });

  test('what cannot be asked is unknown, and asked again after a minute', async () => {
    const { cluster, permissions, said, pass } = world();
    cluster.down = true;
    await permissions.learn('shop', [remove]);
    await permissions.learn('shop', [remove]);
    assert.deepEqual([said('shop', remove), cluster.asked.length], ['unknown', 1]);
    const asked = await permissions.decide('shop', remove);
    assert.equal(asked.ok, false);
    cluster.down = false;
    pass(60_001);
    await permissions.learn('shop', [remove]);
    assert.equal(said('shop', remove), 'refused');
  });

  test('a refusal while an authoriser is down is no answer', async () => {
    const { cluster, permissions, said } = world();
    cluster.incomplete = true;
    cluster.evaluationError = 'webhook: connection refused';
    cluster.allows = (question) => question === 'shop: get secrets';
    await permissions.learn('shop', [remove, read]);
    assert.deepEqual([said('shop', remove), said('shop', read)], ['unknown', 'allowed']);
    const decided = await permissions.decide('shop', { ...remove, name: 'web' });
    assert.ok(!decided.ok && decided.failure.reason === 'unavailable');
  });

  test('answers hold five minutes, or until they are forgotten; the old one stands while the new one is asked for', async () => {
    const { cluster, permissions, said, pass } = world();
    await permissions.learn('shop', [remove]);
    pass(300_001);
    cluster.rules = { shop: [rule('*', '*', '*')] };
    const learning = permissions.learn('shop', [remove]);
    assert.equal(said('shop', remove), 'refused');
    await learning;
    assert.equal(said('shop', remove), 'allowed');
    permissions.forget();
    assert.equal(said('shop', remove), 'unknown');
  });

  test('so many namespaces are remembered, the newest', async () => {
    const { cluster, permissions, said } = world();
    for (let at = 0; at < 70; at++) await permissions.learn(`space-${at}`, []);
    assert.deepEqual([said('space-5', remove), said('space-6', remove)], ['unknown', 'refused']);
    assert.equal(cluster.asked.length, 70);
  });

  test('one object is asked about by its name, and not if rules say enough', async () => {
    const { cluster, permissions } = world();
    cluster.incomplete = true;
    cluster.allows = (question) => question.endsWith(' web');
    cluster.rules = { shop: [rule('get', '', 'secrets', 'mine')] };
    await permissions.learn('shop', [remove]);
    const decided = async (access: Access) => {
      const decision = await permissions.decide('shop', access);
      return decision.ok && decision.value.allowed;
    };
    const before = cluster.asked.length;
    assert.deepEqual(
      [
        await decided({ ...remove, name: 'web' }),
        await decided({ ...remove, name: 'db' }),
        await decided({ ...read, name: 'mine' }),
      ],
      [true, false, true],
    );
    assert.deepEqual(cluster.asked.slice(before), ['shop: delete deployments.apps web', 'shop: delete deployments.apps db']);
  });
});
