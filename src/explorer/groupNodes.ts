import { disposeAll } from '../base/event.ts';
import type { ApiKind, Cluster } from '../kubernetes/cluster.ts';
import { factsOf, isBrowsable, kubeGroups } from '../kubernetes/kinds.ts';
import type { LiveMetrics } from '../kubernetes/liveMetrics.ts';
import { isMeasured } from '../kubernetes/metricsApi.ts';
import { helmRow } from './helmNodes.ts';
import { byLabel, failureRow, type Open, plainBranch, type Row, row } from './nodes.ts';
import { apiKindRow, type Listing } from './objectNodes.ts';

/** The groups of a namespace, or of what has none; a group of one kind is that kind. Custom resources stand below their API group. */
export function openGroups(cluster: Cluster, namespace: string | undefined, listing: Listing): Open {
  return (changed) => {
    const { filters, metrics } = listing;
    const subscriptions = [cluster.onDidChange(() => changed()), ...(filters ? [filters.onDidChange(() => changed())] : [])];
    let measured: LiveMetrics | undefined;
    const listedOf = (kind: ApiKind) => ({ cluster, kind, namespace, ...listing, metrics: measured });
    const groupRow = (segment: string, label: string, rows: () => readonly Row[]) =>
      row({
        segment,
        label,
        icon: 'folder-library',
        words: ['group', 'can:refresh'],
        subject: { of: 'group' },
        open: (below) => ({ ...plainBranch(rows), ...disposeAll(filters ? [filters.onDidChange(() => below())] : []) }),
      });
    const kindRows = (kinds: readonly ApiKind[]) => kinds.map((kind) => apiKindRow(listedOf(kind))).sort(byRank);
    /** A kind with what kubectl takes for its name; one without a list is told of only. */
    const namedRow = (kind: ApiKind) => {
      const { open, ...listed } = apiKindRow(listedOf(kind));
      const description = [...(listed.description === '' ? [] : [listed.description]), ...kind.shortNames, kind.version];
      if (kind.verbs.includes('list') && open) return { ...listed, open, description: description.join(' · ') };
      return { ...listed, words: [], description: [...description, 'cannot be listed'].join(' · ') };
    };
    return {
      rows: async () => {
        const kinds = await cluster.kinds();
        if (!kinds.ok) return [failureRow(kinds.failure)];
        measured = isMeasured(kinds.value) ? metrics : undefined;
        const all = kinds.value.filter((kind) => kind.namespaced === (namespace !== undefined));
        const here = all.filter(isBrowsable);
        const groups = kubeGroups.flatMap((group) => {
          const own = here.filter((kind) => factsOf(kind).under === group);
          if (own.length === 0) return [];
          if (group === 'Custom resources')
            return [
              groupRow(group, group, () => apiGroups(own).map(([name, some]) => groupRow(name, name, () => kindRows(some)))),
            ];
          return own.length === 1 ? kindRows(own) : [groupRow(group, group, () => kindRows(own))];
        });
        const everyKind = () =>
          apiGroups(all).map(([name, some]) => groupRow(`api:${name}`, name || 'core', () => some.map(namedRow).sort(byLabel)));
        const helm = namespace === undefined ? [] : [helmRow(cluster, namespace)];
        return [...groups, ...helm, { ...groupRow('(all)', 'All kinds', everyKind), description: `${all.length} of the server` }];
      },
      ...disposeAll(subscriptions),
    };
  };
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
  return kindRank(one.segment) - kindRank(other.segment) || byLabel(one, other);
}

/** Where a kind, as `group/Kind`, stands among others: what one looks for most first, the rest alike. */
export function kindRank(kind: string): number {
  return (firstKinds.indexOf(kind) + firstKinds.length + 1) % (firstKinds.length + 1);
}
