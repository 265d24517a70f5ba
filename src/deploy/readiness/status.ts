import type { KubeObject } from '../../kubernetes/cluster.ts';
import { type Fields, fieldsAt, isFields, listAt, numberAt, textAt } from '../fields.ts';
import type { RunChild } from '../types.ts';

/** What of a manifest is to blame. `diagnose` finds its place in the file. */
export type Cause =
  | { readonly kind: 'image'; readonly container: string }
  | { readonly kind: 'reference'; readonly to: string; readonly name: string; readonly key?: string; readonly container?: string }
  | { readonly kind: 'container'; readonly container: string }
  | { readonly kind: 'resources' }
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
  /** The state of the load balancer behind a Service, in the cloud's words: `PENDING_CREATE in demo`. */
  loadBalancer(service: KubeObject): string | undefined;
}

export const ready = (message?: string): Status => (message === undefined ? { state: 'ready' } : { state: 'ready', message });

export const progressing = (message: string, children: readonly RunChild[] = []): Status => ({
  state: 'progressing',
  message,
  children,
});

/** Trouble. Absent `graceMs` means: failed at once. */
export function failing(code: string, message: string, more: Pick<Status, 'graceMs' | 'cause' | 'children'> = {}): Status {
  return { state: 'failing', code, message, ...more };
}

/** A condition of `status.conditions` by its type. */
export function condition(object: KubeObject, type: string): Fields | undefined {
  return listAt(object, 'status', 'conditions').find((entry): entry is Fields => isFields(entry) && entry['type'] === type);
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
