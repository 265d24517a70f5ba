import { type Row, row } from './nodes.ts';
import type { ArrangedView, PlaceKey, Places } from './places.ts';

/** A view that the user may arrange; without places nothing in it can be. */
interface Arranged {
  readonly places?: Places;
}

/** What is pinned, then the rest, each in the order given. */
export function pinnedFirst<T>(all: readonly T[], { places }: Arranged, keyOf: (one: T) => PlaceKey): readonly T[] {
  if (!places) return all;
  const marked = new Set(places.pinned.map(({ key }) => key));
  if (marked.size === 0) return all;
  const pinned = all.filter((one) => marked.has(keyOf(one)));
  return [...pinned, ...all.filter((one) => !marked.has(keyOf(one)))];
}

/** The words of what can be pinned and hidden. */
export function markWords({ places }: Arranged, key: PlaceKey) {
  return places ? ([places.isPinned(key) ? 'can:unpin' : 'can:pin', 'can:hide'] as const) : [];
}

const filterNouns = { clouds: 'clouds', clusters: 'contexts' } as const;
const filterGestures = { clouds: 'filterClouds', clusters: 'filterContexts' } as const;

/** What is filtered; a click clears it. */
export function filterRow(view: ArrangedView, text: string, shown: number, all: number): Row {
  const gesture = filterGestures[view];
  return row({
    segment: '?',
    label: `Only “${text}”`,
    description: `${shown} of ${all} ${filterNouns[view]} · clear`,
    icon: 'filter',
    words: ['filter', `can:${gesture}`],
    subject: { of: 'placeFilter' },
    click: `hybridClusters.${gesture}`,
  });
}

/** How many siblings are hidden; a click offers to show them again. */
export function hiddenRows(count: number): readonly Row[] {
  if (count === 0) return [];
  return [
    row({
      segment: '~',
      label: `${count} hidden`,
      icon: 'eye-closed',
      words: ['hint', 'can:showHidden'],
      subject: { of: 'hint' },
      click: 'hybridClusters.showHidden',
    }),
  ];
}
