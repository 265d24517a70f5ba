import type { KindId } from '../openstack/kinds/kinds.ts';
import { Remembered } from './memory.ts';

/** A project as it is remembered: enough to open it again. */
export interface ProjectPlace {
  readonly cloud: string;
  readonly region?: string | undefined;
  readonly id: string;
  readonly name: string;
}

/** Names what can be pinned or hidden: `cloud:demo`, `project:demo/RegionOne/5f1c`, `kind:compute.server`, `context:prod`, `namespace:prod/shop`, `object:` and the object's key. */
export type PlaceKey = `${'cloud' | 'project' | 'kind' | 'context' | 'namespace' | 'object'}:${string}`;

/** The views that are arranged so. */
export type ArrangedView = 'clouds' | 'clusters';

export const cloudKey = (cloud: string): PlaceKey => `cloud:${cloud}`;
export const kindKey = (kind: KindId): PlaceKey => `kind:${kind}`;
export const contextKey = (context: string): PlaceKey => `context:${context}`;
export const namespaceKey = (context: string, name: string): PlaceKey =>
  `namespace:${[context, name].map(encodeURIComponent).join('/')}`;
/** An object by its key in the whole window (see keys.ts). */
export const objectPlace = (key: string): PlaceKey => `object:${key}`;
export const projectKey = ({ cloud, region = '', id }: Omit<ProjectPlace, 'name'>): PlaceKey =>
  `project:${[cloud, region, id].map(encodeURIComponent).join('/')}`;

const pinsKey = 'hybridClusters.pinned';
const hiddenKey = 'hybridClusters.hidden';
const filterKeys = { clouds: 'hybridClusters.cloudsFilter', clusters: 'hybridClusters.contextsFilter' } as const;
const currentKey = 'hybridClusters.currentProject';

/** Something pinned or hidden, and what it is called. */
interface Marked {
  readonly key: PlaceKey;
  readonly label: string;
  readonly project?: ProjectPlace;
}

/** How the user arranged *Clouds* and *Clusters*: what is pinned and hidden for the user, the filters and the current project for the workspace. */
export class Places extends Remembered {
  get pinned(): readonly Marked[] {
    return this.user.get(pinsKey, []);
  }

  get hidden(): readonly Marked[] {
    return this.user.get(hiddenKey, []);
  }

  isPinned(key: PlaceKey): boolean {
    return this.pinned.some((one) => one.key === key);
  }

  isHidden(key: PlaceKey): boolean {
    return this.hidden.some((one) => one.key === key);
  }

  async pin(place: Marked, wanted: boolean): Promise<void> {
    await this.#mark(pinsKey, this.pinned, place, wanted);
  }

  /** What is hidden is no longer pinned. */
  async hide(place: Marked, wanted: boolean): Promise<void> {
    if (wanted && this.isPinned(place.key)) await this.pin(place, false);
    await this.#mark(hiddenKey, this.hidden, place, wanted);
  }

  /** Which rows a view begins with: those with this text in their name; in *Clouds* also `cloud/project`. Empty: all. */
  filterOf(view: ArrangedView): string {
    return this.workspace.get(filterKeys[view], '');
  }

  async setFilter(view: ArrangedView, text: string): Promise<void> {
    await this.#set(filterKeys[view], text.trim());
  }

  /** The project that pickers offer first. */
  get current(): ProjectPlace | undefined {
    return this.workspace.get<ProjectPlace | undefined>(currentKey, undefined);
  }

  isCurrent({ cloud, region, id }: Omit<ProjectPlace, 'name'>): boolean {
    const { current } = this;
    return current?.cloud === cloud && current.id === id && (current.region ?? '') === (region ?? '');
  }

  async setCurrent(place: ProjectPlace | undefined): Promise<void> {
    await this.#set(currentKey, place);
  }

  async #mark(name: string, all: readonly Marked[], place: Marked, wanted: boolean): Promise<void> {
    const others = all.filter(({ key }) => key !== place.key);
    await this.keep(this.user, name, wanted ? [...others, place] : others);
  }

  async #set(name: string, value: unknown): Promise<void> {
    await this.keep(this.workspace, name, value);
  }
}

/** What a filter lets through. Case does not matter. */
export interface PlaceFilter {
  /** Whether the filter says anything. */
  readonly active: boolean;
  /** Whether a cloud is shown, given the projects that are known of it. */
  cloud(name: string, projects: readonly { readonly name: string }[]): boolean;
  project(cloud: string, name: string): boolean;
}

/**
 * Reads a filter: `lab` shows the clouds with it in their name, whole, and of the others the projects with it in theirs, as far as they are known; `lab/web` shows the projects with
 * `web` of the clouds with `lab`.
 */
export function placeFilter(text: string): PlaceFilter {
  const [first = '', second] = text
    .toLowerCase()
    .split('/')
    .map((part) => part.trim());
  const has = (name: string, part: string) => name.toLowerCase().includes(part);
  if (second !== undefined)
    return {
      active: true,
      cloud: (name) => has(name, first),
      project: (cloud, name) => has(cloud, first) && has(name, second),
    };
  return {
    active: first !== '',
    cloud: (name, projects) => has(name, first) || projects.some((project) => has(project.name, first)),
    project: (cloud, name) => has(cloud, first) || has(name, first),
  };
}
