/**
 * The story of Apply Deploy as a transcript: the sample workspace's shop is checked, mended, deployed on the sandbox, broken, healed, proven, rolled back, pruned and undeployed. Each step is what a person would type, with the
 * status it ended with; the first one that ends otherwise than it should ends the demo with status 1. It works in a namespace of its own, which is deleted at the end.
 *
 * usage: npm run demo          (the sandbox must be up: npm run sandbox -- up; `HYBRID_SANDBOX_ENV` names another checkout's)
 */
import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Result } from '../src/base/failure.ts';
import { createHttp } from '../src/base/pool.ts';
import { shellQuoted } from '../src/deploy/continuous/continuous.ts';
import { makePlan } from '../src/deploy/plan/plan.ts';
import { printPlan } from '../src/deploy/plan/planText.ts';
import { prepareProof, printProof, prove } from '../src/deploy/proof/prove.ts';
import { ClusterRuns } from '../src/deploy/record/clusterRuns.ts';
import { startRecorded } from '../src/deploy/record/recordedRun.ts';
import { rollbackTo } from '../src/deploy/record/rollBack.ts';
import { printRun } from '../src/deploy/run/run.ts';
import { readTarget } from '../src/deploy/target.ts';
import type { Target } from '../src/deploy/types.ts';
import type { Cluster } from '../src/kubernetes/cluster.ts';
import { openContexts } from '../src/kubernetes/openContexts.ts';
import { createClouds } from '../src/openstack/clouds.ts';
import { copyWorkspace } from './e2e/copyWorkspace.ts';
import { findSandbox } from './e2e/sandboxEnvironment.ts';
import type { SandboxEnvironment } from './sandbox/place.ts';
import { root } from './vscode-host/places.ts';

const cloud = 'demo';
const context = 'sandbox-admin';
/** `service.yaml` of the sample names a network that nobody has. */
const wrongNetwork = '7d0e6f3a-52b1-4c7e-9a48-0c1f5f7f0b11';

/** A step that ended otherwise than it should. */
class Unexpected extends Error {}

/** The folder that is deployed, the namespace it goes to, and how the command line is run on them. */
class Demo {
  readonly #sandbox: SandboxEnvironment;
  readonly #folder: string;
  readonly namespace = `demo-${randomBytes(3).toString('hex')}`;
  #step = 0;

  constructor(sandbox: SandboxEnvironment, folder: string) {
    this.#sandbox = sandbox;
    this.#folder = folder;
  }

  /** A heading of the transcript. */
  tell(what: string): void {
    console.log(`\n## ${++this.#step}. ${what}\n`);
  }

  get env(): Record<string, string> {
    const { openstack, kubernetes } = this.#sandbox;
    return { OS_CLIENT_CONFIG_FILE: openstack.clouds, KUBECONFIG: kubernetes.kubeconfig };
  }

  /** Runs the command line below the folder; fails unless it ends with one of the statuses. */
  async run(statuses: readonly number[], ...args: readonly string[]): Promise<void> {
    console.log(`$ hybrid-clusters ${args.map(shellQuoted).join(' ')}`);
    const child = spawn(process.execPath, [join(root, 'src/cli.ts'), ...args], {
      cwd: this.#folder,
      env: { ...process.env, ...this.env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    const status = await new Promise<number>((ended, failed) => child.on('error', failed).on('exit', (code) => ended(code ?? 1)));
    console.log(`(status ${status})`);
    if (!statuses.includes(status))
      throw new Unexpected(`hybrid-clusters ${args[0]} ended with ${status}, not with ${statuses.join(' or ')}.`);
  }

  /** What deploys: `apply shop …`. */
  deploy(verb: 'plan' | 'apply', statuses: readonly number[], ...more: readonly string[]): Promise<void> {
    const where = ['--context', context, '--namespace', this.namespace, '--cloud', cloud];
    return this.run(statuses, verb, 'shop', ...where, ...(verb === 'apply' ? ['--yes'] : []), ...more);
  }

  /** Changes one file of the shop as an editor would, and says so. */
  async edit(file: string, from: string, to: string, what: string): Promise<void> {
    const path = join(this.#folder, 'shop', file);
    const text = await readFile(path, 'utf8');
    const changed = text.replaceAll(from, to);
    if (changed === text) throw new Unexpected(`${file} holds nothing to change: ${from}`);
    await writeFile(path, changed);
    console.log(`# shop/${file}: ${what}`);
  }

  async write(file: string, text: string): Promise<void> {
    await writeFile(join(this.#folder, 'shop', file), text);
    console.log(`# shop/${file}: written`);
  }

  async remove(file: string): Promise<void> {
    await rm(join(this.#folder, 'shop', file));
    console.log(`# shop/${file}: deleted`);
  }

  async kubectl(...args: readonly string[]): Promise<void> {
    console.log(`$ kubectl ${args.join(' ')}`);
    const { kubectl, kubeconfig } = this.#sandbox.kubernetes;
    console.log((await promisify(execFile)(kubectl, ['--kubeconfig', kubeconfig, ...args])).stdout.trimEnd());
  }
}

/** The id of the network that the shop should name. */
async function privateNetwork(env: Record<string, string>): Promise<string> {
  const http = createHttp();
  const clouds = createClouds({ http, env: { ...process.env, ...env }, cwd: process.cwd() });
  try {
    const opened = await clouds.open(cloud);
    const project = opened.ok ? await opened.value.project(undefined) : opened;
    const found = project.ok ? await project.value.find('network.network', { by: 'name', value: 'private' }) : undefined;
    if (found?.verdict !== 'found') throw new Unexpected(`${cloud} has no network "private".`);
    return String(found.matches[0]?.['id'] ?? '');
  } finally {
    clouds.dispose();
    http.dispose();
  }
}

/** Does something on the cluster with the engine itself, where the command line has no verb for it: in the editor these are commands. */
async function withTarget(demo: Demo, body: (cluster: Cluster, target: Target) => Promise<void>): Promise<void> {
  const http = createHttp();
  const contexts = openContexts({ http, env: demo.env, mayRun: async () => false });
  try {
    const cluster = taken(await contexts.open(context));
    await body(cluster, taken(await readTarget(cluster, { namespace: demo.namespace })));
  } finally {
    contexts.dispose();
    http.dispose();
  }
}

function taken<T>(result: Result<T>): T {
  if (!result.ok) throw new Unexpected(result.failure.message);
  return result.value;
}

/** Deletes a pod of the shop and prints how it heals. */
async function proveShop(cluster: Cluster, target: Target): Promise<void> {
  const workload = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: target.namespace, name: 'analytics' };
  const proof = taken(await prepareProof(cluster, target, workload));
  const done = taken(await prove(proof, { cluster, signal: AbortSignal.timeout(180_000) }));
  console.log(printProof(proof, done).trimEnd());
  if (done.outcome !== 'healed') throw new Unexpected('The workload did not heal.');
}

/** Plans what the first run deployed, and deploys that; what came later stays. */
async function rollBackShop(cluster: Cluster, target: Target): Promise<void> {
  const runs = taken(await new ClusterRuns(cluster, target.namespace).all());
  const first = runs.filter(({ summary }) => summary.outcome === 'succeeded').at(-1);
  if (!first) throw new Unexpected('No run is kept to go back to.');
  console.log(`# Roll Back Deploy… to ${first.run}`);
  const { written, blockers, notes } = taken(await rollbackTo(first, runs, target, cluster));
  for (const note of notes) console.log(note);
  const set = { names: ['shop'], partial: true, prune: 'off' as const };
  const plan = taken(await makePlan({ target, written, blockers, findings: [], set }, cluster));
  console.log(printPlan(plan).trimEnd());
  const { run, end } = taken(await startRecorded(plan, { cluster, written }, { name: 'shop', places: [] }));
  await end;
  console.log(printRun(run).trimEnd());
  if (run.summary?.outcome !== 'succeeded') throw new Unexpected('It could not be rolled back.');
}

async function play(demo: Demo): Promise<void> {
  const set = ['--set', 'shop'];
  demo.tell('A mistake is found before anything is sent');
  for (const file of ['analytics.yaml', 'service.yaml'])
    await demo.edit(file, 'namespace: shop', `namespace: ${demo.namespace}`, 'goes to a namespace of its own');
  await demo.write('namespace.yaml', `{apiVersion: v1, kind: Namespace, metadata: {name: ${demo.namespace}}}\n`);
  await demo.deploy('plan', [5], ...set);

  demo.tell('It is mended, and deployed in the order of its references; the run is kept');
  await demo.edit('service.yaml', wrongNetwork, await privateNetwork(demo.env), 'names the network "private"');
  await demo.deploy('apply', [0], ...set, '--keep');

  demo.tell('Once more: nothing to do, verified');
  await demo.deploy('apply', [0], ...set);

  demo.tell('It is broken: an image that nobody has');
  await demo.edit('analytics.yaml', 'node:24-alpine', 'registry.example/render:1.3', 'another image');
  await demo.deploy('apply', [1, 3], ...set);

  demo.tell('It is healed: the file is mended, another change goes with it, and the same command carries on');
  await demo.edit('analytics.yaml', 'registry.example/render:1.3', 'node:24-alpine', 'the image of before');
  await demo.edit('analytics.yaml', 'LOG_LEVEL: info', 'LOG_LEVEL: debug', 'more is logged');
  await demo.write(
    'greeting.yaml',
    `{apiVersion: v1, kind: ConfigMap, metadata: {name: greeting, namespace: ${demo.namespace}}, data: {text: hello}}\n`,
  );
  await demo.deploy('apply', [0], ...set, '--keep');

  demo.tell('Prove it: one pod is deleted');
  await withTarget(demo, proveShop);

  demo.tell('It is rolled back to its first run');
  await withTarget(demo, rollBackShop);

  demo.tell('An object leaves the files, and is pruned; all else is as it was rolled back to');
  await demo.edit('analytics.yaml', 'LOG_LEVEL: debug', 'LOG_LEVEL: info', 'as before');
  await demo.remove('greeting.yaml');
  await demo.deploy('apply', [0], ...set, '--prune');

  demo.tell('It is undeployed: what does not come back is named first, and typed');
  const where = ['--context', context, '--namespace', demo.namespace, '--cloud', cloud];
  await demo.run([4], 'undeploy', ...set, ...where, '--yes');
  await demo.run([0], 'undeploy', ...set, ...where, '--yes', '--destroy', 'analytics analytics');
}

async function main(): Promise<number> {
  const sandbox = findSandbox();
  if (!sandbox) {
    console.error('The sandbox is not up: run "npm run sandbox -- up".');
    return 1;
  }
  const folder = await copyWorkspace();
  const demo = new Demo(sandbox, folder);
  console.log(`# Apply Deploy on ${context} and ${cloud}, namespace ${demo.namespace}`);
  const began = performance.now();
  try {
    await play(demo);
    console.log(`\nAll of it went as it should, in ${Math.round((performance.now() - began) / 1_000)} s.`);
    return 0;
  } catch (error) {
    if (!(error instanceof Unexpected)) throw error;
    console.error(`\n${error.message}`);
    return 1;
  } finally {
    demo.tell('Its namespace, which Undeploy leaves to its owner, goes too');
    await demo.kubectl('delete', 'namespace', demo.namespace, '--ignore-not-found');
    await rm(dirname(folder), { recursive: true, force: true });
  }
}

process.exitCode = await main();
