import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { beginOf, type Holder, journalLine, printJournal, readJournal } from '../../src/deploy/record/journal.ts';
import { JournalFolder, type JournalFolderOptions } from '../../src/deploy/record/journalFolder.ts';
import { addsNothing, printResumption, resumptionOf } from '../../src/deploy/record/resume.ts';
import { startRun } from '../../src/deploy/run/run.ts';
import { readTarget } from '../../src/deploy/target.ts';
import type { Plan } from '../../src/deploy/types.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { KeptCluster } from '../support/keptCluster.ts';
import { writtenFrom } from '../support/written.ts';

const run = promisify(execFile);
const CANARY = 'canary-5f1d7c';

/** Four objects, each after the one before. */
const set = `apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {a: "1"}
---
apiVersion: v1
kind: Secret
metadata:
  name: b
  annotations: {config.kubernetes.io/depends-on: /namespaces/shop/ConfigMap/a}
stringData: {password: ${CANARY}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: c
  annotations: {config.kubernetes.io/depends-on: /namespaces/shop/Secret/b}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: d
  annotations: {config.kubernetes.io/depends-on: /namespaces/shop/ConfigMap/c}
`;
const KEYS = ['v1/ConfigMap shop/a', 'v1/Secret shop/b', 'v1/ConfigMap shop/c', 'v1/ConfigMap shop/d'];

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  folders.push(folder);
  return folder;
};
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

async function planOf(yaml: string, cluster: FakeCluster): Promise<Plan> {
  const target = await readTarget(cluster, { namespace: 'shop' });
  assert.ok(target.ok);
  const plan = await makePlan({ target: target.value, written: writtenFrom(yaml), findings: [] }, cluster);
  assert.ok(plan.ok);
  return plan.value;
}

const me: Holder = { host: hostname(), pid: process.pid, user: 'alice' };
/** No process has so large a number. */
const gone: Holder = { host: hostname(), pid: 2 ** 30, user: 'alice' };
const about = (name: string, holder = me) => ({ run: name, name: 'shop', places: ['/w/shop'], holder });

/** Every file below a folder, as one text. */
function everything(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8'))
    .join('\n');
}

async function deployed(folder: JournalFolder, plan: Plan, cluster: FakeCluster, name = '2026', holder = me) {
  const journal = await folder.begin(beginOf(plan, about(name, holder), 0));
  assert.ok(journal.ok, journal.ok ? '' : journal.failure.message);
  const started = startRun(plan, { cluster, written: [], journal: journal.value }, { stabilityMs: 0 });
  const summary = await started.done;
  await journal.value.close();
  return summary;
}

describe('the journal as a text', () => {
  test('it tells how far a run came, and nothing of a Secret', async () => {
    const plan = await planOf(set, new FakeCluster());
    const lines = [
      journalLine(beginOf(plan, about('2026'), 0)),
      journalLine({ is: 'before', at: 1, key: KEYS[0] ?? '' }),
      journalLine({ is: 'after', at: 2, key: KEYS[0] ?? '', created: true, uid: 'u', version: '7' }),
      journalLine({ is: 'before', at: 3, key: KEYS[1] ?? '' }),
    ];
    const read = readJournal(lines.join(''));
    assert.ok(read.ok);
    assert.equal(
      printJournal(read.value).replace(hostname(), 'desk'),
      `shop → sandbox-admin/shop (https://127.0.0.1:6443)
begun 1970-01-01T00:00:00.000Z by alice on desk
  v1/ConfigMap shop/a: applied
  v1/Secret shop/b: sent, no answer noted
  v1/ConfigMap shop/c: not sent
  v1/ConfigMap shop/d: not sent
It did not end: 3 of 4 left.
`,
    );
    assert.ok(!lines.join('').includes(CANARY));
    assert.ok(!lines.join('').includes(Buffer.from(CANARY).toString('base64')));
  });

  test('a last line cut off anywhere is ignored, a damaged one before it is not', async () => {
    const plan = await planOf(set, new FakeCluster());
    const first = journalLine(beginOf(plan, about('2026'), 0));
    const last = journalLine({ is: 'after', at: 2, key: KEYS[0] ?? '', created: true });
    for (let length = 1; length < last.length; length++) {
      const read = readJournal(first + last.slice(0, length));
      assert.ok(read.ok, `${length} characters`);
      assert.deepEqual([read.value.torn, read.value.noted.get(KEYS[0] ?? '')], [true, 'pending']);
    }
    const damaged = readJournal(first + last.replace('true', 'fals') + last);
    assert.equal(
      damaged.ok ? '' : damaged.failure.message,
      'The journal of a deploy is damaged in line 2. Look at what is on the cluster, then deploy again.',
    );
    assert.equal(readJournal('').ok, false);
  });
});

describe('the journal on the disk', () => {
  test('only its owner may read it, and it is filed when the run ended', async () => {
    const folder = newFolder();
    const cluster = new FakeCluster();
    const plan = await planOf(set, cluster);
    const journal = await new JournalFolder(folder).begin(beginOf(plan, about('2026'), 0));
    assert.ok(journal.ok);
    const [sub = ''] = readdirSync(folder);
    const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
    assert.deepEqual([mode(join(folder, sub)), mode(join(folder, sub, 'current.jsonl'))], ['700', '600']);
    await startRun(plan, { cluster, written: [], journal: journal.value }, { stabilityMs: 0 }).done;
    await journal.value.close();
    assert.deepEqual(readdirSync(join(folder, sub)), ['2026.jsonl']);
    assert.deepEqual(await new JournalFolder(folder).unfinished(), []);
    assert.ok(!everything(folder).includes(CANARY));
  });

  test('the last ones are kept', async () => {
    const folder = newFolder();
    const cluster = new FakeCluster();
    for (const name of ['1', '2', '3', '4'])
      await deployed(new JournalFolder(folder, { keep: 2 }), await planOf(set, cluster), cluster, name);
    const [sub = ''] = readdirSync(folder);
    assert.deepEqual(readdirSync(join(folder, sub)).sort(), ['3.jsonl', '4.jsonl']);
  });

  test('a second window is told who deploys the set and since when; another set goes', async () => {
    const folder = newFolder();
    const plan = await planOf(set, new FakeCluster());
    const first = await new JournalFolder(folder).begin(beginOf(plan, about('1'), 0));
    assert.ok(first.ok);
    const second = await new JournalFolder(folder).begin(beginOf(plan, about('2'), 5));
    assert.equal(
      second.ok ? '' : second.failure.message.replace(hostname(), 'desk'),
      'shop is being deployed to sandbox-admin/shop by alice on desk since 1970-01-01T00:00:00.000Z. Nothing was written; wait for its end, or take over.',
    );
    assert.ok((await new JournalFolder(folder).begin({ ...beginOf(plan, about('3'), 5), set: 'another' })).ok);
  });

  test('one that takes over stops the other before its next write', async () => {
    const folder = newFolder();
    const cluster = new FakeCluster();
    const plan = await planOf(set, cluster);
    const first = await new JournalFolder(folder).begin(beginOf(plan, about('1'), 0));
    assert.ok(first.ok);
    assert.ok((await new JournalFolder(folder).begin(beginOf(plan, about('2'), 5), { takeOver: true })).ok);
    cluster.requests.length = 0;
    const run = startRun(plan, { cluster, written: [], journal: first.value }, { stabilityMs: 0 });
    assert.equal((await run.done).sentence, 'Another window took over this deploy. Nothing more was written from here.');
    await first.value.close();
    assert.deepEqual(cluster.requests, []);
    assert.equal((await new JournalFolder(folder).begin(beginOf(plan, about('3'), 0))).ok, false, 'the second one goes on');
  });

  test('one that begins between the end of another and its filing keeps its own journal', async () => {
    const folder = newFolder();
    const plan = await planOf(set, new FakeCluster());
    const first = await new JournalFolder(folder).begin(beginOf(plan, about('1'), 0));
    assert.ok(first.ok);
    await first.value.write({ is: 'end', at: 1, outcome: 'succeeded', sentence: 'Up.' });
    const second = await new JournalFolder(folder).begin(beginOf(plan, about('2'), 2));
    assert.ok(second.ok);
    await first.value.close();
    const noted = await second.value.write({ is: 'before', at: 3, key: KEYS[0] ?? '' });
    assert.ok(noted.ok);
    await second.value.close();
  });

  test('of many windows that begin at once one does', async () => {
    const folder = newFolder();
    const plan = await planOf(set, new FakeCluster());
    // a killed run is in the way of all of them
    assert.ok((await new JournalFolder(folder).begin(beginOf(plan, about('0', gone), 0))).ok);
    const begun = await Promise.all(
      Array.from({ length: 12 }, (_, at) => new JournalFolder(folder).begin(beginOf(plan, about(`run-${at}`), at))),
    );
    assert.equal(begun.filter(({ ok }) => ok).length, 1);
  });

  test('one whose owner is gone is set aside by the next run; so is one that nobody touched for 45 s', async () => {
    const folder = newFolder();
    const plan = await planOf(set, new FakeCluster());
    assert.ok((await new JournalFolder(folder).begin(beginOf(plan, about('1', gone), 0))).ok);
    assert.equal((await new JournalFolder(folder).unfinished()).length, 1);
    assert.ok((await new JournalFolder(folder).begin(beginOf(plan, about('2'), 0))).ok);
    assert.equal((await new JournalFolder(folder).begin(beginOf(plan, about('3'), 0))).ok, false);
    const later = new JournalFolder(folder, { now: () => Date.now() + 46_000 });
    assert.ok((await later.begin(beginOf(plan, about('4'), 0))).ok);
    const [sub = ''] = readdirSync(folder);
    assert.deepEqual(readdirSync(join(folder, sub)).sort(), ['1.interrupted.jsonl', '2.interrupted.jsonl', 'current.jsonl']);
  });

  test('an abandoned run is not asked about again', async () => {
    const folder = new JournalFolder(newFolder());
    assert.ok((await folder.begin(beginOf(await planOf(set, new FakeCluster()), about('1', gone), 0))).ok);
    const [left] = await folder.unfinished();
    assert.ok(left);
    await folder.abandon(left);
    assert.deepEqual(await folder.unfinished(), []);
  });
});

describe('a disk that takes nothing', () => {
  const full: JournalFolderOptions = {
    async append(_file, text) {
      const device = await open('/dev/full', 'a');
      try {
        await device.appendFile(text);
      } finally {
        await device.close();
      }
    },
  };

  test('a deploy is not begun on a full disk', async () => {
    const folder = newFolder();
    const begun = await new JournalFolder(folder, full).begin(beginOf(await planOf(set, new FakeCluster()), about('1'), 0));
    assert.match(
      begun.ok ? '' : begun.failure.message,
      /^The deploy was stopped: its journal .* cannot be written \(ENOSPC\)\. Make room/,
    );
    assert.deepEqual(await new JournalFolder(folder).unfinished(), []);
  });

  test('nor where the storage is no folder', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'file'), '');
    const begun = await new JournalFolder(join(folder, 'file')).begin(
      beginOf(await planOf(set, new FakeCluster()), about('1'), 0),
    );
    assert.match(
      begun.ok ? '' : begun.failure.message,
      /^The deploy was not begun: its journal .* cannot be written \(ENOTDIR\)/,
    );
  });

  for (const records of [2, 3, 4, 5, 6])
    test(`a disk that is full at record ${records} stops the run, and the next one carries on`, async () => {
      const folder = newFolder();
      const cluster = new FakeCluster();
      let left = records - 1;
      const filling = new JournalFolder(folder, {
        async append(file, text) {
          if (left-- <= 0) {
            await file.appendFile(text.slice(0, 20));
            throw Object.assign(new Error('full'), { code: 'ENOSPC' });
          }
          await file.appendFile(text);
        },
      });
      const summary = await deployed(filling, await planOf(set, cluster), cluster, '1');
      assert.match(summary.sentence, /^The deploy was stopped: its journal .* cannot be written \(ENOSPC\)/);
      assert.equal(summary.outcome, records === 2 ? 'refused' : 'partial');
      // what is not noted is not sent
      assert.equal(cluster.requests.filter((request) => !request.includes('dry')).length, Math.floor((records - 1) / 2));
      const healed = new JournalFolder(folder);
      assert.equal((await healed.unfinished()).length, 1);
      assert.equal((await deployed(healed, await planOf(set, cluster), cluster, '2')).outcome, 'succeeded');
      assert.deepEqual(
        cluster.requests.filter((request) => !request.includes('dry')),
        KEYS.map((key) => `apply ${key}`),
      );
    });
});

describe('kill -9, then the rest', () => {
  const child = fileURLToPath(new URL('../support/killedDeploy.ts', import.meta.url));
  // record 1 begins, 2 and 3 are before and after the first object, …, 10 ends
  const moments = [
    'after 1',
    'after 2',
    'before 3',
    'after 4',
    'before 5',
    'after 6',
    'before 7',
    'after 8',
    'before 9',
    'before 10',
  ];
  for (const moment of moments)
    test(`killed ${moment}`, async () => {
      const folder = newFolder();
      KeptCluster.empty(folder);
      writeFileSync(join(folder, 'set.yaml'), set);
      const died = await run(process.execPath, [child, folder, ...moment.split(' ')]).catch(
        (error: { signal?: string; stderr?: string }) => error,
      );
      assert.equal('signal' in died ? died.signal : 'it lived', 'SIGKILL', died.stderr);
      const cluster = new KeptCluster(folder);
      const written = cluster.writes.length;
      const journals = new JournalFolder(join(folder, 'journal'));
      const [left] = await journals.unfinished();
      assert.ok(left);
      const plan = await planOf(set, cluster);
      const resumption = resumptionOf(left.state, plan);
      assert.ok(resumption.ok);
      assert.deepEqual(resumption.value.left, KEYS.slice(written), printResumption(resumption.value));
      assert.ok(addsNothing(resumption.value), 'the yes to the killed run is enough');
      await deployed(journals, resumption.value.plan, cluster);
      assert.deepEqual(cluster.writes, KEYS, 'each object is written once, in order');
      assert.deepEqual(await journals.unfinished(), []);
      assert.ok(!everything(join(folder, 'journal')).includes(CANARY));
    });
});

describe('carrying on', () => {
  test('what was edited, changed by others or taken out since is told', async () => {
    const folder = newFolder();
    const cluster = new FakeCluster();
    const journal = await new JournalFolder(folder).begin(beginOf(await planOf(set, cluster), about('1', gone), 0));
    assert.ok(journal.ok);
    for (const object of writtenFrom(set).slice(0, 2)) {
      const inShop = { ...object.object, metadata: { ...object.object.metadata, namespace: 'shop' } } as KubeObject;
      await cluster.apply(inShop);
    }
    await journal.value.write({ is: 'after', at: 1, key: KEYS[0] ?? '', created: true });
    await journal.value.write({ is: 'before', at: 2, key: KEYS[1] ?? '' });
    cluster.put({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'shop' }, data: { a: 'theirs' } });
    const [left] = await new JournalFolder(folder).unfinished();
    assert.ok(left);
    const edited = set.slice(0, set.lastIndexOf('---\n')).replace('name: c\n', 'name: c\n  labels: {new: label}\n');
    const resumption = resumptionOf(left.state, await planOf(edited, cluster));
    assert.equal(
      resumption.ok && printResumption(resumption.value),
      `sandbox-admin/shop: 1 of 3 are there, 0 left
  arrived after all: v1/Secret shop/b
  changed in the files since: v1/ConfigMap shop/c
  changed on the cluster since: v1/ConfigMap shop/a
  no longer in the files, stays: v1/ConfigMap shop/d
`,
    );
    assert.ok(resumption.ok && !addsNothing(resumption.value), 'what is new is asked for');
  });

  test('the same context that leads to another cluster now is refused', async () => {
    const cluster = new FakeCluster();
    const state = readJournal(journalLine(beginOf(await planOf(set, cluster), about('1'), 0)));
    assert.ok(state.ok);
    const other = new FakeCluster();
    other.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'another' } });
    const resumption = resumptionOf(state.value, await planOf(set, other));
    assert.match(resumption.ok ? '' : resumption.failure.message, /is another cluster than the one the plan was made for/);
  });

  test('a damaged journal is no run to carry on, and is in nobody’s way', async () => {
    const folder = newFolder();
    const cluster = new FakeCluster();
    const plan = await planOf(set, cluster);
    assert.ok((await new JournalFolder(folder).begin(beginOf(plan, about('1', gone), 0))).ok);
    const [sub = ''] = readdirSync(folder);
    appendFileSync(join(folder, sub, 'current.jsonl'), 'not a record\nnor this\n');
    const later = new JournalFolder(folder, { now: () => Date.now() + 46_000 });
    assert.deepEqual(await later.unfinished(), []);
    assert.ok((await later.begin(beginOf(plan, about('2'), 0))).ok);
  });
});
