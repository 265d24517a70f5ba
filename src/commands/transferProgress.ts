import { l10n, ProgressLocation, window } from 'vscode';
import type { Failure } from '../base/failure.ts';
import type { Logger } from '../base/logger.ts';
import { tell } from '../host/tell.ts';
import { bytes } from '../openstack/columns.ts';
import type { Following } from '../openstack/objectStore.ts';

/** `12 MiB`, of a number of bytes. */
export const sized = (size: number): string => bytes('', 'size').of({ size }) ?? '';

/** Notifications are not to be redrawn for every piece. */
const redrawMs = 200;

/** Shows how far a transfer of `total` bytes has come, and lets it be cancelled. */
export async function withTransfer<T>(
  title: string,
  total: number,
  run: (following: Required<Following>) => Promise<T>,
): Promise<T> {
  return await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const cancel = new AbortController();
      token.onCancellationRequested(() => cancel.abort());
      let moved = 0;
      let shown = 0;
      let shownAt = 0;
      const onBytes = (count: number) => {
        moved += count;
        const now = Date.now();
        if (now - shownAt < redrawMs) return;
        progress.report({
          message: l10n.t('{0} of {1}', sized(moved), sized(total)),
          increment: total === 0 ? 0 : ((moved - shown) / total) * 100,
        });
        [shown, shownAt] = [moved, now];
      };
      return await run({ onBytes, signal: cancel.signal });
    },
  );
}

/** Says what of many failed in one sentence, the others in the log; what the user cancelled is not told. Nothing failed: says that it is done. */
export async function tellOutcome(
  { log }: { readonly log: Logger },
  title: string,
  { done, failures }: { readonly done: number; readonly failures: readonly Failure[] },
): Promise<void> {
  const told = failures.filter(({ reason }) => reason !== 'cancelled');
  const [first, ...rest] = told;
  for (const { message } of rest) log.warn(message);
  if (!first && done + failures.length === 0) return;
  if (!first) window.setStatusBarMessage(failures.length > 0 ? `$(circle-slash) ${title}` : `$(check) ${title}`, 8000);
  else if (done === 0 && rest.length === 0) await tell(first, log);
  else await tell({ ...first, message: l10n.t('{0}: {1} done, {2} failed. {3}', title, done, told.length, first.message) }, log);
}
