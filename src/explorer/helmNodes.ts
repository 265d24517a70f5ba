import type { Disposable } from '../base/event.ts';
import { plainText } from '../base/plainText.ts';
import type { Cluster, LiveTable } from '../kubernetes/cluster.ts';
import {
  helmSelector,
  helmStores,
  type Release,
  readRelease,
  releasesOf,
  type StoredRevision,
  storedRevision,
} from '../kubernetes/helmRelease.ts';
import type { Mood } from './deploymentRows.ts';
import { emptyRow, failureRow, type Open, plainBranch, type Row, row } from './nodes.ts';

/** What can be read of a revision. */
export const releaseParts = {
  values: { label: 'Values', description: 'supplied', icon: 'settings' },
  computed: { label: 'All values', description: 'computed: those of the chart under the supplied ones', icon: 'settings-gear' },
  manifest: { label: 'Manifest', description: 'what was rendered', icon: 'file-code' },
  notes: { label: 'Notes', description: '', icon: 'note' },
} as const;
export type ReleasePart = keyof typeof releaseParts;

/** The row of the Helm releases of a namespace; they are looked for when it is opened, and live from then on. */
export function helmRow(cluster: Cluster, namespace: string): Row {
  return row({
    segment: '(helm)',
    label: 'Helm releases',
    icon: 'folder-library',
    words: ['group', 'can:refresh'],
    subject: { of: 'group' },
    open: openReleases(cluster, namespace),
  });
}

type Tables = Readonly<Record<(typeof helmStores)[number], LiveTable>>;

function openReleases(cluster: Cluster, namespace: string): Open {
  return (changed) => {
    /** One opening for all who ask while it is under way. */
    let opening: Promise<Tables | Row> | undefined;
    /** By object and version: what is stored under one version never changes. */
    const read = new Map<string, Promise<Release | undefined>>();
    const close = () => {
      void opening?.then((opened) => {
        if (isOpen(opened)) for (const table of Object.values<Disposable>(opened)) table.dispose();
      });
      opening = undefined;
    };
    const latest = (revision: StoredRevision) => {
      const key = `${revision.stored.kind}/${revision.stored.name}@${revision.resourceVersion}`;
      const known = read.get(key) ?? readRelease(cluster, revision).then((release) => (release.ok ? release.value : undefined));
      read.set(key, known);
      return known;
    };
    return {
      rows: async () => {
        opening ??= openTables(cluster, namespace, () => changed());
        const asked = opening;
        const shown = await asked;
        if (!isOpen(shown)) {
          if (opening === asked) opening = undefined;
          return [shown];
        }
        await Promise.all(Object.values(shown).map((table) => table.ready()));
        const revisions = helmStores.flatMap((kind) =>
          shown[kind].rows.flatMap(({ object }) => storedRevision(kind, object.metadata) ?? []),
        );
        const failures = helmStores.flatMap((kind) => {
          const { state, failure } = shown[kind];
          return state === 'failed' && failure ? [failureRow(failure, { segment: `!${kind}` })] : [];
        });
        const releases = releasesOf(revisions);
        const told = await Promise.all(releases.map(([first]) => latest(first)));
        const rows = releases.map((all, index) => releaseRow(cluster, all, told[index]));
        if (rows.length + failures.length > 0) return [...rows, ...failures];
        return [emptyRow(`No Helm releases in ${namespace}.`)];
      },
      refresh: close,
      dispose: close,
    };
  };
}

const isOpen = (opened: Tables | Row): opened is Tables => 'Secret' in opened;

async function openTables(cluster: Cluster, namespace: string, changed: () => void): Promise<Tables | Row> {
  const kinds = await cluster.kinds();
  if (!kinds.ok) return failureRow(kinds.failure);
  const [secret, map] = helmStores.map((name) => kinds.value.find(({ group, kind }) => group === '' && kind === name));
  if (!secret || !map) return emptyRow(`${cluster.context.name} serves no Secrets.`);
  const selection = { namespace, labelSelector: helmSelector };
  const tables = { Secret: cluster.live(secret, selection, 'Metadata'), ConfigMap: cluster.live(map, selection, 'Metadata') };
  for (const table of Object.values(tables)) table.onDidChange(changed);
  return tables;
}

function releaseRow(cluster: Cluster, revisions: readonly [StoredRevision, ...StoredRevision[]], release?: Release): Row {
  const [latest] = revisions;
  const { name, version, appVersion } = release?.chart?.metadata ?? {};
  const chart = name === undefined ? '' : `${name} ${version ?? ''}`.trim();
  return row({
    segment: latest.name,
    label: latest.name,
    description: plainText(
      [latest.status, chart, appVersion && `app ${appVersion}`, `revision ${latest.revision}`].filter(Boolean).join(' · '),
      160,
    ),
    icon: 'package',
    mood: moodOf(latest.status),
    facts: factsOf(latest, release),
    words: ['release', 'can:openRelease', 'can:revealRelease', 'can:compareRelease', 'can:rollBackRelease', 'can:copyName'],
    subject: { of: 'release', cluster, revision: latest, part: 'values', ...previousOf(revisions, 0) },
    name: latest.name,
    open: () =>
      plainBranch(() => [
        ...partRows(cluster, latest),
        row({
          segment: '(history)',
          label: 'History',
          description: revisions.length === 1 ? '1 revision' : `${revisions.length} revisions`,
          icon: 'history',
          words: ['group'],
          subject: { of: 'group' },
          open: () => plainBranch(() => revisions.map((one, index) => revisionRow(cluster, one, previousOf(revisions, index)))),
        }),
      ]),
  });
}

function revisionRow(cluster: Cluster, revision: StoredRevision, previous: { readonly previous?: StoredRevision }): Row {
  return row({
    segment: String(revision.revision),
    label: `Revision ${revision.revision}`,
    description: revision.status,
    icon: 'git-commit',
    mood: moodOf(revision.status),
    words: [
      'release',
      'can:openRelease',
      'can:revealRelease',
      'can:rollBackRelease',
      ...(previous.previous ? (['can:compareRelease'] as const) : []),
    ],
    subject: { of: 'release', cluster, revision, part: 'values', ...previous },
    open: () => plainBranch(() => partRows(cluster, revision)),
  });
}

function partRows(cluster: Cluster, revision: StoredRevision): readonly Row[] {
  return Object.entries(releaseParts).map(([part, { label, description, icon }]) =>
    row({
      segment: part,
      label,
      description,
      icon,
      words: ['release', 'can:openRelease', 'can:revealRelease'],
      subject: { of: 'release', cluster, revision, part: part as ReleasePart },
      click: 'hybridClusters.openRelease',
    }),
  );
}

function previousOf(revisions: readonly StoredRevision[], index: number): { readonly previous?: StoredRevision } {
  const previous = revisions[index + 1];
  return previous ? { previous } : {};
}

function factsOf({ status, revision, stored }: StoredRevision, release?: Release): Row['facts'] {
  return [
    ['status', status],
    ['chart', plainText(release?.chart?.metadata?.name ?? '')],
    ['chart version', plainText(release?.chart?.metadata?.version ?? '')],
    ['app version', plainText(release?.chart?.metadata?.appVersion ?? '')],
    ['revision', String(revision)],
    ['deployed', plainText(release?.info?.last_deployed ?? '')],
    ['what happened', plainText(release?.info?.description ?? '', 300)],
    ['stored in', `${stored.kind} ${stored.name}`],
  ];
}

function moodOf(status: string): Mood {
  if (status === 'failed') return 'bad';
  return status.startsWith('pending') || status === 'uninstalling' ? 'busy' : 'quiet';
}
