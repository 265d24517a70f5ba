import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import titles from '../../../package.nls.json' with { type: 'json' };
import { actions } from '../../../src/openstack/actions/actions.ts';
import type { ActionWord } from '../../../src/openstack/actions/actionWords.ts';
import type { Palette, Shown } from './palette.ts';

/** One action as a person does it from the palette. */
export interface Deed {
  readonly word: ActionWord;
  /** As the picker of kinds has it, if it asks: `Servers`. */
  readonly kind: string;
  /** Names from the top: a member stands below its pool. `name @text`: of several of that name the one whose row says so; `*`: the first. */
  readonly resource: readonly string[];
  /** In the order of the questions: a row's name, a text, `=` for what stands there, `[a, b]` for exactly these boxes, `file:` and a path. */
  readonly answers: readonly string[];
}

/** What is not on the list yet may come: a service is not done with the step before. */
const OFFERED_WITHIN_MS = 45_000;

/** The title of a word's command in the palette. */
export const commandOf = (word: ActionWord): string => `${titles.category}: ${Reflect.get(titles, `command.${word}`)}`;

/** Does it, until the change goes out. Rejects with what was on the screen. */
export async function carryOut(palette: Palette, deed: Deed): Promise<void> {
  for (const end = Date.now() + OFFERED_WITHIN_MS; ; await delay(300)) {
    await palette.run(commandOf(deed.word));
    const missing = await answerAll(palette, deed);
    if (missing === undefined) break;
    if (Date.now() > end) throw new Error(`not offered: ${missing}; on the screen: ${JSON.stringify(await palette.look())}`);
  }
  await sayYes(palette, deed);
}

/** Answers every question; what was not among the choices. */
async function answerAll(palette: Palette, { word, kind, resource, answers }: Deed): Promise<string | undefined> {
  const above = resource.slice(0, -1);
  const left = [...answers];
  let chosen = false;
  let before = '';
  while (!chosen || left.length > 0) {
    const { title = '', list } = await palette.until(`a question of ${word} after ${before || 'its command'}`, (shown) =>
      isNew(shown, before) ? shown : refusedBy(shown),
    );
    before = `${title}|${list}`;
    const ofKind = title.startsWith('What in ');
    const ofParent = title.startsWith('Of which ');
    const own: boolean = !chosen && !ofKind && !ofParent;
    if (own) assert.ok(title.startsWith(`${actions[word].title} · `), `another question: ${title}`);
    const answer = ofKind ? kind : ofParent ? (above.shift() ?? '*') : own ? resource.at(-1) : left.shift();
    chosen ||= own;
    if (!(await answerOne(palette, answer ?? '*', list === true))) return `${answer} (${title})`;
  }
  const last = before;
  await palette.until('the last question goes', ({ title, list }) => (`${title}|${list}` === last ? undefined : true));
  return undefined;
}

/** A question that was not there before; the palette itself has no title. */
const isNew = ({ title, list }: Shown, before: string) => title !== undefined && title !== '' && `${title}|${list}` !== before;

/** Instead of a question a sentence came. */
function refusedBy({ title, notifications }: Shown): undefined {
  const told = notifications.filter((text) => !text.includes(' · '));
  if (title === undefined && told.length > 0) throw new Error(`told instead: ${told.join(' | ')}`);
}

async function answerOne(palette: Palette, answer: string, list: boolean): Promise<boolean> {
  const boxes = /^\[(.*)\]$/.exec(answer);
  if (boxes) await palette.takeAll((boxes[1] ?? '').split(', ').filter((name) => name !== ''));
  else if (answer.startsWith('file:')) await palette.file(answer.slice('file:'.length));
  else if (list) return (await palette.take(answer)) !== undefined;
  else await palette.type(answer);
  return true;
}

/** Confirms as much as the action wants confirmed, and takes what it tells only once. */
async function sayYes(palette: Palette, { word, resource }: Deed): Promise<void> {
  const { title, risk, once } = actions[word];
  if (risk) {
    const yes = title.replace('…', '');
    const pressed = await palette.until(`the question whether to ${word}`, (shown) => {
      const { buttons } = refusedBy(shown) ?? shown;
      return buttons?.find((button) => button === yes || button === `${yes}…`);
    });
    await palette.press(pressed);
    if (pressed.endsWith('…')) {
      await palette.until('the name to be typed', (shown) => (shown.title?.startsWith(`${yes}: `) ? true : undefined));
      await palette.type(resource.at(-1) ?? '');
    }
  }
  if (once === undefined) return;
  await palette.until('the secret', ({ buttons }) => (buttons?.includes('Copy Secret') ? true : undefined));
  await palette.press('Copy Secret');
}
