/**
 * Every message between the language server and its host, beside LSP itself. Types and names only.
 * A client that answers none of them (any editor, `--stdio`) gets syntax and workspace checks: `initializationOptions.answers` says which it answers.
 */
import type { Binding } from './binding/binding.ts';
import type { KindId } from './openstack/kinds/kinds.ts';
import type { Query } from './openstack/lookup.ts';

/** `initializationOptions` of the language server. */
export interface InitializationOptions {
  /** Method names of the requests below that this client answers. */
  readonly answers?: readonly string[];
  /** True if another YAML extension reports syntax errors: ours then leaves them to it. */
  readonly otherYaml?: boolean;
  /** Diagnostic code → severity, or `off`. */
  readonly severities?: Readonly<Record<string, 'error' | 'warning' | 'information' | 'hint' | 'off'>>;
  readonly inlayHints?: boolean;
}

/**
 * What the server process gets to see of a resource: the columns of its row, never the raw resource (a server carries user_data).
 * `fields` holds the fields that cross-field rules read, each named by a rule row.
 */
export interface ResourceFacts {
  readonly kind: KindId;
  readonly id: string;
  readonly name: string;
  readonly state?: string;
  /** Column title → value, in the row's order. */
  readonly columns: readonly (readonly [title: string, value: string])[];
  readonly fields?: Readonly<Record<string, unknown>>;
}

export type FactsLookup =
  | { readonly verdict: 'found' | 'ambiguous'; readonly matches: readonly ResourceFacts[] }
  | { readonly verdict: 'missing'; readonly near: readonly ResourceFacts[] }
  | { readonly verdict: 'unknown'; readonly reason: string; readonly message: string };

/** Every answer carries the epoch of the binding it was given under; an answer of an older epoch is thrown away. */
export interface Answer<T> {
  readonly epoch: number;
  readonly value: T;
}

/** The binding of a document as the server needs it. `place` is how messages name it: "project demo (cloud demo, RegionOne)". */
export interface BindingAnswer {
  readonly binding: Binding | undefined;
  readonly place: string | undefined;
  readonly user?: string;
  /** Why checking is paused, as one sentence; undefined when it is not. */
  readonly paused?: string;
}

// --- from server: requests the host answers ---

export interface FindParams {
  readonly uri: string;
  readonly queries: readonly { readonly kind: KindId; readonly query: Query }[];
}
export interface ListParams {
  readonly uri: string;
  readonly kind: KindId;
  readonly prefix?: string;
  readonly limit: number;
}
export interface DescribeParams {
  readonly uri: string;
  readonly kind: KindId;
  readonly id: string;
}
export interface KubernetesFindParams {
  readonly uri: string;
  readonly objects: readonly {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace?: string;
    readonly name: string;
  }[];
}
export interface SchemaParams {
  readonly uri: string;
  readonly apiVersion: string;
  readonly kind: string;
}

/** Method names. Requests: `openstack/find` {@link FindParams} → Answer<FactsLookup[]>; `openstack/list` → Answer<{items: ResourceFacts[], incomplete: boolean}>; `openstack/describe` → Answer<ResourceFacts | null>; `kubernetes/find` → Answer<('found' | 'missing' | 'unknown')[]>; `kubernetes/schema` → Answer<object | null>; `binding/get` {uri} → Answer<BindingAnswer>. */
export const requests = {
  find: 'openstack/find',
  list: 'openstack/list',
  describe: 'openstack/describe',
  kubernetesFind: 'kubernetes/find',
  schema: 'kubernetes/schema',
  binding: 'binding/get',
} as const;

// --- to server: notifications of the host ---

/** Method names: `binding/didChange`, `openstack/didChange` and `kubernetes/didChange`; each {@link DidChangeParams}. */
export const notifications = {
  bindingDidChange: 'binding/didChange',
  openstackDidChange: 'openstack/didChange',
  kubernetesDidChange: 'kubernetes/didChange',
} as const;

/** The documents bound to something else, or the kinds whose resources changed; absent: all. */
export interface DidChangeParams {
  readonly epoch: number;
  readonly uris?: readonly string[];
  readonly kinds?: readonly string[];
}

// --- to host: what the server tells beside diagnostics ---

/** `check/didRun`, after each finished check of a document: for the status bar and the code lens. */
export const checkDidRun = 'check/didRun';
export interface CheckDidRunParams {
  readonly uri: string;
  readonly references: number;
  readonly wrong: number;
  readonly unknown: number;
  /** Why the unknown ones could not be checked, one sentence. */
  readonly paused?: string;
}
