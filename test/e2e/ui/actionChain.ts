import { setTimeout as delay } from 'node:timers/promises';
import { type ActionWord, actionWords } from '../../../src/openstack/actions/actionWords.ts';
import type { Sdk, SdkAnswer } from '../../support/sdk.ts';
import type { Deed } from './carryOut.ts';

/**
 * A story of one or a few resources as text, a line for each step, columns between ` | `. `{name}` is a value found before, `{m}` the mark of this run. A service may say as whom it is asked: `admin@network`;
 * otherwise it is asked as the scene's own cloud.
 *
 *     find KEY | SERVICE PATH | field=value | field     an object of the answer that has this value; its field (default: its identity) becomes {KEY}
 *     make KEY | SERVICE PATH | BODY | READY | DROP     creates one, waits until it matches, deletes it in the end (DROP: its path, or what follows it)
 *     send METHOD SERVICE PATH | BODY                   any request; a BODY that is no JSON goes out as bytes
 *     wait SERVICE PATH | SAYS                          until the service says so
 *     drop SERVICE PATH                                 deletes it in the end
 *     undo METHOD SERVICE PATH | BODY                   puts something back in the end, the last first
 *     WORD | KIND | RESOURCE | ANSWERS | SERVICE PATH | SAYS      an action in the window, and what openstacksdk says then: status, space, body
 *     !WORD | KIND | RESOURCE | ANSWERS | SAYS                    one that the service refuses here, and the sentence in the window
 */
export interface Chain {
  readonly name: string;
  readonly story: string;
}

export type ActionStep = Deed & { readonly says: RegExp; readonly seen?: string };

export interface Asked {
  readonly sdk: Sdk;
  readonly cloud: string;
  /** What is known from the start: the mark, paths of files. */
  readonly values: Readonly<Record<string, string>>;
}

export interface Teller {
  /** Does it in the window; for one that is refused, waits for the sentence. */
  act(step: ActionStep): Promise<void>;
  /** What the window says of trouble. */
  told(): Promise<string | undefined>;
  verified(step: ActionStep): void;
  failed(step: string, error: unknown): Promise<void>;
}

const isWord = (text: string): text is ActionWord => actionWords.some((word) => word === text);
const WITHIN_MS = 60_000;

/** The words that a story carries out, or sees refused. */
export function wordsOf({ story }: Chain): readonly { readonly word: ActionWord; readonly refused: boolean }[] {
  return linesOf(story).flatMap(([first = '']) => {
    const word = first.replace('!', '');
    return isWord(word) ? [{ word, refused: first.startsWith('!') }] : [];
  });
}

function linesOf(story: string): readonly (readonly string[])[] {
  const lines = story.split('\n').filter((line) => line.trim() !== '');
  return lines.map((line) => line.split(/(?<=^|\s)\|(?=\s|$)/).map((column) => column.trim()));
}

/** Plays a story. What goes wrong is told and the story goes on; what it made is deleted whatever happened. */
export async function play({ story }: Chain, asked: Asked, teller: Teller): Promise<void> {
  const values = new Map(Object.entries(asked.values));
  const undoing: (readonly [method: string, target: string, body?: unknown])[] = [];
  const filled = (text = '') => text.replaceAll(/\{([a-z]\w*)\}/g, (whole, key: string) => values.get(key) ?? whole);
  /** What was found before stands for itself in a pattern. */
  const pattern = (text = '') =>
    new RegExp(text.replaceAll(/\{([a-z]\w*)\}/g, (whole, key: string) => escaped(values.get(key) ?? whole)));
  const request = (method: string, target: string, body?: unknown) => {
    const [service = '', path = ''] = target.split(' ');
    const [who, of] = service.includes('@') ? service.split('@') : [asked.cloud, service];
    return asked.sdk.request(who ?? '', of ?? '', method, path, body);
  };
  const until = (target: string, says: RegExp, told: () => Promise<string | undefined> = async () => undefined) =>
    untilSays(() => request('GET', target), says, told);
  const line = async ([first = '', ...rest]: readonly string[]) => {
    const [verb = '', key = ''] = first.split(' ');
    const columns = rest.map(filled);
    const [at = '', one = '', two = '', three = ''] = columns;
    if (verb === 'find') {
      const [field = '', value = ''] = one.split('=');
      values.set(
        key,
        await eventually(`${first} ${at} ${one}`, async () => fieldOf((await request('GET', at)).text, field, value, two)),
      );
      // Services tell times in whole seconds: what happens next is to be told from this.
      await delay(1100);
    } else if (verb === 'make') {
      const made = succeeded(first, await request('POST', at, JSON.parse(one)));
      const id = idIn(JSON.parse(made.text));
      values.set(key, id);
      const own = `${at.split('?')[0]}/${id}`;
      undoing.push(['DELETE', three.includes(' ') ? filled(three) : `${own}${three}`]);
      if (two !== '') await until(own, pattern(rest[2]));
    } else if (verb === 'send') {
      const [, method = '', ...target] = filled(first).split(' ');
      succeeded(first, await request(method, target.join(' '), bodyOf(at)));
    } else if (verb === 'wait') await until(filled(first).slice('wait '.length), pattern(rest[0]));
    else if (verb === 'drop') undoing.push(['DELETE', filled(first).slice('drop '.length)]);
    else if (verb === 'undo') {
      const [, method = '', ...target] = filled(first).split(' ');
      undoing.push([method, target.join(' '), bodyOf(at)]);
    } else {
      const refused = verb.startsWith('!');
      const word = verb.replace('!', '');
      if (!isWord(word)) throw new Error(`no word of the table of actions: ${verb}`);
      const deed = { word, kind: at, resource: one.split(' > '), answers: two === '' ? [] : two.split(' ; ') };
      if (refused) return teller.act({ ...deed, says: pattern(rest[3]) });
      const step = { ...deed, says: pattern(rest[4]), seen: three };
      await teller.act(step);
      await until(three, step.says, teller.told);
      teller.verified(step);
    }
  };
  try {
    for (const columns of linesOf(story)) {
      try {
        await line(columns);
      } catch (error) {
        await teller.failed(columns.join(' | '), error);
        // Nothing to do anything with.
        if (/^(?:make|find) /.test(columns[0] ?? '')) return;
      }
    }
  } finally {
    for (const back of undoing.toReversed()) await putBack(() => request(...back), back.join(' '), teller);
  }
}

async function putBack(remove: () => Promise<SdkAnswer>, what: string, teller: Teller): Promise<void> {
  let last: SdkAnswer = { status: 0, text: '' };
  for (const end = Date.now() + 30_000; Date.now() < end; await delay(500)) {
    last = await remove();
    if (last.status === 404 || (last.status >= 200 && last.status < 300)) return;
  }
  await teller.failed(`not put back: ${what}`, new Error(`${last.status} ${last.text}`));
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

async function untilSays(ask: () => Promise<SdkAnswer>, says: RegExp, trouble: () => Promise<string | undefined>): Promise<void> {
  let last = '';
  const found = await eventually('', async () => {
    const { status, text } = await ask();
    last = `${status} ${text}`;
    if (says.test(last)) return true;
    const told = await trouble();
    return told === undefined ? undefined : false;
  }).catch(() => false);
  if (!found) throw new Error(`openstacksdk does not say ${says}: ${last.slice(0, 1500)}`);
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + WITHIN_MS; Date.now() < end; await delay(250)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`not within ${WITHIN_MS / 1000} s: ${what}`);
}

function succeeded(what: string, answer: SdkAnswer): SdkAnswer {
  if (answer.status < 200 || answer.status >= 300) throw new Error(`${what}: ${answer.status} ${answer.text}`);
  return answer;
}

const bodyOf = (text: string): unknown =>
  text === '' ? undefined : text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text;

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** Identity of what was made, within its envelope. */
function idIn(answer: Readonly<Record<string, unknown>>): string {
  const direct = ['id', 'uuid', 'member_id'].map((field) => textOf(answer[field])).find((id) => id !== undefined);
  const href = textOf(answer['secret_ref'])?.split('/').at(-1);
  const inside = Object.values(answer).find((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
  return direct ?? href ?? (inside ? idIn(inside as Readonly<Record<string, unknown>>) : (textOf(answer['name']) ?? ''));
}

/** A field of the first object, however deep, one of whose fields has the value. */
function fieldOf(text: string, field: string, value: string, wanted: string): string | undefined {
  let found: string | undefined;
  JSON.parse(text, (_key, one) => {
    if (found === undefined && typeof one === 'object' && one !== null && textOf(one[field]) === value)
      found = textOf(one[wanted === '' ? ('id' in one ? 'id' : 'uuid') : wanted]);
    return one;
  });
  return found;
}
