import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { referencesOf } from '../../src/manifest/references.ts';
import { assertFindings } from '../support/annotatedYaml.ts';
import { identities } from '../support/identities.ts';

/** Whose credentials count for each reference: `field.path: where named → what, name, …`. */
function whose(text: string): readonly string[] {
  return parseManifests('a.yaml', text).flatMap(({ local }) =>
    referencesOf(local).map(({ path, as }) => {
      const more = as && [
        as.namespace && `in ${as.namespace}`,
        as.cloud && `cloud ${as.cloud}`,
        as.region && `region ${as.region}`,
      ];
      const who = as ? [`${as.field} → ${as.to} ${as.name}`, ...(more ?? []).filter(Boolean)].join(', ') : 'nobody named';
      return `${path.join('.')}: ${who}`;
    }),
  );
}

const cases: Readonly<Record<string, readonly [text: string, expected: readonly string[]]>> = {
  'identityRef, and another one for the bastion': [
    `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: {name: shop, namespace: capi}
spec:
  identityRef: {name: cloud-config, cloudName: ops, region: RegionOne}
  externalNetwork: {filter: {name: public}}
  bastion:
    spec: {flavor: m1.tiny, identityRef: {name: bastions, cloudName: other}}`,
    [
      'spec.externalNetwork.filter.name: identityRef → /Secret cloud-config, in capi, cloud ops, region RegionOne',
      'spec.bastion.spec.flavor: identityRef → /Secret bastions, in capi, cloud other',
    ],
  ],
  'an identity of the whole cluster; a machine without one has that of its cluster': [
    `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachine
metadata: {name: m, namespace: capi}
spec: {flavor: m1.tiny, identityRef: {type: ClusterIdentity, name: everybody, cloudName: ops}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: workers, namespace: capi}
spec: {template: {spec: {flavor: m1.tiny}}}`,
    [
      'spec.flavor: identityRef → infrastructure.cluster.x-k8s.io/OpenStackClusterIdentity everybody, cloud ops',
      'spec.template.spec.flavor: identityRef of its cluster → infrastructure.cluster.x-k8s.io/OpenStackMachineTemplate workers, in capi',
    ],
  ],
  cloudCredentialsRef: [
    `
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Image
metadata: {name: a}
spec: {cloudCredentialsRef: {secretName: clouds, cloudName: openstack}, import: {filter: {name: debian-12}}}`,
    ['spec.import.filter.name: cloudCredentialsRef → /Secret clouds, cloud openstack'],
  ],
  "Gardener: by binding, by the extension's Secret": [
    `
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: {name: a, namespace: garden-dev}
spec:
  secretBindingName: dev
  provider: {type: openstack, infrastructureConfig: {floatingPoolName: public}}
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: {name: a, namespace: garden-dev}
spec:
  credentialsBindingName: dev
  provider: {type: openstack, infrastructureConfig: {floatingPoolName: public}}
---
apiVersion: extensions.gardener.cloud/v1alpha1
kind: Infrastructure
metadata: {name: a, namespace: shoot--dev--a}
spec:
  type: openstack
  secretRef: {name: cloudprovider, namespace: shoot--dev--a}
  providerConfig: {floatingPoolName: public}`,
    [
      'spec.provider.infrastructureConfig.floatingPoolName: secretBindingName → core.gardener.cloud/SecretBinding dev, in garden-dev',
      'spec.provider.infrastructureConfig.floatingPoolName: credentialsBindingName → security.gardener.cloud/CredentialsBinding dev, in garden-dev',
      'spec.providerConfig.floatingPoolName: secretRef → /Secret cloudprovider, in shoot--dev--a',
    ],
  ],
  'cloud.conf in a Secret is its own word; installers name an entry of clouds.yaml': [
    `
apiVersion: v1
kind: Secret
metadata: {name: cloud-config, namespace: kube-system}
stringData:
  cloud.conf: |
    [Global]
    auth-url = https://keystone.example/v3
    [LoadBalancer]
    floating-network-id = 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7
---
baseDomain: example.org
platform: {openstack: {cloud: ops, externalNetwork: public}}`,
    [
      'LoadBalancer.0.floating-network-id: cloud.conf → cloud.conf cloud-config, in kube-system',
      'platform.openstack.externalNetwork: platform.openstack.cloud → clouds.yaml ops',
    ],
  ],
  'a Service does not say who will read it; a name still to be filled in is nobody': [
    `
apiVersion: v1
kind: Service
metadata: {name: a, annotations: {loadbalancer.openstack.org/network-id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11}}
spec: {type: LoadBalancer}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: {name: shop}
spec:
  identityRef: {name: "\${CLUSTER_NAME}-cloud-config", cloudName: ops}
  externalNetwork: {filter: {name: public}}`,
    [
      'metadata.annotations.loadbalancer.openstack.org/network-id: nobody named',
      'spec.externalNetwork.filter.name: nobody named',
    ],
  ],
};

describe('whose credentials a manifest is used with, as it says itself', () => {
  for (const [name, [text, expected]] of Object.entries(cases)) it(name, () => assert.deepEqual(whose(text), expected));
});

const demoNetwork = '{ id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, name: private, project_id: demo-id }';
const lookup = identities(
  `
user: alice
network.network: [${demoNetwork}, { id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, router:external: true }]
compute.keypair: [{ name: alice-key }]
compute.flavor: [{ id: '1', name: m1.tiny }, { id: '9', name: g1.gpu }]
image.image: [{ id: 11a1ab1e-0000-4000-8000-000000000011, name: debian-12 }]`,
  {
    bobs: {
      sees: `
project: ops
user: bob
network.network: [{ id: 0b5b0b00-0000-4000-8000-000000000011, name: ops-net }, { id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, router:external: true }]
compute.keypair: [{ name: bob-key }]
compute.flavor: [{ id: '1', name: m1.tiny }]
image.image: [{ id: 11a1ab1e-0000-4000-8000-000000000011, name: debian-12 }]`,
      by: { place: 'project ops of cloud demo, as bob' },
    },
    nowhere: {
      sees: `
network.network: [${demoNetwork}]
compute.keypair: [{ name: alice-key }]
compute.flavor: [{ id: '1', name: m1.tiny }]`,
      by: {
        place: 'project demo of cloud demo, as alice',
        instead: 'Secret nowhere of identityRef was not found, so that this was asked as alice.',
      },
    },
  },
);

describe('references are looked for as whoever will use them', () => {
  it('with several identities in one text, each finding says as whom', () =>
    assertFindings(
      `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: of bob}
spec:
  template:
    spec:
      identityRef: {name: bobs, cloudName: ops}
      flavor: g1.gpu
#             ^^^^^^ error reference.notVisible: Flavor "g1.gpu" can be seen in project demo (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.
      sshKeyName: alice-kee
#                 ^^^^^^^^^ error reference.missing: No key pair named "alice-kee" in project ops of cloud demo, as bob. Key pairs belong to users: the one in identityRef must have it.
      image: {filter: {name: debian-12}}
      ports:
        - network: {id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11}
#                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.notVisible: Network "private" can be seen in project demo (cloud demo, RegionOne), but not in project ops of cloud demo, as bob.
        - network: {filter: {name: ops-nett}}
#                                  ^^^^^^^^ error reference.missing: No network named "ops-nett" in project ops of cloud demo, as bob. Did you mean "ops-net"?
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: of whoever is bound}
spec:
  template:
    spec:
      flavor: g1.gpu
      sshKeyName: bob-key
#                 ^^^^^^^ information reference.missing: No key pair named "bob-key" in project demo (cloud demo, RegionOne). Key pairs belong to users: the one in identityRef must have it.
      image: {filter: {name: debian-12}}
      ports: [{network: {id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11}}]
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: of somebody who is not known here}
spec:
  template:
    spec:
      identityRef: {name: nowhere, cloudName: ops}
      flavor: g1.gpu
#             ^^^^^^ warning reference.missing: No flavor named "g1.gpu" in project demo of cloud demo, as alice. Secret nowhere of identityRef was not found, so that this was asked as alice.
      sshKeyName: bob-key
#                 ^^^^^^^ information reference.missing: No key pair named "bob-key" in project demo of cloud demo, as alice. Key pairs belong to users: the one in identityRef must have it. Secret nowhere of identityRef was not found, so that this was asked as alice.
      ports: [{network: {id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11}}]
---
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Network
metadata: {name: an id of another kind is told as bob, too}
spec:
  cloudCredentialsRef: {secretName: bobs, cloudName: ops}
  managementPolicy: unmanaged
  import: {id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b12}
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.missing: No network with id e53fcbba… in project ops of cloud demo, as bob.`,
      lookup,
    ));
});
