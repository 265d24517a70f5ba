import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ClusterReport, type FindingRow, findingRows } from '../../src/explorer/clusterFindingRows.ts';
import type { Finding, LivePlace } from '../../src/manifest/finding.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const range = { start: 0, end: 0 };
const live = (kind: string, name: string, path: LivePlace['path'], namespace?: string): LivePlace => ({
  context: 'sandbox-admin',
  apiVersion: 'v1',
  kind,
  name,
  path,
  line: 0,
  ...(namespace === undefined ? {} : { namespace }),
});
const findings: readonly Finding[] = [
  {
    file: 'a',
    range,
    severity: 'information',
    code: 'reference.missing',
    message: 'No server.',
    live: live('Node', 'one', ['spec']),
  },
  { file: 'b', range, severity: 'information', code: 'x.y', message: 'Odd.', live: live('Service', 'web', [], 'shop') },
  {
    file: 'b',
    range,
    severity: 'error',
    code: 'reference.missing',
    message: 'No network in project demo (cloud demo, RegionOne). Did you mean another?',
    live: live('Service', 'web', ['metadata', 'annotations', 'a/b'], 'shop'),
  },
  { file: '/code/old.yaml', range, severity: 'warning', code: 'api.deprecated', message: 'Deprecated.' },
];
const report = (more: Partial<ClusterReport>, ofCheck: Partial<ClusterReport['check']> = {}): ClusterReport => ({
  cluster: new FakeCluster(),
  at: new Date(2026, 0, 2, 9, 5).getTime(),
  place: 'project demo (cloud demo, RegionOne)',
  namespace: undefined,
  upgrade: undefined,
  findings,
  check: { findings, texts: new Map(), kinds: 7, objects: 42, references: 5, unchecked: 0, notListed: [], ...ofCheck },
  ...more,
});

function printed(rows: readonly FindingRow[], depth = 0): string {
  return rows
    .map(({ label, description, icon, children }) => {
      const line = `${'  '.repeat(depth)}[${icon}] ${label}${description && `  ${description}`}`;
      return children.length > 0 ? `${line}\n${printed(children, depth + 1)}` : line;
    })
    .join('\n');
}

test('by object, worst first; each finding with its code and field', () => {
  assert.equal(
    printed(findingRows(report({}))),
    `[checklist] sandbox-admin  4 findings · 42 objects of 7 kinds · as of 09:05, project demo (cloud demo, RegionOne)
  [error] Service web  shop · 2 findings
    [error] No network. Did you mean another?  reference.missing · metadata.annotations[a/b]
    [info] Odd.  x.y
  [warning] old.yaml  /code/old.yaml
    [warning] Deprecated.  api.deprecated
  [info] Node one
    [info] No server.  reference.missing · spec`,
  );
});

test('nothing found is said, and so is what was not looked at', () => {
  const failure = { reason: 'forbidden', message: 'no' } as const;
  const rows = findingRows(
    report(
      { findings: [], namespace: 'shop', upgrade: { product: 'kubernetes', to: '1.99' }, place: undefined },
      {
        unchecked: 3,
        paused: 'no cloud was asked',
        notListed: [
          { apiVersion: 'v1', kind: 'Service', failure },
          { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', failure },
          { apiVersion: 'v1', kind: 'Node', failure: { reason: 'offline', message: 'sandbox-admin does not answer.' } },
        ],
      },
    ),
  );
  assert.equal(
    printed(rows),
    `[check] sandbox-admin · shop · before Kubernetes 1.99  no findings · 42 objects of 7 kinds · as of 09:05, no cloud asked
  [circle-slash] 3 of 5 references could not be checked: no cloud was asked.
  [circle-slash] Not looked at, since you may not list them on sandbox-admin: Service, StorageClass.storage.k8s.io.
  [circle-slash] Node was not looked at: sandbox-admin does not answer.
  [circle-slash] What Kubernetes 1.99 takes away is known here up to 1.37: look at https://kubernetes.io/docs/reference/using-api/deprecation-guide/.`,
  );
});

test('every row has an id of its own', () => {
  const ids = (rows: readonly FindingRow[]): string[] => rows.flatMap(({ id, children }) => [id, ...ids(children)]);
  const all = ids(findingRows(report({})));
  assert.equal(new Set(all).size, all.length);
});
