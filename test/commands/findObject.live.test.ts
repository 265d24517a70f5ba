/** What is found on the sandbox's API server by what one types, and what a user who may see one namespace finds. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { createHttp } from '../../src/base/http.ts';
import { findQuery } from '../../src/explorer/findQuery.ts';
import { foundGroups, objectThing } from '../../src/explorer/findRows.ts';
import type { Cluster, KubeObject } from '../../src/kubernetes/cluster.ts';
import { ObjectIndex } from '../../src/kubernetes/objectIndex.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

const space = `find-${process.pid}`;
const labels = { app: 'finder', tier: `t${process.pid}` };
const template = { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'registry.example/finder:1.27' }] } };
const objects: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'finder', namespace: space, labels },
    spec: { replicas: 1, selector: { matchLabels: labels }, template },
  },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'finder-key', namespace: space }, data: { key: 'c2VjcmV0' } },
];

async function clusterOf(sandbox: SandboxEnvironment, user: 'admin' | 'bob'): Promise<Cluster> {
  const env = { KUBECONFIG: sandbox.kubernetes.kubeconfigs[user] };
  const contexts = openContexts({ http: createHttp(), env, mayRun: async () => false });
  const opened = await contexts.open(`sandbox-${user}`);
  assert.ok(opened.ok);
  return opened.value;
}

async function idle(index: ObjectIndex): Promise<void> {
  while (index.busy) await new Promise<void>((resolve) => index.onDidChange(() => resolve()));
}

sandboxTest('an object is found by its name, label, image, owner and address; no data of a Secret is kept', async (sandbox) => {
  const cluster = await clusterOf(sandbox, 'admin');
  const index = new ObjectIndex();
  try {
    for (const object of objects) assert.ok((await cluster.apply(object)).ok);
    const running = async () => {
      const pods = await cluster.list('v1', 'Pod', { namespace: space });
      const status = pods.ok ? pods.value.items[0]?.['status'] : undefined;
      return typeof status === 'object' && status !== null ? String(Reflect.get(status, 'podIP') ?? '') : '';
    };
    let address = '';
    for (const end = Date.now() + 60_000; address === '' && Date.now() < end; ) {
      address = await running();
      if (address === '') await new Promise((resolve) => setTimeout(resolve, 500));
    }
    assert.notEqual(address, '');
    index.include(cluster, []);
    await idle(index);
    assert.deepEqual(index.troubles, []);
    const found = (typed: string) =>
      foundGroups(findQuery(`${typed} ns:${space}`), [...index.objects].map(objectThing))
        .groups.flatMap(({ title, rows }) =>
          rows.map(({ value }) => `${title} ${value.name.replace(/-[a-z0-9]+-[a-z0-9]{5}$/, '-…')}`),
        )
        .join(', ');
    assert.equal(found('kind:deploy finder'), 'Deployments finder');
    assert.match(found(`tier=${labels.tier} kind:pod`), /^Pods finder-…$/);
    assert.match(found(address), /^Pods finder-…$/);
    assert.match(found('registry.example/finder kind:pods'), /^Pods finder-…$/);
    assert.match(found('owner:replicaset'), /^Pods finder-…$/);
    assert.equal(found('finder-key'), 'Secrets finder-key');
    const kept = JSON.stringify([...index.objects].map(({ cluster: _, ...rest }) => rest));
    assert.ok(!kept.includes('c2VjcmV0') && !kept.includes('last-applied'));
    assert.equal(foundGroups(findQuery(space), [...index.objects].map(objectThing)).groups[0]?.title, 'Namespaces');
  } finally {
    index.dispose();
    await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: space });
    cluster.dispose();
  }
});

sandboxTest('who may list one namespace only finds what is in it, and is told what may not be listed', async (sandbox) => {
  const cluster = await clusterOf(sandbox, 'bob');
  const index = new ObjectIndex();
  try {
    index.include(cluster, ['shop', 'default']);
    await idle(index);
    assert.deepEqual([...new Set([...index.objects].flatMap(({ namespace }) => namespace ?? []))], ['shop']);
    assert.match(index.troubles.join(' '), /^In sandbox-bob you may not list \w+, \w+ and \d+ more\.$/);
  } finally {
    index.dispose();
    cluster.dispose();
  }
});
