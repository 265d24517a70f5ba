import { commands, l10n, TabInputTextDiff, type Uri, window } from 'vscode';
import { failed, type Result, success } from '../base/failure.ts';
import type { Path } from '../base/fields.ts';
import type { Logger } from '../base/logger.ts';
import { applyEdit, type Edit, editable, planEdit } from '../deploy/edit.ts';
import { changesBetween, comparable, describeChanges } from '../deploy/plan/diff.ts';
import { conflictLine } from '../deploy/plan/planText.ts';
import { protectionOf } from '../deploy/target.ts';
import type { Documents } from '../host/documents.ts';
import type { EditAddress, ObjectTexts } from '../host/editedObjects.ts';
import type { Prompts } from '../host/prompts.ts';
import type { Settings } from '../host/settings.ts';
import type { Cluster, Contexts, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { toYaml } from '../manifest/toYaml.ts';
import { ownersOfFields } from './objectGuard.ts';
import { takeOwnStep } from './ownStep.ts';

export interface TextParts {
  readonly contexts: Contexts;
  readonly documents: Documents;
  readonly prompts: Prompts;
  readonly log: Logger;
  readonly settings: Pick<Settings, 'protectedTargets' | 'readOnlyTargets'>;
}

/** Objects as texts that are saved: the difference is shown and a yes is asked for, each time. */
export function objectTexts(parts: TextParts): ObjectTexts {
  /** Each object as it was when its text was made. */
  const opened = new Map<string, KubeObject>();
  return {
    read: async (address) => {
      const cluster = await parts.contexts.open(address.context);
      const object = cluster.ok ? await cluster.value.get(refOf(address)) : cluster;
      if (!object.ok || !cluster.ok) return object.ok ? failed('notFound', address.context) : object;
      opened.set(JSON.stringify(address), object.value);
      return success({ text: textOf(object.value, cluster.value), readOnly: markOf(parts, cluster.value) === 'readOnly' });
    },
    save: async (address, text, file) => {
      const cluster = await parts.contexts.open(address.context);
      if (!cluster.ok) return cluster;
      const known = opened.get(JSON.stringify(address));
      const saved = await save(parts, cluster.value, { ref: refOf(address), known, text, file });
      if (saved.ok && saved.value) opened.set(JSON.stringify(address), saved.value);
      return saved.ok ? success(undefined) : saved;
    },
  };
}

interface Saving {
  readonly ref: ObjectRef;
  /** The object as it was when the text was made; lost when the window was loaded anew. */
  readonly known: KubeObject | undefined;
  readonly text: string;
  readonly file: string;
}

/** The object as it is then; undefined if there was nothing to change. */
async function save(parts: TextParts, cluster: Cluster, saving: Saving): Promise<Result<KubeObject | undefined>> {
  const { ref, known, text, file } = saving;
  const { name } = cluster.context;
  if (markOf(parts, cluster) === 'readOnly')
    return failed(
      'forbidden',
      l10n.t('{0} is read-only here (setting hybridClusters.targets.readOnly). Nothing was sent.', name),
    );
  const opened = known ? success(known) : await cluster.get(ref);
  if (!opened.ok) return opened;
  const planned = await planEdit(cluster, { ref, opened: opened.value, file, text });
  if (!planned.ok || !planned.value) return planned.ok ? success(undefined) : planned;
  const isOld = !known && !text.includes(versionWords(opened.value));
  const { meanwhile } = planned.value;
  const warning = isOld
    ? l10n.t('What others changed since the text was made is not known: look whether this undoes it.')
    : meanwhile && l10n.t('Changed by others since it was opened, and kept: {0}', meanwhile);
  if (!(await hasConsent(parts, cluster, planned.value, warning)))
    return failed('cancelled', l10n.t('Not saved: {0} is as it was.', objectName(ref)));
  const applied = await applyEdit(cluster, planned.value);
  parts.log.info(`edit ${objectName(ref)} · ${name} · ${applied.ok ? 'accepted' : applied.failure.message}`);
  for (const warning of planned.value.warnings) parts.log.warn(warning);
  return applied;
}

/** Shows the difference as long as it asks: a yes, a second one for what belongs to others, and the name on a protected context. */
async function hasConsent(parts: TextParts, cluster: Cluster, edit: Edit, warning: string | undefined): Promise<boolean> {
  const [live, after] = sides(parts.documents, cluster.context.name, edit);
  await commands.executeCommand('vscode.diff', live, after, l10n.t('{0} (live ↔ after saving)', objectName(edit.ref)));
  const consent = await asked(parts, cluster, edit, warning);
  const isShown = (input: unknown) => input instanceof TabInputTextDiff && input.modified.toString() === after.toString();
  await window.tabGroups.close(
    window.tabGroups.all.flatMap(({ tabs }) => tabs.filter(({ input }) => isShown(input))),
    false,
  );
  return consent;
}

async function asked(parts: TextParts, cluster: Cluster, edit: Edit, warning: string | undefined): Promise<boolean> {
  const { prompts } = parts;
  const { name, user = '?' } = cluster.context;
  const what = objectName(edit.ref);
  const changes = describeChanges(changesBetween(comparable(edit.live), comparable(edit.result)), 6);
  const yes = l10n.t('Apply');
  const choices = [
    {
      label: yes,
      description: changes,
      value: true,
      ...(warning && { detail: warning }),
    },
    { label: l10n.t('Keep Editing'), value: false },
  ];
  const title = l10n.t('Apply to {0} on {1}, as {2}?', what, name, user);
  if (!(await prompts.pick(choices, { title, ignoreFocusOut: true }))) return false;
  if (!(await acceptsOwners(parts, cluster, edit)) || !(await mayTake(prompts, edit))) return false;
  if (markOf(parts, cluster) === 'open') return true;
  const word = edit.ref.name;
  const detail = l10n.t('{0}. Type {1} to go on.', l10n.t('{0}, as {1}', name, user), word);
  return prompts.confirmByTyping({ message: what, detail, word, yes });
}

/** Whether it is saved although its owner undoes it; the owner's own action is offered first, and once that stopped the owner, it is asked again. */
async function acceptsOwners(parts: TextParts, cluster: Cluster, edit: Edit): Promise<boolean> {
  const touches = changesBetween(comparable(edit.live), comparable(edit.result)).map(({ path }) => touchOf(path));
  const { lines, instead } = await ownersOfFields({ cluster, ref: edit.ref }, edit.live, touches);
  if (lines.length === 0) return true;
  const yes = l10n.t('Apply');
  const message = l10n.t('Apply to {0}, although it is kept as it is by its owner?', objectName(edit.ref));
  const chosen = await parts.prompts.decide({ message, detail: lines.join('\n') }, [...instead.keys(), yes]);
  const step = chosen === undefined ? undefined : instead.get(chosen);
  if (step) return (await takeOwnStep(parts, step)) && acceptsOwners(parts, cluster, edit);
  return chosen === yes;
}

/** Down to the first list: its entries have keys of their own there. */
function touchOf(path: Path): string {
  const end = path.findIndex((step) => typeof step === 'number');
  return (end < 0 ? path : path.slice(0, end)).map((step) => (String(step).includes('.') ? `[${step}]` : step)).join('.');
}

/** Whether fields may be taken from their managers; the table of *Apply Deploy* tells which. */
async function mayTake(prompts: Prompts, { ref, conflicts, removes }: Edit): Promise<boolean> {
  if (conflicts.length + removes.length === 0) return true;
  const lines = [
    ...conflicts.map(conflictLine),
    ...(removes.length > 0 ? [l10n.t('Removed or replaced, although another manager wrote it: {0}', removes.join(', '))] : []),
  ];
  const message = l10n.t('Fields of {0} belong to others, who may set them again', objectName(ref));
  return prompts.confirm({ message, detail: lines.join('\n'), yes: l10n.t('Take Over') });
}

function sides(documents: Documents, context: string, { ref, live, result }: Edit): readonly [Uri, Uri] {
  const path = [context, ref.namespace, `${ref.kind} ${ref.name}.yaml`].filter(Boolean).join('/');
  const side = (name: string, shown: KubeObject) => documents.provide(path, () => toYaml(comparable(shown)), { side: name });
  return [side('live', live), side('saved', result)];
}

function textOf(object: KubeObject, { context: { name, user = '?' } }: Cluster): string {
  const masked = object.kind === 'Secret' ? `# ${l10n.t('A value that stays *** is kept.')}\n` : '';
  const lines = [
    l10n.t('{0} on {1}, as {2}, {3}', objectName(refOf({ ...object, ...object.metadata })), name, user, versionWords(object)),
    l10n.t('Saving shows what changes and asks. Status and what the server keeps are left out.'),
  ];
  return `${lines.map((line) => `# ${line}\n`).join('')}${masked}${toYaml(editable(object))}`;
}

/** In the first line of a text: what it was made from. */
const versionWords = ({ metadata }: KubeObject) => `version ${metadata.resourceVersion}.`;

function refOf({ apiVersion, kind, namespace, name }: Omit<EditAddress, 'context'>): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

const markOf = ({ settings }: Pick<TextParts, 'settings'>, { context }: Cluster) =>
  protectionOf(context.name, { protected: settings.protectedTargets, readOnly: settings.readOnlyTargets });
