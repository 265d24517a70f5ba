import { readdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { l10n } from 'vscode';
import type { Choice } from '../host/prompts.ts';
import { tell } from '../host/tell.ts';
import { textAt } from '../openstack/columns.ts';
import { idOf } from '../openstack/display.ts';
import { type Answers, type Field, type Given, resolved } from '../openstack/field.ts';
import type { Resource } from '../openstack/kind.ts';
import { isKindId, type KindId, kindOf } from '../openstack/kinds/kinds.ts';
import type { Project } from '../openstack/project.ts';
import { type ChooseParts, placeName, resourceChoices } from './chooseResource.ts';

export type AskParts = Pick<ChooseParts, 'prompts' | 'log'>;

/** What a form is about. */
export interface Form {
  readonly fields: readonly Field[];
  /** Before each question. */
  readonly title: string;
  readonly project: Project;
  /** The resource of an action, the parent of what is created; absent: nothing. */
  readonly about?: Resource;
  /** What is known by the name of its field already, and not asked for. */
  readonly known?: (name: string) => string | undefined;
  /** True where a single resource that fits is not asked for, because the form as a whole is the question. */
  readonly brief?: true;
}

/** One question with what may follow from other answers filled in. */
interface Question {
  readonly form: Form;
  readonly about: Resource;
  readonly answers: Answers;
  readonly title: string;
}

type Of<K extends Field['as']> = Extract<Field, { readonly as: K }>;

/** Files above this are no templates. */
const largestFile = 4 * 1024 * 1024;

/** Asks the fields in turn; what is known already, or has only one answer, is not asked. Undefined when dismissed. */
export async function askFields(parts: AskParts, form: Form): Promise<Answers | undefined> {
  const { fields, about = {}, known, title } = form;
  const answers: Record<string, string> = {};
  for (const field of fields) {
    const asked = fields.filter(({ when }) => when?.(about, answers) ?? true);
    if (!asked.includes(field)) continue;
    const place = asked.length > 1 ? ` (${asked.indexOf(field) + 1}/${asked.length})` : '';
    const heading = `${title}${place}: ${field.title}`;
    const answer = known?.(field.name) ?? (await askField(parts, field, { form, about, answers, title: heading }));
    if (answer === undefined) return undefined;
    if (answer !== '') answers[field.name] = answer;
  }
  return answers;
}

async function askField(parts: AskParts, field: Field, question: Question): Promise<string | undefined> {
  const { prompts } = parts;
  const { about, answers, title } = question;
  switch (field.as) {
    case 'text':
      return askText(parts, field, question);
    case 'number':
      return askNumber(parts, field, question);
    case 'secret':
      return (await prompts.password(title, l10n.t('It is sent, and kept nowhere here.'))) || undefined;
    case 'choice':
      return prompts.pick(
        resolved(field.of, about, answers).map((label) => ({ label, value: label })),
        { title },
      );
    case 'publicKey':
      return choosePublicKey(parts, title);
    case 'file':
      return chooseFile(parts, field, title);
    case 'resource':
      return chooseOne(parts, field, question);
    case 'resources':
      return chooseSome(parts, field, question);
  }
}

async function askText({ prompts }: AskParts, field: Of<'text'>, { about, answers, title }: Question) {
  const { value = '', fits, hint, optional } = field;
  const check = (text: string) => {
    if (text.trim() === '') return optional ? undefined : l10n.t('Something is needed here.');
    return fits && !fits.test(text.trim()) ? l10n.t('It should look like {0}.', hint ?? String(fits)) : undefined;
  };
  const shown = resolved(value, about, answers);
  return (await prompts.text(hint && !shown ? l10n.t('{0}, like {1}', title, hint) : title, shown, check))?.trim();
}

async function askNumber({ prompts }: AskParts, field: Of<'number'>, { about, answers, title }: Question) {
  const { atLeast, value = atLeast, optional } = field;
  const least = resolved(atLeast, about, answers);
  const check = (text: string) => {
    if (optional && text.trim() === '') return undefined;
    return /^-?\d+$/.test(text.trim()) && Number(text) >= least ? undefined : l10n.t('A whole number, {0} or more.', least);
  };
  const shown = optional && field.value === undefined ? '' : String(resolved(value, about, answers));
  return (await prompts.text(title, shown, check))?.trim();
}

/** The identity (or the field `by`) of one of the resources that fit, empty for none. */
async function chooseOne(parts: AskParts, field: Of<'resource'>, question: Question): Promise<string | undefined> {
  const { prompts } = parts;
  const { optional, typed, obvious } = field;
  const { form, title } = question;
  const found = await choicesOf(parts, field, question);
  if (!found) return undefined;
  const [only] = found;
  if (only && found.length === 1 && !optional && !typed && (obvious || form.brief)) return only.value;
  // No identity has spaces.
  const another = ' another ';
  const chosen = await prompts.pick(
    [
      ...(optional ? [{ label: l10n.t('None'), value: '' }] : []),
      ...found,
      ...(typed ? [{ label: l10n.t('Another one, by its id…'), value: another }] : []),
    ],
    { title, matchOnDetail: true },
  );
  if (chosen !== another) return chosen;
  const check = (text: string) => (/^\S+$/.test(text.trim()) ? undefined : l10n.t('Something is needed here.'));
  return (await prompts.text(title, '', check))?.trim();
}

async function chooseSome(parts: AskParts, field: Of<'resources'>, question: Question): Promise<string | undefined> {
  const found = await choicesOf(parts, field, question);
  if (!found) return undefined;
  const now = field.value?.(question.about) ?? [];
  const choices = found.map((choice) => ({ ...choice, picked: now.includes(choice.value) }));
  const chosen = await parts.prompts.pickMany(choices, { title: question.title, matchOnDetail: true });
  return chosen?.join(',');
}

/** The resources that fit; none where one is needed is told. */
async function choicesOf(
  parts: AskParts,
  field: Of<'resource'> | Of<'resources'>,
  { form: { project }, about, answers }: Question,
): Promise<readonly Choice<string>[] | undefined> {
  const { fits, by, optional } = field;
  const kind = kindIn(field.kind, about, answers);
  if (!kind) return undefined;
  const found = await resourceChoices(parts, project, kind, fits && ((one) => fits(one, about, answers)));
  if (found?.length === 0 && !optional && !(field.as === 'resource' && field.typed)) {
    const message = l10n.t('{0} has no {1} for this. Make one first.', placeName(project), kindOf(kind).label[0]);
    await tell({ reason: 'notFound', message }, parts.log);
    return undefined;
  }
  const answerOf = (one: Resource) => (by === undefined ? idOf(kind, one) : (textAt(one, by) ?? ''));
  return found?.map((choice) => ({ ...choice, value: answerOf(choice.value) }));
}

function kindIn(kind: Given<string>, about: Resource, answers: Answers): KindId | undefined {
  const id = resolved(kind, about, answers);
  return isKindId(id) ? id : undefined;
}

/** The text of one of the user's own public keys. */
async function choosePublicKey({ prompts, log }: AskParts, title: string): Promise<string | undefined> {
  const folder = join(homedir(), '.ssh');
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.pub')).sort();
  if (files.length === 0) {
    await tell({ reason: 'notFound', message: l10n.t('{0} has no public key (*.pub). Make one with ssh-keygen.', folder) }, log);
    return undefined;
  }
  const keys = await Promise.all(
    files.map(async (file) => ({ file, text: (await readFile(join(folder, file), 'utf8')).trim() })),
  );
  return prompts.pick(
    keys.map(({ file, text }) => ({ label: file, description: text.split(/\s+/).at(-1) ?? '', value: text })),
    { title },
  );
}

/** The text of a file that is picked, empty for none. */
async function chooseFile({ prompts, log }: AskParts, { optional }: Of<'file'>, title: string): Promise<string | undefined> {
  if (optional) {
    const choices = [
      { label: l10n.t('None'), value: false },
      { label: l10n.t('Choose a file…'), value: true },
    ];
    const wanted = await prompts.pick(choices, { title });
    if (!wanted) return wanted === false ? '' : undefined;
  }
  const path = await prompts.file(title);
  if (path === undefined) return undefined;
  try {
    if ((await stat(path)).size <= largestFile) return await readFile(path, 'utf8');
    await tell({ reason: 'invalid', message: l10n.t('{0} is too large: more than 4 MiB. Choose another file.', path) }, log);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    await tell({ reason: 'invalid', message: l10n.t('{0} could not be read: {1}. Choose another file.', path, why) }, log);
  }
  return undefined;
}
