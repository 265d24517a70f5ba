import { l10n, ProgressLocation, window } from 'vscode';
import type { Failure, Result } from '../base/failure.ts';
import { Semaphore } from '../base/semaphore.ts';
import type { Node } from '../explorer/nodes.ts';
import type { Secrets } from '../host/secrets.ts';
import { tell } from '../host/tell.ts';
import type { Accepted } from '../openstack/action.ts';
import { actions, offeredTo } from '../openstack/actions/actions.ts';
import type { ActionWord } from '../openstack/actions/actionWords.ts';
import { idOf, nameOf } from '../openstack/display.ts';
import type { Answers } from '../openstack/field.ts';
import type { Resource } from '../openstack/kind.ts';
import { isKindId, type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import { type GuardParts, mayAct } from './actGuard.ts';
import { type ActTarget, named } from './actTarget.ts';
import { askFields } from './askFields.ts';
import { type ChooseParts, chooseKind, chooseParent, chooseProject, chooseResource } from './chooseResource.ts';
import { settle } from './settle.ts';
import { tellOnce } from './tellOnce.ts';

export interface ActParts extends ChooseParts, GuardParts {
  readonly secrets: Secrets;
}

/** So many changes are on their way at once. */
const atATime = 6;

/**
 * Does what a word of the catalog's `can` says to the rows it was called on, or to a resource that is picked: asks what it needs to know, shows who owns what would be changed, has it
 * confirmed, sends each change once, and follows each until it settles.
 */
export async function act(parts: ActParts, word: ActionWord, nodes: readonly Node[]): Promise<void> {
  const action = actions[word];
  const targets = nodes.length > 0 ? nodes.flatMap((node) => targetOf(node, word)) : await chooseTarget(parts, word);
  const [first] = targets;
  if (!first) {
    if (nodes.length > 0) void window.showInformationMessage(l10n.t('{0} is not offered for what is selected.', action.title));
    return;
  }
  const { project, resource } = first;
  const title = action.title.replace('…', '');
  const answers = await askFields(parts, { fields: action.asks ?? [], title, project, about: resource });
  if (!answers) return;
  const overwritten = await overwrittenBy(word, first, answers);
  if (!overwritten.ok) return tell(overwritten.failure, parts.log);
  if (!(await mayAct(parts, word, targets, overwritten.value))) return;
  await carryOut(parts, word, targets, answers);
}

/** What an answer says to write over, as it is now. */
async function overwrittenBy(word: ActionWord, { project }: ActTarget, answers: Answers): Promise<Result<ActTarget | undefined>> {
  const { overwrites } = actions[word];
  if (!overwrites || !isKindId(overwrites.kind)) return { ok: true, value: undefined };
  const { kind } = overwrites;
  const found = await project.get(kind, String(answers[overwrites.answer]), { freshness: 'fresh' });
  return found.ok ? { ok: true, value: { project, kind, resource: found.value } } : found;
}

function targetOf({ row: { subject } }: Node, word: ActionWord): readonly ActTarget[] {
  if (subject.of !== 'resource') return [];
  const { project, kind, resource, parent } = subject;
  return canBe(kind, word) && offeredTo([word], resource, project).length > 0
    ? [{ project, kind, resource, ...(parent && { parent }) }]
    : [];
}

const canBe = (kind: KindId, word: ActionWord) => kindOf(kind).can?.includes(word) ?? false;

/** Called without a row: the cloud's project, then a kind that it can be done to, then one of these. */
async function chooseTarget(parts: ActParts, word: ActionWord): Promise<readonly ActTarget[]> {
  const project = await chooseProject(parts);
  const kind = project && (await chooseKind(parts.prompts, project, (one) => canBe(one, word)));
  const above = kind && (await chooseParent(parts, project, kind));
  if (!above) return [];
  const fits = (one: Resource) => offeredTo([word], one, project).length > 0;
  const title = `${actions[word].title} · ${kindOf(kind).label[1]} · ${project.name}`;
  const resource = await chooseResource(parts, project, kind, { title, fits, ...above });
  return resource ? [{ project, kind, resource, ...above }] : [];
}

async function carryOut(parts: ActParts, word: ActionWord, targets: readonly ActTarget[], answers: Answers): Promise<void> {
  const { title, verb, once } = actions[word];
  const heading = `${title.replace('…', '')} · ${named(targets)}`;
  const outcomes = await window.withProgress(
    { location: ProgressLocation.Notification, title: heading, cancellable: targets.length > 1 },
    async (progress, token) => {
      const room = new Semaphore(atATime);
      let done = 0;
      const one = async (target: ActTarget) => {
        const result = token.isCancellationRequested
          ? cancelled
          : await parts.secrets.asking(target.project.cloud, () => send(parts, word, target, answers));
        progress.report({ message: l10n.t('{0} of {1}', ++done, targets.length), increment: 100 / targets.length });
        return { target, result };
      };
      return Promise.all(targets.map((target) => room.run(() => one(target))));
    },
  );
  for (const { target, result } of outcomes) if (result.ok) void settle(parts, word, target, answers);
  const failures = outcomes.flatMap(({ result }) => (result.ok ? [] : [result.failure]));
  if (failures.length === 0) window.setStatusBarMessage(`$(check) ${heading}`, 5000);
  else await tellFailures(parts, verb, failures, outcomes.length);
  for (const { result } of outcomes) if (result.ok && once) await tellOnce(result.value.body, once);
}

const cancelled: Result<Accepted> = { ok: false, failure: { reason: 'cancelled', message: 'Cancelled.' } };

/** Sends one change; who is gone already is deleted well enough. Each is a line of the log, with the request's id. */
async function send({ log }: ActParts, word: ActionWord, target: ActTarget, answers: Answers): Promise<Result<Accepted>> {
  const { project, kind, resource, parent } = target;
  const result = await project.act(kind, resource, word, { answers, ...(parent && { parent }) });
  // A service may also answer 404 because it misses something else.
  const missed = !result.ok && actions[word].ends && result.failure.reason === 'notFound';
  const gone = missed && !(await project.renew(kind, idOf(kind, resource), parent && { parent })).ok;
  const what = `${actions[word].verb} ${kindOf(kind).label[0]} ${nameOf(kind, resource)} (${idOf(kind, resource)})`;
  const where = `${project.cloud} › ${project.name}`;
  const requestId = result.ok ? result.value.requestId : result.failure.requestId;
  const outcome = result.ok ? 'accepted' : gone ? 'gone already' : result.failure.message;
  log.info([what, where, outcome, requestId && `request ${requestId}`].filter(Boolean).join(' · '));
  return gone ? { ok: true, value: { requestId } } : result;
}

async function tellFailures({ log }: ActParts, verb: string, failures: readonly Failure[], of: number): Promise<void> {
  const told = failures.filter(({ reason }) => reason !== 'cancelled');
  const [first] = told;
  if (!first) {
    window.setStatusBarMessage(l10n.t('Cancelled: {0} of {1} were not sent.', failures.length, of), 10_000);
    return;
  }
  if (of === 1) return tell(first, log);
  await tell(
    { ...first, message: l10n.t('{0} of {1} could not be done ({2}). {3}', failures.length, of, verb, first.message) },
    log,
  );
}
