import { isFields, sameJson } from '../../base/fields.ts';

/** The JSON merge patch (RFC 7386) that makes `after` of `before`; undefined when they are equal. Lists go whole. */
export function mergePatch(before: unknown, after: unknown): unknown {
  if (sameJson(before, after)) return undefined;
  if (!isFields(before) || !isFields(after)) return after;
  const changed = Object.entries(after).flatMap(([name, value]) => {
    const patch = name in before ? mergePatch(before[name], value) : value;
    return patch === undefined ? [] : [[name, patch]];
  });
  const gone = Object.keys(before).flatMap((name) => (name in after ? [] : [[name, null]]));
  return Object.fromEntries([...changed, ...gone]);
}

/** What a JSON merge patch makes of a value. */
export function patched(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const result = new Map(Object.entries(isFields(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, patched(result.get(name), value));
  }
  return Object.fromEntries(result);
}
