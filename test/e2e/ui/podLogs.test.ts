/** The log of a workload as a person follows it: containers below a pod, two pods merged in colours, filtered, paused, opened as a document. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import { inWindow, type Scene } from './inWindow.ts';

const namespace = `e2e-logs-${process.pid}`;
const labels = { app: 'web' };
const container = (name: string) => ({ name, image: 'nginx' });
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace },
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [container('app'), container('proxy')] } },
  },
};

async function followWorkload({ window, folder, sandbox }: Scene): Promise<void> {
  const file = join(folder, 'web.json');
  await writeFile(file, JSON.stringify(web));
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    await kubectl(sandbox, 'apply', '--server-side', '-f', file);
    await kubectl(sandbox, 'rollout', 'status', 'deployment/web', '--namespace', namespace, '--timeout=60s');
    const clusters = await window.view('Clusters');
    const workloads = ['sandbox-admin', namespace, 'Workloads'] as const;
    const containers = await clusters.expand(...workloads, 'Pods', /^web-/);
    assert.deepEqual(
      containers.map(({ label }) => label),
      ['app', 'proxy', 'Relations'],
    );
    assert.match(containers[0]?.description ?? '', /^Running \d+[sm] · nginx$/);

    await clusters.inline('Open Logs', ...workloads, 'Deployments', 'web');
    const screen = window.page.locator('.terminal-wrapper.active .xterm-rows');
    const until = async (text: RegExp) => screen.filter({ hasText: text }).waitFor();
    await until(/Deployment e2e-logs-\d+\/web · sandbox-admin · log/);
    await until(/web-\S+\/app\s+line 3/);
    await until(/web-\S+\/proxy\s+line 3/);
    await window.screenshot('pod-logs');

    await window.page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
    await window.page.keyboard.press('f');
    await window.answer(/Show lines with this text/, '/app.*line 2/');
    await screen
      .filter({ hasText: /line 2/ })
      .filter({ hasNotText: /line [13]/ })
      .waitFor();
    const shown = (await screen.innerText()).replaceAll('\u00a0', ' ');
    assert.match(shown, /line 2/);
    assert.doesNotMatch(shown, /line [13]|proxy\s+line/);
    await window.page.locator('.terminal-wrapper.active .xterm-helper-textarea').focus();
    await window.page.keyboard.press(' ');
    await until(/Paused\. Space goes on\./);
    await window.screenshot('pod-logs-filtered');

    await window.command('Hybrid Clusters: Open Log as Document');
    await window.editorLine('line 2');

    await clusters.click(...workloads, 'Pods', /^web-/, 'app');
    await until(/Pod e2e-logs-\d+\/web-\S+ › app/);
    await until(/line 1\s*line 2\s*line 3/);

    await clusters.click('sandbox-admin', namespace);
    await window.command('Hybrid Clusters: Open Logs');
    await window.pick('Of pods by a label selector');
    await window.pick(namespace);
    await window.answer(/Label selector of the pods/, 'app in (web)');
    await until(/app in \(web\) · e2e-logs-\d+ · sandbox-admin · log/);
    await until(/web-\S+\/proxy\s+line 3/);
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

// The other renderers draw on a canvas, where no test can read.
const settings = { 'terminal.integrated.gpuAcceleration': 'off' };
inWindow('the log of a workload is followed in a terminal', followWorkload, { settings });
