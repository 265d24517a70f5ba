import { commands, l10n, type Uri, window } from 'vscode';
import { targetName } from '../deploy/plan/planText.ts';
import { type ApplyParts, goOn, isDeploying } from './applyDeploy.ts';
import { targetSetOf } from './applyTargets.ts';
import { chooseValues } from './chooseValues.ts';
import { KeptDeploy } from './keptDeploy.ts';
import { planDeploy } from './planDeploy.ts';

/**
 * Keep Deployed: Apply Deploy, with its questions, and from then on the same again every few minutes and after each save (`deploy.loop.*`), until somebody stops it or the window ends. While something is kept, it says
 * how that went. A protected target is never deployed to by itself.
 */
export async function keepDeployed(parts: ApplyParts, choosePlaces: () => Promise<readonly Uri[]>): Promise<void> {
  const { deployments, prompts } = parts;
  if (deployments.kept) return showKept(parts);
  if (isDeploying(parts)) return;
  const places = await choosePlaces();
  if (places.length === 0) return;
  if ((await targetSetOf(places)) !== undefined) {
    void window.showInformationMessage(
      l10n.t('A deploy to several targets is not kept by a window. Deploy Continuously writes a job that does.'),
    );
    return;
  }
  const planned = await planDeploy(parts, places, { valuesFor: (found) => chooseValues(parts, found, false) });
  if (!planned) return;
  const { target } = planned.plan;
  if (target.protection !== 'open') {
    await prompts.offer(
      l10n.t('{0} is protected: nothing goes there by itself. Use Apply Deploy.', targetName(target)),
      [],
      'warning',
    );
    return;
  }
  const summary = await goOn(parts, planned);
  if (summary?.outcome !== 'succeeded' && summary?.outcome !== 'unchanged') return;
  deployments.keep(new KeptDeploy(parts, places, planned, () => stopKeeping(parts)));
  void commands.executeCommand('setContext', 'hybridClusters.keeping', true);
}

/** Ends it. What goes on is cancelled as any deploy is: nothing more is sent. */
export function stopKeeping({ deployments }: Pick<ApplyParts, 'deployments'>): void {
  const name = deployments.kept?.name;
  deployments.keep(undefined);
  void commands.executeCommand('setContext', 'hybridClusters.keeping', false);
  if (name !== undefined) window.setStatusBarMessage(l10n.t('{0} is no longer kept deployed.', name), 5_000);
}

async function showKept(parts: ApplyParts): Promise<void> {
  const { kept } = parts.deployments;
  if (!kept) return;
  const [latest = '', ...earlier] = kept.lines;
  const act = await parts.prompts.pick<() => unknown>(
    [
      { label: `$(sync) ${l10n.t('Verify Now')}`, detail: latest, value: () => kept.now() },
      {
        label: `$(debug-stop) ${l10n.t('Stop Keeping {0} Deployed', kept.name)}`,
        detail: earlier.at(-1) ?? '',
        value: () => stopKeeping(parts),
      },
      {
        label: `$(output) ${l10n.t('Show All Rounds')}`,
        detail: l10n.t('In the log, with what was sent.'),
        value: () => commands.executeCommand('hybridClusters.showLog'),
      },
    ],
    { title: l10n.t('{0} is kept deployed', kept.name) },
  );
  await act?.();
}
