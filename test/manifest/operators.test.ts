import { describe, it } from 'node:test';
import { assertFindings } from '../support/annotatedYaml.ts';
import { referenceCloud } from '../support/referenceCloud.ts';

/** Title → file, text with what is found in it. */
const cases: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'Cluster API in the versions before v1beta1, each by its own shape': [
    'alpha.yaml',
    `
apiVersion: infrastructure.cluster.x-k8s.io/v1alpha6
kind: OpenStackMachineTemplate
metadata: {name: a}
spec:
  template:
    spec:
      flavor: small
#             ^^^^^ error reference.kind: "small" is a load balancer flavor (small); flavor wants a flavor.
      image: debian-13
#            ^^^^^^^^^ error reference.missing: No image named "debian-13" in project demo (cloud demo, RegionOne). Did you mean "debian-12"?
      sshKeyName: bobs-key
#                 ^^^^^^^^ information reference.missing: No key pair named "bobs-key" in project demo (cloud demo, RegionOne). Key pairs belong to users: the one in identityRef must have it.
      networks:
        - uuid: private
#               ^^^^^^^ error reference.nameForId: "private" is the name of a network; networks.uuid wants its id (e53fcbba…).
        - filter: {name: private-v4}
#                        ^^^^^^^^^^ error reference.missing: No network named "private-v4" in project demo (cloud demo, RegionOne). Did you mean "private"?
        - uuid: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7
          subnets: [{uuid: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3}]
#                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.otherNetwork: Subnet "private-v4" does not belong to the network named beside it.
      securityGroups: [{name: wbe}, {uuid: db}, {filter: {name: web, tags: "a,b"}}]
#                             ^^^ error reference.missing: No security group named "wbe" in project demo (cloud demo, RegionOne). Did you mean "web"?
#                                          ^^ error reference.nameForId: "db" is the name of a security group; securityGroups.uuid wants its id (53a1ab1e…).
      ports:
        - network: {name: privat}
#                         ^^^^^^ error reference.missing: No network named "privat" in project demo (cloud demo, RegionOne). Did you mean "private"?
          securityGroups: [db]
#                          ^^ error reference.nameForId: "db" is the name of a security group; securityGroups wants its id (53a1ab1e…).
      rootVolume: {diskSize: 20, volumeType: hdd, availabilityZone: nova}
#                                            ^^^ error reference.missing: No volume type named "hdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?
      serverGroupID: spread
#                    ^^^^^^ error reference.nameForId: "spread" is the name of a server group; serverGroupID wants its id (9a1ab1e0…).
---
apiVersion: infrastructure.cluster.x-k8s.io/v1alpha7
kind: OpenStackCluster
metadata: {name: a}
spec:
  externalNetworkId: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
#                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
  network: {id: private}
#               ^^^^^^^ error reference.nameForId: "private" is the name of a network; network.id wants its id (e53fcbba…).
  subnet: {name: private-v4}
  router: {name: egde}
#                ^^^^ error reference.missing: No router named "egde" in project demo (cloud demo, RegionOne). Did you mean "edge"?
  controlPlaneAvailabilityZones: [az1, az2]
#                                      ^^^ error reference.missing: No availability zone named "az2" in project demo (cloud demo, RegionOne). Did you mean "az1"?
  apiServerLoadBalancer: {enabled: true, provider: ovm}
#                                                  ^^^ warning reference.missing: No load balancer provider named "ovm" in project demo (cloud demo, RegionOne). Did you mean "ovn"?
  bastion: {enabled: true, instance: {flavor: m1.large, image: debian-12, securityGroups: [{name: db}]}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1alpha5
kind: OpenStackMachine
metadata: {name: right}
spec:
  flavor: m1.large
  image: whatever
  imageUUID: 11a1ab1e-0000-4000-8000-000000000011
  subnet: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3
  floatingIP: 203.0.113.7
  securityGroups: [{name: db}, {uuid: 53a1ab1e-0000-4000-8000-000000000007}]
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachine
metadata: {name: of another version}
spec: {networks: [{uuid: private}], serverGroupID: spread, subnet: nowhere}`,
  ],
  'cluster autoscaler: arguments for Magnum, bounds for Cluster API': [
    'autoscaler.yaml',
    `
apiVersion: apps/v1
kind: Deployment
metadata: {name: cluster-autoscaler}
spec:
  template:
    spec:
      containers:
        - name: autoscaler
          command:
            - ./cluster-autoscaler
            - --cloud-provider=magnum
            - --cloud-config=/config/cloud-config
            - --cluster-name=shoop
#                            ^^^^^ error reference.missing: No cluster named "shoop" in project demo (cloud demo, RegionOne). Did you mean "shop"?
            - --nodes=5:1:default-worker
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^ error argument.value: --nodes: the least (5) is more than the most (1).
            - --nodes=1:default-worker
#             ^^^^^^^^^^^^^^^^^^^^^^^^ error argument.value: --nodes takes the least and the most nodes and the name of the group: --nodes=1:5:default-worker.
            - --nodes=1:10:default-worker
            - --node-group-auto-discovery=magnum:roles=worker
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error argument.value: --node-group-auto-discovery takes roles of node groups here: magnum:role=worker,autoscaling.
            - --node-group-auto-discovery=magnum:role=worker,autoscaling
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: of another cloud}
spec:
  template: {spec: {containers: [{name: a, command: [--cloud-provider=aws, "--nodes=1:asg", "--node-group-auto-discovery=asg:tag=a"]}]}}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata:
  name: a
  annotations:
    cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size: "5"
    cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size: "3"
#                                                                ^^^ error annotation.order: The least number of nodes (5) is more than the most (3); the group is not scaled.
    cluster.x-k8s.io/cluster-api-autoscaler-node-group-mx-size: "3"
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.unknown: The cluster autoscaler knows no annotation "cluster.x-k8s.io/cluster-api-autoscaler-node-group-mx-size", so it does nothing. Did you mean "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size"?
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata:
  name: right
  annotations:
    cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size: "0"
    cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size: "3"
    cluster.x-k8s.io/paused: "true"`,
  ],
  'external-dns: annotations and records': [
    'externaldns.yaml',
    `
apiVersion: v1
kind: Service
metadata:
  name: a
  annotations:
    external-dns.alpha.kubernetes.io/hostname: www.example.org
    external-dns.alpha.kubernetes.io/ttl: fast
#                                         ^^^^ warning annotation.value: ttl takes seconds or a duration such as 5m; "fast" counts as not set.
    external-dns.alpha.kubernetes.io/hostnme: www.example.org
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.unknown: external-dns knows no annotation "external-dns.alpha.kubernetes.io/hostnme", so it does nothing. Did you mean "external-dns.alpha.kubernetes.io/hostname"?
    external-dns.alpha.kubernetes.io/aws-weight: "100"
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: right, annotations: {external-dns.alpha.kubernetes.io/ttl: 5m, external-dns.alpha.kubernetes.io/target: 203.0.113.7}}
---
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata: {name: a}
spec:
  endpoints:
    - {dnsName: www.example.org, recordType: A, recordTTL: 60, targets: [203.0.113.7, web.example.org, "2001:db8::1"]}
#                                                                                     ^^^^^^^^^^^^^^^ error setting.value: A record of type A leads to an address of IPv4; "web.example.org" is none.
#                                                                                                      ^^^^^^^^^^^^^ error setting.value: A record of type A leads to an address of IPv4; "2001:db8::1" is none.
    - {dnsName: www.example.org, recordType: AAAA, targets: ["2001:db8::1", "\${ADDRESS}"]}
    - {dnsName: www.example.org, recordType: ALIAS, targets: [web.example.org]}
#                                            ^^^^^ warning setting.value: recordType takes "A", "AAAA", "CNAME", "TXT", "SRV", "NS", "PTR", "MX", "NAPTR"; "ALIAS" is a record that it does not make.`,
  ],
  'Metal3: what a host cannot be driven without': [
    'metal3.yaml',
    `
apiVersion: metal3.io/v1alpha1
kind: BareMetalHost
metadata: {name: a}
spec:
  online: true
  bmc: {address: "redfish://192.0.2.1/redfish/v1/Systems/1", credentialsName: a}
#                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error setting.missing: A host that is booted over the network needs bootMACAddress; with virtual media it does not.
  image: {url: "https://images.example.org/a.qcow2"}
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error setting.missing: An image that is written to a disk needs its checksum; a live-iso does not.
---
apiVersion: metal3.io/v1alpha1
kind: BareMetalHost
metadata: {name: b}
spec:
  bootMACAddress: 00:1a:2b:3c
#                 ^^^^^^^^^^^ error setting.value: bootMACAddress takes six pairs of hexadecimal digits: 00:1a:2b:3c:4d:5e.
  bmc: {address: "redfsh://192.0.2.1/", credentialsName: a}
#                ^^^^^^^^^^^^^^^^^^^^^ warning setting.value: No driver of the bare metal operator is known to speak this scheme; without one the host is never registered.
---
apiVersion: metal3.io/v1alpha1
kind: BareMetalHost
metadata: {name: right}
spec:
  bmc: {address: "idrac-virtualmedia+https://192.0.2.1/redfish/v1/Systems/1", credentialsName: a}
  image: {url: "https://images.example.org/a.iso", format: live-iso}
---
apiVersion: metal3.io/v1alpha1
kind: BareMetalHost
metadata: {name: of IPMI}
spec: {bootMACAddress: "00:1a:2b:3c:4d:5e", bmc: {address: 192.0.2.1, credentialsName: a}}
---
apiVersion: metal3.io/v1alpha1
kind: BareMetalHost
metadata: {name: a patch of where it is driven}
spec: {bmc: {address: "redfish://192.0.2.2/redfish/v1/Systems/1"}}
---
apiVersion: metal3.io/v1alpha1
kind: BareMetalHost
metadata: {name: a patch of its image}
spec: {image: {url: "https://images.example.org/b.qcow2"}}`,
  ],
  'operators that run OpenStack: services that others need, and what is left to defaults': [
    'rhoso.yaml',
    `
apiVersion: core.openstack.org/v1beta1
kind: OpenStackControlPlane
metadata: {name: a}
spec:
  secret: osp-secret
  storageClass: local
  galera: {enabled: true}
  placement: {enabled: false}
  glance: {enabled: false}
  nova:
    enabled: true
#            ^^^^ error setting.missing: nova does not run without placement, glance, which are not enabled; the operator refuses that.
  octavia: {enabled: false}
---
apiVersion: core.openstack.org/v1beta1
kind: OpenStackControlPlane
metadata: {name: by defaults}
spec: {secret: s, storageClass: local, nova: {template: {}}, placement: {enabled: false}}
---
apiVersion: lcm.mirantis.com/v1alpha1
kind: OpenStackDeployment
metadata: {name: a}
spec: {size: huge, preset: compute}
#            ^^^^ error setting.value: size takes "single", "tiny", "small", "medium", "large"; "huge" is refused by the API server.`,
  ],
  'Crossplane, Kubermatic and Kubernikus': [
    'crossplane.yaml',
    `
apiVersion: compute.openstack.crossplane.io/v1alpha1
kind: InstanceV2
metadata: {name: a}
spec:
  forProvider:
    flavorName: m1.lagre
#               ^^^^^^^^ error reference.missing: No flavor named "m1.lagre" in project demo (cloud demo, RegionOne). Did you mean "m1.large"?
    imageName: debian-12
    securityGroups: [db, dbb]
#                        ^^^ error reference.missing: No security group named "dbb" in project demo (cloud demo, RegionOne). Did you mean "db"?
    network: [{uuid: private}, {name: private}]
#                    ^^^^^^^ error reference.nameForId: "private" is the name of a network; network.uuid wants its id (e53fcbba…).
    keyPair: bobs-key
#            ^^^^^^^^ information reference.missing: No key pair named "bobs-key" in project demo (cloud demo, RegionOne). Key pairs belong to users: the one in the ProviderConfig must have it.
---
apiVersion: networking.openstack.m.crossplane.io/v1alpha1
kind: FloatingipV2
metadata: {name: a, namespace: shop}
spec: {forProvider: {pool: private}}
#                          ^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
---
apiVersion: networking.openstack.m.crossplane.io/v1alpha1
kind: SubnetV2
metadata: {name: left to a reference}
spec: {forProvider: {networkIdRef: {name: made-elsewhere}, cidr: 10.0.0.0/24}}
---
apiVersion: cluster.k8s.io/v1alpha1
kind: MachineDeployment
metadata: {name: a}
spec:
  template:
    spec:
      providerSpec:
        value:
          cloudProvider: openstack
          cloudProviderSpec:
            image: {value: debian-13}
#                          ^^^^^^^^^ error reference.missing: No image named "debian-13" in project demo (cloud demo, RegionOne). Did you mean "debian-12"?
            flavor: m1.large
            securityGroups: [db]
            network: private-v4
#                    ^^^^^^^^^^ error reference.kind: "private-v4" is a subnet (private-v4); network wants a network. Its network is "private".
            floatingIpPool: {configMapKeyRef: {name: a, key: b}}
---
apiVersion: cluster.k8s.io/v1alpha1
kind: MachineDeployment
metadata: {name: of another cloud}
spec: {template: {spec: {providerSpec: {value: {cloudProvider: aws, cloudProviderSpec: {flavor: nothing, image: nothing}}}}}}
---
apiVersion: kubernikus.sap.cc/v1
kind: Kluster
metadata: {name: a}
spec:
  openstack: {routerID: edge, lbFloatingNetworkID: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7}
#                       ^^^^ error reference.nameForId: "edge" is the name of a router; routerID wants its id (4a1ab1e0…).
  nodePools: [{flavor: m1.large, image: debian-12, availabilityZone: az9}]
#                                                                    ^^^ error reference.missing: No availability zone named "az9" in project demo (cloud demo, RegionOne). Did you mean "az1"?`,
  ],
  'claims, Pods, managed objects, cluster classes, the auto-healer, Prometheus, clusterctl': [
    'rest.yaml',
    `
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: a
  annotations:
    cinder.csi.openstack.org/affinity: no-such-volume
#                                      ^^^^^^^^^^^^^^ error reference.missing: No volume named "no-such-volume" in project demo (cloud demo, RegionOne).
    cinder.csi.openstack.org/anti-affinity: one,two
    manila.csi.openstack.org/affinity: home
---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  volumes:
    - {name: a, csi: {driver: cinder.csi.openstack.org, volumeAttributes: {capacity: 1Gi, type: hdd}}}
#                                                                                               ^^^ error reference.missing: No volume type named "hdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?
    - {name: b, csi: {driver: secrets-store.csi.k8s.io, volumeAttributes: {type: whatever}}}
---
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Server
metadata: {name: a}
spec: {managementPolicy: managed, resource: {availabilityZone: az9, imageRef: debian, flavorRef: small, ports: []}}
#                                                              ^^^ error reference.missing: No availability zone named "az9" in project demo (cloud demo, RegionOne). Did you mean "az1"?
---
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Volume
metadata: {name: a}
spec: {managementPolicy: managed, resource: {availabilityZone: az1, size: 1}}
#                                                              ^^^ error reference.kind: "az1" is an availability zone (az1); availabilityZone wants a volume availability zone.
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: a}
spec:
  topology:
    variables:
      - {name: openstack_security_groups, value: [db, bd]}
#                                                     ^^ warning reference.missing: No security group named "bd" in project demo (cloud demo, RegionOne). Did you mean "db"?
      - {name: controlPlaneAvailabilityZones, value: [az1]}
      - {name: ssh_key, value: alice-key}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: magnum-auto-healer-config}
data:
  config.yaml: |
    cluster-name: shoop
#                 ^^^^^ error reference.missing: No cluster named "shoop" in project demo (cloud demo, RegionOne). Did you mean "shop"?
    cloud-provider: openstack
    openstack: {region: RegionTwo}
#                       ^^^^^^^^^ error reference.missing: No region named "RegionTwo" in project demo (cloud demo, RegionOne). Did you mean "RegionOne"?
---
scrape_configs:
  - job_name: openstack
    openstack_sd_configs:
      - {role: Instance, region: RegionTwo}
#              ^^^^^^^^ error setting.value: role takes "instance", "hypervisor", "loadbalancer"; "Instance" keeps Prometheus from starting.
#                                ^^^^^^^^^ warning reference.missing: No region named "RegionTwo" in project demo (cloud demo, RegionOne). Did you mean "RegionOne"?
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: ScrapeConfig
metadata: {name: a}
spec: {openstackSDConfigs: [{role: instance, region: RegionOne}]}
#                                  ^^^^^^^^ error setting.value: role takes "Instance", "Hypervisor", "LoadBalancer"; "instance" is refused by the API server.
---
OPENSTACK_CLOUD: demo
OPENSTACK_EXTERNAL_NETWORK_ID: private
#                              ^^^^^^^ error reference.nameForId: "private" is the name of a network; OPENSTACK_EXTERNAL_NETWORK_ID wants its id (e53fcbba…).
---
configMapGenerator: [{name: settings}]`,
  ],
  Kubespray: [
    'kubespray.yml',
    `
external_openstack_lbaas_floating_network_id: private
#                                             ^^^^^^^ error reference.nameForId: "private" is the name of a network; external_openstack_lbaas_floating_network_id wants its id (e53fcbba…).
external_openstack_lbaas_subnet_id: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3
external_openstack_lbaas_network_id: "{{ lookup('env', 'NETWORK') }}"
external_openstack_lbaas_provider: amphore
#                                  ^^^^^^^ error reference.missing: No load balancer provider named "amphore" in project demo (cloud demo, RegionOne). Did you mean "amphora"?
external_openstack_network_public_networks: [publik, public]
#                                            ^^^^^^ warning reference.missing: No network named "publik" in project demo (cloud demo, RegionOne). Did you mean "public"?
storage_classes:
  - {name: fast, parameters: {type: hdd, availability: nova}}
#                                   ^^^ error reference.missing: No volume type named "hdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?`,
  ],
  'variables of another playbook, which are called alike': [
    'playbook.yml',
    `
floating_network_id: private
flavor: nothing
image: nothing
clouds_yaml: {clouds: none}`,
  ],
};

describe('families of operators and tools', () => {
  for (const [name, [file, text]] of Object.entries(cases)) it(name, () => assertFindings(text.slice(1), referenceCloud, file));
});
