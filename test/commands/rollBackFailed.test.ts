/** A deploy from the editor that fails, and what the window then does and says by itself. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { reportOf } from '../../src/deploy/record/report.ts';
import { recordOf } from '../../src/deploy/record/runRecord.ts';
import { readTarget } from '../../src/deploy/target.ts';
import { editorParts } from '../support/editorParts.ts';
import { eventually } from '../support/eventually.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { LeasingCluster } from '../support/leasingCluster.ts';
import { writtenFrom } from '../support/written.ts';

const { carryOut } = await import('../../src/commands/carryOut.ts');
const { Deployments } = await import('../../src/commands/deployments.ts');

const folder = mkdtempSync(join(tmpdir(), 'window-'));
after(() => rmSync(folder, { recursive: true }));

/** Deploys two ConfigMaps twice, the second of them cannot be written; gives what was said at the end with its buttons, and the values that are there then. */
async function twice(rollBackOnFailure: boolean, context = 'sandbox-admin') {
  const cluster = new LeasingCluster({ name: context });
  cluster.refuse = ({ data }, { dryRun }) =>
    !dryRun && (data as { value?: string } | undefined)?.value === 'broken'
      ? { reason: 'invalid', status: 422, message: 'broken is not allowed' }
      : undefined;
  const said: string[] = [];
  const { parts } = editorParts(fakeCloud('project: demo'));
  const deployments = new Deployments(mkdtempSync(join(folder, 'storage-')));
  const all = {
    ...parts,
    deployments,
    prompts: {
      ...parts.prompts,
      offer: async (message: string, ways: readonly string[]) => void said.push(`${message} [${ways.join(', ')}]`),
    },
    settings: { ...parts.settings, rollBackOnFailure, keepRuns: 'machine', parallel: 4, readiness: {} },
    contexts: { list: async () => ({ contexts: [cluster.context], problems: [] }), onDidChange: () => ({ dispose() {} }) },
    memory: { get: (_: string, otherwise: unknown) => otherwise, update: async () => undefined },
  };
  for (const [index, value] of ['1', 'broken'].entries()) {
    const target = await readTarget(cluster, { namespace: 'shop' });
    const written = writtenFrom(
      `{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {value: "${index}"}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: b}, data: {value: "${value}"}}\n`,
    );
    const plan = target.ok ? await makePlan({ target: target.value, written, findings: [] }, cluster) : target;
    assert.ok(plan.ok);
    await carryOut(all as never, { name: 'shop', places: [folder], plan: plan.value, written, cluster });
    await eventually('the end is told', async () => said.length === index + 1);
  }
  const live = await cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'a' });
  const rows = deployments.history.runs.map(({ plan, summary }) => `${deployments.nameOf(plan)}: ${summary?.outcome}`);
  const failed = deployments.history.runs.find(({ summary }) => summary?.outcome === 'partial');
  const about = failed && deployments.aboutOf(failed);
  return {
    said: said
      .at(-1)
      ?.replace(/\d\d:\d\d/g, '12:03')
      .replace(/[\d.]+ s\b/g, '0 s'),
    value: live.ok && live.value['data'],
    rows: rows.map((row) => row.replace(/ as of .*:\d\d:/, ' as of 12:03:')),
    report: failed && about ? reportOf(recordOf(failed, about)) : '',
  };
}

test('where the setting wants it, it goes back, and says so in one sentence, its rows and its report', async () => {
  const { said, value, rows, report } = await twice(true);
  assert.equal(
    said,
    'b is not up: broken is not allowed (test.yaml:3). Rolled back to the deploy of 12:03: shop is up on sandbox-admin: 1 configured, 1 unchanged, ready in 0 s. [Open, Report]',
  );
  assert.deepEqual(value, { value: '0' });
  assert.deepEqual(rows, ['shop as of 12:03: succeeded', 'shop: partial', 'shop: succeeded']);
  assert.match(report, /\nRolled back to the deploy of /);
});

test('by itself it does nothing of the kind', async () => {
  const { said, value, rows } = await twice(false);
  assert.equal(said, 'b is not up: broken is not allowed (test.yaml:3). [Open, Report]');
  assert.deepEqual([value, rows.length], [{ value: '1' }, 2]);
});

test('a protected target is offered the way back as a button', async () => {
  const { said, value } = await twice(true, 'live');
  assert.equal(
    said,
    'b is not up: broken is not allowed (test.yaml:3). Context live is protected: Roll Back Deploy goes to the deploy of 12:03, once its name is typed. [Open, Roll Back Deploy…, Report]',
  );
  assert.deepEqual(value, { value: '1' });
});
