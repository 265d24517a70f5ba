import { fieldsAt } from '../../base/fields.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind, titleOf } from '../../kubernetes/objectKey.ts';
import { isNeeded, type ObjectReference, referencesOf } from '../../kubernetes/objectReferences.ts';
import type { Finding } from '../../manifest/finding.ts';
import type { Target } from '../types.ts';
import type { DryRunContext } from './dryRun.ts';
import type { Prepared } from './gate.ts';
import { type KindTable, refOf } from './prepare.ts';

interface Asked {
  readonly one: Prepared;
  readonly reference: ObjectReference;
}

/**
 * Objects that the plan's objects need and that are neither in the plan nor in the cluster, as warnings where they are named: something else may still make them.
 * What cannot be read (forbidden, offline) accuses nobody.
 */
export async function missingReferences(
  objects: readonly Prepared[],
  kinds: KindTable,
  target: Target,
  context: Omit<DryRunContext, 'live' | 'held'>,
): Promise<Finding[]> {
  const planned = new Map(
    objects.map(({ object }) => [nameOf(groupKind(object), object.metadata.namespace, object.metadata.name), object]),
  );
  const asked = objects.flatMap((one) =>
    referencesOf(one.object)
      .filter((reference) => isNeeded(reference))
      .map((reference): Asked => ({ one, reference })),
  );
  const seen = new Map<string, Promise<KubeObject | 'missing' | undefined>>();
  const look = (reference: ObjectReference) => {
    const name = nameOf(reference.to, reference.namespace, reference.name);
    const known = planned.get(name);
    if (known) return Promise.resolve(known);
    const answer = seen.get(name) ?? fetchOne(reference, kinds, context);
    seen.set(name, answer);
    return answer;
  };
  const found = await Promise.all(asked.map(async (one) => ({ ...one, object: await look(one.reference) })));
  return found.flatMap(({ one, reference, object }) => complaint(one, reference, object, target) ?? []);
}

function nameOf(to: string, namespace: string | undefined, name: string): string {
  return `${to} ${namespace ?? ''}/${name}`;
}

async function fetchOne(
  reference: ObjectReference,
  kinds: KindTable,
  { cluster, pace, signal }: Omit<DryRunContext, 'live' | 'held'>,
): Promise<KubeObject | 'missing' | undefined> {
  const kind = kinds.preferred(reference.to);
  if (kind === undefined) return undefined;
  const get = (): ReturnType<Cluster['get']> =>
    cluster.get(
      { ...kind, name: reference.name, ...(reference.namespace === undefined ? {} : { namespace: reference.namespace }) },
      signal,
    );
  const answer = await pace.run(get, { signal, budgetMs: 0, transient: () => false });
  if (answer.ok) return answer.value;
  return answer.failure.reason === 'notFound' ? 'missing' : undefined;
}

function complaint(
  { object, written }: Prepared,
  reference: ObjectReference,
  found: KubeObject | 'missing' | undefined,
  target: Target,
): Finding | undefined {
  const kind = reference.to.slice(reference.to.indexOf('/') + 1);
  const needs = `${titleOf(refOf(object))} needs it`;
  const place = written.placeOf(reference.at);
  const base = { file: place.file, range: place.range, severity: 'warning' } as const;
  if (found === 'missing') {
    const where = reference.namespace === undefined ? target.context : `namespace ${reference.namespace} of ${target.context}`;
    return {
      ...base,
      code: 'object.missing',
      message: `${kind} "${reference.name}" is neither in ${where} nor in this deploy; ${needs}.`,
    };
  }
  if (found === undefined || reference.key === undefined) return undefined;
  const keys = ['data', 'binaryData', 'stringData'].flatMap((part) => Object.keys(fieldsAt(found, part)));
  if (keys.includes(reference.key)) return undefined;
  return { ...base, code: 'object.missingKey', message: `${kind} "${reference.name}" has no key "${reference.key}"; ${needs}.` };
}
