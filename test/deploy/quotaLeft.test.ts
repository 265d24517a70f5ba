/** What a deploy asks of a project beyond what is live. The expectation is the sentence, or none. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { failed, success } from '../../src/base/failure.ts';
import type { Prepared } from '../../src/deploy/plan/gate.ts';
import { refOf } from '../../src/deploy/plan/prepare.ts';
import { askedOf, quotaLeft } from '../../src/deploy/plan/quotaLeft.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { keyOf } from '../../src/kubernetes/objectKey.ts';
import type { Quota } from '../../src/openstack/quota.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const flavors = fakeCloud(`
compute.flavor: [{ id: '4', name: large, vcpus: 4, ram: 8192, disk: 40 }]
load-balancer.loadbalancer: [{ id: a }, { id: b }]
`);
const limits: Readonly<Record<string, readonly Quota[]>> = {
  compute: [
    { name: 'servers', used: 6, limit: 10 },
    { name: 'cores', used: 20, limit: 40 },
    { name: 'MiB of RAM', used: 0, limit: undefined },
  ],
  network: [{ name: 'floating IPs', used: 2, limit: 3 }],
  'load-balancer': [{ name: 'load balancers', used: undefined, limit: 3 }],
  'block-storage': [
    { name: 'volumes', used: undefined, limit: 1 },
    { name: 'GiB', used: 0, limit: 100 },
  ],
};

const read = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
const prepared = (object: KubeObject): Prepared => {
  const place = { file: 'a.yaml', range: { start: 0, end: 1 }, line: 1 };
  return { key: keyOf(refOf(object)), object, written: { object, placeOf: () => place } as unknown as Prepared['written'] };
};

async function told(text: string, live = ''): Promise<readonly string[]> {
  const there = new Map((live === '' ? [] : read(live)).map((object) => [keyOf(refOf(object)), object]));
  const liveOf = async (object: KubeObject) => {
    const found = there.get(keyOf(refOf(object)));
    return found ? success(found) : failed('notFound', 'There is none.');
  };
  const quota = async (service: string) => {
    const known = limits[service];
    return known ? success(known) : failed('forbidden', 'Nobody may know.');
  };
  const project = { name: 'shop', cloud: 'demo', find: flavors.find, list: flavors.list, quota };
  const findings = await quotaLeft(await askedOf(read(text).map(prepared), liveOf, project), project);
  return findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
}

const template = `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: workers, namespace: shop}
spec: {template: {spec: {flavor: large, rootVolume: {sizeGiB: 20}}}}
`;
const pool = (replicas: number, { name = 'workers', more = '' } = {}) => `apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: {name: pool, namespace: shop}
spec:
  replicas: ${replicas}
${more}  template: {spec: {version: v1.34.1, infrastructureRef: {kind: OpenStackMachineTemplate, name: ${name}}}}
`;

describe('what a quota leaves', () => {
  it('is too little for a pool of machines: servers, cores and gigabytes each by itself', async () => {
    assert.deepEqual(await told(`${template}---\n${pool(6)}`), [
      'warning quota.exceeded: This asks for 6 more servers; the quota of project shop (cloud demo) leaves 4 of 10.',
      'warning quota.exceeded: This asks for 24 more cores; the quota of project shop (cloud demo) leaves 20 of 40.',
      'warning quota.exceeded: This asks for 120 more GiB; the quota of project shop (cloud demo) leaves 100 of 100.',
    ]);
    assert.deepEqual(await told(`${template}---\n${pool(4)}`), []);
  });

  it('counts what is live once: only what is more than that is asked for', async () => {
    assert.deepEqual(await told(`${template}---\n${pool(8)}`, pool(5)), []);
    assert.deepEqual(await told(`${template}---\n${pool(8)}`, pool(2)), [
      'warning quota.exceeded: This asks for 6 more servers; the quota of project shop (cloud demo) leaves 4 of 10.',
      'warning quota.exceeded: This asks for 24 more cores; the quota of project shop (cloud demo) leaves 20 of 40.',
      'warning quota.exceeded: This asks for 120 more GiB; the quota of project shop (cloud demo) leaves 100 of 100.',
    ]);
  });

  it('counts the machines that stand beside the old ones while a pool is rolled', async () => {
    const old = pool(8, { name: 'before' });
    const surge = (text: string) => `  strategy: {rollingUpdate: {maxSurge: ${text}}}\n`;
    assert.deepEqual(await told(`${template}---\n${pool(8)}`, old), []);
    assert.deepEqual(await told(`${template}---\n${pool(8, { more: surge('50%') })}`, old), []);
    assert.deepEqual(
      (await told(`${template}---\n${pool(8, { more: surge('5') })}`, old))[0],
      'warning quota.exceeded: This asks for 5 more servers; the quota of project shop (cloud demo) leaves 4 of 10.',
    );
    assert.deepEqual(await told(`${template}---\n${pool(8, { more: '  strategy: {type: OnDelete}\n' })}`, old), []);
  });

  it('counts them for a pool, too, whose count an autoscaler sets', async () => {
    const surge = '  strategy: {rollingUpdate: {maxSurge: 5}}\n';
    const left = pool(8, { more: surge }).replace('  replicas: 8\n', '');
    assert.deepEqual(
      (await told(`${template}---\n${left}`, pool(8, { name: 'before' })))[0],
      'warning quota.exceeded: This asks for 5 more servers; the quota of project shop (cloud demo) leaves 4 of 10.',
    );
  });

  it('is for all objects together, and names the one that asks for most', async () => {
    const service = (name: string, more = '') =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop${more}}\nspec: {type: LoadBalancer}\n`;
    const address = `apiVersion: openstack.k-orc.cloud/v1alpha1\nkind: FloatingIP\nmetadata: {name: a, namespace: shop}\nspec: {managementPolicy: managed, resource: {}}\n`;
    assert.deepEqual(await told(`${service('web')}---\n${address}`), [
      'warning quota.exceeded: This asks for 2 more floating IPs, 1 of them for Service web; the quota of project shop (cloud demo) leaves 1 of 3.',
    ]);
    assert.deepEqual(await told(`${service('web')}---\n${address}`, service('web')), []);
    assert.deepEqual(await told(`${service('web')}---\n${address.replace('managed,', 'unmanaged,')}`), []);
    const inside = ', annotations: {service.beta.kubernetes.io/openstack-internal-load-balancer: "true"}';
    assert.deepEqual(await told(`${service('web', inside)}---\n${address}`), []);
  });

  it('is counted of a service that tells limits only', async () => {
    const service = (name: string) =>
      `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}, namespace: shop, annotations: {service.beta.kubernetes.io/openstack-internal-load-balancer: "true"}}\nspec: {type: LoadBalancer}\n`;
    assert.deepEqual(await told(service('a')), []);
    assert.deepEqual(await told(`${service('a')}---\n${service('b')}`), [
      'warning quota.exceeded: This asks for 2 more load balancers, 1 of them for Service a; the quota of project shop (cloud demo) leaves 1 of 3.',
    ]);
  });

  it('is not known of a pool without replicas, one of another cloud, or a cloud that tells no quota', async () => {
    assert.deepEqual(await told(`${template}---\n${pool(60).replace('  replicas: 60\n', '')}`), []);
    assert.deepEqual(await told(pool(60).replace('OpenStackMachineTemplate', 'DockerMachineTemplate')), []);
  });
});
