import { l10n } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import { type Download, downloadAll, downloadsTo, nameIn, type Outcome, type Part } from '../openstack/objectBatch.ts';
import type { ChooseParts } from './chooseResource.ts';
import { partsName, partsOf } from './objectParts.ts';
import { tellOutcome, withTransfer } from './transferProgress.ts';

/** Brings objects, folders or whole containers to this machine's disk: one object under a name of the user's, everything else below a folder. */
export async function downloadObjects(parts: ChooseParts, nodes: readonly Node[]): Promise<void> {
  const chosen = await partsOf(parts, nodes);
  if (chosen.length === 0) return;
  const [only] = chosen;
  const title = l10n.t('Download {0}', partsName(chosen));
  if (only && chosen.length === 1 && 'object' in only) {
    const file = await parts.prompts.saveAs(title, nameIn(only.object));
    // The dialog has asked whether a file that is there may go.
    if (file) await bring(parts, title, [{ part: only, object: only.object, file }], true);
    return;
  }
  const [folder] = await parts.prompts.paths(title, 'folders', l10n.t('Download'), 'one');
  if (folder !== undefined) await bringInto(parts, title, chosen, folder);
}

async function bringInto(parts: ChooseParts, title: string, chosen: readonly Part[], folder: string): Promise<void> {
  const downloads = await withTransfer(title, 0, ({ signal }) => downloadsTo(folder, chosen, signal));
  if (!downloads.ok) return tell(downloads.failure, parts.log);
  const first = await bring(parts, title, downloads.value, false);
  if (first.taken.length === 0) return;
  const replace = await parts.prompts.confirm({
    message: l10n.t('Replace {0} files in {1}?', first.taken.length, folder),
    detail: l10n.t('They are there already and were left as they are.'),
    yes: l10n.t('Replace'),
  });
  if (replace) await bring(parts, title, first.taken, true);
}

async function bring(
  parts: ChooseParts,
  title: string,
  downloads: readonly Download[],
  replace: boolean,
): Promise<Outcome<Download>> {
  const total = downloads.reduce((sum, { object }) => sum + Number(object['bytes'] ?? 0), 0);
  const outcome = await withTransfer(title, total, (following) => downloadAll(downloads, { ...following, replace }));
  await tellOutcome(parts, title, outcome);
  return outcome;
}
