import { type Disposable, disposeAll } from '../base/event.ts';
import type { Failure } from '../base/failure.ts';
import { inTurns } from '../base/turns.ts';
import { offeredTo } from '../openstack/actions/actions.ts';
import type { ActionWord } from '../openstack/actions/actionWords.ts';
import { creationOf } from '../openstack/creations/creations.ts';
import { type Child, childrenOf, columnsOf, descriptionOf, eachChild, healthOf, idOf, nameOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project, ResourceList } from '../openstack/project.ts';
import { hasObjects } from '../relations/related.ts';
import { openFolder } from './folderNodes.ts';
import { resourceKey } from './keys.ts';
import { pointedAt } from './linkNodes.ts';
import type { ViewOf } from './listMemory.ts';
import { filterRow, filterText, isWide, listSummary, listWords, optionsOf, ownerOf, viewOf } from './listViews.ts';
import {
  type Branch,
  clockTime,
  emptyRow,
  failureRow,
  grouped,
  moreRow,
  type Open,
  pageSize,
  type Row,
  row,
  staleSince,
  type Word,
  wordsOf,
} from './nodes.ts';
import { inOrder } from './sorting.ts';

/** Adds the rows of the other world below a resource; absent where no relation knows the kind. */
export type OtherWorld = (project: Project, kind: KindId, resource: Resource) => Open | undefined;

/** What is listed: a kind of a project, whole or below a resource. */
export interface Listed {
  readonly project: Project;
  readonly kind: KindId;
  readonly below?: Pick<Child, 'where' | 'parent'>;
  readonly otherWorld: OtherWorld;
  /** How the user wants lists shown; absent: whole, by name. */
  readonly views?: ViewOf | undefined;
}

/** A kind as a row: `Servers  5`. The count is what is known without asking. */
export function kindRow(listed: Listed, label: string, segment: string): Row {
  const { project, kind, below } = listed;
  const view = viewOf(listed);
  const known = project.peek(kind, { ...below, ...optionsOf(kind, view) });
  return row({
    segment,
    label,
    description: listSummary(project, kind, view, known),
    icon: kindOf(kind).icon,
    ...(known?.stale && { stale: true }),
    facts: known
      ? [
          ['as of', asOf(known, project)],
          ['not renewed', known.failure?.message ?? ''],
        ]
      : [],
    words: wordsOf(
      'kind',
      `kind:${kind}`,
      'can:refresh',
      creationOf(kind) !== undefined && 'can:create',
      ...(kindOf(kind).adds ?? []).map((word) => `can:${word}` as const),
      ...listWords(listed, view),
    ),
    subject: {
      of: 'kind',
      project,
      kind,
      ...(below?.parent && { parent: below.parent }),
      ...(below?.where && { where: below.where }),
    },
    open: (changed) => new ListBranch(listed, changed),
  });
}

/** The resources of a kind, a page at a time, renewed when the project's cache changes. */
class ListBranch implements Branch {
  readonly #listed: Listed;
  readonly #changed: () => void;
  readonly #subscription: Disposable;
  #shown = pageSize;
  #asked = false;
  /** No rows are shown but why there are none. */
  #failed = false;
  #named = false;

  constructor(listed: Listed, changed: () => void) {
    this.#listed = listed;
    this.#changed = changed;
    const seen = listed.project.onDidChange(({ kinds }) => kinds.includes(listed.kind) && changed());
    this.#subscription = disposeAll([seen, ...(listed.views ? [listed.views.onDidChange(() => changed())] : [])]);
  }

  async rows(): Promise<readonly Row[]> {
    const { project, kind, below } = this.#listed;
    const view = viewOf(this.#listed);
    if (isWide(project, view)) this.#learnNames();
    const narrowed = Object.keys(view.filters).length > 0;
    const before = narrowed ? [filterRow(project, kind, view)] : [];
    const list = await project.list(kind, {
      ...below,
      ...optionsOf(kind, view),
      partial: true,
      ...(this.#asked && { freshness: 'cached' }),
    });
    this.#asked = true;
    this.#failed = !list.ok;
    if (!list.ok) return [...before, failureRow(list.failure, { cloud: project.cloud })];
    const { items, complete, cut } = list.value;
    if (items.length === 0) return [...before, emptyRow(nothing(this.#listed))];
    const shown = this.#shown;
    const { first, total } = await inOrder(kind, items, view.sort, { lookups: project.nameOf, most: shown });
    const rows = [...before];
    const turn = inTurns();
    for (const resource of first) {
      rows.push(resourceRow(this.#listed, resource, list.value));
      await turn();
    }
    if (total > shown) return [...rows, moreRow(shown, total, complete)];
    if (!cut) return rows;
    const many = kindOf(kind).label[1].toLowerCase();
    return [...rows, emptyRow(`There are more ${many} than these ${grouped(total)}, which are not listed.`)];
  }

  /** Rows of all projects say whose they are, by name. */
  #learnNames(): void {
    if (this.#named) return;
    this.#named = true;
    void this.#listed.project.list('identity.project', { freshness: 'cached' }).then(() => this.#changed());
  }

  refresh(): void {
    this.#listed.project.refresh([this.#listed.kind]);
  }

  /** What changed in a list comes by the project's event, a list after a failure does not. */
  async again(): Promise<Failure | undefined> {
    if (!this.#asked) return undefined;
    const { project, kind, below } = this.#listed;
    const view = optionsOf(kind, viewOf(this.#listed));
    const list = await project.list(kind, { ...below, ...view, freshness: 'changes' });
    if (this.#failed && list.ok) this.#changed();
    return list.ok ? list.value.failure : list.failure;
  }

  async more(): Promise<void> {
    this.#shown += pageSize;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** One resource: name, state and two facts; below it what the catalog's row names, and the other world. */
export function resourceRow(listed: Listed, resource: Resource, list?: ResourceList): Row {
  const { project, kind, below } = listed;
  const options = project.nameOf ? { lookups: project.nameOf } : {};
  const state = healthOf(kind, resource);
  const id = idOf(kind, resource);
  const name = nameOf(kind, resource);
  const owner = isWide(project, viewOf(listed)) ? ownerOf(project, kind, resource) : undefined;
  const description = [descriptionOf(kind, resource, options), owner && `project ${owner}`].filter(Boolean).join(' · ');
  const open = openResource(listed, resource);
  // What was shown once must be known, to see whether it is otherwise now.
  let facts: Row['facts'] | undefined;
  const lateFacts = () => {
    facts ??= [
      ...(state ? [['state', state.word] as const] : []),
      ...columnsOf(kind, resource, options),
      ...(list ? [['as of', asOf(list, project)] as const] : []),
      ...(list?.failure ? [['not renewed', list.failure.message] as const] : []),
    ];
    return facts;
  };
  return row({
    segment: id,
    label: name,
    description: list?.stale ? staleSince(description, list.asOf) : description,
    icon: kindOf(kind).icon,
    mood: state?.health ?? 'quiet',
    ...(list?.stale && { stale: true }),
    lateFacts,
    words: [...wordsOfKind(kind), ...offeredTo(kindOf(kind).can ?? [], resource, project).map(canWord)],
    subject: { of: 'resource', project, kind, resource, ...(below?.parent && { parent: below.parent }) },
    id,
    name,
    key: resourceKey({ cloud: project.cloud, region: project.region, project: project.id, kind, id }),
    ...(open && { open }),
    click: 'hybridClusters.openDetails',
  });
}

const canWord = (word: ActionWord) => `can:${word}` as const;
const known = new Map<KindId, readonly Word[]>();

/** The words that every resource of a kind has. */
function wordsOfKind(kind: KindId): readonly Word[] {
  const words = known.get(kind) ?? [
    'resource',
    `kind:${kind}`,
    'can:open',
    'can:refresh',
    'can:copyId',
    'can:copyName',
    'can:copyCurl',
    ...(kindOf(kind).opens ?? []).map((word) => `can:${word}` as const),
    ...(hasObjects(kind) ? (['can:openMap'] as const) : []),
  ];
  known.set(kind, words);
  return words;
}

/** What lies below: the other world, what it points at, and what the catalog's row says to belong to it. */
function openResource({ project, kind, below, otherWorld, views }: Listed, resource: Resource): Open | undefined {
  const first = firstChild(project, kind, resource);
  // A container holds nothing but its objects.
  if (first && kindOf(first.kind).folders) return openFolder({ project, container: resource, prefix: '' });
  const links = [otherWorld(project, kind, resource), pointedAt(project, kind, resource, below?.where)].filter(
    (open) => open !== undefined,
  );
  if (!first && links.length === 0) return undefined;
  return (changed) => {
    const children = childrenOf(kind, resource).filter((child) => project.offers(child.kind));
    const branches = links.map((open) => open(changed));
    const subscription = project.onDidChange(({ kinds }) => children.some((child) => kinds.includes(child.kind)) && changed());
    return {
      rows: async () => {
        const linked = await Promise.all(branches.map((branch) => branch.rows()));
        const rows = [...linked.flat(), ...children.map((child) => childRow({ project, otherWorld, views }, child))];
        return rows.length > 0 ? rows : [emptyRow(`Nothing open here belongs to this ${kindOf(kind).label[0]}.`)];
      },
      refresh: () => {
        for (const branch of branches) branch.refresh?.();
      },
      ...disposeAll([...branches, subscription]),
    };
  };
}

/** A row that nobody has expanded needs no more of what lies below it. */
function firstChild(project: Project, kind: KindId, resource: Resource): Child | undefined {
  for (const child of eachChild(kind, resource)) if (project.offers(child.kind)) return child;
  return undefined;
}

function childRow(around: Pick<Listed, 'project' | 'otherWorld' | 'views'>, child: Child): Row {
  return kindRow({ ...around, kind: child.kind, below: child }, child.label, child.kind);
}

/** "as of 12:03 · demo / RegionOne · as alice". */
function asOf(list: ResourceList, { name, region, user }: Project): string {
  return `${clockTime(list.asOf)} · ${[name, region].filter(Boolean).join(' / ')} · as ${user}`;
}

function nothing(listed: Listed): string {
  const { project, kind, below } = listed;
  const many = kindOf(kind).label[1].replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  const { filters, allProjects } = viewOf(listed);
  const which = Object.keys(filters).length > 0 ? ` with ${filterText(project, kind, { filters })}` : '';
  if (below) return `No ${many} here.`;
  return `No ${many}${which} in ${allProjects ? 'any project' : project.name}.`;
}
