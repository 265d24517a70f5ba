import type { Result } from '../../base/failure.ts';
import { field, isFields, type Path, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import type { Finding } from '../../manifest/finding.ts';
import { fileName } from '../files/fileName.ts';
import type { Prepared } from './gate.ts';
import { refOf } from './prepare.ts';

/**
 * Puts the live values in the place of those that a chart draws at random each time it is rendered (`randAlphaNum`, `genCA`): sent as they were drawn, a password would change with every
 * deploy; left out, we would take back what we own. Where nothing is live yet the drawn value goes out. Says so at the place in the chart. A live object that cannot be read keeps the object
 * from being known: then the drawn values stay, and the dry run tells what is wrong.
 */
export async function keepRandom(
  objects: readonly Prepared[],
  liveOf: (object: KubeObject) => Promise<Result<KubeObject>>,
): Promise<{ readonly objects: readonly Prepared[]; readonly notes: readonly Finding[] }> {
  const notes: Finding[] = [];
  const kept = await Promise.all(
    objects.map(async (one): Promise<Prepared> => {
      const random = one.written.chart?.random ?? [];
      const live = random.length > 0 ? await liveOf(one.object) : undefined;
      if (!live?.ok) return one;
      let { object } = one;
      const taken: Path[] = [];
      for (const path of random) {
        const value = liveValue(object, live.value, path);
        if (value === undefined) continue;
        object = replaced(object, path, value) as KubeObject;
        taken.push(path);
      }
      if (taken.length > 0) notes.push(noteOf(one, taken));
      return { ...one, object };
    }),
  );
  return { objects: kept, notes };
}

/** The live value of a field, as the object would write it: of a Secret, texts are data there. */
function liveValue({ kind, apiVersion }: KubeObject, live: KubeObject, path: Path): unknown {
  const [part, key] = path;
  if (apiVersion !== 'v1' || kind !== 'Secret' || part !== 'stringData' || key === undefined) return field(live, ...path);
  const data = textAt(live, 'data', key);
  return data === undefined ? undefined : Buffer.from(data, 'base64').toString('utf8');
}

function replaced(tree: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(tree)) return tree.map((item, index) => (index === Number(step) ? replaced(item, rest, value) : item));
  return isFields(tree) ? { ...tree, [String(step)]: replaced(tree[String(step)], rest, value) } : tree;
}

function noteOf({ object, written }: Prepared, taken: readonly Path[]): Finding {
  const { file, range } = written.placeOf(taken[0] ?? []);
  const names = taken.map((path) => path.join('.'));
  const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
  const message = `${titleOf(refOf(object))}: chart ${fileName(written.chart?.folder ?? '')} draws ${shown} at random; the live ${names.length === 1 ? 'value is' : 'values are'} kept.`;
  return { file, range, severity: 'information', code: 'object.randomKept', message };
}

/** The fields in which two renderings of one object differ; a list of another length, as a whole. */
export function differingPaths(one: unknown, other: unknown, path: Path = []): readonly Path[] {
  if (Array.isArray(one) && Array.isArray(other) && one.length === other.length)
    return one.flatMap((item, index) => differingPaths(item, other[index], [...path, index]));
  if (isFields(one) && isFields(other)) {
    const names = [...new Set([...Object.keys(one), ...Object.keys(other)])];
    return names.flatMap((name) => differingPaths(one[name], other[name], [...path, name]));
  }
  return JSON.stringify(one) === JSON.stringify(other) ? [] : [path];
}
