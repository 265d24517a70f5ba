import { describe, it } from 'node:test';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { assertFindings } from '../support/annotatedYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const cloud = fakeCloud(`
network.network:
  - { id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, name: private, router:external: false }
  - { id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, router:external: true }
network.subnet:
  - { id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3, name: private-v4, network_id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, cidr: 10.10.0.0/24 }
  - { id: b5c6ee4a-3f3e-4d4c-9b9a-181716151413, name: other-v4, network_id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, cidr: 203.0.113.0/24 }
network.security_group:
  - { id: 51a1ab1e-0000-4000-8000-000000000005, name: web }
  - { id: 52a1ab1e-0000-4000-8000-000000000006, name: web }
  - { id: 53a1ab1e-0000-4000-8000-000000000007, name: db }
block-storage.type: [{ id: 71a1ab1e-0000-4000-8000-000000000008, name: ssd }, { id: 72a1ab1e-0000-4000-8000-000000000009, name: hdd }]
block-storage.availability_zone: [{ zoneName: nova, zoneState: { available: true } }]
block-storage.volume: [{ id: c0a1ab1e-0000-4000-8000-000000000010, name: data-1 }]
compute.flavor: [{ id: '4', name: m1.large }]
compute.keypair: [{ name: alice-key }]
image.image: [{ id: 11a1ab1e-0000-4000-8000-000000000011, name: debian-12 }]
load-balancer.flavor: forbidden
block-storage.backup: [{ id: b0a1ab1e-0000-4000-8000-000000000012, name: nightly }]
compute.server_group: []
`) as ResourceLookup;

const cases: Readonly<Record<string, string>> = {
  'a Service names a network that does not exist, and one by the id of its subnet': `
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    loadbalancer.openstack.org/network-id: 00000bad-8e6f-4e2d-a1b3-fedcba987654
#                                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.missing: No network with id 00000bad… in project demo (cloud demo, RegionOne).
    loadbalancer.openstack.org/floating-network-id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3
#                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.kind: a5c6ee4a… is a subnet (private-v4); floating-network-id wants a network. Its network is "private".`,
  'a network that is not external gives no floating IPs': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/floating-network-id: "e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11"
#                                                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".`,
  'a name stands where only an id is read': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/network-id: private
#                                          ^^^^^^^ error reference.nameForId: "private" is the name of a network; network-id wants its id (e53fcbba…).`,
  'subnet and network of a Service belong together': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/network-id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
    loadbalancer.openstack.org/subnet-id: b5c6ee4a-3f3e-4d4c-9b9a-181716151413
#                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.otherNetwork: Subnet "other-v4" does not belong to the network of network-id.`,
  'what the cloud controller manager would ignore silently': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/keep-floatingip: "yes"
#                                               ^^^^^ warning annotation.value: keep-floatingip takes "true", "false"; "yes" counts as not set.
    loadbalancer.openstack.org/timeout-client-data: 50000
#                                                   ^^^^^ error annotation.notText: An annotation is a text: write "50000" in quotes, or the API server refuses this Service.
    loadbalancer.openstack.org/health-monitor-max-retries: "11"
#                                                          ^^^^ warning annotation.value: health-monitor-max-retries takes 1 to 10.
    loadbalancer.openstack.org/floting-subnet: public
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.unknown: The cloud controller manager knows no annotation "loadbalancer.openstack.org/floting-subnet", so it does nothing. Did you mean "loadbalancer.openstack.org/floating-subnet"?`,
  'volume types by name or id, zones by name': `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: cinder.csi.openstack.org
parameters:
  type: hddd
#       ^^^^ error reference.missing: No volume type named "hddd" in project demo (cloud demo, RegionOne). Did you mean "hdd"?
  availability: novaa
#               ^^^^^ error reference.missing: No volume availability zone named "novaa" in project demo (cloud demo, RegionOne). Did you mean "nova"?
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: b}
provisioner: cinder.csi.openstack.org
parameters:
  type: 71a1ab1e-0000-4000-8000-000000000008`,
  'another driver is none of our business': `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: ebs.csi.aws.com
parameters:
  type: gp3`,
  'a volume is named by its id': `
apiVersion: v1
kind: PersistentVolume
metadata: {name: a}
spec:
  csi:
    driver: cinder.csi.openstack.org
    volumeHandle: data-1
#                 ^^^^^^ error reference.nameForId: "data-1" is the name of a volume; volumeHandle wants its id (c0a1ab1e…).`,
  'a machine template of Cluster API': `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: workers}
spec:
  template:
    spec:
      flavor: m1.lagre
#             ^^^^^^^^ error reference.missing: No flavor named "m1.lagre" in project demo (cloud demo, RegionOne). Did you mean "m1.large"?
      image: {filter: {name: debian-12}}
      sshKeyName: alice-keys
#                 ^^^^^^^^^^ information reference.missing: No key pair named "alice-keys" in project demo (cloud demo, RegionOne). Did you mean "alice-key"? Key pairs belong to users: the one in identityRef must have it.
      securityGroups:
        - filter: {name: web}
#                        ^^^ warning reference.ambiguous: Two security groups are called "web" in project demo (cloud demo, RegionOne); all of them would be used.
        - id: 53a1ab1e-0000-4000-8000-000000000007
      ports:
        - network: {filter: {name: privat}}
#                                  ^^^^^^ error reference.missing: No network named "privat" in project demo (cloud demo, RegionOne). Did you mean "private"?`,
  'v1beta2 names a flavor by an object': `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OpenStackMachine
metadata: {name: a}
spec:
  flavor: {filter: {name: m1.tiny}}
#                         ^^^^^^^ error reference.missing: No flavor named "m1.tiny" in project demo (cloud demo, RegionOne).`,
  'an id where the name of an object belongs': `
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Port
metadata: {name: a}
spec:
  cloudCredentialsRef: {secretName: clouds, cloudName: demo}
  resource:
    networkRef: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
#               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning reference.idInRef: networkRef wants the name of an object in this namespace, not an id of the cloud. Import that resource as an object of its own (import.id) and name it here.
    securityGroupRefs: [web]`,
  'an import that matches nothing waits': `
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Subnet
metadata: {name: a}
spec:
  managementPolicy: unmanaged
  import:
    filter:
      name: private-v6
#           ^^^^^^^^^^ information reference.missing: No subnet named "private-v6" in project demo (cloud demo, RegionOne). Did you mean "private-v4"? The import waits until there is one.`,
  'what cannot be checked accuses nobody': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/flavor-id: 00000bad-8e6f-4e2d-a1b3-fedcba987654`,
  'placeholders name nothing yet, and an empty text is a value of its own': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/network-id: \${NETWORK_ID}
    loadbalancer.openstack.org/subnet-id: ""
    loadbalancer.openstack.org/port-id: 00000000-0000-0000-0000-000000000000`,
  'subnets of an external network are not listed for members, so a pattern is never accused': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/floating-subnet: public-*`,
  'a filter with a condition that cannot be answered here is left alone': `
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Subnet
metadata: {name: a}
spec:
  import:
    filter: {name: nothing, networkRef: private}`,
  'Lists are taken apart': `
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata:
      annotations:
        loadbalancer.openstack.org/network-id: private
#                                              ^^^^^^^ error reference.nameForId: "private" is the name of a network; network-id wants its id (e53fcbba…).`,
  'annotations that exclude each other, or that Octavia refuses together': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/proxy-protocol: "true"
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error annotation.exclusive: proxy-protocol and x-forwarded-for exclude each other; the controller refuses a Service with both.
    loadbalancer.openstack.org/x-forwarded-for: "true"
    loadbalancer.openstack.org/health-monitor-delay: "5"
    loadbalancer.openstack.org/health-monitor-timeout: "10"
#                                                      ^^^^ error annotation.order: health-monitor-timeout (10 s) is longer than health-monitor-delay (5 s); Octavia refuses that.
    loadbalancer.openstack.org/enable-health-monitor: "false"
#                                                     ^^^^^^^ warning annotation.monitor: externalTrafficPolicy is Local: without a health monitor, nodes that run no Pod of this Service get traffic, too.
spec:
  type: LoadBalancer
  externalTrafficPolicy: Local`,
  'a subnet of an external network may be hidden from who may use it': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/floating-subnet-id: 00000bad-8e6f-4e2d-a1b3-fedcba987654
#                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information reference.missing: No subnet with id 00000bad… in project demo (cloud demo, RegionOne). It may be hidden from this project.`,
  'annotations that the controller does not read name nothing': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/network-id: 00000bad-8e6f-4e2d-a1b3-fedcba987654
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.dead: A Service of type ClusterIP gets no load balancer, so the annotations of OpenStack do nothing.
spec: {type: ClusterIP}
---
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/network-id: 00000bad-8e6f-4e2d-a1b3-fedcba987654
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.dead: loadBalancerClass is "example.org/other": the cloud controller manager leaves this Service alone, and its annotations do nothing.
spec: {type: LoadBalancer, loadBalancerClass: example.org/other}
---
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/floating-network-id: 00000bad-8e6f-4e2d-a1b3-fedcba987654
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.dead: An internal Service gets no floating IP, so floating-network-id does nothing.
    service.beta.kubernetes.io/openstack-internal-load-balancer: "true"
spec: {type: LoadBalancer}`,
  'a network that is still to be filled in is no other network': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/network-id: \${NETWORK_ID}
    loadbalancer.openstack.org/subnet-id: b5c6ee4a-3f3e-4d4c-9b9a-181716151413`,
  'ids are the same in capitals and without dashes': `
apiVersion: v1
kind: Service
metadata:
  annotations:
    loadbalancer.openstack.org/network-id: E53FCBBA-52B1-4C7E-9A48-0C1F5F7F0B11
    loadbalancer.openstack.org/subnet-id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3`,
  'what another manifest here brings about is not missing': `
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Network
metadata: {name: shop-net}
spec: {managementPolicy: managed, resource: {name: shop}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OpenStackCluster
metadata: {name: a}
spec:
  network: {filter: {name: shop}}
  subnets: [{filter: {name: shop-net}}]
#                           ^^^^^^^^ error reference.missing: No subnet named "shop-net" in project demo (cloud demo, RegionOne).`,
  'a subnet lies in the network beside it, each port for itself': `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachine
metadata: {name: a}
spec:
  flavor: m1.large
  ports:
    - network: {id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11}
      fixedIPs: [{subnet: {id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3}}]
    - network: {id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7}
      fixedIPs: [{subnet: {id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3}}]
#                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.otherNetwork: Subnet "private-v4" does not belong to the network named beside it.`,
  'a snapshot may be a backup': `
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotContent
metadata: {name: a}
spec:
  driver: cinder.csi.openstack.org
  source: {snapshotHandle: b0a1ab1e-0000-4000-8000-000000000012}`,
  'parameters that the driver does not read': `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: cinder.csi.openstack.org
parameters:
  csi.storage.k8s.io/fstype: ext4
  availabilityZone: nova
# ^^^^^^^^^^^^^^^^ warning parameter.unknown: The Cinder CSI driver knows no parameter "availabilityZone", so it does nothing. Did you mean "availability"?
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: a}
driver: cinder.csi.openstack.org
parameters:
  type: snap
#       ^^^^ warning parameter.value: type takes "snapshot", "backup"; "snap" counts as not set.
  force-create: true
#               ^^^^ error parameter.notText: A parameter is a text: write "true" in quotes, or the API server refuses this VolumeSnapshotClass.`,
  'flavors have ids of any form, and patches and older versions are left alone': `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachine
metadata: {name: a}
spec: {flavorID: 4}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachine
metadata: {name: a}
spec:
  ports:
    - $patch: delete
---
apiVersion: infrastructure.cluster.x-k8s.io/v1alpha3
kind: OpenStackMachine
metadata: {name: a}
spec: {flavor: nothing, image: nothing, networks: [{filter: {name: nothing}}]}`,
};

describe('references', () => {
  for (const [name, text] of Object.entries(cases)) it(name, () => assertFindings(text.slice(1), cloud));
});
