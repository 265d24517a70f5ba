import { disposeAll, Emitter } from '../base/event.ts';
import type { Failure } from '../base/failure.ts';
import { plainText } from '../base/plainText.ts';
import type { ContextSummary } from '../kubernetes/cluster.ts';
import { filterRow, hiddenRows, markWords, pinnedFirst } from './arrangedRows.ts';
import { type ClustersParts, ContextBranch, type Tell } from './namespaceNodes.ts';
import { failureRow, type Open, plainBranch, type Row, row, wordsOf } from './nodes.ts';
import { contextKey } from './places.ts';

/** The root of *Clusters*: reads files, contacts nobody. Contexts of one server stand below it, where there are several of them and other servers beside. */
export function openContextRows(parts: ClustersParts): Open {
  return (changed) => {
    const troubles = new Map<string, Failure>();
    const renewed = new Emitter<void>();
    const renew = () => {
      changed();
      renewed.fire();
    };
    const tell = (context: string, failure: Failure | undefined) => {
      if (troubles.get(context) === failure) return;
      if (failure) troubles.set(context, failure);
      else troubles.delete(context);
      renew();
    };
    const subscription = parts.contexts.onDidChange(() => {
      parts.opened.clear('clusters');
      changed('all');
    });
    const { places } = parts;
    const shownNow = async () => {
      const { contexts, current, problems } = await parts.contexts.list();
      const text = places?.filterOf('clusters') ?? '';
      const hidden = new Set(places?.hidden.map(({ key }) => key));
      const visible = contexts.filter(({ name }) => !hidden.has(contextKey(name)));
      const found = visible.filter(({ name, server = '' }) => hasText(text, name, hostOf(server)));
      const shown = pinnedFirst(found, parts, ({ name }) => contextKey(name));
      return { all: contexts.length, hidden: contexts.length - visible.length, text, shown, current, problems };
    };
    const rowOf = (context: ContextSummary, current: string | undefined) =>
      contextRow(context, parts, {
        current: context.name === current,
        trouble: troubles.get(context.name),
        tell: (failure) => tell(context.name, failure),
      });
    const openServer =
      (server: string): Open =>
      (changedBelow) => ({
        rows: async () => {
          const { shown, current } = await shownNow();
          return shown.filter((one) => one.server === server && !isPinned(parts, one)).map((one) => rowOf(one, current));
        },
        ...disposeAll([renewed.event(() => changedBelow())]),
      });
    return {
      rows: async () => {
        const { all, hidden, text, shown, current, problems } = await shownNow();
        const servers = text === '' ? crowdedServers(shown, parts) : new Map<string, readonly ContextSummary[]>();
        const rows = shown.flatMap((context) => {
          const crowd = isPinned(parts, context) ? undefined : servers.get(context.server ?? '');
          if (!crowd) return [rowOf(context, current)];
          return crowd[0] === context ? [serverRow(context.server ?? '', crowd, current, openServer)] : [];
        });
        return [
          ...(text === '' ? [] : [filterRow('clusters', text, shown.length, all)]),
          ...rows,
          ...hiddenRows(hidden),
          ...problems.map((failure, index) => failureRow(failure, { segment: `!${index}` })),
        ];
      },
      refresh: () => parts.contexts.refresh?.(),
      ...disposeAll([subscription, parts.opened.onDidChange(renew), ...(places ? [places.onDidChange(renew)] : []), renewed]),
    };
  };
}

const isPinned = ({ places }: ClustersParts, { name }: ContextSummary) => places?.isPinned(contextKey(name)) === true;

function hasText(text: string, ...names: readonly string[]): boolean {
  const wanted = text.toLowerCase();
  return names.some((name) => name.toLowerCase().includes(wanted));
}

/** The servers that several unpinned contexts lead to, where there is more than one server. */
function crowdedServers(
  contexts: readonly ContextSummary[],
  parts: ClustersParts,
): ReadonlyMap<string, readonly ContextSummary[]> {
  const usable = contexts.filter((context) => context.problem === undefined && !isPinned(parts, context));
  const servers = Map.groupBy(usable, ({ server = '' }) => server);
  return new Map([...servers].filter(([, crowd]) => crowd.length > 1 && servers.size > 1));
}

/** A server that several contexts lead to. Keys of objects do not name it. */
function serverRow(
  server: string,
  crowd: readonly ContextSummary[],
  current: string | undefined,
  openServer: (server: string) => Open,
): Row {
  const inUse = crowd.find(({ name }) => name === current);
  return row({
    segment: `server:${server}`,
    label: hostOf(server),
    description: [`${crowd.length} contexts`, inUse && `${inUse.name} is current`].filter(Boolean).join(' · '),
    icon: 'server',
    facts: [
      ['server', server],
      ['contexts', crowd.map(({ name }) => name).join(', ')],
    ],
    words: ['group'],
    subject: { of: 'group' },
    passes: true,
    open: openServer(server),
  });
}

interface ContextState {
  readonly current: boolean;
  readonly trouble: Failure | undefined;
  readonly tell: Tell;
}

const protectionWords = { open: undefined, protected: 'protected', readOnly: 'read-only' } as const;
const troubleWords: Partial<Readonly<Record<Failure['reason'], string>>> = {
  signedOut: 'credentials not accepted',
  offline: 'unreachable',
  untrusted: 'certificate not trusted',
  malformed: 'answers something else',
  unavailable: 'out of order',
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
        context.actingAs !== undefined ? `acting as ${context.actingAs}` : undefined,
        context.windowOnly ? 'this window only' : undefined,
        opened ? opened.version : 'not opened',
        opened && hostOf(context.server ?? ''),
        current ? 'current' : undefined,
        isPinned(parts, context) ? 'pinned' : undefined,
        parts.isBound(context.name) ? 'bound to this folder' : undefined,
        context.insecure ? 'certificates not verified' : undefined,
      ];
  const { problem } = context;
  return row({
    segment: context.name,
    label: context.name,
    description: description.filter(Boolean).join(' · '),
    icon: protection === 'open' ? 'server-process' : protection === 'readOnly' ? 'lock' : 'shield',
    mood: failure
      ? 'bad'
      : protection === 'protected' || context.insecure || context.actingAs !== undefined
        ? 'warning'
        : 'quiet',
    facts: [
      ['server', context.server ?? ''],
      ['through', context.bastion === undefined ? '' : `bastion ${plainText(context.bastion, 80)}, by ssh`],
      ['cluster', context.cluster],
      ['user', context.user ?? ''],
      ['acting as', context.actingAs ?? ''],
      ['namespace', context.namespace ?? ''],
      ['current', current ? "kubectl's current-context" : ''],
      ['signs in by', context.exec ? 'a program' : ''],
      ['written in', `${context.source.file}:${context.source.line}`],
      ['trouble', failure?.message ?? ''],
    ],
    words: wordsOf(
      'context',
      !problem && 'can:refresh',
      !problem && 'can:filterNamespaces',
      context.windowOnly ? 'can:closeContext' : 'can:openSource',
      !problem && 'can:actAs',
      !problem && 'can:showEvents',
      !problem && 'can:checkCluster',
      'can:copyName',
      ...markWords(parts, contextKey(context.name)),
    ),
    subject: { of: 'context', context },
    name: context.name,
    open: problem
      ? () => plainBranch(() => [failureRow(problem)])
      : (changed) => new ContextBranch(context.name, parts, tell, changed),
  });
}

/** `api.example:6443` of an address; the text itself where it is none. */
function hostOf(server: string): string {
  return URL.parse(server)?.host || server;
}
