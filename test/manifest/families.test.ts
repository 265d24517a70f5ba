import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { assertFindings } from '../support/annotatedYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { referenceCloud } from '../support/referenceCloud.ts';

const cases: Readonly<Record<string, string>> = {
  'Manila: a class and a share that is there already': `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: nfs.manila.csi.openstack.org
parameters:
  type: defualt
#       ^^^^^^^ error reference.missing: No share type named "defualt" in project demo (cloud demo, RegionOne). Did you mean "default"?
  shareNetworkID: shares
#                 ^^^^^^ error reference.nameForId: "shares" is the name of a share network; shareNetworkID wants its id (6b1ab1e0…).
  availabilityZone: nova
# ^^^^^^^^^^^^^^^^ warning parameter.unknown: The Manila CSI driver knows no parameter "availabilityZone", so it does nothing. Did you mean "availability"?
  cephfs-mounter: nfs
#                 ^^^ error parameter.value: cephfs-mounter takes "kernel", "fuse"; "nfs" is refused by the driver.
  csi.storage.k8s.io/provisioner-secret-name: csi-manila-secrets
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: a}
spec:
  csi:
    driver: cephfs.manila.csi.openstack.org
    volumeHandle: anything
    volumeAttributes: {shareID: home, shareAccessID: 0b9c}
#                               ^^^^ error reference.nameForId: "home" is the name of a share; shareID wants its id (6d1ab1e0…).
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: right}
provisioner: nfs.manila.csi.openstack.org
parameters: {type: default, availability: nova, shareNetworkID: 6b1ab1e0-0000-4000-8000-000000000005, protocolSelector: NFS}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: of another driver}
provisioner: nfs.csi.k8s.io
parameters: {type: whatever, shareNetworkID: whatever}`,
  'Manila: credentials with a key that nobody reads, and a Secret of somebody else': `
apiVersion: v1
kind: Secret
metadata: {name: csi-manila-secrets}
stringData:
  os-authURL: https://keystone.example/v3
  os-region: RegionTwo
#            ^^^^^^^^^ error reference.missing: No region named "RegionTwo" in project demo (cloud demo, RegionOne). Did you mean "RegionOne"?
  os-userNmae: alice
# ^^^^^^^^^^^ warning setting.unknown: The Manila CSI driver knows no setting "os-userNmae", so it does nothing. Did you mean "os-userName"?
  os-userName: alice
  os-of-ours: kept
---
apiVersion: v1
kind: Secret
metadata: {name: elsewhere}
stringData: {os-region: eu-west-1, os-userNmae: alice}`,
  'a Node names its server in three spellings, and that of another cloud': `
apiVersion: v1
kind: Node
metadata: {name: a}
spec: {providerID: "openstack:///5e1ab1e0-0000-4000-8000-000000000016"}
---
apiVersion: v1
kind: Node
metadata: {name: b}
spec: {providerID: openstack://RegionOne/00000bad-8e6f-4e2d-a1b3-fedcba987654}
#                                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ information reference.missing: No server with id 00000bad… in project demo (cloud demo, RegionOne). It may be in another project.
---
apiVersion: v1
kind: Node
metadata: {name: c}
spec: {providerID: "openstack:///RegionOne/5e1ab1e0-0000-4000-8000-000000000016"}
---
apiVersion: v1
kind: Node
metadata: {name: d}
spec: {providerID: aws:///eu-west-1a/i-0123}`,
  'Cinder before its driver, and where a volume can be attached': `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: kubernetes.io/cinder
parameters: {type: hdd, availability: nova}
#                  ^^^ error reference.missing: No volume type named "hdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: a}
spec:
  csi: {driver: cinder.csi.openstack.org}
  nodeAffinity:
    required:
      nodeSelectorTerms:
        - matchExpressions:
            - {key: topology.cinder.csi.openstack.org/zone, operator: In, values: [az9]}
#                                                                                  ^^^ warning reference.missing: No availability zone named "az9" in project demo (cloud demo, RegionOne). Did you mean "az1"?
            - {key: kubernetes.io/hostname, operator: In, values: [one]}`,
  'octavia-ingress-controller: its configuration in a ConfigMap': `
apiVersion: v1
kind: ConfigMap
metadata: {name: octavia-ingress-controller-config}
data:
  config: |
    cluster-name: shop
    openstack:
      auth-url: https://keystone.example/v3
      region: RegionTwo
#             ^^^^^^^^^ error reference.missing: No region named "RegionTwo" in project demo (cloud demo, RegionOne). Did you mean "RegionOne"?
    octavia:
      subnet-id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
#                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.kind: e53fcbba… is a network (private); subnet-id wants a subnet.
      floating-network-id: "e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11"
#                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
      provider: ovn
---
apiVersion: v1
kind: ConfigMap
metadata: {name: of something else}
data:
  config: |
    network:
      subnet-id: nothing`,
  'octavia-ingress-controller: an Ingress of its class, and one of another': `
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  annotations:
    kubernetes.io/ingress.class: openstack
    octavia.ingress.kubernetes.io/internal: "false"
    octavia.ingress.kubernetes.io/floatingip: 203.0.113.8
#                                             ^^^^^^^^^^^ error reference.missing: No floating IP named "203.0.113.8" in project demo (cloud demo, RegionOne). Did you mean "203.0.113.7"?
    octavia.ingress.kubernetes.io/keep-floatingips: "true"
#   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning annotation.unknown: The octavia-ingress-controller knows no annotation "octavia.ingress.kubernetes.io/keep-floatingips", so it does nothing. Did you mean "octavia.ingress.kubernetes.io/keep-floatingip"?
    octavia.ingress.kubernetes.io/timeout-client-data: 5s
#                                                      ^^ warning annotation.value: timeout-client-data takes a whole number; "5s" is refused by the controller.
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  annotations:
    octavia.ingress.kubernetes.io/internal: "false"
    octavia.ingress.kubernetes.io/floatingip: 203.0.113.8
spec: {ingressClassName: nginx}`,
  'a Service wants an address: one that is there, one that is not, one of its own network': `
apiVersion: v1
kind: Service
spec: {type: LoadBalancer, loadBalancerIP: 203.0.113.7}
---
apiVersion: v1
kind: Service
spec: {type: LoadBalancer, loadBalancerIP: 203.0.113.9}
#                                          ^^^^^^^^^^^ information reference.missing: No floating IP named "203.0.113.9" in project demo (cloud demo, RegionOne). Did you mean "203.0.113.7"? The controller asks for exactly this address then, which as a rule only an administrator may.
---
apiVersion: v1
kind: Service
spec: {type: LoadBalancer, loadBalancerIP: "2001:db8::7"}
---
apiVersion: v1
kind: Service
metadata: {annotations: {service.beta.kubernetes.io/openstack-internal-load-balancer: "true"}}
spec: {type: LoadBalancer, loadBalancerIP: 10.10.0.7}`,
  'Cluster API: a failure domain is a zone where OpenStack is below': `
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: {name: a}
spec:
  template:
    spec:
      failureDomain: az2
#                    ^^^ error reference.missing: No availability zone named "az2" in project demo (cloud demo, RegionOne). Did you mean "az1"?
      infrastructureRef: {kind: OpenStackMachineTemplate, name: a}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: {name: b}
spec:
  template:
    spec:
      failureDomain: eu-west-1a
      infrastructureRef: {kind: AWSMachineTemplate, name: b}`,
  'allowed topologies and backups of Cinder': `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: a}
provisioner: cinder.csi.openstack.org
allowedTopologies:
  - matchLabelExpressions:
      - {key: topology.cinder.csi.openstack.org/zone, values: [az1, nova, az9]}
#                                                                         ^^^ warning reference.missing: No availability zone named "az9" in project demo (cloud demo, RegionOne). Did you mean "az1"?
      - {key: topology.kubernetes.io/region, values: [elsewhere]}
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: a}
driver: cinder.csi.openstack.org
parameters: {type: backup, availability: az1}
#                                        ^^^ error reference.missing: No volume availability zone named "az1" in project demo (cloud demo, RegionOne).
---
apiVersion: snapshot.storage.k8s.io/v1
kind: VolumeSnapshotClass
metadata: {name: not read}
driver: cinder.csi.openstack.org
parameters: {type: snapshot, availability: az1}`,
  'addresses of a cluster, and variables of a cluster class': `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: {name: a}
spec: {apiServerFloatingIP: 203.0.113.9, bastion: {floatingIP: 203.0.113.7}}
#                           ^^^^^^^^^^^ warning reference.missing: No floating IP named "203.0.113.9" in project demo (cloud demo, RegionOne). Did you mean "203.0.113.7"? Exactly this address is asked for then, which as a rule only an administrator may.
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: a}
spec:
  topology:
    variables:
      - {name: worker_flavor, value: m1.lagre}
#                                    ^^^^^^^^ warning reference.missing: No flavor named "m1.lagre" in project demo (cloud demo, RegionOne). Did you mean "m1.large"?
      - {name: external_id, value: public}
#                                  ^^^^^^ error reference.nameForId: "public" is the name of a network; external_id wants its id (1ca1ab1e…).
      - {name: dns_nameservers, value: [192.0.2.1]}
      - {name: of_ours, value: m1.lagre}`,
  'Gardener: a Shoot on OpenStack, and one elsewhere': `
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: {name: a}
spec:
  region: RegionTwo
#         ^^^^^^^^^ error reference.missing: No region named "RegionTwo" in project demo (cloud demo, RegionOne). Did you mean "RegionOne"?
  provider:
    type: openstack
    infrastructureConfig:
      apiVersion: openstack.provider.extensions.gardener.cloud/v1alpha1
      kind: InfrastructureConfig
      floatingPoolName: private
#                       ^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
      floatingPoolSubnetName: public-*
      networks:
        id: private
#           ^^^^^^^ error reference.nameForId: "private" is the name of a network; networks.id wants its id (e53fcbba…).
        router: {id: 4a1ab1e0-0000-4000-8000-000000000001}
        subnetPool: {id: 00000bad-8e6f-4e2d-a1b3-fedcba987654}
#                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.missing: No subnet pool with id 00000bad… in project demo (cloud demo, RegionOne).
    controlPlaneConfig:
      loadBalancerProvider: octavia
#                           ^^^^^^^ error reference.missing: No load balancer provider named "octavia" in project demo (cloud demo, RegionOne).
      loadBalancerClasses:
        - {name: inner, floatingNetworkID: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, floatingSubnetID: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3}
#                                                                                                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.otherNetwork: Subnet "private-v4" does not belong to the network named beside it.
    workers:
      - name: one
        machine: {type: m1.lagre, image: {name: gardenlinux}}
#                       ^^^^^^^^ error reference.missing: No flavor named "m1.lagre" in project demo (cloud demo, RegionOne). Did you mean "m1.large"?
        volume: {type: hdd, size: 50Gi}
#                      ^^^ error reference.missing: No volume type named "hdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?
        zones: [az1, az9]
#                    ^^^ error reference.missing: No availability zone named "az9" in project demo (cloud demo, RegionOne). Did you mean "az1"?
        providerConfig: {additionalSecurityGroups: [web, db]}
#                                                   ^^^ error reference.ambiguous: Two security groups are called "web" in project demo (cloud demo, RegionOne); name one by id.
---
apiVersion: core.gardener.cloud/v1beta1
kind: Shoot
metadata: {name: b}
spec:
  region: eu-west-1
  provider:
    type: aws
    workers: [{machine: {type: t3.medium}, zones: [eu-west-1a]}]`,
  'Gardener: what it makes of a Shoot, and a profile of several regions': `
apiVersion: extensions.gardener.cloud/v1alpha1
kind: Infrastructure
metadata: {name: a}
spec:
  type: openstack
  providerConfig: {floatingPoolName: publik}
#                                    ^^^^^^ error reference.missing: No network named "publik" in project demo (cloud demo, RegionOne). Did you mean "public"?
---
apiVersion: extensions.gardener.cloud/v1alpha1
kind: Worker
metadata: {name: a}
spec:
  type: openstack
  pools: [{machineType: m1.tiny, zones: [az1]}]
#                       ^^^^^^^ error reference.missing: No flavor named "m1.tiny" in project demo (cloud demo, RegionOne).
---
apiVersion: extensions.gardener.cloud/v1alpha1
kind: DNSRecord
metadata: {name: a}
spec: {type: openstack-designate, zone: example.org.}
#                                       ^^^^^^^^^^^^ error reference.nameForId: "example.org." is the name of a zone; zone wants its id (d1a1ab1e…).
---
apiVersion: machine.sapcloud.io/v1alpha1
kind: MachineClass
metadata: {name: a}
provider: OpenStack
providerSpec:
  spec: {imageName: debian-13, flavorName: m1.large, networkID: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3, serverGroupID: spread}
#                   ^^^^^^^^^ error reference.missing: No image named "debian-13" in project demo (cloud demo, RegionOne). Did you mean "debian-12"?
#                                                               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.kind: a5c6ee4a… is a subnet (private-v4); networkID wants a network. Its network is "private".
#                                                                                                                    ^^^^^^ error reference.nameForId: "spread" is the name of a server group; serverGroupID wants its id (9a1ab1e0…).
---
apiVersion: core.gardener.cloud/v1beta1
kind: CloudProfile
metadata: {name: a}
spec:
  type: openstack
  machineTypes: [{name: m1.large}, {name: m1.huge}]
#                                         ^^^^^^^ warning reference.missing: No flavor named "m1.huge" in project demo (cloud demo, RegionOne).
  providerConfig:
    constraints:
      floatingPools: [{name: pub*}, {name: FloatingIP-external-elsewhere, region: RegionTwo}]
      loadBalancerProviders: [{name: f5, region: RegionTwo}]
    machineImages:
      - {name: gardenlinux, versions: [{version: 1.2.3, regions: [{name: RegionTwo, id: 00000bad-8e6f-4e2d-a1b3-fedcba987654}]}]}`,
  'Gardener: credentials with a line break, and a Secret of somebody else': `
apiVersion: v1
kind: Secret
metadata: {name: a}
data:
  domainName: RGVmYXVsdAo=
#             ^^^^^^^^^^^^ error secret.whitespace: domainName begins or ends with white space (a line break, if echo without -n was before base64); Gardener refuses that.
  tenantName: c2hvcA==
---
apiVersion: v1
kind: Secret
metadata: {name: b}
data: {username: RGVmYXVsdAo=}
---
apiVersion: v1
kind: Secret
metadata: {name: encrypted by SOPS}
data: {domainName: "ENC[AES256_GCM,data:IAogCg==]", tenantName: "ENC[AES256_GCM,data:IAogCg==]"}`,
  'OpenShift: install-config.yaml': `
apiVersion: v1
baseDomain: example.org
metadata: {name: shop}
controlPlane:
  name: master
  platform:
    openstack: {type: m1.tiny, zones: [az1, az2], rootVolume: {size: 30, types: [ssd, hdd], zones: [nova]}}
#                     ^^^^^^^ error reference.missing: No flavor named "m1.tiny" in project demo (cloud demo, RegionOne).
#                                           ^^^ error reference.missing: No availability zone named "az2" in project demo (cloud demo, RegionOne). Did you mean "az1"?
#                                                                                     ^^^ error reference.missing: No volume type named "hdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?
compute:
  - name: worker
    platform:
      openstack: {additionalNetworkIDs: [private], additionalSecurityGroupIDs: [53a1ab1e-0000-4000-8000-000000000007]}
#                                        ^^^^^^^ error reference.nameForId: "private" is the name of a network; additionalNetworkIDs wants its id (e53fcbba…).
platform:
  openstack:
    cloud: demo
    externalNetwork: private
#                    ^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
    apiFloatingIP: 203.0.113.7
    ingressFloatingIP: 203.0.113.8
#                      ^^^^^^^^^^^ error reference.missing: No floating IP named "203.0.113.8" in project demo (cloud demo, RegionOne). Did you mean "203.0.113.7"?
    machinesSubnet: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
#                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.kind: e53fcbba… is a network (private); machinesSubnet wants a subnet.
    clusterOSImage: https://images.example.org/rhcos.qcow2?sha256=0
    defaultMachinePlatform: {type: m1.large}
---
apiVersion: v1
baseDomain: example.org
metadata: {name: elsewhere}
compute: [{platform: {openstack: {type: nothing}}}]
platform: {aws: {region: eu-west-1}}`,
  'OpenShift: the machine API': `
apiVersion: machine.openshift.io/v1beta1
kind: MachineSet
metadata: {name: a}
spec:
  template:
    spec:
      providerSpec:
        value:
          apiVersion: machine.openshift.io/v1alpha1
          kind: OpenstackProviderSpec
          flavor: m1.lagre
#                 ^^^^^^^^ error reference.missing: No flavor named "m1.lagre" in project demo (cloud demo, RegionOne). Did you mean "m1.large"?
          image: debian-12
          keyName: alice-keys
#                  ^^^^^^^^^^ information reference.missing: No key pair named "alice-keys" in project demo (cloud demo, RegionOne). Did you mean "alice-key"? Key pairs belong to users: the one in cloudsSecret must have it.
          networks:
            - filter: {}
              subnets: [{filter: {name: privat-v4, tags: ""}}]
#                                       ^^^^^^^^^ error reference.missing: No subnet matches name, tags in project demo (cloud demo, RegionOne). Did you mean "private-v4"?
            - uuid: private
#                   ^^^^^^^ error reference.nameForId: "private" is the name of a network; networks.uuid wants its id (e53fcbba…).
            - filter: {name: whatever, status: ACTIVE}
          securityGroups: [{name: web}, {uuid: 53a1ab1e-0000-4000-8000-000000000007}, {filter: {name: cache}}]
#                                 ^^^ warning reference.ambiguous: Two security groups are called "web" in project demo (cloud demo, RegionOne); all of them would be used.
#                                                                                                     ^^^^^ error reference.missing: No security group named "cache" in project demo (cloud demo, RegionOne).
          ports: [{networkID: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, fixedIPs: [{subnetID: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3}]}]
#                                                                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.otherNetwork: Subnet "private-v4" does not belong to the network of the port.
          serverGroupName: to-be-made
          rootVolume: {volumeType: ssd, availabilityZone: az1}
#                                                         ^^^ error reference.missing: No volume availability zone named "az1" in project demo (cloud demo, RegionOne).
---
apiVersion: machine.openshift.io/v1beta1
kind: MachineSet
metadata: {name: elsewhere}
spec:
  template:
    spec:
      providerSpec:
        value: {kind: GCPMachineProviderSpec, image: whatever, flavor: whatever}
---
apiVersion: machine.openshift.io/v1beta1
kind: Machine
metadata: {name: of a manual}
spec: {providerSpec: {value: {kind: OpenstackProviderSpec, flavor: <nova_flavor>, image: <cluster_id>-rhcos, keyName: $KEY}}}
---
apiVersion: machine.openshift.io/v1
kind: ControlPlaneMachineSet
metadata: {name: cluster}
spec:
  template:
    machines_v1beta1_machine_openshift_io:
      failureDomains:
        platform: OpenStack
        openstack: [{availabilityZone: az2, rootVolume: {availabilityZone: nova, volumeType: hdd}}]
#                                      ^^^ error reference.missing: No availability zone named "az2" in project demo (cloud demo, RegionOne). Did you mean "az1"?
#                                                                                            ^^^ error reference.missing: No volume type named "hdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?`,
  'OpenShift: hosted clusters, and what the registry makes itself': `
apiVersion: hypershift.openshift.io/v1beta1
kind: HostedCluster
metadata: {name: a}
spec: {platform: {type: OpenStack, openstack: {externalNetwork: {id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11}, subnets: [{id: private-v4}]}}}
#                                                                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
#                                                                                                                          ^^^^^^^^^^ error reference.nameForId: "private-v4" is the name of a subnet; subnets[*].id wants its id (a5c6ee4a…).
---
apiVersion: hypershift.openshift.io/v1beta1
kind: NodePool
metadata: {name: a}
spec: {platform: {type: OpenStack, openstack: {flavor: m1.large, imageName: debian-13}}}
#                                                                           ^^^^^^^^^ error reference.missing: No image named "debian-13" in project demo (cloud demo, RegionOne). Did you mean "debian-12"?
---
apiVersion: imageregistry.operator.openshift.io/v1
kind: Config
metadata: {name: cluster}
spec: {storage: {swift: {container: to-be-made}}}`,
  'kOps: a cluster of both versions, groups that say their cloud and one that does not': `
apiVersion: kops.k8s.io/v1alpha2
kind: Cluster
metadata: {name: a}
spec:
  cloudProvider: openstack
  configBase: swift://backups/a
  cloudConfig:
    openstack:
      router: {externalNetwork: publik}
#                               ^^^^^^ error reference.missing: No network named "publik" in project demo (cloud demo, RegionOne). Did you mean "public"?
      loadbalancer: {provider: octavia, floatingNetworkID: public, flavorID: '4'}
#                              ^^^^^^^ error reference.missing: No load balancer provider named "octavia" in project demo (cloud demo, RegionOne).
#                                                          ^^^^^^ error reference.nameForId: "public" is the name of a network; floatingNetworkID wants its id (1ca1ab1e…).
#                                                                            ^^^ error reference.kind: 4 is a flavor (m1.large); flavorID wants a load balancer flavor.
      blockStorage: {override-volume-az: az1}
#                                        ^^^ error reference.missing: No volume availability zone named "az1" in project demo (cloud demo, RegionOne).
  subnets: [{id: private-v4, zone: az1, cidr: 10.10.0.0/24}]
#                ^^^^^^^^^^ error reference.nameForId: "private-v4" is the name of a subnet; subnets.id wants its id (a5c6ee4a…).
  etcdClusters: [{etcdMembers: [{name: a, volumeType: hdd}]}]
#                                                     ^^^ error reference.missing: No volume type named "hdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?
---
apiVersion: kops.k8s.io/v1alpha3
kind: Cluster
metadata: {name: b}
spec:
  cloudProvider: {openstack: {router: {externalNetwork: private}}}
#                                                       ^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
  networking: {networkID: private}
#                         ^^^^^^^ error reference.nameForId: "private" is the name of a network; networkID wants its id (e53fcbba…).
---
apiVersion: kops.k8s.io/v1alpha2
kind: Cluster
metadata: {name: c}
spec: {cloudProvider: aws, networkID: vpc-0123, subnets: [{id: subnet-0123, zone: eu-west-1a}]}
---
apiVersion: kops.k8s.io/v1alpha2
kind: InstanceGroup
metadata: {name: nodes, annotations: {openstack.kops.io/osVolumeBoot: "true"}}
spec: {machineType: m1.tiny, image: debian-12}
#                   ^^^^^^^ error reference.missing: No flavor named "m1.tiny" in project demo (cloud demo, RegionOne).
---
apiVersion: kops.k8s.io/v1alpha2
kind: InstanceGroup
metadata: {name: nodes}
spec: {machineType: t3.medium, image: ubuntu}`,
  'Rancher: a machine configuration': `
apiVersion: rke-machine-config.cattle.io/v1
kind: OpenstackConfig
metadata: {name: a}
flavorName: m1.lagre
#           ^^^^^^^^ error reference.missing: No flavor named "m1.lagre" in project demo (cloud demo, RegionOne). Did you mean "m1.large"?
imageId: debian-12
#        ^^^^^^^^^ error reference.nameForId: "debian-12" is the name of an image; imageId wants its id (11a1ab1e…).
netName: private
floatingipPool: private
#               ^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
keypairName: alice-key`,
  'Magnum: a cluster template, and what only looks like one': `
coe: kubernetes
image_id: debian-13
#         ^^^^^^^^^ error reference.missing: No image named "debian-13" in project demo (cloud demo, RegionOne). Did you mean "debian-12"?
external_network_id: private
#                    ^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
fixed_network: private
fixed_subnet: a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3
flavor_id: m1.large
labels:
  boot_volume_type: hdd
#                   ^^^ error reference.missing: No volume type named "hdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?
  octavia_provider: ovn
  availability_zone: az1
---
image_id: nothing
external_network_id: nothing`,
  'the cluster autoscaler of Magnum, and of another cloud': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: cluster-autoscaler}
spec:
  template:
    spec:
      containers:
        - name: cluster-autoscaler
          command:
            - ./cluster-autoscaler
            - --cloud-provider=magnum
            - "--cluster-name=shpo"
#                             ^^^^ error reference.missing: No cluster named "shpo" in project demo (cloud demo, RegionOne). Did you mean "shop"?
            - --nodes=1:10:default-worker
---
apiVersion: apps/v1
kind: Deployment
spec: {template: {spec: {containers: [{args: [--cloud-provider=aws, --cluster-name=elsewhere]}]}}}`,
  'external-dns: Designate is gone since v0.17': `
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
        - image: registry.k8s.io/external-dns/external-dns:v0.18.0
          args: [--source=service, --provider=designate]
#                                  ^^^^^^^^^^^^^^^^^^^^ error argument.removed: external-dns has no provider "designate" since v0.17; use the provider "webhook" with external-dns-openstack-webhook beside it.
        - image: registry.k8s.io/external-dns/external-dns
          args: [--provider=designate]
#                ^^^^^^^^^^^^^^^^^^^^ warning argument.removed: external-dns has no provider "designate" since v0.17; use the provider "webhook" with external-dns-openstack-webhook beside it.
        - image: registry.k8s.io/external-dns/external-dns:v0.16.1
          args: [--provider=designate]
        - image: example.org/dns-of-ours:v0.18.0
          args: [--provider=designate]`,
  'Velero: where backups and snapshots go': `
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: a}
spec: {provider: community.openstack.org/openstack, objectStorage: {bucket: bakups}, config: {region: RegionOne}}
#                                                                           ^^^^^^ error reference.missing: No container named "bakups" in project demo (cloud demo, RegionOne). Did you mean "backups"? The plugin does not make one.
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: b}
spec: {provider: aws, objectStorage: {bucket: elsewhere}, config: {region: eu-west-1}}
---
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: a}
spec:
  provider: community.openstack.org/openstack-cinder
  config:
    method: copy
#           ^^^^ warning setting.value: method takes "snapshot", "clone", "backup", "image"; "copy" is refused by the plugin.
    snapshotTimout: 5m
#   ^^^^^^^^^^^^^^ warning setting.unknown: The plugin for Cinder knows no setting "snapshotTimout", so it does nothing. Did you mean "snapshotTimeout"?
    cloneTimeout: 300
#                 ^^^ error setting.notText: A setting is a text: write "300" in quotes, or the API server refuses this VolumeSnapshotLocation.
    ensureDeleted: true
#                  ^^^^ error setting.notText: A setting is a text: write "true" in quotes, or the API server refuses this VolumeSnapshotLocation.
    of-ours: kept`,
  'Metal3: words that the API server refuses': `
apiVersion: metal3.io/v1alpha1
kind: BareMetalHost
metadata: {name: a}
spec:
  online: true
  bootMode: uefi
#           ^^^^ error setting.value: bootMode takes "UEFI", "UEFISecureBoot", "legacy"; "uefi" is refused by the API server.
  automatedCleaningMode: disabled
  image: {url: https://images.example.org/a.qcow2, checksum: abc, checksumType: sha256, format: qcow}
#                                                                                               ^^^^ error setting.value: format takes "raw", "qcow2", "vdi", "vmdk", "live-iso"; "qcow" is refused by the API server.`,
  'Prometheus: a region to scrape': `
apiVersion: monitoring.coreos.com/v1alpha1
kind: ScrapeConfig
metadata: {name: a}
spec: {openstackSDConfigs: [{role: Instance, region: RegionTwo}]}
#                                                    ^^^^^^^^^ warning reference.missing: No region named "RegionTwo" in project demo (cloud demo, RegionOne). Did you mean "RegionOne"?`,
};

describe('families', () => {
  for (const [name, text] of Object.entries(cases)) it(name, () => assertFindings(text.slice(1), referenceCloud));

  it('a part of a text is replaced as it is, whatever it looks like', async () => {
    const cloud = fakeCloud("container-infrastructure-management.cluster: [{ uuid: c1, name: '0123' }]") as ResourceLookup;
    const containers = '[{args: ["--cloud-provider=magnum", "--cluster-name=0124"]}]';
    const text = `apiVersion: apps/v1\nkind: Deployment\nspec: {template: {spec: {containers: ${containers}}}}\n`;
    const { findings } = await checkManifests(parseManifests('a.yaml', text), cloud);
    const changed = findings.map(({ range, fixes }) => text.slice(0, range.start) + fixes?.[0]?.newText + text.slice(range.end));
    assert.deepEqual(changed, [text.replace('0124', '0123')]);
  });

  it('a text of a block is replaced up to its end, and the next key stands on its own line', async () => {
    const text = `apiVersion: storage.k8s.io/v1
kind: StorageClass
provisioner: cinder.csi.openstack.org
parameters:
  type: >-
    sssd
  csi.storage.k8s.io/fstype: ext4
`;
    const { findings } = await checkManifests(parseManifests('a.yaml', text), referenceCloud);
    const changed = findings.map(({ range, fixes }) => text.slice(0, range.start) + fixes?.[0]?.newText + text.slice(range.end));
    assert.deepEqual(changed, [text.replace(/>-\n\s+sssd/, 'ssd')]);
  });

  it('a filter that finds what does not fit is not replaced by a name', async () => {
    const cloud = fakeCloud(
      'network.network: [{ id: n1, name: private, tags: [blue], router:external: false }, { id: n2, name: public, router:external: true }]',
    ) as ResourceLookup;
    const text =
      'apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackCluster\nspec: {externalNetwork: {filter: {tags: [blue]}}}\n';
    const { findings } = await checkManifests(parseManifests('a.yaml', text), cloud);
    assert.deepEqual(
      findings.map(({ code, fixes }) => [code, fixes]),
      [['reference.notExternal', undefined]],
    );
  });
});
