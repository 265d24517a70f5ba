import { l10n, ProgressLocation, type Uri, window, workspace } from 'vscode';
import { type Result, success } from '../base/failure.ts';
import type { Binding } from '../binding/binding.ts';
import type { WrittenCheck } from '../deploy/checks/readChecks.ts';
import type { Discovered } from '../deploy/files/discover.ts';
import type { Gathered } from '../deploy/files/gather.ts';
import type { Written } from '../deploy/files/written.ts';
import { noLookup } from '../deploy/live/projectLookup.ts';
import type { Allowed } from '../deploy/plan/decide.ts';
import { makePlan, type PlanOptions } from '../deploy/plan/plan.ts';
import type { RunAbout } from '../deploy/record/runRecord.ts';
import { setNames } from '../deploy/removal/setNames.ts';
import { guardProject } from '../deploy/target.ts';
import type { OpenedTarget } from '../deploy/targets/planTargets.ts';
import { readPatches } from '../deploy/targets/readPatches.ts';
import type { Plan, Target } from '../deploy/types.ts';
import type { SecretConsent } from '../host/secretConsent.ts';
import type { Settings } from '../host/settings.ts';
import { tell } from '../host/tell.ts';
import type { Cluster, ObjectRef } from '../kubernetes/cluster.ts';
import type { Finding } from '../manifest/finding.ts';
import type { Project } from '../openstack/project.ts';
import { gatherDeploy } from '../render/gatherDeploy.ts';
import { type BindParts, bindFolder } from './bindFolder.ts';
import { discoverFiles } from './discoverFiles.ts';
import { editorFiles, openFolders, pathOf } from './editorFiles.ts';
import { openTarget } from './openTarget.ts';
import type { WorkspaceCredentials } from './workspaceCredentials.ts';

export interface PlanParts extends BindParts {
  readonly settings: Settings;
  /** As whom manifests are used. */
  readonly credentials: () => Promise<WorkspaceCredentials>;
  readonly secretConsent: SecretConsent;
}

/** A plan and what carrying it out needs. */
export interface Planned {
  /** What is deployed, as the view names it: the folder or file. */
  readonly name: string;
  /** What it is called while it is shown, where that is more: an earlier version. */
  readonly shown?: string;
  /** The files and folders. */
  readonly places: readonly string[];
  readonly plan: Plan;
  readonly written: readonly Written[];
  /** The earlier run that it goes back to. */
  readonly backTo?: NonNullable<RunAbout['backTo']>;
  readonly cluster: Cluster;
  readonly project?: Project;
  /** Opens the workload cluster of a Cluster of Cluster API. */
  readonly workload?: (owner: ObjectRef) => Promise<Result<Cluster>>;
}

/**
 * Finds the manifests below the places, checks them like the editor does, opens the target and makes the plan. Tells what went wrong and returns undefined when there is
 * no plan to show; a plan with blockers is a plan.
 */
export async function planDeploy(
  parts: PlanParts,
  places: readonly Uri[],
  choices: PlanChoices = {},
): Promise<Planned | undefined> {
  const [first] = places;
  if (!first) return undefined;
  const binding = await chooseBinding(parts, first);
  if (!binding?.context) return undefined;
  return planTarget(parts, places, { ...binding, context: binding.context }, choices);
}

/** The same for a target that is known. */
export async function planTarget(
  parts: PlanParts,
  places: readonly Uri[],
  binding: Binding & { readonly context: string },
  choices: PlanChoices = {},
): Promise<Planned | undefined> {
  const title = l10n.t('Planning → {0}', [binding.context, binding.namespace].filter(Boolean).join('/'));
  const planned = await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      const onProgress = (done: number, of: number) => progress.report({ message: l10n.t('{0} of {1}', done, of) });
      return makePlanFor(parts, places, binding, choices, { signal: stop.signal, onProgress });
    },
  );
  if (planned.ok) return planned.value;
  await tell(planned.failure, parts.log);
  return undefined;
}

/** The binding that leads to a target again. */
export function bindingOf({ context, namespace, cloud, project }: Target) {
  return { context, namespace, ...(cloud === undefined ? {} : { cloud }), ...(project === undefined ? {} : { project }) };
}

/** The binding of the place, asked for when it names no context: a deploy needs one. */
export async function chooseBinding(parts: PlanParts, place: Uri): Promise<Binding | undefined> {
  const bound = parts.bindings.of(place);
  if (bound?.context) return bound;
  const binding = await bindFolder(parts, place);
  if (binding && !binding.context)
    void window.showInformationMessage(
      l10n.t('Nothing was deployed: the folder is bound to no cluster. Bind it to a context first.'),
    );
  return binding;
}

/** The same without a word: for what is done by itself. */
export function planQuietly(
  parts: PlanParts,
  places: readonly Uri[],
  binding: Binding & { readonly context: string },
  signal: AbortSignal,
): Promise<Result<Planned>> {
  return makePlanFor(parts, places, binding, {}, { signal });
}

type Signals = PlanOptions & { readonly signal: AbortSignal };

async function makePlanFor(
  parts: PlanParts,
  uris: readonly Uri[],
  binding: Binding & { readonly context: string },
  { allowed = {}, valuesFor }: PlanChoices,
  options: Signals,
): Promise<Result<Planned>> {
  const { settings } = parts;
  const places = uris.map(pathOf);
  const own = { ...binding, paths: places, ...(valuesFor ? { valuesFor } : {}) };
  const read = await readForTarget(parts, own, options.signal);
  if (!read.ok) return read;
  const { request, context } = read.value;
  const set = { ...(await setOf(uris)), prune: settings.prune };
  const plan = await makePlan({ ...request, set, allowed }, context.cluster, { ...options, parallel: settings.parallel });
  return plan.ok ? success({ name: nameOf(places), places, plan: plan.value, ...context }) : plan;
}

/** What a person chose for a plan, or is asked for. */
export interface PlanChoices {
  readonly allowed?: Allowed;
  readonly valuesFor?: ValuesFor;
}

/** Chooses the values files for the charts that were found. */
export type ValuesFor = (found: Discovered) => Promise<readonly string[]>;

/** What is deployed to one target: what is to be read, and what is its own. */
export interface TargetPlaces extends Binding {
  readonly context: string;
  readonly paths: readonly string[];
  readonly values?: readonly string[];
  readonly patches?: readonly string[];
  readonly checks?: readonly WrittenCheck[];
  /** In place of values that are named. */
  readonly valuesFor?: ValuesFor;
}

/** Opens a target and reads what goes there, kustomizations and charts rendered, checked like the editor does. Fails as connections do; what is wrong with files is in what was read. */
export async function readForTarget(
  parts: PlanParts,
  { paths, values: named = [], patches = [], valuesFor, checks, ...binding }: TargetPlaces,
  signal: AbortSignal,
): Promise<Result<OpenedTarget>> {
  const { settings } = parts;
  const protection = { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets };
  const [opened, project] = await Promise.all([
    openTarget(parts.contexts, binding, protection, signal),
    openProject(parts, binding, signal),
  ]);
  if (!opened.ok) return opened;
  const { cluster, target } = opened.value;
  const { namespace } = target;
  const read = await gatherDeploy(await discoverFiles(paths, { signal }), {
    paths,
    checks,
    files: editorFiles,
    within: openFolders(),
    cluster,
    namespace,
    valuesFor: async (found) => (named.length > 0 ? named : ((await valuesFor?.(found)) ?? [])),
    openLookup: async (_found, { stacks }) => {
      // Without its cloud a stack cannot be planned, and why is what the user wants to know.
      if (stacks.length > 0 && project && !project.ok) return project;
      return success(
        project?.ok
          ? (await parts.credentials()).lookup(project.value, { cluster, namespace, consent: parts.secretConsent })
          : noLookup(project?.failure.message ?? l10n.t('The folder is bound to no cloud.')),
      );
    },
    isUnsaved,
    signal,
  });
  if (!read.ok) return read;
  const { stacks } = read.value;
  const gathered = await readPatches(read.value, patches, editorFiles);
  const more = project?.ok ? { project: project.value } : {};
  const hasStacks = stacks.stacks.length > 0 && project?.ok;
  const request = {
    ...gathered,
    target: hasStacks ? guardProject(target, project.value, protection) : target,
    findings: [...gathered.findings, ...uncheckedOf(gathered)],
    severities: settings.severities,
    ...more,
  };
  return success({ request, context: { cluster, written: gathered.written, ...more } });
}

const isUnsaved = (file: string) => workspace.textDocuments.some(({ isDirty, uri }) => isDirty && pathOf(uri) === file);

/** The bound project, if a cloud is bound. That it cannot be opened is no reason not to deploy: its references stay unchecked and the plan says so. */
export async function openProject(
  { clouds }: PlanParts,
  { cloud, region, project }: Binding,
  signal: AbortSignal,
): Promise<Result<Project> | undefined> {
  if (!cloud) return undefined;
  const opened = await clouds.open(cloud, region);
  return opened.ok ? opened.value.project(project, signal) : opened;
}

/** A green check that checked nothing would be a lie: what could not be asked is said. */
function uncheckedOf({ unchecked, paused = '', texts }: Gathered): Finding[] {
  const [file] = texts.keys();
  if (unchecked === 0 || file === undefined) return [];
  const message = l10n.t('{0} references could not be checked. {1}', unchecked, paused);
  return [{ file, range: { start: 0, end: 0 }, severity: 'warning', code: 'reference.unchecked', message }];
}

/** The set that places belong to. */
export async function setOf(places: readonly Uri[]): Promise<ReturnType<typeof setNames>> {
  const chosen = places.map(pathOf).map(async (path) => {
    const facts = await editorFiles.facts(path);
    return { path, isFolder: facts.ok && facts.value.type === 'folder' };
  });
  return setNames(await Promise.all(chosen), openFolders());
}

function nameOf(places: readonly string[]): string {
  const [first = '', ...others] = places.map((place) => place.slice(place.lastIndexOf('/') + 1));
  return others.length > 0 ? l10n.t('{0} and {1} more', first, others.length) : first;
}
