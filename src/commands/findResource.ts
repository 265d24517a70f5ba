import { l10n } from 'vscode';
import { resourceKey } from '../explorer/keys.ts';
import type { Prompts } from '../host/prompts.ts';
import { placeInFront } from '../host/statusBar.ts';
import { tell } from '../host/tell.ts';
import { descriptionOf, idOf, nameOf } from '../openstack/display.ts';
import { isKindId, type KindId, kindIds, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { type RevealParts, reveal } from './reveal.ts';

export interface FindParts extends RevealParts {
  readonly prompts: Prompts;
}

/** Picks a resource of the bound project (or of a cloud that is picked) by name, id or facts, and shows it in the tree. `kind` narrows the search. */
export async function findResource(parts: FindParts, kind: string | undefined): Promise<void> {
  const project = await openProject(parts);
  if (!project) return;
  const chosen = kind !== undefined && isKindId(kind) ? kind : await pickKind(parts.prompts, project);
  const key = chosen && (await pickResource(parts, project, chosen));
  if (key) await reveal(parts, key);
}

async function openProject({ bindings, clouds, prompts, log }: FindParts): Promise<Project | undefined> {
  const place = placeInFront();
  const bound = place && bindings.of(place);
  const choices = async () => (await clouds.list()).clouds.map(({ name }) => ({ label: name, value: name }));
  const cloud = bound?.cloud ?? (await prompts.pick(choices(), { title: l10n.t('Find in which cloud?') }));
  if (!cloud) return undefined;
  const opened = await clouds.open(cloud, bound?.region);
  const project = opened.ok ? await opened.value.project(bound?.project) : opened;
  if (project.ok) return project.value;
  await tell(project.failure, log);
  return undefined;
}

async function pickKind(prompts: Prompts, project: Project): Promise<KindId | undefined> {
  const kinds = kindIds.filter((id) => kindOf(id).under !== undefined && project.offers(id));
  const choices = kinds.map((id) => ({ label: kindOf(id).label[1], description: kindOf(id).under ?? '', value: id }));
  return prompts.pick(choices, { title: l10n.t('Find what in {0}?', project.name) });
}

async function pickResource({ prompts, log }: FindParts, project: Project, kind: KindId): Promise<string | undefined> {
  const list = await project.list(kind);
  if (!list.ok) {
    await tell(list.failure, log);
    return undefined;
  }
  const { cloud, region, id: scope } = project;
  const choices = list.value.items.map((resource) => ({
    label: nameOf(kind, resource),
    description: descriptionOf(kind, resource),
    detail: idOf(kind, resource),
    value: resourceKey({ cloud, region, project: scope, kind, id: idOf(kind, resource) }),
  }));
  return prompts.pick(choices, { title: l10n.t('{0} of {1}', kindOf(kind).label[1], project.name), matchOnDetail: true });
}
