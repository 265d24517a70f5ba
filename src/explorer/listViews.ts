import { textAt } from '../openstack/columns.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { ListOptions, Project, ResourceList } from '../openstack/project.ts';
import { byName, type ListView, type ViewOf } from './listMemory.ts';
import { type Row, row, type Word, wordsOf } from './nodes.ts';

const plain: ListView = { filters: {}, allProjects: false, sort: byName };

/** The view of a list. What lies below one resource is narrowed by that already: it is only sorted. */
export function viewOf({ project, kind, below, views }: Viewed): ListView {
  const view = views?.of(project, kind) ?? plain;
  return below ? { ...plain, sort: view.sort } : view;
}

interface Viewed {
  readonly project: Project;
  readonly kind: KindId;
  readonly below?: object | undefined;
  readonly views?: ViewOf | undefined;
}

/** What can be done to a list as a whole, as words of its row. */
export function listWords({ project, kind, below, views }: Viewed, { filters, allProjects }: ListView): readonly Word[] {
  if (!views) return [];
  const wide = !below && (project.mayListAll?.(kind) ?? false);
  return wordsOf(
    'can:sortList',
    !below && kindOf(kind).filters !== undefined && 'can:filterList',
    Object.keys(filters).length > 0 && 'can:clearFilter',
    wide && !allProjects && 'can:showAllProjects',
    wide && allProjects && 'can:showOneProject',
  );
}

/** The list options by which a view is asked for. */
export function optionsOf(kind: KindId, { filters, allProjects }: ListView): Pick<ListOptions, 'query' | 'allProjects'> {
  const rows = kindOf(kind).filters ?? [];
  const query = Object.entries(filters).map(([field, text]) => [
    field,
    rows.find((one) => one.field === field)?.as?.(text) ?? text,
  ]);
  return { ...(query.length > 0 && { query: Object.fromEntries(query) }), ...(allProjects && { allProjects }) };
}

/** `status=ERROR, name=web`: the conditions as one reads them; ids by the names that are known. */
export function filterText(project: Project, kind: KindId, { filters }: Pick<ListView, 'filters'>): string {
  const rows = kindOf(kind).filters ?? [];
  return Object.entries(filters)
    .map(([field, text]) => {
      const filter = rows.find((one) => one.field === field);
      const name = filter?.kind && project.nameOf?.(filter.kind, text);
      return `${filter?.title ?? field}=${name ?? text}`;
    })
    .join(', ');
}

/** `2 of 9 · status=ERROR · all projects`: how many there are, of how many where that is known, and what the list is narrowed or widened by. */
export function listSummary(project: Project, kind: KindId, view: ListView, known: ResourceList | undefined): string {
  const filtered = Object.keys(view.filters).length > 0;
  const whole = filtered ? project.peek(kind, optionsOf(kind, { ...view, filters: {} })) : undefined;
  const count = known && (whole && known.complete ? `${countOf(known)} of ${countOf(whole)}` : countOf(known));
  const { by, reversed } = view.sort;
  const order = by === byName.by && !reversed ? undefined : `by ${by}${reversed ? ' ↓' : ''}`;
  return [count, filtered && filterText(project, kind, view), view.allProjects && 'all projects', order]
    .filter(Boolean)
    .join(' · ');
}

/** `5`; `1000+` while more pages follow. */
export function countOf({ items, complete }: ResourceList): string {
  return `${items.length}${complete ? '' : '+'}`;
}

/** Whether a list holds what belongs to several projects: each row then says whose it is. */
export function isWide({ id }: Project, { allProjects }: ListView): boolean {
  return allProjects || id === 'system' || id.startsWith('domain:');
}

/** The row that tells what a list is narrowed by; a click clears it. */
export function filterRow(project: Project, kind: KindId, view: ListView): Row {
  return row({
    segment: '?',
    label: `Only ${filterText(project, kind, view)}`,
    description: 'clear',
    icon: 'filter',
    words: ['filter', 'can:clearFilter', 'can:filterList'],
    subject: { of: 'kind', project, kind },
    click: 'hybridClusters.clearFilter',
  });
}

/** Whose a resource is, where a list holds those of all projects: the project's name where it is known, else its id. */
export function ownerOf(project: Project, kind: KindId, resource: Resource): string | undefined {
  const field = kindOf(kind).allProjects?.project;
  const id = field === undefined ? undefined : textAt(resource, field);
  if (id === undefined) return undefined;
  return id === project.id ? project.name : (project.nameOf?.('identity.project', id) ?? id);
}
