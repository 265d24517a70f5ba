import { commands, l10n } from 'vscode';
import { reportOf } from '../deploy/record/report.ts';
import { type RunRecord, recordOf } from '../deploy/record/runRecord.ts';
import type { Run } from '../deploy/run/run.ts';
import type { DeploymentSubject } from '../explorer/deploymentRows.ts';
import type { Documents } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import { openAt } from '../host/tell.ts';
import type { Deployments } from './deployments.ts';
import { deployRecords, labelOf, recordAt } from './deployRecords.ts';
import { showStep } from './showPlan.ts';

export interface StepParts {
  readonly deployments: Deployments;
  readonly documents: Documents;
}

export interface ReportParts extends StepParts {
  readonly prompts: Prompts;
}

/** A click on a row of *Deployments*: the place that is wrong, else what the step changes, else where it is written. */
export async function openStep({ documents }: StepParts, subject: DeploymentSubject | undefined): Promise<void> {
  if (subject?.of === 'place') return openAt(subject.at);
  if (subject?.of !== 'step') return;
  const { plan, step } = subject;
  const isWritten = step.source.file !== '';
  const isElsewhere = step.action === 'skip' && (step.release === undefined || step.result === undefined);
  if (isWritten && (step.action === 'unchanged' || isElsewhere || step.action === 'invalid'))
    return openAt({ file: step.source.file, line: step.source.line });
  await showStep(documents, plan, step);
}

/** *Show Deploy Report*: of the run of a row; from the palette, of one of the runs that are kept, or of the newest of this window. */
export async function openReport(parts: ReportParts, subject: DeploymentSubject | undefined): Promise<void> {
  const record = recordAt(parts.deployments, subject) ?? (await chooseRecord(parts, l10n.t('Show Deploy Report')));
  if (record) await openRecord(parts.documents, record);
}

/** One of the runs that are kept, or the newest of this window, asked for where there are several. That there is none is told. */
export async function chooseRecord({ deployments, prompts }: ReportParts, title: string): Promise<RunRecord | undefined> {
  const [newest] = deployments.history.runs;
  const kept = await deployRecords(deployments.storage).runs.all();
  const about = newest && deployments.aboutOf(newest);
  const earlier = kept.filter(({ run }) => run !== about?.run);
  const records = [...(newest && about ? [recordOf(newest, about)] : []), ...earlier];
  if (records.length === 0) {
    await prompts.offer(l10n.t('There is no report: nothing was deployed from this machine yet.'), []);
    return undefined;
  }
  if (records.length === 1) return records[0];
  const choices = records.map((record) => ({ ...labelOf(record), value: record }));
  return prompts.pick(choices, { title, matchOnDescription: true });
}

/** Opens the report of a run of this window, as it is now. */
export async function showReport({ deployments, documents }: StepParts, run: Run): Promise<void> {
  const about = deployments.aboutOf(run);
  if (about) await openRecord(documents, recordOf(run, about));
}

/** As a page that can be read and copied; its source is Markdown. */
async function openRecord(documents: Documents, record: RunRecord): Promise<void> {
  const uri = documents.provide(`${record.target.context}/report-${record.run}.md`, () => reportOf(record));
  await commands.executeCommand('markdown.showPreview', uri);
}
