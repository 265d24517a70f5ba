import { l10n, type Uri, window } from 'vscode';
import { countsLine, targetName } from '../deploy/planText.ts';
import type { Blocker, Plan, Step } from '../deploy/types.ts';
import { openAt } from '../host/tell.ts';
import { type CarryOutParts, carryOut, wasDeployedTo } from './carryOut.ts';
import { type Consent, changesSomething, consentFor, riskySteps } from './consent.ts';
import { type PlanParts, planDeploy } from './planDeploy.ts';
import { showChanges } from './showPlan.ts';

export interface ApplyParts extends PlanParts, CarryOutParts {}

/**
 * Apply Deploy: find, prove, show, ask where it must, apply, watch. `places` are files and folders. One at a time: while a run goes on, a second one is not started.
 * With `always`, it asks whatever the settings say: that is the command Plan.
 */
export async function applyDeploy(parts: ApplyParts, places: readonly Uri[], { always = false } = {}): Promise<void> {
  if (parts.deployments.history.running) {
    void window.showInformationMessage(l10n.t('A deploy is running. Wait for its end, or cancel it first.'));
    return;
  }
  const planned = await planDeploy(parts, places);
  if (!planned) return;
  const { plan } = planned;
  parts.deployments.name(plan, planned.name);
  if (plan.blockers.length > 0 || plan.steps.length === 0) return showRefusal(parts, plan);
  const needed = consentFor(plan, parts.settings.confirm, wasDeployedTo(parts.memory, plan.target));
  const asked = always && changesSomething(plan) && needed === 'none' ? 'ask' : needed;
  if (always && asked === 'none') return showNothingToDo(parts, plan);
  if (await hasConsent(parts, plan, asked)) await carryOut(parts, planned);
}

async function hasConsent(parts: ApplyParts, plan: Plan, consent: Consent): Promise<boolean> {
  if (consent === 'none') return true;
  const yes = parts.deployments.show(plan);
  void offer(parts, plan, consent);
  if (!(await yes)) return false;
  return consent !== 'typeName' || parts.prompts.confirmByTyping(nameQuestion(plan));
}

/** The notification beside the plan in the view: **Deploy** and **Show Changes**. Either place may say yes. */
async function offer(parts: ApplyParts, plan: Plan, consent: Consent): Promise<void> {
  const deploy = l10n.t('Deploy');
  const changes = l10n.t('Show Changes');
  const chosen = await parts.prompts.offer(offerText(parts.deployments.nameOf(plan), plan, consent), [deploy, changes]);
  const { pending } = parts.deployments;
  if (pending?.plan !== plan) return;
  if (chosen === deploy) pending.proceed();
  if (chosen !== changes) return;
  await showChanges(parts.documents, plan);
  await offer(parts, plan, consent);
}

function offerText(name: string, plan: Plan, consent: Consent): string {
  const counted = l10n.t('Deploy {0} to {1}? {2}.', name, targetName(plan.target), countsLine(plan.counts));
  if (consent !== 'askRisky') return counted;
  return `${counted} ${l10n.t('At risk: {0}.', riskySteps(plan).map(describeStep).join(', '))}`;
}

function nameQuestion(plan: Plan) {
  const { context, server, user = '' } = plan.target;
  return {
    message: l10n.t('{0} is protected', context),
    detail: l10n.t('{0} on {1} as {2}. Type {3} to deploy.', countsLine(plan.counts), server, user, context),
    word: context,
    yes: l10n.t('Deploy'),
  };
}

const describeStep = ({ action, ref }: Step) => `${action} ${ref.kind} ${ref.name}`;

/** A plan that may not go: the view holds it, the notification says the first reason and opens its place. */
async function showRefusal({ deployments, prompts, log }: ApplyParts, plan: Plan): Promise<void> {
  void deployments.show(plan);
  const [first] = plan.blockers;
  if (!first) {
    void prompts.offer(l10n.t('There is nothing to deploy: no document with apiVersion and kind was found.'), []);
    return;
  }
  for (const { message } of plan.blockers) log.warn(message);
  const more = plan.blockers.length - 1;
  const text =
    more > 0 ? l10n.t('Not deployed: {0} ({1} more)', first.message, more) : l10n.t('Not deployed: {0}', first.message);
  const open = l10n.t('Open');
  const place = placeOf(first, plan);
  if ((await prompts.offer(text, place ? [open] : [], 'error')) === open && place) await openAt(place);
}

function placeOf({ finding, step, failure, place }: Blocker, plan: Plan) {
  const found = place ?? plan.steps.find(({ key }) => key === step)?.source;
  if (found) return { file: found.file, line: found.line };
  if (finding) return { file: finding.file, offset: finding.range.start };
  return failure?.at;
}

function showNothingToDo({ deployments }: ApplyParts, plan: Plan): void {
  void deployments.show(plan);
  window.setStatusBarMessage(l10n.t('Nothing to change on {0}: {1}.', targetName(plan.target), countsLine(plan.counts)), 10_000);
}
