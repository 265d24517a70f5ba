import { failed, type Result, success } from '../../src/base/failure.ts';
import { field, fieldsAt, numberAt } from '../../src/base/fields.ts';
import type { Applied, ApplyOptions, Cluster, KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from './fakeCluster.ts';

/** Who holds `spec.replicas` of an object: manager → whether by an apply. */
type Holders = ReadonlyMap<string, boolean>;

/**
 * A cluster in memory that knows one thing about fields: who holds `spec.replicas`. As in server-side apply, one that nobody holds any more falls to its default of 1, and another value
 * than the holder's is a conflict. `counts` are all values it ever had, so that a moment below the live count shows.
 */
export class ScalingCluster extends FakeCluster {
  readonly counts: number[] = [];
  /** Called before each write, as a controller acts at any time. */
  meanwhile: () => void = () => undefined;
  readonly #holders = new Map<string, Holders>();

  /** What an autoscaler does through the subresource `scale`: it holds the field then, alone. */
  scale(object: KubeObject, replicas: number, manager = 'kube-controller-manager'): void {
    this.#store(object, replicas, new Map([[manager, false]]));
  }

  /** `hybrid-clusters, kube-controller-manager`: who holds the count. */
  holdersOf(name: string): string {
    return [...(this.#holders.get(name)?.keys() ?? [])].toSorted().join(', ');
  }

  override async apply(object: KubeObject, options: ApplyOptions = {}): Promise<Result<Applied>> {
    if (object.kind === 'HorizontalPodAutoscaler') return super.apply(object, options);
    if (!options.dryRun) this.meanwhile();
    const known = await this.#live(object);
    const { name } = object.metadata;
    const next = this.#after(object, known, 'hybrid-clusters', options.force ?? false);
    if (!next.ok) {
      this.requests.push(`apply ${options.dryRun ? 'dry ' : ''}${object.kind} ${name}: conflict`);
      return next;
    }
    const { replicas, holders } = next.value;
    this.requests.push(
      `apply ${options.dryRun ? 'dry ' : ''}${object.kind} ${name} ${numberAt(object, 'spec', 'replicas') ?? '-'}`,
    );
    const spec = { ...fieldsAt(known, 'spec'), ...fieldsAt(object, 'spec'), replicas };
    const result = { ...known, ...object, metadata: { ...known?.metadata, ...object.metadata }, spec };
    if (options.dryRun) return success({ object: held(result, holders), created: !known, warnings: [] });
    return success({ object: this.#store(result, replicas, holders), created: !known, warnings: [] });
  }

  override async raw(path: string, { body = '{}', contentType }: Parameters<Cluster['raw']>[1] = {}): Promise<Result<string>> {
    this.meanwhile();
    const object = JSON.parse(body) as KubeObject;
    const manager = /fieldManager=([\w-]+)/.exec(path)?.[1] ?? '';
    this.requests.push(`${manager} ${object.kind} ${object.metadata.name} ${numberAt(object, 'spec', 'replicas') ?? '-'}`);
    if (contentType !== 'application/apply-patch+yaml') return failed('invalid', 'Only an apply is known here.');
    const known = await this.#live(object);
    if (!known || known.metadata.resourceVersion !== object.metadata.resourceVersion)
      return failed('conflict', 'the object has been modified', { status: 409 });
    const next = this.#after(object, known, manager, false);
    if (!next.ok) return next;
    this.#store(known, next.value.replicas, next.value.holders);
    return success('{}');
  }

  #after(
    object: KubeObject,
    known: KubeObject | undefined,
    manager: string,
    force: boolean,
  ): Result<{ readonly replicas: number; readonly holders: Holders }> {
    const holders = new Map(this.#holders.get(object.metadata.name));
    const wanted = numberAt(object, 'spec', 'replicas');
    const live = known && (numberAt(known, 'spec', 'replicas') ?? 1);
    if (wanted === undefined) {
      const wasHeld = holders.delete(manager);
      return success({ replicas: wasHeld && holders.size === 0 ? 1 : (live ?? 1), holders });
    }
    const others = [...holders.keys()].filter((one) => one !== manager);
    if (live !== undefined && wanted !== live && others.length > 0) {
      const causes = others.map((other) => ({
        reason: 'FieldManagerConflict',
        field: '.spec.replicas',
        message: `conflict with "${other}" using apps/v1`,
      }));
      const detail = { message: 'Apply failed with 1 conflict', details: { causes } };
      if (!force) return failed('conflict', 'conflict', { status: 409, detail });
      holders.clear();
    }
    return success({ replicas: wanted, holders: holders.set(manager, true) });
  }

  async #live(object: KubeObject): Promise<KubeObject | undefined> {
    const { apiVersion, kind, metadata } = object;
    const { name, namespace = 'shop' } = metadata;
    const found = await this.get({ apiVersion, kind, name, namespace });
    return found.ok ? found.value : undefined;
  }

  #store(object: KubeObject, replicas: number, holders: Holders): KubeObject {
    this.#holders.set(object.metadata.name, holders);
    this.counts.push(replicas);
    return this.put(held({ ...object, spec: { ...fieldsAt(object, 'spec'), replicas } }, holders));
  }
}

function held(object: KubeObject, holders: Holders): KubeObject {
  const managedFields = [...holders].map(([manager, applied]) => ({
    manager,
    operation: applied ? 'Apply' : 'Update',
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
  }));
  const rest = { manager: 'hybrid-clusters', operation: 'Apply', fieldsV1: { 'f:spec': { 'f:template': {} } } };
  const all = holders.has('hybrid-clusters') || field(object, 'spec') === undefined ? managedFields : [...managedFields, rest];
  return { ...object, metadata: { ...object.metadata, managedFields: all } };
}
