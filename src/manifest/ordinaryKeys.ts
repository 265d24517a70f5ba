import { isScalar, type Pair } from 'yaml';

/** So few are quicker looked through than put into a set. */
const fewKeys = 8;

/** Whether all keys of a mapping are texts, each once, and none merges: so are nearly all. */
export function hasOrdinaryKeys(items: readonly Pair[]): boolean {
  const [few, many] = [[] as string[], items.length > fewKeys ? new Set<string>() : undefined];
  for (const { key } of items) {
    const value = isScalar(key) ? key.value : undefined;
    if (typeof value !== 'string' || value === '<<' || many?.has(value) || few.includes(value)) return false;
    if (many) many.add(value);
    else few.push(value);
  }
  return true;
}
