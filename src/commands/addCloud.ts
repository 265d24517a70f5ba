import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { commands, l10n, Uri, window, workspace } from 'vscode';
import { failed, type Result, success } from '../base/failure.ts';
import type { Documents } from '../host/documents.ts';
import type { Secrets } from '../host/secrets.ts';
import type { Settings } from '../host/settings.ts';
import type { Clouds } from '../openstack/cloud.ts';
import { masked, secretsIn, suggestedName, writable } from '../openstack/cloudEntry.ts';
import { readCloudsFile, saveCloudsFile } from '../openstack/cloudsFile.ts';
import { withCloud } from '../openstack/cloudsText.ts';
import { asSettings, cloudsPaths, type Settings as Entry, expandHome } from '../openstack/configFiles.ts';
import { addFile, addToSetting, cloudsFile, filesOf } from './addFile.ts';
import { askEntry, type FormParts, readOpenrc } from './cloudForm.ts';

export interface AddCloudParts extends FormParts {
  readonly clouds: Clouds;
  readonly documents: Documents;
  readonly secrets: Secrets;
  readonly settings: Settings;
  readonly renewWorlds: () => Promise<void>;
}

/** What is to be written, and how its secrets are kept. */
interface Draft {
  readonly name: string;
  /** With its secrets. */
  readonly entry: Entry;
  readonly file: string;
  readonly secrets: 'keyring' | 'ask' | 'file';
}

/** The entry from a form, an openrc file or by hand; then, as often as wanted, the difference it makes, a try, another file; it is written on *Save* only. */
export async function addCloud(parts: AddCloudParts): Promise<void> {
  const { prompts, clouds } = parts;
  const read = async () => filesOf((await clouds.list()).clouds.map(({ source }) => source?.file));
  const choices = [
    {
      label: `$(globe) ${l10n.t('From the address of its identity service (Keystone)…')}`,
      detail: l10n.t('Asks whether one is there, then who you are.'),
      value: () => askEntry(parts),
    },
    {
      label: `$(file-code) ${l10n.t('From an openrc file…')}`,
      detail: l10n.t('The file is read, never run.'),
      value: () => readOpenrc(parts),
    },
    {
      label: `$(edit) ${l10n.t('By hand…')}`,
      detail: l10n.t('Opens a clouds.yaml, begins one, or names one that you have elsewhere.'),
      value: async () => void (await addFile(cloudsFile, await read(), prompts)),
    },
  ];
  const entry = await (await prompts.pick(choices, { title: l10n.t('Add a cloud') }))?.();
  const draft = entry && (await draftOf(parts, entry));
  if (draft) await review(parts, draft);
}

async function draftOf(parts: AddCloudParts, entry: Entry): Promise<Draft | undefined> {
  const name = await askName(parts, suggestedName(entry, await namesOf(parts)));
  const secrets = name && (await askSecrets(parts, entry));
  const [file] = knownFiles(parts);
  return name && secrets && file ? { name, entry, file, secrets } : undefined;
}

/** Shows the difference and asks what next, until it is saved or dropped. */
async function review(parts: AddCloudParts, first: Draft): Promise<void> {
  const { prompts } = parts;
  let draft = first;
  let said = '';
  for (;;) {
    const plan = await planned(draft);
    if (plan.ok) await showDifference(parts, draft, plan.value);
    else said = plan.failure.message;
    const choices = [
      ...(plan.ok ? [{ label: `$(save) ${l10n.t('Save')}`, description: draft.file, value: 'save' as const }] : []),
      { label: `$(debug-start) ${l10n.t('Try It')}`, description: l10n.t('signs in, and out again'), value: 'try' as const },
      { label: `$(folder-opened) ${l10n.t('Into another file…')}`, value: 'file' as const },
      { label: `$(edit) ${l10n.t('Under another name…')}`, value: 'name' as const },
      { label: `$(trash) ${l10n.t('Drop It')}`, description: l10n.t('nothing is written'), value: 'drop' as const },
    ];
    const title = l10n.t('Cloud {0}', draft.name);
    const next = await prompts.pick(choices, { title, ignoreFocusOut: true, ...(said && { placeHolder: said }) });
    if (next === 'save' && plan.ok) {
      const saved = await save(parts, draft, plan.value);
      if (saved.ok) return;
      said = saved.failure.message;
    } else if (next === 'try') said = await tried(parts, draft);
    else if (next === 'file') draft = { ...draft, file: (await askFile(parts)) ?? draft.file };
    else if (next === 'name') draft = { ...draft, name: (await askName(parts, draft.name)) ?? draft.name };
    else return;
  }
}

interface Planned {
  readonly before: string | undefined;
  readonly after: string;
  /** The same with a mark in place of the new entry's secrets. */
  readonly shown: string;
}

async function planned({ file, name, entry, secrets }: Draft): Promise<Result<Planned>> {
  const before = await readCloudsFile(file);
  if (!before.ok) return before;
  const placed = (one: Entry) => withCloud(before.value ?? '', name, one);
  const added = writable(entry, secrets === 'file');
  const after = placed(added);
  if (!after.ok) return failed(after.failure.reason, `${file}: ${after.failure.message}`, { at: { file } });
  const shown = placed(masked(added));
  return shown.ok ? success({ before: before.value, after: after.value, shown: shown.value }) : shown;
}

async function showDifference({ documents }: AddCloudParts, { file }: Draft, { before, shown }: Planned): Promise<void> {
  const left = before === undefined ? documents.provide(file, () => '', { side: 'before' }) : Uri.file(file);
  const right = documents.provide(file, () => shown, { side: 'after' });
  await commands.executeCommand('vscode.diff', left, right, l10n.t('{0} (now ↔ with the new cloud)', file), { preview: true });
}

/** One sentence: whom it signs in, or why not. */
async function tried({ candidates, prompts }: AddCloudParts, { name, entry }: Draft): Promise<string> {
  const auth = asSettings(entry['auth']);
  const needs =
    auth['username'] !== undefined && auth['password'] === undefined && (entry['auth_type'] ?? 'password') === 'password';
  const typed = needs ? await prompts.password(l10n.t('Try {0}', name), l10n.t('Its password; it is not kept.')) : undefined;
  const trying = candidates.tryOut(name, typed ? { ...entry, auth: { ...auth, password: typed } } : entry);
  window.setStatusBarMessage(l10n.t('Signing in…'), trying);
  const answer = await trying;
  if (!answer.ok) return answer.failure.message;
  const { user, project, projects } = answer.value;
  const names = projects.map((one) => one.name).join(', ');
  return project === undefined
    ? l10n.t('Signed in as {0}. Open to it: {1}.', user, names)
    : l10n.t('Signed in as {0}, project {1}. Open to it: {2}.', user, project, names);
}

async function save(parts: AddCloudParts, draft: Draft, { before, after }: Planned): Promise<Result<void>> {
  if (workspace.textDocuments.some(({ uri, isDirty }) => isDirty && uri.fsPath === draft.file))
    return failed('conflict', l10n.t('{0} has changes that are not saved. Save or revert them first.', draft.file));
  const saved = await saveCloudsFile(draft.file, before, after);
  if (!saved.ok) return saved;
  const auth = asSettings(draft.entry['auth']) as Readonly<Record<string, string>>;
  const secret = auth['password'] ?? auth['application_credential_secret'];
  const user = auth['username'] ?? auth['user_id'] ?? auth['application_credential_name'];
  if (draft.secrets === 'keyring' && secret)
    await parts.secrets.keep({ cloud: draft.name, user, server: auth['auth_url'] }, secret);
  if (!knownFiles(parts).includes(draft.file)) await addToSetting('clouds.files', [draft.file]);
  // A folder that was not there is not watched.
  else if (saved.value.newFolder) await parts.renewWorlds();
  window.setStatusBarMessage(l10n.t('{0} is in {1}.', draft.name, draft.file), 5000);
  return success(undefined);
}

/** The file that counts now, or that would be the first to count; then those of the setting. A new file before one that counts would hide it. */
function knownFiles({ settings }: AddCloudParts): readonly string[] {
  const paths = cloudsPaths({ env: process.env });
  const main = paths.find((path) => existsSync(path)) ?? paths[0];
  return filesOf([main, ...settings.cloudFiles.map((path) => expandHome(path))]);
}

async function askFile(parts: AddCloudParts): Promise<string | undefined> {
  const { prompts } = parts;
  const other = { label: `$(new-file) ${l10n.t('Another file…')}`, description: l10n.t('added to the setting'), value: '' };
  const choices = [...knownFiles(parts).map((path) => ({ label: path, value: path })), other];
  const chosen = await prompts.pick(choices, { title: l10n.t('Into which file?'), ignoreFocusOut: true });
  if (chosen !== '') return chosen;
  const check = (path: string) => (isAbsolute(expandHome(path)) ? undefined : l10n.t('A whole path.'));
  const typed = await prompts.text(
    l10n.t('Path of the file'),
    join(homedir(), '.config', 'openstack', 'more-clouds.yaml'),
    check,
  );
  return typed && expandHome(typed);
}

async function askName(parts: AddCloudParts, value: string): Promise<string | undefined> {
  const taken = await namesOf(parts);
  const check = (text: string) =>
    text.trim() === ''
      ? l10n.t('A name.')
      : taken.includes(text.trim())
        ? l10n.t('There is a cloud of this name already.')
        : undefined;
  return (await parts.prompts.text(l10n.t('What is it called?'), value, check))?.trim();
}

async function namesOf({ clouds }: AddCloudParts): Promise<readonly string[]> {
  return (await clouds.list()).clouds.map(({ name }) => name);
}

/** Where the secrets of an entry are kept; a file holds them only if the user says so. */
async function askSecrets({ prompts }: AddCloudParts, entry: Entry): Promise<Draft['secrets'] | undefined> {
  const secrets = secretsIn(entry);
  if (secrets.length === 0) return 'ask';
  const what = secrets.join(', ').replaceAll('_', ' ');
  const askable = secrets.every((name) => name === 'password' || name === 'application_credential_secret');
  const choices: readonly { label: string; description?: string; value: Draft['secrets'] }[] = [
    ...(askable
      ? [
          { label: `$(key) ${l10n.t("In this machine's keyring")}`, value: 'keyring' as const },
          { label: `$(question) ${l10n.t('Nowhere: ask when it is needed')}`, value: 'ask' as const },
        ]
      : [{ label: `$(circle-slash) ${l10n.t('Nowhere: I write it down myself')}`, value: 'ask' as const }]),
    { label: `$(file) ${l10n.t('In the file, readable as it stands')}`, value: 'file' },
  ];
  return prompts.pick(choices, { title: l10n.t('Where is the {0} kept?', what), ignoreFocusOut: true });
}
