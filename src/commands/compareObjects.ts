import { commands, l10n, type Uri, window } from 'vscode';
import { readManifests } from '../deploy/files/readManifests.ts';
import { comparable } from '../deploy/plan/diff.ts';
import type { Node } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import { tell } from '../host/tell.ts';
import type { KubeObject } from '../kubernetes/cluster.ts';
import { objectName } from '../kubernetes/objectActions.ts';
import { toYaml } from '../manifest/toYaml.ts';
import type { ObjectTarget } from './actOnObject.ts';
import { type ChooseObjectParts, chooseContext, chooseObject } from './chooseObject.ts';

export interface CompareParts extends ChooseObjectParts {
  readonly documents: Documents;
}

/** The difference of two selected objects, of any contexts; of one, or none, the others are picked. */
export async function compareObjects(parts: CompareParts, nodes: readonly Node[]): Promise<void> {
  const selected = nodes.flatMap(({ row: { subject } }) => (subject.of === 'object' ? [subject] : []));
  const pick = (title: string) => chooseObject(parts, { title, fits: () => true });
  const one = selected[0] ?? (await pick(l10n.t('Compare')));
  const other = one && (selected[1] ?? (await pick(l10n.t('Compare {0} with', objectName(one.ref)))));
  if (!one || !other) return;
  const [left, right] = [await one.cluster.get(one.ref), await other.cluster.get(other.ref)];
  const trouble = [left, right].find((side) => !side.ok);
  if (trouble && !trouble.ok) return tell(trouble.failure, parts.log);
  if (!left.ok || !right.ok) return;
  const side = (target: ObjectTarget, object: KubeObject, name: string) => documentOf(parts.documents, target, object, name);
  await show(side(one, left.value, 'one'), side(other, right.value, 'other'), titleOfBoth(one, other));
}

/** The difference between the manifest at the cursor and the object of its name in a context. */
export async function compareWithLive(parts: CompareParts): Promise<void> {
  const editor = window.activeTextEditor;
  const text = editor?.document.getText() ?? '';
  const at = editor?.document.offsetAt(editor.selection.active) ?? 0;
  const { written } = readManifests({ file: editor?.document.uri.toString() ?? '', text });
  const object = (written.find(({ source: { range } }) => range.start <= at && at <= range.end) ?? written[0])?.object;
  if (!object) {
    await parts.prompts.offer(l10n.t('There is no Kubernetes object at the cursor.'), []);
    return;
  }
  const context = await chooseContext(parts);
  const cluster = context === undefined ? undefined : await parts.contexts.open(context);
  if (!cluster?.ok) return;
  const kind = await cluster.value.kind(object.apiVersion, object.kind);
  if (!kind.ok) return tell(kind.failure, parts.log);
  const { name, namespace = cluster.value.context.namespace ?? 'default' } = object.metadata;
  const ref = { apiVersion: object.apiVersion, kind: object.kind, name, ...(kind.value.namespaced ? { namespace } : {}) };
  const live = await cluster.value.get(ref);
  if (!live.ok) return tell(live.failure, parts.log);
  const target = { cluster: cluster.value, ref };
  const sides = [
    documentOf(parts.documents, target, live.value, 'live'),
    documentOf(parts.documents, target, object, 'file'),
  ] as const;
  await show(...sides, l10n.t('{0} (live ↔ file)', titleOf(target)));
}

const show = (left: Uri, right: Uri, title: string) => commands.executeCommand('vscode.diff', left, right, title);
const titleOf = ({ cluster, ref }: ObjectTarget) => `${cluster.context.name} ${objectName(ref)}`;

/** What both have in common is said once. */
function titleOfBoth(one: ObjectTarget, other: ObjectTarget): string {
  if (one.cluster.context.name !== other.cluster.context.name) return `${titleOf(one)} ↔ ${titleOf(other)}`;
  const isBeside = one.ref.kind === other.ref.kind && one.ref.namespace === other.ref.namespace;
  return `${objectName(one.ref)} ↔ ${isBeside ? other.ref.name : objectName(other.ref)} · ${one.cluster.context.name}`;
}

/** Without what only the server writes, a Secret's values as hashes. */
function documentOf(documents: Documents, { cluster, ref }: ObjectTarget, object: KubeObject, side: string): Uri {
  const path = [cluster.context.name, ref.namespace, `${ref.kind} ${ref.name}.yaml`].filter(Boolean).join('/');
  return documents.provide(path, () => toYaml(comparable(object)), { side });
}
