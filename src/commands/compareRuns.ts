import { commands, l10n } from 'vscode';
import { moment } from '../base/clock.ts';
import { diffOfRuns, type ObjectOfRuns, runBefore } from '../deploy/record/runDiff.ts';
import type { RunRecord } from '../deploy/record/runRecord.ts';
import type { DeploymentSubject } from '../explorer/deploymentRows.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import { toYaml } from '../manifest/toYaml.ts';
import { deployRecords, recordAt } from './deployRecords.ts';
import { chooseRecord, type ReportParts } from './openStep.ts';

/** *Compare with the Run Before*: what the run of a row, or from the palette one that is picked, deployed otherwise than the one before it of the same set. Asks nobody but the disk. */
export async function compareRuns(parts: ReportParts, subject: DeploymentSubject | undefined): Promise<void> {
  const { deployments, prompts } = parts;
  const record = recordAt(deployments, subject) ?? (await chooseRecord(parts, l10n.t('Compare Which Run with the Run Before?')));
  if (!record) return;
  const before = runBefore(record, await deployRecords(deployments.storage).runs.of(record.set));
  if (!before) {
    void prompts.offer(l10n.t('No run of {0} that came before is kept: there is nothing to compare with.', record.name), []);
    return;
  }
  const differences = diffOfRuns(before, record);
  const times = [before, record].map(({ startedAt }) => moment(startedAt, Date.now())).join(' ↔ ');
  if (differences.length === 0) {
    void prompts.offer(l10n.t('{0}: both runs deployed the same ({1}).', record.name, times), []);
    return;
  }
  const resources = differences.map((one) => sidesOf(parts, one, before, record));
  await commands.executeCommand('vscode.changes', `${record.name} (${times})`, resources);
}

/** The two sides under one name, so that the editor sees one changed file and not two. */
function sidesOf({ documents }: ReportParts, { key, before, after }: ObjectOfRuns, earlier: RunRecord, later: RunRecord) {
  const path = `${later.target.context}/${key.replaceAll('/', ' ')}.yaml`;
  const side = (object: KubeObject, run: string) => documents.provide(path, () => toYaml(object), { side: run });
  const [one, other] = [before && side(before, earlier.run), after && side(after, later.run)];
  return [other ?? one, one, other];
}
