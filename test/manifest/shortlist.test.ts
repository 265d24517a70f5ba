/**
 * The shortlist of checks by value and frequency, one by one: of each a mistake that is told, and beside it what looks like it and is right, of which nothing is said. What needs a
 * cluster, a window or a second document has its own tests, named in the table.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import { assertFindings } from '../support/annotatedYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const cloud = fakeCloud(`
block-storage.availability_zone: [{ zoneName: nova, zoneState: { available: true } }, { zoneName: cold, zoneState: { available: true } }]
block-storage.type:
  - { id: 71a1ab1e-0000-4000-8000-000000000008, name: ssd, extra_specs: { RESKEY:availability_zones: "nova, east" } }
  - { id: 72a1ab1e-0000-4000-8000-000000000009, name: hdd }
compute.availability_zone: [{ zoneName: az1, zoneState: { available: true } }]
compute.flavor:
  - { id: '1', name: tiny, vcpus: 1, ram: 512, disk: 1 }
  - { id: '2', name: diskless, vcpus: 2, ram: 4096, disk: 0 }
  - { id: '4', name: large, vcpus: 4, ram: 8192, disk: 40 }
compute.keypair: [{ name: alice-key }]
identity.region: [{ id: RegionOne }]
image.image:
  - { id: 11a1ab1e-0000-4000-8000-000000000011, name: debian-12, status: active, min_ram: 1024, min_disk: 10 }
  - { id: 12a1ab1e-0000-4000-8000-000000000012, name: uploading, status: queued, min_ram: 0, min_disk: 0 }
  - { id: 13a1ab1e-0000-4000-8000-000000000013, name: twice, status: active }
  - { id: 14a1ab1e-0000-4000-8000-000000000014, name: twice, status: active }
load-balancer.availability_zone: [{ name: zone-a, enabled: true }]
load-balancer.flavor_profile: [{ id: fba1ab1e-0000-4000-8000-000000000009, name: one, provider_name: amphora }]
load-balancer.flavor: [{ id: f1a1ab1e-0000-4000-8000-000000000002, name: small, enabled: true, flavor_profile_id: fba1ab1e-0000-4000-8000-000000000009 }, { id: f2a1ab1e-0000-4000-8000-000000000003, name: old, enabled: false }]
load-balancer.provider: [{ name: amphora }, { name: ovn }]
network.floating_ip: [{ id: f0a1ab1e-0000-4000-8000-000000000013, floating_ip_address: 203.0.113.7, floating_network_id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7 }]
network.network:
  - { id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, name: private, router:external: false }
  - { id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, router:external: true }
  - { id: 2ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f8, name: dmz, router:external: true }
network.subnet:
  - { id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3, name: private-v4, network_id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11 }
  - { id: b5c6ee4a-3f3e-4d4c-9b9a-181716151413, name: public-v4, network_id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7 }
network.security_group: [{ id: 51a1ab1e-0000-4000-8000-000000000005, name: web }]
key-manager.container: []
`);

const where = 'project demo (cloud demo, RegionOne)';
const machine = (spec: string) =>
  `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: a}
spec:
  template:
    spec:
${spec}`;
const service = (annotations: string, spec = '  type: LoadBalancer') =>
  `apiVersion: v1
kind: Service
metadata:
  name: a
  annotations:
${annotations}
spec:
${spec}`;
const conf = (text: string, kind = 'Secret', holder = 'stringData') =>
  `apiVersion: v1
kind: ${kind}
metadata: {name: cloud-config}
${holder}:
  cloud.conf: |
    [Global]
    auth-url=https://keystone.example/v3
${text}`;

interface Row {
  readonly wrong: string;
  readonly right: string;
}

const rows: Readonly<Record<string, Row | { readonly file: string }>> = {
  '1 a reference that names nothing': {
    wrong: service(`    loadbalancer.openstack.org/network-id: 00000bad-8e6f-4e2d-a1b3-fedcba987654
#                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.missing: No network with id 00000bad… in ${where}.`),
    right: service('    loadbalancer.openstack.org/network-id: E53FCBBA-52B1-4C7E-9A48-0C1F5F7F0B11'),
  },
  '2 a name that several have': {
    wrong: machine(`      flavor: large
      image: {filter: {name: twice}}
#                            ^^^^^ error reference.ambiguous: Two images are called "twice" in ${where}; name one by id.`),
    right: machine('      flavor: large\n      image: {id: 13a1ab1e-0000-4000-8000-000000000013}'),
  },
  '3 a network that is not external': {
    wrong: service(`    loadbalancer.openstack.org/floating-network-id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
#                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public", "dmz".`),
    right: service('    loadbalancer.openstack.org/floating-network-id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7'),
  },
  '4 a subnet of another network': {
    wrong: machine(`      flavor: large
      image: {filter: {name: debian-12}}
      ports:
        - network: {filter: {name: private}}
          fixedIPs:
            - subnet: {filter: {name: public-v4}}
#                                     ^^^^^^^^^ error reference.otherNetwork: Subnet "public-v4" does not belong to network "private".
        - network: {id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7}
          fixedIPs: [{subnet: {id: b5c6ee4a-3f3e-4d4c-9b9a-181716151413}}]`),
    right: machine(`      flavor: large
      image: {filter: {name: debian-12}}
      ports:
        - network: {filter: {name: private}}
          fixedIPs: [{subnet: {filter: {name: private-v4}}}]
        - fixedIPs: [{subnet: {filter: {name: public-v4}}}]`),
  },
  '5 a region that the catalogue does not have': {
    wrong: conf(`    region=RegionTwo
#          ^^^^^^^^^ error reference.missing: No region named "RegionTwo" in ${where}. Did you mean "RegionOne"?`),
    right: conf('    region=RegionOne'),
  },
  '6 the entry of a clouds.yaml and the Secret it is in': { file: 'test/manifest/signInFiles.test.ts' },
  '7 keys, sections, quotes and values of a cloud.conf': {
    wrong: conf(`    pasword=x
#   ^^^^^^^ warning setting.unknown: The cloud provider knows no setting "pasword", so it does nothing. Did you mean "password"?`),
    right: conf('    password="a;b#c"\n    [LoadBalancer]\n    monitor-delay=1m30s'),
  },
  '8 annotations that are misspelt, or stand where nobody reads them': {
    wrong: `${service(`    loadbalancer.openstack.org/keep-floating-ip: "true"
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.unknown: The cloud controller manager knows no annotation "loadbalancer.openstack.org/keep-floating-ip", so it does nothing. Did you mean "loadbalancer.openstack.org/keep-floatingip"?
    loadbalancer.openstack.org/port-id: ""
    loadbalancer.openstack.org/floating-subnet-id: b5c6ee4a-3f3e-4d4c-9b9a-181716151413
    loadbalancer.openstack.org/floating-subnet: "public*"
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.dead: floating-subnet-id counts more, so floating-subnet does nothing.`)}
---
${service(
  `    loadbalancer.openstack.org/keep-floatingip: "true"
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.dead: A Service of type ClusterIP gets no load balancer, so the annotations of OpenStack do nothing.`,
  '  type: ClusterIP',
)}
---
${service(
  `    loadbalancer.openstack.org/keep-floatingip: "true"
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.dead: loadBalancerClass is "example.org/own": the cloud controller manager leaves this Service alone, and its annotations do nothing.`,
  '  type: LoadBalancer\n  loadBalancerClass: example.org/own',
)}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec:
  template:
    metadata:
      annotations:
        loadbalancer.openstack.org/keep-floatingip: "true"
#       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.dead: The cloud controller manager reads its annotations on Services only, not on a Deployment.`,
    right: `${service('    loadbalancer.openstack.org/subnet-id: ""\n    loadbalancer.openstack.org/keep-floatingip: "true"')}
---
apiVersion: v1
kind: Service
metadata: {name: still being written, annotations: {loadbalancer.openstack.org/keep-floatingip: "true"}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: a, annotations: {loadbalancer.openstack.org/keep-floatingip: "true"}}`,
  },
  '9 a class of load balancers without a name, or that no cloud.conf has': {
    wrong: `${conf(`    [LoadBalancerClass]
#    ^^^^^^^^^^^^^^^^^ warning section.name: A class without a name cannot be used: write [LoadBalancerClass "name"].
    network-id=e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
    [LoadBalancerClass "inside"]
    network-id=e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11`)}
---
${service(`    loadbalancer.openstack.org/class: outside
#                                     ^^^^^^^ warning annotation.class: The cloud.conf among these files has no [LoadBalancerClass "outside"], and the controller refuses a Service of an unknown class. It has "inside".`)}`,
    right: `${conf('    [LoadBalancerClass "inside"]\n    network-id=e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11')}
---
${service('    loadbalancer.openstack.org/class: inside')}
---
${service('    loadbalancer.openstack.org/class: "${CLASS}"')}`,
  },
  '10 a zone of another service, or of none': {
    wrong: `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: cinder.csi.openstack.org
parameters: {availability: az1}
#                          ^^^ error reference.kind: "az1" is an availability zone (az1); parameters.availability wants a volume availability zone.`,
    right: `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: cinder.csi.openstack.org
parameters: {availability: nova}`,
  },
  '11 a volume type that is for another zone': {
    wrong: `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: cinder.csi.openstack.org
parameters: {type: ssd, availability: cold}
#                  ^^^ error reference.otherZone: Volume type "ssd" is for nova, east only; here it is asked for in "cold".`,
    right: `apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: cinder.csi.openstack.org
parameters: {type: ssd, availability: nova}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: b}
provisioner: cinder.csi.openstack.org
parameters: {type: hdd, availability: cold}`,
  },
  '12 a flavor below what its image asks for': {
    wrong: `${machine(`      flavor: tiny
#             ^^^^ error reference.tooSmall: Flavor "tiny" has 512 MiB of RAM; image "debian-12" wants 1024.
      image: {filter: {name: debian-12}}`)}
---
coe: kubernetes
image_id: debian-12
flavor_id: tiny
#          ^^^^ error reference.tooSmall: Flavor "tiny" has 512 MiB of RAM; image "debian-12" wants 1024.
external_network_id: public`,
    right: `${machine('      flavor: diskless\n      image: {filter: {name: debian-12}}')}
---
${machine('      flavor: large\n      image: {filter: {name: debian-12}}\n      rootVolume: {sizeGiB: 10}')}`,
  },
  '13 an image that is not active': {
    wrong: machine(`      flavor: large
      image: {filter: {name: uploading}}
#                            ^^^^^^^^^ error reference.notReady: Image "uploading" is not active, so that nothing starts from it.`),
    right: machine('      flavor: large\n      image: {imageRef: {name: uploading}}'),
  },
  '14 what a quota leaves': { file: 'test/deploy/quotaLeft.test.ts' },
  '15 a floating IP of another network': {
    wrong: service(
      '    loadbalancer.openstack.org/floating-network-id: 2ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f8',
      `  type: LoadBalancer
  loadBalancerIP: 203.0.113.7
#                 ^^^^^^^^^^^ error reference.otherNetwork: Floating IP 203.0.113.7 is not of network "dmz".`,
    ),
    right: service(
      '    loadbalancer.openstack.org/floating-network-id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7',
      '  type: LoadBalancer\n  loadBalancerIP: 203.0.113.7',
    ),
  },
  '16 what the provider ovn does not have': {
    wrong: `${conf(`    [LoadBalancer]
    lb-provider=ovn
    lb-method=ROUND_ROBIN
#             ^^^^^^^^^^^ error setting.ovn: The provider ovn balances by SOURCE_IP_PORT only; it refuses every other lb-method.
    flavor-id=f1a1ab1e-0000-4000-8000-000000000002
#   ^^^^^^^^^ warning provider.ovn: The load balancer provider ovn knows no flavor-id, so it does nothing.`)}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OpenStackCluster
metadata: {name: a}
spec:
  apiServer:
    managedLoadBalancer:
      provider: ovn
      flavor: small
#     ^^^^^^ warning provider.ovn: The load balancer provider ovn knows no flavor, so it does nothing.
      allowedCIDRs: [10.0.0.0/8]
#     ^^^^^^^^^^^^ warning provider.ovn: The load balancer provider ovn knows no allowedCIDRs, so that everybody is let in.
---
coe: kubernetes
image_id: debian-12
external_network_id: public
labels: {octavia_provider: ovn, octavia_lb_algorithm: ROUND_ROBIN}
#                                                     ^^^^^^^^^^^ error setting.ovn: The provider ovn balances by SOURCE_IP_PORT only; Octavia refuses every load balancer with another octavia_lb_algorithm.`,
    right: `${conf('    [LoadBalancer]\n    lb-provider=ovn\n    lb-method=SOURCE_IP_PORT')}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OpenStackCluster
metadata: {name: a}
spec: {apiServer: {managedLoadBalancer: {provider: amphora, flavor: small, allowedCIDRs: [10.0.0.0/8]}}}
---
coe: kubernetes
image_id: debian-12
external_network_id: public
labels: {octavia_provider: ovn, octavia_lb_algorithm: SOURCE_IP_PORT}`,
  },
  '17 traffic policy Local without a health monitor': {
    wrong: service(
      `    loadbalancer.openstack.org/enable-health-monitor: "false"
#                                                     ^^^^^^^ warning annotation.monitor: externalTrafficPolicy is Local: without a health monitor, nodes that run no Pod of this Service get traffic, too.`,
      '  type: LoadBalancer\n  externalTrafficPolicy: Local',
    ),
    right: service('    loadbalancer.openstack.org/hostname: a.example', '  type: LoadBalancer\n  externalTrafficPolicy: Local'),
  },
  '18 shapes of Cluster API: groups on a port without port security': {
    wrong: machine(`      flavor: large
      image: {filter: {name: debian-12}}
      ports:
        - disablePortSecurity: true
          securityGroups: [{filter: {name: web}}]
#         ^^^^^^^^^^^^^^ error port.security: Port security is off for this port, so it can have no security groups; Neutron refuses it.`),
    right: machine(`      flavor: large
      image: {filter: {name: debian-12}}
      ports:
        - disablePortSecurity: true
        - securityGroups: [{filter: {name: web}}]`),
  },
  '19 an id where ORC wants the name of its object': {
    wrong: `apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Subnet
metadata: {name: a}
spec:
  resource:
    networkRef: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
#               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning reference.idInRef: networkRef wants the name of an object in this namespace, not an id of the cloud. Import that resource as an object of its own (import.id) and name it here.`,
    right: `apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Subnet
metadata: {name: a}
spec: {resource: {networkRef: private}}`,
  },
  '20 Heat templates': { file: 'test/manifest/heat.test.ts' },
};

describe('the shortlist', () => {
  it('has twenty rules', () => {
    assert.deepEqual(
      Object.keys(rows).map((name) => Number.parseInt(name, 10)),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });
  for (const [name, row] of Object.entries(rows))
    if ('file' in row) it(`${name}: ${row.file}`, () => assert.ok(existsSync(new URL(`../../${row.file}`, import.meta.url))));
    else {
      it(`${name} is told`, () => assertFindings(row.wrong, cloud));
      it(`${name}: of what is right nothing is said`, () => {
        assert.ok(!row.right.includes('^^'));
        return assertFindings(row.right, cloud);
      });
    }
});

describe('beyond the shortlist', () => {
  it('a class of load balancers where no cloud.conf is at hand: nobody knows', () =>
    assertFindings(service('    loadbalancer.openstack.org/class: outside'), cloud));

  it('credentials where everybody may read them', () =>
    assertFindings(
      `
${conf(
  `    password=s3cret
#            ^^^^^^ warning secret.plain: password stands here for everybody who may read ConfigMaps: keep this file in a Secret.`,
  'ConfigMap',
  'data',
)}
---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: c
      env:
        - {name: OS_PASSWORD, value: s3cret}
#                                    ^^^^^^ warning secret.plain: OS_PASSWORD stands here for everybody who may read this Pod: take it from a Secret (valueFrom.secretKeyRef).
        - {name: OS_TOKEN, value: "\${TOKEN}"}
        - {name: OS_USERNAME, value: alice}
        - {name: OS_APPLICATION_CREDENTIAL_SECRET, valueFrom: {secretKeyRef: {name: a, key: b}}}
---
${conf('    password=s3cret')}`,
      cloud,
    ));

  it('flavors of load balancers for another provider; octavia is another name of amphora', () =>
    assertFindings(
      `${conf(`    [LoadBalancer]
    lb-provider=f5
#               ^^ error reference.missing: No load balancer provider named "f5" in ${where}.
    flavor-id=f1a1ab1e-0000-4000-8000-000000000002
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning reference.otherProvider: Load balancer flavor "small" is for the provider amphora; here the provider is f5.`)}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: {name: a}
spec: {apiServerLoadBalancer: {provider: octavia, flavor: small}}`,
      cloud,
    ));

  it('flavors of load balancers that are switched off', () =>
    assertFindings(
      service(`    loadbalancer.openstack.org/flavor-id: f2a1ab1e-0000-4000-8000-000000000003
#                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning reference.disabled: Load balancer flavor "old" is disabled, so that no new load balancer gets it.`),
      cloud,
    ));
});
