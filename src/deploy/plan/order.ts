import { failed, type Result, success } from '../../base/failure.ts';
import { listAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind, groupOf, keyOf } from '../../kubernetes/objectKey.ts';
import { needsReady, referencesOf } from '../../kubernetes/objectReferences.ts';
import { podSpecOf } from '../../kubernetes/podTemplate.ts';
import type { Step } from '../types.ts';
import { backendOf, intercepts, isWebhook } from './webhooks.ts';

/** What must be true before an object goes out. */
export type After = Step['after'][number];

/** One object that waits for another. Soft ones are dropped where they close a circle. */
export interface Edge extends After {
  readonly from: string;
  readonly soft: boolean;
}

/**
 * The order of a set of objects: for each key, which others come first and what must be true of them; the keys in the order in which they go out. Follows real references (a Deployment waits for the
 * ConfigMap it names, not for all ConfigMaps), so that independent branches run ahead of each other. Soft edges are dropped where they close a circle;
 * a circle of hard ones is an `invalid` failure with the circle drawn. `others` are edges that no reference between objects tells.
 */
export function orderObjects(
  objects: readonly KubeObject[],
  others: readonly Edge[] = [],
): Result<ReadonlyMap<string, readonly After[]>> {
  const index = new Index(objects);
  // a backend first: what it needs itself is then not kept waiting for it
  const edges = [
    ...index.webhooks.flatMap((webhook) => toBackend(webhook, index)),
    ...objects.flatMap((object) => edgesOf(object, index)),
    ...others,
  ];
  const kept: Graph = new Map(objects.map((object) => [refKey(object), new Map<string, After>()]));
  for (const edge of edges) if (!edge.soft) keep(kept, edge);
  const circle = findCircle(kept);
  if (circle)
    return failed('invalid', `These objects wait for each other: ${circle.join(' → ')}. Break the circle to deploy them.`);
  for (const edge of edges) if (edge.soft && !reaches(edge.key, edge.from, kept)) keep(kept, edge);
  return success(new Map(goingOut(kept).map((key) => [key, [...(kept.get(key)?.values() ?? [])]])));
}

/** The keys, each behind those it waits for, else as they were written. */
export function goingOut(graph: ReadonlyMap<string, ReadonlyMap<string, unknown>>): string[] {
  const order = new Set<string>();
  const visit = (key: string): void => {
    if (order.has(key)) return;
    for (const other of graph.get(key)?.keys() ?? []) visit(other);
    order.add(key);
  };
  for (const key of graph.keys()) visit(key);
  return [...order];
}

/** For each key, the keys that come before it. */
type Graph = Map<string, Map<string, After>>;

function keep(graph: Graph, { from, key, until, why }: Edge): void {
  const after = graph.get(from);
  if (after?.get(key)?.until !== 'ready') after?.set(key, { key, until, ...(why === undefined ? {} : { why }) });
}

/** The objects of the set by what references name them by. */
class Index {
  readonly #byName = new Map<string, KubeObject>();
  readonly definitions = new Map<string, KubeObject>();
  readonly limits: readonly KubeObject[];
  readonly bindings: readonly KubeObject[];
  readonly webhooks: readonly KubeObject[];
  readonly workloads: readonly KubeObject[];

  constructor(objects: readonly KubeObject[]) {
    for (const object of objects) {
      this.#byName.set(nameKey(groupKind(object), object.metadata.namespace, object.metadata.name), object);
      const defined = definedKind(object);
      if (defined !== undefined) this.definitions.set(defined, object);
    }
    this.limits = objects.filter((object) => object.kind === 'ResourceQuota' || object.kind === 'LimitRange');
    this.bindings = objects.filter((object) => object.kind === 'RoleBinding' || object.kind === 'ClusterRoleBinding');
    this.webhooks = objects.filter(isWebhook);
    this.workloads = this.webhooks.length === 0 ? [] : objects.filter(podSpecOf);
  }

  find(to: string, namespace: string | undefined, name: string): KubeObject | undefined {
    return this.#byName.get(nameKey(to, namespace, name)) ?? this.#byName.get(nameKey(to, undefined, name));
  }
}

function nameKey(to: string, namespace: string | undefined, name: string): string {
  return `${to} ${namespace ?? ''}/${name}`;
}

/** `group/Kind` that a CustomResourceDefinition defines. */
export function definedKind(object: KubeObject): string | undefined {
  if (groupOf(object.apiVersion) !== 'apiextensions.k8s.io' || object.kind !== 'CustomResourceDefinition') return undefined;
  return `${textAt(object, 'spec', 'group') ?? ''}/${textAt(object, 'spec', 'names', 'kind') ?? ''}`;
}

function refKey({ apiVersion, kind, metadata }: KubeObject): string {
  return keyOf({
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
  });
}

function edgesOf(object: KubeObject, index: Index): Edge[] {
  const from = refKey(object);
  const edges: Edge[] = [];
  const add = (other: KubeObject | undefined, until: After['until'], soft: boolean, why?: string): void => {
    if (other && other !== object) edges.push({ from, key: refKey(other), until, soft, ...(why === undefined ? {} : { why }) });
  };
  const { namespace } = object.metadata;
  if (namespace !== undefined) add(index.find('/Namespace', undefined, namespace), 'present', false);
  add(index.definitions.get(groupKind(object)), 'ready', false);
  for (const reference of referencesOf(object)) {
    const other = index.find(reference.to, reference.namespace, reference.name);
    const said = needsReady(reference) ? String(reference.at.at(-1)) : undefined;
    add(other, said === undefined ? 'present' : 'ready', reference.soft || reference.optional === true, said);
  }
  for (const webhook of index.webhooks) if (intercepts(webhook, object, index.definitions)) add(webhook, 'ready', true);
  if (podSpecOf(object)) for (const other of beforePods(object, index)) add(other, 'present', true);
  return edges;
}

/** The workloads behind a webhook: it is configured when they work, else it would refuse all that it is asked about. */
function toBackend(webhook: KubeObject, index: Index): Edge[] {
  const from = refKey(webhook);
  return backendOf(webhook, (service) => index.find('/Service', service.namespace, service.name), index.workloads).map(
    (workload) => ({ from, key: refKey(workload), until: 'ready', soft: true }),
  );
}

/** What no reference of a workload names and yet acts on its pods: quotas and limits of its namespace, the rights of its ServiceAccount. */
function beforePods(workload: KubeObject, index: Index): KubeObject[] {
  const { namespace } = workload.metadata;
  const pod = podSpecOf(workload);
  const account = pod && (textAt(pod.spec, 'serviceAccountName') ?? 'default');
  const binds = (binding: KubeObject) =>
    listAt(binding, 'subjects').some(
      (subject) =>
        textAt(subject, 'kind') === 'ServiceAccount' &&
        textAt(subject, 'name') === account &&
        (textAt(subject, 'namespace') ?? binding.metadata.namespace) === namespace,
    );
  return [...index.limits.filter((limit) => limit.metadata.namespace === namespace), ...index.bindings.filter(binds)];
}

function reaches(start: string, goal: string, graph: Graph): boolean {
  const seen = new Set<string>();
  const stack = [start];
  for (let key = stack.pop(); key !== undefined; key = stack.pop()) {
    if (key === goal) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    stack.push(...(graph.get(key)?.keys() ?? []));
  }
  return false;
}

/** A circle as a list of keys whose last equals its first, or undefined. */
function findCircle(graph: Graph): string[] | undefined {
  const done = new Set<string>();
  const trail: string[] = [];
  const visit = (key: string): string[] | undefined => {
    const at = trail.indexOf(key);
    if (at >= 0) return [...trail.slice(at), key];
    if (done.has(key)) return undefined;
    trail.push(key);
    for (const other of graph.get(key)?.keys() ?? []) {
      const circle = visit(other);
      if (circle) return circle;
    }
    trail.pop();
    done.add(key);
    return undefined;
  };
  for (const key of graph.keys()) {
    const circle = visit(key);
    if (circle) return circle;
  }
  return undefined;
}
