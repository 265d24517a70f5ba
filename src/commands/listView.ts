import { l10n } from 'vscode';
import type { ListViews } from '../explorer/listMemory.ts';
import type { Subject } from '../explorer/nodes.ts';
import { sortsOf } from '../explorer/sorting.ts';
import type { ListFilter } from '../openstack/kind.ts';
import { type KindId, kindIds, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { type ChooseParts, chooseKind, chooseProject, resourceChoices } from './chooseResource.ts';

export interface ListViewParts extends ChooseParts {
  readonly views: ListViews;
}

interface List {
  readonly project: Project;
  readonly kind: KindId;
}

/** Asks by what the service shall narrow a list, one condition at a time; those of before stay. */
export async function filterList(parts: ListViewParts, subject: Subject | undefined): Promise<void> {
  const list = await chooseList(parts, subject, (kind) => kindOf(kind).filters !== undefined);
  if (!list) return;
  const { project, kind } = list;
  const many = kindOf(kind).label[1];
  const { filters: set } = parts.views.of(project, kind);
  const choices = (kindOf(kind).filters ?? []).map((filter) => ({
    label: filter.title,
    description: set[filter.field] ?? '',
    value: filter,
  }));
  const clear = { label: `$(clear-all) ${l10n.t('Show all again')}`, value: 'clear' as const };
  const all = [...choices, ...(Object.keys(set).length > 0 ? [clear] : [])];
  const chosen = await parts.prompts.pick<ListFilter<KindId> | 'clear'>(all, {
    title: l10n.t('{0}: only those with which…', many),
  });
  if (chosen === 'clear') return parts.views.clear(project, kind);
  const text = chosen && (await askValue(parts, list, chosen, set[chosen.field] ?? ''));
  if (chosen && text !== undefined) await parts.views.filter(project, kind, chosen.field, text.trim());
}

/** Shows a list whole again. */
export async function clearFilter(parts: ListViewParts, subject: Subject | undefined): Promise<void> {
  const narrowed = (kind: KindId, project: Project) => Object.keys(parts.views.of(project, kind).filters).length > 0;
  const list = await chooseList(parts, subject, narrowed);
  if (list) await parts.views.clear(list.project, list.kind);
}

/** Asks in which order a kind is shown, everywhere; the order it has already, chosen again, is turned round. */
export async function sortList(parts: ListViewParts, subject: Subject | undefined): Promise<void> {
  const list = await chooseList(parts, subject, () => true);
  if (!list) return;
  const { sort } = parts.views.of(list.project, list.kind);
  const choices = sortsOf(list.kind).map((by) => ({
    label: by,
    description: by === sort.by ? (sort.reversed ? l10n.t('now, the other way round') : l10n.t('now; again turns it round')) : '',
    value: by,
  }));
  const by = await parts.prompts.pick(choices, { title: l10n.t('Sort {0} by', kindOf(list.kind).label[1]) });
  if (by) await parts.views.sort(list.kind, { by, ...(by === sort.by && !sort.reversed && { reversed: true }) });
}

/** Lists a kind, or all of a group, for all projects, or for the one project again. */
export async function showAllProjects(parts: ListViewParts, subject: Subject | undefined, wanted: boolean): Promise<void> {
  if (subject?.of === 'kinds') {
    const kinds = subject.kinds.filter((kind) => subject.project.mayListAll?.(kind));
    return parts.views.showAllProjects(subject.project, kinds, wanted);
  }
  const fits = (kind: KindId, project: Project) =>
    project.mayListAll?.(kind) === true && parts.views.of(project, kind).allProjects !== wanted;
  const list = await chooseList(parts, subject, fits);
  if (list) await parts.views.showAllProjects(list.project, [list.kind], wanted);
}

/** The list of a row, else one of a project that is picked. */
async function chooseList(
  parts: ListViewParts,
  subject: Subject | undefined,
  fits: (kind: KindId, project: Project) => boolean,
): Promise<List | undefined> {
  if (subject?.of === 'kind' && fits(subject.kind, subject.project)) return subject;
  const project = await chooseProject(parts);
  if (!project) return undefined;
  if (!kindIds.some((kind) => project.offers(kind) && fits(kind, project))) {
    await parts.prompts.offer(l10n.t('There is no such list in {0}.', project.name), []);
    return undefined;
  }
  const kind = await chooseKind(parts.prompts, project, (one) => fits(one, project));
  return kind && { project, kind };
}

/** The text of one condition: from the words that it may have, from live resources, or typed. Empty takes it away. */
async function askValue(
  parts: ListViewParts,
  { project, kind }: List,
  { title, values, kind: of }: ListFilter<KindId>,
  now: string,
): Promise<string | undefined> {
  const heading = `${kindOf(kind).label[1]}: ${title}`;
  const type = () => parts.prompts.text(heading, now, () => undefined);
  const words = values === 'state' ? statesOf(kind) : values;
  const live = of && (await resourceChoices(parts, project, of));
  const choices = live
    ? live.map(({ value: _, ...choice }) => ({ ...choice, value: choice.detail ?? '' }))
    : words?.map((word) => ({ label: word, value: word }));
  if (!choices) return type();
  const other = { label: `$(edit) ${l10n.t('Something else…')}`, value: undefined };
  const any = { label: `$(clear-all) ${l10n.t('Any')}`, value: '' };
  const all = [...choices, other, ...(now === '' ? [] : [any])].map(({ value, ...one }) => ({ ...one, value: { text: value } }));
  const chosen = await parts.prompts.pick(all, { title: heading });
  return chosen && (chosen.text ?? (await type()));
}

/** The states that the kind's row knows, but for patterns. */
function statesOf(kind: KindId): readonly string[] {
  const [field] = kindOf(kind).status ?? [];
  const states = [...(field?.bad ?? []), ...(field?.busy ?? []), ...(field?.good ?? [])];
  return states.filter((state) => !state.includes('*'));
}
