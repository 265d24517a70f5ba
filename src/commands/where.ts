import { commands, l10n, window } from 'vscode';
import type { Failure } from '../base/failure.ts';
import { type Binding, describeBinding } from '../binding/binding.ts';
import type { Bindings } from '../host/bindings.ts';
import type { Checks } from '../host/checks.ts';
import type { Prompts } from '../host/prompts.ts';
import { describeCheck, placeInFront } from '../host/statusBar.ts';

export interface WhereParts {
  readonly bindings: Bindings;
  readonly checks: Checks;
  readonly prompts: Prompts;
  /** Why the cloud of a binding could not be asked the last time. */
  readonly trouble: (binding: Binding) => Failure | undefined;
}

/** The menu of the status bar. Unbound, there is only one thing to do, and it is done at once. */
export async function where({ bindings, checks, prompts, trouble }: WhereParts): Promise<void> {
  const place = placeInFront();
  const binding = place && bindings.of(place);
  if (!binding) {
    await commands.executeCommand('hybridClusters.bindFolder', place);
    return;
  }
  const run = (command: string) => () => commands.executeCommand(`hybridClusters.${command}`, place);
  const checked = checks.of(place);
  const told = trouble(binding)?.message ?? (checked ? describeCheck(checked) : l10n.t('Nothing in front was checked yet.'));
  const chosen = await prompts.pick<() => unknown>(
    [
      { label: `$(link) ${l10n.t('Bind this folder…')}`, value: run('bindFolder') },
      ...(binding.cloud
        ? [
            {
              label: `$(sign-in) ${l10n.t('Sign in')}`,
              value: () => commands.executeCommand('hybridClusters.signIn', binding.cloud),
            },
          ]
        : []),
      { label: `$(debug-disconnect) ${l10n.t('Unbind')}`, value: run('unbindFolder') },
      { label: `$(checklist) ${l10n.t('What is checked here?')}`, value: () => window.showInformationMessage(told) },
      { label: `$(output) ${l10n.t('Open log')}`, value: run('showLog') },
    ],
    { title: describeBinding(binding) },
  );
  await chosen?.();
}
