import { l10n, ProgressLocation, type Uri, window } from 'vscode';
import type { Result } from '../base/failure.ts';
import type { Binding } from '../binding/binding.ts';
import { discover } from '../deploy/discover.ts';
import { type Gathered, gather } from '../deploy/gather.ts';
import { makePlan, type PlanOptions } from '../deploy/plan.ts';
import { noLookup, projectLookup } from '../deploy/projectLookup.ts';
import { readTarget } from '../deploy/target.ts';
import type { Plan } from '../deploy/types.ts';
import type { Written } from '../deploy/written.ts';
import type { Settings } from '../host/settings.ts';
import { tell } from '../host/tell.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { Finding } from '../manifest/finding.ts';
import type { Project } from '../openstack/project.ts';
import { type BindParts, bindFolder } from './bindFolder.ts';
import { editorFiles, pathOf } from './editorFiles.ts';

export interface PlanParts extends BindParts {
  readonly settings: Settings;
}

/** A plan and what carrying it out needs. */
export interface Planned {
  /** What is deployed, as the view names it: the folder or file. */
  readonly name: string;
  readonly plan: Plan;
  readonly written: readonly Written[];
  readonly cluster: Cluster;
  readonly project?: Project;
}

/**
 * Finds the manifests below the places, checks them like the editor does, opens the target and makes the plan. Tells what went wrong and returns undefined when there is
 * no plan to show; a plan with blockers is a plan.
 */
export async function planDeploy(parts: PlanParts, places: readonly Uri[]): Promise<Planned | undefined> {
  const [first] = places;
  if (!first) return undefined;
  const binding = await chooseBinding(parts, first);
  if (!binding?.context) return undefined;
  const target = { ...binding, context: binding.context };
  const title = l10n.t('Planning → {0}', [binding.context, binding.namespace].filter(Boolean).join('/'));
  const planned = await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      const onProgress = (done: number, of: number) => progress.report({ message: l10n.t('{0} of {1}', done, of) });
      return makePlanFor(parts, places.map(pathOf), target, { signal: stop.signal, onProgress });
    },
  );
  if (planned.ok) return planned.value;
  await tell(planned.failure, parts.log);
  return undefined;
}

/** The binding of the place, asked for when it names no context: a deploy needs one. */
async function chooseBinding(parts: PlanParts, place: Uri): Promise<Binding | undefined> {
  const bound = parts.bindings.of(place);
  if (bound?.context) return bound;
  const binding = await bindFolder(parts, place);
  if (binding && !binding.context)
    void window.showInformationMessage(
      l10n.t('Nothing was deployed: the folder is bound to no cluster. Bind it to a context first.'),
    );
  return binding;
}

type Signals = PlanOptions & { readonly signal: AbortSignal };

async function makePlanFor(
  parts: PlanParts,
  places: readonly string[],
  binding: Binding & { readonly context: string },
  options: Signals,
): Promise<Result<Planned>> {
  const [opened, project] = await Promise.all([
    parts.contexts.open(binding.context),
    openProject(parts, binding, options.signal),
  ]);
  if (!opened.ok) return opened;
  const cluster = opened.value;
  const { settings } = parts;
  const protection = { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets };
  const target = await readTarget(cluster, { ...binding, protection }, options.signal);
  if (!target.ok) return target;
  const found = await discover(places, editorFiles, options);
  const lookup = project?.ok
    ? projectLookup(project.value)
    : noLookup(project?.failure.message ?? l10n.t('The folder is bound to no cloud.'));
  const gathered = await gather(found, lookup, options.signal);
  const { written, blockers, texts } = gathered;
  const findings = [...gathered.findings, ...uncheckedOf(gathered)];
  const request = { target: target.value, written, findings, blockers, texts };
  const plan = await makePlan(request, cluster, { ...options, parallel: settings.parallel });
  if (!plan.ok) return plan;
  return {
    ok: true,
    value: { name: nameOf(places), plan: plan.value, written, cluster, ...(project?.ok ? { project: project.value } : {}) },
  };
}

/** The bound project, if a cloud is bound. That it cannot be opened is no reason not to deploy: its references stay unchecked and the plan says so. */
async function openProject(
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

function nameOf(places: readonly string[]): string {
  const [first = '', ...others] = places.map((place) => place.slice(place.lastIndexOf('/') + 1));
  return others.length > 0 ? l10n.t('{0} and {1} more', first, others.length) : first;
}
