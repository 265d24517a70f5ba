import { l10n, window } from 'vscode';
import type { Logger } from '../base/logger.ts';
import { protectionOf } from '../deploy/target.ts';
import type { Node } from '../explorer/nodes.ts';
import type { Asked } from '../explorer/relatedNodes.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Settings } from '../host/settings.ts';
import { tell } from '../host/tell.ts';
import type { Cluster, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import {
  type ObjectAction,
  type ObjectQuestion,
  type ObjectWord,
  objectActions,
  objectName,
} from '../kubernetes/objectActions.ts';
import { sendAction } from '../kubernetes/sendChange.ts';
import type { Doing } from '../relations/losses.ts';
import { type ChooseObjectParts, chooseObject } from './chooseObject.ts';
import { mayDo } from './mayDo.ts';
import { consequencesOf, type Touching } from './objectGuard.ts';
import { takeOwnStep } from './ownStep.ts';

export interface ActOnObjectParts extends ChooseObjectParts {
  readonly prompts: Prompts;
  readonly log: Logger;
  readonly settings: Pick<Settings, 'protectedTargets' | 'readOnlyTargets'>;
  /** Where the other world is looked for; without it, nothing of it is told. */
  readonly asked?: Asked;
}

/** An object that is about to be changed. */
export interface ObjectTarget {
  readonly cluster: Cluster;
  readonly ref: ObjectRef;
}

/** Does what a word says to the objects it was called on, or to one that is picked. What follows shows by itself: their lists are watched. */
export async function actOnObject(parts: ActOnObjectParts, word: ObjectWord, nodes: readonly Node[]): Promise<void> {
  const targets = nodes.flatMap(({ row: { subject } }) => (subject.of === 'object' ? [subject] : []));
  const picked = nodes.length === 0 ? await chooseObject(parts, objectActions[word]) : undefined;
  await change(parts, word, picked ? [picked] : targets);
}

/** Asks what the action needs to know and whether it may, then sends it. True if everything was accepted. */
export async function change(
  parts: Omit<ActOnObjectParts, keyof ChooseObjectParts> & Pick<ActOnObjectParts, 'prompts' | 'log'>,
  word: ObjectWord,
  targets: readonly ObjectTarget[],
): Promise<boolean> {
  const [first] = targets;
  if (!first || !(await mayDo(parts, word, ...targets))) return false;
  const action = objectActions[word];
  const answers = await answersFor(parts, action, first);
  if (answers === undefined || !(await mayChange(parts, { ...action, ...touchingOf(action, answers) }, targets, answers)))
    return false;
  const results = await Promise.all(targets.map((target) => send(parts.log, action, target, answers)));
  const failure = results.find((result) => !result.ok);
  if (failure && !failure.ok) await tell(failure.failure, parts.log);
  else window.setStatusBarMessage(`$(check) ${action.title.replace('…', '')} · ${namesOf(targets)}`, 5000);
  return !failure;
}

/** What was asked for; undefined when dismissed, or when what it is now cannot be read. */
async function answersFor(
  { prompts, log }: Pick<ActOnObjectParts, 'prompts' | 'log'>,
  { asks = [], title }: ObjectAction,
  { cluster, ref }: ObjectTarget,
): Promise<readonly string[] | undefined> {
  if (asks.length === 0) return [];
  const object = await cluster.get(ref);
  if (!object.ok) {
    await tell(object.failure, log);
    return undefined;
  }
  const answers: string[] = [];
  for (const question of asks) {
    const heading = `${title.replace('…', '')} ${objectName(ref)}: ${question.title}`;
    const answer = await answerTo(prompts, heading, question, object.value, answers);
    if (answer === undefined) return undefined;
    answers.push(answer);
  }
  return answers;
}

/** A single choice is not asked for. */
async function answerTo(
  prompts: Prompts,
  title: string,
  { of, now, fits = /./, hint = '' }: ObjectQuestion,
  object: KubeObject,
  answers: readonly string[],
): Promise<string | undefined> {
  if (of) {
    const all = of(object);
    if (all.length === 1) return all[0];
    return prompts.pick(
      all.map((value) => ({ label: value, value })),
      { title },
    );
  }
  const check = (text: string) => (fits.test(text.trim()) ? undefined : hint);
  return (await prompts.text(title, now?.(object, answers) ?? '', check))?.trim();
}

/** What an action touches, in the words of the guard. */
function touchingOf({ touches }: ObjectAction, [answer]: readonly string[]): Required<Pick<Touching, 'touches'>> & Touching {
  if (touches === undefined) return { touches: [] };
  const doings: Readonly<Record<string, Doing>> = { life: { deletes: true }, 'spec.replicas': { replicas: Number(answer) } };
  const doing = doings[touches];
  return { touches: [touches], ...(doing && { doing }) };
}

/**
 * Nothing goes out to a read-only context; what an owner undoes is told, with the owner's own action; what costs something wants a yes, and on a protected context, or where servers or
 * whole applications go with it, the name.
 */
export async function mayChange(
  parts: Pick<ActOnObjectParts, 'prompts' | 'settings' | 'log' | 'asked'>,
  asking: Pick<ObjectAction, 'title' | 'risk'> & Touching & { readonly detail?: string },
  targets: readonly ObjectTarget[],
  answers: readonly string[],
): Promise<boolean> {
  const { prompts, settings } = parts;
  const { title, risk, detail: more } = asking;
  const patterns = { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets };
  const marks = targets.map(({ cluster }) => protectionOf(cluster.context.name, patterns));
  const places = [
    ...new Set(targets.map(({ cluster: { context } }) => l10n.t('{0}, as {1}', context.name, context.user ?? '?'))),
  ];
  if (marks.includes('readOnly')) {
    const message = l10n.t(
      '{0} is read-only here (setting hybridClusters.targets.readOnly). Nothing was sent.',
      places.join('; '),
    );
    void window.showWarningMessage(message);
    return false;
  }
  const { lines, grave, instead } = await consequencesOf(parts.asked, asking, targets);
  const isTyped = grave || marks.includes('protected');
  if (!risk && !isTyped && lines.length === 0) return true;
  const yes = [title.replace('…', answers.length > 0 ? ':' : ''), ...answers].join(' ');
  const message = l10n.t('{0} {1}?', title.replace('…', ''), namesOf(targets));
  const detail = [more, ...lines, places.join('; ')].filter(Boolean).join('\n');
  if (instead.size > 0) {
    const chosen = await prompts.decide({ message, detail }, [...instead.keys(), isTyped ? `${yes}…` : yes]);
    const step = chosen === undefined ? undefined : instead.get(chosen);
    if (step) return (await takeOwnStep(parts, step)) && mayChange(parts, asking, targets, answers);
    if (chosen === undefined || !isTyped) return chosen !== undefined;
  }
  if (!isTyped) return prompts.confirm({ message, detail, yes });
  const [first] = targets;
  const word = targets.length === 1 && first ? first.ref.name : String(targets.length);
  return prompts.confirmByTyping({
    message: namesOf(targets),
    detail: l10n.t('{0}. Type {1} to go on.', detail, word),
    word,
    yes: [title.replace('…', ''), ...answers].join(' '),
  });
}

/** Sends one change, a line of the log each. */
async function send(log: Logger, action: ObjectAction, { cluster, ref }: ObjectTarget, answers: readonly string[]) {
  const result = await sendAction(cluster, ref, action, answers);
  log.info(`${action.verb} ${objectName(ref)} · ${cluster.context.name} · ${result.ok ? 'accepted' : result.failure.message}`);
  return result;
}

const namesOf = (targets: readonly ObjectTarget[]) => {
  const [first] = targets;
  return first && targets.length === 1 ? objectName(first.ref) : l10n.t('{0} objects', targets.length);
};
