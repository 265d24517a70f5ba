import { isFields, type Path } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import type { Finding } from '../../manifest/finding.ts';
import type { Place } from '../types.ts';
import type { ManifestFile } from './discover.ts';
import { readManifests } from './readManifests.ts';
import type { Written } from './written.ts';

/** Lists of a pod's spec whose items are found by a field of theirs. Source: Kubernetes API reference, "patch strategy: merge on key" of PodSpec and Container. */
const KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  env: 'name',
  volumes: 'name',
  imagePullSecrets: 'name',
  volumeMounts: 'mountPath',
};

/**
 * Puts the patches of a target into the objects: a document of a patch changes the object of its group, kind and name (and namespace, where it says one) as a JSON merge patch (RFC 7386) does:
 * null takes a field out, lists go whole but for those of a pod that have keys, whose items are merged. The places of what it sets are those of the patch. A patch that changes nothing is an
 * error: what it was for would go out as it is.
 */
export function patchObjects(
  written: readonly Written[],
  files: readonly ManifestFile[],
): { readonly written: readonly Written[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  let result = written;
  for (const file of files) {
    const read = readManifests(file);
    findings.push(
      ...read.findings,
      ...read.manifests.flatMap((one) => one.findings.filter(({ severity }) => severity === 'error')),
    );
    for (const patch of read.written) {
      if (!result.some((one) => fits(one.object, patch.object))) findings.push(unmatched(patch));
      result = result.map((one) => (fits(one.object, patch.object) ? patchedBy(one, patch) : one));
    }
  }
  return { written: result, findings };
}

function fits(object: KubeObject, patch: KubeObject): boolean {
  const { name, namespace } = patch.metadata;
  return (
    object.apiVersion === patch.apiVersion &&
    object.kind === patch.kind &&
    object.metadata.name === name &&
    (namespace === undefined || object.metadata.namespace === undefined || object.metadata.namespace === namespace)
  );
}

function unmatched({ object, placeOf }: Written): Finding {
  const { file, range } = placeOf(['metadata', 'name']);
  const { apiVersion, kind, metadata } = object;
  const message = `Nothing that is deployed here is ${titleOf({ apiVersion, kind, name: metadata.name })} of ${apiVersion}, which this patch changes. Correct its name, or take it out.`;
  return { file, range, severity: 'error', code: 'deploy.patchUnmatched', message };
}

function patchedBy(one: Written, patch: Written): Written {
  const origins = new Map<string, Path>();
  const object = merged(one.object, patch.object, { at: [], from: [], origins }) as KubeObject;
  return { ...one, object, placeOf: (path) => originOf(path, origins, patch) ?? one.placeOf(path) };
}

/** The place in the patch of a field, or of what around it the patch set as a whole. */
function originOf(path: Path, origins: ReadonlyMap<string, Path>, patch: Written): Place | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const from = origins.get(JSON.stringify(path.slice(0, length)));
    if (from) return patch.placeOf([...from, ...path.slice(length)]);
  }
  return undefined;
}

interface Walk {
  /** Where in the result, and where in the patch. */
  readonly at: Path;
  readonly from: Path;
  readonly origins: Map<string, Path>;
}

function merged(target: unknown, patch: unknown, walk: Walk): unknown {
  if (!isFields(patch) || !isFields(target)) {
    walk.origins.set(JSON.stringify(walk.at), walk.from);
    return isFields(patch) ? withoutNulls(patch) : patch;
  }
  const result = new Map(Object.entries(target));
  for (const [name, value] of Object.entries(patch)) {
    const step = { at: [...walk.at, name], from: [...walk.from, name], origins: walk.origins };
    const before = result.get(name);
    const key = KEYS[name];
    if (value === null) result.delete(name);
    else if (key !== undefined && Array.isArray(value) && Array.isArray(before))
      result.set(name, mergedList(before, value, key, step));
    else if (!sameIdentity(step.at)) result.set(name, merged(before, value, step));
  }
  return Object.fromEntries(result);
}

/** What names the object stays as it is written there. */
function sameIdentity(at: Path): boolean {
  return ['apiVersion', 'kind', 'metadata.name'].includes(at.join('.'));
}

function mergedList(before: readonly unknown[], patch: readonly unknown[], key: string, { at, from, origins }: Walk): unknown[] {
  const result = [...before];
  patch.forEach((item, index) => {
    const found = result.findIndex((other) => isFields(item) && isFields(other) && other[key] === item[key]);
    const place = found < 0 ? result.length : found;
    result[place] = merged(result[place], item, { at: [...at, place], from: [...from, index], origins });
  });
  return result;
}

function withoutNulls(value: unknown): unknown {
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (inner === null ? [] : [[name, withoutNulls(inner)]])),
  );
}
