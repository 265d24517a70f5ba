import { commands, l10n } from 'vscode';
import type { Result } from '../base/failure.ts';
import { success } from '../base/failure.ts';
import type { Node } from '../explorer/nodes.ts';
import type { Documents } from '../host/documents.ts';
import type { ApiKind, Cluster, ObjectRef, Selection, Table } from '../kubernetes/cluster.ts';
import { describeObject, eventsOf } from '../kubernetes/describe.ts';
import { useRows } from '../kubernetes/describeUse.ts';
import { factsOf, shownCells } from '../kubernetes/kinds.ts';
import type { LiveMetrics } from '../kubernetes/liveMetrics.ts';
import { ownedSelectorOf } from '../kubernetes/podSelection.ts';
import { ownedSays, type Tie, tiesOf } from '../relations/ties.ts';
import { type ChooseObjectParts, chooseObject } from './chooseObject.ts';

export interface DescribeParts extends ChooseObjectParts {
  readonly documents: Documents;
  readonly metrics: LiveMetrics;
}

/** Opens what is worth reading of an object, with its events, as a read-only document. */
export async function describe(parts: DescribeParts, node: Node | undefined): Promise<void> {
  const subject = node?.row.subject;
  const target = subject?.of === 'object' ? subject : await chooseObject(parts, { title: l10n.t('Describe'), fits: () => true });
  if (!target) return;
  const { cluster, ref } = target;
  const path = [cluster.context.name, ref.namespace, `${ref.kind} ${ref.name} (described)`].filter(Boolean).join('/');
  const load = async () => {
    const text = await description(cluster, ref, parts.metrics);
    return text.ok ? text.value : `${text.failure.message}\n`;
  };
  await commands.executeCommand('vscode.open', parts.documents.provide(path, load), { preview: true });
}

/** The description of an object as it is now. Events and what it owns are left out where the user may not list them. */
export async function description(cluster: Cluster, ref: ObjectRef, metrics?: LiveMetrics): Promise<Result<string>> {
  const space = ref.namespace === undefined ? {} : { namespace: ref.namespace };
  const [object, events, kinds, ties] = await Promise.all([
    cluster.get(ref),
    eventsOf(cluster, { ...space, ref }),
    cluster.kinds(),
    tiesOf(cluster, ref),
  ]);
  if (!object.ok) return object;
  const group = ref.apiVersion.includes('/') ? ref.apiVersion.slice(0, ref.apiVersion.indexOf('/')) : '';
  const { owns = [] } = factsOf({ group, kind: ref.kind });
  const children = (kinds.ok ? kinds.value : []).filter((kind) => owns.includes(`${kind.group}/${kind.kind}`));
  const labelSelector = ownedSelectorOf(object.value);
  const selection = { ...space, ...(labelSelector === undefined ? {} : { labelSelector }) };
  const { namespace = '', name } = ref;
  const measured = ref.kind === 'Node' ? { of: 'nodes' as const } : { of: 'pods' as const, namespace };
  const [tables, use] = await Promise.all([
    Promise.all(children.map((kind) => wholeTable(cluster, kind, selection))),
    useRows(cluster, object.value, metrics?.seen(cluster, measured, name) ?? []),
  ]);
  const { uid } = object.value.metadata;
  const ofIt = ({ object: { metadata } }: Table['rows'][number]) => metadata.ownerReferences?.some((owner) => owner.uid === uid);
  return success(
    describeObject(object.value, {
      events: events.ok ? events.value : [],
      owned: tables.flatMap((table, at) =>
        table.ok ? [{ kind: children[at]?.kind ?? '', table: { ...table.value, rows: table.value.rows.filter(ofIt) } }] : [],
      ),
      related: ties.ok ? ties.value.ties.flatMap(relationCells) : [],
      use,
      now: Date.now(),
    }),
  );
}

/** Owners have a part of their own. */
function relationCells({ says, kind, name, row, columns }: Tie): readonly (readonly string[])[] {
  if (says === ownedSays) return [];
  return [[says, `${kind.kind} ${name}`, row ? shownCells(kind, columns, row).join(' · ') : 'does not exist']];
}

/** All pages: what an object owns may stand on the last of them. */
async function wholeTable(cluster: Cluster, kind: ApiKind, selection: Selection): Promise<Result<Table>> {
  const rows: Table['rows'][number][] = [];
  for (let next: string | undefined; ; ) {
    const page = await cluster.table(kind, next === undefined ? selection : { ...selection, continue: next });
    if (!page.ok) return page;
    rows.push(...page.value.rows);
    next = page.value.continue;
    if (next === undefined) return success({ ...page.value, rows });
  }
}
