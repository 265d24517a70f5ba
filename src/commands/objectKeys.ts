import { commands, env, l10n, window } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import { tell } from '../host/tell.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { holdsKeys, keysOf, type ObjectKeyValue } from '../kubernetes/objectKeys.ts';
import { type ChooseObjectParts, chooseObject } from './chooseObject.ts';

export interface KeyParts extends ChooseObjectParts {
  readonly documents: Documents;
}

/** Puts the value of one key of a Secret or ConfigMap on the clipboard. It is in no log, no document and no row. */
export async function copyKey(parts: KeyParts, node: Node | undefined): Promise<void> {
  const chosen = await chooseKey(parts, node, l10n.t('Copy Key'));
  if (!chosen) return;
  const { text, binary } = chosen.key.value();
  await env.clipboard.writeText(text);
  const said = binary ? l10n.t('Copied {0} as Base64', chosen.key.name) : l10n.t('Copied {0}', chosen.key.name);
  window.setStatusBarMessage(said, 5000);
}

/** Opens the value of one key as a read-only document in memory, named and coloured as the file it stands for. It is forgotten when the document is closed. */
export async function openKey(parts: KeyParts, node: Node | undefined): Promise<void> {
  const chosen = await chooseKey(parts, node, l10n.t('Open Key'));
  if (!chosen) return;
  const { text, binary } = chosen.key.value();
  const { name, size } = chosen.key;
  if (binary) {
    await parts.prompts.offer(l10n.t('{0} holds {1} bytes that are no text. Copy Key copies them as Base64.', name, size), []);
    return;
  }
  await commands.executeCommand(
    'vscode.open',
    parts.documents.provide(`${chosen.path}/${name}`, () => text),
    { preview: true },
  );
}

async function chooseKey(
  parts: KeyParts,
  node: Node | undefined,
  title: string,
): Promise<{ readonly key: ObjectKeyValue; readonly path: string } | undefined> {
  const subject = node?.row.subject;
  const target =
    subject?.of === 'object' && holdsKeys({ group: '', kind: subject.ref.kind })
      ? subject
      : await chooseObject(parts, { title, fits: holdsKeys });
  if (!target) return undefined;
  const { cluster, ref } = target;
  const object = await cluster.get(ref);
  if (!object.ok) {
    await tell(object.failure, parts.log);
    return undefined;
  }
  const choices = keysOf(object.value).map((key) => ({
    label: key.name,
    description: l10n.t('{0} bytes', key.size),
    value: key,
  }));
  const key = await parts.prompts.pick(choices, { title: `${title} · ${objectName(ref)}` });
  return key && { key, path: [cluster.context.name, ref.namespace, ref.name].filter(Boolean).join('/') };
}
