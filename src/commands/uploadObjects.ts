import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { l10n, window } from 'vscode';
import { type Result, success } from '../base/failure.ts';
import type { Node } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import { type Outcome, type Upload, uploadAll, uploadsBelow } from '../openstack/objectBatch.ts';
import type { ChooseParts } from './chooseResource.ts';
import { folderOf } from './objectParts.ts';
import { type ProtectionParts, refusesWrites } from './readOnly.ts';
import { tellOutcome, withTransfer } from './transferProgress.ts';

export interface UploadParts extends ChooseParts, ProtectionParts {}

/** Sends files, or folders with all that is in them, into the container or folder of a row. What is there already is replaced on the user's word only. */
export async function uploadObjects(parts: UploadParts, node: Node | undefined, what: 'files' | 'folders'): Promise<void> {
  const into = await folderOf(parts, node);
  if (!into || (await refusesWrites(parts, into.project))) return;
  const { project, container, prefix } = into;
  const where = `${container}/${prefix}`;
  const chosen = await parts.prompts.paths(l10n.t('Upload to {0}', where), what, l10n.t('Upload'));
  if (chosen.length === 0) return;
  const read = (path: string) => (what === 'files' ? oneFile(path, prefix) : uploadsBelow(path, prefix));
  const found = await Promise.all(chosen.map(read));
  const unread = found.find((one) => !one.ok);
  if (unread && !unread.ok) return tell(unread.failure, parts.log);
  const uploads = found.flatMap((one) => (one.ok ? one.value : []));
  if (uploads.length === 0) return void window.showInformationMessage(l10n.t('There is no file in it.'));
  const title = l10n.t('Upload {0} to {1}', counted(uploads.length), where);
  const send = async (all: readonly Upload[], replace: boolean): Promise<Outcome<Upload>> => {
    const total = all.reduce((sum, { bytes }) => sum + bytes, 0);
    const outcome = await withTransfer(title, total, (following) =>
      uploadAll(project, container, all, { ...following, replace }),
    );
    parts.log.info(`${title} · ${project.cloud} › ${project.name} · ${outcome.done} sent`);
    project.refresh(['object-store.object', 'object-store.container']);
    return outcome;
  };
  const first = await send(uploads, false);
  const again = first.taken.length > 0 && (await mayReplace(parts, first.taken, where));
  const second = again ? await send(first.taken, true) : { done: 0, failures: [] };
  await tellOutcome(parts, title, { done: first.done + second.done, failures: [...first.failures, ...second.failures] });
}

async function oneFile(file: string, prefix: string): Promise<Result<readonly Upload[]>> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0,
  );
  return success([{ file, name: `${prefix}${basename(file)}`, bytes: size }]);
}

const counted = (count: number) => (count === 1 ? l10n.t('1 file') : l10n.t('{0} files', count));

/** Of many, so many are told of by name. */
const mostTold = 8;

async function mayReplace({ prompts }: UploadParts, taken: readonly Upload[], where: string): Promise<boolean> {
  const names = taken.slice(0, mostTold).map(({ name }) => name);
  const more = taken.length - names.length;
  return await prompts.confirm({
    message: l10n.t('Replace {0} in {1}?', taken.length === 1 ? (names[0] ?? '') : l10n.t('{0} objects', taken.length), where),
    detail: [
      l10n.t('They are there already; what they hold is lost.'),
      ...names,
      ...(more > 0 ? [l10n.t('and {0} more', more)] : []),
    ].join('\n'),
    yes: l10n.t('Replace'),
  });
}
