import { commands, l10n } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import { EditedObjects } from '../host/editedObjects.ts';
import type { ObjectTarget } from './actOnObject.ts';
import { type ChooseObjectParts, chooseObject } from './chooseObject.ts';
import { mayDo } from './mayDo.ts';

/** Opens an object as a text that can be saved: the one it was called on, or one that is picked. */
export async function editObject(parts: ChooseObjectParts, node: Node | undefined): Promise<void> {
  const subject = node?.row.subject;
  const fits = ({ verbs }: { readonly verbs: readonly string[] }) => verbs.includes('patch');
  const target = subject?.of === 'object' ? subject : await chooseObject(parts, { title: l10n.t('Edit'), fits });
  if (target && (await mayDo(parts, 'editObject', target))) await openForEditing(target);
}

/** Opens an object as a text that can be saved. */
export async function openForEditing({ cluster, ref }: ObjectTarget): Promise<void> {
  await commands.executeCommand('vscode.open', EditedObjects.uriOf({ context: cluster.context.name, ...ref }));
}
