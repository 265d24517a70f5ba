/**
 * Every message between the language server and its host, beside LSP itself. Types and names only.
 * A client that answers none of them (any editor, `--stdio`) gets syntax and workspace checks: `initializationOptions.answers` says which it answers.
 */

import type { Binding } from './binding/binding.ts';
import type { ObjectPresence, WantedObject } from './kubernetes/wantedObject.ts';
import type { CredentialsReference } from './manifest/credentials.ts';
import type { KindId } from './openstack/kinds/kinds.ts';
import type { Query } from './openstack/lookup.ts';

/**
 * What Node is told that runs the server, in MiB. The heap: a hostile manifest ends there, not in the memory of the machine. The part of it for what is new: half of what Node takes by itself, for trees
 * live no longer than their text is read; a file of 5 MB takes a quarter less memory, in the same time.
 */
export const serverArguments: readonly string[] = ['--max-old-space-size=768', '--max-semi-space-size=8'];

/** `initializationOptions` of the language server. */
export interface InitializationOptions {
  /** Method names of the requests below that this client answers. */
  readonly answers?: readonly string[];
  /** True if another YAML extension reports syntax errors: ours then leaves them to it. */
  readonly otherYaml?: boolean;
  /** Diagnostic code → severity, or `off`. */
  readonly severities?: Readonly<Record<string, 'error' | 'warning' | 'information' | 'hint' | 'off'>>;
  readonly inlayHints?: boolean;
  /** Address of the page that explains the codes of findings (`media/findings.md`). */
  readonly findingsPage?: string;
  /** True for a client that asks for diagnostics (`textDocument/diagnostic`) and wants none sent: given both ways, it would show each twice. */
  readonly pullDiagnostics?: boolean;
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

/** `by`: as whom it was answered, for a question that says with whose credentials it is to be asked; `instead` says why not with those. `doubt`: why what was found proves nothing. */
export type FactsLookup = { readonly by?: { readonly place: string; readonly instead?: string }; readonly doubt?: string } & (
  | { readonly verdict: 'found' | 'ambiguous'; readonly matches: readonly ResourceFacts[] }
  | { readonly verdict: 'missing'; readonly near: readonly ResourceFacts[] }
  | { readonly verdict: 'unknown'; readonly reason: string; readonly message: string }
);

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
  readonly queries: readonly { readonly kind: KindId; readonly query: Query; readonly as?: CredentialsReference }[];
}
export interface ListParams {
  readonly uri: string;
  readonly kind: KindId;
  /** With whose credentials. */
  readonly as?: CredentialsReference | undefined;
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
  readonly objects: readonly WantedObject[];
}
export type { ObjectPresence };
export interface SchemaParams {
  readonly uri: string;
  readonly apiVersion: string;
  readonly kind: string;
  /** The hash of the schema the server has of this kind already: the same is not sent again. */
  readonly known?: string;
}

/** A schema in the words of OpenAPI v3 that the server reads. `hash`: hex; two of the same say the same. */
export interface HandedSchema {
  readonly hash: string;
  readonly root: Readonly<Record<string, unknown>>;
  /** Where `#/components/schemas/NAME` leads. */
  readonly definitions: Readonly<Record<string, unknown>>;
}

/** `schema` is absent when it is the one known. `kept`: where it was read last, if that could not be asked now. */
export interface SchemaAnswer {
  readonly hash: string;
  readonly schema?: HandedSchema;
  readonly kept?: string;
}

/** The answer where nobody has a schema of the kind: the kinds of its group that definitions in the workspace define, each version one. */
export interface NoSchemaAnswer {
  readonly defined: readonly { readonly apiVersion: string; readonly kind: string }[];
}

/** A YAML file of the workspace that may hold manifests, as it is on disk, and what it is bound to. */
export interface WorkspaceFile {
  readonly uri: string;
  readonly text: string;
  readonly binding: Binding | undefined;
}
/** `complete` is false when the workspace holds more than is read. */
export interface WorkspaceFiles {
  readonly files: readonly WorkspaceFile[];
  readonly complete: boolean;
}

/** What a document wants of the files beside it: whether paths, as written in it, lead to one, and the Heat templates that an environment may belong to. */
export interface BesideParams {
  readonly uri: string;
  readonly paths: readonly string[];
  readonly templates: boolean;
}
export interface BesideAnswer {
  readonly missing: readonly string[];
  readonly templates: readonly { readonly file: string; readonly parameters: readonly string[] }[];
}

/** Method names. Requests: `openstack/find` {@link FindParams} → Answer<FactsLookup[]>; `openstack/list` → Answer<{items: ResourceFacts[], incomplete: boolean}>; `openstack/describe` → Answer<ResourceFacts | null>; `kubernetes/find` → Answer<ObjectPresence[]>; `kubernetes/schema` {@link SchemaParams} → Answer<SchemaAnswer | NoSchemaAnswer | null>; `binding/get` {uri} → Answer<BindingAnswer>; `workspace/manifests` {} → {@link WorkspaceFiles}; `workspace/beside` {@link BesideParams} → {@link BesideAnswer}. */
export const requests = {
  find: 'openstack/find',
  list: 'openstack/list',
  describe: 'openstack/describe',
  kubernetesFind: 'kubernetes/find',
  schema: 'kubernetes/schema',
  binding: 'binding/get',
  workspaceManifests: 'workspace/manifests',
  beside: 'workspace/beside',
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
