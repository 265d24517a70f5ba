import type { KindId } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { Remembered } from './memory.ts';

/** In which order a kind's resources stand: by `name`, `state`, `age`, or the title of a column. */
export interface Sort {
  readonly by: string;
  /** The other way round: `z` first, the well ones first, the oldest first. */
  readonly reversed?: boolean;
}

export const byName: Sort = { by: 'name' };

/** How a kind of a project is shown: what the service narrows the list by, whose resources, and in which order. */
export interface ListView {
  /** Field of a filter → the text chosen. */
  readonly filters: Readonly<Record<string, string>>;
  readonly allProjects: boolean;
  readonly sort: Sort;
}

/** What a list asks of them. */
export type ViewOf = Pick<ListViews, 'of' | 'onDidChange'>;

/** The project of a list. */
export type ListPlace = Pick<Project, 'cloud' | 'region' | 'id'>;

const filtersKey = 'hybridClusters.listFilters';
const wideKey = 'hybridClusters.allProjects';
const sortsKey = 'hybridClusters.sorts';

/** What the user arranged in lists: filters and reach for one branch and workspace, the order for a kind everywhere. */
export class ListViews extends Remembered {
  of(place: ListPlace, kind: KindId): ListView {
    const key = keyOf(place, kind);
    return {
      filters: this.#filters()[key] ?? {},
      allProjects: this.#wide().includes(key),
      sort: this.#sorts()[kind] ?? byName,
    };
  }

  /** Sets one condition; an empty text takes it away. */
  async filter(place: ListPlace, kind: KindId, field: string, text: string): Promise<void> {
    const { [field]: _, ...others } = this.of(place, kind).filters;
    await this.#setFilters(place, kind, text === '' ? others : { ...others, [field]: text });
  }

  async clear(place: ListPlace, kind: KindId): Promise<void> {
    await this.#setFilters(place, kind, {});
  }

  async sort(kind: KindId, sort: Sort): Promise<void> {
    await this.keep(this.user, sortsKey, { ...this.#sorts(), [kind]: sort });
  }

  async showAllProjects(place: ListPlace, kinds: readonly KindId[], wanted: boolean): Promise<void> {
    const keys = kinds.map((kind) => keyOf(place, kind));
    const others = this.#wide().filter((key) => !keys.includes(key));
    await this.keep(this.workspace, wideKey, wanted ? [...others, ...keys] : others);
  }

  async #setFilters(place: ListPlace, kind: KindId, filters: Readonly<Record<string, string>>): Promise<void> {
    const { [keyOf(place, kind)]: _, ...others } = this.#filters();
    const kept = Object.keys(filters).length > 0 ? { ...others, [keyOf(place, kind)]: filters } : others;
    await this.keep(this.workspace, filtersKey, kept);
  }

  #filters(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return this.workspace.get(filtersKey, {});
  }

  #wide(): readonly string[] {
    return this.workspace.get(wideKey, []);
  }

  #sorts(): Readonly<Record<string, Sort>> {
    return this.user.get(sortsKey, {});
  }
}

function keyOf({ cloud, region = '', id }: ListPlace, kind: KindId): string {
  return [cloud, region, id, kind].map(encodeURIComponent).join('/');
}
