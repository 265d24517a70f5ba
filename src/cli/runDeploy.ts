import { basename, resolve } from 'node:path';
import type { Gathered } from '../deploy/files/gather.ts';
import { makePlan } from '../deploy/plan/plan.ts';
import { printPlan, targetName } from '../deploy/plan/planText.ts';
import { checksProtected } from '../deploy/plan/risky.ts';
import { startRecorded } from '../deploy/record/recordedRun.ts';
import { reportOf } from '../deploy/record/report.ts';
import { rollBackAfter } from '../deploy/record/rollBackAfter.ts';
import { readInventories, unknownSet } from '../deploy/removal/inventory.ts';
import { casualtiesOf, casualtyLine, wordToType } from '../deploy/removal/prune.ts';
import { planUndeploy } from '../deploy/removal/undeploy.ts';
import { eventLine } from '../deploy/run/run.ts';
import { watchTarget } from '../deploy/run/watchTarget.ts';
import { guardProject } from '../deploy/target.ts';
import type { Plan } from '../deploy/types.ts';
import { exactJson } from '../kubernetes/exactJson.ts';
import type { GatheredDeploy } from '../render/gatherDeploy.ts';
import type { Request } from './commandLine.ts';
import { unconfirmed } from './confirmed.ts';
import { CANCELLED, CHANGES, COULD_NOT_RUN, REFUSED, WRONG } from './exitStatus.ts';
import type { Opened } from './opened.ts';
import { exitStatusOf, planJson, planStatusOf, rolledBackJson, summaryJson } from './printed.ts';
import { readForDeploy } from './readForDeploy.ts';
import { allowedBy, STABILITY_MS, setAskedFor, writeReport } from './requestedDeploy.ts';
import type { ToRun } from './runCheck.ts';
import { complain, say, tell } from './terminal.ts';
import { wayBackOf } from './wayBackOf.ts';

/** Where there is no button to press. */
const TAKE_OVER = 'With --take-over-run it is taken over; the lock of one that was killed ends by itself within 45 s.';

/** The verbs `plan` and `apply`: what was discovered goes to the cluster that was named; answers the exit status. */
export async function runDeploy(request: Request, opened: Opened, { found, files, http, person }: ToRun): Promise<number> {
  const { signal } = person;
  const read = await readForDeploy({ found, paths: request.files, values: request.values, files }, opened, http, person);
  if (signal.aborted) return CANCELLED;
  if (!read.ok) return complain(read.failure.message);
  const { unchecked, references, paused = 'no answer' } = read.value;
  if (unchecked > 0) tell(`${unchecked} of ${references} references could not be checked: ${paused.replace(/\.+$/, '')}.`);
  if (request.requireLive && unchecked > 0) return WRONG;
  return deploy(request, opened, read.value, signal);
}

async function deploy(request: Request, opened: Opened, read: GatheredDeploy, signal: AbortSignal): Promise<number> {
  const { cluster, project, target } = opened;
  if (!cluster || !target) return complain(`${request.verb} needs --context.`);
  const guarded = read.stacks.stacks.length > 0 && project ? guardProject(target, project) : target;
  const asked = { ...setAskedFor(request), allowed: allowedBy(request), ...(project ? { project } : {}) };
  const plan = await makePlan({ target: guarded, ...read, ...asked }, cluster, { signal });
  if (signal.aborted) return CANCELLED;
  if (!plan.ok) return complain(plan.failure.message);
  if (plan.value.steps.length + plan.value.blockers.length === 0)
    return complain(`No object was found in ${request.files.join(', ')}.`);
  return carryOutPlan(request, opened, plan.value, read, signal);
}

/** The verb `undeploy`: what a set deployed goes, in safe order; answers the exit status. */
export async function runUndeploy(request: Request, opened: Opened, signal: AbortSignal): Promise<number> {
  const { cluster, target, project, workload } = opened;
  if (!cluster || !target) return complain('undeploy needs --context.');
  const found = await readInventories(cluster, target.namespace, signal);
  if (signal.aborted) return CANCELLED;
  if (!found.ok) return complain(found.failure.message);
  for (const broken of found.value.broken) tell(broken);
  const { sets } = found.value;
  const set = sets.find(({ name }) => name === request.set);
  if (!set) return complain(unknownSet(request.set, target, sets));
  const asked = { target, set, ...(project ? { project } : {}), ...(workload ? { workload } : {}) };
  const plan = await planUndeploy(asked, cluster, signal);
  if (signal.aborted) return CANCELLED;
  if (!plan.ok) return complain(plan.failure.message);
  return carryOutPlan(request, opened, plan.value, { written: [], texts: new Map() }, signal);
}

type Sources = Pick<Gathered, 'written' | 'texts'>;

/** Prints a plan, asks as far as it must, and applies it: the way of everything that is written. */
async function carryOutPlan(
  request: Request,
  opened: Opened,
  plan: Plan,
  sources: Sources,
  signal: AbortSignal,
): Promise<number> {
  const json = request.format === 'json';
  if (!json) say(printPlan(plan));
  else if (request.verb === 'plan') say(exactJson(planJson(plan, sources.texts)));
  const status = planStatusOf(plan, request.verb !== 'plan');
  if (request.verb === 'plan') return status;
  if (status === WRONG || status === REFUSED) {
    if (json) say(exactJson({ plan: planJson(plan, sources.texts) }));
    return status;
  }
  const refusal = status === CHANGES || checksProtected(plan) ? await confirmation(request, plan, signal) : undefined;
  if (refusal !== undefined) {
    tell(refusal);
    return signal.aborted ? CANCELLED : REFUSED;
  }
  return apply(request, opened, plan, sources, signal);
}

/** Why a plan does not go out, or undefined when it was confirmed. */
async function confirmation(request: Request, plan: Plan, signal: AbortSignal): Promise<string | undefined> {
  const does = request.verb === 'undeploy' ? 'Delete this from' : 'Apply to';
  const word = wordToType(plan);
  const destroys = word === undefined ? undefined : { word, what: casualtiesOf(plan).map(casualtyLine).join('; ') };
  return unconfirmed(request, [plan.target], `${does} ${targetName(plan.target)}?`, signal, destroys);
}

async function apply(request: Request, opened: Opened, plan: Plan, sources: Sources, signal: AbortSignal): Promise<number> {
  const { cluster, project, workload, contexts } = opened;
  if (!cluster) return COULD_NOT_RUN;
  const [first = ''] = request.files;
  const context = { cluster, ...(project ? { project } : {}), ...(workload ? { workload } : {}) };
  const keeping = {
    name: request.set ?? basename(resolve(first)),
    places: request.files.map((file) => resolve(file)),
    ...(request.takeOverRun ? { takeOver: true } : {}),
    ...(request.keep ? { inCluster: true } : {}),
  };
  const options = { stabilityMs: STABILITY_MS, ...request.wait };
  const started = await startRecorded(plan, { ...context, written: sources.written }, keeping, options);
  if (!started.ok) {
    const { reason, message } = started.failure;
    tell(reason === 'conflict' ? `${message} ${TAKE_OVER}` : message);
    return reason === 'conflict' ? REFUSED : COULD_NOT_RUN;
  }
  const { run, note, end } = started.value;
  if (note !== undefined) tell(note);
  const cancel = () => run.cancel();
  signal.addEventListener('abort', cancel);
  if (signal.aborted) cancel();
  const json = request.format === 'json';
  if (!json) run.onDidChange((event) => event && say(eventLine(event)));
  const watching = contexts && watchTarget(run, contexts);
  const summary = await run.done;
  const { record, notes } = await end;
  watching?.dispose();
  for (const said of notes) tell(said);
  const way = wayBackOf(request, record, { cluster, contexts }, keeping, signal, json ? undefined : say);
  const back = request.rollBack && !signal.aborted ? await rollBackAfter(record, { ...way, context }) : undefined;
  for (const said of back?.notes ?? []) tell(said);
  const records = [back?.failed ?? record, ...(back?.back ? [back.back] : [])];
  if (request.report !== undefined) await writeReport(request.report, records.map(reportOf), tell);
  const rolledBack = back ? { rolledBack: rolledBackJson(back) } : {};
  if (json) say(exactJson({ plan: planJson(plan, sources.texts), run: summaryJson(summary), ...rolledBack }));
  else say([summary.sentence, ...(back ? [back.sentence] : [])].join(' '));
  return exitStatusOf(summary.outcome);
}
