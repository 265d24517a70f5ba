import { field, listAt, textAt } from '../../base/fields.ts';
import type { ApiKind, KubeObject, WatchEvent } from '../../kubernetes/cluster.ts';
import type { Neighbour } from '../readiness/rules.ts';
import type { Surroundings } from '../readiness/status.ts';

/** Where each neighbour kind is watched. */
export const NEIGHBOURS: Readonly<Record<Neighbour, { readonly apiVersion: string; readonly kind: string }>> = {
  Pod: { apiVersion: 'v1', kind: 'Pod' },
  ReplicaSet: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  Event: { apiVersion: 'v1', kind: 'Event' },
  PersistentVolumeClaim: { apiVersion: 'v1', kind: 'PersistentVolumeClaim' },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
};

/** What the cloud says of what stands behind an object, and of its quotas. */
export type OfCloud = Partial<Pick<Surroundings, 'loadBalancer' | 'volume' | 'usedUp'>>;

/** What the watches of a run have seen so far, found by what the readiness rules ask for. */
export class Observed implements Surroundings {
  readonly #children = new Map<string, Map<string, KubeObject>>();
  readonly #events = new Map<string, Map<string, KubeObject>>();
  readonly #slices = new Map<string, Map<string, KubeObject>>();
  readonly #unseen = new Set<string>();
  readonly #claims = new Map<string, KubeObject>();
  readonly #classes = new Map<string, string>();
  #served: ReadonlySet<string> = new Set();
  readonly #cloud: OfCloud;

  constructor(cloud: OfCloud = {}) {
    this.#cloud = cloud;
  }

  get now(): number {
    return Date.now();
  }

  /** Takes in one change of a neighbour. */
  take(event: WatchEvent): void {
    if (!('object' in event)) return;
    const { object } = event;
    const gone = event.type === 'deleted';
    if (object.kind === 'Event') put(this.#events, textAt(object, 'involvedObject', 'uid') ?? '', object, gone);
    else if (object.kind === 'EndpointSlice') put(this.#slices, sliceOwner(object), object, gone);
    else if (object.kind === 'PersistentVolumeClaim') this.#takeClaim(object, gone);
    else for (const owner of object.metadata.ownerReferences ?? []) put(this.#children, owner.uid, object, gone);
  }

  #takeClaim(claim: KubeObject, gone: boolean): void {
    const name = `${claim.metadata.namespace ?? ''}/${claim.metadata.name}`;
    if (gone) this.#claims.delete(name);
    else this.#claims.set(name, claim);
  }

  /** Nobody may watch this kind there. */
  takeUnseen(kind: string, namespace: string | undefined): void {
    this.#unseen.add(`${kind} ${namespace ?? ''}`);
  }

  takeClasses(classes: readonly KubeObject[]): void {
    for (const one of classes) {
      const mode = textAt(one, 'volumeBindingMode') ?? 'Immediate';
      this.#classes.set(one.metadata.name, mode);
      if (one.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true') this.#classes.set('', mode);
    }
  }

  takeKinds(kinds: readonly ApiKind[]): void {
    this.#served = new Set(kinds.map(({ group, kind }) => `${group}/${kind}`));
  }

  ownedBy(uid: string, kind: 'Pod' | 'ReplicaSet'): readonly KubeObject[] {
    return [...(this.#children.get(uid)?.values() ?? [])].filter((child) => child.kind === kind);
  }

  eventsOf(uid: string): readonly KubeObject[] {
    return [...(this.#events.get(uid)?.values() ?? [])].sort((one, other) => timeOf(one).localeCompare(timeOf(other)));
  }

  claim(name: string, namespace: string | undefined): KubeObject | undefined {
    return this.#claims.get(`${namespace ?? ''}/${name}`);
  }

  bindingMode(storageClass: string | undefined): string | undefined {
    return this.#classes.get(storageClass ?? '');
  }

  volume(claim: KubeObject): string | undefined {
    return this.#cloud.volume?.(claim);
  }

  usedUp(message: string): string | undefined {
    return this.#cloud.usedUp?.(message);
  }

  readyEndpoints(service: string, namespace: string): number | 'unseen' {
    if (this.#unseen.has(`EndpointSlice ${namespace}`)) return 'unseen';
    const slices = [...(this.#slices.get(`${namespace}/${service}`)?.values() ?? [])];
    return slices.flatMap((slice) => listAt(slice, 'endpoints')).filter((one) => field(one, 'conditions', 'ready') !== false)
      .length;
  }

  serves(groupKind: string): boolean {
    return this.#served.has(groupKind);
  }

  loadBalancer(service: KubeObject): string | undefined {
    return this.#cloud.loadBalancer?.(service);
  }
}

function put(index: Map<string, Map<string, KubeObject>>, uid: string, object: KubeObject, gone: boolean): void {
  const own = object.metadata.uid ?? object.metadata.name;
  if (gone) return void index.get(uid)?.delete(own);
  const known = index.get(uid) ?? new Map<string, KubeObject>();
  known.set(own, object);
  index.set(uid, known);
}

function sliceOwner({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ''}/${metadata.labels?.['kubernetes.io/service-name'] ?? ''}`;
}

function timeOf(event: KubeObject): string {
  return textAt(event, 'lastTimestamp') ?? textAt(event, 'eventTime') ?? event.metadata.creationTimestamp ?? '';
}
