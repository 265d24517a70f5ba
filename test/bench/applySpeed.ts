import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Bar, median, rounded } from './bar.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const count = 200;

/**
 * G9: 200 ConfigMaps by our command line (plan, dry runs, apply and wait all included) against `kubectl apply --server-side`, on the same API server of the
 * sandbox, each side in a new namespace, in turn. The state must be the same afterwards.
 */
export async function applySpeed({ rounds = 3 } = {}): Promise<Bar> {
  const { kubectl, kubeconfig } = await sandbox();
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
  const k = (...args: string[]) => run(kubectl, ['--kubeconfig', kubeconfig, ...args], { maxBuffer: 2 ** 26 });
  const times: { ours: number[]; peer: number[] } = { ours: [], peer: [] };
  let agree = true;
  try {
    const file = join(folder, 'config.yaml');
    await writeFile(file, configMaps());
    for (let round = 0; round < rounds; round += 1) {
      const spaces = { ours: `bench-ours-${round}`, peer: `bench-peer-${round}` };
      await Promise.all(Object.values(spaces).map((name) => k('create', 'namespace', name)));
      try {
        times.ours.push(
          await timed(() =>
            run(
              process.execPath,
              [join(root, 'dist/cli.js'), 'apply', file, '--context', 'sandbox-admin', '--namespace', spaces.ours, '--yes'],
              {
                env: { ...process.env, KUBECONFIG: kubeconfig },
              },
            ),
          ),
        );
        times.peer.push(await timed(() => k('-n', spaces.peer, 'apply', '--server-side', '-f', file)));
        const states = await Promise.all(
          Object.values(spaces).map((name) => k('-n', name, 'get', 'configmaps', '-l', 'bench=apply', '-o', state)),
        );
        agree &&= states[0]?.stdout === states[1]?.stdout && (states[0]?.stdout.split('\n').length ?? 0) > count;
      } finally {
        await Promise.all(Object.values(spaces).map((name) => k('delete', 'namespace', name, '--wait=false')));
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const [ours, peer] = [median(times.ours), median(times.peer)];
  return {
    bar: 'G9',
    what: `apply of ${count} ConfigMaps, whole process, median in ms`,
    ours: rounded(ours),
    peer: rounded(peer),
    ratio: rounded(peer / ours),
    goal: '>= 1.5x kubectl on loopback',
    met: peer / ours >= 1.5,
    agree,
  };
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
