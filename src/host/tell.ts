import { commands, l10n, Position, Range, Uri, window, workspace } from 'vscode';
import type { Failure, Reason } from '../base/failure.ts';
import type { Logger } from '../base/logger.ts';

/** A button of a notification and what it does. */
export interface WayOut {
  readonly title: string;
  run(): unknown;
}

/** Which words the user reads for a reason in the status bar and on rows. */
export function reasonWords(reason: Reason): string {
  const words: Readonly<Record<Reason, string>> = {
    signedOut: l10n.t('signed out'),
    forbidden: l10n.t('not allowed'),
    offline: l10n.t('unreachable'),
    untrusted: l10n.t('certificate not trusted'),
    notFound: l10n.t('not found'),
    conflict: l10n.t('changed by someone else'),
    invalid: l10n.t('not usable as written'),
    throttled: l10n.t('asks for patience'),
    expired: l10n.t('too old'),
    unsupported: l10n.t('not offered'),
    malformed: l10n.t('answers something else'),
    unavailable: l10n.t('out of order'),
    cancelled: l10n.t('cancelled'),
  };
  return words[reason];
}

/**
 * Shows expected trouble as one sentence with its ways out: those handed over, then the place in the user's file, then the log.
 * What the user cancelled is not told. Request id and raw answer go to the log only.
 */
export async function tell(failure: Failure, log: Logger, ways: readonly WayOut[] = []): Promise<void> {
  if (failure.reason === 'cancelled') return;
  log.warn([failure.message, failure.requestId && `request ${failure.requestId}`].filter(Boolean).join(' · '));
  const all = [...ways, ...placeOf(failure), showLog()];
  const chosen = await window.showErrorMessage(failure.message, ...all.map(({ title }) => title));
  await all.find(({ title }) => title === chosen)?.run();
}

/** Opens a file of the user with the cursor at line and column, both from 1, or at an offset in UTF-16 units from 0. */
export async function openAt(at: NonNullable<Failure['at']> & { readonly offset?: number }): Promise<void> {
  const uri = /^[a-z][a-z0-9+.-]+:/i.test(at.file) ? Uri.parse(at.file) : Uri.file(at.file);
  const document = await workspace.openTextDocument(uri);
  const position =
    at.offset === undefined
      ? new Position(Math.max(0, (at.line ?? 1) - 1), Math.max(0, (at.column ?? 1) - 1))
      : document.positionAt(at.offset);
  await window.showTextDocument(document, { selection: new Range(position, position) });
}

function placeOf({ at }: Failure): WayOut[] {
  if (!at) return [];
  const name = at.file.slice(at.file.lastIndexOf('/') + 1);
  return [{ title: l10n.t('Open {0}', at.line ? `${name}:${at.line}` : name), run: () => openAt(at) }];
}

const showLog = (): WayOut => ({ title: l10n.t('Show Log'), run: () => commands.executeCommand('hybridClusters.showLog') });
