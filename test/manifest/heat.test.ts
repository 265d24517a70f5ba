import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { referencesOf, ruleAt } from '../../src/manifest/references.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { assertFindings } from '../support/annotatedYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { referenceCloud } from '../support/referenceCloud.ts';

/** Title → file, text with what is found in it. */
const cases: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'names in properties and in the defaults of parameters': [
    'heat1.yaml',
    `
heat_template_version: 2018-08-31
description: a server in a network that is there
parameters:
  flavor:
    type: string
    default: m1.lagre
#            ^^^^^^^^ warning reference.missing: No flavor named "m1.lagre" in project demo (cloud demo, RegionOne). Did you mean "m1.large"? This default counts where no other value is given.
  image:
    type: string
    constraints:
      - custom_constraint: glance.image
    default: debian-21
#            ^^^^^^^^^ warning reference.missing: No image named "debian-21" in project demo (cloud demo, RegionOne). Did you mean "debian-12"? This default counts where no other value is given.
  key: {type: string, default: bobs-key, constraints: [{custom_constraint: nova.keypair}]}
#                              ^^^^^^^^ information reference.missing: No key pair named "bobs-key" in project demo (cloud demo, RegionOne). Key pairs belong to users: the one that makes the stack must have it.
  net: {type: string}
  zones: {type: comma_delimited_list, default: 'az1,az2'}
resources:
  web:
    type: OS::Nova::Server
    properties:
      flavor: {get_param: flavor}
      image: {get_param: image}
      key_name: {get_param: key}
      availability_zone: nova9
#                        ^^^^^ error reference.missing: No availability zone named "nova9" in project demo (cloud demo, RegionOne).
      networks:
        - network: {get_param: net}
        - network: private-v4
#                  ^^^^^^^^^^ error reference.kind: "private-v4" is a subnet (private-v4); network wants a network. Its network is "private".
        - port: {get_resource: port}
      security_groups: [web, db]
#                       ^^^ error reference.ambiguous: Two security groups are called "web" in project demo (cloud demo, RegionOne); name one by id.
  again:
    type: OS::Nova::Server
    properties: {flavor: {get_param: flavor}, image: debian-12, availability_zone: 'az1:host-3'}
  port:
    type: OS::Neutron::Port
    properties:
      network: private
      fixed_ips: [{subnet: private-v6}]
#                          ^^^^^^^^^^ error reference.missing: No subnet named "private-v6" in project demo (cloud demo, RegionOne). Did you mean "private-v4"?
  address:
    type: OS::Neutron::FloatingIP
    properties: {floating_network: private, port_id: {get_resource: port}}
#                                  ^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
  data:
    type: OS::Cinder::Volume
    properties: {size: 0, volume_type: hdd, availability_zone: nova}
#                      ^ error property.value: size takes 1 or more.
#                                      ^^^ error reference.missing: No volume type named "hdd" in project demo (cloud demo, RegionOne). Did you mean "ssd"?
outputs:
  where: {value: {get_attr: [web, first_address]}}`,
  ],
  'what Heat refuses before it makes anything': [
    'heat2.yaml',
    `
heat_template_version: 2015-04-30
parameter: {}
#^^^^^^^^^ error template.section: A template has no section "parameter"; Heat refuses it. Did you mean "parameters"?
parameters:
  count: {type: integer}
#               ^^^^^^^ error template.parameter: A parameter is "string", "number", "json", "comma_delimited_list", "boolean"; "integer" is none.
  size: {type: number, default: 5, constraints: [{range: {min: 10}}]}
#                               ^ error template.parameter: The default 5 is out of the range of its constraint.
  kind: {type: string, default: medium, constraints: [{allowed_values: [small, large]}]}
#                               ^^^^^^ error template.parameter: The default "medium" is none of the allowed_values.
  other: {type: string, defualt: x}
#                       ^^^^^^^ error template.section: A parameter has no "defualt"; Heat refuses it. Did you mean "default"?
conditions: {}
resources:
  web:
    type: OS::Nova::Server
    depends_on: databse
#               ^^^^^^^ error template.target: This template has no resource "databse". Did you mean "database"?
    properties:
      image: {get_param: imgae}
#                        ^^^^^ error template.target: This template has no parameter "imgae".
      flavor: m1.large
      metadata: {get_attr: [nobody, name]}
#                           ^^^^^^ error template.target: This template has no resource "nobody".
      name: {str_split: [',', 'a,b']}
#            ^^^^^^^^^ warning template.function: str_split is a function since heat_template_version 2015-10-15; in this template it is a mapping like any other.
  database:
# ^^^^^^^^ error template.property: OS::Nova::Server needs the property flavor; Heat refuses the template without it.
# ^^^^^^^^ error template.cycle: These resources wait for each other: database → rule → database.
    type: OS::Nova::Server
    depends_on: [rule]
    deletion_policy: Keep
#                    ^^^^ error template.resource: deletion_policy takes "Delete", "Retain", "Snapshot".
    properties: {image: debian-12}
  rule:
    type: OS::Neutron::SecurityGroupRule
    properties:
      security_group: {get_resource: group}
      direction: in
#                ^^ error property.value: direction takes "ingress", "egress"; "in" is refused by Heat.
      ethertype: ipv4
#                ^^^^ error property.value: ethertype takes "IPv4", "IPv6"; "ipv4" is refused by Heat.
      port_range_max: 70000
#                     ^^^^^ error property.value: port_range_max takes 0 to 65535.
      remote_group: {get_resource: database}
  group:
    type: OS::Neutron::SecurityGroup
    depend_on: web
#   ^^^^^^^^^ error template.section: A resource has no "depend_on"; Heat refuses it. Did you mean "depends_on"?
    properties: {rules: [{direction: outgress, remote_group_id: db}, {remote_group_id: wbe}]}
#                                    ^^^^^^^^ error property.value: direction takes "ingress", "egress"; "outgress" is refused by Heat.
#                                                                                      ^^^ error reference.missing: No security group named "wbe" in project demo (cloud demo, RegionOne). Did you mean "web"?
  pool:
    type: OS::Neutron::LBaaS::Pool
#         ^^^^^^^^^^^^^^^^^^^^^^^^ warning template.resource: Heat has no OS::Neutron::LBaaS::Pool any more; use the same of OS::Octavia.
    properties: {}
  interface:
# ^^^^^^^^^ error template.property: OS::Neutron::RouterInterface needs one of subnet, subnet_id, port, port_id; Heat refuses it without.
    type: OS::Neutron::RouterInterface
    properties: {router: edge}
  untyped:
# ^^^^^^^ error template.resource: Resource "untyped" has no type.
    properties: {}
outputs:
  a: {value: {get_resource: wbe}}
#                           ^^^ error template.target: This template has no resource "wbe". Did you mean "web"?`,
  ],
  'a template in which nothing is wrong: made in the same template, given by others, of types of ones own': [
    'heat3.yaml',
    `
heat_template_version: wallaby
parameters:
  external: {type: string}
  server_count: {type: number, default: 2}
  names: {type: json, default: {}}
  prod: {type: boolean, default: false}
conditions:
  is_prod: {get_param: prod}
resources:
  network:
    type: OS::Neutron::Net
    properties: {name: made-here}
  subnet:
    type: OS::Neutron::Subnet
    properties: {network: {get_resource: network}, cidr: 10.9.0.0/24}
  port:
    type: OS::Neutron::Port
    depends_on: network
    properties: {network: made-here, fixed_ips: [{subnet: '%index%-subnet'}]}
  group:
    type: OS::Heat::ResourceGroup
    properties:
      count: {get_param: server_count}
      resource_def:
        type: OS::Nova::Server
        condition: is_prod
        properties:
          name: web-%index%
          flavor: m1.large
          image: \${IMAGE}
          networks: [{network: {get_resource: network}}]
          user_data:
            str_replace:
              template: |
                #!/bin/sh
                echo $x {{ y }}
              params: {$x: {get_param: [names, first]}}
  there:
    type: OS::Neutron::Net
    external_id: 00000000-1111-2222-3333-444444444444
    properties: {qos_policy: nobody-has-it}
  mine:
    type: My::Own::Type
    properties: {filter: {a: b}, if: c, network: whatever}
  file:
    type: server.yaml
    properties: {image: {get_file: a.txt}}
outputs:
  stack: {value: {get_param: 'OS::stack_name'}}
  conditional: {condition: is_prod, value: {if: [is_prod, {get_attr: [group, refs]}, null]}}`,
  ],
  'a key that stands twice is read by Heat as kubectl reads it, and is no reason to refuse the template': [
    'twice.hot',
    `
heat_template_version: 2018-08-31
resources:
  net: {type: OS::Neutron::Net}
  net: {type: OS::Neutron::Net}
# ^^^ warning yaml.duplicateKey: The key "net" stands twice in this mapping; the last counts, without a word.
`,
  ],
};

describe('Heat templates', () => {
  for (const [name, [file, text]] of Object.entries(cases)) it(name, () => assertFindings(text.slice(1), referenceCloud, file));
});

it('a value of a resource is offered where it is to be written', () => {
  const text =
    'heat_template_version: 2018-08-31\nresources: {web: {type: OS::Nova::Server, properties: {flavor: a, networks: [{network: b}]}}}\n';
  const local = parseManifests('a.hot', text)[0]?.local;
  const rule = (...rest: (string | number)[]) => local && ruleAt(local, ['resources', 'web', 'properties', ...rest])?.to;
  assert.deepEqual(
    [rule('flavor'), rule('networks', 0, 'network'), rule('name')],
    ['compute.flavor', 'network.network', undefined],
  );
  assert.deepEqual(local && referencesOf(local).map(({ text: named }) => named), ['a', 'b']);
});

it('of an address only what names the resource is replaced', async () => {
  const id = '11a1ab1e-0000-4000-8000-000000000001';
  const cloud = fakeCloud(
    `key-manager.secret: [{ secret_ref: 'https://k.example/v1/secrets/${id}', name: tls }]`,
  ) as ResourceLookup;
  const text = `heat_template_version: 2018-08-31
parameters: {tls: {type: string, constraints: [{custom_constraint: barbican.secret}], default: 'https://k.example/v1/secrets/tls'}}
resources: {}
`;
  const { findings } = await checkManifests(parseManifests('a.hot', text), cloud);
  const changed = findings.map(({ range, fixes }) => text.slice(0, range.start) + fixes?.[0]?.newText + text.slice(range.end));
  assert.deepEqual(changed, [text.replace('secrets/tls', `secrets/${id}`)]);
});
