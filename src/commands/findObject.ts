import { l10n } from 'vscode';
import { disposeAll, Emitter } from '../base/event.ts';
import { type FindQuery, findQuery } from '../explorer/findQuery.ts';
import { cutText, foundGroups, keyOfObject, objectThing, resourceThing, type Thing } from '../explorer/findRows.ts';
import type { ObjectFilters } from '../explorer/objectFilters.ts';
import { clustersOf, projectsOf } from '../explorer/relatedNodes.ts';
import type { LiveList, LiveRow } from '../host/livePicker.ts';
import type { Cluster, ContextSummary, Contexts } from '../kubernetes/cluster.ts';
import { apiVersionOf } from '../kubernetes/discovery.ts';
import { type IndexedObject, ObjectIndex } from '../kubernetes/objectIndex.ts';
import type { Match } from '../openstack/search.ts';
import { type DetailsParts, openDetails } from './details.ts';
import type { NamespaceFilters } from './filterNamespaces.ts';
import { type FindParts, findResource, showMatch } from './findResource.ts';
import { FoundResources } from './foundResources.ts';

export interface FindObjectParts extends FindParts, DetailsParts {
  readonly contexts: Contexts;
  readonly filters: NamespaceFilters;
  readonly objectFilters: ObjectFilters;
}

/** What a row of the picker stands for. */
type Chosen =
  | { readonly of: 'object'; readonly object: IndexedObject }
  | { readonly of: 'resource'; readonly match: Match }
  | { readonly of: 'troubles'; readonly all: readonly string[] }
  | { readonly of: 'contexts' | 'projects' };

/**
 * Finds an object or a resource by what is typed (see {@link findQuery}), in all contexts and projects that are open or bound, and shows it in its tree, or opens it by the button of
 * its row. What else the kubeconfigs name is searched once it is asked for.
 */
export async function findObject(parts: FindObjectParts, text = ''): Promise<void> {
  const { asked, prompts, contexts, filters } = parts;
  const index = new ObjectIndex();
  const reached = new Emitter<void>();
  const resources = new FoundResources(await projectsOf(asked));
  const named = (context: string) => [...filters.typed(context), ...filters.of(context)];
  const include = (cluster: Cluster) => index.include(cluster, named(cluster.context.name));
  const unreached = new Set<string>();
  let reaching = 0;
  for (const cluster of await clustersOf(asked)) include(cluster);
  const { contexts: all } = await contexts.list();
  const others = () => all.filter(({ name, problem }) => problem === undefined && !index.contexts.includes(name));
  const reach = async (name: string) => {
    reaching += 1;
    const opened = await contexts.open(name);
    const connected = opened.ok ? await opened.value.connect() : opened;
    if (opened.ok && connected.ok) {
      asked.opened.addCluster(opened.value);
      include(opened.value);
    } else if (!connected.ok) unreached.add(connected.failure.message);
    reaching -= 1;
    reached.fire();
  };
  try {
    for (let typed = text; ; ) {
      const answer = await prompts.pickLive<Chosen>({
        placeholder: l10n.t('A name, app=web, an IP, an image; kind: ns: context: image: ip: owner: narrow it'),
        text: typed,
        list: (now) => listOf(now, { index, resources, unreached, busy: reaching > 0, others: others() }),
        onDidChange: (listener) =>
          disposeAll([index, resources].map((one) => one.onDidChange(listener)).concat(reached.event(listener))),
        buttons: () => [
          index.allKinds
            ? { icon: 'check-all', title: l10n.t('All kinds are searched'), press: () => {} }
            : {
                icon: 'list-filter',
                title: l10n.t('Search all kinds: events, access, definitions, too'),
                press: () => index.widen(),
              },
        ],
      });
      if (!answer) return;
      typed = answer.text;
      const { value } = answer;
      if (value.of === 'object') return await show(parts, value.object, answer.pressed);
      if (value.of === 'resource')
        return void (await (answer.pressed
          ? openDetails(parts, { of: 'resource', ...value.match }, 'yaml')
          : showMatch(parts, value.match)));
      if (value.of === 'projects') return await findResource(parts, undefined, wordFor(findQuery(typed)));
      if (value.of === 'troubles') return void (await prompts.offer(value.all.join(' '), [], 'warning'));
      const chosen = await prompts.pickMany(contextChoices(others()), { title: l10n.t('Search which contexts, too?') });
      for (const context of chosen ?? []) void reach(context);
    }
  } finally {
    index.dispose();
    resources.dispose();
    reached.dispose();
  }
}

interface Looked {
  readonly index: ObjectIndex;
  readonly resources: FoundResources;
  readonly unreached: ReadonlySet<string>;
  readonly busy: boolean;
  /** Contexts that are not searched. */
  readonly others: readonly ContextSummary[];
}

/** What the picker shows for a text: the hits by kind, what was not looked at, and what can be searched besides. Asks the servers for what lies beyond cut lists. */
function listOf(text: string, looked: Looked): LiveList<Chosen> {
  const { index, resources, busy } = looked;
  const query = findQuery(text);
  if (text.trim() !== '') index.ask(query.selection);
  const word = wordFor(query);
  resources.look(word);
  const { groups, found, left } = foundGroups(query, things(looked));
  const rows = groups.flatMap(({ title, word: kind, rows: hits, more }): LiveRow<Chosen>[] => [
    { label: title },
    ...hits.map(({ icon, label, description, value }) => ({
      label: `$(${icon}) ${label}`,
      description,
      value,
      button: { icon: 'go-to-file', title: l10n.t('Open as YAML') },
    })),
    ...(more > 0 ? [{ label: `$(ellipsis) ${l10n.t('{0} more {1}', more, title)}`, types: withKind(text, kind) }] : []),
  ]);
  const working = busy || index.busy || resources.busy;
  return {
    title: titleOf(looked, found, working),
    busy: working,
    rows: [...rows, ...lastRows(looked, word, { text, found, left, working })],
  };
}

function* things({ index, resources }: Looked): Generator<Thing<Chosen>> {
  for (const object of index.objects) yield { ...objectThing(object), value: { of: 'object', object } };
  for (const { match, by } of resources.all) yield { ...resourceThing(match, [...by]), value: { of: 'resource', match } };
}

function titleOf({ index, resources }: Looked, found: number, working: boolean): string {
  const places = [...index.contexts, ...resources.places];
  if (places.length === 0) return l10n.t('Find: no context or project is open');
  const where = l10n.t('Find: {0} in {1}', found, places.join(', '));
  return working ? l10n.t('{0} · looking…', where) : where;
}

interface Outcome {
  readonly text: string;
  readonly found: number;
  readonly left: number;
  readonly working: boolean;
}

function lastRows(looked: Looked, word: string, { text, found, left, working }: Outcome): LiveRow<Chosen>[] {
  const { index, resources, unreached, others } = looked;
  const troubles = [...unreached, ...index.troubles, ...resources.troubles];
  const [first = ''] = troubles;
  const cuts = index.cuts.map(({ cluster, kind, read, namespace }) => cutText(kind, cluster.context.name, read, namespace));
  const beyond = l10n.t(
    'Only the first {0} were looked through: a label (app=web) or a whole name finds the others',
    [...cuts.slice(0, 2), ...(cuts.length > 2 ? [l10n.t('{0} lists more', cuts.length - 2)] : [])].join(', '),
  );
  const rows: readonly (LiveRow<Chosen> | false)[] = [
    found === 0 && !working && index.size > 0 && { label: `$(info) ${l10n.t('Nothing fits')}`, types: text },
    left > 0 && { label: `$(info) ${l10n.t('{0} more fit: type more of the name', left)}`, types: text },
    cuts.length > 0 && { label: `$(info) ${beyond}`, value: { of: 'troubles', all: [beyond] } },
    troubles.length > 0 && {
      label: `$(warning) ${first}`,
      description: troubles.length > 1 ? l10n.t('and {0} more', troubles.length - 1) : '',
      value: { of: 'troubles', all: troubles },
    },
    others.length > 0 && {
      label: `$(add) ${l10n.t('Search other contexts, too…')}`,
      description: l10n.t('{0} not searched', others.length),
      value: { of: 'contexts' },
    },
    word !== '' && {
      label: `$(cloud) ${l10n.t('Search all projects of a cloud for {0}…', word)}`,
      value: { of: 'projects' },
    },
  ];
  const shown = rows.filter((row) => row !== false);
  return shown.length > 0 ? [{ label: '' }, ...shown] : [];
}

/** The typed kind gives way to this one. */
function withKind(text: string, kind: string): string {
  return [kind, ...text.split(/\s+/).filter((word) => word !== '' && !word.startsWith('kind:'))].join(' ');
}

/** By which one word clouds are searched, which know names, ids, addresses and tags; empty where words about Kubernetes are typed. */
function wordFor({ plain }: FindQuery): string {
  return plain.split(' ').reduce((longest, word) => (word.length > longest.length ? word : longest), '');
}

function contextChoices(contexts: readonly ContextSummary[]) {
  return contexts.map(({ name, server = '' }) => ({ label: name, description: server, value: name }));
}

/** Brings an object into sight, its namespace among those that are shown and its list whole; what stands nowhere in the tree, or whose row's button was pressed, is opened. */
async function show(parts: FindObjectParts, object: IndexedObject, open: boolean): Promise<void> {
  const { cluster, kind, namespace, name } = object;
  const { filters, objectFilters, trees } = parts;
  const ref = { apiVersion: apiVersionOf(kind), kind: kind.kind, name, ...(namespace !== undefined && { namespace }) };
  if (!open) {
    const context = cluster.context.name;
    const shown = filters.of(context);
    const wanted = namespace ?? (kind.kind === 'Namespace' && kind.group === '' ? name : undefined);
    if (wanted !== undefined && shown.length > 0 && !shown.includes(wanted)) await filters.set(context, [...shown, wanted]);
    const list = { cluster, kind, namespace };
    if (objectFilters.of(list) !== '') await objectFilters.set(list, '');
    if (await trees.reveal(keyOfObject(object))) return;
  }
  await openDetails(parts, { of: 'object', cluster, ref }, 'yaml');
}
