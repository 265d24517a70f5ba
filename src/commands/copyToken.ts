import { env, l10n, window } from 'vscode';
import type { Node } from '../explorer/nodes.ts';
import { tell } from '../host/tell.ts';
import type { ApiKind } from '../kubernetes/cluster.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { createToken } from '../kubernetes/serviceAccountToken.ts';
import { type ActOnObjectParts, mayChange } from './actOnObject.ts';
import { chooseObject } from './chooseObject.ts';
import { mayDo } from './mayDo.ts';

const lifetimes: readonly (readonly [string, number])[] = [
  ['10 minutes', 600],
  ['1 hour', 3600],
  ['8 hours', 28_800],
];

/** Puts a new short-lived token of a ServiceAccount on the clipboard. It is in no log and no document. */
export async function copyToken(parts: ActOnObjectParts, node: Node | undefined): Promise<void> {
  const title = l10n.t('Copy Token');
  const subject = node?.row.subject;
  const fits = ({ group, kind }: ApiKind) => group === '' && kind === 'ServiceAccount';
  const target = subject?.of === 'object' ? subject : await chooseObject(parts, { title, fits });
  if (!target || !(await mayDo(parts, 'copyToken', target))) return;
  const choices = lifetimes.map(([label, value]) => ({ label, value }));
  const seconds = await parts.prompts.pick(choices, { title: `${title} · ${objectName(target.ref)}` });
  if (seconds === undefined || !(await mayChange(parts, { title }, [target], []))) return;
  const token = await createToken(target.cluster, target.ref, seconds);
  parts.log.info(
    `token of ${objectName(target.ref)} · ${target.cluster.context.name} · ${token.ok ? 'made' : token.failure.message}`,
  );
  if (!token.ok) return tell(token.failure, parts.log);
  await env.clipboard.writeText(token.value.token);
  window.setStatusBarMessage(l10n.t('Copied a token of {0}, good until {1}', objectName(target.ref), token.value.until), 10_000);
}
