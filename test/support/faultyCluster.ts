import { type Failure, failed, type Result } from '../../src/base/failure.ts';
import { refOf } from '../../src/deploy/plan/prepare.ts';
import { objectHash } from '../../src/deploy/record/objectHash.ts';
import type { Applied, ApplyOptions, KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { keyOf } from '../../src/kubernetes/objectKey.ts';
import { FakeCluster } from './fakeCluster.ts';

/** What may happen to one write. `lost`: it takes effect and its answer does not arrive. */
export const FAULTS = {
  reset: { reason: 'offline', message: 'The connection was reset.' },
  lost: { reason: 'offline', message: 'The connection was reset.' },
  throttled: { reason: 'throttled', status: 429, message: 'Too many requests.', retryAfterMs: 3 },
  unavailable: { reason: 'unavailable', status: 503, message: 'The server is restarting.' },
  webhook: { reason: 'unavailable', status: 500, message: 'failed calling webhook "policy.example": connection refused' },
  raced: { reason: 'conflict', status: 409, message: 'the object has been modified' },
  signedOut: { reason: 'signedOut', status: 401, message: 'The token expired. Sign in again.' },
  quota: { reason: 'forbidden', status: 403, message: 'configmaps "x" is forbidden: exceeded quota' },
  denied: { reason: 'invalid', status: 400, message: 'admission webhook "policy.example" denied the request: no' },
  immutable: { reason: 'invalid', status: 422, message: 'field is immutable' },
  ending: {
    reason: 'forbidden',
    status: 403,
    message: 'unable to create new content in namespace shop because it is being terminated',
  },
} as const satisfies Readonly<Record<string, Failure>>;

export type Fault = keyof typeof FAULTS;

/** A cluster that does to its n-th write from now on what it was told to, and keeps count of what really changed on it. */
export class FaultyCluster extends FakeCluster {
  /** By the number of the write, from 0. */
  faults = new Map<number, Fault>();
  /** Each real change of an object, `key hash`, in the order in which it happened. */
  readonly effects: string[] = [];
  /** The number of writes that arrived since `faults` was set. */
  writes = 0;
  /** Called when a write arrives, before anything happens to it. */
  onWrite: (number: number) => void = () => undefined;
  #deaths = 0;
  /** Whoever answers at the same address now. */
  tunnelledTo: FakeCluster | undefined;

  plan(faults: ReadonlyMap<number, Fault>): void {
    this.faults = new Map(faults);
    this.writes = 0;
    this.onWrite = () => undefined;
  }

  /** The process that asks dies: what it has under way arrives nowhere and is never answered. */
  die(): void {
    this.#deaths++;
  }

  override async get(ref: ObjectRef): Promise<Result<KubeObject>> {
    return this.tunnelledTo ? this.tunnelledTo.get(ref) : super.get(ref);
  }

  override async apply(object: KubeObject, options: ApplyOptions = {}): Promise<Result<Applied>> {
    if (options.dryRun) return super.apply(object, options);
    const deaths = this.#deaths;
    const number = this.writes++;
    this.onWrite(number);
    const fault = this.faults.get(number);
    // time for others to come in between
    await new Promise((resolve) => setImmediate(resolve));
    if (deaths < this.#deaths) return new Promise(() => undefined);
    if (fault !== undefined && fault !== 'lost') return { ok: false, failure: FAULTS[fault] };
    if (this.tunnelledTo) return this.tunnelledTo.apply(object, options);
    const before = await super.get(refOf(object));
    const applied = await super.apply(object, options);
    const hash = objectHash(object);
    if (!before.ok || this.#hashes.get(keyOf(refOf(object))) !== hash) this.effects.push(`${keyOf(refOf(object))} ${hash}`);
    this.#hashes.set(keyOf(refOf(object)), hash);
    return fault === 'lost' ? failed(FAULTS.lost.reason, FAULTS.lost.message) : applied;
  }

  readonly #hashes = new Map<string, string>();

  /** What is there, by key. */
  get hashes(): ReadonlyMap<string, string> {
    return this.#hashes;
  }
}
