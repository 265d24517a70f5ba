/** Texts that look wrong and are not: of none of them anything may be said. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

/** Who asks sees little of this cloud, and what it has is called as ids are. */
const cloud = fakeCloud(`
compute.flavor: [{ id: m1.tiny, name: 3f2504e0-4f89-41d3-9a0c-0305e82c3301 }, { id: '42', name: m1.small }]
identity.project: [{ id: 4b852057e42c4fc8bd47d8ed737d8986, name: demo }]
identity.region: [{ id: RegionOne }]
identity.role: forbidden
image.image: forbidden
network.network: [{ id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, router:external: true }]
network.subnet: []
`) as ResourceLookup;

const cases: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'defaults before what is required: a reference to credentials without its type': [
    'a.yaml',
    `apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: OpenStackCluster
metadata: {name: a}
spec: {identityRef: {name: a, cloudName: demo}, managedSecurityGroups: {}, apiServer: {managedLoadBalancer: {}}}
`,
  ],
  'what a webhook fills in is not missing': [
    'a.yaml',
    `apiVersion: core.openstack.org/v1beta1
kind: OpenStackControlPlane
metadata: {name: a}
spec: {secret: s, storageClass: local, galera: {templates: {openstack: {replicas: 1}}}, nova: {template: {}}, horizon: {enabled: true}}
`,
  ],
  'a patch is a part of an object': [
    'patch.yaml',
    `apiVersion: metal3.io/v1alpha1
kind: BareMetalHost
metadata: {name: a}
spec: {bmc: {disableCertificateVerification: true}, image: {$patch: delete}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1alpha7
kind: OpenStackMachineTemplate
metadata: {name: a}
spec: {template: {spec: {ports: [{$patch: delete}], rootVolume: null}}}
`,
  ],
  'what is to be filled in names nothing yet: in a template of Heat': [
    'a.hot',
    `heat_template_version: 2018-08-31
parameters: {image: {type: string, default: '\${IMAGE}', constraints: [{custom_constraint: glance.image}]}}
resources:
  a:
    type: OS::Neutron::Port
    properties: {network: <network>, fixed_ips: [{subnet: CHANGEME}], name: {get_param: '{{ name }}'}}
`,
  ],
  'what is to be filled in names nothing yet: by a shell': [
    'openrc.sh',
    'export OS_AUTH_URL=$KEYSTONE\nexport OS_REGION_NAME="$(region)"\nexport OPENSTACK_EXTERNAL_NETWORK_ID=${NETWORK:-none}\nexport OS_INTERFACE=`id`\n',
  ],
  'what is to be filled in names nothing yet: in an INI': [
    'cloud.conf',
    '[Global]\nauth-url = ${AUTH_URL}\nregion = {{ region }}\n[LoadBalancer]\nfloating-network-id = <id>\nlb-method = ${METHOD}\n',
  ],
  'names that are made when they are rendered': [
    'values.yaml',
    'clouds: {demo: "{{ .Values.cloud }}"}\nfloating_network_id: nowhere\n',
  ],
  'what another resource of the same files makes': [
    'a.hot',
    `heat_template_version: 2013-05-23
resources:
  n: {type: OS::Neutron::Net, properties: {name: mine}}
  p: {type: OS::Neutron::Port, depends_on: n, properties: {network: mine}}
`,
  ],
  'a default that decides whether there is such a resource at all': [
    'a.hot',
    `heat_template_version: 2018-08-31
parameters: {size: {type: number, default: 0}, type: {type: string, default: ''}}
conditions: {wanted: {not: {equals: [{get_param: size}, 0]}}}
resources: {v: {type: OS::Cinder::Volume, condition: wanted, properties: {size: {get_param: size}, volume_type: {get_param: type}}}}
`,
  ],
  'what may not be seen: images, roles, the subnets of an external network': [
    'a.yaml',
    `apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {policies: '[{"match": [{"type": "role", "values": ["auditor"]}]}]'}
---
heat_template_version: 2018-08-31
resources: {s: {type: OS::Nova::Server, properties: {flavor: m1.small, image: hidden}}}
`,
  ],
  'a date without quotes, and a codename': [
    'a.hot',
    `heat_template_version: 2016-10-14
parameters: {since: {type: string, default: 2020-01-01}}
resources: {n: {type: OS::Neutron::Net, deletion_policy: retain, properties: {admin_state_up: yes}}}
`,
  ],
  'clouds, regions and projects of others': [
    'clouds.yaml',
    `clouds:
  here: {region_name: RegionTwo, auth: {auth_url: 'https://a.example/v3', token: "\${TOKEN}", project_id: 0123456789abcdef0123456789abcdef}}
  there: {profile: vexxhost, regions: [ca-ymq-1, {name: sjc1, values: {}}], auth: {project_name: other}}
`,
  ],
  'versions that nobody knows yet': [
    'a.yaml',
    `apiVersion: infrastructure.cluster.x-k8s.io/v1beta9
kind: OpenStackMachine
metadata: {name: a}
spec: {flavor: nothing, image: nothing}
---
apiVersion: compute.openstack.crossplane.io/v2
kind: InstanceV2
metadata: {name: a}
spec: {forProvider: {flavorName: nothing}}
`,
  ],
  'a name that looks like an id, an id without dashes, and one of no form': [
    'a.yaml',
    `heat_template_version: 2018-08-31
resources:
  a: {type: OS::Nova::Server, properties: {flavor: 3f2504e0-4f89-41d3-9a0c-0305e82c3301, image: x}}
  b: {type: OS::Nova::Server, properties: {flavor: m1.tiny, image: x}}
  c: {type: OS::Nova::Server, properties: {flavor: 42, image: x}}
  d: {type: OS::Cinder::Quota, properties: {project: 4b852057e42c4fc8bd47d8ed737d8986}}
`,
  ],
  'an empty text is a value of its own': [
    'a.yaml',
    `apiVersion: v1
kind: Service
metadata: {name: a, annotations: {loadbalancer.openstack.org/floating-network-id: '', external-dns.alpha.kubernetes.io/hostname: ''}}
spec: {type: LoadBalancer}
---
heat_template_version: 2018-08-31
parameters: {key: {type: string, default: '', constraints: [{custom_constraint: nova.keypair}]}}
`,
  ],
  'the parameters of an environment, and what it maps types to': [
    'env.yaml',
    `parameters: {flavor: nothing, network: nothing}
parameter_defaults: {image: nothing}
resource_registry: {"OS::Nova::Server": server.yaml, "My::Own::Type": "https://templates.example.org/own.yaml"}
`,
  ],
  'variables of a playbook or of Terraform are called as those of others are': [
    'group_vars.yml',
    'floating_network_id: nowhere\nexternal_network: nowhere\nflavor_id: nothing\nopenstack_region: nowhere\n',
  ],
};

describe('of what looks wrong and is right, nothing is said', () => {
  for (const [name, [file, text]] of Object.entries(cases))
    it(name, async () => {
      const { findings } = await checkManifests(parseManifests(file, text), cloud);
      assert.deepEqual(
        findings.map(({ code, message }) => `${code} ${message}`),
        [],
      );
    });
});
