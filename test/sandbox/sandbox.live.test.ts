import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findSandbox, type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';
import { Kubernetes } from './api/kubernetes.ts';
import type { Claim, KubeObject, Node, PersistentVolume, Pod, Service } from './api/objects.ts';
import { OpenStack } from './api/openstack.ts';
import { Refused } from './api/request.ts';
import { Applier } from './seed/manifests.ts';

const NAMESPACE = 'sandbox-live-test';
const found = findSandbox();

before(() =>
  inNamespace((kubernetes, path) => kubernetes.create('/api/v1/namespaces', { metadata: { name: path.split('/').at(-1) } })),
);
after(() => inNamespace((kubernetes, path) => kubernetes.delete(path)));

async function inNamespace(work: (kubernetes: Kubernetes, path: string) => Promise<unknown>): Promise<void> {
  if (!('sandbox' in found)) return;
  const { kubernetes } = connect(found.sandbox);
  await work(kubernetes, `/api/v1/namespaces/${NAMESPACE}`);
  kubernetes.close();
}

function connect({ openstack, kubernetes }: SandboxEnvironment): { cloud: OpenStack; kubernetes: Kubernetes } {
  return { cloud: OpenStack.open(openstack.clouds, 'demo'), kubernetes: new Kubernetes(kubernetes.kubeconfig) };
}

/** Asks until `done` holds; fails after half a minute with the last answer. */
async function eventually<T>(ask: () => Promise<T>, done: (answer: T) => boolean): Promise<T> {
  let answer = await ask();
  for (let tries = 0; tries < 150 && !done(answer); tries++) {
    await sleep(200);
    answer = await ask();
  }
  assert.ok(done(answer), JSON.stringify(answer));
  return answer;
}

sandboxTest('Nodes lead to servers: two to one each, one to a server that is gone', async (sandbox) => {
  const { cloud, kubernetes } = connect(sandbox);
  const { items } = await kubernetes.list<Node>('/api/v1/nodes');
  const { servers } = await cloud.get<{ servers: { id: string; name: string }[] }>('compute', '/servers');
  const lines = items.map(({ metadata, spec }) => {
    const id = spec.providerID?.split('/').at(-1);
    return `${metadata.name} → ${servers.find((server) => server.id === id)?.name ?? 'nothing'}`;
  });
  assert.deepEqual(lines, [
    'k8s-prod-control-1 → k8s-prod-control-1',
    'k8s-prod-worker-1 → k8s-prod-worker-1',
    'k8s-prod-worker-2 → k8s-prod-worker-2',
    'k8s-prod-worker-3 → nothing',
    'shoot--demo--edge-pool-z1-7c9f8-x2x4k → shoot--demo--edge-pool-z1-7c9f8-x2x4k',
  ]);
  assert.ok(servers.some(({ name }) => name === 'k8s-prod-worker-4'));
});

sandboxTest('the Service shop/web has its load balancer, members on both workers and a floating IP', async (sandbox) => {
  const { cloud, kubernetes } = connect(sandbox);
  const service = await kubernetes.get<Service>('/api/v1/namespaces/shop/services/web');
  const id = service.metadata.annotations?.['loadbalancer.openstack.org/load-balancer-id'];
  const path = `/lbaas/loadbalancers/${id}`;
  const { loadbalancer } = await cloud.get<{ loadbalancer: Record<string, unknown> }>('load-balancer', path);
  assert.equal(loadbalancer['name'], 'kube_service_prod_shop_web');
  assert.equal(loadbalancer['provisioning_status'], 'ACTIVE');
  const { statuses } = await cloud.get<{
    statuses: { loadbalancer: { listeners: { name: string; pools: { members: { name: string }[] }[] }[] } };
  }>('load-balancer', `${path}/status`);
  const tree = statuses.loadbalancer.listeners.map(
    ({ name, pools }) => `${name}: ${pools.flatMap(({ members }) => members.map((member) => member.name)).sort()}`,
  );
  assert.deepEqual(tree.sort(), [
    'listener_0_kube_service_prod_shop_web: k8s-prod-worker-1,k8s-prod-worker-2',
    'listener_1_kube_service_prod_shop_web: k8s-prod-worker-1,k8s-prod-worker-2',
  ]);
  const { floatingips } = await cloud.get<{ floatingips: { floating_ip_address: string; description: string }[] }>(
    'network',
    `/floatingips?port_id=${loadbalancer['vip_port_id']}`,
  );
  assert.equal(floatingips[0]?.floating_ip_address, service.status?.loadBalancer?.ingress?.[0]?.ip);
  assert.equal(floatingips[0]?.description, 'Floating IP for Kubernetes external service shop/web from cluster prod');
});

sandboxTest('PersistentVolumes are volumes; the database’s is attached to the server its pod runs on', async (sandbox) => {
  const { cloud, kubernetes } = connect(sandbox);
  const claim = await kubernetes.get<Claim>('/api/v1/namespaces/shop/persistentvolumeclaims/data-db-0');
  const volume = await kubernetes.get<PersistentVolume>(`/api/v1/persistentvolumes/${claim.spec.volumeName}`);
  const pod = await kubernetes.get<Pod>('/api/v1/namespaces/shop/pods/db-0');
  const node = await kubernetes.get<Node>(`/api/v1/nodes/${pod.spec.nodeName}`);
  const seen = await eventually(
    () =>
      cloud.get<{ volume: { name: string; metadata: Record<string, string>; attachments: { server_id: string }[] } }>(
        'block-storage',
        `/volumes/${volume.spec.csi?.volumeHandle}`,
      ),
    (answer) => answer.volume.attachments.length === 1,
  );
  assert.equal(seen.volume.name, `pvc-${claim.metadata.uid}`);
  assert.equal(seen.volume.metadata['csi.storage.k8s.io/pvc/name'], 'data-db-0');
  assert.equal(node.spec.providerID, `openstack:///${seen.volume.attachments[0]?.server_id}`);
});

sandboxTest('a Service gets an address, and one with a network that is not there the reason', async (sandbox) => {
  const { cloud, kubernetes } = connect(sandbox);
  const applier = new Applier(kubernetes, {});
  await applier.applyText(`
{apiVersion: v1, kind: Service, metadata: {name: good, namespace: ${NAMESPACE}, annotations: {loadbalancer.openstack.org/floating-subnet: "public-*"}}, spec: {type: LoadBalancer, ports: [{port: 80}]}}
---
{apiVersion: v1, kind: Service, metadata: {name: bad, namespace: ${NAMESPACE}, annotations: {loadbalancer.openstack.org/network-id: 7d0e6f3a-52b1-4c7e-9a48-0c1f5f7f0b11}}, spec: {type: LoadBalancer, ports: [{port: 80}]}}
`);
  const collection = `/api/v1/namespaces/${NAMESPACE}`;
  const good = await eventually(() => kubernetes.get<Service>(`${collection}/services/good`), hasAddress);
  assert.match(good.status?.loadBalancer?.ingress?.[0]?.ip ?? '', /^203\.0\.113\.\d+$/);
  const events = await eventually(
    () => messages(kubernetes, 'bad'),
    (all) => all.some((text) => text.startsWith('SyncLoadBalancerFailed')),
  );
  assert.ok(
    events.some((text) => text.includes('Network 7d0e6f3a-52b1-4c7e-9a48-0c1f5f7f0b11 not found')),
    events.join('\n'),
  );
  await kubernetes.delete(`${collection}/services/good`);
  await kubernetes.delete(`${collection}/services/bad`);
  const name = `kube_service_prod_${NAMESPACE}_good`;
  const named = async (): Promise<{ name: string }[]> => {
    const { loadbalancers } = await cloud.get<{ loadbalancers: { name: string }[] }>('load-balancer', '/lbaas/loadbalancers');
    const { listeners } = await cloud.get<{ listeners: { name: string }[] }>('load-balancer', '/lbaas/listeners');
    return [...loadbalancers, ...listeners].filter((resource) => resource.name.endsWith(name));
  };
  // Octavia answers a list with 500 while one of its listeners is just being deleted: then something is left still.
  const left = () => named().catch(() => [{ name }]);
  await eventually(left, ({ length }) => length === 0);
});

function hasAddress({ status }: Service): boolean {
  return status?.loadBalancer?.ingress?.[0]?.ip !== undefined;
}

async function messages(kubernetes: Kubernetes, name: string): Promise<string[]> {
  const path = `/api/v1/namespaces/${NAMESPACE}/events?fieldSelector=involvedObject.name%3D${name}`;
  const { items } = await kubernetes.list<KubeObject & { reason: string; message: string }>(path);
  return items.map(({ reason, message }) => `${reason}: ${message}`);
}

sandboxTest('pods start, or fail with the words of a node, within seconds', async (sandbox) => {
  const { kubernetes } = connect(sandbox);
  const applier = new Applier(kubernetes, {});
  const specs: Record<string, string> = {
    healthy: '{containers: [{name: c, image: nginx}]}',
    'no-image': '{containers: [{name: c, image: "registry.example/render:1.3"}]}',
    'no-settings': '{containers: [{name: c, image: nginx, envFrom: [{configMapRef: {name: later}}]}]}',
    crashing: '{containers: [{name: c, image: busybox, command: ["false"]}]}',
  };
  for (const [name, spec] of Object.entries(specs))
    await applier.applyText(`{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: ${NAMESPACE}}, spec: ${spec}}`);
  const stateOf = async (name: string) => {
    const pod = await kubernetes.get<Pod>(`/api/v1/namespaces/${NAMESPACE}/pods/${name}`);
    const [container] = pod.status?.containerStatuses ?? [];
    return container?.state.waiting?.reason ?? (container?.ready ? 'ready' : 'not yet');
  };
  await eventually(
    () => stateOf('healthy'),
    (state) => state === 'ready',
  );
  await eventually(
    () => stateOf('no-image'),
    (state) => state === 'ImagePullBackOff',
  );
  await eventually(
    () => stateOf('crashing'),
    (state) => state === 'CrashLoopBackOff',
  );
  await eventually(
    () => stateOf('no-settings'),
    (state) => state === 'CreateContainerConfigError',
  );
  await applier.applyText(`{apiVersion: v1, kind: ConfigMap, metadata: {name: later, namespace: ${NAMESPACE}}}`);
  await eventually(
    () => stateOf('no-settings'),
    (state) => state === 'ready',
  );
  const events = await eventually(
    () => messages(kubernetes, 'no-image'),
    (all) => all.some((text) => text.startsWith('Failed:')),
  );
  assert.ok(
    events.some((text) => text.includes('registry.example/render:1.3: not found')),
    events.join('\n'),
  );
});

sandboxTest('an ORC object is imported, waits for what is not there, or makes what is described', async (sandbox) => {
  const { cloud, kubernetes } = connect(sandbox);
  const secret = await kubernetes.get<KubeObject & { data: Record<string, string> }>(
    '/api/v1/namespaces/shop/secrets/openstack-clouds',
  );
  await kubernetes.apply(
    `/api/v1/namespaces/${NAMESPACE}/secrets/openstack-clouds`,
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'openstack-clouds' }, data: secret.data },
    'sandbox',
  );
  const head = (name: string) =>
    `apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Network, metadata: {name: ${name}, namespace: ${NAMESPACE}}`;
  const cloudRef = 'cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}';
  await new Applier(kubernetes, {}).applyText(`
{${head('there')}, spec: {${cloudRef}, managementPolicy: unmanaged, import: {filter: {name: private}}}}
---
{${head('absent')}, spec: {${cloudRef}, managementPolicy: unmanaged, import: {filter: {name: privat}}}}
---
{${head('sandbox-live-made')}, spec: {${cloudRef}, managementPolicy: managed, resource: {description: made}}}
`);
  const ask = (name: string) =>
    kubernetes.get<Orc>(`/apis/openstack.k-orc.cloud/v1alpha1/namespaces/${NAMESPACE}/networks/${name}`);
  const there = await eventually(
    () => ask('there'),
    ({ status }) => status?.id !== undefined,
  );
  assert.equal(
    described(there),
    'Available=True Success "OpenStack resource is available", Progressing=False Success "OpenStack resource is up to date"',
  );
  const waiting = 'Progressing "Waiting for OpenStack resource to be created externally"';
  const absent = await eventually(
    () => ask('absent'),
    ({ status }) => status?.conditions !== undefined,
  );
  assert.equal(described(absent), `Available=False ${waiting}, Progressing=True ${waiting}`);
  const made = await eventually(
    () => ask('sandbox-live-made'),
    ({ status }) => status?.id !== undefined,
  );
  const { network } = await cloud.get<{ network: { name: string } }>('network', `/networks/${made.status?.id}`);
  assert.equal(network.name, 'sandbox-live-made');
  await kubernetes.delete(`/apis/openstack.k-orc.cloud/v1alpha1/namespaces/${NAMESPACE}/networks/sandbox-live-made`);
  await eventually(
    () => cloud.get<{ networks: unknown[] }>('network', '/networks?name=sandbox-live-made'),
    ({ networks }) => networks.length === 0,
  );
});

interface Orc extends KubeObject {
  readonly status?: {
    readonly id?: string;
    readonly conditions?: readonly { type: string; status: string; reason: string; message: string }[];
  };
}

function described({ status }: Orc): string {
  return (status?.conditions ?? [])
    .map(({ type, status: is, reason, message }) => `${type}=${is} ${reason} "${message}"`)
    .join(', ');
}

sandboxTest(
  'alice edits the shop, bob only looks at it, and admission refuses one label',
  async ({ kubernetes: { kubeconfigs } }) => {
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'sandbox-live', namespace: 'shop', labels: {} } };
    const create = async (user: 'alice' | 'bob', labels: Record<string, string>) => {
      const kubernetes = new Kubernetes(kubeconfigs[user]);
      const path = '/api/v1/namespaces/shop/configmaps?dryRun=All';
      try {
        await kubernetes.create(path, { ...configMap, metadata: { ...configMap.metadata, labels } });
        return 'created';
      } catch (error) {
        return error instanceof Refused
          ? `${error.status} ${/not allowed in this cluster|cannot create/.exec(error.answer)?.[0]}`
          : String(error);
      } finally {
        kubernetes.close();
      }
    };
    assert.deepEqual(
      [await create('alice', {}), await create('alice', { tier: 'forbidden' }), await create('bob', {})],
      ['created', '403 not allowed in this cluster', '403 cannot create'],
    );
    for (const user of ['alice', 'bob'] as const)
      assert.match(readFileSync(kubeconfigs[user], 'utf8'), new RegExp(`current-context: sandbox-${user}`));
  },
);

sandboxTest('the API server writes down every request', async (sandbox) => {
  const { kubernetes } = connect(sandbox);
  const mark = `/api/v1/namespaces/default/configmaps/asked-${process.pid}`;
  await kubernetes.find(mark);
  await eventually(async () => readFileSync(sandbox.kubernetes.auditLog, 'utf8').includes(mark), Boolean);
});
