import { asSettings } from './configFiles.ts';
import type { Resource } from './kind.ts';
import { type KindId, kindOf } from './kinds/kinds.ts';

/** The resources of one page of a list, by the envelopes of the kind's row; undefined where the answer holds none. */
export function itemsOf(kind: KindId, body: unknown): readonly Resource[] | undefined {
  const { listKey, wrapped, keyed } = kindOf(kind);
  const list = listKey === '' ? body : asSettings(body)[listKey];
  if (keyed !== undefined) return entriesOf(list, keyed);
  if (!Array.isArray(list)) return undefined;
  return list.map((item) => asSettings(wrapped === undefined ? item : asSettings(item)[wrapped]));
}

/** The entries of a list of texts or of a dictionary, as `keyed` of a row has them. */
function entriesOf(list: unknown, key: string): readonly Resource[] | undefined {
  if (Array.isArray(list)) return list.map((text) => ({ [key]: text }));
  if (typeof list !== 'object' || list === null) return undefined;
  return Object.entries(list).map(([name, value]) => ({
    [key]: name,
    ...(typeof value === 'object' && value !== null ? value : { value }),
  }));
}
