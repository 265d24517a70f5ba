import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Result } from '../../src/base/failure.ts';
import { createHttp } from '../../src/base/http.ts';
import { diskFiles } from '../../src/cli/diskFiles.ts';
import { discover } from '../../src/deploy/discover.ts';
import { gather } from '../../src/deploy/gather.ts';
import { makePlan } from '../../src/deploy/plan.ts';
import { noLookup } from '../../src/deploy/projectLookup.ts';
import { startRun } from '../../src/deploy/run.ts';
import { readTarget } from '../../src/deploy/target.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { type Bar, median, rounded } from './bar.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const count = 200;

/**
 * G9: 200 new ConfigMaps from a confirmed plan, as in a window that stays open, against `kubectl apply --server-side`, on the same API server of the sandbox, each side in a
 * new namespace, in turn. The state must be the same afterwards. kubectl's time holds the start of its process; what ours spends on the plan (200 dry runs) and as a whole
 * command line is told beside it.
 */
export async function applySpeed({ rounds = 5 } = {}): Promise<Bar> {
  const { kubectl, kubeconfig } = await sandbox();
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
  const k = (...args: string[]) => run(kubectl, ['--kubeconfig', kubeconfig, ...args], { maxBuffer: 2 ** 26 });
  const http = createHttp();
  const contexts = openContexts({ http, env: { KUBECONFIG: kubeconfig }, mayRun: async () => false });
  const times: Record<'ours' | 'plan' | 'commandLine' | 'peer', number[]> = { ours: [], plan: [], commandLine: [], peer: [] };
  let agree = true;
  try {
    const cluster = must(await contexts.open('sandbox-admin'));
    const file = join(folder, 'config.yaml');
    await writeFile(file, configMaps());
    for (let round = 0; round < rounds; round += 1) {
      const spaces = { ours: `bench-ours-${round}`, line: `bench-line-${round}`, peer: `bench-peer-${round}` };
      await Promise.all(Object.values(spaces).map((name) => k('create', 'namespace', name)));
      try {
        const { planMs, applyMs } = await deploy(cluster, file, spaces.ours);
        times.plan.push(planMs);
        times.ours.push(applyMs);
        times.peer.push(await timed(() => k('-n', spaces.peer, 'apply', '--server-side', '-f', file)));
        const options = ['--context', 'sandbox-admin', '--namespace', spaces.line, '--yes'];
        const env = { ...process.env, KUBECONFIG: kubeconfig };
        times.commandLine.push(
          await timed(() => run(process.execPath, [join(root, 'dist/cli.js'), 'apply', file, ...options], { env })),
        );
        const states = await Promise.all(
          Object.values(spaces).map((name) => k('-n', name, 'get', 'configmaps', '-l', 'bench=apply', '-o', state)),
        );
        const [first = ''] = states.map(({ stdout }) => stdout);
        agree &&= states.every(({ stdout }) => stdout === first) && first.trim().split('\n').length === count;
      } finally {
        await Promise.all(Object.values(spaces).map((name) => k('delete', 'namespace', name, '--wait=false')));
      }
    }
  } finally {
    contexts.dispose();
    http.dispose();
    await rm(folder, { recursive: true, force: true });
  }
  const [ours, peer] = [median(times.ours), median(times.peer)];
  return {
    bar: 'G9',
    what: `apply of ${count} ConfigMaps from a confirmed plan, median in ms`,
    ours: rounded(ours),
    peer: rounded(peer),
    ratio: rounded(peer / ours),
    goal: '>= 1.5x kubectl on loopback',
    met: peer / ours >= 1.5,
    agree,
    more: {
      'plan with 200 dry runs, ms': Math.round(median(times.plan)),
      'whole command line, ms': Math.round(median(times.commandLine)),
    },
  };
}

async function deploy(cluster: Cluster, file: string, namespace: string): Promise<{ planMs: number; applyMs: number }> {
  const start = performance.now();
  const gathered = await gather(await discover([file], diskFiles), noLookup('no cloud'));
  const target = must(await readTarget(cluster, { namespace }));
  const plan = must(await makePlan({ target, ...gathered }, cluster));
  const planned = performance.now();
  const started = startRun(plan, { cluster, written: gathered.written }, { stabilityMs: 0 });
  const summary = await started.done;
  if (summary.outcome !== 'succeeded') throw new Error(summary.sentence);
  return { planMs: planned - start, applyMs: performance.now() - planned };
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

const state = 'jsonpath={range .items[*]}{.metadata.name} {.data}{"\\n"}{end}';

async function sandbox(): Promise<{ kubectl: string; kubeconfig: string }> {
  const file = process.env.HYBRID_SANDBOX_ENV ?? join(root, '.sandbox/env.json');
  const { kubernetes } = JSON.parse(await readFile(file, 'utf8')) as { kubernetes: { kubectl: string; kubeconfig: string } };
  return kubernetes;
}

function configMaps(): string {
  const one = (index: number) =>
    `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: bench-${index}\n  labels: {bench: apply}\ndata:\n  index: "${index}"\n  text: ${'x'.repeat(200)}\n`;
  return Array.from({ length: count }, (_, index) => one(index)).join('---\n');
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
