/** The engine as a state machine: faults at random points, and what must hold whatever happens. Rows of the fault matrix, each with 25 seeds, then all of them mixed. */
import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import { beginOf, type Journal, printJournal, readJournal } from '../../src/deploy/record/journal.ts';
import { JournalFolder } from '../../src/deploy/record/journalFolder.ts';
import { objectHash } from '../../src/deploy/record/objectHash.ts';
import { reportOf } from '../../src/deploy/record/report.ts';
import { printResumption, resumptionOf } from '../../src/deploy/record/resume.ts';
import { RunFolder } from '../../src/deploy/record/runFolder.ts';
import { recordOf } from '../../src/deploy/record/runRecord.ts';
import type { ApplyOptions } from '../../src/deploy/run/apply.ts';
import { eventLine, printRun, type Run, startRun } from '../../src/deploy/run/run.ts';
import { readTarget } from '../../src/deploy/target.ts';
import type { Plan, RunSummary } from '../../src/deploy/types.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { type Fault, FaultyCluster } from '../support/faultyCluster.ts';
import { writtenFrom } from '../support/written.ts';

/** More are asked for with `SEEDS=200`. */
const SEEDS = { numRuns: 25, endOnFailure: true, ...(process.env.SEEDS ? { numRuns: Number(process.env.SEEDS) } : {}) };
const quick: ApplyOptions = { stabilityMs: 0, retryMs: 2_000, pace: { firstMs: 1, longestMs: 4 } };

const folder = mkdtempSync(join(tmpdir(), 'faults-'));
after(() => rmSync(folder, { recursive: true }));
let worlds = 0;

/** What happens while one run goes on. Numbers are of records of its journal or of writes, from 0; what is past the end does not happen. */
interface Script {
  readonly faults: readonly (readonly [write: number, fault: Fault])[];
  readonly parallel: number;
  readonly killAt?: number;
  /** Killed with a part of the line on the disk. */
  readonly torn?: boolean;
  readonly cancelAt?: number;
  readonly fullAt?: number;
  /** The address leads to another cluster from this write on; connections are lost then. */
  readonly tunnelAt?: number;
  /** The context is another one in the kubeconfig from this record on. */
  readonly repointAt?: number;
}

/** A cluster, the files, and all that one window writes down. */
class World {
  readonly cluster = new FaultyCluster();
  readonly other = new FakeCluster();
  readonly values: string[];
  readonly #canaries: string[] = [];
  readonly #sinks: string[] = [];
  readonly #dead = new Set<number>();
  readonly #folder = join(folder, `world-${worlds++}`);
  readonly runs = new RunFolder(join(this.#folder, 'runs'));
  #run = 0;

  constructor(values: readonly string[]) {
    this.values = [...values];
    this.other.put({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'kube-system', uid: 'uid-of-another' } });
    this.other.requests.length = 0;
  }

  journals(append?: (text: string) => string | undefined): JournalFolder {
    return new JournalFolder(join(this.#folder, 'journal'), {
      isRunning: ({ pid }) => !this.#dead.has(pid),
      // no sync: the machine does not crash here
      async append(file, text) {
        const part = append?.(text);
        await file.appendFile(part ?? text);
        if (part !== undefined) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      },
    });
  }

  /** Six objects: one that all need, a Secret, one that needs the Secret, and others. */
  get yaml(): string {
    const needs = (kind: string, name: string) =>
      `annotations: {config.kubernetes.io/depends-on: /namespaces/shop/${kind}/${name}}`;
    const [first = '', second = '', third = ''] = this.values;
    const canary = `canary-${second}-${first}-of-a-secret`;
    this.#canaries.push(canary);
    return `{apiVersion: v1, kind: ConfigMap, metadata: {name: base}, data: {value: "${first}"}}
---
{apiVersion: v1, kind: Secret, metadata: {name: secret, ${needs('ConfigMap', 'base')}}, stringData: {password: ${canary}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: top, ${needs('Secret', 'secret')}}, data: {value: "${third}"}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: account}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: other}, data: {value: "${second}"}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: last, ${needs('ConfigMap', 'other')}}, data: {value: "${third}"}}
`;
  }

  async plan(yaml = this.yaml): Promise<Plan> {
    const target = await readTarget(this.cluster, { namespace: 'shop' });
    assert.ok(target.ok);
    const plan = await makePlan({ target: target.value, written: writtenFrom(yaml), findings: [] }, this.cluster);
    assert.ok(plan.ok);
    this.#sinks.push(printPlan(plan.value));
    return plan.value;
  }

  /** One run as scripted. Undefined when it was killed. All that must hold after any run is asserted here. */
  async deploy(script: Script, meanwhile: (record: number) => Promise<void> = async () => undefined): Promise<Run | undefined> {
    const plan = await this.plan();
    const run = ++this.#run;
    const name = `run-${String(run).padStart(3, '0')}`;
    this.cluster.plan(new Map(script.faults));
    const effectsBefore = this.cluster.effects.length;
    let records = 0;
    let wasKilled = false;
    const underWay: Promise<unknown>[] = [];
    const never = new Promise<never>(() => undefined);
    const folder = this.journals((text) =>
      records > (script.fullAt ?? Number.POSITIVE_INFINITY) ? text.slice(0, 30) : undefined,
    );
    const holder = { host: 'desk', pid: run, user: 'alice' };
    const begun = await folder.begin(beginOf(plan, { run: name, name: 'shop', places: ['/w'], holder }));
    assert.ok(begun.ok, begun.ok ? '' : begun.failure.message);
    let started: Run | undefined;
    let killed: () => void = () => undefined;
    const death = new Promise<undefined>((resolve) => {
      killed = () => resolve(undefined);
    });
    let sentWhenCancelled: number | undefined;
    const journal: Journal = {
      write: async (record) => {
        if (wasKilled) return never;
        const number = records++;
        await meanwhile(number);
        if (number === script.killAt) {
          wasKilled = true;
          this.cluster.die();
          killed();
          return never;
        }
        if (number === script.cancelAt) {
          sentWhenCancelled = this.cluster.writes;
          started?.cancel();
        }
        if (number === script.repointAt)
          started?.stop({
            reason: 'conflict',
            message: 'Context sandbox-admin now points to https://elsewhere. Nothing more was written.',
          });
        const noted = begun.value.write(record);
        underWay.push(noted);
        const result = await noted;
        return wasKilled ? never : result;
      },
    };
    this.cluster.onWrite = (number) => {
      if (number === script.tunnelAt) this.cluster.tunnelledTo = this.other;
    };
    const options = { ...quick, parallel: script.parallel };
    started = startRun(plan, { cluster: this.cluster, written: [], journal }, options);
    const summary = await Promise.race([started.done, death]);
    const isOver = summary !== undefined;
    if (isOver) await begun.value.close();
    else this.#dead.add(run);
    started.cancel();
    this.cluster.tunnelledTo = undefined;
    // what the disk had already taken when it died
    if (!isOver) await Promise.all(underWay);
    if (!isOver && script.torn) appendFileSync(this.#pathOf('current'), '{"sum":"0123456789abcdef","record":{"is":"aft');

    const isFiled = isOver && records <= (script.fullAt ?? Number.POSITIVE_INFINITY);
    const text = readFileSync(this.#pathOf(isFiled ? name : 'current'), 'utf8');
    this.#note(started, text, plan, name, holder);
    const read = readJournal(text);
    assert.ok(read.ok, read.ok ? '' : read.failure.message);
    const keys = new Set(plan.steps.map(({ key }) => key));
    const hashes = new Map(plan.steps.map((step) => [step.key, objectHash(step.object)]));
    for (const effect of this.cluster.effects.slice(effectsBefore)) {
      const [key, hash] = [effect.slice(0, effect.lastIndexOf(' ')), effect.slice(effect.lastIndexOf(' ') + 1)];
      assert.ok(keys.has(key), `${key} is not in the plan`);
      assert.equal(hash, hashes.get(key));
      assert.notEqual(
        read.value.noted.get(key),
        'pending',
        `${key} was written and its journal does not know:\n${printJournal(read.value)}`,
      );
    }
    for (const [key, noted] of read.value.noted)
      if (noted === 'applied') assert.equal(this.cluster.hashes.get(key), hashes.get(key), `${key} is noted and not there`);
    if (sentWhenCancelled !== undefined) assert.equal(this.cluster.writes, sentWhenCancelled, 'no write begins after the cancel');
    if (summary) assert.ok(started.plan.steps.every(({ key }) => started.latest.has(key)) || summary.outcome === 'refused');
    return isOver ? started : undefined;
  }

  /** After all faults: one run brings everything up, the next one sends nothing, and the end is the one that an uninterrupted run comes to. */
  async heal(): Promise<void> {
    const journals = this.journals();
    for (const { state } of await journals.unfinished()) {
      const resumption = resumptionOf(state, await this.plan());
      assert.ok(resumption.ok);
      this.#sinks.push(printResumption(resumption.value), printJournal(state));
      assert.deepEqual(resumption.value.drifted, [], 'what is noted as applied is there');
    }
    const healed = await this.deploy({ faults: [], parallel: 4 });
    assert.match(healed?.summary?.outcome ?? '', /^(succeeded|unchanged)$/, healed && printRun(healed));
    assert.deepEqual(await journals.unfinished(), []);
    const calm = new World(this.values);
    await calm.deploy({ faults: [], parallel: 4 });
    assert.deepEqual(new Map([...this.cluster.hashes].sort()), new Map([...calm.cluster.hashes].sort()));
    const again = await this.plan();
    assert.ok(
      again.steps.every(({ action }) => action === 'unchanged'),
      printPlan(again),
    );
    assert.equal(new Set(this.cluster.effects).size, this.cluster.effects.length, 'each change took effect once');
    assert.ok(this.other.requests.length === 0, 'another cluster was written to');
    await this.#nothingLeaked();
  }

  /** Another window that wants to deploy the same while `name` goes on. */
  async second(): Promise<string> {
    const plan = await this.plan();
    const begun = await this.journals().begin(
      beginOf(plan, { run: 'second', name: 'shop', places: ['/w'], holder: { host: 'desk', pid: 9_999 } }),
    );
    if (!begun.ok) return begun.failure.message;
    await begun.value.write({ is: 'end', at: 0, outcome: 'cancelled', sentence: 'nothing was to be done' });
    await begun.value.close();
    return 'begun';
  }

  #pathOf(name: string): string {
    const [set = ''] = readdirSync(join(this.#folder, 'journal'));
    return join(this.#folder, 'journal', set, `${name}.jsonl`);
  }

  #note(run: Run, journal: string, plan: Plan, name: string, holder: { host: string; pid: number }): void {
    const { set } = beginOf(plan, { run: name, name: 'shop', places: [], holder });
    const record = recordOf(run, { run: name, set, name: 'shop', places: ['/w'], holder });
    this.#kept.push(this.runs.keep(record));
    this.#sinks.push(journal, reportOf(record), JSON.stringify(record), printRun(run), ...run.events.map(eventLine));
  }

  readonly #kept: ReturnType<RunFolder['keep']>[] = [];

  async #nothingLeaked(): Promise<void> {
    for (const kept of await Promise.all(this.#kept)) assert.ok(kept.ok, kept.ok ? '' : kept.failure.message);
    const files = readdirSync(this.#folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    assert.ok(files.some(({ name }) => name.endsWith('.gz')));
    const onDisk = files.map(({ parentPath, name }) => {
      const bytes = readFileSync(join(parentPath, name));
      return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    });
    const all = [...this.#sinks, ...onDisk].join('\n');
    for (const canary of new Set(this.#canaries))
      for (const form of [canary, Buffer.from(canary).toString('base64')])
        assert.ok(!all.includes(form), 'a Secret is written down');
  }
}

/** What a controller does not do, what the run says of it, and what it looks like once it is done. */
const NEVER_READY = {
  service: {
    object: { apiVersion: 'v1', kind: 'Service', metadata: { name: 'service' }, spec: { type: 'LoadBalancer' } },
    said: /^stalled, nothing has moved for 0 s: load balancer has no address yet/,
    status: { loadBalancer: { ingress: [{ ip: '203.0.113.7' }] } },
  },
  job: {
    object: { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job' }, spec: { template: { spec: { containers: [] } } } },
    said: /^stalled, nothing has moved for 0 s: /,
    status: { conditions: [{ type: 'Complete', status: 'True' }] },
  },
  claim: {
    object: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'claim' }, spec: { storageClassName: 'ssd' } },
    said: /^stalled, nothing has moved for 0 s: /,
    status: { phase: 'Bound' },
  },
} as const;

async function neverReady(names: readonly (keyof typeof NEVER_READY)[]): Promise<void> {
  const cluster = new FakeCluster();
  cluster.put({
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'ssd' },
    volumeBindingMode: 'Immediate',
  });
  const yaml = [
    ...names.map((name) => JSON.stringify(NEVER_READY[name].object)),
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'fine' } }),
  ].join('\n---\n');
  const once = async (): Promise<RunSummary> => {
    const target = await readTarget(cluster, { namespace: 'shop' });
    assert.ok(target.ok);
    const plan = await makePlan({ target: target.value, written: writtenFrom(yaml), findings: [] }, cluster);
    assert.ok(plan.ok, plan.ok ? '' : plan.failure.message);
    const run = startRun(plan.value, { cluster, written: [] }, { ...quick, timeoutMs: 200 });
    return run.done;
  };
  const summary = await once();
  assert.equal(summary.outcome, 'partial');
  for (const name of names) {
    const result = summary.results.find(({ key }) => key.endsWith(`shop/${name}`));
    assert.deepEqual([result?.applied, result?.state], ['created', 'notReady']);
    assert.match(result?.message ?? '', NEVER_READY[name].said);
    const { apiVersion, kind, metadata, ...rest } = NEVER_READY[name].object;
    cluster.put({ apiVersion, kind, metadata: { ...metadata, namespace: 'shop' }, ...rest, status: NEVER_READY[name].status });
  }
  cluster.requests.length = 0;
  assert.equal((await once()).outcome, 'unchanged');
  assert.deepEqual(
    cluster.requests.filter((request) => request.startsWith('apply') && !request.includes('dry')),
    [],
  );
}

const values = fc.array(fc.constantFrom('one', 'two', 'three'), { minLength: 3, maxLength: 3 });
const record = fc.integer({ min: 0, max: 14 });
const write = fc.integer({ min: 0, max: 8 });
const parallel = fc.integer({ min: 1, max: 6 });
const some = (...faults: Fault[]) => fc.array(fc.tuple(write, fc.constantFrom(...faults)), { maxLength: 5 });

/** Plays scripts one after the other in a new world, then heals it. */
const holds = (script: fc.Arbitrary<Script>, check: (run: Run | undefined, script: Script) => void = () => undefined) =>
  fc.assert(
    fc.asyncProperty(values, fc.array(script, { minLength: 1, maxLength: 2 }), async (given, scripts) => {
      const world = new World(given);
      for (const one of scripts) check(await world.deploy(one), one);
      await world.heal();
    }),
    SEEDS,
  );

describe('the fault matrix, 25 seeds each', () => {
  test('R1: the API server restarts in the midst of it: the same run comes to the same end', () =>
    holds(fc.record({ faults: some('reset', 'lost', 'unavailable'), parallel }), (run) =>
      assert.match(run?.summary?.outcome ?? '', /^(succeeded|unchanged)$/),
    ));

  test('R2: credentials that are refused fail their objects, and the next run goes on', () =>
    holds(fc.record({ faults: some('signedOut'), parallel })));

  test('R3: a server that asks for patience is given it', () =>
    holds(fc.record({ faults: some('throttled', 'unavailable'), parallel }), (run) =>
      assert.match(run?.summary?.outcome ?? '', /^(succeeded|unchanged)$/),
    ));

  test('R12: killed at any record, the rest is applied and nothing twice', () =>
    holds(fc.record({ faults: some('lost', 'reset'), parallel, killAt: record, torn: fc.boolean() })));

  test('R23: what one object is refused for stops what needs it and nothing else', () =>
    holds(fc.record({ faults: some('quota', 'denied', 'immutable', 'ending', 'webhook', 'raced'), parallel }), (run) => {
      for (const step of run?.plan.steps ?? []) {
        const state = run?.latest.get(step.key)?.state;
        const needed = step.after.map(({ key }) => run?.latest.get(key)?.state);
        if (state === 'skipped') assert.ok(needed.some((other) => other === 'failed' || other === 'skipped'));
        else
          assert.ok(
            needed.every((other) => other === 'ready'),
            `${step.key} went without what it needs`,
          );
      }
    }));

  test('R24: what never becomes ready ends as applied and not ready, with what it waited for; once it is, the next run sends nothing', async () => {
    const picked = fc.sample(
      fc.subarray(Object.keys(NEVER_READY) as (keyof typeof NEVER_READY)[], { minLength: 1 }),
      SEEDS.numRuns,
    );
    await Promise.all(picked.map(neverReady));
  });

  test('R25: while one window deploys, a second is told who and since when, and writes nothing', () =>
    fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 0, max: 12 }), parallel, async (given, at, many) => {
        const world = new World(given);
        const answers: string[] = [];
        const first = await world.deploy({ faults: [], parallel: many }, async (number) => {
          if (number === at) answers.push(await world.second());
        });
        assert.match(first?.summary?.outcome ?? '', /^(succeeded|unchanged)$/);
        assert.equal(answers.length, 1);
        assert.match(
          answers.join(),
          /^shop is being deployed to sandbox-admin\/shop by alice on desk since \d{4}-\S+\. Nothing was written; wait for its end, or take over\.$/,
        );
        await world.heal();
      }),
      SEEDS,
    ));

  test('R26: cancelled at any record, no further write begins', () =>
    holds(fc.record({ faults: some('lost', 'reset', 'throttled'), parallel, cancelAt: record })));

  test('R27: a disk that is full at any record stops the run before the write that it cannot note', () =>
    holds(fc.record({ faults: some('lost'), parallel, fullAt: record })));

  test('R30: an address that leads to another cluster in the midst of it is written to no more', () =>
    fc.assert(
      fc.asyncProperty(values, fc.integer({ min: 0, max: 5 }), async (given, at) => {
        const world = new World(given);
        const run = await world.deploy({ faults: [[at, 'reset']], parallel: 1, tunnelAt: at });
        // the write that was under way when the tunnel was turned is the last
        assert.ok(world.other.requests.length <= 1, world.other.requests.join('\n'));
        if (run && world.cluster.writes > at) assert.match(run.summary?.sentence ?? '', /is another cluster than the one/);
        world.other.requests.length = 0;
        await world.heal();
      }),
      SEEDS,
    ));

  test('R30: a context that is re-pointed in the kubeconfig stops the run with that sentence', () =>
    holds(fc.record({ faults: fc.constant([]), parallel, repointAt: fc.integer({ min: 0, max: 9 }) }), (run) => {
      const { outcome, sentence } = run?.summary ?? {};
      if (outcome === 'succeeded' || outcome === 'unchanged') return;
      assert.match(sentence ?? '', /^Context sandbox-admin now points to https:\/\/elsewhere\./);
    }));
});

/** What the model knows of the world: which values the files have. The rest is asserted after every run. */
interface Model {
  values: string[];
}

class Deploy implements fc.AsyncCommand<Model, World> {
  readonly script: Script;

  constructor(script: Script) {
    this.script = script;
  }

  check(): boolean {
    return true;
  }

  async run(_model: Model, world: World): Promise<void> {
    await world.deploy(this.script);
  }

  toString(): string {
    return `deploy ${JSON.stringify(this.script)}`;
  }
}

class Edit implements fc.AsyncCommand<Model, World> {
  readonly at: number;
  readonly value: string;

  constructor(at: number, value: string) {
    this.at = at;
    this.value = value;
  }

  check({ values: known }: Readonly<Model>): boolean {
    return known[this.at] !== this.value;
  }

  async run(model: Model, world: World): Promise<void> {
    model.values[this.at] = this.value;
    world.values[this.at] = this.value;
  }

  toString(): string {
    return `edit ${this.at} to ${this.value}`;
  }
}

describe('the engine as a state machine', () => {
  const fault = fc.constantFrom<Fault>(
    'reset',
    'lost',
    'throttled',
    'unavailable',
    'webhook',
    'raced',
    'signedOut',
    'quota',
    'denied',
  );
  const script = fc
    .record({
      faults: fc.array(fc.tuple(write, fault), { maxLength: 4 }),
      parallel,
      ending: fc.option(fc.tuple(fc.constantFrom('killAt', 'cancelAt', 'fullAt', 'repointAt'), record), { nil: undefined }),
    })
    .map(({ ending, ...rest }): Script => ({ ...rest, ...(ending ? { [ending[0]]: ending[1] } : {}) }));
  const commands = fc.commands<Model, World, false>(
    [
      script.map((one) => new Deploy(one)),
      fc.tuple(fc.integer({ min: 0, max: 2 }), fc.stringMatching(/^v[0-9]{3}$/)).map(([at, value]) => new Edit(at, value)),
    ],
    { maxCommands: 8 },
  );

  test('whatever happens in whatever order, it comes to the same end', () =>
    fc.assert(
      fc.asyncProperty(values, commands, async (given, sequence) => {
        const world = new World(given);
        await fc.asyncModelRun(() => ({ model: { values: [...given] }, real: world }), sequence);
        await world.heal();
      }),
      SEEDS,
    ));
});
