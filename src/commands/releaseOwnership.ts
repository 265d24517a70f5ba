import { commands, l10n, ProgressLocation, type Uri, window } from 'vscode';
import { targetName } from '../deploy/plan/planText.ts';
import { planRelease, printRelease, type ReleasePlan, release } from '../deploy/removal/release.ts';
import type { Documents } from '../host/documents.ts';
import type { Prompts } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import { type PlanParts, planDeploy } from './planDeploy.ts';

export interface ReleaseOwnershipParts extends PlanParts {
  readonly documents: Documents;
}

/** Lets go of what was deployed: shown as a plan of its own, asked for (typed on a protected target), then our fields and labels leave the objects. No value changes. */
export async function releaseOwnership(parts: ReleaseOwnershipParts, places: readonly Uri[]): Promise<void> {
  const planned = await planDeploy(parts, places);
  if (!planned) return;
  const { cluster } = planned;
  const plan = await planRelease(planned.plan, cluster);
  const page = parts.documents.provide(`${plan.target.context}/release ${planned.name}.txt`, () => printRelease(plan));
  await commands.executeCommand('vscode.open', page);
  const count = plan.steps.filter(({ action }) => action === 'release').length;
  if (count === 0)
    return void parts.prompts.offer(l10n.t('Nothing of {0} on {1} is ours.', planned.name, targetName(plan.target)), []);
  if (!(await hasConsent(parts.prompts, plan, count))) return;
  const done = await carryOut(plan, cluster, count);
  if (!done.ok) return tell(done.failure, parts.log);
  const { sentence, results } = done.value;
  parts.log.info(sentence);
  await parts.prompts.offer(sentence, [], results.some(({ failure }) => failure) ? 'warning' : 'information');
}

async function hasConsent(prompts: Prompts, { target, steps }: ReleasePlan, count: number): Promise<boolean> {
  const open = steps.filter(({ action, engines }) => action === 'release' && engines.length === 0).length;
  const untaken =
    open === 0 ? '' : ` ${l10n.t('{0} of them no engine has applied yet: whoever applies them next decides.', open)}`;
  const question = {
    message: l10n.t('Release {0} objects on {1}?', count, targetName(target)),
    detail: `${l10n.t('Their values stay. From then on Apply Deploy meets them as objects of others.')}${untaken}`,
    yes: l10n.t('Release'),
  };
  return target.protection === 'protected'
    ? prompts.confirmByTyping({ ...question, word: target.context })
    : prompts.confirm(question);
}

async function carryOut(plan: ReleasePlan, cluster: Cluster, count: number) {
  const title = l10n.t('Releasing → {0}', targetName(plan.target));
  return window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    const onProgress = (done: number, of: number) =>
      progress.report({ message: l10n.t('{0} of {1}', done, of), increment: 100 / count });
    return release(plan, cluster, { signal: stop.signal, onProgress });
  });
}
