import { type Clock, systemClock } from '../base/clock.ts';
import { type Disposable, Emitter } from '../base/event.ts';
import { objectKey } from '../explorer/keys.ts';
import type { Cluster, KubeObject, LiveTable, ObjectRef } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { groupKind, groupOf } from '../kubernetes/objectKey.ts';
import type { Project } from '../openstack/project.ts';
import { hasResources } from '../relations/related.ts';
import { type Crossed, crossed } from './crossings.ts';
import { around, emptyGraph, joined, type MapGraph } from './graph.ts';
import { type ListedKind, mappedKinds, objectGraph } from './objectGraph.ts';
import { tiesGraph } from './tiesGraph.ts';

/** What is drawn: a namespace, or what is around one object. */
export interface MapTarget {
  readonly cluster: Cluster;
  readonly namespace: string | undefined;
  readonly focus?: ObjectRef;
}

/** The map is made anew at most so often. */
const everyMs = 250;
/** So long an object that was looked up, and what it is in a cloud, is good. */
const keptMs = 30_000;
/** More rows of a kind are not read for a picture. */
const mostRows = 5000;
/** More objects than this are not looked up one by one. */
const mostLookedUp = 60;

/** A map that follows what happens, from {@link start} until {@link stop}: lists of the namespace are watched, clouds are asked through their caches. */
export class LiveMap implements Disposable {
  graph: MapGraph = emptyGraph;
  /** Sentences: what is not drawn, or could not be asked. */
  notes: readonly string[] = [];
  #target: MapTarget;
  readonly #projects: () => Promise<readonly Project[]>;
  readonly #clock: Clock;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #found = new Map<string, { readonly at: number; readonly object: KubeObject | undefined }>();
  #ending: AbortController | undefined;
  #crossed: { readonly at: number; readonly of: string; readonly answer: Crossed } | undefined;
  #wake: () => void = () => {};

  constructor(target: MapTarget, projects: () => Promise<readonly Project[]>, clock: Clock = systemClock) {
    this.#target = target;
    this.#projects = projects;
    this.#clock = clock;
  }

  /** Where the object in focus stands on the map. */
  get focus(): string | undefined {
    const { focus, cluster } = this.#target;
    if (!focus) return undefined;
    const { apiVersion, kind, namespace, name } = focus;
    return objectKey({ context: cluster.context.name, group: groupOf(apiVersion), kind, namespace, name });
  }

  /** Looks, and goes on looking. */
  start(): void {
    if (this.#ending) return;
    this.#ending = new AbortController();
    void this.#run(this.#ending.signal);
  }

  /** Lets go of every watch; what is drawn stays. */
  stop(): void {
    this.#ending?.abort();
    this.#ending = undefined;
    this.#wake();
  }

  /** Goes on with the cluster that its context leads to now. */
  follow(cluster: Cluster): void {
    const looks = this.#ending !== undefined;
    this.stop();
    this.#target = { ...this.#target, cluster };
    this.#found.clear();
    this.#crossed = undefined;
    if (looks) this.start();
  }

  dispose(): void {
    this.stop();
    this.#changed.dispose();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const subscriptions: Disposable[] = [];
    const tables = await this.#open(signal, subscriptions);
    const known = new Set<Project>();
    try {
      while (!signal.aborted) {
        const projects = await this.#projects();
        for (const project of projects)
          if (!known.has(project)) {
            known.add(project);
            subscriptions.push(project.onDidChange(() => this.#again(true)));
          }
        const woken = new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        const next = tables ? await this.#namespace(tables, projects, signal) : await this.#around(projects, signal);
        if (signal.aborted) return;
        this.graph = next.graph;
        this.notes = next.notes;
        this.#changed.fire();
        const rest = new AbortController();
        await Promise.race([woken, this.#clock.sleep(keptMs, rest.signal)]);
        rest.abort();
        await this.#clock.sleep(everyMs, signal);
      }
    } finally {
      for (const one of subscriptions) one.dispose();
    }
  }

  #again(cloud = false): void {
    if (cloud) this.#crossed = undefined;
    this.#wake();
  }

  /** The live lists of what is drawn; undefined where the focus is in none of them, so that its own relations are drawn. */
  async #open(signal: AbortSignal, subscriptions: Disposable[]): Promise<readonly Opened[] | undefined> {
    const { cluster, namespace, focus } = this.#target;
    const facts = focus && mappedKinds[groupKind(focus)];
    if (namespace === undefined || (focus && (!facts || facts.between))) return undefined;
    const kinds = await cluster.kinds({ signal });
    if (!kinds.ok) {
      this.notes = [kinds.failure.message];
      return [];
    }
    const opened = kinds.value.flatMap((kind): Opened[] => {
      const facts = mappedKinds[`${kind.group}/${kind.kind}`];
      if (!facts || !kind.verbs.includes('list')) return [];
      const table = cluster.live(kind, { namespace }, facts.include);
      subscriptions.push(
        table,
        table.onDidChange(() => this.#again()),
      );
      return [{ kind, table }];
    });
    await Promise.all(opened.map(({ table }) => table.ready()));
    await Promise.all(opened.map(({ table }) => readOn(table, signal)));
    return opened;
  }

  async #namespace(tables: readonly Opened[], projects: readonly Project[], signal: AbortSignal): Promise<Crossed> {
    const { cluster, namespace = '' } = this.#target;
    const { name: context } = cluster.context;
    const listed: readonly ListedKind[] = tables.map(({ kind, table }) => ({ kind, columns: table.columns, rows: table.rows }));
    const first = objectGraph(context, listed, this.#looked(), this.focus);
    // A picture without the other world is better than none.
    if (this.graph.nodes.length === 0 && first.graph.nodes.length > 0) {
      this.graph = this.#seen(first.graph);
      this.#changed.fire();
    }
    await Promise.all(first.wanted.slice(0, mostLookedUp).map((one) => this.#lookUp(one, signal)));
    const { graph, unused, wanted } = objectGraph(context, listed, this.#looked(), this.focus);
    const drawn = new Set(this.#seen(graph).nodes.map(({ id }) => id));
    const whole = [...listed.filter(({ kind }) => kind.kind === 'Service').flatMap(wholeObjects), ...this.#looked()];
    const objects = whole
      .filter((object) => hasResources(groupKind(object)))
      .map((object) => ({ id: idOf(context, object), object }))
      .filter(({ id }) => drawn.has(id));
    const other = await this.#cross(objects, projects, signal);
    const failures = tables.flatMap(({ table }) =>
      table.state === 'failed' || table.state === 'stale' ? (table.failure ?? []) : [],
    );
    const cut = tables.filter(({ table }) => table.hasMore).map(({ kind }) => kind.resource);
    return {
      graph: this.#seen(joined(graph, other.graph)),
      notes: [
        ...new Set(failures.map(({ message }) => message)),
        ...cut.map((kind) => `Only ${mostRows} ${kind} of ${namespace} are drawn.`),
        ...(wanted.length > mostLookedUp ? [`Only ${mostLookedUp} nodes, volumes and lone pods are followed.`] : []),
        ...(unused > 0 ? [`${unused} ConfigMaps and Secrets that nothing here uses are not drawn.`] : []),
        ...other.notes,
      ],
    };
  }

  /** One object and its relations: for what has no namespace, and for kinds that no map of one shows. */
  async #around(projects: readonly Project[], signal: AbortSignal): Promise<Crossed> {
    const { cluster, focus } = this.#target;
    if (!focus) return { graph: emptyGraph, notes: [] };
    const ties = await tiesGraph(cluster, focus, signal);
    const other = await this.#cross(ties.objects, projects, signal);
    return { graph: joined(ties.graph, other.graph), notes: [...ties.notes, ...other.notes] };
  }

  #seen(graph: MapGraph): MapGraph {
    const { focus } = this;
    return focus === undefined ? graph : around(graph, focus);
  }

  async #cross(objects: Parameters<typeof crossed>[1], projects: readonly Project[], signal: AbortSignal): Promise<Crossed> {
    const of = objects.map(({ id, object }) => `${id} ${object.metadata.resourceVersion}`).join('\n');
    const known = this.#crossed;
    if (known?.of === of && this.#clock.now() - known.at < keptMs) return known.answer;
    const answer = await crossed(this.#target.cluster, objects, projects, signal);
    if (!signal.aborted) this.#crossed = { at: this.#clock.now(), of, answer };
    return answer;
  }

  #looked(): readonly KubeObject[] {
    return [...this.#found.values()].flatMap(({ object }) => object ?? []);
  }

  async #lookUp(
    { kind, namespace, name }: { readonly kind: string; readonly namespace: string | undefined; readonly name: string },
    signal: AbortSignal,
  ): Promise<void> {
    const key = `${kind} ${namespace ?? ''} ${name}`;
    const known = this.#found.get(key);
    if (known && this.#clock.now() - known.at < keptMs) return;
    const space = namespace === undefined ? {} : { namespace };
    const object = await this.#target.cluster.get({ apiVersion: 'v1', kind: kind.slice(1), name, ...space }, signal);
    if (signal.aborted) return;
    this.#found.set(key, { at: this.#clock.now(), object: object.ok ? object.value : undefined });
  }
}

interface Opened {
  readonly kind: ListedKind['kind'];
  readonly table: LiveTable;
}

async function readOn(table: LiveTable, signal: AbortSignal): Promise<void> {
  for (let before = -1; table.hasMore && table.rows.length < mostRows && table.rows.length > before && !signal.aborted; ) {
    before = table.rows.length;
    await table.loadMore();
  }
}

function wholeObjects({ kind, rows }: ListedKind): readonly KubeObject[] {
  return rows.map(({ object }) => ({ ...object, apiVersion: apiVersionOf(kind), kind: kind.kind }));
}

function idOf(context: string, { apiVersion, kind, metadata: { namespace, name } }: KubeObject): string {
  return objectKey({ context, group: groupOf(apiVersion), kind, namespace, name });
}
