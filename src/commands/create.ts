import { l10n } from 'vscode';
import { protectionOf } from '../deploy/target.ts';
import { resourceKey } from '../explorer/keys.ts';
import type { Node } from '../explorer/nodes.ts';
import type { Secrets } from '../host/secrets.ts';
import type { Settings } from '../host/settings.ts';
import { tell } from '../host/tell.ts';
import { creatable, creationOf } from '../openstack/creations/creations.ts';
import { idOf } from '../openstack/display.ts';
import type { Answers } from '../openstack/field.ts';
import type { Resource } from '../openstack/kind.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { askFields } from './askFields.ts';
import { type ChooseParts, chooseKind, chooseParent, chooseProject, placeName } from './chooseResource.ts';
import { type RevealParts, reveal } from './reveal.ts';
import { settle } from './settle.ts';
import { tellOnce } from './tellOnce.ts';

export interface CreateParts extends ChooseParts, RevealParts {
  readonly settings: Pick<Settings, 'protectedTargets' | 'readOnlyTargets'>;
  readonly secrets: Secrets;
}

/** Where one more resource is to stand. */
interface Place {
  readonly project: Project;
  readonly kind: KindId;
  /** The resource above, for kinds that lie below another one. */
  readonly parent?: Resource;
  /** What the list it was called on is narrowed to: answers that are not asked for. */
  readonly where?: Answers;
}

/** Makes one more resource of the kind a row lists, or of one that is picked: asks for what it needs, one question after the other, then shows it in the tree and follows it until it is there. */
export async function create(parts: CreateParts, node: Node | undefined): Promise<void> {
  const place = node ? placeOf(node) : await choosePlace(parts);
  const creation = place && creationOf(place.kind);
  if (!place || !creation) return;
  const { project, kind, parent } = place;
  const [one] = kindOf(kind).label;
  const protection = { protected: parts.settings.protectedTargets, readOnly: parts.settings.readOnlyTargets };
  if (protectionOf(`${project.cloud}/${project.name}`, protection) === 'readOnly') {
    const message = l10n.t(
      '{0} is read-only here (setting hybridClusters.targets.readOnly). Nothing was sent.',
      placeName(project),
    );
    return tell({ reason: 'forbidden', message }, parts.log);
  }
  const title = l10n.t('Create {0} in {1}', one, placeName(project));
  const { fields, once, change } = creation;
  const known = (name: string) => knownIn(place, name);
  const answers = await askFields(parts, { fields, title, project, known, brief: true, ...(parent && { about: parent }) });
  if (!answers) return;
  const made = await parts.secrets.asking(project.cloud, () =>
    project.create(kind, change(answers, parent ?? {}), parent && { parent }),
  );
  if (!made.ok) return tell(made.failure, parts.log);
  parts.log.info(
    [`create ${one}`, placeName(project), made.value.requestId && `request ${made.value.requestId}`].filter(Boolean).join(' · '),
  );
  const resource = madeOf(kind, made.value.body, answers);
  if (once) await tellOnce(made.value.body, once);
  if (!resource) return;
  const { cloud, region, id: scope } = project;
  void settle(parts, 'create', { project, kind, resource, ...(parent && { parent }) }, {});
  if (!parent) await reveal(parts, resourceKey({ cloud, region, project: scope, kind, id: idOf(kind, resource) }));
}

function placeOf({ row: { subject } }: Node): Place | undefined {
  if (subject.of !== 'kind') return undefined;
  const { project, kind, parent, where } = subject;
  return { project, kind, ...(parent && { parent }), ...(where && { where }) };
}

async function choosePlace(parts: CreateParts): Promise<Place | undefined> {
  const project = await chooseProject(parts);
  const kind = project && (await chooseKind(parts.prompts, project, (one) => creatable.includes(one)));
  const above = kind && (await chooseParent(parts, project, kind));
  return above && { project, kind, ...above };
}

/** What the list that is narrowed to one parent answers: a listener knows its load balancer as loadbalancer_id when it is made, and as loadbalancers[].id ever after. */
function knownIn({ where }: Place, name: string): string | undefined {
  return where?.[name] ?? where?.[name.replace(/_id$/, 's.id')];
}

/** What the service answered with, else what the user named. */
function madeOf(kind: KindId, body: unknown, answers: Answers): Resource | undefined {
  const { itemKey } = kindOf(kind);
  const item = itemKey === undefined ? body : typeof body === 'object' && body !== null ? Reflect.get(body, itemKey) : undefined;
  const resource = typeof item === 'object' && item !== null ? (item as Resource) : answers;
  return idOf(kind, resource) === '' ? undefined : resource;
}
