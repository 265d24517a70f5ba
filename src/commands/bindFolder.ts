import { l10n, type Uri, window, workspace } from 'vscode';
import type { Failure, Result } from '../base/failure.ts';
import type { Logger } from '../base/logger.ts';
import { type Binding, describeBinding } from '../binding/binding.ts';
import type { Places } from '../explorer/places.ts';
import type { Bindings } from '../host/bindings.ts';
import type { Choice, Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import type { Clouds } from '../openstack/cloud.ts';
import { chooseFolder } from './chooseFolder.ts';

export interface BindParts {
  readonly bindings: Bindings;
  readonly clouds: Clouds;
  readonly contexts: Contexts;
  /** Holds the project that is offered first; absent: none. */
  readonly places?: Pick<Places, 'current'>;
  readonly prompts: Prompts;
  readonly log: Logger;
}

/** Says that the user left a picker; anything else is an answer, "none of these" included. */
const dismissed = Symbol('dismissed');
type Answered<T> = T | typeof dismissed;

/**
 * Asks cloud → project → context → namespace, one picker each, and writes the binding of the folder. Questions with one possible answer are not asked.
 * Returns the new binding, or undefined when the user left.
 */
export async function bindFolder(parts: BindParts, place?: Uri): Promise<Binding | undefined> {
  const folder = await chooseFolder(parts.prompts, place);
  const name = folder?.name ?? l10n.t('this window');
  const binding = await askBinding(parts, name);
  if (!binding) return undefined;
  await parts.bindings.bind(folder ?? (place && workspace.getWorkspaceFolder(place)), binding);
  window.setStatusBarMessage(l10n.t('{0} is bound to {1}.', name, describeBinding(binding)), 5000);
  return binding;
}

async function askBinding(parts: BindParts, folder: string): Promise<Binding | undefined> {
  const cloud = await askCloud(parts, l10n.t('Bind {0}: which cloud?', folder));
  if (cloud === dismissed) return undefined;
  const context = await askContext(parts, l10n.t('Bind {0}: which cluster?', folder));
  if (context === dismissed) return undefined;
  const binding = { ...cloud, ...context };
  return binding.cloud || binding.context ? binding : undefined;
}

async function askCloud({ clouds, prompts, log, places }: BindParts, title: string): Promise<Answered<Binding>> {
  const { current } = places ?? {};
  const all = firstOf((await clouds.list()).clouds, ({ name }) => name === current?.cloud);
  if (all.length === 0) return {};
  const choices = all.map(({ name, user, regions, problem }) => ({
    label: name,
    description: problem?.message ?? [user, regions.join(', ')].filter(Boolean).join(' · '),
    value: name,
  }));
  const name = await pickOrNone(prompts, choices, title, l10n.t('No cloud: check against clusters only'));
  if (name === dismissed || name === undefined) return name ?? {};
  const region = await askRegion(prompts, title, all.find((one) => one.name === name)?.regions ?? []);
  if (region === dismissed) return dismissed;
  const cloud = await clouds.open(name, region.region);
  const projects = cloud.ok ? await cloud.value.projects() : cloud;
  if (!projects.ok) return afterTrouble(projects.failure, { cloud: name, ...region }, log);
  const ordered = firstOf(projects.value, ({ id }) => name === current?.cloud && id === current.id);
  const project = await askOne(prompts, l10n.t('{0}: which project?', name), ordered, ({ name: label, domain }) => ({
    label,
    ...(domain ? { description: domain } : {}),
  }));
  return project === dismissed ? dismissed : { cloud: name, ...(project ? { project: project.name } : {}), ...region };
}

/** The list with the one that fits in front. */
function firstOf<T>(all: readonly T[], fits: (one: T) => boolean): readonly T[] {
  return [...all.filter(fits), ...all.filter((one) => !fits(one))];
}

async function askRegion(prompts: Prompts, title: string, regions: readonly string[]): Promise<Answered<Binding>> {
  if (regions.length < 2) return {};
  const region = await askOne(prompts, title, regions, (label) => ({ label }));
  return region === dismissed ? dismissed : { ...(region ? { region } : {}) };
}

async function askContext({ contexts, prompts, log }: BindParts, title: string): Promise<Answered<Binding>> {
  const { contexts: all, current } = await contexts.list();
  if (all.length === 0) return {};
  const choices = all.map(({ name, server, user, problem }) => ({
    label: name,
    description: problem?.message ?? [user, server, name === current && l10n.t("kubectl's current")].filter(Boolean).join(' · '),
    value: name,
  }));
  const context = await pickOrNone(prompts, choices, title, l10n.t('No cluster: check against the cloud only'));
  if (context === dismissed || context === undefined) return context ?? {};
  const namespaces = await listNamespaces(contexts, context);
  if (!namespaces.ok) return afterTrouble(namespaces.failure, { context }, log);
  const namespace = await askOne(prompts, l10n.t('{0}: which namespace?', context), namespaces.value, (label) => ({ label }));
  return namespace === dismissed ? dismissed : { context, ...(namespace ? { namespace } : {}) };
}

async function listNamespaces(contexts: Contexts, context: string): Promise<Result<readonly string[]>> {
  const cluster = await contexts.open(context);
  if (!cluster.ok) return cluster;
  const listed = await cluster.value.list('v1', 'Namespace');
  if (listed.ok) return { ok: true, value: listed.value.items.map(({ metadata }) => metadata.name) };
  const own = cluster.value.context.namespace;
  // Who may not list namespaces still works in their own.
  return listed.failure.reason === 'forbidden' ? { ok: true, value: own ? [own] : [] } : listed;
}

/** The server could not say more now: the part already chosen is bound all the same, and the trouble is told. */
function afterTrouble(failure: Failure, chosen: Binding, log: Logger): Binding {
  void tell(failure, log);
  return chosen;
}

async function pickOrNone<T>(
  prompts: Prompts,
  choices: readonly Choice<T>[],
  title: string,
  none: string,
): Promise<Answered<T | undefined>> {
  const wrapped = [
    ...choices.map((choice) => ({ ...choice, value: { chosen: choice.value as T | undefined } })),
    { label: none, value: { chosen: undefined } },
  ];
  const answer = await prompts.pick<{ readonly chosen: T | undefined }>(wrapped, { title });
  return answer ? answer.chosen : dismissed;
}

async function askOne<T>(
  prompts: Prompts,
  title: string,
  all: readonly T[],
  describe: (one: T) => { readonly label: string; readonly description?: string },
): Promise<Answered<T | undefined>> {
  if (all.length <= 1) return all[0];
  const answer = await prompts.pick<{ readonly one: T }>(
    all.map((one) => ({ ...describe(one), value: { one } })),
    { title },
  );
  return answer ? answer.one : dismissed;
}
