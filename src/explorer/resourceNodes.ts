import { disposeAll } from '../base/event.ts';
import { type Child, childrenOf, columnsOf, descriptionOf, healthOf, idOf, nameOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project, ResourceList } from '../openstack/project.ts';
import { resourceKey } from './keys.ts';
import {
  type Branch,
  clockTime,
  compareNames,
  emptyRow,
  failureRow,
  moreRow,
  type Open,
  pageSize,
  plainBranch,
  type Row,
  row,
  staleSince,
} from './nodes.ts';

/** Adds the rows of the other world below a resource; absent where no relation knows the kind. */
export type OtherWorld = (project: Project, kind: KindId, resource: Resource) => Open | undefined;

/** What is listed: a kind of a project, whole or below a resource. */
export interface Listed {
  readonly project: Project;
  readonly kind: KindId;
  readonly below?: Pick<Child, 'where' | 'parent'>;
  readonly otherWorld: OtherWorld;
}

/** Resources on their way are looked at again after this long. */
const busyMs = 5_000;

/** A kind as a row: `Servers  5`. The count is what is known without asking. */
export function kindRow(listed: Listed, label: string, segment: string): Row {
  const { project, kind, below } = listed;
  const known = project.peek(kind, below);
  return row({
    segment,
    label,
    description: known ? countOf(known) : '',
    icon: kindOf(kind).icon,
    ...(known?.stale && { stale: true }),
    facts: known ? [['as of', asOf(known, project)]] : [],
    words: ['kind', `kind:${kind}`, 'can:refresh'],
    subject: { of: 'kind', project, kind },
    open: (changed) => new ListBranch(listed, changed),
  });
}

/** `5`; `1000+` while more pages follow. */
export function countOf({ items, complete }: ResourceList): string {
  return `${items.length}${complete ? '' : '+'}`;
}

/** The resources of a kind, a page at a time, renewed when the project's cache changes. */
class ListBranch implements Branch {
  readonly #listed: Listed;
  readonly #changed: () => void;
  readonly #subscription: { dispose(): void };
  #shown = pageSize;
  #asked = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(listed: Listed, changed: () => void) {
    this.#listed = listed;
    this.#changed = changed;
    this.#subscription = listed.project.onDidChange(({ kinds }) => kinds.includes(listed.kind) && changed());
  }

  async rows(): Promise<readonly Row[]> {
    const { project, kind, below } = this.#listed;
    const list = await project.list(kind, { ...below, partial: true, ...(this.#asked && { freshness: 'cached' }) });
    this.#asked = true;
    if (!list.ok) return [failureRow(list.failure, { cloud: project.cloud })];
    const { items } = list.value;
    if (items.length === 0) return [emptyRow(nothing(this.#listed))];
    const sorted = inOrder(kind, items);
    const rows = sorted.slice(0, this.#shown).map((resource) => resourceRow(this.#listed, resource, list.value));
    if (rows.some(({ mood }) => mood === 'busy')) this.#lookAgain();
    return sorted.length > this.#shown ? [...rows, moreRow(this.#shown, sorted.length)] : rows;
  }

  refresh(): void {
    this.#listed.project.refresh([this.#listed.kind]);
  }

  /** What changed comes by the project's event. */
  async again(): Promise<unknown> {
    const { project, kind, below } = this.#listed;
    return this.#asked && project.list(kind, { ...below, freshness: 'fresh' });
  }

  async more(): Promise<void> {
    this.#shown += pageSize;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
  }

  /** What is being built or deleted is soon otherwise; nobody tells us, so we ask. */
  #lookAgain(): void {
    this.#timer ??= setTimeout(async () => {
      await this.again();
      this.#timer = undefined;
      this.#changed();
    }, busyMs);
    this.#timer.unref();
  }
}

/** One resource: name, state and two facts; below it what the catalog's row names, and the other world. */
export function resourceRow({ project, kind, below, otherWorld }: Listed, resource: Resource, list?: ResourceList): Row {
  const options = project.nameOf ? { lookups: project.nameOf } : {};
  const state = healthOf(kind, resource);
  const id = idOf(kind, resource);
  const name = nameOf(kind, resource);
  const description = descriptionOf(kind, resource, options);
  const open = openResource(project, kind, resource, otherWorld);
  return row({
    segment: id,
    label: name,
    description: list?.stale ? staleSince(description, list.asOf) : description,
    icon: kindOf(kind).icon,
    mood: state?.health ?? 'quiet',
    ...(list?.stale && { stale: true }),
    facts: [
      ...(state ? [['state', state.word] as const] : []),
      ...columnsOf(kind, resource, options),
      ...(list ? [['as of', asOf(list, project)] as const] : []),
    ],
    words: [
      'resource',
      `kind:${kind}`,
      'can:open',
      'can:copyId',
      'can:copyName',
      ...(kindOf(kind).can ?? []).map((word) => `can:${word}`),
    ],
    subject: { of: 'resource', project, kind, resource, ...(below?.parent && { parent: below.parent }) },
    id,
    name,
    key: resourceKey({ cloud: project.cloud, region: project.region, project: project.id, kind, id }),
    ...(open && { open }),
    click: 'hybridClusters.openDetails',
  });
}

function openResource(project: Project, kind: KindId, resource: Resource, otherWorld: OtherWorld): Open | undefined {
  const children = childrenOf(kind, resource).filter((child) => project.offers(child.kind));
  const related = otherWorld(project, kind, resource);
  if (children.length === 0 && !related) return undefined;
  return (changed) => {
    const other = related?.(changed) ?? plainBranch(() => []);
    const subscription = project.onDidChange(({ kinds }) => children.some((child) => kinds.includes(child.kind)) && changed());
    return {
      rows: async () => {
        const rows = [...(await other.rows()), ...children.map((child) => childRow(project, child, otherWorld))];
        return rows.length > 0 ? rows : [emptyRow(`Nothing in the open clusters is this ${kindOf(kind).label[0]}.`)];
      },
      refresh: () => other.refresh?.(),
      ...disposeAll([other, subscription]),
    };
  };
}

function childRow(project: Project, child: Child, otherWorld: OtherWorld): Row {
  return kindRow({ project, kind: child.kind, below: child, otherWorld }, child.label, child.kind);
}

/** "as of 12:03 · demo / RegionOne · as alice". */
function asOf(list: ResourceList, { name, region, user }: Project): string {
  return `${clockTime(list.asOf)} · ${[name, region].filter(Boolean).join(' / ')} · as ${user}`;
}

function nothing({ project, kind, below }: Listed): string {
  const many = kindOf(kind).label[1].replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  return below ? `No ${many} here.` : `No ${many} in ${project.name}.`;
}

/** By name; each id once, even when a service repeats itself between two pages. */
function inOrder(kind: KindId, items: readonly Resource[]): readonly Resource[] {
  const once = new Map(items.map((resource) => [idOf(kind, resource), { resource, name: nameOf(kind, resource) }]));
  return [...once.values()].sort((one, other) => compareNames(one.name, other.name)).map(({ resource }) => resource);
}
