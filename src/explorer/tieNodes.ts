import { plainText } from '../base/plainText.ts';
import type { ApiKind, Cluster, ObjectRef } from '../kubernetes/cluster.ts';
import { healthOf, shownCells } from '../kubernetes/kinds.ts';
import { policyPods, policySentences } from '../kubernetes/networkPolicy.ts';
import { groupKind } from '../kubernetes/objectKey.ts';
import { hasObjectRelations } from '../relations/objectRelations.ts';
import { type Tie, type Ties, tiesOf } from '../relations/ties.ts';
import { objectLink } from './linkNodes.ts';
import { emptyRow, failureRow, type Open, pageSize, type Row, row } from './nodes.ts';

/** The rows below an object that lead to what it hangs together with in its cluster: `uses ConfigMap web   1 · 4m`. Nobody is asked before. Undefined for kinds that no relation knows. */
export function openTies(cluster: Cluster, kind: Pick<ApiKind, 'group' | 'kind'>, ref: ObjectRef): Open | undefined {
  if (!hasObjectRelations(`${kind.group}/${kind.kind}`)) return undefined;
  return () => {
    const ending = new AbortController();
    return {
      rows: async () => {
        const ties = await tiesOf(cluster, ref, ending.signal);
        if (!ties.ok) return [failureRow(ties.failure)];
        const rows = [...policyRows(ties.value), ...tieRows(cluster, ties.value)];
        return rows.length > 0
          ? rows
          : [emptyRow(`Nothing in ${cluster.context.name} names ${kind.kind} ${ref.name}, and it names nothing.`)];
      },
      dispose: () => ending.abort(),
    };
  };
}

/** The folder of those rows, for objects below which there is more. */
export function tiesRow(cluster: Cluster, kind: Pick<ApiKind, 'group' | 'kind'>, ref: ObjectRef): readonly Row[] {
  const open = openTies(cluster, kind, ref);
  if (!open) return [];
  const description = 'owners, what it uses, and what uses it';
  return [
    row({
      segment: '(relations)',
      label: 'Relations',
      description,
      icon: 'references',
      words: ['group', 'can:refresh'],
      subject: { of: 'group' },
      open,
    }),
  ];
}

function tieRows(cluster: Cluster, { ties, cut, failures }: Ties): readonly Row[] {
  const shown = ties.slice(0, pageSize);
  const sentences = [
    ...(ties.length > shown.length ? [`${ties.length - shown.length} more are not shown`] : []),
    ...cut.map(({ kind, looked }) => `only ${looked} ${kind.resource} were looked through`),
  ];
  return [
    ...shown.map((tie) => tieRow(cluster, tie)),
    ...sentences.map((label) => row({ segment: `…${label}`, label, icon: 'info', words: ['hint'], subject: { of: 'hint' } })),
    ...failures
      .filter(({ reason }) => reason !== 'cancelled')
      .map((failure, index) => failureRow(failure, { segment: `!${index}` })),
  ];
}

function tieRow(cluster: Cluster, { says, kind, namespace, name, row: tableRow, columns }: Tie): Row {
  const cells = tableRow ? shownCells(kind, columns, tableRow).map((text) => plainText(text, 60)) : ['does not exist'];
  const { label, ...rest } = objectLink({ cluster, kind, namespace, name });
  return {
    ...rest,
    segment: `${says}/${rest.segment}`,
    label: `${says} ${label}`,
    description: cells.join(' · '),
    mood: tableRow ? healthOf(kind, columns, tableRow) : 'warning',
    facts: [['relation', `${says} ${label}`], ['state', cells.join(' · ')], ...rest.facts],
  };
}

/** What a NetworkPolicy says, in words. */
function policyRows({ object }: Ties): readonly Row[] {
  if (groupKind(object) !== 'networking.k8s.io/NetworkPolicy') return [];
  const pods = `governs ${policyPods(object)}`;
  return [pods, ...policySentences(object)].map((sentence, index) =>
    row({
      segment: `policy/${index}`,
      label: plainText(sentence, 500),
      icon: 'shield',
      words: ['hint'],
      subject: { of: 'hint' },
    }),
  );
}
