import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { env, l10n, window } from 'vscode';
import type { Secrets } from '../host/secrets.ts';
import { openAt, tell } from '../host/tell.ts';
import { textAt } from '../openstack/columns.ts';
import { nameOf } from '../openstack/display.ts';
import { linesNaming, type NewCredential, nextName, rotateCredential } from '../openstack/rotateCredential.ts';
import type { ActTarget } from './actTarget.ts';
import { type ChooseParts, placeName } from './chooseResource.ts';
import { type ProtectionParts, refusesWrites } from './readOnly.ts';

export interface RotateParts extends ChooseParts, ProtectionParts {
  readonly secrets: Secrets;
}

/** A place in a file that names the old credential; line from 1. */
interface Consumer {
  readonly file: string;
  readonly line: number;
}

const kind = 'identity.application_credential';
const usualDays = 90;
const dayMs = 86_400_000;

/**
 * Puts another application credential of the same rights in the place of one: makes it, tells its secret once, shows who names the old one, and revokes that only when its name is typed.
 */
export async function rotateApplicationCredential(parts: RotateParts, { project, resource }: ActTarget): Promise<void> {
  if (await refusesWrites(parts, project)) return;
  const old = { id: textAt(resource, 'id') ?? '', name: nameOf(kind, resource) };
  const how = await askHow(parts, { project, kind, resource });
  if (!how) return;
  const made = await parts.secrets.asking(project.cloud, () => rotateCredential(project, resource, how));
  if (!made.ok) return tell(made.failure, parts.log);
  parts.log.info(`rotate application credential ${old.name} · ${placeName(project)} · ${made.value.name} (${made.value.id})`);
  await tellSecret(made.value);
  await mayRevoke(parts, { project, kind, resource }, old, made.value.name);
}

async function askHow({ prompts, log }: RotateParts, { project, resource }: ActTarget) {
  const list = await project.list(kind, { freshness: 'fresh' });
  if (!list.ok) return void tell(list.failure, log);
  const taken = list.value.items.map((one) => nameOf(kind, one));
  const isTaken = (text: string) => (taken.includes(text.trim()) ? l10n.t('There is one of this name.') : undefined);
  const check = (text: string) => (text.trim() === '' ? l10n.t('A name is needed.') : isTaken(text));
  const name = await prompts.text(
    l10n.t('Name of the new credential'),
    nextName(nameOf(kind, resource), taken, new Date()),
    check,
  );
  if (name === undefined) return undefined;
  if (textAt(resource, 'expires_at') === undefined) return { name: name.trim() };
  const whole = (text: string) => (/^[1-9]\d{0,4}$/.test(text.trim()) ? undefined : l10n.t('A whole number, {0} or more.', 1));
  const days = await prompts.text(l10n.t('It expires after how many days?'), String(usualDays), whole);
  return days === undefined
    ? undefined
    : { name: name.trim(), expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString() };
}

/** Shown in no document and no log; on the clipboard when the user says so. */
async function tellSecret({ id, name, secret }: NewCredential): Promise<void> {
  const [copySecret, copyBoth] = [l10n.t('Copy Secret'), l10n.t('Copy Id and Secret')];
  const chosen = await window.showInformationMessage(
    l10n.t('{0} is made, and one can sign in with it.', name),
    { modal: true, detail: l10n.t('The service tells its secret only now. Copy it, and keep it where you keep passwords.') },
    copyBoth,
    copySecret,
  );
  if (chosen === copySecret) await env.clipboard.writeText(secret);
  if (chosen === copyBoth)
    await env.clipboard.writeText(`application_credential_id: ${id}\napplication_credential_secret: ${secret}\n`);
}

async function mayRevoke(
  parts: RotateParts,
  { project, resource }: ActTarget,
  old: { readonly id: string; readonly name: string },
  successor: string,
): Promise<void> {
  const { prompts, log } = parts;
  const consumers = await consumersOf(parts, old);
  const [first] = consumers;
  const named = consumers.map(({ file, line }) => `${file}:${line}`);
  const detail = [
    first ? l10n.t('It is named in:') : l10n.t('No clouds.yaml that is read here names it.'),
    ...named,
    l10n.t('Kubernetes Secrets and pipelines are not searched: whoever else signs in with it is shut out.'),
  ].join('\n');
  const [show, later, revoke] = [l10n.t('Show {0}', named[0] ?? ''), l10n.t('Later'), l10n.t('Revoke…')];
  const message = l10n.t('Revoke {0} now, which {1} takes the place of?', old.name, successor);
  const chosen = await prompts.decide({ message, detail }, [...(first ? [show] : []), later, revoke]);
  if (chosen === show && first) await openAt(first);
  const typing = { message: old.name, detail: l10n.t('Type {0} to go on.', old.name), word: old.name, yes: l10n.t('Revoke') };
  if (chosen !== revoke || !(await prompts.confirmByTyping(typing))) {
    window.setStatusBarMessage(l10n.t('{0} still works. Delete it once nobody uses it.', old.name), 15_000);
    return;
  }
  const gone = await project.act(kind, resource, 'delete');
  if (!gone.ok) return tell(gone.failure, log);
  log.info(`revoke application credential ${old.name} (${old.id}) · ${placeName(project)}`);
  project.refresh([kind]);
}

/** Where the files of clouds that are read here, and the secure.yaml beside each, name a credential. */
async function consumersOf(
  { clouds }: RotateParts,
  old: { readonly id: string; readonly name: string },
): Promise<readonly Consumer[]> {
  const read = (await clouds.list()).clouds.flatMap(({ source }) => source?.file ?? []);
  const files = [...new Set(read.flatMap((file) => [file, join(dirname(file), 'secure.yaml')]))];
  const found = files.map(async (file) => {
    const text = await readFile(file, 'utf8').catch(() => '');
    return linesNaming(text, old).map((line) => ({ file, line }));
  });
  return (await Promise.all(found)).flat();
}
