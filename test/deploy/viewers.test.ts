import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Failure, failed, success } from '../../src/base/failure.ts';
import { projectLookup } from '../../src/deploy/live/projectLookup.ts';
import { Viewers } from '../../src/deploy/live/viewers.ts';
import type { Cluster } from '../../src/kubernetes/cluster.ts';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import type { Cloud, Clouds } from '../../src/openstack/cloud.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Query } from '../../src/openstack/lookup.ts';
import { assertFindings } from '../support/annotatedYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const asAdmin = fakeCloud(`
project: admin
user: admin
administers: true
network.network: [{ id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, name: private, project_id: demo-id, shared: false }, { id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, project_id: admin-id, router:external: true }]
network.subnet: [{ id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3, name: private-v4, project_id: demo-id, network_id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11 }]
compute.keypair: [{ name: admin-key }]
compute.flavor: [{ id: '1', name: m1.tiny, os-flavor-access:is_public: true }, { id: '9', name: g1.gpu, os-flavor-access:is_public: false }]
image.image: [{ id: 11a1ab1e-0000-4000-8000-000000000011, name: demo-private, owner: demo-id, visibility: private }]
block-storage.type: [{ id: t1, name: ssd, is_public: true }, { id: t2, name: gold, is_public: false }]`);
const asBob = fakeCloud(`
project: ops
user: bob
network.network: [{ id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, router:external: true }]
compute.keypair: [{ name: bob-key }]
compute.flavor: [{ id: '1', name: m1.tiny }]`);

/** Clouds that let in who comes with a user name, and tell what was tried. */
function clouds(users: Readonly<Record<string, typeof asBob | Failure>>, entries: Readonly<Record<string, string>> = {}) {
  const tried: string[] = [];
  const known = new Map<string, Cloud>();
  const openAs: NonNullable<Clouds['openAs']> = async (_name, credentials, region) => {
    const auth = typeof credentials === 'string' ? undefined : (credentials['auth'] as { username: string; auth_url: string });
    if (auth?.auth_url.includes('other')) return failed('conflict', 'These credentials are for https://other.example.');
    const user = auth?.username ?? entries[String(credentials)];
    if (user === undefined) return failed('notFound', `No cloud is called ${String(credentials)}.`);
    const cloud = known.get(user) ?? {
      state: 'idle',
      project: async () => {
        tried.push([user, region].join(' '));
        const who = users[user];
        if (who && !('reason' in who)) return success(who);
        Object.assign(cloud, { state: 'signedOut' });
        return {
          ok: false,
          failure: who ?? { reason: 'signedOut', message: `Cloud demo did not accept ${user}'s password. Sign in again.` },
        };
      },
    };
    known.set(user, cloud as Cloud);
    return success(cloud as Cloud);
  };
  return { openAs, tried };
}

/** What a text is checked with: credentials from its own manifests, then from elsewhere. */
function lookup(text: string, from: Pick<Clouds, 'openAs'>, cluster?: Cluster): ResourceLookup {
  const manifests = async () => parseManifests('test.yaml', text);
  const readable = cluster && { cluster, namespace: 'default' };
  return projectLookup(asAdmin, new Viewers({ clouds: from, manifests, cluster: async () => readable }));
}

const secret = (name: string, user: string, url = 'https://keystone.example/v3') => `
apiVersion: v1
kind: Secret
metadata: {name: ${name}, namespace: capi}
stringData: {clouds.yaml: "clouds: {theirs: {auth: {auth_url: '${url}', username: ${user}, password: hunter2, project_name: ops, user_domain_name: Default, project_domain_name: Default}}}"}
---`;
const machine = (identity: string) => `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: workers, namespace: capi}
spec:
  template:
    spec:
      ${identity}
      flavor: g1.gpu`;

const openStackCluster = (name: string, of: string) => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: {name: ${name}, namespace: capi}
spec: {identityRef: {name: ${of}, cloudName: theirs}}
---
`;

const cases: Readonly<Record<string, string>> = {
  'a Secret beside it': `${secret('bobs', 'bob')}${machine('identityRef: {name: bobs, cloudName: theirs}')}
#             ^^^^^^ error reference.notVisible: Flavor "g1.gpu" can be seen in project admin (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.`,
  'of an identity of the whole cluster': `${secret('bobs', 'bob')}
apiVersion: infrastructure.cluster.x-k8s.io/v1alpha1
kind: OpenStackClusterIdentity
metadata: {name: everybody}
spec: {secretRef: {name: bobs, namespace: capi}}
---${machine('identityRef: {type: ClusterIdentity, name: everybody, cloudName: theirs}')}
#             ^^^^^^ error reference.notVisible: Flavor "g1.gpu" can be seen in project admin (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.`,
  'of the cluster that its MachineDeployment belongs to, of two': `${secret('bobs', 'bob')}
${openStackCluster('other', 'nobodys')}${openStackCluster('shop-openstack', 'bobs')}apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: shop, namespace: capi}
spec: {infrastructureRef: {kind: OpenStackCluster, name: shop-openstack}}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: {name: workers, namespace: capi}
spec: {clusterName: shop, template: {spec: {infrastructureRef: {kind: OpenStackMachineTemplate, name: workers}}}}
---${machine('# as its cluster')}
#             ^^^^^^ error reference.notVisible: Flavor "g1.gpu" can be seen in project admin (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.`,
  'of the control plane, which only its cluster names': `${secret('bobs', 'bob')}
${openStackCluster('shop-openstack', 'bobs')}apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: shop, namespace: capi}
spec: {infrastructureRef: {kind: OpenStackCluster, name: shop-openstack}, controlPlaneRef: {name: shop-control}}
---
apiVersion: controlplane.cluster.x-k8s.io/v1beta1
kind: KubeadmControlPlane
metadata: {name: shop-control, namespace: capi}
spec: {machineTemplate: {infrastructureRef: {kind: OpenStackMachineTemplate, name: workers}}}
---${machine('# as its cluster')}
#             ^^^^^^ error reference.notVisible: Flavor "g1.gpu" can be seen in project admin (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.`,
  'of a Gardener project': `
apiVersion: v1
kind: Secret
metadata: {name: dev, namespace: garden-dev}
stringData: {domainName: Default, tenantName: ops, username: bob, password: hunter2, authURL: "https://keystone.example/v3"}
---
apiVersion: core.gardener.cloud/v1beta1
kind: SecretBinding
metadata: {name: dev, namespace: garden-dev}
secretRef: {name: dev}
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: {name: a, namespace: garden-dev}
spec:
  secretBindingName: dev
  provider:
    type: openstack
    workers: [{machine: {type: g1.gpu}}]
#                              ^^^^^^ error reference.notVisible: Flavor "g1.gpu" can be seen in project admin (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.`,
  'of a cloud.conf': `
apiVersion: v1
kind: Secret
metadata: {name: cloud-config, namespace: kube-system}
stringData:
  cloud.conf: |
    [Global]
    auth-url = https://keystone.example/v3
    username = bob
    password = hunter2
    tenant-name = ops
    [LoadBalancer]
    network-id = e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
#                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.notVisible: Network "private" can be seen in project admin (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.`,
  'an entry of clouds.yaml, when the Secret is nowhere': `${machine('identityRef: {name: elsewhere, cloudName: ops}')}
#             ^^^^^^ error reference.notVisible: Flavor "g1.gpu" can be seen in project admin (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.`,
};

describe('references are asked with the credentials', () => {
  for (const [name, text] of Object.entries(cases))
    it(name, () => assertFindings(text, lookup(text, clouds({ bob: asBob }, { ops: 'bob' }))));
});

/** What a check of one flavor comes to: how many could not be checked, and why. */
async function unchecked(text: string, from: Pick<Clouds, 'openAs'>, cluster?: Cluster): Promise<string> {
  const { findings, unknown, paused } = await checkManifests(parseManifests('test.yaml', text), lookup(text, from, cluster));
  return [...findings.map(({ severity, message }) => `${severity} ${message}`), `${unknown} unknown: ${paused}`].join('\n');
}
const seen = 'Flavor "g1.gpu" is seen by admin as an administrator; whether others of project admin see it is not known.';

describe('what cannot be asked with them', () => {
  it('is asked as who is bound, and what an administrator sees is no proof', async () => {
    const nobody = machine('identityRef: {name: elsewhere, cloudName: none}');
    const why = 'Secret capi/elsewhere of identityRef was not found, so this was asked as admin.';
    assert.equal(await unchecked(nobody, clouds({})), `1 unknown: ${seen} ${why}`);
    assert.equal(
      await unchecked(nobody.replace('g1.gpu', 'g1.gpo'), clouds({})),
      `warning No flavor named "g1.gpo" in project admin of cloud demo, as admin. Did you mean "g1.gpu"? ${why}\n0 unknown: undefined`,
    );
    assert.equal(await unchecked(nobody.replace('g1.gpu', 'm1.tiny'), clouds({})), '0 unknown: undefined');
  });

  it('nobody is accused of when it is of another Keystone', async () => {
    const text =
      secret('bobs', 'bob', 'https://other.example') +
      machine('identityRef: {name: bobs, cloudName: theirs}').replace('g1.gpu', 'none');
    const why = 'Secret capi/bobs of identityRef could not be used: These credentials are for https://other.example.';
    assert.equal(await unchecked(text, clouds({ bob: asBob })), `1 unknown: ${why}`);
  });

  it('is sent once when it was refused, and never told', async () => {
    const from = clouds({});
    const text = secret('bobs', 'bob') + machine('identityRef: {name: bobs, cloudName: theirs}');
    const asked = lookup(text, from);
    for (let times = 0; times < 3; times += 1) {
      const { paused } = await checkManifests(parseManifests('test.yaml', text), asked);
      assert.match(
        paused ?? '',
        /could not be used \(Cloud demo did not accept bob's password\. Sign in again\), so this was asked as admin\.$/,
      );
      assert.ok(!paused?.includes('hunter2'));
    }
    assert.deepEqual(from.tried, ['bob RegionOne']);
  });

  it('is looked for in the cluster, if that may be read', async () => {
    const asked: string[] = [];
    const object = parseManifests('', secret('elsewhere', 'bob').replace('\n---', ''))[0]?.toJson();
    const get: Cluster['get'] = async ({ kind, namespace, name }) => {
      asked.push(`${kind} ${namespace}/${name}`);
      return object?.ok ? success(object.value as never) : failed('notFound', '');
    };
    const text = machine('identityRef: {name: elsewhere, cloudName: theirs}');
    await assertFindings(
      `${text}
#             ^^^^^^ error reference.notVisible: Flavor "g1.gpu" can be seen in project admin (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.`,
      lookup(text, clouds({ bob: asBob }), { get } as Cluster),
    );
    assert.deepEqual([...new Set(asked)], ['Secret capi/elsewhere']);
  });
});

describe('a machine that is in the cluster', () => {
  it('is made with the credentials of its cluster there; each object is asked for once', async () => {
    const objects = parseManifests(
      '',
      `${secret('bobs', 'bob')}
${openStackCluster('shop', 'bobs')}${openStackCluster('other', 'others')}apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: shop-1, namespace: capi}
spec: {infrastructureRef: {kind: OpenStackCluster, name: shop}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachine
metadata: {name: one, namespace: capi, labels: {cluster.x-k8s.io/cluster-name: shop-1}}`,
    ).flatMap((manifest) => {
      const object = manifest.toJson();
      return object.ok ? [object.value] : [];
    });
    const asked: string[] = [];
    const list: Cluster['list'] = async (apiVersion, kind, selection) => {
      asked.push(`list ${kind} ${selection?.namespace}`);
      // A server leaves out of a list's items what they are.
      const items = objects
        .filter((one) => one.kind === kind && one.apiVersion === apiVersion)
        .map(({ kind: _kind, ...item }) => item);
      return success({ items: items as never, resourceVersion: undefined });
    };
    const get: Cluster['get'] = async ({ kind, name }) => {
      asked.push(`get ${kind} ${name}`);
      const object = objects.find((one) => one.kind === kind && one.metadata['name'] === name);
      return object ? success(object as never) : failed('notFound', '');
    };
    const served = (group: string, kind: string) => ({ group, version: 'v1beta1', kind });
    const kinds = [
      served('infrastructure.cluster.x-k8s.io', 'OpenStackCluster'),
      served('infrastructure.cluster.x-k8s.io', 'OpenStackMachine'),
      served('cluster.x-k8s.io', 'Cluster'),
      served('apps', 'Deployment'),
    ];
    const cluster = { kinds: async () => success(kinds), list, get } as unknown as Cluster;
    const machineOf = (name: string) => `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachine
metadata: {name: ${name}, namespace: capi}
spec:
  flavor: g1.gpu`;
    await assertFindings(
      `${machineOf('one')}
#         ^^^^^^ error reference.notVisible: Flavor "g1.gpu" can be seen in project admin (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.
---${machineOf('of no cluster that is known, of two')}`,
      lookup('', clouds({ bob: asBob }), cluster),
    );
    assert.deepEqual(asked.sort(), [
      'get Secret bobs',
      'list Cluster capi',
      'list OpenStackCluster capi',
      'list OpenStackMachine capi',
    ]);
  });
});

it('what a thousand machines of one cluster name is asked once, and their cluster is looked for once', async () => {
  const questions = new Map<string, number>();
  const counted: typeof asBob = {
    ...asBob,
    find: ((kind: KindId, query: Query) => {
      const question = `${kind} ${JSON.stringify(query.value)}`;
      questions.set(question, (questions.get(question) ?? 0) + 1);
      return asBob.find(kind, query);
    }) as typeof asBob.find,
  };
  const owner = `${secret('bobs', 'bob')}\n${openStackCluster('shop', 'bobs')}`;
  const machines = Array.from({ length: 1000 }, (_, index) => machine('').replace('workers', `workers-${index}`)).join('\n---');
  const read: number[] = [];
  const all = parseManifests('test.yaml', `${owner}${machines}`).map((manifest) => ({
    ...manifest,
    toJson: () => {
      read.push(manifest.index);
      return manifest.toJson();
    },
  }));
  const viewers = new Viewers({ clouds: clouds({ bob: counted }), manifests: async () => all });
  const { findings } = await checkManifests(all, projectLookup(asAdmin, viewers));
  assert.equal(findings.filter(({ code }) => code === 'reference.notVisible').length, 1000);
  assert.deepEqual(
    [...questions],
    [
      ['compute.flavor "g1.gpu"', 1],
      ['load-balancer.flavor "g1.gpu"', 1],
    ],
  );
  assert.equal(read.length, new Set(read).size);
});

describe('what an administrator sees in a manifest that names nobody', () => {
  const found = async (text: string) => {
    const { findings, unknown } = await checkManifests(parseManifests('test.yaml', text), lookup(text, clouds({})));
    assert.deepEqual(findings, []);
    return unknown === 0 ? 'checked' : 'no proof';
  };
  const service = (network: string) =>
    `{apiVersion: v1, kind: Service, metadata: {name: a, annotations: {loadbalancer.openstack.org/network-id: ${network}}}, spec: {type: LoadBalancer}}`;
  const storage = (type: string) =>
    `{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: a}, provisioner: cinder.csi.openstack.org, parameters: {type: ${type}}}`;
  it('counts for what everybody sees', async () => {
    assert.equal(await found(service('1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7')), 'checked');
    assert.equal(await found(storage('ssd')), 'checked');
  });
  it('does not for networks of others, private flavors, images and types', async () => {
    assert.equal(await found(service('e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11')), 'no proof');
    assert.equal(await found(storage('gold')), 'no proof');
    assert.equal(await found(machine('').replace('g1.gpu', 'g1.gpu')), 'no proof');
    assert.equal(
      await found(machine('image: {id: 11a1ab1e-0000-4000-8000-000000000011}').replace('g1.gpu', 'm1.tiny')),
      'no proof',
    );
  });
});
