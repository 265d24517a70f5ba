import { l10n, type Uri } from 'vscode';
import { type Disposable, disposeAll, Emitter } from '../base/event.ts';
import { type Failure, failed, type Result } from '../base/failure.ts';
import type { Binding } from '../binding/binding.ts';
import type { Cluster, Contexts } from '../kubernetes/cluster.ts';
import type { Clouds } from '../openstack/cloud.ts';
import type { Resource } from '../openstack/kind.ts';
import type { KindId } from '../openstack/kinds/kinds.ts';
import type { Lookup } from '../openstack/lookup.ts';
import type { Project } from '../openstack/project.ts';
import type {
  Answer,
  BindingAnswer,
  DescribeParams,
  FactsLookup,
  FindParams,
  KubernetesFindParams,
  ListParams,
  ResourceFacts,
  SchemaParams,
} from '../protocol.ts';
import type { Bindings } from './bindings.ts';

/** What the server process may see of a resource; met by the room that knows the catalog. */
export type ToFacts = (kind: KindId, resource: Resource) => ResourceFacts;
/** The schema of a kind as a cluster publishes it; undefined when it publishes none. */
export type ReadSchema = (cluster: Cluster, apiVersion: string, kind: string) => Promise<object | undefined>;

/** What {@link Answers} asks: the two worlds, and the two functions of other rooms, loaded when first needed. */
export interface AnswerSources {
  readonly bindings: Bindings;
  readonly clouds: Clouds;
  readonly contexts: Contexts;
  readonly toFacts: () => Promise<ToFacts>;
  readonly readSchema: () => Promise<ReadSchema>;
}

/**
 * Answers the language server's questions about a document from what that document is bound to. Everything that could not be asked is `unknown` and accuses nobody;
 * every answer carries the epoch of the bindings at the time of the question.
 */
export class Answers implements Disposable {
  readonly #sources: AnswerSources;
  readonly #troubles = new Map<string, Failure>();
  readonly #changed = new Emitter<{ readonly kinds?: readonly string[] }>();
  readonly #watched = new Map<Project, Disposable>();
  /** The kinds of a project the server may have answers about are other than before. */
  readonly onDidChange = this.#changed.event;

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
      const toFacts = await this.#sources.toFacts();
      return Promise.all(
        queries.map(async ({ kind, query }) =>
          factsLookup(await project.value.find(kind, query, signal), (resource) => toFacts(kind, resource)),
        ),
      );
    });
  }

  /** Names and ids that begin with the prefix, those known already if there are any: typing never waits for the cloud. */
  async list(
    uri: Uri,
    { kind, prefix = '', limit }: ListParams,
    signal: AbortSignal,
  ): Promise<Answer<{ items: readonly ResourceFacts[]; incomplete: boolean }>> {
    return this.#answer(async () => {
      const project = await this.#project(uri, signal);
      const listed = project.ok ? await project.value.list(kind, { signal, freshness: 30_000 }) : project;
      const known = listed.ok ? listed.value : project.ok ? project.value.peek(kind) : undefined;
      if (!known) return { items: [], incomplete: true };
      const toFacts = await this.#sources.toFacts();
      const wanted = prefix.toLowerCase();
      const all = known.items.map((item) => toFacts(kind, item));
      const matching = all.filter(({ id, name }) => name.toLowerCase().includes(wanted) || id.startsWith(wanted));
      return { items: matching.slice(0, limit), incomplete: matching.length > limit || !known.complete || known.stale };
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
  ): Promise<Answer<readonly ('found' | 'missing' | 'unknown')[]>> {
    return this.#answer(async () => {
      const cluster = await this.#cluster(uri);
      if (!cluster.ok) return objects.map(() => 'unknown' as const);
      const found = await Promise.all(objects.map((object) => cluster.value.get(object, signal)));
      return found.map((one) => (one.ok ? 'found' : one.failure.reason === 'notFound' ? 'missing' : 'unknown'));
    });
  }

  async schema(uri: Uri, { apiVersion, kind }: SchemaParams): Promise<Answer<object | null>> {
    return this.#answer(async () => {
      const cluster = await this.#cluster(uri);
      if (!cluster.ok) return null;
      const readSchema = await this.#sources.readSchema();
      return (await readSchema(cluster.value, apiVersion, kind)) ?? null;
    });
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
    disposeAll(this.#watched.values()).dispose();
    this.#changed.dispose();
  }

  readonly #opened = new Map<string, Project>();

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
    const project = cloud.ok ? await cloud.value.project(binding.project, signal) : cloud;
    return this.#remember(binding, project);
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

  async #cluster(uri: Uri): Promise<Result<Cluster>> {
    const context = this.#sources.bindings.of(uri)?.context;
    return context ? this.#sources.contexts.open(context) : failed('notFound', l10n.t('This folder is bound to no context.'));
  }
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
