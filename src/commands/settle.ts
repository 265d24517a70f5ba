import { setTimeout as delay } from 'node:timers/promises';
import { l10n } from 'vscode';
import type { Reason } from '../base/failure.ts';
import type { Logger } from '../base/logger.ts';
import { pendingMs } from '../explorer/polling.ts';
import { tell } from '../host/tell.ts';
import { actions } from '../openstack/actions/actions.ts';
import type { ActionWord } from '../openstack/actions/actionWords.ts';
import { columnsOf, healthOf, idOf, nameOf } from '../openstack/display.ts';
import type { Answers } from '../openstack/field.ts';
import type { Resource } from '../openstack/kind.ts';
import { kindOf } from '../openstack/kinds/kinds.ts';
import type { ActTarget } from './actTarget.ts';

/** Waits before the first looks, in ms: much is done at once. After these as for everything that is on its way. */
const looks = [500, 1000];
/** After so many looks a service that accepted a change has begun with it. */
const begunAfter = 5;
const longestMs = 30 * 60_000;
/** Trouble in which a resource is still followed. */
const passing: readonly Reason[] = ['offline', 'unavailable', 'throttled'];

/** The change that each resource is followed after: the last one. */
const followed = new Map<string, object>();

/** Follows a resource after a change was accepted, until the next one is: its row is renewed, one request a look, until it is not busy any more or gone. What fails is told with the service's own reason. */
export async function settle(
  { log }: { readonly log: Logger },
  word: ActionWord | 'create',
  target: ActTarget,
  answers: Answers,
): Promise<void> {
  const { project, kind, resource, parent } = target;
  const key = [project.cloud, project.region, project.id, kind, parent?.['id'], idOf(kind, resource)].join('/');
  const own = {};
  followed.set(key, own);
  await follow({ log, word, target, answers, isOver: () => followed.get(key) !== own });
  if (followed.get(key) === own) followed.delete(key);
}

interface Following {
  readonly log: Logger;
  readonly word: ActionWord | 'create';
  readonly target: ActTarget;
  readonly answers: Answers;
  readonly isOver: () => boolean;
}

async function follow({ log, word, target, answers, isOver }: Following): Promise<void> {
  const { project, kind, resource, parent } = target;
  const id = idOf(kind, resource);
  const wasBad = healthOf(kind, resource)?.health === 'bad';
  const began = Date.now();
  let retryAfterMs = 0;
  for (let look = 0; Date.now() - began < longestMs; look++) {
    await delay(Math.max(looks[look] ?? pendingMs(look - looks.length), retryAfterMs));
    const now = await project.renew(kind, id, parent && { parent });
    if (isOver()) return;
    retryAfterMs = now.ok ? 0 : (now.failure.retryAfterMs ?? 0);
    if (!now.ok) {
      if (now.failure.reason !== 'notFound') log.warn(now.failure.message);
      if (!passing.includes(now.failure.reason)) return;
      continue;
    }
    const health = healthOf(kind, now.value);
    const wanted = word !== 'create' && actions[word].badOnPurpose && hasReached(word, now.value, resource, answers);
    if (health?.health === 'bad' && wanted) return;
    if (health?.health === 'bad' && !wasBad) return tell({ reason: 'unavailable', message: badSentence(target, now.value) }, log);
    if (health?.health === 'busy') continue;
    if (word === 'create' || hasReached(word, now.value, resource, answers)) return;
    // The service may not have begun yet.
    if (look >= begunAfter) return tell({ reason: 'unavailable', message: notDoneSentence(target, word) }, log);
  }
}

/** Whether the resource is as it was to become. One that was to end is, once it is gone. */
function hasReached(word: ActionWord, now: Resource, before: Resource, answers: Answers): boolean {
  const { ends, reached } = actions[word];
  return !ends && (reached?.(now, before, answers) ?? true);
}

/** `Change type of volume data-1 in demo: it was accepted, but not carried out.` */
function notDoneSentence({ project, kind, resource }: ActTarget, word: ActionWord): string {
  const what = `${actions[word].title.replace('…', '')} · ${kindOf(kind).label[0]} ${nameOf(kind, resource)}`;
  return l10n.t(
    '{0}: the service of {1} accepted it, but did not carry it out. Ask its administrator for the reason.',
    what,
    project.cloud,
  );
}

/** `Server web-1 is in ERROR: No valid host was found.` */
function badSentence({ project, kind, resource }: ActTarget, now: Resource): string {
  const [one] = kindOf(kind).label;
  const why = columnsOf(kind, now).find(([title]) => ['fault', 'reason', 'failure'].includes(title))?.[1];
  const what = `${one.replace(/^[a-z]/, (letter) => letter.toUpperCase())} ${nameOf(kind, resource)}`;
  const state = healthOf(kind, now)?.word ?? '';
  return why
    ? l10n.t('{0} in {1} is in {2}: {3}', what, project.name, state, why)
    : l10n.t('{0} in {1} is in {2}.', what, project.name, state);
}
