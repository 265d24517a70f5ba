import { env, l10n, window } from 'vscode';
import type { Logger } from '../base/logger.ts';
import { tell } from '../host/tell.ts';
import { nameOf } from '../openstack/display.ts';
import { secretPayload } from '../openstack/secretPayload.ts';
import type { ActTarget } from './actTarget.ts';

/** A dialog shows no more than this. */
const mostShown = 2000;

/** Puts what a secret holds on the clipboard. It is in no log, no document and no row. */
export async function copyPayload({ log }: { readonly log: Logger }, { project, resource }: ActTarget): Promise<void> {
  const payload = await secretPayload(project, resource);
  if (!payload.ok) return tell(payload.failure, log);
  await env.clipboard.writeText(payload.value.text);
  const name = nameOf('key-manager.secret', resource);
  const said = payload.value.binary
    ? l10n.t('Copied the payload of {0} as Base64', name)
    : l10n.t('Copied the payload of {0}', name);
  window.setStatusBarMessage(said, 5000);
}

/** Shows what a secret holds in a dialog that is gone once it is closed: no document keeps it. Bytes and long texts are told of by their size. */
export async function revealPayload({ log }: { readonly log: Logger }, { project, resource }: ActTarget): Promise<void> {
  const payload = await secretPayload(project, resource);
  if (!payload.ok) return tell(payload.failure, log);
  const { text, binary } = payload.value;
  const detail = binary
    ? l10n.t('{0} bytes that are no text.', Buffer.byteLength(text, 'base64'))
    : text.length > mostShown
      ? l10n.t('{0}… and {1} more characters.', text.slice(0, mostShown), text.length - mostShown)
      : text;
  const copy = l10n.t('Copy');
  const message = l10n.t('Payload of {0}', nameOf('key-manager.secret', resource));
  if ((await window.showInformationMessage(message, { modal: true, detail }, copy)) === copy) await env.clipboard.writeText(text);
}
