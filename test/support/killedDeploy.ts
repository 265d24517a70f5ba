/** Deploys a file to the cluster kept in a folder and kills itself by SIGKILL beside the n-th record of its journal: `FOLDER before|after N`. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { beginOf, type Journal } from '../../src/deploy/record/journal.ts';
import { JournalFolder } from '../../src/deploy/record/journalFolder.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import { readTarget } from '../../src/deploy/target.ts';
import { KeptCluster } from './keptCluster.ts';
import { writtenFrom } from './written.ts';

const [folder = '', moment, at] = process.argv.slice(2);
const cluster = new KeptCluster(folder);
const written = writtenFrom(readFileSync(join(folder, 'set.yaml'), 'utf8'));
const target = await readTarget(cluster, { namespace: 'shop' });
const plan = target.ok ? await makePlan({ target: target.value, written, findings: [] }, cluster) : target;
if (!plan.ok) throw new Error(plan.failure.message);

// the first record is the journal's own beginning
let records = 1;
const die = () => process.kill(process.pid, 'SIGKILL');
const holder = { host: hostname(), pid: process.pid, user: 'alice' };
const journal = await new JournalFolder(join(folder, 'journal')).begin(
  beginOf(plan.value, { run: 'killed', name: 'shop', places: ['set.yaml'], holder }),
);
if (!journal.ok) throw new Error(journal.failure.message);
if (moment === 'after' && at === '1') die();
const watched: Journal = {
  async write(record) {
    records++;
    if (moment === 'before' && records === Number(at)) die();
    const noted = await journal.value.write(record);
    if (moment === 'after' && records === Number(at)) die();
    return noted;
  },
};
await startRun(plan.value, { cluster, written, journal: watched }, { stabilityMs: 0 }).done;
throw new Error(`the run ended before record ${at}`);
