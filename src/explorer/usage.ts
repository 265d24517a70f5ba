import type { Disposable } from '../base/event.ts';
import type { ApiKind, Cluster, LiveTable, Selection, TableRow } from '../kubernetes/cluster.ts';
import { promisedRows } from '../kubernetes/describeUse.ts';
import type { FollowedMetrics, LiveMetrics } from '../kubernetes/liveMetrics.ts';
import {
  type Amounts,
  type Bounds,
  boundsOfNode,
  boundsOfPod,
  pressureOf,
  type Sample,
  type Usage,
  usedSpoken,
  usedWords,
  useFacts,
} from '../kubernetes/metrics.ts';

/** The use of CPU and memory as a row tells it. */
export interface Use {
  /** `▮▮▯▯ 120m · 340Mi`, and in words what nears its end. */
  readonly text: string;
  /** The same as a screen reader says it. */
  readonly spoken: string;
  readonly facts: readonly (readonly [title: string, value: string])[];
  /** What is worth a request only for who looks at the row: of a node what its pods asked for. */
  readonly more?: () => Promise<readonly (readonly [title: string, value: string])[]>;
  readonly isHigh: boolean;
}

type Measured = Amounts & Pick<Usage, 'at' | 'windowMs'> & Partial<Pick<Usage, 'containers'>>;

/** How use is told, with what may be used beside it where that is known. */
export function useOf(usage: Measured, bounds: Bounds | undefined, samples: readonly Sample[] = []): Use {
  const pressure = bounds && pressureOf(usage, bounds);
  const time = new Date(usage.at).toTimeString().slice(0, 8);
  const span = usage.windowMs === 0 ? '' : `over ${Math.round(usage.windowMs / 1000)} s`;
  return {
    text: [usedWords(usage, bounds), pressure].filter(Boolean).join(' · '),
    spoken: [usedSpoken(usage, bounds), pressure].filter(Boolean).join(', '),
    facts: [...useFacts(usage, bounds, samples), ['measured', [time, span].filter(Boolean).join(' ')]],
    isHigh: pressure !== undefined,
  };
}

/** A tooltip does not wait longer for what its row does not know yet. */
const mostPatienceMs = 3_000;
/** Whole objects are read for at most so many rows at a time. */
const mostRead = 500;

/** What is listed, as far as use is concerned. */
export interface MeasuredList {
  readonly cluster: Cluster;
  readonly kind: ApiKind;
  readonly namespace: string | undefined;
  readonly selection: Selection;
}

/** Use beside the rows of a list; undefined for kinds that use nothing. The rows are there before the first figure is asked for, and never wait for one. */
export function openUse(metrics: LiveMetrics | undefined, list: MeasuredList, changed: () => void): ListUse | undefined {
  const { group, kind } = list.kind;
  const isPod = kind === 'Pod' && list.namespace !== undefined;
  if (!metrics || group !== '' || !(isPod || kind === 'Node')) return undefined;
  return new ListUse(metrics, list, changed);
}

/** The figures come for all rows at once; with the first of them one page of whole objects tells what those rows may use. */
class ListUse implements Disposable {
  readonly #list: MeasuredList;
  readonly #changed: () => void;
  readonly #followed: FollowedMetrics;
  readonly #bounds = new Map<string, Bounds | undefined>();
  #reading = false;
  #ended = false;

  constructor(metrics: LiveMetrics, list: MeasuredList, changed: () => void) {
    const { namespace = '' } = list;
    this.#list = list;
    this.#changed = changed;
    const measured = list.kind.kind === 'Node' ? { of: 'nodes' as const } : { of: 'pods' as const, namespace };
    this.#followed = metrics.follow(list.cluster, measured, changed);
  }

  /** What is known of a row. */
  of({ object: { metadata } }: TableRow): Use | undefined {
    const { name } = metadata;
    const seen = this.#followed.of(name);
    if (!seen) return undefined;
    const { cluster, kind } = this.#list;
    const bounds = this.#bounds.get(keyOf(metadata));
    const use = useOf(seen.usage, bounds, seen.samples);
    if (!bounds || kind.kind !== 'Node') return use;
    return { ...use, more: () => promisedRows(cluster, name, bounds.most, AbortSignal.timeout(mostPatienceMs)) };
  }

  /** These rows are shown: what they may use is looked for, if their use is known. */
  show({ rows }: LiveTable): void {
    const isUnknown = ({ object: { metadata } }: TableRow) => !this.#bounds.has(keyOf(metadata));
    const wanted = rows.filter((row) => isUnknown(row) && this.#followed.of(row.object.metadata.name));
    if (wanted.length === 0 || this.#reading) return;
    this.#reading = true;
    void this.#read(rows.length, wanted);
  }

  dispose(): void {
    this.#ended = true;
    this.#followed.dispose();
  }

  async #read(shown: number, wanted: readonly TableRow[]): Promise<void> {
    const { cluster, kind, namespace, selection } = this.#list;
    const space = namespace === undefined ? {} : { namespace };
    const limit = Math.min(shown, mostRead);
    const table = await cluster.table(kind, { ...space, ...selection, limit, include: 'Object' });
    this.#reading = false;
    if (this.#ended) return;
    // Trouble that passes: asked again with the next figures.
    if (!table.ok && table.failure.reason !== 'forbidden') return;
    // Asked once: what did not come this time (behind the page, forbidden) is shown without a bar.
    for (const { object } of wanted) this.#bounds.set(keyOf(object.metadata), undefined);
    if (!table.ok) return;
    const toBounds = kind.kind === 'Node' ? boundsOfNode : boundsOfPod;
    for (const { object } of table.value.rows) this.#bounds.set(keyOf(object.metadata), toBounds(object));
    this.#changed();
  }
}

export type { ListUse };

/** Thin rows tell their names and nothing else. */
const keyOf = ({ name }: TableRow['object']['metadata']): string => name;
