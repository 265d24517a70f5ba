import { l10n, type Uri } from 'vscode';
import { type Disposable, disposeAll, Emitter } from '../base/event.ts';
import { type Failure, failed, type Result } from '../base/failure.ts';
import type { Binding } from '../binding/binding.ts';
import type { Cluster, Contexts } from '../kubernetes/cluster.ts';
import { presenceOf } from '../kubernetes/presence.ts';
import type { Clouds } from '../openstack/cloud.ts';
import type { Resource } from '../openstack/kind.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { Lookup } from '../openstack/lookup.ts';
import type { Project } from '../openstack/project.ts';
import type {
  Answer,
  BesideAnswer,
  BesideParams,
  BindingAnswer,
  DescribeParams,
  FactsLookup,
  FindParams,
  HandedSchema,
  KubernetesFindParams,
  ListParams,
  NoSchemaAnswer,
  ObjectPresence,
  ResourceFacts,
  SchemaAnswer,
  SchemaParams,
} from '../protocol.ts';
import type { Bindings } from './bindings.ts';
import type { SchemaCache, SchemaQuestion } from './schemaCache.ts';

/** What the server process may see of a resource; met by the room that knows the catalog. */
export type ToFacts = (kind: KindId, resource: Resource) => ResourceFacts;
/** The same of those whose name or id fits a text, at most so many. */
export type FactsMatching = (
  kind: KindId,
  items: readonly Resource[],
  text: string,
  limit: number,
) => { readonly items: readonly ResourceFacts[]; readonly more: boolean };
/** How schemas are asked of a cluster; met by the room that knows clusters. Fails with `notFound` when it publishes none. */
export interface SchemaReader {
  /** A text that changes when the schemas of a group and version do. */
  version(cluster: Cluster, apiVersion: string): Promise<Result<string>>;
  read(cluster: Cluster, apiVersion: string, kind: string): Promise<Result<HandedSchema>>;
}

/** What definitions in the workspace say of a kind; met by the room that reads manifests. */
export interface DefinedSchemas extends Disposable {
  find(apiVersion: string, kind: string): Promise<HandedSchema | undefined>;
  /** The kinds of an API group that they define, each version one. */
  inGroup(group: string): Promise<NoSchemaAnswer['defined']>;
}

/** For whom something is asked of a document. */
export interface AskedFor {
  readonly uri: Uri;
  /** The project that is asked where nobody's credentials are named, or none can be used. */
  readonly bound: Project;
  /** The cluster whose Secrets may be read, if any, asked for when no file holds what is sought; `wanted` when nothing else does. */
  readonly cluster: (wanted: boolean) => Promise<{ readonly cluster: Cluster; readonly namespace: string } | undefined>;
}

/** How questions are asked with the credentials that they name; met by the room that reads manifests. */
export interface AsWhom {
  find(
    queries: FindParams['queries'],
    asked: AskedFor,
    signal: AbortSignal,
  ): Promise<readonly (Lookup & Pick<FactsLookup, 'by' | 'doubt'>)[]>;
  /** The project that these credentials open, else the one that is bound. */
  projectOf(as: NonNullable<ListParams['as']>, asked: AskedFor, signal: AbortSignal): Promise<Project>;
}

/** What {@link Answers} asks: the two worlds, and functions of other rooms, loaded when first needed. */
export interface AnswerSources {
  readonly bindings: Bindings;
  readonly clouds: Clouds;
  readonly contexts: Contexts;
  readonly toFacts: () => Promise<ToFacts>;
  readonly factsMatching: () => Promise<FactsMatching>;
  readonly asWhom: () => Promise<AsWhom>;
  /** Whether Secrets of a context may be read. `wanted`: the user, if not asked yet, is asked now, and that is not waited for. */
  readonly mayReadSecrets: (context: string, wanted: boolean) => boolean;
  readonly schemas: () => Promise<SchemaReader>;
  /** Whether the user opened a context in this window. */
  readonly isOpened: (context: string) => boolean;
  readonly schemaCache: SchemaCache;
  readonly definedSchemas: () => Promise<DefinedSchemas>;
  readonly beside: () => Promise<(uri: Uri, params: BesideParams) => Promise<BesideAnswer>>;
}

/**
 * Answers the language server's questions about a document from what that document is bound to. Everything that could not be asked is `unknown` and accuses nobody;
 * nothing is asked of a cloud that was signed out of until the user signs in or opens it; every answer carries the epoch of the bindings at the time of the question.
 */
export class Answers implements Disposable {
  readonly #sources: AnswerSources;
  readonly #troubles = new Map<string, Failure>();
  readonly #changed = new Emitter<{ readonly kinds?: readonly string[] }>();
  readonly #clusterChanged = new Emitter<void>();
  readonly #watched = new Map<Project | Cluster, Disposable>();
  /** The kinds of a project the server may have answers about are other than before. */
  readonly onDidChange = this.#changed.event;
  /** A cluster that was asked may serve other kinds than before. */
  readonly onDidChangeCluster = this.#clusterChanged.event;

  constructor(sources: AnswerSources) {
    this.#sources = sources;
  }

  /** Why the cloud of a binding could not be asked the last time; undefined when it could, or was never asked. */
  trouble(binding: Binding): Failure | undefined {
    return this.#troubles.get(placeKey(binding));
  }

  async find(uri: Uri, { queries }: FindParams, signal: AbortSignal): Promise<Answer<readonly FactsLookup[]>> {
    return this.#answer(async () => {
      const project = await this.#project(uri, signal);
      if (!project.ok) return queries.map(() => unknown(project.failure));
      const [toFacts, asWhom] = await Promise.all([this.#sources.toFacts(), this.#sources.asWhom()]);
      const found = await asWhom.find(queries, this.#askedFor(uri, project.value), signal);
      return queries.map(({ kind }, index) => {
        const answer = found[index];
        if (!answer) return unknown({ reason: 'unavailable', message: l10n.t('No answer came.') });
        const { by, doubt } = answer;
        const facts = factsLookup(answer, (resource) => toFacts(kind, resource));
        return { ...facts, ...(by ? { by } : {}), ...(doubt === undefined ? {} : { doubt }) };
      });
    });
  }

  /** Names and ids that begin with the prefix, those known already if there are any: typing never waits for the cloud. */
  async list(
    uri: Uri,
    { kind, as, prefix = '', limit }: ListParams,
    signal: AbortSignal,
  ): Promise<Answer<{ items: readonly ResourceFacts[]; incomplete: boolean }>> {
    return this.#answer(async () => {
      const bound = await this.#project(uri, signal);
      const own =
        bound.ok && as ? await (await this.#sources.asWhom()).projectOf(as, this.#askedFor(uri, bound.value), signal) : undefined;
      const project: Result<Project> = own ? { ok: true, value: own } : bound;
      const listed = project.ok ? await project.value.list(kind, { signal, freshness: 30_000 }) : project;
      const known = listed.ok ? listed.value : project.ok ? project.value.peek(kind) : undefined;
      if (!known) return { items: [], incomplete: true };
      const factsMatching = await this.#sources.factsMatching();
      const { items, more } = factsMatching(kind, known.items, prefix, limit);
      return { items, incomplete: more || !known.complete || known.stale };
    });
  }

  async describe(uri: Uri, { kind, id }: DescribeParams, signal: AbortSignal): Promise<Answer<ResourceFacts | null>> {
    return this.#answer(async () => {
      const project = await this.#project(uri, signal);
      const resource = project.ok ? await project.value.get(kind, id, { signal }) : project;
      return resource.ok ? (await this.#sources.toFacts())(kind, resource.value) : null;
    });
  }

  async kubernetesFind(
    uri: Uri,
    { objects }: KubernetesFindParams,
    signal: AbortSignal,
  ): Promise<Answer<readonly ObjectPresence[]>> {
    return this.#answer(async () => {
      const cluster = await this.#cluster(uri);
      if (!cluster.ok) return objects.map(() => 'unknown' as const);
      return Promise.all(objects.map((object) => presenceOf(cluster.value, object, signal)));
    });
  }

  /** The schema of a kind as the bound cluster publishes it; where it does not answer, the one it was read last; where there is none, that of a definition in the workspace. */
  async schema(uri: Uri, { apiVersion, kind, known }: SchemaParams): Promise<Answer<SchemaAnswer | NoSchemaAnswer | null>> {
    return this.#answer(async () => {
      const found = (await this.#publishedSchema(uri, apiVersion, kind)) ?? (await this.#definedSchema(apiVersion, kind));
      if (!found) {
        const defined = await (await this.#definitions()).inGroup(apiVersion.slice(0, Math.max(0, apiVersion.indexOf('/'))));
        return defined.length === 0 ? null : { defined };
      }
      const { schema, kept } = found;
      const { hash } = schema;
      return { hash, ...(hash === known ? {} : { schema }), ...(kept === undefined ? {} : { kept }) };
    });
  }

  async #publishedSchema(uri: Uri, apiVersion: string, kind: string): Promise<FoundSchema | undefined> {
    const context = this.#sources.bindings.of(uri)?.context;
    if (context === undefined) return undefined;
    const quiet = await this.#quietCluster(uri, context);
    const now = quiet.ok ? await this.#schemaOf(quiet.value, { context, apiVersion, kind }) : quiet;
    if (now.ok) return { schema: now.value };
    if (now.failure.reason === 'notFound') return undefined;
    const before = await this.#sources.schemaCache.get({ context, apiVersion, kind });
    return before && { schema: before.schema, kept: l10n.t('context {0}', context) };
  }

  async #definedSchema(apiVersion: string, kind: string): Promise<FoundSchema | undefined> {
    const schema = await (await this.#definitions()).find(apiVersion, kind);
    return schema && { schema };
  }

  #definitions(): Promise<DefinedSchemas> {
    this.#defined ??= this.#sources.definedSchemas();
    return this.#defined;
  }

  async #schemaOf(cluster: Cluster, question: SchemaQuestion): Promise<Result<HandedSchema>> {
    const { schemas, schemaCache } = this.#sources;
    const { apiVersion, kind } = question;
    if (!this.#watched.has(cluster))
      this.#watched.set(
        cluster,
        cluster.onDidChange(({ kinds }) => kinds ?? this.#clusterChanged.fire()),
      );
    const reader = await schemas();
    const [version, kept] = await Promise.all([reader.version(cluster, apiVersion), schemaCache.get(question)]);
    if (!version.ok) return version;
    if (kept?.version === version.value) return { ok: true, value: kept.schema };
    const read = await reader.read(cluster, apiVersion, kind);
    if (read.ok) await schemaCache.put(question, { version: version.value, schema: read.value });
    return read;
  }

  /** What stands in files beside a document. */
  async beside(uri: Uri, params: BesideParams): Promise<BesideAnswer> {
    return (await this.#sources.beside())(uri, params);
  }

  /** What the document is bound to, without asking anybody anything. */
  async binding(uri: Uri): Promise<Answer<BindingAnswer>> {
    return this.#answer(async () => {
      const binding = this.#sources.bindings.of(uri);
      const open = binding && this.#opened.get(placeKey(binding));
      const paused = binding && this.trouble(binding)?.message;
      return {
        binding,
        place: binding?.cloud ? placeWords(binding, open, await this.#regionOf(binding.cloud)) : undefined,
        ...(open ? { user: open.user } : {}),
        ...(paused ? { paused } : {}),
      };
    });
  }

  dispose(): void {
    void this.#defined?.then((defined) => defined.dispose());
    disposeAll(this.#watched.values()).dispose();
    this.#changed.dispose();
    this.#clusterChanged.dispose();
  }

  readonly #opened = new Map<string, Project>();
  #defined: Promise<DefinedSchemas> | undefined;

  /** The region a cloud's own entry begins with: read from the file, nobody is asked. */
  async #regionOf(cloud: string): Promise<string | undefined> {
    const { clouds } = await this.#sources.clouds.list();
    return clouds.find(({ name }) => name === cloud)?.regions[0];
  }

  async #answer<T>(value: () => Promise<T>): Promise<Answer<T>> {
    const { epoch } = this.#sources.bindings;
    return { epoch, value: await value() };
  }

  async #project(uri: Uri, signal: AbortSignal): Promise<Result<Project>> {
    const binding = this.#sources.bindings.of(uri);
    if (!binding?.cloud) return failed('signedOut', l10n.t('This folder is bound to no cloud.'));
    const cloud = await this.#sources.clouds.open(binding.cloud, binding.region);
    // Nobody at the keyboard asks here: who signed out, or was refused, is not signed in again behind their back.
    if (cloud.ok && cloud.value.state === 'signedOut') return this.#remember(binding, this.#signedOut(binding));
    const project = cloud.ok ? await cloud.value.project(binding.project, signal) : cloud;
    return this.#remember(binding, project);
  }

  /** What the cloud itself said when it refused, if it did, tells more. */
  #signedOut(binding: Binding): Result<never> {
    const said = this.trouble(binding);
    if (said?.reason === 'signedOut') return { ok: false, failure: said };
    return failed('signedOut', l10n.t('You are signed out of cloud {0}. Sign in to check again.', binding.cloud ?? ''));
  }

  #remember(binding: Binding, project: Result<Project>): Result<Project> {
    const key = placeKey(binding);
    if (project.ok) {
      this.#troubles.delete(key);
      this.#opened.set(key, project.value);
      if (!this.#watched.has(project.value))
        this.#watched.set(
          project.value,
          project.value.onDidChange((change) => this.#changed.fire(change)),
        );
    } else if (project.failure.reason !== 'cancelled') {
      this.#opened.delete(key);
      this.#troubles.set(key, project.failure);
    }
    return project;
  }

  /** Signing in or a tunnel may run a program and ask for it: that is not begun by a keystroke in a manifest. */
  async #quietCluster(uri: Uri, context: string): Promise<Result<Cluster>> {
    const cluster = await this.#cluster(uri);
    const runs = cluster.ok && (cluster.value.context.exec || cluster.value.context.bastion !== undefined);
    return runs && !this.#sources.isOpened(context) ? failed('signedOut', l10n.t('Context {0} is not open.', context)) : cluster;
  }

  #askedFor(uri: Uri, bound: Project): AskedFor {
    return { uri, bound, cluster: (wanted) => this.#readableCluster(uri, wanted) };
  }

  async #readableCluster(
    uri: Uri,
    wanted: boolean,
  ): Promise<{ readonly cluster: Cluster; readonly namespace: string } | undefined> {
    const { context, namespace } = this.#sources.bindings.of(uri) ?? {};
    const cluster = context === undefined ? undefined : await this.#quietCluster(uri, context);
    if (!cluster?.ok || context === undefined || !this.#sources.mayReadSecrets(context, wanted)) return undefined;
    return { cluster: cluster.value, namespace: namespace ?? cluster.value.context.namespace ?? 'default' };
  }

  async #cluster(uri: Uri): Promise<Result<Cluster>> {
    const context = this.#sources.bindings.of(uri)?.context;
    return context ? this.#sources.contexts.open(context) : failed('notFound', l10n.t('This folder is bound to no context.'));
  }
}

interface FoundSchema {
  readonly schema: HandedSchema;
  /** Where it was read last, if that could not be asked now. */
  readonly kept?: string;
}

function factsLookup(lookup: Lookup, toFacts: (resource: Resource) => ResourceFacts): FactsLookup {
  if (lookup.verdict === 'unknown') return unknown(lookup.failure);
  if (lookup.verdict === 'missing') return { verdict: 'missing', near: lookup.near.map(toFacts) };
  return { verdict: lookup.verdict, matches: lookup.matches.map(toFacts) };
}

const unknown = ({ reason, message }: Failure): FactsLookup => ({ verdict: 'unknown', reason, message });
const placeKey = ({ cloud, project, region }: Binding) => JSON.stringify([cloud, project, region]);

/** How messages name the place: "project demo (cloud demo, RegionOne)". */
function placeWords(binding: Binding, open: Project | undefined, ownRegion: string | undefined): string {
  const region = open?.region ?? binding.region ?? ownRegion;
  const cloud = region ? l10n.t('cloud {0}, {1}', binding.cloud ?? '', region) : l10n.t('cloud {0}', binding.cloud ?? '');
  const project = open?.name ?? binding.project;
  return project ? l10n.t('project {0} ({1})', project, cloud) : cloud;
}
