import assert from 'node:assert/strict';
import { createHttp } from '../../src/base/pool.ts';
import { openClouds } from '../../src/explorer/cloudsNodes.ts';
import { openContextRows } from '../../src/explorer/clustersNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { chainOf } from '../../src/explorer/keys.ts';
import type { Node } from '../../src/explorer/nodes.ts';
import { objectLinks } from '../../src/explorer/objectLinks.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { otherSide, otherWorld } from '../../src/explorer/relatedNodes.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { toYaml } from '../../src/manifest/toYaml.ts';
import { createClouds } from '../../src/openstack/clouds.ts';
import { eventually, nodeAt, printChildren, printNode } from '../support/printTree.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

interface Views {
  readonly clouds: Forest;
  readonly clusters: Forest;
  readonly requests: readonly string[];
}

/** Both views over the sandbox, with every request counted. */
async function withViews(
  sandbox: SandboxEnvironment,
  user: 'admin' | 'bob',
  body: (views: Views) => Promise<void>,
): Promise<void> {
  const requests: string[] = [];
  const pool = createHttp();
  const http: typeof pool = {
    request: (one) => {
      requests.push(`${one.method} ${one.url}`);
      return pool.request(one);
    },
    stream: (one) => {
      requests.push(`${one.method} ${one.url}`);
      return pool.stream(one);
    },
    transfer: (one) => pool.transfer(one),
    socket: (one, protocols) => pool.socket(one, protocols),
    dispose: () => pool.dispose(),
  };
  const home = '/nonexistent';
  const clouds = createClouds({ http, env: { OS_CLIENT_CONFIG_FILE: sandbox.openstack.clouds }, home });
  const contexts = openContexts({
    http,
    env: { KUBECONFIG: sandbox.kubernetes.kubeconfigs[user] },
    home,
    mayRun: async () => false,
  });
  const opened = new Opened();
  const asked = { opened, bound: async () => ({ projects: [], clusters: [] }) };
  const views = {
    requests,
    clouds: new Forest(openClouds({ clouds, opened, otherWorld: otherWorld(asked), isBound: () => false })),
    clusters: new Forest(
      openContextRows({
        contexts,
        opened,
        otherSide: otherSide(asked),
        filter: { of: () => [], typed: () => [], onDidChange: () => ({ dispose() {} }) },
        isBound: () => false,
        protection: () => 'open',
      }),
    ),
  };
  try {
    await body(views);
  } finally {
    views.clouds.dispose();
    views.clusters.dispose();
    contexts.dispose();
    clouds.dispose();
    http.dispose();
  }
}

/** Ids, addresses and random ends are the sandbox's own. */
function plain(text: string): string {
  return text
    .replace(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, 'ID')
    .replace(/\b\d+\.\d+\.\d+\.\d+\b/g, 'IP')
    .replace(/\b\d+[smhd](?:\d+[smh])?\b/g, 'AGE');
}

const below = async (forest: Forest, ...path: readonly string[]) =>
  plain(await printChildren(forest, await nodeAt(forest, ...path)));

/** Follows a row to its canonical place in whichever view it stands. */
async function follow({ clouds, clusters }: Views, from: Node | undefined): Promise<Node> {
  const chain = chainOf(from?.row.key ?? '');
  assert.ok(chain, `${from?.row.label} leads nowhere`);
  const found = await (chain.view === 'clouds' ? clouds : clusters).find(chain.segments);
  assert.ok(found, `${chain.segments.join(' › ')} is not in the tree`);
  return found;
}

const rowOf = async (forest: Forest, node: Node, start: string) =>
  (await forest.children(node)).find(({ row }) => row.label.startsWith(start));

const relations = '▸ Relations   owners, what it uses, and what uses it';

sandboxTest('nothing is contacted before a row is expanded', (sandbox) =>
  withViews(sandbox, 'admin', async ({ clouds, clusters, requests }) => {
    assert.match(await printChildren(clouds), /^▸ demo {3}alice · RegionOne$/m);
    assert.match(await printChildren(clusters), /^▸ sandbox-admin {3}not opened · current$/m);
    assert.deepEqual(requests, []);
  }),
);

sandboxTest('from a server to its Node and back', (sandbox) =>
  withViews(sandbox, 'admin', async (views) => {
    const { clouds, clusters } = views;
    const path = ['demo', 'demo', 'Compute', 'Servers', 'k8s-prod-worker-1'] as const;
    assert.doesNotMatch(await below(clouds, ...path), /Node/, 'no cluster is open yet');
    await clusters.children(await nodeAt(clusters, 'sandbox-admin'));
    const rows = await eventually(
      () => below(clouds, ...path),
      (text) => text.includes('Node'),
    );
    assert.equal(
      rows.replace(/ {3}\d+$/gm, ''),
      [
        'Node k8s-prod-worker-1   Ready · sandbox-admin',
        'Machine k8s-prod-worker-1   Running · sandbox-admin/clusters',
        'OpenStackMachine k8s-prod-worker-1   Ready · sandbox-admin/clusters',
        '▸ Ports',
        '▸ Volumes',
        '▸ Volume attachments',
        '▸ Instance actions',
        '▸ Bare metal nodes',
      ].join('\n'),
    );
    const server = await nodeAt(clouds, ...path);
    const node = await follow(views, await rowOf(clouds, server, 'Node'));
    assert.match(printNode(node), /^▸ k8s-prod-worker-1 {3}Ready · worker · v1\./);
    assert.equal(plain(await printChildren(clusters, node)), `Server k8s-prod-worker-1   ACTIVE · demo\n${relations}`);
    assert.equal(await follow(views, await rowOf(clusters, node, 'Server')), server, 'the way back ends at the same row');
  }),
);

sandboxTest('from a Service to its load balancer, its floating IP, and back', (sandbox) =>
  withViews(sandbox, 'admin', async (views) => {
    const { clouds, clusters } = views;
    await clouds.children(await nodeAt(clouds, 'demo', 'demo'));
    const service = await nodeAt(clusters, 'sandbox-admin', 'shop', 'Network', 'Services', 'web');
    const rows = plain(await printChildren(clusters, service)).split('\n');
    assert.deepEqual(rows.slice(0, 2), [
      'Load balancer kube_service_prod_shop_web   ACTIVE · demo',
      'Floating IP IP   ACTIVE · demo',
    ]);
    for (const start of ['Load balancer', 'Floating IP']) {
      const resource = await follow(views, await rowOf(clusters, service, start));
      assert.match(await printChildren(clouds, resource), /^Service web {3}LoadBalancer · sandbox-admin\/shop$/m);
      assert.equal(await follow(views, await rowOf(clouds, resource, 'Service')), service);
    }
  }),
);

sandboxTest('from a floating IP to its port, its server and on', (sandbox) =>
  withViews(sandbox, 'admin', async (views) => {
    const { clouds } = views;
    const path = ['demo', 'demo', 'Compute', 'Servers', 'web-1'] as const;
    const port = (await clouds.children(await nodeAt(clouds, ...path, 'Ports')))[0];
    assert.ok(port);
    assert.doesNotMatch(await printChildren(clouds, port), /^Server/m, 'below the server, its port does not lead back up');
    const [address] = await clouds.children(await nodeAt(clouds, ...path, 'Ports', port.row.label, 'Floating IPs'));
    const home = await follow(views, address);
    assert.match(plain(await printChildren(clouds, home)), /^Port IP {3}/m);
    const homePort = await follow(views, await rowOf(clouds, home, 'Port'));
    assert.match(plain(await printChildren(clouds, homePort)), /^Server web-1 {3}ACTIVE/m);
    assert.equal(await follow(views, await rowOf(clouds, homePort, 'Server')), await nodeAt(clouds, ...path));
  }),
);

sandboxTest('from a claim and its PersistentVolume to the volume, and back', (sandbox) =>
  withViews(sandbox, 'admin', async (views) => {
    const { clouds, clusters } = views;
    await clouds.children(await nodeAt(clouds, 'demo', 'demo'));
    const claim = await nodeAt(clusters, 'sandbox-admin', 'shop', 'Storage', 'PersistentVolumeClaims', 'data-db-0');
    assert.match(plain(await printChildren(clusters, claim)), /^Volume pvc-ID {3}in-use · demo\n▸ Relations/);
    const volume = await follow(views, await rowOf(clusters, claim, 'Volume'));
    const persistent = await follow(views, await rowOf(clouds, volume, 'PersistentVolume '));
    assert.match(plain(printNode(persistent)), /^▸ pvc-ID {3}Bound · .* · shop\/data-db-0$/);
    assert.equal(await follow(views, await rowOf(clusters, persistent, 'Volume')), volume);
    assert.equal(await follow(views, await rowOf(clouds, volume, 'PersistentVolumeClaim')), claim);
  }),
);

sandboxTest('names and ids in the details of a volume, of a pod and of a node lead to rows', (sandbox) =>
  withViews(sandbox, 'admin', async (views) => {
    const { subject } = (await nodeAt(views.clouds, 'demo', 'demo', 'Compute', 'Servers', 'k8s-prod-worker-1')).row;
    assert.ok(subject.of === 'resource');
    /** The rows that the details of an object lead to, each with the word that leads there. */
    const linked = async (...path: readonly string[]) => {
      const object = (await nodeAt(views.clusters, 'sandbox-admin', ...path)).row.subject;
      assert.ok(object.of === 'object');
      const read = await object.cluster.get(object.ref);
      assert.ok(read.ok);
      const text = toYaml(read.value);
      const rows: string[] = [];
      for (const { line, start, end, key } of await objectLinks(text, object.cluster, [subject.project])) {
        const chain = chainOf(key);
        const node = chain && (await views[chain.view].find(chain.segments));
        rows.push(plain(`${text.split('\n')[line]?.slice(start, end)} → ${chain?.view} ${node?.row.label}`));
      }
      return rows.sort().join('\n');
    };
    assert.equal(
      await linked('Cluster', 'Nodes', 'k8s-prod-worker-1'),
      'ID → clouds k8s-prod-worker-1\nID → clouds k8s-prod-worker-1',
    );
    assert.equal(
      await linked('shop', 'Storage', 'PersistentVolumeClaims', 'data-db-0'),
      'cinder-ssd → clusters cinder-ssd\npvc-ID → clusters pvc-ID',
    );
    assert.match(await linked('shop', 'Workloads', 'Pods', 'db-0'), /^data-db-0 → clusters data-db-0$/m);
  }),
);

sandboxTest('an object names a server whose cloud is not open: the row says what to open', (sandbox) =>
  withViews(sandbox, 'admin', async ({ clusters }) => {
    assert.equal(
      await below(clusters, 'sandbox-admin', 'Cluster', 'Nodes', 'k8s-prod-worker-1'),
      `Server ID   open its cloud in Clouds to see it\n${relations}`,
    );
  }),
);

sandboxTest('a load balancer made by a cluster that is not open says so', (sandbox) =>
  withViews(sandbox, 'admin', async ({ clouds }) => {
    const path = ['demo', 'demo', 'Load balancers', 'Load balancers', 'kube_service_prod_shop_web'] as const;
    const [first] = (await below(clouds, ...path)).split('\n');
    assert.equal(first, 'Made by a Kubernetes cluster   open its context in Clusters to see by what');
  }),
);

sandboxTest('a Deployment owns its ReplicaSets and they their Pods', (sandbox) =>
  withViews(sandbox, 'admin', async ({ clusters }) => {
    const deployment = await nodeAt(clusters, 'sandbox-admin', 'shop', 'Workloads', 'Deployments', 'web');
    const [set] = await clusters.children(deployment);
    assert.match(set?.row.label ?? '', /^web-[0-9a-f]+/);
    const pods = (await clusters.children(set)).filter(({ row }) => row.label !== 'Relations');
    assert.ok(
      pods.length > 0 && pods.every(({ row }) => row.label.startsWith(`${set?.row.label}-`)),
      await printChildren(clusters, set),
    );
  }),
);

sandboxTest('groups show what the cloud counts, kinds how many there are, and nothing the user may not list', (sandbox) =>
  withViews(sandbox, 'admin', async ({ clouds }) => {
    for (const group of ['Compute', 'Network', 'Storage', 'Load balancers', 'Shares', 'DNS', 'Secrets', 'Container clusters'])
      await below(clouds, 'demo', 'demo', group);
    const groups = await eventually(
      () => below(clouds, 'demo', 'demo'),
      (text) =>
        /floating IPs/.test(text) && /GiB/.test(text) && /cores/.test(text) && /share/.test(text) && /\d clusters?/.test(text),
    );
    assert.match(groups, /^▸ Compute {3}\d+ servers · \d+ of \d+ cores$/m);
    assert.match(groups, /^▸ Network {3}\d+ networks · \d+ of \d+ floating IPs$/m);
    assert.match(groups, /^▸ (?:! )?Storage {3}.*\d+ of [\d ]+ GiB/m);
    assert.match(groups, /^▸ Shares {3}\d+ shares? · \d+ of [\d ]+ GiB$/m);
    assert.match(groups, /^▸ Container clusters {3}\d+ clusters?$/m);
    assert.match(groups, /^▸ Load balancers {3}\d+ load balancers?$/m);
    const kinds = await eventually(
      () => below(clouds, 'demo', 'demo', 'Compute'),
      (text) => /Servers {3}\d/.test(text) && /Flavors {3}\d/.test(text),
    );
    assert.match(kinds, /^▸ Servers {3}\d+$/m);
    assert.doesNotMatch(kinds, /Hypervisors/);
  }),
);

sandboxTest('what the user may not list is one row with its sentence, and its siblings live', (sandbox) =>
  withViews(sandbox, 'bob', async ({ clusters }) => {
    const [context] = await clusters.children();
    assert.ok(context);
    const secrets = await below(clusters, context.row.label, 'shop', 'Config', 'Secrets');
    assert.match(secrets, /^! .*secrets/);
    assert.doesNotMatch(secrets, /\n/);
    assert.match(await below(clusters, context.row.label, 'shop', 'Workloads', 'Deployments'), /^▸ .*web {3}\d+\/\d+/m);
  }),
);
