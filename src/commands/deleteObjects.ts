import { l10n, ProgressLocation, window } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import { deleteAll, type Measure, measure, type Part } from '../openstack/objectBatch.ts';
import { type ChooseParts, placeName } from './chooseResource.ts';
import { partsName, partsOf } from './objectParts.ts';
import { type ProtectionParts, protectionIn, refusesWrites } from './readOnly.ts';
import { sized, tellOutcome } from './transferProgress.ts';

export interface DeleteParts extends ChooseParts, ProtectionParts {}

/** Deletes objects, or all that lie in folders or a container, after saying how many they are; of a protected project the number is typed. */
export async function deleteObjects(parts: DeleteParts, nodes: readonly Node[]): Promise<void> {
  const chosen = await partsOf(parts, nodes);
  const projects = [...new Set(chosen.map(({ project }) => project))];
  if (chosen.length === 0) return;
  for (const project of projects) if (await refusesWrites(parts, project)) return;
  const title = l10n.t('Delete {0}', partsName(chosen));
  const counting = { location: ProgressLocation.Window, title };
  const sum = await window.withProgress(counting, () => measure(chosen));
  if (!sum.ok) return tell(sum.failure, parts.log);
  if (!(await mayDelete(parts, chosen, sum.value))) return;
  const outcome = await window.withProgress(
    { location: ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const cancel = new AbortController();
      token.onCancellationRequested(() => cancel.abort());
      let gone = 0;
      const onDeleted = () => {
        const message = l10n.t('{0} of {1}', ++gone, sum.value.objects);
        progress.report({ message, increment: 100 / Math.max(1, sum.value.objects) });
      };
      return await deleteAll(chosen, onDeleted, cancel.signal);
    },
  );
  parts.log.info(`${title} · ${projects.map(placeName).join(', ')} · ${outcome.done} of ${sum.value.objects} objects`);
  for (const project of projects) project.refresh(['object-store.object', 'object-store.container']);
  await tellOutcome(parts, title, outcome);
}

async function mayDelete(parts: DeleteParts, chosen: readonly Part[], { objects, bytes }: Measure): Promise<boolean> {
  const count = objects === 1 ? l10n.t('1 object') : l10n.t('{0} objects', objects);
  const places = new Set(chosen.map(({ project, container }) => l10n.t('container {0} of {1}', container, placeName(project))));
  const question = {
    message: l10n.t('Delete {0}?', partsName(chosen)),
    detail: l10n.t('{0}, {1}, in {2}. They cannot be brought back.', count, sized(bytes), [...places].join(', ')),
    yes: l10n.t('Delete'),
  };
  if (!chosen.some(({ project }) => protectionIn(parts, project) === 'protected')) return await parts.prompts.confirm(question);
  return await parts.prompts.confirmByTyping({ ...question, message: partsName(chosen), word: count });
}
