/** Families of rules against the sandbox: names that are there and names that are not, and what Heat itself says of the tables about it. */
import assert from 'node:assert/strict';
import { projectLookup } from '../../src/deploy/live/projectLookup.ts';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { referencesOf } from '../../src/manifest/references.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import type { FixedValue } from '../../src/manifest/rule.ts';
import { heatRules } from '../../src/manifest/rules/heat.ts';
import { requiredProperties } from '../../src/manifest/rules/heatSchema.ts';
import { heatValues } from '../../src/manifest/rules/heatValues.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { openstack } from '../support/openstack.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

/** Family → file, its text, and what is found: the value and what it is. PRIVATE, PUBLIC and SUBNET stand for ids, which every sandbox has others of. */
const cases: Readonly<Record<string, readonly [file: string, text: string, found: readonly string[]]>> = {
  'a Heat template': [
    'web.hot',
    `heat_template_version: 2018-08-31
parameters:
  flavor: {type: string, default: m1.lagre}
resources:
  web:
    type: OS::Nova::Server
    properties:
      flavor: {get_param: flavor}
      image: debian-12
      key_name: alice-key
      availability_zone: nova
      networks: [{network: private}, {network: private-v4}]
  volume:
    type: OS::Cinder::Volume
    properties: {size: 1, volume_type: sdd}
  address:
    type: OS::Neutron::FloatingIP
    properties: {floating_network: private}
`,
    [
      'm1.lagre: warning reference.missing',
      'private-v4: error reference.kind',
      'sdd: error reference.missing',
      'private: error reference.notExternal',
    ],
  ],
  'a cloud.conf': [
    'cloud.conf',
    `[Global]
auth-url = http://127.0.0.1:5000/v3
region = RegionOne
[LoadBalancer]
floating-network-id = PUBLIC
network-id = SUBNET
subnet-id = private-v4
`,
    ['SUBNET: error reference.kind', 'private-v4: error reference.nameForId'],
  ],
  'a clouds.yaml': [
    'clouds.yaml',
    `clouds:
  demo:
    region_name: RegionOne
    auth: {auth_url: "http://127.0.0.1:5000/v3", username: alice, user_domain_name: Default, project_name: demo, project_domain_name: Default}
  elsewhere:
    region_name: eu-west-1
    auth: {auth_url: "https://keystone.example/v3", user_id: u, project_name: other, project_domain_name: Default}
`,
    [],
  ],
  'an openrc with variables of clusterctl': [
    'demo-openrc.sh',
    `export OS_AUTH_URL=http://127.0.0.1:5000/v3
export OS_REGION_NAME=RegionOne
export OPENSTACK_EXTERNAL_NETWORK_ID=public
export OPENSTACK_IMAGE_NAME=debian-12
export OPENSTACK_NODE_MACHINE_FLAVOR=m1.tinny
`,
    ['public: error reference.nameForId', 'm1.tinny: error reference.missing'],
  ],
  'policies of k8s-keystone-auth, of which a member may list projects only': [
    'policy.yaml',
    `apiVersion: v1
kind: ConfigMap
metadata: {name: k8s-auth-policy}
data:
  policies: |
    - match: [{type: project, values: [demo, dmeo]}, {type: role, values: [no-such-role]}]
`,
    ['dmeo: information reference.missing'],
  ],
  'Cluster API before v1beta1': [
    'machine.yaml',
    `apiVersion: infrastructure.cluster.x-k8s.io/v1alpha6
kind: OpenStackMachine
metadata: {name: a}
spec: {flavor: m1.small, image: debian-13, networks: [{uuid: PRIVATE}, {filter: {name: privat}}], securityGroups: [{name: web}]}
`,
    ['debian-13: error reference.missing', 'privat: error reference.missing'],
  ],
  'the cluster autoscaler and the auto-healer of Magnum': [
    'autoscaler.yaml',
    `apiVersion: apps/v1
kind: Deployment
metadata: {name: a}
spec: {template: {spec: {containers: [{name: a, args: [--cloud-provider=magnum, --cluster-name=prdo]}]}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data:
  config.yaml: |
    cloud-provider: openstack
    cluster-name: prod
    openstack: {region: RegionTwo}
`,
    ['prdo: error reference.missing', 'RegionTwo: error reference.missing'],
  ],
  Kubespray: [
    'openstack.yml',
    `external_openstack_lbaas_floating_network_id: PRIVATE
external_openstack_lbaas_subnet_id: SUBNET
external_openstack_network_internal_networks: [private]
`,
    ['PRIVATE: error reference.notExternal'],
  ],
  'Crossplane, Kubermatic and Kubernikus': [
    'others.yaml',
    `apiVersion: compute.openstack.crossplane.io/v1alpha1
kind: InstanceV2
metadata: {name: a}
spec: {forProvider: {flavorName: m1.small, imageName: debian-21, securityGroups: [web], network: [{uuid: PRIVATE}]}}
---
apiVersion: cluster.k8s.io/v1alpha1
kind: MachineDeployment
metadata: {name: a}
spec: {template: {spec: {providerSpec: {value: {cloudProvider: openstack, cloudProviderSpec: {flavor: m1.small, image: debian-12, network: private, floatingIpPool: publik}}}}}}
---
apiVersion: kubernikus.sap.cc/v1
kind: Kluster
metadata: {name: a}
spec: {openstack: {networkID: SUBNET, securityGroupName: web}, nodePools: [{flavor: m1.small, availabilityZone: nova}]}
`,
    ['debian-21: error reference.missing', 'publik: error reference.missing', 'SUBNET: error reference.kind'],
  ],
  'claims, managed objects of ORC and Prometheus': [
    'rest.yaml',
    `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: a, annotations: {cinder.csi.openstack.org/affinity: no-such-volume}}
---
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Volume
metadata: {name: a}
spec: {resource: {size: 1, availabilityZone: nova}}
---
apiVersion: monitoring.coreos.com/v1alpha1
kind: ScrapeConfig
metadata: {name: a}
spec: {openstackSDConfigs: [{role: Instance, region: RegionTwo}]}
`,
    ['no-such-volume: error reference.missing', 'RegionTwo: warning reference.missing'],
  ],
};

type Ids = Readonly<Record<'PRIVATE' | 'PUBLIC' | 'SUBNET', string>>;

async function idsOf(lookup: ResourceLookup): Promise<Ids> {
  const named = [
    { kind: 'network.network', query: { by: 'name', value: 'private' } },
    { kind: 'network.network', query: { by: 'name', value: 'public' } },
    { kind: 'network.subnet', query: { by: 'name', value: 'private-v4' } },
  ] as const;
  const ids = (await lookup.find(named)).map((one) => (one.verdict === 'found' ? String(one.matches[0]?.['id']) : one.verdict));
  return { PRIVATE: ids[0] ?? '', PUBLIC: ids[1] ?? '', SUBNET: ids[2] ?? '' };
}

for (const [name, [file, written, expected]] of Object.entries(cases))
  sandboxTest(`${name}: names that are there are found, the others told`, (sandbox) =>
    withDemoProject(sandbox, async (project) => {
      const lookup = projectLookup(project);
      const ids = Object.entries(await idsOf(lookup));
      const text = ids.reduce((all, [word, id]) => all.replaceAll(word, id), written);
      const { findings } = await checkManifests(parseManifests(file, text), lookup);
      const told = findings
        .filter(({ code }) => code.startsWith('reference.'))
        .map(({ range, severity, code }) => `${text.slice(range.start, range.end)}: ${severity} ${code}`);
      assert.deepEqual(
        told.map((one) => ids.reduce((all, [word, id]) => all.replaceAll(id, word), one)),
        expected,
      );
    }),
  );

sandboxTest('regions and projects of clouds.yaml and openrc are those of the cloud', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const files = ['a clouds.yaml', 'an openrc with variables of clusterctl'].flatMap((name) =>
      cases[name] ? [cases[name]] : [],
    );
    const references = files.flatMap(([file, text]) => parseManifests(file, text).flatMap(({ local }) => referencesOf(local)));
    const named = references.filter(({ rule }) => rule.to.startsWith('identity.'));
    const answers = await projectLookup(project).find(named.map(({ rule, query }) => ({ kind: rule.to, query })));
    assert.deepEqual(
      named.map(({ rule, text }, index) => `${rule.to} ${text}: ${answers[index]?.verdict}`),
      [
        'identity.region RegionOne: found',
        'identity.project demo: found',
        'identity.region eu-west-1: missing',
        'identity.project other: missing',
        'identity.region RegionOne: found',
      ],
    );
  }),
);

interface Property {
  readonly required?: boolean;
  readonly schema?: Readonly<Record<string, Property>>;
  readonly constraints?: readonly {
    readonly custom_constraint?: string;
    readonly allowed_values?: readonly unknown[];
    readonly range?: { readonly min?: number; readonly max?: number };
  }[];
}

type Properties = Readonly<Record<string, Property>>;

/** Older spellings, which Heat translates and does not tell of; and what newer releases have that this one has not. */
const untold = /_id$|^security_groups\[\*\]$|volume_type$/;
const newer = ['sata', 'SCTP', 'REDIRECT_PREFIX', 'security_group', 'address_scope', 'subnetpool'];

sandboxTest("the tables say of Heat's types what Heat says", async (sandbox) => {
  const ask = async (path: string): Promise<object> => openstack(sandbox, 'demo', 'orchestration', 'GET', path);
  const { resource_types: served } = (await ask('/resource_types')) as { resource_types: readonly string[] };
  const ours = [...new Set([...heatRules, ...heatValues].map((row) => row.in).concat(Object.keys(requiredProperties)))];
  const types = ours.filter((type) => served.includes(type));
  assert.ok(types.length > 20, `${types.length} types are served`);
  const wrong = await Promise.all(
    types.map(async (type) => {
      const { properties } = (await ask(`/resource_types/${type}`)) as { properties: Properties };
      return wrongOf(type, properties);
    }),
  );
  assert.deepEqual(wrong.flat(), []);
});

function wrongOf(type: string, properties: Properties): string[] {
  const required = Object.keys(properties).filter((name) => properties[name]?.required);
  const listed = (requiredProperties[type] ?? []).map((names) => names.split('|')[0] ?? '');
  const targets = heatRules.filter((rule) => rule.in === type).flatMap(({ at, to }) => wrongTarget(type, at, to, properties));
  const values = heatValues
    .filter((row) => row.in === type)
    .flatMap(({ at, keys }) =>
      Object.entries(keys).flatMap(([key, known]) => wrongValue(type, at === '' ? key : `${at}.${key}`, known, properties)),
    );
  const isListed = required.sort().join() === listed.toSorted().join();
  return [...(isListed ? [] : [`${type} requires ${required}`]), ...targets, ...values];
}

function wrongValue(type: string, at: string, { words, integer }: FixedValue, properties: Properties): string[] {
  const limits = propertyAt(properties, at)?.constraints ?? [];
  const allowed = limits.flatMap(({ allowed_values: all = [] }) => all.map(String)).filter((word) => !newer.includes(word));
  const told = (words ?? []).filter((word) => !newer.includes(word));
  const range = limits.find((one) => one.range)?.range;
  const isBound = !integer || (range?.min === integer.from && range.max === integer.to);
  return allowed.sort().join() === told.toSorted().join() && isBound
    ? []
    : [`${type} ${at}: ${allowed} ${JSON.stringify(range)}`];
}

function wrongTarget(type: string, at: string, to: string, properties: Properties): string[] {
  const property = propertyAt(properties, at);
  if (!property) return untold.test(at) ? [] : [`${type} has no ${at}`];
  const name = property.constraints?.find((one) => one.custom_constraint)?.custom_constraint;
  const meant = heatRules.find((rule) => rule.in === `constraint ${name}`)?.to;
  return name === undefined || meant === to ? [] : [`${type} ${at}: ${name}`];
}

function propertyAt(properties: Readonly<Record<string, Property>>, path: string): Property | undefined {
  const steps = path.replaceAll('[*]', '.*').split('.');
  return steps.reduce<Property | undefined>((one, step) => one?.schema?.[step], { schema: properties });
}

const head = 'heat_template_version: 2018-08-31\n';
const net = 'resources:\n  n: {type: OS::Neutron::Net}\n';
const of = (resource: string) => `${head}resources:\n  n: {type: OS::Neutron::Net}\n  r: {${resource}}\n`;

/** What each text is refused for; with `ok` Heat takes it. */
const templates: Readonly<Record<string, string>> = {
  ok: head + net,
  'a codename': `heat_template_version: wallaby\n${net}`,
  'another version': `heat_template_version: 2019-01-01\n${net}`,
  'another section': `${head}parameter: {}\n${net}`,
  'a key of no resource': of('type: OS::Neutron::Net, depend_on: n'),
  'a type of no parameter': `${head}parameters: {a: {type: integer}}\n${net}`,
  'a key of no parameter': `${head}parameters: {a: {type: string, defualt: x}}\n${net}`,
  'a parameter without a type': `${head}parameters: {a: {default: x}}\n${net}`,
  'a default that is not allowed': `${head}parameters: {a: {type: string, default: m, constraints: [{allowed_values: [s]}]}}\n${net}`,
  'a default out of range': `${head}parameters: {a: {type: number, default: 5, constraints: [{range: {min: 10}}]}}\n${net}`,
  'no such parameter': of('type: OS::Neutron::Net, properties: {name: {get_param: x}}'),
  'no such resource': of('type: OS::Neutron::Net, properties: {name: {get_resource: x}}'),
  'no such resource with that attribute': of('type: OS::Neutron::Net, properties: {name: {get_attr: [x, name]}}'),
  'no such resource to output': `${head}${net}outputs: {a: {value: {get_attr: [x, name]}}}\n`,
  'no such resource to wait for': of('type: OS::Neutron::Net, depends_on: x'),
  'no such condition': of('type: OS::Neutron::Net, condition: x'),
  'a circle': `${head}resources:\n  n: {type: OS::Neutron::Net, depends_on: m}\n  m: {type: OS::Neutron::Net, depends_on: n}\n`,
  'a resource without a type': of('properties: {}'),
  'a missing property': of('type: OS::Neutron::Subnet, properties: {cidr: 10.0.0.0/24}'),
  'none of two': of('type: OS::Neutron::Subnet, properties: {network: {get_resource: n}}'),
  'neither of two': of('type: OS::Neutron::RouterInterface, properties: {router: private-router}'),
  'a listener of nothing': of('type: OS::Octavia::Listener, properties: {protocol: TCP, protocol_port: 80}'),
  'a server without a disk': of('type: OS::Nova::Server, properties: {flavor: m1.small, networks: [{network: private}]}'),
  'a word of none': of('type: OS::Neutron::SecurityGroupRule, properties: {security_group: web, direction: in}'),
  'a number out of bounds': of('type: OS::Cinder::Volume, properties: {size: 0}'),
  'a policy of none': of('type: OS::Neutron::Net, deletion_policy: Keep'),
  'a policy in small letters': of('type: OS::Neutron::Net, deletion_policy: retain'),
  'a function of another version': of('type: OS::Neutron::Net, properties: {name: {"Fn::Join": [",", ["a"]]}}'),
  'a network that is not there': of('type: OS::Neutron::Port, properties: {network: privat}'),
  'a subnet for a network': of('type: OS::Neutron::Port, properties: {network: private-v4}'),
  'a network by its name': of('type: OS::Neutron::Port, properties: {network: private}'),
};

sandboxTest('what is an error of a template here is refused by Heat, and nothing else is', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const lookup = projectLookup(project);
    const verdicts = await Promise.all(
      Object.entries(templates).map(async ([name, template]) => {
        const { findings } = await checkManifests(parseManifests('a.hot', template), lookup);
        const isTold = findings.some(({ severity }) => severity === 'error');
        return [name, isTold, await isRefused(sandbox, template)] as const;
      }),
    );
    assert.deepEqual(
      verdicts.filter(([, told, refused]) => told !== refused),
      [],
    );
    assert.deepEqual(
      verdicts.filter(([, , refused]) => !refused).map(([name]) => name),
      ['ok', 'a codename', 'a policy in small letters', 'a network by its name'],
    );
  }),
);

/** Asks Heat what it would make, which makes nothing. */
async function isRefused(sandbox: SandboxEnvironment, template: string): Promise<boolean> {
  const body = { stack_name: 'families-of-rules', template };
  try {
    await openstack(sandbox, 'demo', 'orchestration', 'POST', '/stacks/preview', body);
    return false;
  } catch (error) {
    assert.match(String(error), /: 400 |CircularDependency/);
    return true;
  }
}
