import { failed, type Result, success } from '../base/failure.ts';
import type { Cluster, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import type { Release } from '../kubernetes/helmRelease.ts';
import { keyOf } from '../kubernetes/objectKey.ts';
import { parseManifests } from '../manifest/manifest.ts';
import { changesBetween, comparable, describeChanges } from './plan/diff.ts';
import { mergePatch, patched } from './plan/mergePatch.ts';
import { refOf } from './plan/prepare.ts';
import { threeWay } from './plan/threeWay.ts';

/** What a rollback does with one object. `keep`: it leaves the release and stays (`helm.sh/resource-policy`). `refused`: Helm does not take over what another made. */
export interface RollbackStep {
  readonly ref: ObjectRef;
  readonly action: 'create' | 'update' | 'unchanged' | 'delete' | 'keep' | 'refused';
  /** One line: what changes. */
  readonly reason: string;
  readonly live?: KubeObject;
  readonly result?: KubeObject;
}

/** What `helm rollback` is going to do, as far as the objects tell: nothing of it is sent. */
export interface RollbackPlan {
  /** The latest revision, and the one whose manifest comes again. */
  readonly from: number;
  readonly to: number;
  readonly steps: readonly RollbackStep[];
  /** Names of the hooks that run before and after. */
  readonly hooks: readonly string[];
}

/**
 * Plans what Helm does: every object of the chosen revision's manifest made or changed from the latest revision's, those that only the latest has deleted. Built-in kinds are merged three
 * ways, others two ways, as Helm does it (helm v3, pkg/action/rollback.go and pkg/kube/client.go, `Update`, `createPatch`). Fails where a manifest or an object cannot be read.
 */
export async function planRollback(cluster: Cluster, from: Release, to: Release): Promise<Result<RollbackPlan>> {
  const kinds = await cluster.kinds();
  if (!kinds.ok) return kinds;
  const isNamespaced = ({ apiVersion, kind }: KubeObject) =>
    kinds.value.find((one) => one.kind === kind && `${one.group && `${one.group}/`}${one.version}` === apiVersion)?.namespaced ??
    kinds.value.find((one) => one.kind === kind)?.namespaced ??
    true;
  const read = (release: Release) => objectsOf(release, isNamespaced);
  const [before, after] = [read(from), read(to)];
  if (!before.ok) return before;
  if (!after.ok) return after;
  const gone = [...before.value].filter(([key]) => !after.value.has(key));
  const steps = await Promise.all([
    ...[...after.value].map(([key, object]) => stepFor(cluster, before.value.get(key), object)),
    ...gone.map(([, object]) => stepGone(cluster, object)),
  ]);
  const failure = steps.find((step) => !step.ok);
  if (failure && !failure.ok) return failure;
  return success({
    from: from.version,
    to: to.version,
    steps: steps.flatMap((step) => (step.ok && step.value ? [step.value] : [])),
    hooks: hooksOf(to),
  });
}

function objectsOf(
  { name, namespace, version, manifest = '' }: Release,
  isNamespaced: (object: KubeObject) => boolean,
): Result<ReadonlyMap<string, KubeObject>> {
  // Braces in a rendered manifest are text (a rule of an alert), no template; a part of comments alone is no object.
  const read = parseManifests(`${name}.yaml`, manifest)
    .filter(({ apiVersion, findings }) => apiVersion !== undefined || findings.some(({ severity }) => severity === 'error'))
    .map((one) => one.toJson());
  const wrong = read.find((one) => !one.ok);
  if (wrong && !wrong.ok)
    return failed('malformed', `The manifest of revision ${version} of ${name} cannot be read: ${wrong.failure.message}`);
  const written = read.flatMap((one) => (one.ok ? [one.value as KubeObject] : []));
  const placed = written.map((object) => {
    const space = object.metadata.namespace ?? namespace;
    return isNamespaced(object) && space !== undefined
      ? { ...object, metadata: { ...object.metadata, namespace: space } }
      : object;
  });
  return success(new Map(placed.map((object) => [keyOf(refOf(object)), object])));
}

async function stepFor(
  cluster: Cluster,
  original: KubeObject | undefined,
  object: KubeObject,
): Promise<Result<RollbackStep | undefined>> {
  const ref = refOf(object);
  const live = await cluster.get(ref);
  if (!live.ok)
    return live.failure.reason === 'notFound'
      ? success({ ref, action: 'create', reason: original ? 'it is gone' : 'not there now', result: object })
      : live;
  if (!original)
    return success({ ref, action: 'refused', reason: 'it is there and not of this release: helm refuses', live: live.value });
  const merged = isBuiltIn(object)
    ? threeWay(original, object, live.value)
    : patched(live.value, mergePatch(original, object) ?? {});
  const result = merged as KubeObject;
  const changes = changesBetween(comparable(live.value), comparable(result));
  return success({
    ref,
    action: changes.length === 0 ? 'unchanged' : 'update',
    reason: describeChanges(changes),
    live: live.value,
    result,
  });
}

async function stepGone(cluster: Cluster, object: KubeObject): Promise<Result<RollbackStep | undefined>> {
  const ref = refOf(object);
  const live = await cluster.get(ref);
  if (!live.ok) return live.failure.reason === 'notFound' ? success(undefined) : live;
  return live.value.metadata.annotations?.['helm.sh/resource-policy'] === 'keep'
    ? success({ ref, action: 'keep', reason: 'leaves the release and stays (helm.sh/resource-policy)', live: live.value })
    : success({ ref, action: 'delete', reason: 'not in that revision', live: live.value });
}

/** Kinds that Helm knows the types of: groups without a dot and those of Kubernetes itself, definitions excepted. */
function isBuiltIn({ apiVersion, kind }: KubeObject): boolean {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const own = ['apps', 'batch', 'autoscaling', 'policy', 'networking.k8s.io', 'rbac.authorization.k8s.io', 'storage.k8s.io'];
  const others = ['scheduling.k8s.io', 'coordination.k8s.io', 'node.k8s.io', 'discovery.k8s.io', 'admissionregistration.k8s.io'];
  return kind !== 'CustomResourceDefinition' && (group === '' || [...own, ...others].includes(group));
}

function hooksOf(release: Release): readonly string[] {
  const hooks: unknown = Reflect.get(release, 'hooks');
  const events = ['pre-rollback', 'post-rollback'];
  return (Array.isArray(hooks) ? hooks : []).flatMap((hook: { name?: unknown; events?: unknown }) =>
    Array.isArray(hook.events) && hook.events.some((event) => events.includes(event)) ? [String(hook.name)] : [],
  );
}
