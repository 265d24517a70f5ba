import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkManifests } from '../../src/manifest/check.ts';
import { readEnvironment } from '../../src/manifest/environmentVariables.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { referencesOf, ruleAt } from '../../src/manifest/references.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { staticFindings } from '../../src/manifest/staticFindings.ts';
import { mayBeOurs, shownSyntax, syntaxOf } from '../../src/manifest/syntax.ts';
import { assertFindings, withoutExpectations } from '../support/annotatedYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { referenceCloud } from '../support/referenceCloud.ts';

/** Title → file, text with what is found in it. */
const cases: Readonly<Record<string, readonly [file: string, text: string]>> = {
  'clouds.yaml: what a sign-in lacks, and regions and projects of other clouds': [
    'clouds.yaml',
    `
clouds:
  demo:
    region_name: RegionOne
    verify: false
#           ^^^^^ information credential.unverified: The certificate of the cloud is not checked: anybody on the way can read the password.
    auth:
      auth_url: keystone.example/v3
#               ^^^^^^^^^^^^^^^^^^^ error credential.url: auth.auth_url is the address of Keystone, such as https://keystone.example/v3.
      username: alice
#     ^^^^^^^^ information credential.incomplete: auth.username is only known within a domain, and only the openstack command takes the default one: add user_domain_name.
      password: s3cret
#     ^^^^^^^^ hint credential.plain: auth.password stands in plain text in a file that is passed on easily; keep it in a secure.yaml beside it, which is merged over it.
      project_name: demo
#     ^^^^^^^^^^^^ information credential.incomplete: auth.project_name is only known within a domain, and only the openstack command takes the default one: add project_domain_name.
  renamed:
    auth_type: v3applicationcredentials
#              ^^^^^^^^^^^^^^^^^^^^^^^^ information setting.value: auth_type: "v3applicationcredentials" is known only where a plug-in of that name is installed. Did you mean "v3applicationcredential"?
    region_nmae: RegionOne
#   ^^^^^^^^^^^ warning setting.unknown: OpenStack knows no setting "region_nmae", so it does nothing. Did you mean "region_name"?
    interface: publik
#              ^^^^^^ warning setting.value: interface takes "public", "internal", "admin", "publicURL", "internalURL", "adminURL"; "publik" is the interface of no endpoint.
    cert: /etc/cert.pem
#   ^^^^ warning credential.incomplete: cert and key belong together: with one alone no client certificate is shown.
    auth:
      auth_url: https://keystone.example/v2.0/
#               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning credential.url: Keystone has no API v2 any more: auth.auth_url ends in /v3, or in no version.
      user_domain_id: default
      username: alice
      project_nam: demo
#     ^^^^^^^^^^^ warning setting.unknown: OpenStack knows no setting "project_nam", so it does nothing. Did you mean "project_name"?
  application:
    auth_type: v3applicationcredential
    auth:
      auth_url: https://keystone.example/v3
      application_credential_id: 0123456789abcdef0123456789abcdef
      application_credential_secret: s3cret
#     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ hint credential.plain: auth.application_credential_secret stands in plain text in a file that is passed on easily; keep it in a secure.yaml beside it, which is merged over it.
      project_name: demo
#     ^^^^^^^^^^^^ error credential.scope: An application credential belongs to one project: with auth.project_name beside it Keystone refuses the sign-in.
  short:
    auth: {auth_url: https://keystone.example, application_credential_name: ci, application_credential_secret: "\${SECRET}"}
#                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^ error credential.incomplete: The name of an application credential is only known beside its user: give username and domain, or the id.
#                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^ information credential.type: The openstack command needs auth_type v3applicationcredential beside it; gophercloud does not.
  elsewhere:
    region_name: eu-de-1
    auth: {auth_url: https://other.example/v3, user_id: u, password: "{{ vault }}", project_id: 0123456789abcdef0123456789abcdef}
  vendor: {profile: vexxhost, auth: {username: alice, project_name: x}}`,
  ],
  'secure.yaml holds what clouds.yaml should not: nothing is missing in it': [
    'secure.yaml',
    `
clouds:
  demo:
    auth:
      password: s3cret
  other:
    auth: {application_credential_secret: s3cret}`,
  ],
  'values of a chart are none of these, whatever their keys are called': [
    'values.yaml',
    `
clouds: [demo, other]
heat: {template_version: x}
floating_network_id: private
resources: {web: {type: OS::Nova::Server}}`,
  ],
  'clouds.yaml in a Secret, where no secure.yaml is merged over it': [
    'secret.yaml',
    `
apiVersion: v1
kind: Secret
metadata: {name: cloud-config}
stringData:
  clouds.yaml: |
    clouds:
      openstack:
        auth_type: v3applicationcredential
        region_name: RegionOne
        cacert: /etc/ssl/ca.pem
#               ^^^^^^^^^^^^^^^ warning credential.path: This path is looked for in the Pod that reads the Secret; controllers of Cluster API and ORC read the certificate from the key cacert beside clouds.yaml.
        auth:
          auth_url: https://keystone.example/v3
          application_credential_secret: s3cret
#         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning credential.incomplete: A secret of an application credential needs its id, or its name and the user.
          domain_name: Default
#         ^^^^^^^^^^^ error credential.scope: An application credential belongs to one project: with auth.domain_name beside it Keystone refuses the sign-in.
---
apiVersion: v1
kind: Secret
metadata: {name: encoded}
data:
  clouds.yaml: Y2xvdWRzOgogIGRlbW86CiAgICBhdXRoX3R5cGU6IHBhc3N3b3JkCiAgICBhdXRoOgogICAgICBhdXRoX3VybDogZnRwOi8va2V5c3RvbmUuZXhhbXBsZQo=
#              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error credential.url: auth.auth_url is the address of Keystone, such as https://keystone.example/v3.`,
  ],
  'openrc as Horizon offers it, with an old address': [
    'demo-openrc.sh',
    `
#!/usr/bin/env bash
export OS_AUTH_URL=https://keystone.example/v2.0
#                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning credential.url: Keystone has no API v2 any more: OS_AUTH_URL ends in /v3, or in no version.
export OS_PROJECT_NAME="demo"
#      ^^^^^^^^^^^^^^^ information credential.incomplete: OS_PROJECT_NAME is only known within a domain, and only the openstack command takes the default one: add OS_PROJECT_DOMAIN_NAME.
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
unset OS_TENANT_ID
export OS_USERNAME="alice"
#      ^^^^^^^^^^^ information credential.incomplete: OS_USERNAME is only known within a domain, and only the openstack command takes the default one: add OS_USER_DOMAIN_NAME.
echo "Please enter your password: "
read -sr OS_PASSWORD_INPUT
export OS_PASSWORD=$OS_PASSWORD_INPUT
export OS_REGION_NAME="RegionTwo"
export OS_INTERFACE=publik
#                   ^^^^^^ warning setting.value: OS_INTERFACE takes "public", "internal", "admin", "publicURL", "internalURL", "adminURL"; "publik" is the interface of no endpoint.
export OS_PROJCT_DOMAIN_ID="default"
#      ^^^^^^^^^^^^^^^^^^^ warning setting.unknown: OpenStack knows no setting "OS_PROJCT_DOMAIN_ID", so it does nothing. Did you mean "OS_PROJECT_DOMAIN_ID"?`,
  ],
  'openrc of an application credential': [
    'app-openrc',
    `
export OS_AUTH_TYPE=v3applicationcredential
export OS_AUTH_URL=https://keystone.example/v3
export OS_REGION_NAME="RegionOne"
export OS_APPLICATION_CREDENTIAL_ID=0123456789abcdef0123456789abcdef
export OS_APPLICATION_CREDENTIAL_SECRET=s3cret
export OS_PROJECT_ID=0123456789abcdef0123456789abcdef
#      ^^^^^^^^^^^^^ error credential.scope: An application credential belongs to one project: with OS_PROJECT_ID beside it Keystone refuses the sign-in.`,
  ],
  'OS_CLOUD beside others; what is set for one command is not set': [
    'mixed.rc',
    `
OS_CLOUD=demo
OS_USERNAME=alice
#^^^^^^^^^^^ warning credential.mixed: OS_CLOUD takes an entry of clouds.yaml, and OS_USERNAME changes a part of it: what comes of both is seldom meant.
OS_CLOUD=other openstack server list`,
  ],
  'variables of clusterctl': [
    'clusterctl.env',
    `
export OPENSTACK_CLOUD=demo
export OPENSTACK_EXTERNAL_NETWORK_ID=public
#                                    ^^^^^^ error reference.nameForId: "public" is the name of a network; OPENSTACK_EXTERNAL_NETWORK_ID wants its id (1ca1ab1e…).
export OPENSTACK_IMAGE_NAME=debian-13
#                           ^^^^^^^^^ error reference.missing: No image named "debian-13" in project demo (cloud demo, RegionOne). Did you mean "debian-12"?
export OPENSTACK_FAILURE_DOMAIN='az1'
export OPENSTACK_NODE_MACHINE_FLAVOR=$FLAVOR`,
  ],
  'cloud.conf as a file': [
    'cloud.conf',
    `
[Global]
auth-url = https://keystone.example/v3
password = a#b
#          ^ error setting.quote: password ends where a comment begins: # and ; begin one wherever they stand. Put the value in double quotes.
region = RegionTwo
#        ^^^^^^^^^ error reference.missing: No region named "RegionTwo" in project demo (cloud demo, RegionOne). Did you mean "RegionOne"?
[LoadBalancer]
floating-network-id = e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
#                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
subnet-id = private-v4
#           ^^^^^^^^^^ error reference.nameForId: "private-v4" is the name of a subnet; subnet-id wants its id (a5c6ee4a…).
monitor-delay = 5
#               ^ error setting.value: monitor-delay takes a duration with its unit, such as 5s or 1m30s; "5" makes it refuse the whole file.
[LoadBalancer]
lb-provider = amphore
#             ^^^^^^^ error reference.missing: No load balancer provider named "amphore" in project demo (cloud demo, RegionOne). Did you mean "amphora"?`,
  ],
  'the configuration of somebody else': [
    'nginx.conf',
    `
server { listen 80; }
[Global]
workers = 4`,
  ],
  'k8s-keystone-auth: both versions of policies, and how projects become namespaces': [
    'policies.yaml',
    `
apiVersion: v1
kind: ConfigMap
metadata: {name: k8s-auth-policy, namespace: kube-system}
data:
  policies: |
    [
      {
        "resource": {"verbs": ["get"], "resources": ["pods"], "version": "*", "namespace": "default"},
        "match": [
          {"type": "role", "values": ["member", "membre"]},
#                                               ^^^^^^^^ warning reference.missing: No role named "membre" in project demo (cloud demo, RegionOne). Did you mean "member"?
          {"type": "project", "values": ["demo"]},
          {"type": "people", "values": ["alice"]}
#                  ^^^^^^^^ error setting.value: type takes "user", "group", "project", "role"; "people" matches nobody.
        ]
      }
    ]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: k8s-auth-policy-2}
data:
  policies: |
    - users: {projects: [demo], roles: [membre]}
#                                       ^^^^^^ warning reference.missing: No role named "membre" in project demo (cloud demo, RegionOne). Did you mean "member"?
      resource_permissions: {"*/pods": ["get"]}
  syncConfig: |
    data-types-to-sync: [projects, roles]
#                                  ^^^^^ error setting.value: data-types-to-sync takes "projects", "role_assignments"; with "roles" the webhook does not start.
    namespace-format: "k8s-%n"
#                     ^^^^^^^^ error setting.value: namespace-format must hold %i, the id of the project: names of projects are not unique.
    role-mappings:
      - {keystone-role: membre, groups: [members]}
#                       ^^^^^^ warning reference.missing: No role named "membre" in project demo (cloud demo, RegionOne). Did you mean "member"?
---
apiVersion: v1
kind: ConfigMap
metadata: {name: of somebody else}
data:
  policies: |
    - users: of another program
    - match: [1]`,
  ],
};

const uuid = '1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7';

describe('clouds.yaml, openrc, cloud.conf and what Keystone allows in a cluster', () => {
  for (const [name, [file, text]] of Object.entries(cases)) it(name, () => assertFindings(text.slice(1), referenceCloud, file));

  it('no secret stands in a message', async () => {
    for (const [file, text] of Object.values(cases)) {
      const { findings } = await checkManifests(parseManifests(file, withoutExpectations(text)), referenceCloud);
      for (const { message } of findings) assert.doesNotMatch(message, /s3cret|a#b/);
    }
  });

  it('regions and projects are looked for where a file names them', () => {
    const named = Object.values(cases).flatMap(([file, text]) =>
      parseManifests(file, withoutExpectations(text)).flatMap(({ local }) =>
        referencesOf(local).flatMap(({ rule, text: value }) => (rule.unknown === 'allow' ? [`${rule.to} ${value}`] : [])),
      ),
    );
    assert.deepEqual(named.slice(0, 5), [
      'identity.region RegionOne',
      'identity.project demo',
      'identity.project demo',
      'identity.region eu-de-1',
      'identity.project 0123456789abcdef0123456789abcdef',
    ]);
  });

  it('a value is offered where it is to be written', () => {
    const conf = parseManifests('cloud.conf', '[Global]\nauth-url = https://k.example/v3\n[LoadBalancer]\nsubnet-id = \n')[0]
      ?.local;
    const clouds = parseManifests('clouds.yaml', 'clouds:\n  demo:\n    region_name: x\n')[0]?.local;
    assert.equal(conf && ruleAt(conf, ['LoadBalancer', 0, 'subnet-id'])?.to, 'network.subnet');
    assert.equal(clouds && ruleAt(clouds, ['clouds', 'demo', 'region_name'])?.to, 'identity.region');
  });

  it('a value in a file is replaced as it stands there', async () => {
    const text = "export OPENSTACK_CLOUD='demo'\nexport OPENSTACK_EXTERNAL_NETWORK_ID='public'\n";
    const { findings } = await checkManifests(parseManifests('vars.env', text), referenceCloud);
    const changed = findings.map(({ range, fixes }) => text.slice(0, range.start) + fixes?.[0]?.newText + text.slice(range.end));
    assert.deepEqual(changed, [text.replace('public', uuid)]);
  });

  it('a name with spaces is put into the quotes of a shell', async () => {
    const cloud = fakeCloud('image.image: [{ id: i1, name: debian 12 }]') as ResourceLookup;
    const fixed = async (written: string) => {
      const { findings } = await checkManifests(parseManifests('a-openrc.sh', `OPENSTACK_IMAGE_NAME=${written}\n`), cloud);
      return findings.flatMap(({ fixes = [] }) => fixes.map(({ newText }) => newText));
    };
    assert.deepEqual(await fixed('debian-12'), ["'debian 12'"]);
    assert.deepEqual(await fixed('"debian-12"'), ['"debian 12"']);
  });
});

describe('which files are read, and how', () => {
  const rows: readonly (readonly [file: string, text: string, syntax: string | undefined])[] = [
    ['cloud.conf', '[Global]\nauth-url=x\n', 'ini'],
    ['cloud.conf', '[LoadBalancer]\nenabled=false\n', 'ini'],
    ['occm.conf', '# ours\n[Global]\nuse-clouds = true\n', 'ini'],
    ['conf.d/cloud.conf', 'upstream cloud { server a; }\n', undefined],
    ['nova.conf', '[DEFAULT]\n[keystone_authtoken]\nauth_url = x\n', undefined],
    ['samba.conf', '[Global]\nworkgroup = x\n', undefined],
    ['demo-openrc.sh', 'export OS_USERNAME=alice\n', 'env'],
    ['deploy.sh', 'export OS_AUTH_URL=https://k.example/v3\nopenstack server list\n', 'env'],
    ['deploy.sh', 'OS_CLOUD=demo openstack server list\n', undefined],
    ['.env', 'NODE_ENV=test\n', undefined],
    ['web.hot', 'heat_template_version: 2018-08-31\n', 'yaml'],
    ['web.template', 'Hello {{ name }}\n', undefined],
    ['values.yaml', '[Global]\nauth-url=x\n', 'yaml'],
    ['untitled', 'apiVersion: v1\nkind: Secret\nstringData:\n  cloud.conf: |\n    [Global]\n    auth-url=x\n', 'yaml'],
  ];
  for (const [file, text, syntax] of rows)
    it(`${file}: ${JSON.stringify(text)}`, () => {
      assert.equal(syntaxOf(file, text), syntax);
      if (!file.endsWith('.yaml')) assert.equal(shownSyntax(file, text), syntax);
    });

  it('a name tells whether a file is worth reading', () => {
    const names = [
      'cloud.conf',
      'a/occm.conf',
      'cloud-config',
      'demo-openrc.sh',
      'app.rc',
      'b.env',
      'c.hot',
      'README.md',
      'run.sh',
    ];
    assert.deepEqual(names.filter(mayBeOurs), names.slice(0, 7));
  });

  it('large and hostile texts are read in a moment', () => {
    const many = (line: (index: number) => string) => Array.from({ length: 20_000 }, (_, index) => line(index)).join('\n');
    const texts: readonly (readonly [file: string, text: string])[] = [
      ['cloud.conf', `[Global]\nauth-url=x\n${many((index) => `k${index} = "v\\`)}`],
      ['cloud.conf', `[Global]\nauth-url=x\n${many((index) => `[S${index}]`)}`],
      ['cloud.conf', `[Global]\nauth-url=x\n${many(() => '[Global')}`],
      ['openrc', `export OS_AUTH_URL=x\n${many((index) => `V${index}="a\\`)}`],
      ['openrc', `export OS_AUTH_URL=x\n${'\t'.repeat(200_000)}${'export '.repeat(20_000)}`],
      [
        'a.hot',
        `heat_template_version: 2018-08-31\nresources:\n${many((index) => `  r${index}: {type: A::B, depends_on: r${index + 1}}`)}`,
      ],
    ];
    for (const [file, text] of texts) {
      const start = performance.now();
      for (const { local } of parseManifests(file, text)) if (local.tree) staticFindings(local);
      const took = performance.now() - start;
      assert.ok(took < 20_000, `${file} ${text.slice(0, 60)}: ${took} ms`);
    }
  });

  it('variables are those that stand at the end', () => {
    const text = 'export A=1\nA=2 # later\nB="a b"\nC=\'$x\'\nD=$A\nE="`id`"\nif x; then\n  F=1\nfi\n  F=2\nG=1 cmd\nH=\n# I=1\n';
    assert.deepEqual(
      readEnvironment(text).map(({ name, value, quote }) => `${name} ${quote}${value}${quote}`),
      ['A 2', 'B "a b"', "C '$x'", 'D undefined', 'E "undefined"', 'F undefined', 'H '],
    );
  });
});
