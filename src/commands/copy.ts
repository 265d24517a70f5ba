import { env, l10n, window } from 'vscode';

/** Copies texts, one a line, and says so. */
export async function copy(texts: readonly (string | undefined)[]): Promise<void> {
  const all = texts.filter((text) => text !== undefined);
  if (all.length === 0) return;
  await env.clipboard.writeText(all.join('\n'));
  window.setStatusBarMessage(
    all.length === 1 ? l10n.t('Copied {0}', all[0] ?? '') : l10n.t('Copied {0} lines', all.length),
    3000,
  );
}
