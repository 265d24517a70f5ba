import { alignedRows } from '../base/alignedRows.ts';
import { amountText, type Bounds, bar, percentOf, type Resource, resources, sparkline, type Usage } from './metrics.ts';

/** Who used most at one time, and before. */
export interface Top {
  readonly by: Resource;
  readonly usages: readonly Usage[];
  /** What was used of `by` since somebody looks, oldest first, by {@link topKey}. */
  readonly seen: ReadonlyMap<string, readonly number[]>;
  /** Of nodes, by name: what is allocatable. */
  readonly bounds?: ReadonlyMap<string, Bounds>;
}

/** More nobody reads; they stand for the rest. */
export const mostTop = 200;
/** Looks that are shown as a line. */
const mostSeen = 24;

/** Names a pod or node within a cluster: `shop/web-1`, `worker-1`. */
export const topKey = ({ namespace, name }: Pick<Usage, 'namespace' | 'name'>): string =>
  [namespace, name].filter(Boolean).join('/');

/** Those who use most of a resource first; of equal ones by name. */
export function topOf({ by, usages }: Pick<Top, 'by' | 'usages'>): readonly Usage[] {
  return usages.toSorted((one, other) => other[by] - one[by] || (topKey(one) < topKey(other) ? -1 : 1)).slice(0, mostTop);
}

/** The lines of a table, headings first; shares are of what is allocatable, or of all that are listed together. */
export function topLines(top: Top): readonly string[] {
  const { by, usages, bounds, seen } = top;
  const all = Object.fromEntries(resources.map((one) => [one, usages.reduce((total, usage) => total + usage[one], 0)]));
  const share = (usage: Usage, one: Resource) =>
    usage[one] / ((bounds ? bounds.get(usage.name)?.most[one] : all[one]) || Number.NaN);
  const words = (value: number) => (Number.isNaN(value) ? '' : percentOf(value));
  const of = bounds ? 'of allocatable' : 'of all';
  const rows = topOf(top).map((usage) => {
    const key = topKey(usage);
    const before = (seen.get(key) ?? []).slice(-mostSeen);
    const part = share(usage, by);
    return [
      key,
      Number.isNaN(part) ? '' : bar(part),
      amountText('cpu', usage.cpu),
      words(share(usage, 'cpu')),
      amountText('memory', usage.memory),
      words(share(usage, 'memory')),
      before.length > 1 ? sparkline(before) : '',
    ];
  });
  const lines = alignedRows([['NAME', '', 'CPU', of, 'MEMORY', of, by === 'cpu' ? 'CPU SEEN' : 'MEMORY SEEN'], ...rows]);
  const left = usages.length - rows.length;
  return left > 0 ? [...lines, `… and ${left} that use less`] : lines;
}
