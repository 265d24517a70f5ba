import { commands, l10n, ProgressLocation, type Uri, window } from 'vscode';
import { success } from '../base/failure.ts';
import { fileName } from '../deploy/files/fileName.ts';
import { targetName } from '../deploy/plan/planText.ts';
import { changesSomething, checksProtected, riskLine, riskySteps } from '../deploy/plan/risky.ts';
import type { JournalState } from '../deploy/record/journal.ts';
import { printResumption, resumptionOf } from '../deploy/record/resume.ts';
import { withoutPrunes, wordToType } from '../deploy/removal/prune.ts';
import { setNames } from '../deploy/removal/setNames.ts';
import { eventLine } from '../deploy/run/run.ts';
import { watchTarget } from '../deploy/run/watchTarget.ts';
import { matrixDocument, sizeLine, toDoOnAll } from '../deploy/targets/matrix.ts';
import { type PlannedTargets, planTargets } from '../deploy/targets/planTargets.ts';
import { type RolledBackTarget, rollBackTargets, rolledBackLines } from '../deploy/targets/rollBackTargets.ts';
import {
  printTargetsRun,
  startTargets,
  type TargetsRun,
  type TargetsSummary,
  targetsRunDocument,
} from '../deploy/targets/runTargets.ts';
import { isTargetSet } from '../deploy/targets/targetFile.ts';
import { nameOfTarget, readTargetSet, type TargetEntry, type TargetSet } from '../deploy/targets/targetSet.ts';
import type { TargetsPlan } from '../deploy/targets/types.ts';
import type { Plan } from '../deploy/types.ts';
import { openAt, tell } from '../host/tell.ts';
import type { ApplyParts } from './applyDeploy.ts';
import { offerWays, rememberIfGood, wasDeployedTo, waysOut } from './carryOut.ts';
import { consentFor } from './consent.ts';
import { destroyQuestion, nameQuestion } from './consentQuestions.ts';
import { editorFiles, openFolders, pathOf, uriOf } from './editorFiles.ts';
import { readForTarget, type TargetPlaces } from './planDeploy.ts';
import { applyOptions, keepingOf, wayBackOf, wayToGoBack } from './rollBackFailed.ts';

/** The file of targets that some places are about: the one that was chosen, or the only one that lies in the folder that was. */
export async function targetSetOf(places: readonly Uri[]): Promise<string | undefined> {
  const [first, ...others] = places.map(pathOf);
  if (first === undefined || others.length > 0) return undefined;
  if (isTargetSet(first)) return first;
  const facts = await editorFiles.facts(first);
  if (!facts.ok || facts.value.type !== 'folder') return undefined;
  const list = await editorFiles.list(first);
  const sets = (list.ok ? list.value : []).filter(({ name, type }) => type === 'file' && isTargetSet(name));
  return sets.length === 1 && sets[0] ? `${first}/${sets[0].name}` : undefined;
}

/** How Apply Deploy over several targets begins. */
interface TargetsChoices {
  /** It asks whatever the settings say. */
  readonly always?: boolean;
  /** Takes the targets from whoever deploys them now: only after the user said so. */
  readonly takeOver?: boolean;
  /** A run of one of the targets that was killed. */
  readonly interrupted?: JournalState;
}

/** Apply Deploy for a file of targets: one plan over all, shown, confirmed, then wave after wave. */
export async function applyTargets(parts: ApplyParts, file: string, choices: TargetsChoices = {}): Promise<void> {
  const text = await editorFiles.read(file);
  const set = text.ok ? readTargetSet(file, text.value) : text;
  if (!set.ok) return tell(set.failure, parts.log);
  const planned = await plan(parts, set.value);
  if (!planned) return;
  for (const { entry, plan: one } of planned.plan.targets) if (one) parts.deployments.name(one, entry.name);
  const [blocker] = planned.plan.blockers;
  if (blocker) return refuse(parts, planned.plan, blocker);
  const { always = false, takeOver = false, interrupted } = choices;
  if (interrupted && !(await isToldOfResumption(parts, planned.plan, interrupted))) return;
  const agreed = await agreedPlans(parts, planned, always);
  if (agreed) await carryOut(parts, agreed, takeOver);
}

/** Carries on with all targets after one of them was killed in its midst: the rest of it goes out with what had not begun. False, and told, when it is no target any more, or another cluster. */
async function isToldOfResumption(parts: ApplyParts, { set, targets }: TargetsPlan, interrupted: JournalState): Promise<boolean> {
  const { begin } = interrupted;
  const target = targets.find(({ entry }) => nameOfTarget(fileName(set.file), entry) === begin.name);
  const resumption = target?.plan && resumptionOf(interrupted, target.plan);
  if (resumption?.ok) {
    parts.log.info(printResumption(resumption.value).trimEnd());
    return true;
  }
  const gone = l10n.t('{0} is no target of {1} any more. Nothing was written.', begin.name, fileName(set.file));
  await tell(resumption?.failure ?? { reason: 'notFound', message: gone }, parts.log);
  return false;
}

async function plan(parts: ApplyParts, set: TargetSet): Promise<PlannedTargets | undefined> {
  const title = l10n.t('Planning → {0}', fileName(set.file));
  return window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
    const stop = new AbortController();
    token.onCancellationRequested(() => stop.abort());
    const onProgress = (done: number, of: number) => progress.report({ message: l10n.t('{0} of {1}', done, of) });
    const [folder = ''] = setNames([{ path: set.file, isFolder: false }], openFolders()).names;
    const open = async (entry: TargetEntry) => {
      const opened = await readForTarget(parts, boundEntry(parts, entry), stop.signal);
      const names = [nameOfTarget(`${folder}/${fileName(set.file)}`, entry)];
      const asked = { set: { names, partial: false, prune: parts.settings.prune } };
      return opened.ok ? success({ ...opened.value, request: { ...opened.value.request, ...asked } }) : opened;
    };
    const planned = await planTargets(set, open, { signal: stop.signal, parallel: parts.settings.parallel, onProgress });
    return stop.signal.aborted ? undefined : planned;
  });
}

/** What a target leaves open of its cloud comes from the binding of the folder that is deployed there. */
function boundEntry({ bindings }: ApplyParts, entry: TargetEntry): TargetPlaces {
  const [path] = entry.paths;
  const bound = path === undefined ? undefined : bindings.of(uriOf(path));
  if (!bound) return entry;
  const { cloud, project, region, context, namespace } = bound;
  return {
    ...(cloud && (entry.cloud ?? cloud) === cloud ? { cloud, ...(project && { project }), ...(region && { region }) } : {}),
    ...(context === entry.context && namespace ? { namespace } : {}),
    ...entry,
  };
}

async function refuse(parts: ApplyParts, shown: TargetsPlan, blocker: TargetsPlan['blockers'][number]): Promise<void> {
  void parts.deployments.showTargets(shown);
  for (const { message } of shown.blockers) parts.log.warn(message);
  const more = shown.blockers.length - 1;
  const text =
    more > 0 ? l10n.t('Not deployed ({0} more): {1}', more, blocker.message) : l10n.t('Not deployed: {0}', blocker.message);
  const { place } = blocker;
  const open = l10n.t('Open');
  if ((await parts.prompts.offer(text, place ? [open] : [], 'error')) === open && place) await openAt(place);
}

/** The plans that were agreed to, all of them or without their deletions. One question for all; then the name of each protected context and of what is destroyed outside Kubernetes, typed one after the other. */
async function agreedPlans(parts: ApplyParts, planned: PlannedTargets, always: boolean): Promise<PlannedTargets | undefined> {
  const shown = planned.plan;
  const asks = (one: Plan) => changesSomething(one) || checksProtected(one);
  const changing = plansOf(shown).filter(asks);
  const needed = changing.map((one) => consentFor(one, parts.settings.confirm, wasDeployedTo(parts.memory, one.target)));
  if (changing.length === 0 && always) void parts.deployments.showTargets(shown);
  if (changing.length === 0) return always ? undefined : planned;
  if (!always && needed.every((one) => one === 'none')) return planned;
  let keeps = false;
  const yes = parts.deployments.showTargets(shown);
  parts.documents.renew(pathOfMatrix(shown));
  void offer(parts, shown, changing, () => {
    keeps = true;
  });
  if (!(await yes)) return undefined;
  const agreed = keeps ? { ...planned, plan: deletingNothing(parts, shown) } : planned;
  const going = plansOf(agreed.plan).filter(asks);
  for (const one of going.filter(({ target }) => target.protection === 'protected'))
    if (!(await parts.prompts.confirmByTyping(nameQuestion(one)))) return undefined;
  for (const one of going) {
    const word = wordToType(one);
    if (word !== undefined && !(await parts.prompts.confirmByTyping(destroyQuestion(one, word)))) return undefined;
  }
  return agreed;
}

const plansOf = ({ targets }: TargetsPlan) => targets.flatMap(({ plan: one }) => one ?? []);

function deletingNothing({ deployments }: ApplyParts, shown: TargetsPlan): TargetsPlan {
  const targets = shown.targets.map((target) => {
    if (!target.plan) return target;
    const kept = withoutPrunes(target.plan);
    deployments.name(kept, target.entry.name);
    return { ...target, plan: kept };
  });
  return { ...shown, targets };
}

async function offer(parts: ApplyParts, shown: TargetsPlan, changing: readonly Plan[], keep: () => void): Promise<void> {
  const [deploy, matrix] = [l10n.t('Deploy'), l10n.t('Show Matrix')];
  const keeping = changing.some(({ counts }) => counts.prune > 0) ? [l10n.t('Deploy, Delete Nothing')] : [];
  const risky = changing.flatMap((one) => riskySteps(one).map((step) => riskLine(step, targetName(one.target))));
  const question = l10n.t('Deploy {0} to {1}? {2}.', fileName(shown.set.file), sizeLine(shown), toDoOnAll(shown));
  const text = risky.length > 0 ? `${question} ${l10n.t('At risk: {0}.', risky.join(', '))}` : question;
  const chosen = await parts.prompts.offer(text, [deploy, ...keeping, matrix]);
  const { pending } = parts.deployments;
  if (pending?.targets !== shown || chosen === undefined) return;
  if (keeping.includes(chosen)) keep();
  if (chosen !== matrix) return pending.proceed();
  await showMatrix(parts, shown);
  await offer(parts, shown, changing, keep);
}

async function carryOut(parts: ApplyParts, planned: PlannedTargets, takeOver: boolean): Promise<void> {
  const { deployments, log, settings } = parts;
  const keeping = keepingOf(parts, [planned.plan.set.file]);
  const started = startTargets(planned, { ...keeping, takeOver }, applyOptions(settings));
  if (!started.ok) return tell(started.failure, log);
  const run = started.value;
  deployments.follow(run);
  run.onDidStart(({ run: one, note, end }) => {
    if (note !== undefined) log.warn(note);
    const watching = watchTarget(one, parts.contexts);
    one.onDidChange((event) => event && log.info(`${deployments.nameOf(one.plan)}: ${eventLine(event)}`));
    void one.done.then((summary) => rememberIfGood(parts.memory, one.plan.target, summary));
    void end.then(() => watching.dispose());
  });
  const summary = await showProgress(run);
  log.info(printTargetsRun(run));
  const backs = settings.rollBackOnFailure
    ? await rollBackTargets(run, planned.contexts, (_, failed, { cluster }) => wayBackOf(parts, failed, cluster, keeping.places))
    : [];
  for (const line of rolledBackLines(backs)) log.info(line);
  parts.documents.renew(pathOfMatrix(planned.plan));
  await tellEnd(parts, run, summary, backs);
}

async function showProgress(run: TargetsRun): Promise<TargetsSummary> {
  const title = l10n.t('Apply Deploy → {0}', sizeLine(run.plan));
  return window.withProgress({ location: ProgressLocation.Notification, title, cancellable: true }, async (progress, token) => {
    token.onCancellationRequested(() => run.cancel());
    run.onDidStart(() => {
      const going = run.targets.filter(({ state }) => state === 'running').map(({ entry }) => entry.name);
      progress.report({ message: going.join(', ') });
    });
    return run.done;
  });
}

/** The end in a sentence. Where somebody else deploys a target, it may be taken over: what was planned may be old by then, so that it is planned anew. */
async function tellEnd(
  parts: ApplyParts,
  { plan: shown }: TargetsRun,
  summary: TargetsSummary,
  backs: readonly RolledBackTarget[],
): Promise<void> {
  const { outcome } = summary;
  const sentence = [summary.sentence, ...rolledBackLines(backs)].join(' ');
  if (outcome === 'unchanged') {
    window.setStatusBarMessage(`$(check) ${sentence}`, 10_000);
    return;
  }
  const severity = outcome === 'succeeded' ? 'information' : outcome === 'cancelled' ? 'warning' : 'error';
  const bad = summary.targets.find(({ state }) => state === 'failed' || state === 'partial');
  const { file } = shown.set;
  await offerWays(parts, sentence, severity, [
    ...(summary.targets.some(({ isHeld }) => isHeld)
      ? [{ title: l10n.t('Take Over'), run: () => applyTargets(parts, file, { takeOver: true }) }]
      : []),
    ...(bad?.run ? waysOut(bad.run) : []),
    ...wayToGoBack(backs.find(({ offers }) => offers)),
    { title: l10n.t('Show Matrix'), run: () => showMatrix(parts, shown) },
  ]);
}

const pathOfMatrix = ({ set }: TargetsPlan) => `targets/${fileName(set.file)}.md`;

/** Opens the table of a plan over several targets as a read-only document: what becomes of each object on each target, and once it is carried out, what became of it. */
export async function showMatrix(
  { deployments, documents }: Pick<ApplyParts, 'deployments' | 'documents'>,
  shown: TargetsPlan | undefined = deployments.pending?.targets ?? deployments.targetsRun?.plan,
): Promise<void> {
  if (!shown) {
    void window.showInformationMessage(l10n.t('There is no plan over several targets. Run Apply Deploy on a file of targets.'));
    return;
  }
  const { file } = shown.set;
  // left open, the page follows what is planned and done next
  const text = () => {
    const { pending, targetsRun: run } = deployments;
    if (pending?.targets?.set.file === file) return matrixDocument(pending.targets);
    return run?.plan.set.file === file ? targetsRunDocument(run) : matrixDocument(shown);
  };
  await commands.executeCommand('markdown.showPreview', documents.provide(pathOfMatrix(shown), text));
}
