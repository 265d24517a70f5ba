import { l10n } from 'vscode';
import { Emitter } from '../base/event.ts';
import type { Subject } from '../explorer/nodes.ts';
import type { ObjectFilters, ObjectList } from '../explorer/objectFilters.ts';
import { pluralOf } from '../explorer/objectNodes.ts';
import type { LiveList, LiveRow } from '../host/livePicker.ts';
import type { TableRow } from '../kubernetes/cluster.ts';
import { fieldsOf, labelsSeen, selectorOf, termsOf } from '../kubernetes/selectors.ts';
import { chooseNamespace } from './chooseNamespace.ts';
import { type ChooseObjectParts, chooseCluster, chooseKindOf } from './chooseObject.ts';
import { clearFilter, filterList, type ListViewParts } from './listView.ts';

export interface FilterObjectsParts extends ChooseObjectParts, ListViewParts {
  readonly objectFilters: ObjectFilters;
}

/** Asks by what a list is narrowed, in either world; from the palette, in which one first. */
export async function filterAnyList(parts: FilterObjectsParts, subject: Subject | undefined): Promise<void> {
  const list = subject?.of === 'apiKind' ? subject : await inClusters(parts, subject);
  return list === 'clouds' ? filterList(parts, subject) : list && filterObjects(parts, list);
}

/** Shows a list whole again, in either world. */
export async function clearAnyFilter(parts: FilterObjectsParts, subject: Subject | undefined): Promise<void> {
  const list = subject?.of === 'apiKind' ? subject : await inClusters(parts, subject);
  return list === 'clouds' ? clearFilter(parts, subject) : list && parts.objectFilters.set(list, '');
}

/** What a row of the picker does. */
type Wanted =
  | { readonly do: 'filter' | 'save'; readonly text: string }
  | { readonly do: 'saved'; readonly name: string; readonly text: string };

/** Asks by which labels and fields the server shall narrow a list of objects; what is typed is completed from the labels that are seen and stays for this list until it is cleared. */
async function filterObjects({ prompts, objectFilters }: FilterObjectsParts, list: ObjectList): Promise<void> {
  const { cluster, kind, namespace } = list;
  const ending = new AbortController();
  const came = new Emitter<void>();
  let seen: readonly TableRow[] | undefined;
  const within = namespace === undefined ? {} : { namespace };
  void cluster.table(kind, { ...within, limit: mostSeen, signal: ending.signal }).then((table) => {
    seen = table.ok ? table.value.rows : [];
    came.fire();
  });
  try {
    for (let typed = objectFilters.of(list); ; ) {
      const answer = await prompts.pickLive<Wanted>({
        placeholder: l10n.t('app=web, tier in (front,back), !canary, {0}=…', fieldsOf(kind)[0] ?? ''),
        text: typed,
        list: (text) => rowsOf(text, list, objectFilters, seen),
        onDidChange: came.event,
      });
      if (!answer) return;
      const { value, pressed } = answer;
      typed = answer.text;
      if (value.do === 'saved' && pressed) await objectFilters.save({ name: value.name, text: '' });
      else if (value.do !== 'save') return await objectFilters.set(list, value.text);
      else {
        const name = (await prompts.text(l10n.t('Save {0} under which name?', value.text), '', () => undefined))?.trim();
        if (!name) continue;
        await objectFilters.save({ name, text: value.text });
        return await objectFilters.set(list, value.text);
      }
    }
  } finally {
    ending.abort();
    came.dispose();
  }
}

/** From so many objects labels are offered. */
const mostSeen = 500;
/** So many completions are read through. */
const mostOffered = 50;

function rowsOf(text: string, list: ObjectList, filters: ObjectFilters, seen: readonly TableRow[] | undefined): LiveList<Wanted> {
  const { kind, namespace, cluster } = list;
  const trimmed = text.trim().replace(/,$/, '');
  const selector = selectorOf(trimmed, kind);
  const plural = pluralOf(kind);
  const saved = filters.saved.filter(({ text: one }) => selectorOf(one, kind).ok);
  const first: readonly (LiveRow<Wanted> | false)[] = selector.ok
    ? [
        trimmed !== '' && {
          label: `$(filter) ${l10n.t('Only {0} with {1}', plural, trimmed)}`,
          value: { do: 'filter', text: trimmed },
        },
        trimmed !== '' && { label: `$(save) ${l10n.t('Save it under a name…')}`, value: { do: 'save', text: trimmed } },
        trimmed === '' &&
          filters.of(list) !== '' && { label: `$(clear-all) ${l10n.t('Show all again')}`, value: { do: 'filter', text: '' } },
      ]
    : [{ label: `$(error) ${selector.sentence}`, types: text }];
  const named = saved.map(
    ({ name, text: one }): LiveRow<Wanted> => ({
      label: `$(bookmark) ${name}`,
      description: one,
      value: { do: 'saved', name, text: one },
      button: { icon: 'trash', title: l10n.t('Forget') },
    }),
  );
  const completed = completionsOf(text, list, seen ?? []);
  const heading = (title: string, rows: readonly LiveRow<Wanted>[]) => (rows.length > 0 ? [{ label: title }, ...rows] : []);
  // What is saved stands first until one types.
  const parts = [heading(l10n.t('saved'), named), first.filter((row) => row !== false)];
  return {
    title: l10n.t('{0} of {1}: only those with…', plural, [cluster.context.name, namespace].filter(Boolean).join(' › ')),
    busy: seen === undefined,
    rows: [...(trimmed === '' ? parts : parts.reverse()).flat(), ...completed.flatMap(([title, rows]) => heading(title, rows))],
  };
}

/** How the last condition may go on: labels that are seen, and fields of the kind. */
function completionsOf(
  text: string,
  { kind }: ObjectList,
  seen: readonly TableRow[],
): readonly (readonly [string, LiveRow<Wanted>[]])[] {
  const goesOn = /,\s*$/.test(text);
  const terms = goesOn ? termsOf(text.replace(/,\s*$/, '')) : termsOf(text).slice(0, -1);
  const last = goesOn ? '' : (termsOf(text).at(-1) ?? '');
  const typed = (term: string) => [...terms, term].join(',');
  const fits = (term: string) => term !== last && !terms.includes(term) && term.toLowerCase().includes(last.toLowerCase());
  const labels = labelsSeen(seen)
    .filter(({ label }) => fits(label))
    .slice(0, mostOffered)
    .map(({ label, count }) => ({
      label: `$(tag) ${label}`,
      description: l10n.t('{0} of {1}', count, seen.length),
      types: typed(label),
    }));
  const fields = fieldsOf(kind)
    .map((field) => `${field}=`)
    .filter(fits)
    .map((field) => ({ label: `$(symbol-field) ${field}`, description: l10n.t('field'), types: typed(field) }));
  return [
    [l10n.t('labels seen here'), labels],
    [l10n.t('fields'), fields],
  ];
}

/** A list of *Clusters* that is picked, or that one of *Clouds* is meant. */
async function inClusters(parts: FilterObjectsParts, subject: Subject | undefined): Promise<ObjectList | 'clouds' | undefined> {
  if (subject?.of === 'kind') return 'clouds';
  const { contexts, prompts, log } = parts;
  const worlds = [
    { label: `$(cloud) ${l10n.t('Resources of a project')}`, value: 'clouds' as const },
    { label: `$(server-process) ${l10n.t('Objects of a cluster')}`, value: 'clusters' as const },
  ];
  const world = await prompts.pick(worlds, { title: l10n.t('Which list?') });
  if (world !== 'clusters') return world;
  const cluster = await chooseCluster({ contexts, prompts, log });
  const kind = cluster && (await chooseKindOf({ prompts, log }, cluster, () => true));
  if (!kind) return undefined;
  const namespace = kind.namespaced ? await chooseNamespace(prompts, cluster) : '';
  return namespace === undefined ? undefined : { cluster, kind, namespace: namespace || undefined };
}
