import { type Disposable, disposeAll } from '../base/event.ts';
import type { Failure, Reason, Result } from '../base/failure.ts';
import type { Group } from '../openstack/kind.ts';
import { groups, type KindId, kindIds, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { GroupUse } from './groupUse.ts';
import type { ViewOf } from './listMemory.ts';
import { optionsOf, viewOf } from './listViews.ts';
import { type Branch, type Changed, failureRow, type Open, type Row, row, wordsOf } from './nodes.ts';
import type { Opened } from './opened.ts';
import { kindKey, type Places } from './places.ts';
import { kindRow, type OtherWorld } from './resourceNodes.ts';

/** What the rows below a project take from their surroundings. */
export interface ProjectParts {
  readonly opened: Opened;
  readonly otherWorld: OtherWorld;
  /** How the user wants lists shown; absent: whole, by name. */
  readonly views?: ViewOf;
  /** What is pinned and hidden; absent: nothing. */
  readonly places?: Places;
}

/** How a project is opened. `wide`: it is a domain or the whole cloud, where much is refused and no quota told. */
interface ProjectHow {
  readonly cloud: string;
  readonly open: () => Promise<Result<Project>>;
  readonly wide?: boolean;
}

/** Looks below a project, or below what stands in its place. */
export function openProject(how: ProjectHow, parts: ProjectParts): Open {
  return (changed) => new ProjectBranch(how, parts, changed);
}

/** The groups of a project with what is known of their use. */
class ProjectBranch implements Branch {
  readonly #how: ProjectHow;
  readonly #parts: ProjectParts;
  readonly #changed: Changed;
  readonly #ending = new AbortController();
  readonly #arranged: Disposable;
  #project: Project | undefined;
  #use: GroupUse | undefined;
  #subscription: Disposable | undefined;

  constructor(how: ProjectHow, parts: ProjectParts, changed: Changed) {
    this.#how = how;
    this.#parts = parts;
    this.#changed = changed;
    this.#arranged = disposeAll(parts.places ? [parts.places.onDidChange(() => changed())] : []);
  }

  async rows(): Promise<readonly Row[]> {
    const opened = this.#project ? { ok: true as const, value: this.#project } : await this.#how.open();
    if (!opened.ok) return [failureRow(opened.failure, { cloud: this.#how.cloud })];
    const project = opened.value;
    if (!this.#project) this.#begin(project);
    const below = groups.flatMap(([group, kinds]) => this.#groupRow(project, group, kinds));
    const shown = below.map(({ segment }) => segment);
    const pinned = kindIds.filter((kind) => this.#parts.places?.isPinned(kindKey(kind)) && !shown.includes(kind));
    return [...pinned.filter((kind) => project.offers(kind)).map((kind) => this.#listRow(project, kind)), ...below];
  }

  refresh(): void {
    this.#project?.refresh();
    this.#project = undefined;
    this.#subscription?.dispose();
  }

  dispose(): void {
    this.#ending.abort();
    this.#arranged.dispose();
    this.#subscription?.dispose();
  }

  #begin(project: Project): void {
    this.#project = project;
    // The whole of a cloud or domain is no project in which the other world's things would be looked for.
    if (!this.#how.wide) this.#parts.opened.addProject(project);
    this.#subscription = project.onDidChange(() => this.#changed());
    this.#use = new GroupUse(project, this.#changed, this.#ending.signal);
  }

  #groupRow(project: Project, group: Group, all: readonly KindId[]): readonly Row[] {
    const { places, views } = this.#parts;
    const kinds = all.filter((kind) => project.offers(kind));
    const [first, ...others] = kinds.filter((kind) => !places?.isHidden(kindKey(kind)));
    if (first === undefined) return [];
    if (others.length === 0) return [this.#listRow(project, first)];
    const use = this.#use;
    const { text, mood } = use?.of(group, first) ?? { text: '', mood: 'quiet' };
    const wide = views ? kinds.filter((kind) => project.mayListAll?.(kind)) : [];
    const isWide = wide.some((kind) => views?.of(project, kind).allProjects);
    return [
      row({
        segment: group,
        label: group,
        description: [text, isWide && 'all projects'].filter(Boolean).join(' · '),
        icon: 'folder-library',
        mood,
        words: wordsOf('group', 'can:refresh', wide.length > 0 && (isWide ? 'can:showOneProject' : 'can:showAllProjects')),
        subject: { of: 'kinds', project, kinds },
        open: openGroup(project, kinds, this.#parts, {
          doubtful: this.#how.wide ? kinds : kinds.filter(mayBeClosed),
          // Of a whole cloud or domain no quota is told.
          asking: () => !this.#how.wide && void use?.ask(group),
        }),
      }),
    ];
  }

  #listRow(project: Project, kind: KindId): Row {
    return listRow(project, kind, this.#parts);
  }
}

/** A kind of a project as a row, with the words by which it is pinned and hidden. */
function listRow(project: Project, kind: KindId, { otherWorld, views, places }: ProjectParts): Row {
  const listed = kindRow({ project, kind, otherWorld, views }, kindOf(kind).label[1], kind);
  const pinned = places?.isPinned(kindKey(kind));
  return places ? { ...listed, words: [...listed.words, pinned ? 'can:unpin' : 'can:pin', 'can:hide'] } : listed;
}

/** Why a kind is no row: the user may not list it, or the cloud is without it. */
const hiding: readonly Reason[] = ['forbidden', 'unsupported'];

/** Kinds that many users may not list, or that many clouds are without: no row before the answer. */
const mayBeClosed = (kind: KindId) => kindOf(kind).admin === true || kindOf(kind).optional === true;

interface GroupHow {
  /** No rows before they were listed. */
  readonly doubtful: readonly KindId[];
  /** Called when its lists are asked for first. */
  readonly asking: () => void;
}

/** The kinds of a group: lists are asked for at once, so that each shows its count. What the user may not list is not shown, nor any of `doubtful` before it was listed; unless there is nothing else: then it is said why. */
function openGroup(project: Project, kinds: readonly KindId[], parts: ProjectParts, { doubtful, asking }: GroupHow): Open {
  return (changed) => {
    const refused = new Set<KindId>(doubtful);
    const failures = new Map<KindId, Failure>();
    const ending = new AbortController();
    const ask = async (kind: KindId) => {
      const view = viewOf({ project, kind, views: parts.views });
      const list = await project.list(kind, { ...optionsOf(kind, view), partial: true, signal: ending.signal });
      if (ending.signal.aborted) return;
      // What is refused because of how it is shown must stay, to be shown otherwise again.
      const arranged = view.allProjects || Object.keys(view.filters).length > 0;
      if (list.ok || arranged || !hiding.includes(list.failure.reason)) refused.delete(kind);
      else refused.add(kind);
      if (list.ok) failures.delete(kind);
      else failures.set(kind, list.failure);
      changed();
    };
    const askAll = () => {
      asking();
      for (const kind of kinds) void ask(kind);
    };
    /** A list that is shown otherwise now is asked for, so that its count is there. */
    const askAgain = () => {
      const unknown = (kind: KindId) => !project.peek(kind, optionsOf(kind, viewOf({ project, kind, views: parts.views })));
      if (asked) for (const kind of kinds) if (!refused.has(kind) && unknown(kind)) void ask(kind);
      changed();
    };
    const subscriptions = [
      project.onDidChange((event) => event.kinds.some((kind) => kinds.includes(kind)) && changed()),
      ...(parts.views ? [parts.views.onDidChange(askAgain)] : []),
      ...(parts.places ? [parts.places.onDidChange(() => changed())] : []),
    ];
    let asked = false;
    return {
      rows: async () => {
        if (!asked) askAll();
        asked = true;
        const shown = kinds.filter((kind) => !refused.has(kind) && !parts.places?.isHidden(kindKey(kind)));
        const [failure] = failures.values();
        if (shown.length === 0 && failure) return [failureRow(failure, { cloud: project.cloud })];
        return shown.map((kind) => listRow(project, kind, parts));
      },
      refresh: () => project.refresh(kinds),
      ...disposeAll([...subscriptions, { dispose: () => ending.abort() }]),
    };
  };
}
