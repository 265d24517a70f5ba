/** A window that is killed in the midst of a deploy to the real API server, and what is written down of a deploy whose Secrets all hold a canary. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { planJson, summaryJson } from '../../src/cli/printed.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { printJournal, restOf } from '../../src/deploy/record/journal.ts';
import { JournalFolder } from '../../src/deploy/record/journalFolder.ts';
import { type Keeping, startRecorded } from '../../src/deploy/record/recordedRun.ts';
import { reportOf } from '../../src/deploy/record/report.ts';
import { printResumption, resumptionOf } from '../../src/deploy/record/resume.ts';
import { RunFolder } from '../../src/deploy/record/runFolder.ts';
import type { SetRequest } from '../../src/deploy/removal/plannedSet.ts';
import { eventLine, printRun } from '../../src/deploy/run/run.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';
import { inNamespace, type LiveDeploy } from './liveDeploy.ts';

const set: SetRequest = { names: ['shop'], partial: false, prune: 'ask' };
const child = fileURLToPath(new URL('../support/killedLiveDeploy.ts', import.meta.url));

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A pod that takes its time, what waits for it, and Secrets. */
const manifests = (
  canary: string,
) => `{apiVersion: v1, kind: Secret, metadata: {name: plain, namespace: NS}, stringData: {password: ${canary}-1}}
---
{apiVersion: v1, kind: Secret, metadata: {name: encoded, namespace: NS}, data: {password: ${base64(`${canary}-2`)}}}
---
apiVersion: v1
kind: Pod
metadata: {name: slow, namespace: NS, annotations: {sandbox/delay: 8s}}
spec: {containers: [{name: c, image: "nginx:1.29", env: [{name: P, valueFrom: {secretKeyRef: {name: plain, key: password}}}]}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: behind, namespace: NS, annotations: {config.kubernetes.io/depends-on: /namespaces/NS/Pod/slow}}
data: {a: b}
`;

interface Place {
  readonly folder: string;
  readonly keeping: Keeping & { readonly journals: JournalFolder };
}

async function inPlace(sandbox: SandboxEnvironment, body: (live: LiveDeploy, place: Place) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-killed-'));
  const journals = new JournalFolder(join(folder, 'journals'));
  const keeping = { name: 'shop', places: [join(folder, 'set.yaml')], journals, runs: new RunFolder(join(folder, 'runs')) };
  try {
    await inNamespace(sandbox, (live) => body(live, { folder, keeping }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Deploys the set in a process of its own, and kills that as soon as it has said this; what it printed until then. */
async function killedAt(words: RegExp, { namespace }: LiveDeploy, { folder }: Place, kubeconfig: string): Promise<string> {
  const started = spawn(process.execPath, [child, folder, namespace], { env: { ...process.env, KUBECONFIG: kubeconfig } });
  let out = '';
  started.stderr.on('data', (piece: Buffer) => {
    out += piece.toString();
  });
  started.stdout.on('data', (piece: Buffer) => {
    out += piece.toString();
    if (words.test(out)) started.kill('SIGKILL');
  });
  const [, signal] = (await once(started, 'close')) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL', out);
  return out;
}

/** All texts below a folder, unpacked where they are packed. */
async function textsBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(
    paths.map(async (path) => {
      const bytes = await readFile(path);
      return path.endsWith('.gz') ? gunzipSync(bytes).toString('utf8') : bytes.toString('utf8');
    }),
  );
}

/** What the cluster keeps of the deploys of a namespace: the inventory, the runs, events and leases, unpacked. */
async function keptInCluster({ kubectl, namespace }: LiveDeploy): Promise<string> {
  const get = (...what: string[]) => kubectl('get', ...what, '-n', namespace, '-o', 'json');
  const packed = (text: string): string[] =>
    [...text.matchAll(/"(H4sI[\w+/=]+)"/g)].map(([, data = '']) => gunzipSync(Buffer.from(data, 'base64')).toString('utf8'));
  const texts = await Promise.all([get('configmaps,events,leases'), get('secrets', '-l', 'hybrid-clusters/run')]);
  return texts.flatMap((text) => [text, ...packed(text)]).join('\n');
}

sandboxTest('after kill -9 the journal tells the rest, and the next run of the same machine does just that at once', (sandbox) =>
  inPlace(sandbox, async (live, place) => {
    const { namespace, cluster, plan } = live;
    const { keeping, folder } = place;
    const yaml = manifests('secret-word');
    await writeFile(join(folder, 'set.yaml'), yaml.replaceAll('NS', namespace));
    const out = await killedAt(/Pod \S+\/slow: waiting/, live, place, sandbox.kubernetes.kubeconfig);
    const [unfinished, ...others] = await keeping.journals.unfinished();
    assert.ok(unfinished, out);
    assert.deepEqual(others, []);
    assert.deepEqual(
      restOf(unfinished.state).map(({ key }) => key.replaceAll(namespace, 'NS')),
      ['v1/ConfigMap NS/behind'],
    );
    const anew = await plan(yaml, { set });
    const resumption = resumptionOf(unfinished.state, anew.plan);
    assert.ok(resumption.ok);
    assert.equal(
      printResumption(resumption.value).replaceAll(namespace, 'NS'),
      'sandbox-admin/NS: 3 of 4 are there, 1 left\n  left: v1/ConfigMap NS/behind\n',
    );
    const started = await startRecorded(anew.plan, { cluster, written: anew.written }, keeping, { stabilityMs: 300 });
    assert.ok(started.ok, started.ok ? '' : started.failure.message);
    const { record } = await started.value.end;
    assert.equal(record.summary.outcome, 'succeeded', record.summary.sentence);
    assert.deepEqual(record.steps.map(({ key, applied }) => `${key.replaceAll(namespace, 'NS')} ${applied}`).sort(), [
      'v1/ConfigMap NS/behind created',
      'v1/Pod NS/slow unchanged',
      'v1/Secret NS/encoded unchanged',
      'v1/Secret NS/plain unchanged',
    ]);
    assert.deepEqual(await keeping.journals.unfinished(), []);
    assert.equal(await live.kubectl('get', 'leases', '-n', namespace, '-o', 'name'), '');
  }),
);

sandboxTest('canaries in every Secret are in nothing that is printed, kept here or kept in the cluster', (sandbox) =>
  inPlace(sandbox, async (live, place) => {
    const { namespace, cluster, plan } = live;
    const { keeping, folder } = place;
    const told: string[] = [];
    const tellPlan = ({ plan: made }: Awaited<ReturnType<LiveDeploy['plan']>>) =>
      told.push(printPlan(made), inspect(planJson(made, new Map()), { depth: 20 }), inspect(made.set, { depth: 20 }));
    const deploy = async (yaml: string) => {
      const made = await plan(yaml, { set });
      tellPlan(made);
      const started = await startRecorded(
        made.plan,
        { cluster, written: made.written },
        { ...keeping, inCluster: true },
        { stabilityMs: 300 },
      );
      assert.ok(started.ok, started.ok ? '' : started.failure.message);
      const { run, end } = started.value;
      const { record, notes } = await end;
      told.push(...run.events.map(eventLine), printRun(run), ...notes, reportOf(record));
      if (run.summary) told.push(inspect(summaryJson(run.summary), { depth: 20 }));
      return record.summary;
    };

    await writeFile(join(folder, 'set.yaml'), manifests('canary-4711').replaceAll('NS', namespace));
    told.push(await killedAt(/Secret \S+\/plain: created/, live, place, sandbox.kubernetes.kubeconfig));
    for (const { state } of await keeping.journals.unfinished()) told.push(printJournal(state));
    await rm(join(folder, 'set.yaml'));
    assert.equal((await deploy(manifests('canary-4711'))).outcome, 'succeeded');
    assert.equal((await deploy(manifests('canary-4711').replaceAll('canary-4711-1', 'canary-4711-other'))).outcome, 'succeeded');

    // what a server quotes when it refuses: numbers and lists where texts belong, base64 that is none
    const wrong = [
      'stringData: {pin: 4711471147114711}',
      'stringData: {list: [canary-4711-list]}',
      'data: {password: "canary-4711 is not base64"}',
      'type: kubernetes.io/dockerconfigjson, stringData: {.dockerconfigjson: "canary-4711 is no JSON"}',
      'type: kubernetes.io/tls, stringData: {tls.crt: canary-4711-crt}',
    ];
    for (const fields of wrong) {
      const made = await plan(`{apiVersion: v1, kind: Secret, metadata: {name: wrong, namespace: NS}, ${fields}}`, { set });
      assert.equal(made.plan.blockers.length, 1, fields);
      tellPlan(made);
    }

    const texts = [...told, ...(await textsBelow(folder)), await keptInCluster(live)];
    const all = texts.join('\n');
    for (const canary of ['canary-4711', base64('canary-4711-1'), base64('canary-4711-2'), '4711471147114711'])
      assert.ok(
        !all.includes(canary),
        texts.find((text) => text.includes(canary)),
      );
    // the search does look where things are
    for (const known of ['"kind":"Secret","namespace":', '"is":"after"', 'members.json.gz', `v1/Secret ${namespace}/plain`])
      assert.ok(all.includes(known), known);
  }),
);
