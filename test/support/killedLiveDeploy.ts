/** Deploys `set.yaml` of a folder to a namespace of the cluster that KUBECONFIG names, and writes down all of it in the folder, until somebody kills it: `FOLDER NAMESPACE`. Prints what happens. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createHttp } from '../../src/base/pool.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { JournalFolder } from '../../src/deploy/record/journalFolder.ts';
import { startRecorded } from '../../src/deploy/record/recordedRun.ts';
import { RunFolder } from '../../src/deploy/record/runFolder.ts';
import { eventLine } from '../../src/deploy/run/run.ts';
import { readTarget } from '../../src/deploy/target.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { writtenFrom } from './written.ts';

const [folder = '', namespace = ''] = process.argv.slice(2);
const contexts = openContexts({ http: createHttp(), env: process.env, mayRun: async () => false });
const cluster = await contexts.open('sandbox-admin');
if (!cluster.ok) throw new Error(cluster.failure.message);
const target = await readTarget(cluster.value, { namespace });
if (!target.ok) throw new Error(target.failure.message);
const written = writtenFrom(readFileSync(join(folder, 'set.yaml'), 'utf8'));
const set = { names: ['shop'], partial: false, prune: 'ask' } as const;
const plan = await makePlan({ target: target.value, written, findings: [], set }, cluster.value);
if (!plan.ok) throw new Error(plan.failure.message);
process.stdout.write(printPlan(plan.value));
const keeping = {
  name: 'shop',
  places: [join(folder, 'set.yaml')],
  journals: new JournalFolder(join(folder, 'journals')),
  runs: new RunFolder(join(folder, 'runs')),
};
const started = await startRecorded(plan.value, { cluster: cluster.value, written }, keeping);
if (!started.ok) throw new Error(started.failure.message);
const { run } = started.value;
run.onDidChange((event) => event && process.stdout.write(`${eventLine(event)}\n`));
const { sentence } = await run.done;
throw new Error(`it ended: ${sentence}`);
