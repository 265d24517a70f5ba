import type { ApiKind, Cluster, KubeObject, LiveTable, ObjectRef } from '../kubernetes/cluster.ts';
import { type Branch, failureRow, type Open, type Row } from './nodes.ts';

/** The rows that follow from one whole object, which is watched alone while somebody looks; none once it is gone. `everyMs`: told anew so often, as they tell ages. */
export function openWhole(
  cluster: Cluster,
  kind: ApiKind,
  { name, namespace }: Pick<ObjectRef, 'name' | 'namespace'>,
  rowsOf: (object: KubeObject, table: LiveTable) => readonly Row[] | Promise<readonly Row[]>,
  everyMs?: number,
): Open {
  return (changed): Branch => {
    let table: LiveTable | undefined;
    const timer = everyMs === undefined ? undefined : setInterval(() => changed(), everyMs);
    timer?.unref();
    const close = () => {
      table?.dispose();
      table = undefined;
    };
    return {
      rows: async () => {
        if (!table) {
          const space = namespace === undefined ? {} : { namespace };
          table = cluster.live(kind, { ...space, fieldSelector: `metadata.name=${name}` }, 'Object');
          table.onDidChange(() => changed());
        }
        const shown = table;
        await shown.ready();
        if (shown.state === 'failed' && shown.failure) return [failureRow(shown.failure)];
        const object = shown.rows.find(({ object: { metadata } }) => metadata.name === name)?.object;
        return object ? rowsOf(object, shown) : [];
      },
      refresh: close,
      dispose: () => {
        clearInterval(timer);
        close();
      },
    };
  };
}
