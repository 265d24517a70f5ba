import { env, l10n, window } from 'vscode';
import { textAt } from '../openstack/columns.ts';

/** Offers what a service tells this once and never again, a field of its answer: shown in no document and no log, on the clipboard when the user says so. */
export async function tellOnce(body: unknown, field: string): Promise<void> {
  const secret = textAt({ body }, `body.${field}`);
  if (secret === undefined) return;
  const copy = l10n.t('Copy Secret');
  const chosen = await window.showInformationMessage(
    l10n.t('The service tells this secret only now. Copy it, and keep it where you keep passwords.'),
    { modal: true },
    copy,
  );
  if (chosen === copy) await env.clipboard.writeText(secret);
}
