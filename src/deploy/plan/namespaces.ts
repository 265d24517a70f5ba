import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind } from '../../kubernetes/objectKey.ts';
import type { Written } from '../files/written.ts';
import { NOWHERE } from '../removal/prune.ts';
import type { Blocker, Place, Plan, Target } from '../types.ts';
import { type Allowed, isAmong } from './decide.ts';
import type { Prepared } from './gate.ts';

/** The namespaces of a plan: which of them are still to be made, and what is wrong with the others. */
export interface Places {
  readonly toMake: ReadonlySet<string>;
  readonly broken: ReadonlySet<string>;
  readonly blockers: readonly Blocker[];
}

/** Looks at each namespace that objects of a plan are in. */
export async function namespacesOf(
  objects: readonly Prepared[],
  target: Target,
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Places> {
  const planned = new Set(
    objects.filter(({ object }) => groupKind(object) === '/Namespace').map(({ object }) => object.metadata.name),
  );
  const used = new Map<string, Prepared>();
  for (const one of objects)
    if (one.object.metadata.namespace !== undefined && !used.has(one.object.metadata.namespace))
      used.set(one.object.metadata.namespace, one);
  const toMake = new Set<string>();
  const broken = new Set<string>();
  const blockers: Blocker[] = [];
  const look = async ([name, first]: readonly [string, Prepared]): Promise<void> => {
    const found = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name }, signal);
    if (!found.ok && found.failure.reason === 'notFound' && planned.has(name)) return void toMake.add(name);
    const problem = found.ok ? isEnding(found.value, name, target) : missingNamespace(found.failure.reason, name, target);
    if (problem === undefined) return;
    broken.add(name);
    const place = first.written.placeOf(['metadata', 'namespace']);
    blockers.push({ message: problem, step: first.key, place, ...(found.ok ? {} : { namespace: name }) });
  };
  await Promise.all([...used].map(look));
  return { toMake, broken, blockers };
}

function isEnding(namespace: KubeObject, name: string, target: Target): string | undefined {
  if (namespace.metadata.deletionTimestamp === undefined) return undefined;
  return `Namespace ${name} on ${target.context} is being deleted. Wait until it is gone, or choose another.`;
}

function missingNamespace(reason: string, name: string, target: Target): string | undefined {
  return reason === 'notFound'
    ? `Namespace ${name} does not exist on ${target.context}. Add a Namespace manifest for it, or create it first.`
    : undefined;
}

/** The namespaces that keep a plan from going out and that somebody said may be made, as objects that stand in no file. */
export function wantedNamespaces({ blockers }: Pick<Plan, 'blockers'>, { namespaces }: Allowed = {}): Written[] {
  return blockers.flatMap(({ namespace, place }) => {
    if (namespace === undefined || !isAmong(namespace, namespaces)) return [];
    const placeOf = (): Place => place ?? NOWHERE;
    return [{ object: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, source: NOWHERE, placeOf }];
  });
}
