/** What a person sees of the two worlds and of what holds them together, on the sandbox. */
import assert from 'node:assert/strict';
import { bind } from './bind.ts';
import { inWindow } from './inWindow.ts';

inWindow(
  'Clouds goes down to a server, and across to the Node that it is',
  async ({ window }) => {
    const clouds = await window.view('Clouds');
    await clouds.find('demo');
    await window.screenshot('clouds');
    const servers = await clouds.expand('demo', 'demo', 'Compute', 'Servers');
    assert.ok(servers.length >= 5, await clouds.text());
    assert.match(
      (await clouds.find('demo', 'demo', 'Compute', 'Servers', 'k8s-prod-worker-1')).description,
      /ACTIVE · m1\.\w+ · \d+\.\d+/,
    );
    await clouds.expand('demo', 'demo', 'Compute', 'Servers', 'k8s-prod-worker-1');
    await clouds.find('demo', 'demo', 'Compute', 'Servers', 'k8s-prod-worker-1', /Node k8s-prod-worker-1/);
    await window.screenshot('clouds-server');
    const tooltip = await clouds.tooltip(/flavor/, 'demo', 'demo', 'Compute', 'Servers', 'k8s-prod-worker-1');
    assert.match(tooltip, /as\sof\s+\d\d:\d\d\s·\sdemo\s\/\sRegionOne\s·\sas\salice/);
    assert.deepEqual(await window.notifications(), []);
  },
  { prepare: bind },
);

inWindow(
  'Clusters goes down to the pods, and across to the load balancer of a Service',
  async ({ window }) => {
    const clusters = await window.view('Clusters');
    await clusters.find('sandbox-admin');
    await window.screenshot('clusters');
    await clusters.expand('sandbox-admin', 'shop', 'Workloads', 'Deployments', 'web');
    const pods = await clusters.expand('sandbox-admin', 'shop', 'Workloads', 'Deployments', 'web', /^web-/);
    assert.match(pods[0]?.description ?? '', /Running/);
    await window.screenshot('clusters-pods');
    await clusters.expand('sandbox-admin', 'shop', 'Network', 'Services', 'web');
    await clusters.find('sandbox-admin', 'shop', 'Network', 'Services', 'web', /Load balancer kube_service_prod_shop_web/);
    await window.screenshot('clusters-service');
    assert.deepEqual(await window.notifications(), []);
  },
  { prepare: bind },
);

inWindow(
  'Reveal jumps from a Service to its load balancer; a click opens it as YAML',
  async ({ window }) => {
    const clusters = await window.view('Clusters');
    const path = ['sandbox-admin', 'shop', 'Network', 'Services', 'web', /Load balancer kube_service_prod_shop_web/] as const;
    await clusters.find(...path);
    await clusters.inline('Reveal in the Tree', ...path);
    const clouds = await window.view('Clouds');
    await clouds.untilSelected(/^kube_service_prod_shop_web/);
    await clouds.click('demo', 'demo', 'Load balancers', 'Load balancers', 'kube_service_prod_shop_web');
    await window.editorLine('vip_address:');
    await window.screenshot('clouds-revealed');
    assert.deepEqual(await window.notifications(), []);
  },
  { prepare: bind },
);

inWindow(
  'in Restricted Mode the views say why they are empty, and a command why it does nothing',
  async ({ window }) => {
    const clouds = await window.view('Clouds');
    assert.match(await clouds.welcome(), /not trusted yet: nothing is contacted and nothing runs/);
    await window.screenshot('restricted');
    await window.command('Hybrid Clusters: Add Cloud');
    assert.match(await window.told(/not trusted yet/), /contacts nothing and runs nothing/);
  },
  { trust: true },
);
