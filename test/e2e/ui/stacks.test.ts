/** A Heat stack goes out with the manifests around it: planned, followed by its events, changed after a look at what that replaces, told why a nested resource fails, and taken away when its name was typed. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openstack } from '../../support/openstack.ts';
import { kubectl } from '../kubectl.ts';
import { bind } from './bind.ts';
import { inWindow, type Scene } from './inWindow.ts';

const namespace = `e2e-stacks-${process.pid}`;
const name = `shop-net-${process.pid}`;

const stack = `apiVersion: hybrid-clusters/v1
kind: Stack
metadata: {name: ${name}}
spec:
  template: heat/network.yaml
  environments: [heat/prod.yaml]
  parameters: {prefix: ${name}}
`;
const environment = (cidr: string, purpose: string) => `parameters:
  cidr: ${cidr}
  purpose: ${purpose}
`;
const template = (...more: readonly string[]) => `heat_template_version: 2018-08-31
parameters:
  prefix: {type: string}
  cidr: {type: string}
  purpose: {type: string}
resources:
  net:
    type: OS::Neutron::Net
    properties: {name: {get_param: prefix}}
  subnet:
    type: OS::Neutron::Subnet
    properties: {name: {get_param: prefix}, network: {get_resource: net}, cidr: {get_param: cidr}, enable_dhcp: false}
  wall:
    type: OS::Neutron::SecurityGroup
    properties: {name: {get_param: prefix}, description: {get_param: purpose}}
  token:
    type: OS::Heat::RandomString
    properties: {length: 16}
${more.join('')}`;
/** Only Neutron can tell that the two ranges overlap. */
const nested = '  annex: {type: annex.yaml, properties: {network: {get_resource: net}}, depends_on: subnet}\n';
const annex = (cidr: string) => `heat_template_version: 2018-08-31
parameters:
  network: {type: string}
resources:
  second:
    type: OS::Neutron::Subnet
    properties: {network: {get_param: network}, cidr: ${cidr}, enable_dhcp: false}
`;
/** Names what the stack makes, so that it waits for it. */
const web = `apiVersion: v1
kind: ConfigMap
metadata: {name: cloud-config}
data:
  cloud.conf: |
    [Global]
    use-clouds=true
    [LoadBalancer]
    floating-subnet=${name}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
        - name: web
          image: nginx:1.29
          volumeMounts: [{name: cloud, mountPath: /etc/cloud}]
      volumes: [{name: cloud, configMap: {name: cloud-config}}]
`;

const write = (folder: string, files: Readonly<Record<string, string>>) =>
  Promise.all(Object.entries(files).map(([file, text]) => writeFile(join(folder, 'stall', file), text)));

async function prepare(folder: string): Promise<void> {
  await mkdir(join(folder, 'stall/heat'), { recursive: true });
  await write(folder, {
    'stack.yaml': stack,
    'web.yaml': web,
    'heat/network.yaml': template(),
    'heat/prod.yaml': environment('10.99.0.0/24', 'the shop'),
  });
  await bind(folder, namespace);
}

/** What the cloud has of the stack, asked past the extension: its state, the ranges of its subnets, what its security group is for. */
async function inCloud({ sandbox }: Scene): Promise<string> {
  const ask = (type: string, path: string) => openstack(sandbox, 'demo', type, 'GET', path) as Promise<unknown>;
  const [stacks, subnets, groups] = (await Promise.all([
    ask('orchestration', `/stacks?name=${name}`),
    ask('network', `/v2.0/subnets?name=${name}`),
    ask('network', `/v2.0/security-groups?name=${name}`),
  ])) as [
    { readonly stacks: readonly { readonly stack_status: string }[] },
    { readonly subnets: readonly { readonly cidr: string }[] },
    { readonly security_groups: readonly { readonly description: string }[] },
  ];
  return [
    ...stacks.stacks.map(({ stack_status }) => stack_status),
    ...subnets.subnets.map(({ cidr }) => cidr),
    ...groups.security_groups.map(({ description }) => description),
  ].join(' · ');
}

async function play(scene: Scene): Promise<void> {
  const { window, folder, sandbox } = scene;
  await kubectl(sandbox, 'create', 'namespace', namespace);
  try {
    const deployments = await window.view('Deployments');
    const run = /^stall → sandbox-admin/;
    const rowOf = `Stack ${name}`;
    await window.openFile('stall/stack.yaml');
    await window.explorerMenu('stall', 'Apply Deploy');
    assert.match(await window.told(/Deploy stall to sandbox-admin/), /3 to create\. Stacks go to project demo of cloud demo\./);
    await window.view('Deployments');
    // Heat tells them in any order
    await deployments.untilSays(
      /^create · .*makes (?=.*\bnet \(OS::Neutron::Net\)).*wall \(OS::Neutron::SecurityGroup\)/,
      run,
      rowOf,
    );
    for (const resource of ['net', 'subnet', 'wall', 'token'])
      await deployments.untilSays(/^create · OS::/, run, rowOf, resource);
    await window.screenshot('stacks-plan');
    await window.press('Deploy');
    // What is seen on the way is collected: Heat is done within seconds.
    const seen = new Set<string>();
    const isUp = window.page.locator('.notification-list-item-message', { hasText: /is up on sandbox-admin/ });
    for (const end = Date.now() + 120_000; Date.now() < end && (await isUp.count()) === 0; ) seen.add(await deployments.text());
    // which resource it is at is only told where Heat is asked between two of them
    assert.match([...seen].join('\n'), /Stack \S+ {2}waiting · (?:\w+: )?CREATE_(?:IN_PROGRESS|COMPLETE)/);
    assert.match([...seen].join('\n'), /ConfigMap cloud-config {2}pending · waits for Stack/);
    assert.match(await window.told(/is up on sandbox-admin/), /3 created/);
    await window.screenshot('stacks-up');
    assert.equal(await inCloud(scene), 'CREATE_COMPLETE · 10.99.0.0/24 · the shop');

    await window.clearNotifications();
    await write(folder, { 'heat/prod.yaml': environment('10.98.0.0/24', 'the shop and its stall') });
    await window.explorerMenu('stall', 'Apply Deploy');
    assert.match(
      await window.told(/Deploy stall to sandbox-admin/),
      /1 to configure, 2 unchanged.*At risk: .*subnet \(OS::Neutron::Subnet\)/,
    );
    await window.view('Deployments');
    await deployments.untilSays(
      /replaces subnet \(OS::Neutron::Subnet\); changes wall \(OS::Neutron::SecurityGroup\)$/,
      run,
      rowOf,
    );
    await deployments.untilSays(/^replace · OS::Neutron::Subnet/, run, rowOf, 'subnet');
    await window.press('Show Changes');
    await window.editorLine('OS::Neutron::Subnet (replaced)');
    await window.screenshot('stacks-changed');
    await window.press('Deploy');
    assert.match(await window.told(/is up on sandbox-admin/), /1 configured, 2 unchanged/);
    assert.equal(await inCloud(scene), 'UPDATE_COMPLETE · 10.98.0.0/24 · the shop and its stall');

    await window.clearNotifications();
    await write(folder, { 'heat/network.yaml': template(nested), 'heat/annex.yaml': annex('10.98.0.128/25') });
    await window.explorerMenu('stall', 'Apply Deploy');
    assert.match(
      await window.told(/is not up/),
      new RegExp(`^${name} is not up: second in ${name}-annex-\\w+: .*overlap.*\\(annex\\.yaml:5\\)`, 'i'),
    );
    await window.view('Deployments');
    await window.screenshot('stacks-failed');
    await window.press('Open');
    await window.page.locator('.tab.active', { hasText: 'annex.yaml' }).waitFor();
    await window.page.locator('.line-numbers.active-line-number', { hasText: /^5$/ }).waitFor();
    await window.screenshot('stacks-failed-line');

    await window.clearNotifications();
    await write(folder, { 'heat/annex.yaml': annex('10.97.0.0/24') });
    await window.editorLine('10.97.0.0/24');
    await window.explorerMenu('stall', 'Apply Deploy');
    // What failed is made anew, and that is asked.
    await window.told(/Deploy stall to sandbox-admin.*which deletes or replaces second \(OS::Neutron::Subnet\)\./);
    await window.press('Deploy');
    assert.match(await window.told(/is up on sandbox-admin/), /1 configured, 2 unchanged/);
    assert.match(await inCloud(scene), /^UPDATE_COMPLETE · /);

    await window.clearNotifications();
    await window.explorerMenu('stall', 'Undeploy');
    await window.told(/Undeploy .*stall from sandbox-admin/);
    await window.view('Deployments');
    await deployments.find(
      /stall → sandbox-admin/,
      rowOf,
      /destroys stack .* in project demo, with all it made: .*net \(OS::Neutron::Net\)/,
    );
    await window.screenshot('stacks-undeploy');
    await window.press('Undeploy');
    await window.page.locator('.quick-input-widget:visible', { hasText: `Type ${name} to go on` }).waitFor();
    await window.screenshot('stacks-typed');
    await window.answer(/Type .* to go on/, name);
    assert.match(await window.told(/gone from/), /3 deleted in/);
    await window.screenshot('stacks-gone');
    assert.equal(await inCloud(scene), '');
    const left = await kubectl(sandbox, 'get', 'deployment,configmap', '-n', namespace, '-o', 'name');
    assert.equal(left, 'configmap/kube-root-ca.crt\n');
  } finally {
    await kubectl(sandbox, 'delete', 'namespace', namespace, '--ignore-not-found', '--wait=false');
    await openstack(sandbox, 'demo', 'orchestration', 'DELETE', `/stacks/${name}`).catch(() => undefined);
  }
}

inWindow(
  'a Heat stack goes out with its manifests, is changed, fails at the line of its template, and goes when its name is typed',
  play,
  {
    prepare,
  },
);
