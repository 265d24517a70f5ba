import type { Disposable } from '../base/event.ts';
import type { ApiKind, Cluster, LiveTable } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { factsOf } from '../kubernetes/kinds.ts';
import { objectOfKey } from './keys.ts';
import { type Changed, type Row, row } from './nodes.ts';
import { type Listing, objectRow } from './objectNodes.ts';
import { objectPlace } from './places.ts';

/** The pinned objects of a context as rows, each kept live by a list of itself alone; one that is gone says so. */
export class PinnedObjects implements Disposable {
  readonly #cluster: Cluster;
  readonly #listing: Listing;
  readonly #changed: Changed;
  readonly #tables = new Map<string, LiveTable>();

  constructor(cluster: Cluster, listing: Listing, changed: Changed) {
    this.#cluster = cluster;
    this.#listing = listing;
    this.#changed = changed;
  }

  rows(kinds: readonly ApiKind[]): readonly Row[] {
    const { places } = this.#listing;
    const pinned = (places?.pinned ?? []).flatMap(({ key }) => {
      const named = key.startsWith(objectPlace('')) ? objectOfKey(key.slice(objectPlace('').length)) : undefined;
      return named?.context === this.#cluster.context.name ? [{ key, ...named }] : [];
    });
    this.#letGo(pinned.map(({ key }) => key));
    return pinned.map(({ key, group, kind: name, ...ref }) => {
      const kind = kinds.find((one) => one.group === group && one.kind === name);
      return kind ? this.#row(key, kind, ref) : this.#lost(key, { group, kind: name, version: '' }, ref, 'its kind is gone');
    });
  }

  dispose(): void {
    this.#letGo([]);
  }

  #letGo(keys: readonly string[]): void {
    for (const [key, table] of this.#tables) {
      if (keys.includes(key)) continue;
      this.#tables.delete(key);
      table.dispose();
    }
  }

  #row(key: string, kind: ApiKind, ref: Named): Row {
    const table = this.#tableOf(key, kind, ref);
    const [found] = table.rows;
    const state = { loading: 'looking…', failed: table.failure?.message ?? '' };
    if (!found) return this.#lost(key, kind, ref, table.state in state ? state[table.state as keyof typeof state] : 'gone');
    const known = objectRow({ cluster: this.#cluster, kind, namespace: ref.namespace, ...this.#listing }, table, found);
    return { ...known, segment: `pin:${key}`, description: placed(kind, ref, known.description) };
  }

  #tableOf(key: string, kind: ApiKind, { name, namespace }: Named): LiveTable {
    const known = this.#tables.get(key);
    if (known) return known;
    const within = namespace === undefined ? {} : { namespace };
    const table = this.#cluster.live(kind, { ...within, fieldSelector: `metadata.name=${name}` });
    this.#tables.set(key, table);
    table.onDidChange(() => this.#changed());
    return table;
  }

  /** Where nothing is there to be shown: what it was, and the way to unpin it. */
  #lost(key: string, kind: Pick<ApiKind, 'group' | 'kind' | 'version'>, { name, namespace }: Named, why: string): Row {
    const ref = {
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      name,
      ...(namespace !== undefined && { namespace }),
    };
    return row({
      segment: `pin:${key}`,
      label: name,
      description: placed(kind, { name, namespace }, why),
      icon: factsOf(kind).icon,
      mood: why === 'looking…' ? 'quiet' : 'warning',
      words: ['can:unpin', 'can:copyName'],
      subject: { of: 'object', cluster: this.#cluster, ref },
      name,
    });
  }
}

interface Named {
  readonly name: string;
  readonly namespace: string | undefined;
}

function placed({ kind }: Pick<ApiKind, 'kind'>, { namespace }: Named, state: string): string {
  return [kind, namespace, state, 'pinned'].filter(Boolean).join(' · ');
}
