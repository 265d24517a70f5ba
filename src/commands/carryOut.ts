import { commands, l10n, type Memento, ProgressLocation, window } from 'vscode';
import type { Logger } from '../base/logger.ts';
import { targetName } from '../deploy/planText.ts';
import { eventLine, type Run, startRun } from '../deploy/run.ts';
import type { Plan, RunSummary, Target } from '../deploy/types.ts';
import { readyOf } from '../explorer/deploymentRows.ts';
import type { Documents } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Settings } from '../host/settings.ts';
import type { WayOut } from '../host/tell.ts';
import { openAt } from '../host/tell.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { Deployments } from './deployments.ts';
import { showReport } from './openStep.ts';
import type { Planned } from './planDeploy.ts';
import { showPodLog } from './showPodLog.ts';

export interface CarryOutParts {
  readonly deployments: Deployments;
  readonly documents: Documents;
  readonly log: Logger;
  readonly prompts: Prompts;
  /** Remembers which targets were deployed to from this workspace. */
  readonly memory: Memento;
  readonly settings: Settings;
}

/** Carries a plan out: a progress notification that counts and can cancel, the tree that moves, and one sentence at the end. */
export async function carryOut(parts: CarryOutParts, { plan, cluster, project, written }: Planned): Promise<RunSummary> {
  const run = startRun(plan, { cluster, written, ...(project ? { project } : {}) }, { parallel: parts.settings.parallel });
  parts.deployments.history.add(run);
  run.onDidChange((event) => event && parts.log.info(eventLine(event)));
  const summary = await showProgress(run);
  parts.log.info(summary.sentence);
  if (summary.outcome === 'succeeded' || summary.outcome === 'unchanged') {
    await rememberTarget(parts.memory, plan.target);
    void commands.executeCommand('setContext', 'hybridClusters.deployed', true);
  }
  void tellEnd(parts, run, summary, cluster);
  return summary;
}

/** Whether this target was brought up from this workspace before. */
export function wasDeployedTo(memory: Memento, target: Target): boolean {
  return memory.get<readonly string[]>(deployedTargets, []).includes(identityOf(target));
}

const deployedTargets = 'hybridClusters.deployedTargets';

async function rememberTarget(memory: Memento, target: Target): Promise<void> {
  const known = memory.get<readonly string[]>(deployedTargets, []);
  await memory.update(deployedTargets, [...new Set([...known, identityOf(target)])]);
}

/** The same name may lead to another cluster tomorrow: then it was not deployed to. */
const identityOf = ({ server, clusterUid, namespace }: Target) => JSON.stringify([clusterUid ?? server, namespace]);

async function showProgress(run: Run): Promise<RunSummary> {
  const title = l10n.t('Apply Deploy → {0}', targetName(run.plan.target));
  return window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
    token.onCancellationRequested(() => run.cancel());
    let shown = 0;
    const report = () => {
      const done = readyOf(run);
      const share = 100 / Math.max(1, run.plan.steps.length);
      progress.report({ message: l10n.t('{0} of {1} ready', done, run.plan.steps.length), increment: (done - shown) * share });
      shown = done;
    };
    report();
    const subscription = run.onDidChange(report);
    try {
      return await run.done;
    } finally {
      subscription.dispose();
    }
  });
}

async function tellEnd(parts: CarryOutParts, run: Run, { outcome, sentence }: RunSummary, cluster: Cluster): Promise<void> {
  if (outcome === 'unchanged') {
    window.setStatusBarMessage(`$(check) ${sentence}`, 10_000);
    return;
  }
  const good = outcome === 'succeeded' || outcome === 'cancelled';
  const ways = [
    ...(good ? [] : waysOut(parts, run, cluster)),
    { title: l10n.t('Report'), run: () => showReport(parts.documents, run) },
  ];
  const severity = outcome === 'succeeded' ? 'information' : outcome === 'cancelled' ? 'warning' : 'error';
  const titles = ways.map(({ title }) => title);
  const chosen = await parts.prompts.offer(sentence, titles, severity);
  await ways.find(({ title }) => title === chosen)?.run();
}

/** **Open** the line that set the bad value, **Logs** of the pod that fails. */
function waysOut({ documents }: CarryOutParts, run: Run, cluster: Cluster): WayOut[] {
  const bad = [...run.latest.values()].filter(({ state }) => state === 'failed' || state === 'notReady');
  const place = bad.find(({ source }) => source)?.source ?? sourceOf(run.plan, bad[0]?.key);
  const pod = bad.flatMap(({ children = [] }) => children).find(({ ref, bad: isBad }) => isBad && ref.kind === 'Pod')?.ref;
  return [
    ...(place ? [{ title: l10n.t('Open'), run: () => openAt({ file: place.file, line: place.line }) }] : []),
    ...(pod ? [{ title: l10n.t('Logs'), run: () => showPodLog(documents, cluster, pod) }] : []),
  ];
}

const sourceOf = (plan: Plan, key: string | undefined) => plan.steps.find((step) => step.key === key)?.source;
