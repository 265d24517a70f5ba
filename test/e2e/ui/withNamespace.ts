import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kubectl } from '../kubectl.ts';
import type { Scene } from './inWindow.ts';

/** Plays with objects in a namespace that is made for it, and taken away at the end. */
export async function withNamespace(
  { sandbox, folder }: Scene,
  namespace: string,
  items: readonly object[],
  play: () => Promise<void>,
): Promise<void> {
  const file = join(folder, `${namespace}.json`);
  await writeFile(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    await kubectl(sandbox, 'apply', '--server-side', '--namespace', namespace, '-f', file);
    await play();
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
  }
}

/** A Deployment of nginx, as short as one can be. */
export function deploymentOf(name: string, spec: object = {}, pod: object = {}): object {
  const labels = { app: name };
  const container = { name: 'nginx', image: 'nginx:1.29', ports: [{ containerPort: 80, name: 'http' }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      ...spec,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [container], ...pod } },
    },
  };
}
