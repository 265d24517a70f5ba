import { setTimeout as delay } from 'node:timers/promises';
import { commands, l10n, type Memento, ProgressLocation, window } from 'vscode';
import type { Result } from '../base/failure.ts';
import type { Logger } from '../base/logger.ts';
import { targetName } from '../deploy/plan/planText.ts';
import { provableOf } from '../deploy/proof/prove.ts';
import { readOverrides } from '../deploy/readiness/override.ts';
import { type RecordedRun, startRecorded } from '../deploy/record/recordedRun.ts';
import type { RolledBack } from '../deploy/record/rollBackAfter.ts';
import { eventLine, type Run } from '../deploy/run/run.ts';
import { onlyRemoves } from '../deploy/run/summary.ts';
import { watchTarget } from '../deploy/run/watchTarget.ts';
import type { Plan, RunSummary, Target } from '../deploy/types.ts';
import { type DeploymentSubject, readyOf, stepsToDo } from '../explorer/deploymentRows.ts';
import type { Documents } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Settings } from '../host/settings.ts';
import type { WayOut } from '../host/tell.ts';
import { openAt } from '../host/tell.ts';
import type { Cluster, Contexts, ObjectRef } from '../kubernetes/cluster.ts';
import type { Deployments } from './deployments.ts';
import { showReport } from './openStep.ts';
import type { Planned } from './planDeploy.ts';
import { applyOptions, keepingOf, rollBackFailed, wayToGoBack } from './rollBackFailed.ts';

export interface CarryOutParts {
  readonly contexts: Contexts;
  readonly deployments: Deployments;
  readonly documents: Documents;
  readonly log: Logger;
  readonly prompts: Prompts;
  /** Remembers which targets were deployed to from this workspace. */
  readonly memory: Memento;
  readonly settings: Settings;
}

/** VS Code shows no more than three notifications in 0.8 s, counted from the first of them: the end of a quick run, coming after those of its plan and progress, would be hidden. */
const betweenToastsMs = 850;

/** Carries a plan out: a progress notification that counts and can cancel, the tree that moves, and one sentence at the end. */
export async function carryOut(parts: CarryOutParts, planned: Planned): Promise<RunSummary | undefined> {
  const started = await start(parts, planned);
  if (!started) return undefined;
  const { plan, cluster } = planned;
  const { run, about, note, end } = started;
  parts.deployments.record(run, about);
  parts.deployments.history.add(run);
  if (note !== undefined) parts.log.warn(note);
  const watching = watchTarget(run, parts.contexts);
  void end.then(({ notes }) => {
    watching.dispose();
    for (const said of notes) parts.log.warn(said);
  });
  run.onDidChange((event) => event && parts.log.info(eventLine(event)));
  const shown = Date.now();
  const summary = await showRunning(run);
  parts.log.info(summary.sentence);
  await rememberIfGood(parts.memory, plan.target, summary);
  const back = await rollBackFailed(parts, planned, started, (one) => void showRunning(one, true));
  void delay(Math.max(0, betweenToastsMs - (Date.now() - shown))).then(() => tellEnd(parts, run, { summary, back }, cluster));
  return summary;
}

/** Takes the locks and begins. Whoever deploys the same now is told of, and may be taken over from. */
async function start(parts: CarryOutParts, planned: Planned, takeOver = false): Promise<RecordedRun | undefined> {
  const { problems } = readOverrides(parts.settings.readiness);
  for (const problem of problems) parts.log.warn(problem);
  if (problems[0] !== undefined) void parts.prompts.offer(problems[0], [], 'warning');
  const started = await startPlanned(parts, planned, takeOver);
  if (started.ok) return started.value;
  const { failure } = started;
  parts.log.warn(failure.message);
  const ways = failure.reason === 'conflict' && !takeOver ? [l10n.t('Take Over')] : [];
  const chosen = await parts.prompts.offer(failure.message, ways, 'error');
  return chosen === undefined ? undefined : start(parts, planned, true);
}

/** Takes the locks and begins, as the settings say, and asks nobody. Fails as {@link startRecorded} does. */
export function startPlanned(
  { deployments, settings }: Pick<CarryOutParts, 'deployments' | 'settings'>,
  { plan, cluster, project, written, name, places, workload, backTo }: Planned,
  takeOver = false,
): Promise<Result<RecordedRun>> {
  const keeping = { name, takeOver, ...keepingOf({ deployments, settings }, places), ...(backTo ? { backTo } : {}) };
  const context = { cluster, written, ...(project ? { project } : {}), ...(workload ? { workload } : {}) };
  return startRecorded(plan, context, keeping, applyOptions(settings));
}

/** Whether this target was brought up from this workspace before. */
export function wasDeployedTo(memory: Memento, target: Target): boolean {
  return memory.get<readonly string[]>(deployedTargets, []).includes(identityOf(target));
}

const deployedTargets = 'hybridClusters.deployedTargets';

/** Keeps in mind that a run brought its target up. */
export async function rememberIfGood(memory: Memento, target: Target, { outcome }: RunSummary): Promise<void> {
  if (outcome !== 'succeeded' && outcome !== 'unchanged') return;
  await rememberTarget(memory, target);
  void commands.executeCommand('setContext', 'hybridClusters.deployed', true);
}

async function rememberTarget(memory: Memento, target: Target): Promise<void> {
  const known = memory.get<readonly string[]>(deployedTargets, []);
  await memory.update(deployedTargets, [...new Set([...known, identityOf(target)])]);
}

/** The same name may lead to another cluster tomorrow: then it was not deployed to. */
const identityOf = ({ server, clusterUid, namespace }: Target) => JSON.stringify([clusterUid ?? server, namespace]);

async function showRunning(run: Run, goesBack = false): Promise<RunSummary> {
  const name = targetName(run.plan.target);
  const title = goesBack
    ? l10n.t('Roll Back Deploy → {0}', name)
    : onlyRemoves(run.plan)
      ? l10n.t('Undeploy → {0}', name)
      : l10n.t('Apply Deploy → {0}', name);
  return window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
    token.onCancellationRequested(() => run.cancel());
    let shown = 0;
    const steps = stepsToDo(run.plan);
    const report = () => {
      const done = readyOf(run);
      const share = 100 / Math.max(1, steps);
      const message = onlyRemoves(run.plan) ? l10n.t('{0} of {1} gone', done, steps) : l10n.t('{0} of {1} ready', done, steps);
      progress.report({ message, increment: (done - shown) * share });
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

async function tellEnd(
  parts: CarryOutParts,
  run: Run,
  { summary: { outcome, sentence }, back }: { readonly summary: RunSummary; readonly back: RolledBack | undefined },
  cluster: Cluster,
): Promise<void> {
  if (outcome === 'unchanged') {
    window.setStatusBarMessage(`$(check) ${sentence}`, 10_000);
    return;
  }
  const good = outcome === 'succeeded' || outcome === 'cancelled';
  const ways = [
    ...(good ? [] : waysOut(run)),
    ...wayToGoBack(back),
    ...(outcome === 'succeeded' ? waysToProve(run.plan, cluster) : []),
    { title: l10n.t('Report'), run: () => showReport(parts, run) },
  ];
  const severity = outcome === 'succeeded' ? 'information' : outcome === 'cancelled' ? 'warning' : 'error';
  await offerWays(parts, [sentence, ...(back ? [back.sentence] : [])].join(' '), severity, ways);
}

/** Says how a run ended, with what may be done about it as buttons. */
export async function offerWays(
  { prompts }: Pick<CarryOutParts, 'prompts'>,
  sentence: string,
  severity: 'information' | 'warning' | 'error',
  ways: readonly WayOut[],
): Promise<void> {
  const titles = ways.map(({ title }) => title);
  const chosen = await prompts.offer(sentence, titles, severity);
  await ways.find(({ title }) => title === chosen)?.run();
}

/** **Prove It**, where the plan has a workload whose pods come again and nothing speaks against deleting one. */
function waysToProve(plan: Plan, cluster: Cluster): WayOut[] {
  const [ref] = provableOf(plan);
  if (!ref || plan.target.protection !== 'open') return [];
  return [{ title: l10n.t('Prove It…'), run: () => commands.executeCommand('hybridClusters.proveIt', { cluster, ref }) }];
}

/** **Open** the line that set the bad value, **Logs** of the pod that fails. */
export function waysOut(run: Run): WayOut[] {
  const bad = [...run.latest.values()].filter(({ state }) => state === 'failed' || state === 'notReady');
  const place = bad.find(({ source }) => source)?.source ?? sourceOf(run.plan, bad[0]?.key);
  const pod = bad.flatMap(({ children = [] }) => children).find(({ ref, bad: isBad }) => isBad && ref.kind === 'Pod')?.ref;
  return [
    ...(place && place.file !== '' ? [{ title: l10n.t('Open'), run: () => openAt({ file: place.file, line: place.line }) }] : []),
    ...(pod ? [{ title: l10n.t('Logs'), run: () => openLogs(run.plan, pod) }] : []),
  ];
}

const openLogs = (plan: Plan, ref: ObjectRef) => {
  const subject: DeploymentSubject = { of: 'object', plan, ref };
  return commands.executeCommand('hybridClusters.openLogs', { subject });
};

const sourceOf = (plan: Plan, key: string | undefined) => plan.steps.find((step) => step.key === key)?.source;
