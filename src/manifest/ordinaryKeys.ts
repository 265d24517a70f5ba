import { isScalar, type Pair, type Scalar } from 'yaml';

/** So few are quicker compared than put into a set. */
const fewKeys = 8;

/** Whether all keys of a mapping are texts, each once, and none merges: so are nearly all. Asked of every mapping, so that it makes nothing. */
export function hasOrdinaryKeys(items: readonly Pair[]): boolean {
  if (items.length > fewKeys) return areOnce(items);
  for (let index = 0; index < items.length; index += 1) {
    const key = items[index]?.key;
    const value = isScalar(key) ? key.value : undefined;
    if (typeof value !== 'string' || value === '<<') return false;
    for (let before = 0; before < index; before += 1) if ((items[before] as Pair<Scalar>).key.value === value) return false;
  }
  return true;
}

function areOnce(items: readonly Pair[]): boolean {
  const known = new Set<string>();
  for (const { key } of items) {
    const value = isScalar(key) ? key.value : undefined;
    if (typeof value !== 'string' || value === '<<' || known.has(value)) return false;
    known.add(value);
  }
  return true;
}
