import { spawn } from 'node:child_process';
import { requireSandbox } from '../support/sandbox.ts';
import type { Bar } from './bar.ts';
import { comparePods } from './manyPods.ts';

const pods = 5_000;
const namespaces = Array.from({ length: 10 }, (_, index) => `team-${String(index).padStart(2, '0')}`);
const atATime = 24;

/** 5,000 real pods that nobody schedules, in the sandbox's own API server, read by the same three sides as those of G7; all through one `kubectl proxy`, so that none pays for its sign-in. */
export async function realPods(): Promise<Bar> {
  const { kubernetes } = requireSandbox();
  const args = ['--kubeconfig', kubernetes.kubeconfig, 'proxy', '--port=0'];
  const proxy = spawn(kubernetes.kubectl, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const url = await new Promise<string>((resolve) => {
      proxy.stdout.setEncoding('utf8').on('data', (text: string) => {
        const address = /127\.0\.0\.1:\d+/.exec(text)?.[0];
        if (address) resolve(`http://${address}`);
      });
    });
    try {
      await fill(url);
      const { bar, ratios, longestMs } = await comparePods(url, pods);
      const met = ratios.first > 1 && ratios.cpu > 1 && ratios.memory > 1 && longestMs <= 16;
      const goal = 'faster, lighter and smaller than both, longest block <= 16 ms';
      return { ...bar, bar: 'pods', what: `the first rows of ${pods} real pods, in ms`, goal, met };
    } finally {
      for (const namespace of namespaces) await send(url, 'DELETE', `/api/v1/namespaces/${namespace}`);
    }
  } finally {
    proxy.kill();
  }
}

async function fill(url: string): Promise<void> {
  for (const name of namespaces) await send(url, 'POST', '/api/v1/namespaces', { metadata: { name } });
  const left = Array.from({ length: pods }, (_, index) => index);
  const one = async () => {
    for (let index = left.pop(); index !== undefined; index = left.pop()) {
      const namespace = namespaces[index % namespaces.length] ?? '';
      await send(url, 'POST', `/api/v1/namespaces/${namespace}/pods`, {
        metadata: { name: `web-${index}`, labels: { app: 'web', group: String(index % 20) } },
        spec: { schedulerName: 'nobody', automountServiceAccountToken: false, containers: [{ name: 'web', image: 'nginx' }] },
      });
    }
  };
  await Promise.all(Array.from({ length: atATime }, one));
}

async function send(url: string, method: 'POST' | 'DELETE', path: string, body?: unknown): Promise<void> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  for (const end = Date.now() + 120_000; ; ) {
    const answer = await fetch(`${url}${path}`, { method, ...sent });
    await answer.text();
    if (answer.ok) return;
    // A namespace gets its ServiceAccount a moment after it is made; one of a run before may still be going.
    if (![403, 409].includes(answer.status) || Date.now() > end) throw new Error(`${method} ${path}: ${answer.status}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
