import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { root } from '../vscode-host/places.ts';
import { type Bar, median, rounded } from './bar.ts';
import { inEditor } from './inEditor.ts';

const ours = 'hybrid-clusters.hybrid-clusters';
const probe = 'bench.kubernetes-at-the-top';

/**
 * G10: loading and activating our extension beside a probe that does nothing but import `@kubernetes/client-node` at its top, as the known Kubernetes
 * extensions do; both bundled and minified, both in one window, in turn first. The figure includes loading the code and the way through the extension host.
 */
export async function activation({ rounds = 4 } = {}): Promise<Bar> {
  const folder = await mkdtemp(join(tmpdir(), 'hybrid-clusters-'));
  try {
    const probeFolder = await makeProbe(folder);
    const beside = { folder: probeFolder, packaged: () => packageProbe(probeFolder) };
    const runs: { took: Record<string, { load: number; activate: number }>; hostMb: number }[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const order = round % 2 === 0 ? [ours, probe] : [probe, ours];
      runs.push(
        await inEditor({ suite: 'test/bench/activationSuite.ts', folder, env: { BENCH_ORDER: order.join(',') }, beside }),
      );
    }
    const part = (id: string, name: 'load' | 'activate') => median(runs.map(({ took }) => took[id]?.[name] ?? Number.NaN));
    const whole = (id: string) => part(id, 'load') + part(id, 'activate');
    // VS Code's marks count whole milliseconds: less than one counts as one.
    const ratio = whole(probe) / Math.max(1, whole(ours));
    return {
      bar: 'G10',
      what: 'loading the code and activate(), by the marks of VS Code, median in ms',
      ours: rounded(whole(ours)),
      peer: rounded(whole(probe)),
      ratio: rounded(ratio),
      goal: '>= 10x less than the probe, activate() <= 20 ms',
      met: ratio >= 10 && part(ours, 'activate') <= 20,
      agree: runs.length === rounds,
      more: {
        'activate() alone': part(ours, 'activate'),
        'extension host MB, all extensions': Math.round(median(runs.map(({ hostMb }) => hostMb))),
      },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The eager way, for comparison: the client imported at the top and used once, so that it cannot be dropped from the bundle. */
async function makeProbe(folder: string): Promise<string> {
  const home = join(folder, 'probe');
  await mkdir(home);
  await writeFile(
    join(home, 'package.json'),
    JSON.stringify({
      name: 'kubernetes-at-the-top',
      publisher: 'bench',
      version: '1.0.0',
      engines: { vscode: '^1.106.0' },
      main: './main.cjs',
      activationEvents: ['onCommand:bench.probe'],
      contributes: { commands: [{ command: 'bench.probe', title: 'Probe' }] },
    }),
  );
  await build({
    stdin: {
      contents:
        "import * as k8s from '@kubernetes/client-node'; export const activate = () => ({ clients: Object.keys(k8s).length });",
      resolveDir: root,
    },
    outfile: join(home, 'main.cjs'),
    bundle: true,
    minify: true,
    format: 'cjs',
    platform: 'node',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'error',
  });
  return home;
}

async function packageProbe(probeFolder: string): Promise<string> {
  const vsix = join(probeFolder, 'probe.vsix');
  const options = ['package', '--no-dependencies', '--allow-missing-repository', '--skip-license', '-o', vsix];
  await promisify(execFile)(process.execPath, [join(root, 'node_modules/@vscode/vsce/vsce'), ...options], { cwd: probeFolder });
  return vsix;
}
