import { l10n, window } from 'vscode';
import { protectionOf } from '../deploy/target.ts';
import { objectKey, resourceKey } from '../explorer/keys.ts';
import { type Asked, clustersOf } from '../explorer/relatedNodes.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Settings } from '../host/settings.ts';
import { actions } from '../openstack/actions/actions.ts';
import type { ActionWord } from '../openstack/actions/actionWords.ts';
import { childrenOf, idOf, nameOf } from '../openstack/display.ts';
import { type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { type Owner, type Ownership, ownerName, ownersOf } from '../relations/owners.ts';
import { type ActTarget, counted, named } from './actTarget.ts';
import { type OwnTarget, ownButtons, takeOwnStep } from './ownStep.ts';
import { type RevealParts, reveal } from './reveal.ts';

export interface GuardParts extends RevealParts {
  readonly prompts: Prompts;
  readonly settings: Pick<Settings, 'protectedTargets' | 'readOnlyTargets'>;
  /** Where owners are looked for. */
  readonly asked: Asked;
}

/** Of many targets, so many are told of one by one. */
const mostTold = 8;

/**
 * Whether the change may go out; `overwritten` is what is lost by it where that is not the targets themselves. What a controller owns is shown with its owner, with what follows and with what to do instead, and wants its name typed; what is lost wants a yes,
 * on a protected project its name; on a read-only one nothing goes out.
 */
export async function mayAct(
  parts: GuardParts,
  word: ActionWord,
  targets: readonly ActTarget[],
  overwritten?: ActTarget,
): Promise<boolean> {
  const { prompts, settings } = parts;
  const lost = overwritten ? [overwritten] : targets;
  const action = actions[word];
  const protection = { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets };
  const marks = targets.map(({ project }) => protectionOf(`${project.cloud}/${project.name}`, protection));
  if (marks.includes('readOnly')) {
    void window.showWarningMessage(
      l10n.t('{0} is read-only here (setting hybridClusters.targets.readOnly). Nothing was sent.', placesOf(targets)),
    );
    return false;
  }
  const ownerships = action.leaves && !overwritten ? [] : await Promise.all(lost.map((target) => ownershipOf(parts, target)));
  const owned = ownerships.some(({ owners, madeByCluster }) => owners.length > 0 || madeByCluster);
  if (!owned && !action.risk) return true;
  const title = action.title.replace('…', '');
  const what = named(lost);
  const detail = [
    ...(overwritten ? [l10n.t('Its data is lost: {0} takes its place.', named(targets))] : []),
    ...new Set(ownerships.flatMap(ownershipLines)),
    ...(action.risk === 'destroys' ? await hangingOn(lost) : []),
    ...(targets.length > 1 ? [listOf(targets)] : []),
    placesOf(targets),
  ].join('\n\n');
  const message = overwritten ? `${title}: ${what}?` : `${title} ${what}?`;
  const takesMuch = action.ends === true && targets.some(({ kind }) => kindOf(kind).deletedByName);
  const typed = owned || (action.risk === 'destroys' && (takesMuch || marks.includes('protected')));
  const yes = typed ? l10n.t('{0}…', title) : title;
  const owners = ownerships.flatMap((ownership) => ownership.owners);
  const [owner] = owners;
  const show = owner && l10n.t('Show {0}', owner.of.world === 'kubernetes' ? owner.of.object.kind : 'Stack');
  const instead = ownButtons(targets.length === 1 ? ownSteps(owners) : []);
  const chosen = await prompts.decide({ message, detail }, [...instead.keys(), ...(show ? [show] : []), yes]);
  const ownAction = chosen === undefined ? undefined : instead.get(chosen);
  if (ownAction) await takeOwnStep(parts, ownAction);
  if (chosen === show && owner && targets[0]) await reveal(parts, keyOf(owner, targets[0].project));
  if (chosen !== yes) return false;
  if (!typed) return true;
  const word_ = wordOf(lost);
  return prompts.confirmByTyping({ message: what, detail: l10n.t('Type {0} to go on.', word_), word: word_, yes: title });
}

/** What can be done to the owners instead. */
function ownSteps(owners: readonly Owner[]): readonly OwnTarget[] {
  return owners.flatMap(({ of, act }) =>
    act && of.world === 'kubernetes' ? [{ word: act.word, target: { cluster: of.cluster, ref: act.ref } }] : [],
  );
}

async function ownershipOf({ asked }: GuardParts, { project, kind, resource, parent }: ActTarget): Promise<Ownership> {
  return ownersOf(project, kind, resource, { clusters: await clustersOf(asked), ...(parent && { parent }) });
}

function ownershipLines({ owners, madeByCluster, failures }: Ownership): string[] {
  return [
    ...[...Map.groupBy(owners, ({ follows, instead }) => `${follows} ${instead}`).values()].map(ownersLine),
    ...(madeByCluster
      ? [
          l10n.t(
            'A Kubernetes cluster made it, and none that is open owns it. Open its context in Clusters to see which object does.',
          ),
        ]
      : []),
    ...failures.map(({ message }) => l10n.t('Who owns it could not be asked everywhere: {0}', message)),
  ];
}

/** Owners who would do the same are told of together. */
function ownersLine(owners: readonly Owner[]): string {
  const [first] = owners;
  const names = owners.map(ownerName).join(', ');
  return l10n.t('Owned by {0}. {1} Better: {2}', names, first?.follows ?? '', first?.instead ?? '');
}

/** `2 ports and 1 volume hang on it.`, from what the catalog says to lie below. */
async function hangingOn(targets: readonly ActTarget[]): Promise<string[]> {
  const counts = new Map<KindId, number>();
  const lists = targets.flatMap(({ project, kind, resource }) =>
    childrenOf(kind, resource)
      .filter((child) => project.offers(child.kind))
      .map(async ({ kind: child, where, parent }) => {
        const list = await project.list(child, { where, ...(parent && { parent }) });
        if (list.ok) counts.set(child, (counts.get(child) ?? 0) + list.value.items.length);
      }),
  );
  await Promise.all(lists);
  const told = [...counts].filter(([, count]) => count > 0).map(([kind, count]) => counted(kind, count));
  return told.length > 0 ? [l10n.t('On it hang: {0}.', told.join(', '))] : [];
}

function listOf(targets: readonly ActTarget[]): string {
  const names = targets.slice(0, mostTold).map(({ kind, resource }) => nameOf(kind, resource));
  const more = targets.length - names.length;
  return [...names, ...(more > 0 ? [l10n.t('and {0} more', more)] : [])].join(', ');
}

/** `demo › demo as alice`. */
function placesOf(targets: readonly ActTarget[]): string {
  return [...new Set(targets.map(({ project }) => `${project.cloud} › ${project.name}, ${project.user}`))].join('; ');
}

/** What is typed: the name, of several how many. */
function wordOf(targets: readonly ActTarget[]): string {
  const [first] = targets;
  return first && targets.length === 1 ? nameOf(first.kind, first.resource) : named(targets);
}

function keyOf({ of }: Owner, project: Project): string {
  if (of.world === 'openstack')
    return resourceKey({
      cloud: project.cloud,
      region: project.region,
      project: project.id,
      kind: of.kind,
      id: idOf(of.kind, of.resource),
    });
  const { name, namespace } = of.object.metadata;
  return objectKey({ context: of.cluster.context.name, group: of.group, kind: of.object.kind, namespace, name });
}
