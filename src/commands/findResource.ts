import { l10n } from 'vscode';
import { Semaphore } from '../base/semaphore.ts';
import { resourceKey } from '../explorer/keys.ts';
import type { ListViews } from '../explorer/listMemory.ts';
import { tell } from '../host/tell.ts';
import type { Cloud } from '../openstack/cloud.ts';
import { descriptionOf, idOf, nameOf } from '../openstack/display.ts';
import { isKindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { type Match, search } from '../openstack/search.ts';
import { type ChooseParts, chooseKind, chooseProject, chooseResource } from './chooseResource.ts';
import { type RevealParts, reveal } from './reveal.ts';

export interface FindParts extends RevealParts, ChooseParts {
  readonly views: ListViews;
}

/** In so many projects of a cloud something is looked for; each is one sign-in more. */
const mostProjects = 20;
const openedAtATime = 4;

/**
 * Finds a resource by id, name, address or tag in all projects of the cloud in front (or of one that is picked), and shows it in the tree. `named` is a kind: then one of that kind is
 * picked from the project in front. `text` is what is looked for, where it is known already.
 */
export async function findResource(parts: FindParts, named: string | undefined, text?: string): Promise<void> {
  const project = await chooseProject(parts);
  if (!project) return;
  const match = named !== undefined && isKindId(named) ? await pickOf(parts, project, named) : await look(parts, project, text);
  if (match) await showMatch(parts, match);
}

/** Shows what was found in the tree. */
export async function showMatch(parts: Pick<FindParts, 'views' | keyof RevealParts>, match: Match): Promise<void> {
  const { cloud, region, id: scope } = match.project;
  // A list that is narrowed may not hold it.
  if (Object.keys(parts.views.of(match.project, match.kind).filters).length > 0)
    await parts.views.clear(match.project, match.kind);
  await reveal(parts, resourceKey({ cloud, region, project: scope, kind: match.kind, id: idOf(match.kind, match.resource) }));
}

async function pickOf(parts: FindParts, project: Project, named: Match['kind'] | undefined): Promise<Match | undefined> {
  const kind = named ?? (await chooseKind(parts.prompts, project));
  const resource = kind && (await chooseResource(parts, project, kind));
  return kind && resource && { project, kind, resource };
}

/** Asks for a text, and lets the user pick of what is found while the search goes on; without a text, one of a kind is picked. */
async function look(parts: FindParts, front: Project, known: string | undefined): Promise<Match | undefined> {
  const { prompts, clouds, log } = parts;
  const title = l10n.t('Find in {0}: an id, a name, an IP or MAC address, a tag (empty: choose a kind)', front.cloud);
  const text = known ?? (await prompts.text(title, '', () => undefined));
  if (text === undefined) return undefined;
  if (text.trim() === '') return pickOf(parts, front, undefined);
  const opened = await clouds.open(front.cloud, front.region);
  if (!opened.ok) {
    await tell(opened.failure, log);
    return undefined;
  }
  return prompts.pickFound<Match>(l10n.t('{0} in {1}', text.trim(), front.cloud), async (add, signal) => {
    const { projects, left } = await projectsOf(opened.value, front, signal);
    let count = 0;
    const found = (match: Match) => {
      count += 1;
      add(choiceOf(match));
    };
    const failures = await search(text, projects, found, signal);
    const where =
      left > 0 ? l10n.t('{0} of {1} projects', projects.length, projects.length + left) : l10n.t('{0} projects', projects.length);
    const [failure] = failures;
    return [count > 0 ? l10n.t('{0} found in {1}.', count, where) : l10n.t('Nothing found in {0}.', where), failure?.message]
      .filter(Boolean)
      .join(' ');
  });
}

/** The project in front, then the others of its cloud that can be opened; and how many were left out. */
async function projectsOf(cloud: Cloud, front: Project, signal: AbortSignal) {
  const listed = await cloud.projects(signal);
  const others = listed.ok ? listed.value.filter(({ id }) => id !== front.id) : [];
  const room = new Semaphore(openedAtATime);
  const opened = await Promise.all(others.slice(0, mostProjects - 1).map(({ id }) => room.run(() => cloud.project(id, signal))));
  const projects = [front, ...opened.flatMap((one) => (one.ok ? [one.value] : []))];
  return { projects, left: others.length + 1 - projects.length };
}

function choiceOf(match: Match) {
  const { project, kind, resource } = match;
  return {
    label: `$(${kindOf(kind).icon}) ${nameOf(kind, resource)}`,
    description: [kindOf(kind).label[0], descriptionOf(kind, resource)].filter(Boolean).join(' · '),
    detail: `${project.cloud} › ${project.name} · ${idOf(kind, resource)}`,
    value: match,
  };
}
