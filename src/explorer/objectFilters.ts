import type { ApiKind, Cluster } from '../kubernetes/cluster.ts';
import { Remembered } from './memory.ts';
import { type Row, row, type Word, wordsOf } from './nodes.ts';

/** A list of *Clusters*: a kind of a context, in a namespace or without one. */
export interface ObjectList {
  readonly cluster: Cluster;
  readonly kind: ApiKind;
  readonly namespace: string | undefined;
}

/** A filter with a name: for any kind and namespace. */
export interface SavedFilter {
  readonly name: string;
  readonly text: string;
}

const filtersKey = 'hybridClusters.objectFilters';
const savedKey = 'hybridClusters.savedFilters';

/** By what the user narrowed lists of objects, as they typed it: for one list each, and under a name. Kept for the workspace. */
export class ObjectFilters extends Remembered {
  readonly #counts = new Map<string, string>();

  /** Empty: all are shown. */
  of(list: ObjectList): string {
    return this.#all()[keyOf(list)] ?? '';
  }

  async set(list: ObjectList, text: string): Promise<void> {
    const { [keyOf(list)]: _, ...others } = this.#all();
    await this.keep(this.workspace, filtersKey, text === '' ? others : { ...others, [keyOf(list)]: text });
  }

  get saved(): readonly SavedFilter[] {
    return this.workspace.get(savedKey, []);
  }

  /** An empty text forgets the name. */
  async save({ name, text }: SavedFilter): Promise<void> {
    const others = this.saved.filter((one) => one.name !== name);
    await this.keep(this.workspace, savedKey, text === '' ? others : [...others, { name, text }]);
  }

  /** Tells how many a narrowed list shows, while it is open. */
  counted(list: ObjectList, count: string | undefined): void {
    const key = keyOf(list);
    if (this.#counts.get(key) === count) return;
    if (count === undefined) this.#counts.delete(key);
    else this.#counts.set(key, count);
    this.tell();
  }

  /** `app=web · 3`: what a list is narrowed by, and how many that leaves as far as that is known. */
  summary(list: ObjectList): string {
    const text = this.of(list);
    return text === '' ? '' : [text, this.#counts.get(keyOf(list))].filter(Boolean).join(' · ');
  }

  #all(): Readonly<Record<string, string>> {
    return this.workspace.get(filtersKey, {});
  }
}

function keyOf({ cluster, kind, namespace = '' }: ObjectList): string {
  return [cluster.context.name, namespace, kind.group, kind.kind].map(encodeURIComponent).join('/');
}

/** What can be done to a list as a whole, as words of its row. */
export function filterWords(list: ObjectList, filters: ObjectFilters | undefined): readonly Word[] {
  if (!filters) return [];
  return wordsOf('can:filterList', filters.of(list) !== '' && 'can:clearFilter');
}

/** The row that tells what a list is narrowed by; a click clears it. */
export function filterRow(list: ObjectList, text: string): Row {
  return row({
    segment: '?',
    label: `Only ${text}`,
    description: 'clear',
    icon: 'filter',
    words: ['filter', 'can:clearFilter', 'can:filterList'],
    subject: { of: 'apiKind', ...list },
    click: 'hybridClusters.clearFilter',
  });
}
