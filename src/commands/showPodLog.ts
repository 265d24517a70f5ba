import { commands } from 'vscode';
import type { Documents } from '../host/documents.ts';
import type { Cluster, KubeObject, ObjectRef } from '../kubernetes/cluster.ts';

const lastLines = 200;

/** Opens the last lines of every container of a pod as one read-only document; where a container has none, what the server says instead. */
export async function showPodLog(documents: Documents, cluster: Cluster, pod: ObjectRef): Promise<void> {
  const { name, namespace = 'default' } = pod;
  const uri = documents.provide(`${cluster.context.name}/${namespace}/${name}.log`, () => readLog(cluster, pod));
  await commands.executeCommand('vscode.open', uri);
}

async function readLog(cluster: Cluster, ref: ObjectRef): Promise<string> {
  const pod = await cluster.get(ref);
  if (!pod.ok) return pod.failure.message;
  const parts = containersOf(pod.value).map(async (container) => {
    const { namespace = 'default', name } = ref;
    const query = new URLSearchParams({ container, tailLines: String(lastLines), timestamps: 'true' });
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}/log?${query}`;
    const log = await cluster.raw(path, { accept: '*/*' });
    return `# ${container}\n${log.ok ? log.value : log.failure.message}\n`;
  });
  return (await Promise.all(parts)).join('\n');
}

function containersOf({ spec }: KubeObject): string[] {
  if (typeof spec !== 'object' || spec === null) return [];
  return ['initContainers', 'containers'].flatMap((list) => {
    const containers: unknown = Reflect.get(spec, list);
    if (!Array.isArray(containers)) return [];
    return containers.flatMap((one) => (typeof one?.name === 'string' ? [one.name as string] : []));
  });
}
