import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Emitter } from '../../src/base/event.ts';
import { type Failure, failed, success } from '../../src/base/failure.ts';
import { watchTarget } from '../../src/deploy/run/watchTarget.ts';
import { readTarget, verifyTarget } from '../../src/deploy/target.ts';
import type { Plan } from '../../src/deploy/types.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

/** A cluster whose kube-system may not be read, and which shows a certificate. */
class ClosedCluster extends FakeCluster {
  readonly #certificate: string | undefined;

  constructor(certificate: string | undefined) {
    super();
    this.#certificate = certificate;
  }

  override async get(...asked: Parameters<Cluster['get']>): ReturnType<Cluster['get']> {
    return asked[0].name === 'kube-system'
      ? failed('forbidden', 'alice may not get namespaces.', { status: 403 })
      : super.get(asked[0]);
  }

  async fingerprint() {
    return success(this.#certificate);
  }
}

describe('who a target is', () => {
  test('where kube-system may not be read, the CA and the certificate of the server tell', async () => {
    const target = await readTarget(new ClosedCluster('sha-one'), { namespace: 'shop' });
    assert.ok(target.ok);
    assert.deepEqual([target.value.clusterUid, target.value.fingerprint], [undefined, 'sha-one']);
    assert.ok((await verifyTarget(target.value, new ClosedCluster('sha-one'))).ok);
    const other = await verifyTarget(target.value, new ClosedCluster('sha-two'));
    assert.match(other.ok ? '' : other.failure.message, /^https:\/\/127\.0\.0\.1:6443 is another cluster than the one/);
    const blind = await verifyTarget(target.value, new ClosedCluster(undefined));
    assert.match(
      blind.ok ? '' : blind.failure.message,
      /^Whether https:\/\/127\.0\.0\.1:6443 is still the same cluster cannot be told/,
    );
  });

  test('the same context with another user is not what was planned', async () => {
    const target = await readTarget(new FakeCluster(), {});
    assert.ok(target.ok);
    const other = await verifyTarget(target.value, new FakeCluster({ user: 'bob' }));
    assert.equal(
      other.ok ? '' : other.failure.message,
      'Context sandbox-admin now signs in as bob, not as admin. Nothing was written; make the plan again.',
    );
  });
});

describe('a kubeconfig that changes while a run goes on', () => {
  const torn: Failure = { reason: 'invalid', message: 'kubeconfig cannot be read.' };
  const cases: readonly (readonly [
    what: string,
    now: Cluster | undefined,
    said: RegExp | undefined,
    problems?: readonly Failure[],
  ])[] = [
    ['in nothing that matters', new FakeCluster(), undefined],
    [
      'its context is renamed or removed',
      undefined,
      /^Context sandbox-admin is no longer in the kubeconfig\. Nothing more was written to https:\/\/127\.0\.0\.1:6443\.$/,
    ],
    [
      'its context leads to another server',
      new FakeCluster({ server: 'https://elsewhere:6443' }),
      /^Context sandbox-admin now points to https:\/\/elsewhere:6443, not to https:\/\/127\.0\.0\.1:6443\./,
    ],
    [
      'its context has another user',
      new FakeCluster({ user: 'bob' }),
      /^Context sandbox-admin now signs in as bob, not as admin\./,
    ],
    ['is being written, so that it cannot be read', undefined, undefined, [torn]],
  ];
  for (const [what, now, said, problems = []] of cases)
    test(what, async () => {
      const target = await readTarget(new FakeCluster(), {});
      assert.ok(target.ok);
      const changed = new Emitter<void>();
      const stopped: Failure[] = [];
      const looked = Promise.withResolvers<void>();
      const contexts = {
        onDidChange: changed.event,
        list: async () => {
          setImmediate(looked.resolve);
          return { contexts: now ? [now.context] : [], current: undefined, problems };
        },
        open: async () => (now ? success(now) : failed('notFound', 'There is no context sandbox-admin.')),
      };
      const plan = { target: target.value } as Plan;
      const watching = watchTarget({ plan, stop: (failure) => stopped.push(failure) }, contexts);
      changed.fire();
      await looked.promise;
      assert.equal(stopped.length, said ? 1 : 0);
      if (said) assert.match(stopped[0]?.message ?? '', said);
      watching.dispose();
    });
});
