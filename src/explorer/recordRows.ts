import { moment } from '../base/clock.ts';
import { fileName } from '../deploy/files/fileName.ts';
import { targetName } from '../deploy/plan/planText.ts';
import type { RecordedCheck, RecordedStep, RunRecord } from '../deploy/record/runRecord.ts';
import { briefly, canGoBackTo } from '../deploy/run/summary.ts';
import { titleOf } from '../kubernetes/objectKey.ts';
import { type DeploymentRow, outcomeLook, stateLooks } from './deploymentRows.ts';

/** The runs of earlier windows below one folded row, newest first, as they are kept; undefined when there are none. Times in ms since the epoch. Nobody is asked. */
export function earlierRow(records: readonly RunRecord[], now: number): DeploymentRow | undefined {
  if (records.length === 0) return undefined;
  return {
    id: 'earlier',
    label: 'Earlier',
    description: records.length === 1 ? '1 deploy' : `${records.length} deploys`,
    icon: 'history',
    mood: 'quiet',
    words: ['earlier'],
    subject: { of: 'message' },
    children: records.map((record) => recordRow(record, now)),
    open: false,
  };
}

/** A run that is kept: what became of each object then. */
function recordRow(record: RunRecord, now: number): DeploymentRow {
  const { run, name, target, startedAt, summary, steps, commit, checks = [] } = record;
  const id = `record/${run}`;
  const [icon, mood] = outcomeLook(summary.outcome);
  const came = commit && `${commit.id.slice(0, 8)}${commit.dirty ? '*' : ''}`;
  return {
    id,
    label: `${name} → ${targetName(target)}`,
    description: [moment(startedAt, now), briefly(summary), came].filter(Boolean).join(' · '),
    icon,
    mood,
    words: ['run', 'can:report', 'can:compareRuns', ...(canGoBackTo(summary.outcome, steps) ? ['can:rollBackDeploy'] : [])],
    subject: { of: 'record', record },
    children: [...steps.map((step) => recordedStepRow(step, id)), ...checks.map((check) => recordedCheckRow(check, id))],
    open: false,
  };
}

function recordedCheckRow({ key, state, message, file, line }: RecordedCheck, parent: string): DeploymentRow {
  const [icon, mood, word] = stateLooks[state];
  return {
    id: `${parent}/${key}`,
    label: key,
    description: [word === 'ready' ? 'passed' : word, message].filter(Boolean).join(' · '),
    icon,
    mood: mood === 'busy' ? 'quiet' : mood,
    words: ['place', 'can:openSource'],
    subject: { of: 'place', at: { file, line } },
    children: [],
    open: false,
  };
}

function recordedStepRow(
  { key, object, state, applied, message, place, file, line }: RecordedStep,
  parent: string,
): DeploymentRow {
  const [icon, mood, word] = stateLooks[state];
  const done = applied === state ? undefined : stateLooks[applied][2];
  const at = place ?? (file === '' ? undefined : { file, line });
  return {
    id: `${parent}/${key}`,
    label: titleOf({ ...object, name: object.metadata.name }),
    description: [done, word, message, at && `${fileName(at.file)}:${at.line}`].filter(Boolean).join(' · '),
    icon,
    // it goes on no more
    mood: mood === 'busy' ? 'quiet' : mood,
    words: ['step', ...(at ? ['can:openSource'] : [])],
    subject: at ? { of: 'place', at } : { of: 'message' },
    children: [],
    open: false,
  };
}
