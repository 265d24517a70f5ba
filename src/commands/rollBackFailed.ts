import { commands, l10n } from 'vscode';
import { moment } from '../base/clock.ts';
import { success } from '../base/failure.ts';
import type { Logger } from '../base/logger.ts';
import { readOverrides } from '../deploy/readiness/override.ts';
import { ClusterRuns } from '../deploy/record/clusterRuns.ts';
import type { RecordedRun } from '../deploy/record/recordedRun.ts';
import { type RolledBack, rollBackAfter, type WayBack } from '../deploy/record/rollBackAfter.ts';
import type { RunRecord } from '../deploy/record/runRecord.ts';
import { eventLine, type Run } from '../deploy/run/run.ts';
import { watchTarget } from '../deploy/run/watchTarget.ts';
import type { DeploymentSubject } from '../explorer/deploymentRows.ts';
import type { Settings } from '../host/settings.ts';
import type { WayOut } from '../host/tell.ts';
import type { Cluster, Contexts } from '../kubernetes/cluster.ts';
import type { Deployments } from './deployments.ts';
import { deployRecords } from './deployRecords.ts';
import type { Planned } from './planDeploy.ts';

export interface RollBackFailedParts {
  readonly contexts: Contexts;
  readonly deployments: Deployments;
  readonly log: Logger;
  readonly settings: Settings;
}

/** Where the runs of these places are written down, as the settings say. */
export function keepingOf(
  { deployments, settings }: Pick<RollBackFailedParts, 'deployments' | 'settings'>,
  places: readonly string[],
) {
  return { places, inCluster: settings.keepRuns === 'cluster', ...deployRecords(deployments.storage) };
}

/** How the settings want a plan applied. */
export function applyOptions({ parallel, readiness }: Settings) {
  return { parallel, readiness: readOverrides(readiness).overrides };
}

/** After a run that failed, and where the setting `deploy.rollBackOnFailure` wants it: goes back to the last one that succeeded, see {@link rollBackAfter}. `show` gets the run that goes back. */
export async function rollBackFailed(
  parts: RollBackFailedParts,
  { cluster, project, workload, places }: Planned,
  { run, about, end }: RecordedRun,
  show: (run: Run) => void,
  signal?: AbortSignal,
): Promise<RolledBack | undefined> {
  if (!parts.settings.rollBackOnFailure) return undefined;
  const { record } = await end;
  const context = { cluster, ...(project ? { project } : {}), ...(workload ? { workload } : {}) };
  const way = wayBackOf(parts, record, cluster, places, show);
  const back = await rollBackAfter(record, { ...way, context, ...(signal ? { signal } : {}) });
  if (!back) return undefined;
  parts.deployments.record(run, { ...about, rolledBack: back.sentence });
  parts.log.info(back.sentence);
  for (const note of back.notes) parts.log.info(note);
  return back;
}

/** What the way back needs of this window: the runs that are kept, and that the view shows the one that goes back. */
export function wayBackOf(
  parts: RollBackFailedParts,
  { set, name, startedAt, target }: RunRecord,
  cluster: Cluster,
  places: readonly string[],
  show: (run: Run) => void = () => undefined,
): Omit<WayBack, 'context'> {
  const { deployments, contexts, log, settings } = parts;
  const keeping = keepingOf(parts, places);
  return {
    kept: async () => {
      const here = await keeping.runs.of(set);
      const there = keeping.inCluster ? await new ClusterRuns(cluster, target.namespace).all(name) : success([]);
      if (!there.ok) log.warn(there.failure.message);
      const known = new Set(here.map(({ run }) => run));
      const others = there.ok ? there.value.filter(({ run }) => !known.has(run)) : [];
      return success([...here, ...others].sort((one, other) => other.startedAt - one.startedAt));
    },
    keeping,
    options: applyOptions(settings),
    onStart: ({ run, about, end }) => {
      deployments.name(run.plan, l10n.t('{0} as of {1}', name, moment(about.backTo?.startedAt ?? startedAt, Date.now())));
      deployments.record(run, about);
      deployments.history.add(run);
      run.onDidChange((event) => event && log.info(eventLine(event)));
      const watching = watchTarget(run, contexts);
      void end.then(() => watching.dispose());
      show(run);
    },
  };
}

/** **Roll Back Deploy…** where it was not done by itself. */
export function wayToGoBack(back: Pick<RolledBack, 'offers'> | undefined): WayOut[] {
  const record = back?.offers;
  if (!record) return [];
  const subject: DeploymentSubject = { of: 'record', record };
  return [
    { title: l10n.t('Roll Back Deploy…'), run: () => commands.executeCommand('hybridClusters.rollBackDeploy', { subject }) },
  ];
}
