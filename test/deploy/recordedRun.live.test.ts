import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ClusterRuns } from '../../src/deploy/record/clusterRuns.ts';
import { JournalFolder } from '../../src/deploy/record/journalFolder.ts';
import { startRecorded } from '../../src/deploy/record/recordedRun.ts';
import { reportOf } from '../../src/deploy/record/report.ts';
import { rollbackTo } from '../../src/deploy/record/rollBack.ts';
import { RunFolder } from '../../src/deploy/record/runFolder.ts';
import type { RunRecord } from '../../src/deploy/record/runRecord.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace } from './liveDeploy.ts';

const manifests = (
  value: string,
) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: NS}, data: {value: ${value}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: NS}, stringData: {password: canary-of-the-sandbox}}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: NS}, spec: {ports: [{port: 80}]}}
`;

sandboxTest('the real server keeps a Lease while a run goes on, and what was deployed can come again', (sandbox) =>
  inNamespace(sandbox, async ({ cluster, namespace, kubectl, plan }) => {
    const folder = await mkdtemp(join(tmpdir(), 'recorded-'));
    try {
      const holders = () => kubectl('-n', namespace, 'get', 'leases', '-o', 'jsonpath={.items[*].spec.holderIdentity}');
      const held: string[] = [];
      /** Looks who holds the Lease before a run is over. */
      class LookingFolder extends RunFolder {
        override async keep(record: RunRecord): ReturnType<RunFolder['keep']> {
          held.push(await holders());
          return super.keep(record);
        }
      }
      const here = {
        name: 'shop',
        places: [folder],
        journals: new JournalFolder(join(folder, 'a')),
        runs: new LookingFolder(folder),
        inCluster: true,
      };
      const elsewhere = { ...here, journals: new JournalFolder(join(folder, 'b')) };
      const first = await plan(manifests('one'));
      const going = await startRecorded(first.plan, { cluster, written: first.written }, here, { stabilityMs: 0 });
      assert.ok(going.ok, going.ok ? '' : going.failure.message);
      assert.equal(going.value.note, undefined);
      const { record } = await going.value.end;
      assert.match(held.join(), new RegExp(`\\(${process.pid}\\)$`));
      assert.equal(record.summary.outcome, 'succeeded', record.summary.sentence);
      assert.equal(await holders(), '');
      assert.ok(!reportOf(record).includes('canary-of-the-sandbox'));

      const shared = await new ClusterRuns(cluster, namespace).all();
      assert.deepEqual(shared.ok && shared.value.map(({ run }) => run), [record.run]);

      const second = await plan(manifests('two'));
      const changed = await startRecorded(second.plan, { cluster, written: second.written }, elsewhere, { stabilityMs: 0 });
      assert.ok(changed.ok);
      await changed.value.end;

      const back = await rollbackTo(record, await here.runs.all(), first.plan.target, cluster);
      assert.ok(back.ok);
      assert.deepEqual([back.value.notes, back.value.blockers], [[], []], 'the Secret is as it was');
      assert.deepEqual(back.value.written.map(({ object }) => object.metadata.name).sort(), ['a', 'web']);
    } finally {
      await rm(folder, { recursive: true });
    }
  }),
);

sandboxTest('where kube-system may not be read, the server is known by its CA and certificate', (sandbox) =>
  inNamespace(
    sandbox,
    async ({ cluster }) => {
      const read = await cluster.fingerprint?.();
      assert.ok(read?.ok);
      assert.match(read.value ?? '', /^[0-9a-f]{64}$/);
    },
    'alice',
  ),
);
