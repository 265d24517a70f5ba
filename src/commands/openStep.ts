import { commands } from 'vscode';
import type { Logger } from '../base/logger.ts';
import { printRun, type Run } from '../deploy/run.ts';
import type { DeploymentSubject } from '../explorer/deploymentRows.ts';
import type { Subject } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import { openAt, tell } from '../host/tell.ts';
import type { Contexts } from '../kubernetes/cluster.ts';
import type { Deployments } from './deployments.ts';
import { showStep } from './showPlan.ts';
import { showPodLog } from './showPodLog.ts';

export interface StepParts {
  readonly deployments: Deployments;
  readonly documents: Documents;
  readonly contexts: Contexts;
  readonly log: Logger;
}

/** A click on a row of *Deployments*: the place that is wrong, else what the step changes, else where it is written. */
export async function openStep({ documents }: StepParts, subject: DeploymentSubject | undefined): Promise<void> {
  if (subject?.of === 'place') return openAt(subject.at);
  if (subject?.of !== 'step') return;
  const { plan, step } = subject;
  if (step.action === 'unchanged' || step.action === 'skip' || step.action === 'invalid')
    return openAt({ file: step.source.file, line: step.source.line });
  await showStep(documents, plan, step);
}

/** The last lines of a pod: of one that explains a step, or of one in *Clusters*. */
export async function openLogs(
  { contexts, documents, log }: StepParts,
  subject: DeploymentSubject | Subject | undefined,
): Promise<void> {
  if (subject?.of !== 'object') return;
  const context = 'plan' in subject ? subject.plan.target.context : subject.cluster.context.name;
  const cluster = await contexts.open(context);
  if (!cluster.ok) return tell(cluster.failure, log);
  await showPodLog(documents, cluster.value, subject.ref);
}

/** The run as text; without a row, the newest. */
export async function openReport({ deployments, documents }: StepParts, subject: DeploymentSubject | undefined): Promise<void> {
  const run = subject?.of === 'run' ? subject.run : deployments.history.runs[0];
  if (run) await showReport(documents, run);
}

/** Opens a run as text: a line per step, then the sentence. */
export async function showReport(documents: Documents, run: Run): Promise<void> {
  const uri = documents.provide(`${run.plan.target.context}/report-${run.startedAt}.txt`, () => printRun(run));
  await commands.executeCommand('vscode.open', uri);
}
