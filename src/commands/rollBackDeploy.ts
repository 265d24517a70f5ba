import { l10n, window, workspace } from 'vscode';
import { moment } from '../base/clock.ts';
import type { Binding } from '../binding/binding.ts';
import { ClusterRuns } from '../deploy/record/clusterRuns.ts';
import { planRollback } from '../deploy/record/rollBack.ts';
import type { RunRecord } from '../deploy/record/runRecord.ts';
import { canGoBackTo } from '../deploy/run/summary.ts';
import type { DeploymentSubject } from '../explorer/deploymentRows.ts';
import type { Settings } from '../host/settings.ts';
import { tell } from '../host/tell.ts';
import { type ApplyParts, goOn, isDeploying } from './applyDeploy.ts';
import { deployRecords, labelOf, recordAt } from './deployRecords.ts';
import { openTarget } from './openTarget.ts';
import { bindingOf } from './planDeploy.ts';

/** *Roll Back Deploy*: what the run of a row deployed, or from the palette one that is kept, planned again, shown and asked for as any plan. */
export async function rollBackDeploy(parts: ApplyParts, subject: DeploymentSubject | undefined): Promise<void> {
  const all = await keptRuns(parts);
  const named = recordAt(parts.deployments, subject);
  if (named) return planBack(parts, named, all);
  const earlier = all.filter(({ summary, steps }) => canGoBackTo(summary.outcome, steps));
  if (earlier.length === 0) {
    void window.showInformationMessage(l10n.t('No deploy that succeeded is kept: there is nothing to go back to.'));
    return;
  }
  const choices = earlier.map((record) => ({ ...labelOf(record), value: record }));
  const chosen = await parts.prompts.pick(choices, { title: l10n.t('Roll Back Deploy'), matchOnDescription: true });
  if (chosen) await planBack(parts, chosen, all);
}

/** The runs of this machine and, where they are kept there, of the namespaces that the workspace is bound to, newest first. */
async function keptRuns(parts: ApplyParts): Promise<readonly RunRecord[]> {
  const here = await deployRecords(parts.deployments.storage).runs.all();
  if (parts.settings.keepRuns !== 'cluster') return here;
  const bound = (workspace.workspaceFolders ?? []).map(({ uri }) => parts.bindings.of(uri));
  const there = await Promise.all(bound.map((binding) => runsAt(parts, binding)));
  const known = new Set(here.map(({ run }) => run));
  const others = there.flat().filter(({ run }) => !known.has(run));
  return [...here, ...others].sort((one, other) => other.startedAt - one.startedAt);
}

/** What cannot be read is told in the log: the runs of this machine are there all the same. */
async function runsAt({ contexts, settings, log }: ApplyParts, binding: Binding | undefined): Promise<readonly RunRecord[]> {
  if (!binding?.context) return [];
  const opened = await openTarget(contexts, { ...binding, context: binding.context }, protectionIn(settings));
  const runs = opened.ok ? await new ClusterRuns(opened.value.cluster, opened.value.target.namespace).all() : opened;
  if (runs.ok) return runs.value;
  log.warn(runs.failure.message);
  return [];
}

const protectionIn = ({ protectedTargets, readOnlyTargets }: Settings) => ({
  protected: protectedTargets,
  readOnly: readOnlyTargets,
});

async function planBack(parts: ApplyParts, record: RunRecord, all: readonly RunRecord[]): Promise<void> {
  if (isDeploying(parts)) return;
  const { settings, log, contexts } = parts;
  const opened = await openTarget(contexts, bindingOf(record.target), protectionIn(settings));
  if (!opened.ok) return tell(opened.failure, log);
  const { cluster, target } = opened.value;
  const back = await planRollback(record, all, target, cluster, { parallel: settings.parallel });
  if (!back.ok) return tell(back.failure, log);
  const { plan, written, notes } = back.value;
  for (const note of notes) log.info(note);
  if (notes.length > 0) void window.showWarningMessage(notes.join(' '));
  const shown = l10n.t('{0} as of {1}', record.name, moment(record.startedAt, Date.now()));
  const { places, name, run, startedAt } = record;
  await goOn(parts, { name, shown, plan, written, cluster, places, backTo: { run, startedAt } }, { always: true });
}
