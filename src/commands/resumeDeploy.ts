import { commands, l10n, Uri, window, workspace } from 'vscode';
import { targetName } from '../deploy/plan/planText.ts';
import { printJournal, restOf } from '../deploy/record/journal.ts';
import type { Unfinished } from '../deploy/record/journalFolder.ts';
import { addsNothing, printResumption, resumptionOf } from '../deploy/record/resume.ts';
import { isTargetSet } from '../deploy/targets/targetFile.ts';
import { tell } from '../host/tell.ts';
import { type ApplyParts, goOn, isDeploying } from './applyDeploy.ts';
import { applyTargets } from './applyTargets.ts';
import { chooseValues } from './chooseValues.ts';
import { deployRecords } from './deployRecords.ts';
import { bindingOf, planTarget } from './planDeploy.ts';

/** After a window that was killed in the midst of a deploy: says so, and offers to carry on with what lies in this workspace. Asks nobody but the disk. */
export async function offerResume(parts: ApplyParts): Promise<void> {
  const { journals } = deployRecords(parts.deployments.storage);
  const isHere = ({ state }: Unfinished) => state.begin.places.some((place) => workspace.getWorkspaceFolder(Uri.file(place)));
  for (const unfinished of (await journals.unfinished()).filter(isHere)) {
    // whoever carries on with several targets carries on with all of them
    const left = await journals.unfinished();
    if (left.some(({ state }) => state.begin.run === unfinished.state.begin.run)) await choose(parts, unfinished);
  }
}

/** *Resume Deploy*: the runs that were killed, one of them picked. */
export async function resumeDeploy(parts: ApplyParts): Promise<void> {
  const { journals } = deployRecords(parts.deployments.storage);
  const all = await journals.unfinished();
  if (all.length === 0) {
    void window.showInformationMessage(l10n.t('There is no deploy to carry on: each one came to its end.'));
    return;
  }
  const choices = all.map((unfinished) => ({ label: sentenceOf(unfinished), value: unfinished }));
  const chosen = all.length === 1 ? all[0] : await parts.prompts.pick(choices, { title: l10n.t('Resume Deploy') });
  if (chosen) await choose(parts, chosen);
}

function sentenceOf({ state }: Unfinished): string {
  const { begin } = state;
  const [left, all] = [restOf(state).length, begin.steps.length];
  const since = new Date(begin.at).toLocaleString();
  return l10n.t(
    'The deploy of {0} to {1} of {2} did not end: {3} of {4} objects left.',
    begin.name,
    targetName(begin.target),
    since,
    left,
    all,
  );
}

async function choose(parts: ApplyParts, unfinished: Unfinished): Promise<void> {
  const [resume, inspect, abandon] = [l10n.t('Resume'), l10n.t('Inspect'), l10n.t('Abandon')];
  const chosen = await parts.prompts.offer(sentenceOf(unfinished), [resume, inspect, abandon], 'warning');
  if (chosen === resume) await carryOn(parts, unfinished);
  if (chosen === abandon) await deployRecords(parts.deployments.storage).journals.abandon(unfinished);
  if (chosen !== inspect) return;
  const { state } = unfinished;
  const path = `${state.begin.target.context}/interrupted-${state.begin.run}.txt`;
  await commands.executeCommand(
    'vscode.open',
    parts.documents.provide(path, () => printJournal(state)),
  );
  await choose(parts, unfinished);
}

/** Plans the same places for the same target anew; what arrived is unchanged in that plan. */
async function carryOn(parts: ApplyParts, { state }: Unfinished): Promise<void> {
  if (isDeploying(parts)) return;
  const { target, places, name } = state.begin;
  if (places.length === 0) {
    void window.showInformationMessage(
      l10n.t('The deletion of {0} did not end. Run Undeploy again: what is gone is not asked for twice.', name),
    );
    return;
  }
  const [place = ''] = places;
  if (isTargetSet(place)) return applyTargets(parts, place, { interrupted: state });
  const uris = places.map((one) => Uri.file(one));
  const [first] = uris;
  const bound = first && parts.bindings.of(first);
  const binding = bound?.context === target.context ? { ...bound, ...bindingOf(target) } : bindingOf(target);
  const planned = await planTarget(parts, uris, binding, { valuesFor: (found) => chooseValues(parts, found, false) });
  if (!planned) return;
  const resumption = resumptionOf(state, planned.plan);
  if (!resumption.ok) return tell(resumption.failure, parts.log);
  parts.log.info(printResumption(resumption.value).trimEnd());
  await goOn(parts, { ...planned, name }, { agreed: addsNothing(resumption.value) });
}
