import { isScalar, type Pair, type Scalar } from 'yaml';

/** So few are quicker compared than put into a set. */
const fewKeys = 8;

/** Whether all keys of a mapping are texts, each once, and none merges: so are nearly all. Asked of every mapping, so that it makes nothing for few. */
export function hasOrdinaryKeys(items: readonly Pair[]): boolean {
  const known = items.length > fewKeys ? new Set<string>() : undefined;
  for (let index = 0; index < items.length; index += 1) {
    const key = items[index]?.key;
    const value = isScalar(key) ? key.value : undefined;
    if (typeof value !== 'string' || value === '<<') return false;
    if (known ? known.has(value) : standsBefore(items, index, value)) return false;
    known?.add(value);
  }
  return true;
}

/** Whether one of the keys before an index, all of them texts, is this one. */
function standsBefore(items: readonly Pair[], index: number, value: string): boolean {
  for (let before = 0; before < index; before += 1) if ((items[before] as Pair<Scalar>).key.value === value) return true;
  return false;
}
