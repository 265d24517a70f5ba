import { plainText } from '../base/plainText.ts';
import type { ApiKind, ObjectRef } from '../kubernetes/cluster.ts';
import { inventoryOf, type Kept } from '../kubernetes/inventory.ts';
import type { Branch, Open, Row } from './nodes.ts';
import { compareNames, row } from './nodes.ts';
import { type ListedKind, TableBranch, withKind } from './objectNodes.ts';
import { openWhole } from './wholeObject.ts';

/** What an object keeps, as it stands in the cluster: `Deployment web   2/2`; what is missing there says so. Lists of the kinds kept are live while it is open. */
export function openInventory(listed: ListedKind, ref: ObjectRef): Open {
  return (changed) => {
    const { cluster, kind } = listed;
    const tables = new Map<string, { readonly names: Set<string>; readonly branch: Branch }>();
    const close = () => {
      for (const { branch } of tables.values()) branch.dispose();
      tables.clear();
    };
    const rowsOfKind = async (served: ApiKind | undefined, all: readonly Kept[]): Promise<readonly Row[]> => {
      const [first] = all;
      if (!served || !first) return all.map((one) => missingRow(one, 'not served here'));
      const key = `${first.group}/${first.kind} ${first.namespace ?? ''}`;
      const known = tables.get(key);
      const names = known?.names ?? new Set<string>();
      names.clear();
      for (const { name } of all) names.add(name);
      const branch =
        known?.branch ??
        new TableBranch({ ...listed, kind: served, namespace: first.namespace }, changed, {
          selection: {},
          belongs: ({ metadata }) => names.has(metadata.name),
        });
      tables.set(key, { names, branch });
      const [rows, isWhole] = await readThrough(branch, names);
      const there = new Set(rows.map(({ name }) => name));
      const missing = isWhole ? all.filter(({ name }) => !there.has(name)) : [];
      return [...rows.map((one) => saying(one, all)), ...missing.map((one) => missingRow(one, 'missing'))];
    };
    const whole = openWhole(cluster, kind, ref, async (object) => {
      const kept = inventoryOf(object);
      if (kept.length === 0) return [];
      const kinds = await cluster.kinds();
      const served = new Map((kinds.ok ? kinds.value : []).map((one) => [`${one.group}/${one.kind}`, one]));
      const groups = Map.groupBy(kept, ({ group, kind: of, namespace }) => `${group}/${of} ${namespace ?? ''}`);
      const rows = await Promise.all(
        [...groups.values()].map((all) => rowsOfKind(served.get(`${all[0]?.group}/${all[0]?.kind}`), all)),
      );
      return rows.flat().sort((one, other) => compareNames(one.label, other.label));
    })(changed);
    return {
      rows: () => whole.rows(),
      refresh: () => {
        whole.refresh?.();
        close();
      },
      dispose: () => {
        whole.dispose();
        close();
      },
    };
  };
}

/** Of a longer list so many pages are read for the objects that are looked for. */
const mostPages = 25;

/** The rows of those names, and whether the list was read to its end or all were found. */
async function readThrough(branch: Branch, names: ReadonlySet<string>): Promise<readonly [readonly Row[], boolean]> {
  for (let page = 1; ; page++) {
    const read = await branch.rows();
    const rows = read.filter(({ subject }) => subject.of !== 'more');
    const found = rows.filter(({ subject }) => subject.of === 'object').length;
    const isRead = rows.length === read.length && rows.length === found;
    if (isRead || found >= names.size || rows.length > found || page === mostPages) return [rows, isRead || found >= names.size];
    await branch.more?.();
  }
}

/** With its kind, its namespace in what tells it apart, and what its keeper says of it. */
function saying(one: Row, all: readonly Kept[]): Row {
  const kept = all.find(({ name }) => name === one.name);
  const shown = withKind(one);
  const said = (kept?.said ?? []).map((word) => plainText(word, 120));
  return {
    ...shown,
    segment: `${kept?.namespace ?? ''} ${shown.segment}`,
    description: [...said, shown.description].filter(Boolean).join(' · '),
    ...(said.length > 0 && shown.mood === 'quiet' && { mood: 'warning' }),
  };
}

function missingRow({ group, kind, namespace, name, said }: Kept, why: string): Row {
  return row({
    segment: `${namespace ?? ''} ${kind} ${name}`,
    label: `${kind} ${name}`,
    description: [why, ...said, namespace].filter(Boolean).join(' · '),
    icon: 'question',
    mood: 'warning',
    facts: [['API', group || 'core']],
    words: ['hint'],
    subject: { of: 'hint' },
  });
}
