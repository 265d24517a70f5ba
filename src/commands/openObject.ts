import { commands, l10n } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import { ObjectFiles } from '../host/objectFiles.ts';
import { nameIn } from '../openstack/objectBatch.ts';
import type { ChooseParts } from './chooseResource.ts';
import { downloadObjects } from './downloadObjects.ts';
import { largestOpened } from './objectBytes.ts';
import { partOf, partsOf } from './objectParts.ts';
import { sized } from './transferProgress.ts';

/** Opens an object in an editor, from where it can be saved; one that is too large for that is offered to be downloaded. */
export async function openObject(parts: ChooseParts, node: Node | undefined): Promise<void> {
  const part = node ? partOf(node.row.subject) : (await partsOf(parts, []))[0];
  if (!part || !('object' in part)) return;
  const { project, container, object } = part;
  const size = Number(object['bytes'] ?? 0);
  if (size > largestOpened) {
    const download = l10n.t('Download…');
    const why = l10n.t('{0} has {1}, too much for an editor.', nameIn(object), sized(size));
    if ((await parts.prompts.offer(why, [download])) === download && node) await downloadObjects(parts, [node]);
    return;
  }
  const { cloud, region, id } = project;
  await commands.executeCommand(
    'vscode.open',
    ObjectFiles.uriOf({ cloud, region, project: id, container, name: nameIn(object) }),
  );
}
