import { l10n } from 'vscode';
import type { Logger } from '../base/logger.ts';
import type { Places } from '../explorer/places.ts';
import type { Bindings } from '../host/bindings.ts';
import type { Choice, Prompts } from '../host/prompts.ts';
import { placeInFront } from '../host/statusBar.ts';
import { tell } from '../host/tell.ts';
import type { Cloud, Clouds } from '../openstack/cloud.ts';
import { descriptionOf, idOf, nameOf } from '../openstack/display.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindIds, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import type { ActTarget } from './actTarget.ts';

export interface ChooseParts {
  readonly bindings: Bindings;
  /** Holds the project that is offered first; absent: none. */
  readonly places?: Pick<Places, 'current'>;
  readonly clouds: Clouds;
  readonly prompts: Prompts;
  readonly log: Logger;
}

/** The project that what is in front is bound to, else the current one, else that of a cloud that is picked; with `anyProject`, one that is picked in any case. Trouble is told. */
export async function chooseProject(
  parts: ChooseParts,
  { anyProject = false }: { readonly anyProject?: boolean } = {},
): Promise<Project | undefined> {
  const { bindings, clouds, prompts, log, places } = parts;
  const place = placeInFront();
  const own = place && bindings.of(place);
  const { current } = places ?? {};
  const standing = own?.cloud ? own : current && { cloud: current.cloud, region: current.region, project: current.id };
  const bound = anyProject ? undefined : standing;
  const choices = async () => (await clouds.list()).clouds.map(({ name }) => ({ label: name, value: name }));
  const cloud = bound?.cloud ?? (await prompts.pick(choices(), { title: l10n.t('In which cloud?') }));
  if (!cloud) return undefined;
  const opened = await clouds.open(cloud, bound?.region);
  const wanted = opened.ok && anyProject ? await pickProject(parts, opened.value) : bound?.project;
  if (anyProject && opened.ok && wanted === undefined) return undefined;
  const project = opened.ok ? await opened.value.project(wanted) : opened;
  if (project.ok) return project.value;
  await tell(project.failure, log);
  return undefined;
}

/** The id of one of the projects of a cloud. */
async function pickProject({ prompts, log }: ChooseParts, cloud: Cloud): Promise<string | undefined> {
  const projects = await cloud.projects();
  if (!projects.ok) {
    await tell(projects.failure, log);
    return undefined;
  }
  const choices = projects.value.map(({ id, name, domain = '' }) => ({ label: name, description: domain, value: id }));
  return prompts.pick(choices, { title: l10n.t('{0}: which project?', cloud.summary.name) });
}

/** One of the kinds that the project has and that fit; default: those that stand below the project itself. A single one is not asked for. */
export async function chooseKind(
  prompts: Prompts,
  project: Project,
  fits: (kind: KindId) => boolean = (id) => kindOf(id).under !== undefined,
): Promise<KindId | undefined> {
  const kinds = kindIds.filter((id) => project.offers(id) && fits(id));
  const [only] = kinds;
  if (kinds.length === 1) return only;
  const choices = kinds.map((id) => ({ label: kindOf(id).label[1], description: groupOf(id), value: id }));
  return prompts.pick(choices, { title: l10n.t('What in {0}?', project.name) });
}

/** The group a kind stands in, or that of what it lies below. */
function groupOf(kind: KindId): string {
  const { under, parent } = kindOf(kind);
  return under ?? (parent ? l10n.t('of one {0}', kindOf(parent.kind).label[0]) : '');
}

/** The resource above, for kinds that lie below another one: picked, from the top. Undefined when dismissed. */
export async function chooseParent(
  parts: Pick<ChooseParts, 'prompts' | 'log'>,
  project: Project,
  kind: KindId,
): Promise<{ readonly parent?: Resource } | undefined> {
  const above = kindOf(kind).parent?.kind;
  if (!above) return {};
  const parent = await chooseResource(parts, project, above, {
    title: l10n.t('Of which {0} in {1}?', kindOf(above).label[0], project.name),
  });
  return parent && { parent };
}

/** `demo › demo (alice)`. */
export function placeName({ cloud, name, user }: Project): string {
  return `${cloud} › ${name} (${user})`;
}

/** One of the project's resources of a kind that fit, by name, id or facts. */
export async function chooseResource(
  parts: Pick<ChooseParts, 'prompts' | 'log'>,
  project: Project,
  kind: KindId,
  {
    title,
    fits,
    parent,
  }: { readonly title?: string; readonly fits?: (resource: Resource) => boolean; readonly parent?: Resource } = {},
): Promise<Resource | undefined> {
  const choices = await resourceChoices(parts, project, kind, fits, parent);
  const heading = title ?? l10n.t('{0} of {1}', kindOf(kind).label[1], project.name);
  return choices && parts.prompts.pick(choices, { title: heading, matchOnDetail: true });
}

/** Those of the project's resources of a kind that fit, as a picker shows them; undefined when they cannot be listed, which is told. */
export async function resourceChoices(
  { log }: Pick<ChooseParts, 'log'>,
  project: Project,
  kind: KindId,
  fits: (resource: Resource) => boolean = () => true,
  parent?: Resource,
): Promise<readonly Choice<Resource>[] | undefined> {
  // What was changed elsewhere just now is wanted, too; a service that can tell is asked for no more than that.
  const list = await project.list(kind, { freshness: 'changes', ...(parent && { parent }) });
  if (!list.ok) {
    await tell(list.failure, log);
    return undefined;
  }
  return list.value.items.filter(fits).map((resource) => ({
    label: nameOf(kind, resource),
    description: descriptionOf(kind, resource),
    detail: idOf(kind, resource),
    value: resource,
  }));
}

/** A resource of a kind in the project in front. */
export async function chooseOne(parts: ChooseParts, kind: KindId): Promise<ActTarget | undefined> {
  const project = await chooseProject(parts);
  const resource = project && (await chooseResource(parts, project, kind));
  return project && resource ? { project, kind, resource } : undefined;
}
