/** What cannot be changed is made anew, and what was deployed goes again: with load balancers, volumes and networks of the real cloud behind it, each typed out by name. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { eventually } from '../support/eventually.ts';
import { namesOutside } from '../support/namesOutside.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inFolder } from './liveFolder.ts';

/** The word that a refusal asks for. */
const asked = (err: string) => / Add --destroy "([^"]+)" if you mean it\./.exec(err)?.[1] ?? err;

sandboxTest('what cannot be changed blocks; made anew, its load balancer and its volume are typed out first', (sandbox) =>
  inFolder(sandbox, async ({ namespace, write, run, kubectl }) => {
    const yaml = (clusterIP: string, mode: string) => `apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, clusterIP: ${clusterIP}, ports: [{port: 80}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec: {storageClassName: cinder-hdd, accessModes: [${mode}], resources: {requests: {storage: 1Gi}}}
`;
    // an address of its own for each test that runs beside this one
    const [third, fourth] = [Number(`0x${namespace.slice(-4, -2)}`) % 200, Number(`0x${namespace.slice(-2)}`) % 250];
    const ip = (last: number) => `10.96.${third + 20}.${fourth + last}`;
    const where = ['all.yaml', '--context', 'sandbox-admin', '--namespace', namespace, '--cloud', 'demo', '--yes'];
    try {
      await write('all.yaml', yaml(ip(1), 'ReadWriteOnce'));
      const first = await run('apply', ...where);
      assert.equal(first.status, 0, first.out + first.err);
      const before = await namesOutside(sandbox, namespace);
      assert.deepEqual([before.balancers, before.volumes.length], [[`${namespace}_web`], 1]);

      await write('all.yaml', yaml(ip(2), 'ReadWriteMany'));
      const blocked = await run('apply', ...where);
      assert.equal(blocked.status, 5, blocked.out);
      assert.match(blocked.out, /blocked: Service web must be made anew: spec\.clusterIPs\[0\]: may not change once set\./);
      assert.match(blocked.out, /blocked: PersistentVolumeClaim data must be made anew: spec: spec is immutable after creation /);
      const refused = await run('apply', ...where, '--recreate');
      assert.equal(refused.status, 4, refused.out);
      assert.match(refused.err, /Service web: the load balancer of web at \d+\.\d+\.\d+\.\d+/);
      assert.match(refused.err, /PersistentVolumeClaim data: volume [-0-9a-f]{36}, with its data/);
      assert.deepEqual(asked(refused.err).split(' ').sort(), ['data', 'web']);
      assert.deepEqual(await namesOutside(sandbox, namespace), before, 'nothing went without a word');

      const anew = await run('apply', ...where, '--recreate', '--destroy', asked(refused.err));
      assert.equal(anew.status, 0, anew.out + anew.err);
      assert.match(anew.out, /: recreated\n/);
      await eventually('the old volume and the old address are gone', async () => {
        const { volumes, addresses } = await namesOutside(sandbox, namespace);
        return volumes.length === 1 && addresses.length === 1;
      });
      const after = await namesOutside(sandbox, namespace);
      assert.deepEqual(after.balancers, [`${namespace}_web`]);
      assert.notDeepEqual(after.volumes, before.volumes);
      assert.equal(await kubectl('get', 'service', 'web', '-n', namespace, '-o', 'jsonpath={.spec.clusterIP}'), ip(2));
    } finally {
      await kubectl('delete', 'services,persistentvolumeclaims', '--all', '-n', namespace);
    }
  }),
);

const robots = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: robots.NS.example}
spec:
  group: NS.example
  scope: Namespaced
  names: {kind: Robot, plural: robots, singular: robot, listKind: RobotList}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
---
{apiVersion: NS.example/v1, kind: Robot, metadata: {name: r2}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: operator}
spec:
  selector: {matchLabels: {app: operator}}
  template:
    metadata: {labels: {app: operator}}
    spec:
      serviceAccountName: operator
      containers: [{name: o, image: "nginx:1.29", envFrom: [{configMapRef: {name: settings}}]}]
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: operator}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {a: b}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}, spec: {storageClassName: cinder-hdd, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {type: LoadBalancer, ports: [{port: 80}]}}
`;

const networks = (clouds: string) => `
---
apiVersion: v1
kind: Secret
metadata: {name: openstack-clouds}
stringData:
  clouds.yaml: |
${clouds.replace(/^/gm, '    ')}
---
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Network
metadata: {name: NS-net}
spec: {cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}, managementPolicy: managed, resource: {}}
---
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Subnet
metadata: {name: NS-subnet}
spec:
  cloudCredentialsRef: {secretName: openstack-clouds, cloudName: demo}
  managementPolicy: managed
  resource: {networkRef: NS-net, ipVersion: 4, cidr: 10.77.0.0/24}
`;

sandboxTest('Undeploy takes all that a set made, here and in the cloud, in order, and its inventory last', (sandbox) =>
  inFolder(sandbox, async ({ namespace, write, run, kubectl }) => {
    const where = ['--set', 'shop', '--context', 'sandbox-admin', '--namespace', namespace, '--cloud', 'demo', '--yes'];
    const names = async (kinds: string) => {
      const all = (await kubectl('get', kinds, '-n', namespace, '-o', 'name')).split('\n');
      return all.filter((name) => name !== '' && !/kube-root-ca|serviceaccount\/default/.test(name));
    };
    try {
      await write('all.yaml', `${robots}${networks(await readFile(sandbox.openstack.clouds, 'utf8'))}`);
      const applied = await run('apply', 'all.yaml', ...where);
      assert.equal(applied.status, 0, applied.out + applied.err);
      const made = await namesOutside(sandbox, namespace);
      assert.deepEqual([made.balancers.length, made.networks, made.volumes.length], [1, [`${namespace}-net`], 1]);

      const refused = await run('undeploy', ...where);
      assert.equal(refused.status, 4, refused.out);
      assert.match(refused.err, /Nothing was deleted\.\n$/);
      assert.equal(asked(refused.err), '4 objects');
      for (const casualty of [
        'the load balancer of web at ',
        'volume ',
        'the OpenStack subnet ',
        `the OpenStack network ${namespace}-net (`,
      ])
        assert.ok(refused.err.includes(casualty), refused.err);

      const gone = await run('undeploy', ...where, '--destroy', '4 objects');
      assert.equal(gone.status, 0, gone.out + gone.err);
      const order = [...gone.out.matchAll(/\/(\w+) (?:\S+\/)?\S+: deleted\n/g)].map(([, kind]) => kind);
      const at = (kind: string) => order.indexOf(kind);
      assert.deepEqual([...order].sort(), [
        'ConfigMap',
        'CustomResourceDefinition',
        'Deployment',
        'Network',
        'PersistentVolumeClaim',
        'Robot',
        'Secret',
        'Service',
        'ServiceAccount',
        'Subnet',
      ]);
      const turns: readonly (readonly [string, string])[] = [
        ['Service', 'Robot'],
        ['Robot', 'Deployment'],
        ['Deployment', 'PersistentVolumeClaim'],
        ['PersistentVolumeClaim', 'Subnet'],
        ['Subnet', 'Network'],
        ['Network', 'CustomResourceDefinition'],
        ['CustomResourceDefinition', 'ServiceAccount'],
        ['CustomResourceDefinition', 'ConfigMap'],
        ['ServiceAccount', 'Secret'],
        ['ConfigMap', 'Secret'],
      ];
      for (const [first, then] of turns) assert.ok(at(first) < at(then), `${first} before ${then}: ${order.join(', ')}`);

      assert.deepEqual(
        await names('services,deployments,pods,configmaps,secrets,serviceaccounts,persistentvolumeclaims,leases'),
        [],
      );
      assert.deepEqual(await names('networks.openstack.k-orc.cloud,subnets.openstack.k-orc.cloud'), []);
      assert.equal(await kubectl('get', 'crd', `robots.${namespace}.example`, '--ignore-not-found', '-o', 'name'), '');
      await eventually('the cloud has nothing of it', async () => {
        const left = await namesOutside(sandbox, namespace);
        return Object.values(left).flat().length === 0;
      });
      const again = await run('undeploy', ...where);
      assert.deepEqual(
        [again.status, again.err],
        [1, `No set was deployed to sandbox-admin/${namespace}, so there is nothing to undeploy.\n`],
      );
    } finally {
      const kinds = 'services,persistentvolumeclaims,subnets.openstack.k-orc.cloud,networks.openstack.k-orc.cloud';
      await kubectl('delete', kinds, '--all', '-n', namespace);
      await kubectl('delete', 'crd', `robots.${namespace}.example`, '--ignore-not-found', '--wait=false');
    }
  }),
);
