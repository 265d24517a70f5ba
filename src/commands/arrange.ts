import { l10n } from 'vscode';
import { objectKey } from '../explorer/keys.ts';
import type { Subject } from '../explorer/nodes.ts';
import type { Opened } from '../explorer/opened.ts';
import {
  type ArrangedView,
  cloudKey,
  contextKey,
  kindKey,
  namespaceKey,
  objectPlace,
  type Places,
  projectKey,
} from '../explorer/places.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import { groupOf } from '../kubernetes/objectKey.ts';
import type { Clouds } from '../openstack/cloud.ts';
import { kindIds, kindOf } from '../openstack/kinds/kinds.ts';
import { chooseObject } from './chooseObject.ts';
import { type ChooseParts, chooseProject } from './chooseResource.ts';

export interface ArrangeParts extends ChooseParts {
  readonly places: Places;
  readonly contexts: Contexts;
  readonly asked: { readonly opened: Opened };
}

type Marked = Places['pinned'][number];

/** Puts a cloud, project, kind, context, namespace or object in front of its siblings, or back among them; pinned projects and objects also stand together at the top. */
export async function pin(parts: ArrangeParts, subject: Subject | undefined, wanted: boolean): Promise<void> {
  const { places, prompts } = parts;
  const title = wanted ? l10n.t('Pin what?') : l10n.t('Unpin what?');
  const place = placeOf(subject) ?? (wanted ? await chooseMarked(parts, title) : await pickMarked(prompts, places.pinned, title));
  if (place) await places.pin(place, wanted);
}

/** Leaves a cloud, project, kind, context or namespace out of its view; nothing else changes. */
export async function hide(parts: ArrangeParts, subject: Subject | undefined): Promise<void> {
  const place = placeOf(subject) ?? (await choosePlace(parts, l10n.t('Hide what?')));
  if (place) await parts.places.hide(place, true);
}

/** Asks which of what is hidden is shown again. */
export async function showHidden({ places, prompts }: ArrangeParts): Promise<void> {
  const choices = places.hidden.map((place) => ({ label: place.label, description: sortOf(place), value: place }));
  if (choices.length === 0) return void (await prompts.offer(l10n.t('Nothing is hidden.'), []));
  const chosen = await prompts.pickMany(choices, { title: l10n.t('Show what again?') });
  for (const place of chosen ?? []) await places.hide(place, false);
}

/** Asks what a view begins with: clouds and projects by a part of their name or `cloud/project`, contexts by one of name or server; on the row that tells of the filter, shows all again. */
export async function filterPlaces(
  { places, prompts }: Pick<ArrangeParts, 'places' | 'prompts'>,
  view: ArrangedView,
  subject: Subject | undefined,
): Promise<void> {
  if (subject?.of === 'placeFilter') return places.setFilter(view, '');
  const title =
    view === 'clouds'
      ? l10n.t('Show clouds and projects with this in their name (cloud/project narrows both; empty: all)')
      : l10n.t('Show contexts with this in their name or server (empty: all)');
  const text = await prompts.text(title, places.filterOf(view), () => undefined);
  if (text !== undefined) await places.setFilter(view, text);
}

/** Makes a project the one that pickers offer first. */
export async function makeCurrent(parts: ArrangeParts, subject: Subject | undefined): Promise<void> {
  const chosen = placeOf(subject)?.project ?? (await chooseProject(parts, { anyProject: true }));
  if (chosen) await parts.places.setCurrent({ cloud: chosen.cloud, region: chosen.region, id: chosen.id, name: chosen.name });
}

function placeOf(subject: Subject | undefined): Marked | undefined {
  switch (subject?.of) {
    case 'cloud':
      return { key: cloudKey(subject.cloud.name), label: subject.cloud.name };
    case 'project': {
      const { id, name } = subject.project;
      const project = { cloud: subject.cloud.name, region: subject.region, id, name };
      return { key: projectKey(project), label: name, project };
    }
    case 'context':
      return { key: contextKey(subject.context.name), label: subject.context.name };
    case 'namespace': {
      const { name } = subject.cluster.context;
      return { key: namespaceKey(name, subject.name), label: `${subject.name} (${name})` };
    }
    case 'object': {
      const { cluster, ref } = subject;
      const { name: context } = cluster.context;
      const { apiVersion, kind, namespace, name } = ref;
      const key = objectKey({ context, group: groupOf(apiVersion), kind, namespace, name });
      return { key: objectPlace(key), label: [context, namespace, `${kind} ${name}`].filter(Boolean).join(' › ') };
    }
    case 'kind':
      return { key: kindKey(subject.kind), label: kindOf(subject.kind).label[1] };
    default:
      return undefined;
  }
}

/** Clouds, the projects that are open, contexts, and kinds. */
async function choosePlace(parts: ArrangeParts, title: string): Promise<Marked | undefined> {
  return parts.prompts.pick(await placeChoices(parts), { title });
}

async function placeChoices(parts: ArrangeParts) {
  const places = [
    ...(await cloudPlaces(parts.clouds)),
    ...projectPlaces(parts),
    ...(await contextPlaces(parts.contexts)),
    ...kindPlaces(),
  ];
  return places.map((place) => ({ label: place.label, description: sortOf(place), value: place }));
}

/** The same, or an object of a cluster. */
async function chooseMarked(parts: ArrangeParts, title: string): Promise<Marked | undefined> {
  const object = { label: `$(symbol-object) ${l10n.t('An object of a cluster…')}`, value: 'object' as const };
  const places = await placeChoices(parts);
  const chosen = await parts.prompts.pick<Marked | 'object'>([object, ...places], { title });
  if (chosen !== 'object') return chosen;
  const picked = await chooseObject(parts, { title, fits: () => true });
  return picked && placeOf({ of: 'object', ...picked });
}

async function cloudPlaces(clouds: Clouds): Promise<readonly Marked[]> {
  return (await clouds.list()).clouds.map(({ name }) => ({ key: cloudKey(name), label: name }));
}

async function contextPlaces(contexts: Contexts): Promise<readonly Marked[]> {
  return (await contexts.list()).contexts.map(({ name }) => ({ key: contextKey(name), label: name }));
}

function projectPlaces({ asked }: ArrangeParts): readonly Marked[] {
  return asked.opened.projects.map(({ cloud, region, id, name }) => {
    const project = { cloud, region, id, name };
    return { key: projectKey(project), label: name, project };
  });
}

function kindPlaces(): readonly Marked[] {
  return kindIds.flatMap((id) => (kindOf(id).under ? [{ key: kindKey(id), label: kindOf(id).label[1] }] : []));
}

function pickMarked(prompts: Prompts, marked: readonly Marked[], title: string): Promise<Marked | undefined> {
  return prompts.pick(
    marked.map((place) => ({ label: place.label, description: sortOf(place), value: place })),
    { title },
  );
}

/** What a place is, in words. */
function sortOf({ key, project }: Marked): string {
  if (project) return l10n.t('project of {0}', project.cloud);
  const [sort = ''] = key.split(':');
  const sorts: Readonly<Record<string, string>> = {
    cloud: l10n.t('cloud'),
    project: l10n.t('project'),
    kind: l10n.t('kind'),
    context: l10n.t('context'),
    namespace: l10n.t('namespace'),
    object: l10n.t('object'),
  };
  return sorts[sort] ?? sort;
}
