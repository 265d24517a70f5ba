import { createHash } from 'node:crypto';
import type { Disposable } from '../../base/event.ts';
import { type Failure, type Result, success } from '../../base/failure.ts';
import { numberAt, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { pathOf } from '../../kubernetes/discovery.ts';
import { FIELD_MANAGER } from '../plan/dryRun.ts';
import type { Target } from '../types.ts';
import { type Holder, heldFailure } from './journal.ts';

/** Who wants to deploy what. */
export interface LeaseRequest {
  readonly target: Target;
  /** The set, as a person names it. */
  readonly name: string;
  readonly holder: Holder;
  /** Takes the lease from whoever holds it: only after the user said so. */
  readonly takeOver?: boolean;
  /** Who is known to be dead: a lease that is still theirs is nobody's. */
  readonly killed?: Holder;
  /** Told when somebody else took it meanwhile: the run is to stop. */
  readonly onLost: (failure: Failure) => void;
}

/** How long a lease counts without being renewed, and how often that is done; tests make it short. */
export interface LeaseTimes {
  readonly renewMs: number;
  readonly expiryMs: number;
  readonly now: () => number;
}

/** A lease that was taken, or why there is none and the deploy goes on without. */
export type Taken = { readonly lease: HeldLease } | { readonly without: string };

/** Renewed until it is given back. */
export interface HeldLease extends Disposable {
  /** Gives it back, so that the next one need not wait until it expires. */
  release(): Promise<void>;
}

const TIMES: LeaseTimes = { renewMs: 15_000, expiryMs: 45_000, now: Date.now };

/**
 * Takes the Lease of a set in the target's namespace (coordination.k8s.io/v1), so that two people do not deploy it at once. Fails with `conflict` while somebody else holds it, in a sentence that
 * says who and since when. Where leases may not be written, or the namespace is yet to be made, the deploy goes on without, which is said.
 * A Lease is made by POST, which only one can do, and changed with its resourceVersion, so that of two who take an expired one only one does.
 */
export async function takeLease(cluster: Cluster, request: LeaseRequest, times: LeaseTimes = TIMES): Promise<Result<Taken>> {
  const ref: ObjectRef = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    namespace: request.target.namespace,
    name: leaseName(request.name),
  };
  // once more when somebody gave it back or took it in between
  for (let tries = 0; ; tries++) {
    const taken = await makeOrTake(cluster, ref, request, times);
    if (taken.ok) return success({ lease: new RenewedLease(cluster, ref, request, times) });
    const { failure } = taken;
    if (failure.reason === 'conflict' && failure.status !== undefined && tries < 3) continue;
    if (failure.reason === 'forbidden' || failure.reason === 'notFound') {
      const { context, namespace } = request.target;
      const why = failure.reason === 'notFound' ? `namespace ${namespace} is not there yet.` : failure.message;
      return success({
        without: `No lock was taken on ${context}, so others are not kept from deploying the same: ${why}`,
      });
    }
    return taken;
  }
}

/** Of the Lease of a set, see {@link LeaseRequest.name}. */
export function leaseName(set: string): string {
  return `hybrid-clusters-${createHash('sha256').update(set).digest('hex').slice(0, 16)}`;
}

/** Mostly there is none: it is made without looking first. */
async function makeOrTake(cluster: Cluster, ref: ObjectRef, request: LeaseRequest, times: LeaseTimes): Promise<Result<unknown>> {
  const made = await make(cluster, ref, request, times);
  if (made.ok || (made.failure.reason !== 'conflict' && made.failure.reason !== 'forbidden')) return made;
  const taken = await takeKnown(cluster, ref, request, times);
  // who may make none may still hold one that is there; one that was given back meanwhile is made at the next try
  return !taken.ok && taken.failure.reason === 'notFound' ? made : taken;
}

async function make(cluster: Cluster, ref: ObjectRef, request: LeaseRequest, times: LeaseTimes): Promise<Result<unknown>> {
  const kind = await cluster.kind(ref.apiVersion, ref.kind);
  const path = kind.ok ? pathOf(kind.value, ref.namespace) : kind;
  if (!path.ok) return path;
  const body = JSON.stringify({
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: { name: ref.name, namespace: ref.namespace, labels: { 'app.kubernetes.io/managed-by': FIELD_MANAGER } },
    spec: specOf(request, times),
  });
  return cluster.raw(`${path.value}?fieldManager=${FIELD_MANAGER}`, { method: 'POST', body, contentType: 'application/json' });
}

async function takeKnown(cluster: Cluster, ref: ObjectRef, request: LeaseRequest, times: LeaseTimes): Promise<Result<unknown>> {
  const known = await cluster.get(ref);
  if (!known.ok) return known;
  const lease = known.value;
  const owner = textAt(lease, 'spec', 'holderIdentity') ?? '';
  if (!isFree(owner, request) && !isExpired(lease, times)) {
    const since = textAt(lease, 'spec', 'acquireTime') ?? 'some time';
    return { ok: false, failure: heldFailure(request.name, { host: owner }, since, request.target) };
  }
  const { resourceVersion } = lease.metadata;
  return cluster.patch(ref, { metadata: { resourceVersion }, spec: specOf(request, times) });
}

function isFree(owner: string, { holder, killed, takeOver = false }: LeaseRequest): boolean {
  return takeOver || owner === '' || owner === identityOf(holder) || (killed !== undefined && owner === identityOf(killed));
}

function specOf({ holder }: LeaseRequest, { expiryMs, now }: LeaseTimes): object {
  const time = microTime(now());
  return {
    holderIdentity: identityOf(holder),
    leaseDurationSeconds: Math.max(1, Math.round(expiryMs / 1_000)),
    acquireTime: time,
    renewTime: time,
  };
}

/** `alice on desk (7)`: a person reads it, and no two windows have the same. */
function identityOf({ user, host, pid }: Holder): string {
  return `${user === undefined ? host : `${user} on ${host}`} (${pid})`;
}

function isExpired(lease: KubeObject, { expiryMs, now }: LeaseTimes): boolean {
  const renewed = Date.parse(textAt(lease, 'spec', 'renewTime') ?? '');
  const lasts = (numberAt(lease, 'spec', 'leaseDurationSeconds') ?? 0) * 1_000 || expiryMs;
  return Number.isNaN(renewed) || renewed + lasts < now();
}

/** RFC 3339 with six digits, as the API server wants a MicroTime. */
const microTime = (at: number) => new Date(at).toISOString().replace('Z', '000Z');

class RenewedLease implements HeldLease {
  readonly #cluster: Cluster;
  readonly #ref: ObjectRef;
  readonly #request: LeaseRequest;
  readonly #times: LeaseTimes;
  readonly #timer: NodeJS.Timeout;
  #isLost = false;

  constructor(cluster: Cluster, ref: ObjectRef, request: LeaseRequest, times: LeaseTimes) {
    this.#cluster = cluster;
    this.#ref = ref;
    this.#request = request;
    this.#times = times;
    this.#timer = setInterval(() => void this.#renew(), times.renewMs).unref();
  }

  dispose(): void {
    clearInterval(this.#timer);
  }

  async release(): Promise<void> {
    this.dispose();
    const known = await this.#mine();
    // who may not delete lets it expire
    if (known) await this.#cluster.delete(this.#ref, known.metadata.uid === undefined ? {} : { uid: known.metadata.uid });
  }

  /** A server that is away is the run's own trouble; only that somebody else holds it ends the run. */
  async #renew(): Promise<void> {
    const known = await this.#mine();
    if (!known) return;
    const { resourceVersion } = known.metadata;
    await this.#cluster.patch(this.#ref, { metadata: { resourceVersion }, spec: { renewTime: microTime(this.#times.now()) } });
  }

  /** The Lease as it is now; undefined where it cannot be read, and where it is another's, which is told. */
  async #mine(): Promise<KubeObject | undefined> {
    const known = await this.#cluster.get(this.#ref);
    if (!known.ok) return undefined;
    const owner = textAt(known.value, 'spec', 'holderIdentity') ?? '';
    if (owner === identityOf(this.#request.holder)) return known.value;
    this.dispose();
    if (this.#isLost) return undefined;
    this.#isLost = true;
    const { name, target, onLost } = this.#request;
    onLost({
      reason: 'conflict',
      message: `${owner === '' ? 'Somebody' : owner} took over the deploy of ${name} to ${target.context}. Nothing more was written from here.`,
    });
    return undefined;
  }
}
