/** Actions on rows: what a controller owns is named before anything goes out; what is nobody's goes after a yes, and its row follows. */
import assert from 'node:assert/strict';
import { openstack } from '../../support/openstack.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

const pair = `e2e-act-${process.pid}`;
const worker = ['demo', 'demo', 'Compute', 'Servers', 'k8s-prod-worker-1'] as const;
const balancer = ['demo', 'demo', 'Load balancers', 'Load balancers', 'kube_service_prod_shop_web'] as const;

async function owned({ window, sandbox }: Scene): Promise<void> {
  const clouds = await window.view('Clouds');
  await clouds.menu('Stop Server', ...worker);
  const asked = await window.dialog(/Stop server k8s-prod-worker-1/);
  assert.match(asked, /Owned by Node k8s-prod-worker-1 on sandbox-admin\. Its pods stop/);
  assert.match(asked, /Owned by Machine clusters\/k8s-prod-worker-1.*MachineHealthCheck/);
  await window.screenshot('action-owned');
  await window.pressInDialog('Stop…');
  await window.answer(/Type k8s-prod-worker-1/, 'k8s-prod-worker');
  await window.page.keyboard.press('Escape');

  const node = ['sandbox-admin', 'Cluster', 'Nodes', 'k8s-prod-worker-1'] as const;
  await clouds.menu('Stop Server', ...worker);
  await window.pressInDialog('Cordon Node');
  const nodes = await window.view('Clusters');
  await nodes.find(...node);
  await nodes.untilSays(/SchedulingDisabled/, ...node);
  await nodes.menu('Uncordon Node', ...node);
  await nodes.untilSays(/^Ready(?!.*SchedulingDisabled)/, ...node);

  await window.view('Clouds');
  await clouds.menu('Delete', ...balancer);
  assert.match(
    await window.dialog(/Delete load balancer/),
    /Owned by Service shop\/web on sandbox-admin.*Better: Change or delete the Service/s,
  );
  await window.pressInDialog('Show Service');
  await (await window.view('Clusters')).untilSelected(/^web$/);

  const servers = await openstack(sandbox, 'demo', 'compute', 'GET', '/servers/detail?name=k8s-prod-worker-1');
  assert.match(JSON.stringify(servers), /"status":"ACTIVE"/);
  const balancers = await openstack(
    sandbox,
    'demo',
    'load-balancer',
    'GET',
    '/v2/lbaas/loadbalancers?name=kube_service_prod_shop_web',
  );
  assert.match(JSON.stringify(balancers), /"provisioning_status":"ACTIVE"/);
}

async function nobodys({ window, sandbox }: Scene): Promise<void> {
  const pairs = ['demo', 'demo', 'Compute', 'Key pairs'] as const;
  await openstack(sandbox, 'demo', 'compute', 'POST', '/os-keypairs', { keypair: { name: pair } });
  const clouds = await window.view('Clouds');
  await clouds.find(...pairs, pair);
  await clouds.menu('Delete', ...pairs, pair);
  assert.match(await window.dialog(/Delete key pair/), /demo › demo, alice/);
  await window.screenshot('action-delete');
  await window.pressInDialog('Delete');
  await clouds.untilGone(...pairs, pair);
  await window.untilQuiet();
}

inWindow('a server of a Node and a load balancer of a Service name their owners before anything goes out', owned, {
  prepare: bind,
});
async function opened({ window }: Scene): Promise<void> {
  const clouds = await window.view('Clouds');
  await clouds.menu('Open Console Log', ...worker);
  await window.editorLine('FAKE CONSOLE OUTPUT');
  await clouds.menu('Connect by SSH', ...worker);
  await window.answer(/Connect to k8s-prod-worker-1 at 10\./, 'debian');
  await window.page.locator('.terminal-wrapper').first().waitFor();
  await window.screenshot('server-opened');
}

async function made({ window, sandbox }: Scene): Promise<void> {
  const volumes = ['demo', 'demo', 'Storage', 'Volumes'] as const;
  const clouds = await window.view('Clouds');
  await clouds.expand(...volumes);
  await clouds.inline('Create', ...volumes);
  await window.pick('Nothing: an empty volume');
  await window.answer(/Create volume in demo › demo \(alice\) \(2\/4\): Name/, pair);
  await window.answer(/Size in GiB/, '1');
  await window.screenshot('create-volume');
  await window.pick('None');
  await clouds.untilSelected(new RegExp(`^${pair}$`));
  await clouds.menu('Delete', ...volumes, pair);
  await window.dialog(/Delete volume/);
  await window.pressInDialog('Delete');
  await clouds.untilGone(...volumes, pair);
  const left = await openstack(sandbox, 'demo', 'block-storage', 'GET', `/volumes?name=${pair}`);
  assert.deepEqual(left, { volumes: [] });
}

inWindow('a volume is created by answering four questions, shown, and deleted', made, { prepare: bind });
inWindow('the console log of a server opens, and a terminal to it', opened, { prepare: bind });
inWindow('a key pair is deleted after a yes, and its row goes', nobodys, { prepare: bind });
