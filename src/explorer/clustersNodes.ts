import { disposeAll, type Event } from '../base/event.ts';
import type { Failure } from '../base/failure.ts';
import type { Target } from '../deploy/types.ts';
import type { ApiKind, Cluster, ContextSummary, Contexts, LiveTable } from '../kubernetes/cluster.ts';
import { factsOf, isBrowsable, kubeGroups } from '../kubernetes/kinds.ts';
import { clusterSegment, namespaceSegment, objectKey } from './keys.ts';
import {
  type Branch,
  byLabel,
  type Changed,
  failureRow,
  moreRow,
  type Open,
  plainBranch,
  type Row,
  row,
  staleSince,
} from './nodes.ts';
import { apiKindRow, type OtherSide } from './objectNodes.ts';
import type { Opened } from './opened.ts';

type Protection = Target['protection'];

/** The namespaces the user wants to see; empty: all. */
export interface NamespaceFilter {
  of(context: string): readonly string[];
  readonly onDidChange: Event<void>;
}

/** What the view *Clusters* takes from its surroundings. */
export interface ClustersParts {
  readonly contexts: Contexts;
  readonly opened: Opened;
  readonly otherSide: OtherSide;
  readonly filter: NamespaceFilter;
  /** Whether the folder in front is bound to the context. */
  readonly isBound: (context: string) => boolean;
  /** How the user marked the target. */
  readonly protection: (context: string) => Protection;
}

/** The root of *Clusters*: reads files, contacts nobody. */
export function openContextRows(parts: ClustersParts): Open {
  return (changed) => {
    const troubles = new Map<string, Failure>();
    const tell = (context: string, failure: Failure | undefined) => {
      if (troubles.get(context) === failure) return;
      if (failure) troubles.set(context, failure);
      else troubles.delete(context);
      changed();
    };
    const subscription = parts.contexts.onDidChange(() => {
      parts.opened.clear('clusters');
      changed('all');
    });
    const openedSubscription = parts.opened.onDidChange(() => changed());
    return {
      rows: async () => {
        const { contexts, current, problems } = await parts.contexts.list();
        return [
          ...contexts.map((context) =>
            contextRow(context, parts, {
              current: context.name === current,
              trouble: troubles.get(context.name),
              tell: (failure) => tell(context.name, failure),
            }),
          ),
          ...problems.map((failure, index) => failureRow(failure, { segment: `!${index}` })),
        ];
      },
      ...disposeAll([subscription, openedSubscription]),
    };
  };
}

interface ContextState {
  readonly current: boolean;
  readonly trouble: Failure | undefined;
  readonly tell: (failure: Failure | undefined) => void;
}

const protectionWords = { open: undefined, protected: 'protected', readOnly: 'read-only' } as const;
const troubleWords: Partial<Readonly<Record<Failure['reason'], string>>> = {
  signedOut: 'credentials not accepted',
  offline: 'unreachable',
  untrusted: 'certificate not trusted',
};

function contextRow(context: ContextSummary, parts: ClustersParts, { current, trouble, tell }: ContextState): Row {
  const failure = context.problem ?? trouble;
  const opened = parts.opened.clusters.find((cluster) => cluster.context.name === context.name);
  const said = failure && (context.problem ? 'not usable as written' : (troubleWords[failure.reason] ?? failure.message));
  const protection = parts.protection(context.name);
  const description = said
    ? [said]
    : [
        protectionWords[protection],
        opened ? opened.version : 'not opened',
        opened && hostOf(context.server),
        current ? 'current' : undefined,
        parts.isBound(context.name) ? 'bound to this folder' : undefined,
        context.insecure ? 'certificates not verified' : undefined,
      ];
  const { problem } = context;
  return row({
    segment: context.name,
    label: context.name,
    description: description.filter(Boolean).join(' · '),
    icon: protection === 'open' ? 'server-process' : protection === 'readOnly' ? 'lock' : 'shield',
    mood: failure ? 'bad' : protection === 'protected' || context.insecure ? 'warning' : 'quiet',
    facts: [
      ['server', context.server ?? ''],
      ['cluster', context.cluster],
      ['user', context.user ?? ''],
      ['namespace', context.namespace ?? ''],
      ['signs in by', context.exec ? 'a program' : ''],
      ['written in', `${context.source.file}:${context.source.line}`],
      ['trouble', failure?.message ?? ''],
    ],
    words: ['context', ...(problem ? [] : ['can:refresh', 'can:filterNamespaces']), 'can:openSource', 'can:copyName'],
    subject: { of: 'context', context },
    name: context.name,
    open: problem
      ? () => plainBranch(() => [failureRow(problem)])
      : (changed) => new ContextBranch(context.name, parts, tell, changed),
  });
}

/** The namespaces of a context, live, then "Cluster". */
class ContextBranch implements Branch {
  readonly #context: string;
  readonly #parts: ClustersParts;
  readonly #tell: ContextState['tell'];
  readonly #changed: Changed;
  readonly #subscription: { dispose(): void };
  #cluster: Cluster | undefined;
  #namespaces: LiveTable | undefined;

  constructor(context: string, parts: ClustersParts, tell: ContextState['tell'], changed: Changed) {
    this.#context = context;
    this.#parts = parts;
    this.#tell = tell;
    this.#changed = changed;
    this.#subscription = parts.filter.onDidChange(() => changed());
  }

  async rows(): Promise<readonly Row[]> {
    const trouble = this.#cluster ? undefined : await this.#connect();
    const cluster = this.#cluster;
    if (!cluster) return trouble ? [failureRow(trouble)] : [];
    const kinds = await cluster.kinds();
    if (!kinds.ok) return [failureRow(kinds.failure)];
    const wanted = this.#parts.filter.of(this.#context);
    const spaces =
      wanted.length > 0 ? wanted.map((name) => this.#namespaceRow(cluster, name)) : await this.#all(cluster, kinds.value);
    return [...(wanted.length > 0 ? [filterRow(wanted)] : []), ...spaces, this.#clusterRow(cluster)];
  }

  refresh(): void {
    this.#cluster?.refresh();
    this.#release();
  }

  async more(): Promise<void> {
    await this.#namespaces?.loadMore();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#release();
  }

  #release(): void {
    this.#namespaces?.dispose();
    this.#namespaces = undefined;
    this.#cluster = undefined;
  }

  async #connect(): Promise<Failure | undefined> {
    const opened = await this.#parts.contexts.open(this.#context);
    const connected = opened.ok ? await opened.value.connect() : opened;
    this.#tell(connected.ok ? undefined : connected.failure);
    if (!connected.ok) return connected.failure;
    if (!opened.ok) return opened.failure;
    this.#cluster = opened.value;
    this.#parts.opened.addCluster(opened.value);
    return undefined;
  }

  /** All namespaces; for a user who may not list them, the one that the context names. */
  async #all(cluster: Cluster, kinds: readonly ApiKind[]): Promise<readonly Row[]> {
    const kind = kinds.find((one) => one.group === '' && one.kind === 'Namespace');
    if (!kind) return [];
    const table = this.#open(cluster, kind);
    await table.ready();
    if (table.state !== 'failed' || !table.failure) {
      const stale = table.state === 'stale' ? table.asOf : undefined;
      const rows = table.rows.map(({ object }) => {
        const going = object.metadata.deletionTimestamp !== undefined;
        return this.#namespaceRow(cluster, object.metadata.name, { going, stale });
      });
      return [...rows.sort(byLabel), ...(table.hasMore ? [moreRow(rows.length)] : [])];
    }
    const { namespace = 'default' } = cluster.context;
    if (table.failure.reason !== 'forbidden') return [failureRow(table.failure)];
    return [this.#namespaceRow(cluster, namespace), failureRow(table.failure)];
  }

  #open(cluster: Cluster, kind: ApiKind): LiveTable {
    if (this.#namespaces) return this.#namespaces;
    this.#namespaces = cluster.live(kind);
    this.#namespaces.onDidChange(() => this.#changed());
    return this.#namespaces;
  }

  #namespaceRow(
    cluster: Cluster,
    name: string,
    { going = false, stale }: { going?: boolean; stale?: number | undefined } = {},
  ): Row {
    const description = going ? 'namespace · Terminating' : 'namespace';
    const { name: context } = cluster.context;
    return row({
      segment: namespaceSegment(name),
      label: name,
      description: stale === undefined ? description : staleSince(description, stale),
      icon: 'symbol-namespace',
      mood: going ? 'busy' : 'quiet',
      ...(stale !== undefined && { stale: true }),
      words: ['namespace', 'can:refresh', 'can:open', 'can:copyName', 'can:filterNamespaces'],
      subject: { of: 'namespace', cluster, name },
      name,
      key: objectKey({ context, group: '', kind: 'Namespace', namespace: undefined, name }),
      open: openGroups(cluster, name, this.#parts.otherSide),
    });
  }

  #clusterRow(cluster: Cluster): Row {
    return row({
      segment: clusterSegment,
      label: 'Cluster',
      description: 'nodes, volumes, classes, access, definitions',
      icon: 'server-environment',
      words: ['group', 'can:refresh'],
      subject: { of: 'group' },
      open: openGroups(cluster, undefined, this.#parts.otherSide),
    });
  }
}

/** What is filtered, and the way to clear it. */
function filterRow(wanted: readonly string[]): Row {
  return row({
    segment: '?',
    label: `Showing ${wanted.length === 1 ? 'one namespace' : `${wanted.length} namespaces`} only`,
    description: 'click to change',
    icon: 'filter',
    words: ['filter', 'can:filterNamespaces'],
    subject: { of: 'filter' },
    click: 'hybridClusters.filterNamespaces',
  });
}

/** The groups of a namespace, or of what has none; a group of one kind is that kind. Custom resources stand below their API group. */
function openGroups(cluster: Cluster, namespace: string | undefined, otherSide: OtherSide): Open {
  return (changed) => {
    const subscription = cluster.onDidChange(() => changed());
    const kindRows = (kinds: readonly ApiKind[]) =>
      kinds.map((kind) => apiKindRow({ cluster, kind, namespace, otherSide })).sort(byRank);
    return {
      rows: async () => {
        const kinds = await cluster.kinds();
        if (!kinds.ok) return [failureRow(kinds.failure)];
        const here = kinds.value.filter((kind) => isBrowsable(kind) && kind.namespaced === (namespace !== undefined));
        return kubeGroups.flatMap((group) => {
          const own = here.filter((kind) => factsOf(kind).under === group);
          if (own.length === 0) return [];
          if (group === 'Custom resources')
            return [
              groupRow(group, group, () => apiGroups(own).map(([name, some]) => groupRow(name, name, () => kindRows(some)))),
            ];
          return own.length === 1 ? kindRows(own) : [groupRow(group, group, () => kindRows(own))];
        });
      },
      ...disposeAll([subscription]),
    };
  };
}

function groupRow(segment: string, label: string, rows: () => readonly Row[]): Row {
  return row({
    segment,
    label,
    icon: 'folder-library',
    words: ['group', 'can:refresh'],
    subject: { of: 'group' },
    open: () => plainBranch(rows),
  });
}

function apiGroups(kinds: readonly ApiKind[]): readonly (readonly [group: string, kinds: readonly ApiKind[]])[] {
  return [...Map.groupBy(kinds, ({ group }) => group)].sort(([one], [other]) => one.localeCompare(other));
}

const firstKinds: readonly string[] = [
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'batch/Job',
  'batch/CronJob',
  '/Pod',
  '/Service',
];

/** What one looks for most stands first, the rest by name. */
function byRank(one: Row, other: Row): number {
  const rank = ({ segment }: Row) => (firstKinds.indexOf(segment) + firstKinds.length + 1) % (firstKinds.length + 1);
  return rank(one) - rank(other) || byLabel(one, other);
}

function hostOf(server: string | undefined): string | undefined {
  return server === undefined ? undefined : (URL.parse(server)?.host ?? server);
}
