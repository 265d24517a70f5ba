import { l10n, type Uri, window } from 'vscode';
import { fileName } from '../deploy/files/fileName.ts';
import type { Allowed } from '../deploy/plan/decide.ts';
import { countsLine, targetName, toDoLine } from '../deploy/plan/planText.ts';
import { changesSomething, riskLine, riskySteps } from '../deploy/plan/risky.ts';
import { withoutPrunes, wordToType } from '../deploy/removal/prune.ts';
import { onlyRemoves } from '../deploy/run/summary.ts';
import type { Blocker, Plan, RunSummary, Step } from '../deploy/types.ts';
import { fixOf } from '../explorer/deploymentRows.ts';
import { openAt } from '../host/tell.ts';
import { applyTargets, targetSetOf } from './applyTargets.ts';
import { type CarryOutParts, carryOut, wasDeployedTo } from './carryOut.ts';
import { chooseValues } from './chooseValues.ts';
import { type Consent, consentFor } from './consent.ts';
import { destroyQuestion, nameQuestion, placesOfStacks } from './consentQuestions.ts';
import { type DetailsParts, openDetails } from './details.ts';
import { fixInFile } from './fixInFile.ts';
import { type Planned, type PlanParts, planDeploy } from './planDeploy.ts';
import { showChanges } from './showPlan.ts';

export interface ApplyParts extends PlanParts, CarryOutParts, DetailsParts {}

/**
 * Apply Deploy: find, prove, show, ask where it must, apply, watch. `places` are files and folders; a file of targets, or a folder with one, goes to all of its targets. One at a time: while a run goes on, a second one is not started.
 * With `always`, it asks whatever the settings say: that is the command Plan.
 */
export async function applyDeploy(
  parts: ApplyParts,
  places: readonly Uri[],
  { always = false, allowed }: { readonly always?: boolean; readonly allowed?: Allowed } = {},
): Promise<void> {
  if (isDeploying(parts)) return;
  const set = await targetSetOf(places);
  if (set !== undefined) return applyTargets(parts, set, { always });
  const planned = await planDeploy(parts, places, {
    ...(allowed ? { allowed } : {}),
    valuesFor: (found) => chooseValues(parts, found, always),
  });
  const again = (chosen: Allowed) => applyDeploy(parts, places, { always: true, allowed: chosen });
  if (planned) await goOn(parts, planned, { always, ...(allowed ? {} : { again }) });
}

/** Whether a run goes on, which is said. */
export function isDeploying({ deployments }: Pick<ApplyParts, 'deployments'>): boolean {
  if (!deployments.isRunning) return false;
  void window.showInformationMessage(l10n.t('A deploy is running. Wait for its end, or cancel it first.'));
  return true;
}

/** A plan is shown, asked for where it must be, and carried out; resolves to how it ended, undefined when nothing went out. `again` makes it anew with what a person allows when something blocks it; `agreed`: they just said yes to what it does. */
export async function goOn(
  parts: ApplyParts,
  planned: Planned,
  { always = false, agreed = false, again }: GoOn = {},
): Promise<RunSummary | undefined> {
  const { plan } = planned;
  parts.deployments.name(plan, planned.shown ?? planned.name);
  if (plan.blockers.length > 0 || plan.steps.length === 0) {
    await showRefusal(parts, planned, again);
    return undefined;
  }
  const needed = consentFor(plan, parts.settings.confirm, agreed || wasDeployedTo(parts.memory, plan.target));
  const asked = always && changesSomething(plan) && needed === 'none' ? 'ask' : needed;
  if (always && asked === 'none') {
    await showNothingToDo(parts, plan);
    return undefined;
  }
  const going = await agreedPlan(parts, plan, asked);
  return going && carryOut(parts, { ...planned, plan: going });
}

interface GoOn {
  readonly always?: boolean;
  readonly agreed?: boolean;
  readonly again?: (chosen: Allowed) => Promise<void>;
}

/** What of a plan was agreed to: all of it, or all but its deletions of what is no longer written. Undefined without a yes. What is destroyed outside Kubernetes is typed out first. */
export async function agreedPlan(parts: ApplyParts, plan: Plan, consent: Consent): Promise<Plan | undefined> {
  if (consent === 'none') return plan;
  const { deployments, prompts } = parts;
  let keeps = false;
  const yes = deployments.show(plan);
  void offer(parts, plan, consent, () => {
    keeps = true;
  });
  if (!(await yes)) return undefined;
  const agreed = keeps ? withoutPrunes(plan) : plan;
  if (keeps) deployments.name(agreed, deployments.nameOf(plan));
  const word = wordToType(agreed);
  const questions = [
    ...(consent === 'typeName' ? [nameQuestion(plan)] : []),
    ...(word === undefined ? [] : [destroyQuestion(agreed, word)]),
  ];
  if (questions.length === 0) return agreed;
  // what is typed for stays in sight
  return deployments.showWhile(agreed, async () => {
    for (const question of questions) if (!(await prompts.confirmByTyping(question))) return undefined;
    return agreed;
  });
}

/** The notification beside the plan in the view: **Deploy**, **Show Changes**, and **Deploy, Delete Nothing** where something is to go. Either place may say yes. */
async function offer(parts: ApplyParts, plan: Plan, consent: Consent, keep: () => void): Promise<void> {
  const deploy = onlyRemoves(plan) ? l10n.t('Undeploy') : l10n.t('Deploy');
  const changes = l10n.t('Show Changes');
  const keeping = plan.counts.prune > 0 && !onlyRemoves(plan) ? [l10n.t('Deploy, Delete Nothing')] : [];
  const text = offerText(parts.deployments.nameOf(plan), plan, consent);
  const chosen = await parts.prompts.offer(text, [deploy, ...keeping, changes]);
  const { pending } = parts.deployments;
  if (pending?.plan !== plan) return;
  if (chosen !== undefined && keeping.includes(chosen)) keep();
  if (chosen !== undefined && chosen !== changes) pending.proceed();
  if (chosen !== changes) return;
  await showChanges(parts.documents, plan);
  await offer(parts, plan, consent, keep);
}

/** So many are named in a notification; the view shows all. */
const mostNamed = 8;

function offerText(name: string, plan: Plan, consent: Consent): string {
  const target = targetName(plan.target);
  const question = onlyRemoves(plan)
    ? l10n.t('Undeploy {0} from {1}? {2}.', name, target, toDoLine(plan.counts))
    : l10n.t('Deploy {0} to {1}? {2}.', name, target, toDoLine(plan.counts));
  const counted = [question, ...placesOfStacks(plan)].join(' ');
  if (consent !== 'askRisky') return counted;
  const risky = riskySteps(plan).map((step) => riskLine(step));
  const more = risky.length > mostNamed ? [l10n.t('{0} more', risky.length - mostNamed)] : [];
  return `${counted} ${l10n.t('At risk: {0}.', [...risky.slice(0, mostNamed), ...more].join(', '))}`;
}

/**
 * What a person may allow when nothing else blocks the plan, by the titles of the buttons: **Create Namespace…**, **Recreate…**, **Take Over…** fields of others or **Keep Theirs…**. What it leads to is a plan again, with its
 * questions.
 */
function allowable({ blockers, steps }: Plan): ReadonlyMap<string, Allowed> {
  // what an engine keeps is nobody's to force
  if (blockers.some(({ engine }) => engine)) return new Map();
  const namespaces = blockers.flatMap(({ namespace }) => namespace ?? []);
  if (namespaces.length > 0)
    return namespaces.length === blockers.length ? new Map([[l10n.t('Create Namespace…'), { namespaces }]]) : new Map();
  const blocked = blockers.map(({ step }) => steps.find(({ key }) => key === step));
  if (blocked.some((step) => step?.action !== 'recreate' && step?.action !== 'conflict')) return new Map();
  const keysOf = (wanted: Step['action']) => steps.filter(({ action }) => action === wanted).map(({ key }) => key);
  const [recreate, conflicts] = [keysOf('recreate'), keysOf('conflict')];
  if (conflicts.length === 0) return new Map([[l10n.t('Recreate…'), { recreate }]]);
  const over = recreate.length > 0 ? l10n.t('Recreate and Take Over…') : l10n.t('Take Over…');
  const keep = recreate.length > 0 ? l10n.t('Recreate and Keep Theirs…') : l10n.t('Keep Theirs…');
  return new Map([
    [over, { recreate, takeOver: conflicts }],
    [keep, { recreate, keepTheirs: conflicts }],
  ]);
}

/** A plan that may not go: the view holds it, the notification says the first reason and opens its place, or how the engine stands that keeps the objects. */
export async function showRefusal(
  parts: ApplyParts,
  { plan, cluster }: Pick<Planned, 'plan' | 'cluster'>,
  allow?: (chosen: Allowed) => Promise<void>,
): Promise<void> {
  const { deployments, prompts, log } = parts;
  void deployments.show(plan);
  const [first] = plan.blockers;
  if (!first) {
    void prompts.offer(l10n.t('There is nothing to deploy: no document with apiVersion and kind was found.'), []);
    return;
  }
  for (const { message } of plan.blockers) log.warn(message);
  // who keeps them is not to be found in a file
  const place = first.engine ? undefined : placeOf(first, plan);
  const more = plan.blockers.length - 1;
  const where = [lineOf(place), more > 0 ? l10n.t('{0} more', more) : undefined].filter(Boolean).join(', ');
  const text = onlyRemoves(plan)
    ? l10n.t('Not undeployed: {0}', first.message)
    : where
      ? l10n.t('Not deployed ({0}): {1}', where, first.message)
      : l10n.t('Not deployed: {0}', first.message);
  const open = l10n.t('Open');
  const status = l10n.t('Show Status');
  const ways = allow ? allowable(plan) : new Map<string, Allowed>();
  const fix = fixOf(first);
  const buttons = [...(first.engine ? [status] : []), ...(fix ? [fix.title] : []), ...(place ? [open] : []), ...ways.keys()];
  const chosen = await prompts.offer(text, buttons, first.engine ? 'warning' : 'error');
  if (fix && chosen === fix.title) await fixInFile(parts, fix);
  if (chosen === open && place) await openAt(place);
  if (chosen === status && first.engine) await openDetails(parts, { of: 'object', cluster, ref: first.engine }, 'yaml');
  const way = ways.get(chosen ?? '');
  if (way) await allow?.(way);
}

function placeOf({ finding, step, failure, place }: Blocker, plan: Plan) {
  const found = place ?? plan.steps.find(({ key }) => key === step)?.source;
  if (found && found.file !== '') return { file: found.file, line: found.line };
  if (finding) return { file: finding.file, offset: finding.range.start };
  return failure?.at;
}

/** `service.yaml:8`, when the line is known. */
const lineOf = (place: { readonly file: string; readonly line?: number } | undefined) =>
  place?.line === undefined ? undefined : `${fileName(place.file)}:${place.line}`;

function showNothingToDo({ deployments }: ApplyParts, plan: Plan): void {
  void deployments.show(plan);
  window.setStatusBarMessage(l10n.t('Nothing to change on {0}: {1}.', targetName(plan.target), countsLine(plan.counts)), 10_000);
}
