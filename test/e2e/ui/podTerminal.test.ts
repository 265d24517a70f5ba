/** Into pods as a person goes: a terminal that opens anew after its shell has ended, a file taken out, and a forwarded port that outlives its pods. */
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/freePort.ts';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { clickUntilGone } from './treeView.ts';

const namespace = `e2e-pods-${process.pid}`;
const labels = { app: 'web' };
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: { containers: [{ name: 'nginx', image: 'nginx', ports: [{ containerPort: 80, name: 'http' }] }] },
    },
  },
};
const workloads = ['sandbox-admin', namespace, 'Workloads'] as const;

async function withWeb(scene: Scene, play: () => Promise<void>): Promise<void> {
  const { sandbox, folder } = scene;
  const file = join(folder, 'web.json');
  await writeFile(file, JSON.stringify(web));
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    await kubectl(sandbox, 'apply', '-f', file);
    await kubectl(sandbox, 'rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=60s');
    await play();
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

async function terminal({ window }: Scene): Promise<void> {
  const says = (text: string | RegExp) => window.page.locator('.xterm-rows', { hasText: text }).first().waitFor();
  const type = async (text: string) => {
    await window.page.keyboard.type(text);
    await window.page.keyboard.press('Enter');
  };
  const clusters = await window.view('Clusters');
  await clusters.expand(...workloads, 'Pods');
  await clusters.menu('Open Terminal', ...workloads, 'Pods', /^web-/);
  await window.page.locator('.terminal-wrapper.active .xterm-rows').waitFor();
  await window.page.locator('.terminal-wrapper.active .xterm').click();
  await says(/[$#]\s*$/);
  await type('echo sum-$((40 + 2))');
  await says('sum-42');
  await type('stty size | tr " " x');
  await window.page
    .locator('.xterm-rows', { hasText: /\d\dx\d\d/ })
    .first()
    .waitFor();
  await type('exit 3');
  await says('Ended with exit code 3. Press Enter to connect again.');
  await window.screenshot('pod-terminal');
  await type('');
  await says(/connect again\..*[$#]\s*$/s);
  await type('echo again-$((40 + 3))');
  await says('again-43');
}

async function forward({ window, sandbox }: Scene): Promise<void> {
  const port = await freePort();
  const page = () =>
    fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(40_000) }).then(
      (answer) => answer.status,
      () => 'no answer',
    );
  const clusters = await window.view('Clusters');
  await clusters.menu('Forward Port…', ...workloads, 'Deployments', 'web');
  await window.answer(/Forward Deployment .*web · Port 80 to which port/, String(port));
  await window.told(new RegExp(`localhost:${port} leads to Deployment ${namespace}/web, port 80`));
  assert.equal(await page(), 200);
  const forwards = await window.view('Port Forwards');
  const row = `localhost:${port}`;
  await forwards.untilSays(/^listening · Deployment web:80 · sandbox-admin$/, row);
  await window.screenshot('port-forwards');

  const before = await podNames(sandbox);
  await kubectl(sandbox, 'delete', 'pod', '-n', namespace, '-l', 'app=web', '--wait=true');
  await eventually('other pods are there', async () => {
    const now = await podNames(sandbox);
    return now.length === 2 && now.every((name) => !before.includes(name));
  });
  assert.equal(await page(), 200);
  await forwards.untilSays(/^listening/, row);

  await forwards.inline('Stop Port Forward', row);
  await forwards.untilSays(/^stopped/, row);
  assert.equal(await page(), 'no answer');
  await forwards.inline('Start Port Forward', row);
  await forwards.untilSays(/^listening/, row);
  assert.equal(await page(), 200);
  await forwards.menu('Remove Port Forward', row);
  await window.page.locator('.pane-header', { hasText: 'Port Forwards' }).waitFor({ state: 'detached' });
  assert.equal(await page(), 'no answer');
}

async function podNames(sandbox: Scene['sandbox']): Promise<string[]> {
  const names = await kubectl(sandbox, 'get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].metadata.name}');
  return names.split(' ').filter(Boolean);
}

async function copied({ window, folder }: Scene): Promise<void> {
  // A pod of the sandbox sees the files of this machine.
  await writeFile(join(folder, 'inside.txt'), 'from the pod');
  const here = join(folder, 'here');
  await mkdir(here);
  const clusters = await window.view('Clusters');
  await clusters.menu('Copy from Pod…', ...workloads, 'Pods', /^web-/);
  await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'etc/' }).first().waitFor();
  await window.screenshot('copy-from-pod');
  await window.pick('Type a path…');
  await window.answer(/Copy which file or folder/, join(folder, 'inside.txt'));
  // The dialog looks at a folder first, and until then writes over what is typed.
  await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'here' }).first().waitFor();
  await window.answer(/into which folder/, `${here}/`);
  await clickUntilGone(window.page.locator('.quick-input-widget:visible .monaco-button', { hasText: 'Copy Here' }));
  await window.told(/Copied 1 file \(12 B\) to .*inside\.txt\./);
  assert.equal(await readFile(join(here, 'inside.txt'), 'utf8'), 'from the pod');
}

inWindow(
  'a terminal in a pod, and a forwarded port that answers after its pods were replaced',
  (scene) =>
    withWeb(scene, async () => {
      await terminal(scene);
      await forward(scene);
      await copied(scene);
    }),
  { prepare: bind, settings: { 'terminal.integrated.gpuAcceleration': 'off', 'files.simpleDialog.enable': true } },
);
