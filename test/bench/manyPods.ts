import { execFile, fork, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { root } from '../vscode-host/places.ts';
import { type Bar, median, rounded } from './bar.ts';
import type { PodsRead } from './podReader.ts';

const run = promisify(execFile);
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));
const pods = 100_000;
const namespaces = 10;

/**
 * G7: 100,000 pods of a scripted API server, each reader in a process of its own, in turn: ours as the tree reads them (a live table for each namespace, page after page), a plain program on
 * \`@kubernetes/client-node\` (one typed list) and \`kubectl get pods -A\`. All must name the same pods in the same state.
 */
export async function manyPods(): Promise<Bar> {
  const server = fork(here('podServer.ts'), [String(pods), String(namespaces)]);
  try {
    const [{ port }] = await once(server, 'message');
    const { bar, ratios, longestMs } = await comparePods(`http://127.0.0.1:${port}`, pods);
    const met = ratios.first >= 200 && ratios.cpu >= 30 && ratios.memory >= 15 && longestMs <= 16;
    return {
      ...bar,
      bar: 'G7',
      what: `the first rows of ${pods} pods, in ms`,
      goal: '>= 200x first rows, >= 30x processor, >= 15x memory, longest block <= 16 ms',
      met,
    };
  } finally {
    server.kill();
  }
}

/** What a bar tells of the pods of one API server, read by each side in turn; the first of several rounds of ours counts as a median with the others. */
export async function comparePods(url: string, count: number, rounds = 3) {
  const ours: PodsRead[] = [];
  const together: PodsRead[] = [];
  const typed: PodsRead[] = [];
  const cli: PodsRead[] = [];
  for (let round = 0; round < rounds; round++) {
    ours.push(await read('ours', url));
    if (round > 0) continue;
    together.push(await read('together', url));
    typed.push(await read('typed', url));
    cli.push(await byKubectl(url));
  }
  const of = (reads: readonly PodsRead[], figure: keyof Omit<PodsRead, 'digest'>) => median(reads.map((one) => one[figure]));
  const against = (peer: readonly PodsRead[], figure: keyof Omit<PodsRead, 'digest'>) =>
    rounded(of(peer, figure) / of(ours, figure));
  const longestMs = rounded(of(ours, 'longestMs'));
  const ratios = { first: against(typed, 'firstMs'), cpu: against(typed, 'cpuMs'), memory: against(typed, 'peakMB') };
  const figures = (reads: readonly PodsRead[]) =>
    `first rows ${Math.round(of(reads, 'firstMs'))} ms, all ${Math.round(of(reads, 'wholeMs'))} ms, processor ${Math.round(of(reads, 'cpuMs'))} ms, peak ${Math.round(of(reads, 'peakMB'))} MB`;
  const bar = {
    ours: rounded(of(ours, 'firstMs')),
    peer: rounded(of(typed, 'firstMs')),
    ratio: ratios.first,
    agree: new Set([...ours, ...together, ...typed, ...cli].map(({ digest }) => digest)).size === 1 && ours[0]?.count === count,
    more: {
      ours: `${figures(ours)}, longest block ${longestMs} ms`,
      'ours, one table of all namespaces, with metadata': figures(together),
      'client-node, typed list': `${figures(typed)}, longest block ${Math.round(of(typed, 'longestMs'))} ms`,
      'kubectl get pods -A': figures(cli),
      'processor, against client-node': `${ratios.cpu}x`,
      'memory, against client-node': `${ratios.memory}x`,
      'against kubectl: first rows, processor, memory': `${against(cli, 'firstMs')}x, ${against(cli, 'cpuMs')}x, ${against(cli, 'peakMB')}x`,
    },
  };
  return { bar, ratios, longestMs };
}

async function read(side: 'ours' | 'together' | 'typed', url: string): Promise<PodsRead> {
  const args = ['--max-old-space-size=8192', here('podReader.ts'), side, url, String(namespaces)];
  const { stdout } = await run(process.execPath, args);
  return JSON.parse(stdout) as PodsRead;
}

/** kubectl keeps what it discovered; it is asked once before. Its memory and processor time are looked up while it runs. */
async function byKubectl(url: string): Promise<PodsRead> {
  const file = process.env.HYBRID_SANDBOX_ENV ?? join(root, '.sandbox/env.json');
  const { kubernetes } = JSON.parse(await readFile(file, 'utf8')) as { kubernetes: { kubectl: string } };
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-'));
  const args = ['--server', url, '--cache-dir', folder, '--kubeconfig', '/dev/null', 'get', 'pods', '--no-headers'];
  try {
    await run(kubernetes.kubectl, [...args, '-n', 'team-00', '--chunk-size=1', 'nobody']).catch(() => {});
    const began = performance.now();
    const child = spawn(kubernetes.kubectl, [...args, '-A'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let [firstMs, cpuMs, peakMB, text] = [0, 0, 0, ''];
    const look = async () => {
      const of = (name: string) => readFile(`/proc/${child.pid}/${name}`, 'utf8').catch(() => '');
      const [stat, status] = await Promise.all([of('stat'), of('status')]);
      // Fields 14 and 15 in hundredths of a second; the name before them may hold spaces.
      const [user = 0, system = 0] = stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).map(Number);
      cpuMs = Math.max(cpuMs, (user + system) * 10);
      peakMB = Math.max(peakMB, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    };
    const looking = setInterval(() => void look(), 50);
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      firstMs ||= performance.now() - began;
      text += part;
    });
    await once(child, 'close');
    clearInterval(looking);
    const lines = text
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/))
      .filter(([namespace = '']) => namespace.startsWith('team-'))
      .map(([namespace, name, , status]) => `${namespace} ${name} ${status}`);
    const digest = createHash('sha256').update(lines.sort().join('\n')).digest('hex');
    return { firstMs, wholeMs: performance.now() - began, cpuMs, longestMs: 0, peakMB, count: lines.length, digest };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
