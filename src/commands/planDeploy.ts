import { l10n, ProgressLocation, type Uri, window, workspace } from 'vscode';
import { type Failure, failed, type Result } from '../base/failure.ts';
import type { Binding } from '../binding/binding.ts';
import { discover } from '../deploy/discover.ts';
import { makePlan } from '../deploy/plan.ts';
import { readTarget } from '../deploy/target.ts';
import type { Blocker, Plan } from '../deploy/types.ts';
import type { Written } from '../deploy/written.ts';
import type { Settings } from '../host/settings.ts';
import { tell } from '../host/tell.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { Project } from '../openstack/project.ts';
import { type BindParts, bindFolder } from './bindFolder.ts';
import { editorFiles, pathOf } from './editorFiles.ts';

export interface PlanParts extends BindParts {
  readonly settings: Settings;
}

/** A plan and what carrying it out needs. */
export interface Planned {
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
  const title = l10n.t('Planning → {0}', [binding.context, binding.namespace].filter(Boolean).join('/'));
  const planned = await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      const onProgress = (done: number, of: number) => progress.report({ message: l10n.t('{0} of {1}', done, of) });
      return makePlanFor(parts, places.map(pathOf), binding, { signal: stop.signal, onProgress });
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
