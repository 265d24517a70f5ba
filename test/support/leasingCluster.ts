import { type Failure, failed, type Result, success } from '../../src/base/failure.ts';
import { patched } from '../../src/deploy/plan/mergePatch.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from './fakeCluster.ts';

const CONFLICT: Failure = { reason: 'conflict', status: 409, message: 'the object has been modified' };

/** A cluster that serves Leases as the API server does: made once, changed only by who saw the last version. */
export class LeasingCluster extends FakeCluster {
  /** Answers a write of a Lease with a failure, or lets it pass. */
  refuseLease: () => Failure | undefined = () => undefined;

  constructor(...given: ConstructorParameters<typeof FakeCluster>) {
    super(...given);
    this.serve({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'any', namespace: 'any' } });
  }

  #last: Promise<unknown> = Promise.resolve();

  /** One write after the other, as etcd does it. */
  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const done = this.#last.then(write);
    this.#last = done;
    return done;
  }

  override raw(...asked: Parameters<Cluster['raw']>): Promise<Result<string>> {
    return this.#inTurn(() => this.#make(...asked));
  }

  override patch(ref: ObjectRef, patch: unknown): Promise<Result<void>> {
    return this.#inTurn(() => this.#change(ref, patch));
  }

  async #make(path: string, options: Parameters<Cluster['raw']>[1] = {}): Promise<Result<string>> {
    if (options.method !== 'POST' || !path.startsWith('/apis/coordination.k8s.io/v1/namespaces/shop/leases?'))
      return failed('notFound', `nothing at ${path}`);
    const refusal = this.refuseLease();
    if (refusal) return { ok: false, failure: refusal };
    const object = JSON.parse(options.body ?? '') as KubeObject;
    const { apiVersion, kind, metadata } = object;
    const ref = { apiVersion, kind, namespace: 'shop', name: metadata.name };
    if ((await this.get(ref)).ok) return { ok: false, failure: CONFLICT };
    return success(JSON.stringify(this.put(object)));
  }

  async #change(ref: ObjectRef, patch: unknown): Promise<Result<void>> {
    const known = await this.get(ref);
    if (!known.ok) return known;
    const refusal = this.refuseLease();
    if (refusal) return { ok: false, failure: refusal };
    const { metadata } = patch as { readonly metadata: { readonly resourceVersion?: string } };
    if (metadata.resourceVersion !== known.value.metadata.resourceVersion) return { ok: false, failure: CONFLICT };
    this.put(patched(known.value, patch) as KubeObject);
    return success(undefined);
  }

  async leases(): Promise<readonly KubeObject[]> {
    const list = await this.list('coordination.k8s.io/v1', 'Lease');
    return list.ok ? list.value.items : [];
  }
}
