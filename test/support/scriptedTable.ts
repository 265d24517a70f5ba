import { Emitter } from '../../src/base/event.ts';
import type { Failure } from '../../src/base/failure.ts';
import type { ApiKind, KubeObject, LiveTable, Selection, Table } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from './fakeCluster.ts';

/** A live table that does what the test says. */
export class ScriptedTable implements LiveTable {
  columns: Table['columns'] = [];
  rows: LiveTable['rows'] = [];
  state: LiveTable['state'] = 'live';
  failure: Failure | undefined;
  asOf = new Date(2026, 0, 1, 12, 3).getTime();
  hasMore = false;
  disposed = false;
  readonly #changed = new Emitter<void>();
  readonly onDidChange = this.#changed.event;
  /** What "Load more" brings. */
  next: LiveTable['rows'] = [];

  /** Sets rows from lines: `web 2/2 4m` goes to the columns Name, then those given. */
  fill(
    columns: readonly string[],
    lines: readonly string[],
    metadata: (name: string) => Partial<KubeObject['metadata']> = () => ({}),
  ): this {
    this.columns = ['Name', ...columns].map((name) => ({ name, type: 'string', format: '', priority: 0, description: '' }));
    this.rows = lines.map((line) => {
      const cells = line.split(' ');
      const [name = ''] = cells;
      return {
        cells,
        object: {
          apiVersion: 'meta.k8s.io/v1',
          kind: 'PartialObjectMetadata',
          metadata: { name, uid: `uid-${name}`, ...metadata(name) },
        },
      };
    });
    return this;
  }

  tell(): void {
    this.#changed.fire();
  }
  async loadMore(): Promise<void> {
    this.rows = [...this.rows, ...this.next];
    this.hasMore = false;
  }
  async ready(): Promise<void> {}
  dispose(): void {
    this.disposed = true;
    this.#changed.dispose();
  }
}

/** A cluster whose tables are scripted by resource: `namespaces`, `shop/pods`. Others are empty. */
export class ScriptedCluster extends FakeCluster {
  readonly tables = new Map<string, ScriptedTable>();
  readonly taken: string[] = [];

  /** The table of that name, made when it is first spoken of. */
  tableOf(name: string): ScriptedTable {
    const table = this.tables.get(name) ?? new ScriptedTable();
    this.tables.set(name, table);
    return table;
  }

  override live(kind: ApiKind, { namespace, labelSelector, fieldSelector }: Selection = {}): LiveTable {
    const name = [namespace, kind.resource].filter(Boolean).join('/');
    this.taken.push([name, labelSelector, fieldSelector].filter((part) => part !== undefined).join('?'));
    const table = this.tableOf(name);
    table.disposed = false;
    return table;
  }
}

/** Counts from now on the tables that a cluster opens: empty ones, each its own, so that one that nobody disposes of is seen. */
export function countTables(
  cluster: ScriptedCluster,
): () => { readonly opened: readonly string[]; readonly open: readonly string[] } {
  const tables: { readonly name: string; readonly table: ScriptedTable }[] = [];
  cluster.live = ({ resource }, { namespace } = {}) => {
    const table = new ScriptedTable();
    tables.push({ name: [namespace, resource].filter(Boolean).join('/'), table });
    return table;
  };
  const names = (some: typeof tables) => some.map(({ name }) => name);
  return () => ({ opened: names(tables), open: names(tables.filter(({ table }) => !table.disposed)) });
}
