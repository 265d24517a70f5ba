import { type Fields, fieldsAt, isFields, listAt, numberAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { RunChild } from '../types.ts';

/** What of a manifest is to blame. `diagnose` finds its place in the file. */
export type Cause =
  | { readonly kind: 'image'; readonly container: string }
  | { readonly kind: 'reference'; readonly to: string; readonly name: string; readonly key?: string; readonly container?: string }
  | { readonly kind: 'container'; readonly container: string }
  | { readonly kind: 'probe'; readonly container: string; readonly probe: 'readinessProbe' | 'livenessProbe' | 'startupProbe' }
  | { readonly kind: 'resources' }
  /** A field of the PodSpec, wherever its kind keeps that. */
  | { readonly kind: 'pod'; readonly path: readonly (string | number)[] }
  | { readonly kind: 'volume'; readonly claim?: string }
  | { readonly kind: 'field'; readonly path: readonly (string | number)[] };

/**
 * Whether an object works. `failing` becomes a failure once it has lasted `graceMs` (0: at once); `satisfied` in the message of a `ready` one says when it is ready only in a sense
 * ("waiting for consumer", "paused").
 */
export interface Status {
  readonly state: 'ready' | 'progressing' | 'failing';
  /** One phrase: what is waited for, or what is wrong. */
  readonly message?: string;
  /** Tells one trouble from the next: the grace period begins anew when it changes. */
  readonly code?: string;
  readonly graceMs?: number;
  /** How long what it waits for may take without any progress, where that is longer than objects of its kind may. */
  readonly limitMs?: number;
  readonly cause?: Cause;
  readonly children?: readonly RunChild[];
}

/** What lies around an object in its namespace, as last seen by the watches. Lists are empty until they have come. */
export interface Surroundings {
  /** Ms since the epoch. */
  readonly now: number;
  /** Objects of a kind owned by the object of this uid. */
  ownedBy(uid: string, kind: 'Pod' | 'ReplicaSet'): readonly KubeObject[];
  /** Events about the object of this uid, newest last. */
  eventsOf(uid: string): readonly KubeObject[];
  claim(name: string, namespace: string | undefined): KubeObject | undefined;
  /** `volumeBindingMode` of a StorageClass; undefined while unknown. */
  bindingMode(storageClass: string | undefined): string | undefined;
  /** Whether a kind (`group/Kind`) is in the server's discovery. */
  serves(groupKind: string): boolean;
  /** What a message that says that a quota of the cloud is used up means in numbers: `2 of 2 load balancers used in demo`; undefined where it is not known. */
  usedUp(message: string): string | undefined;
  /** The state of the Cinder volume behind a claim: `creating in demo`, `in-use by server 4f2… in demo`; undefined where it is not known. */
  volume(claim: KubeObject): string | undefined;
  /** How many endpoints of a Service are ready; `unseen` where nobody may look. */
  readyEndpoints(service: string, namespace: string): number | 'unseen';
  /** The state of the load balancer behind a Service, in the cloud's words: `PENDING_CREATE in demo`. */
  loadBalancer(service: KubeObject): string | undefined;
}

export const ready = (message?: string): Status => (message === undefined ? { state: 'ready' } : { state: 'ready', message });

export const progressing = (
  message: string,
  children: readonly RunChild[] = [],
  more: Pick<Status, 'limitMs' | 'cause'> = {},
): Status => ({
  state: 'progressing',
  message,
  children,
  ...more,
});

/** Trouble. Absent `graceMs` means: failed at once. */
export function failing(
  code: string,
  message: string,
  more: Pick<Status, 'graceMs' | 'limitMs' | 'cause' | 'children'> = {},
): Status {
  return { state: 'failing', code, message, ...more };
}

/**
 * A condition of `status.conditions` by its type. One whose own `observedGeneration` is of an older text says nothing of this one (API conventions, "Typical status properties").
 */
export function condition(object: KubeObject, type: string): Fields | undefined {
  return conditionIn(listAt(object, 'status', 'conditions'), type, object.metadata.generation);
}

/** The same among conditions that stand elsewhere: of a parent of a route, of Cluster API's newer contract. */
export function conditionIn(conditions: readonly unknown[], type: string, generation?: number): Fields | undefined {
  const found = conditions.find((entry): entry is Fields => isFields(entry) && entry['type'] === type);
  const seen = numberAt(found, 'observedGeneration');
  return seen !== undefined && generation !== undefined && seen < generation ? undefined : found;
}

export function isTrue(object: KubeObject, type: string): boolean {
  return condition(object, type)?.['status'] === 'True';
}

/** Whether the controller has looked at the object as it is now. */
export function isObserved(object: KubeObject): boolean {
  const observed = numberAt(object, 'status', 'observedGeneration');
  return observed === undefined || observed === object.metadata.generation;
}

/** `reason: message` of a condition, as far as there is one. */
export function wordsOf(entry: Fields | undefined): string {
  return textAt(entry, 'message') || textAt(entry, 'reason') || 'no reason given';
}

/** A number of the status, 0 where it is not yet there. */
export function count(object: KubeObject, name: string): number {
  return numberAt(object, 'status', name) ?? 0;
}

export function spec(object: KubeObject): Fields {
  return fieldsAt(object, 'spec');
}
