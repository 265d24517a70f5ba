import { join } from 'node:path';
import { targetName } from '../deploy/plan/planText.ts';
import { JournalFolder } from '../deploy/record/journalFolder.ts';
import { RunFolder } from '../deploy/record/runFolder.ts';
import { type RunRecord, recordOf } from '../deploy/record/runRecord.ts';
import { briefly } from '../deploy/run/summary.ts';
import type { DeploymentSubject } from '../explorer/deploymentRows.ts';
import type { Deployments } from './deployments.ts';

/** Where deploys are written down on this machine, below the extension's storage: what goes on, and what is over. */
export interface DeployRecords {
  readonly journals: JournalFolder;
  readonly runs: RunFolder;
}

/** Opens them; nothing is read or written yet. */
export function deployRecords(storage: string): DeployRecords {
  return { journals: new JournalFolder(join(storage, 'journals')), runs: new RunFolder(join(storage, 'runs')) };
}

/** The record of the run that a row stands for: one that is kept, or one of this window as it is now. */
export function recordAt(deployments: Deployments, subject: DeploymentSubject | undefined): RunRecord | undefined {
  if (subject?.of === 'record') return subject.record;
  const about = subject?.of === 'run' ? deployments.aboutOf(subject.run) : undefined;
  return subject?.of === 'run' && about ? recordOf(subject.run, about) : undefined;
}

/** How a run is shown in a list. */
export function labelOf({ name, target, startedAt, summary, commit, run }: RunRecord) {
  const when = new Date(startedAt).toLocaleString();
  return {
    label: `${name} → ${targetName(target)}`,
    description: [when, commit && `${commit.id.slice(0, 8)}${commit.dirty ? '*' : ''}`].filter(Boolean).join(' · '),
    detail: `${briefly(summary)} · ${run}`,
  };
}
