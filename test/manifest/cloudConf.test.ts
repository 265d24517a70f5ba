import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { assertFindings } from '../support/annotatedYaml.ts';
import { referenceCloud } from '../support/referenceCloud.ts';

const cases: Readonly<Record<string, string>> = {
  'a cloud.conf in a Secret: each finding stands at the value': `
apiVersion: v1
kind: Secret
metadata: {name: cloud-config, namespace: kube-system}
stringData:
  cloud.conf: |
    [Global]
    auth-url = https://keystone.example/v3
    region = RegionTwo
#            ^^^^^^^^^ error reference.missing: No region named "RegionTwo" in project demo (cloud demo, RegionOne). Did you mean "RegionOne"?
    [LoadBalancer]
    lb-provider = amphore
#                 ^^^^^^^ error reference.missing: No load balancer provider named "amphore" in project demo (cloud demo, RegionOne). Did you mean "amphora"?
    floating-network-id = e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
#                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.notExternal: Network "private" is not external, so no floating IP can come from it. External here: "public".
    network-id = 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7 ; the public one
    subnet-id = "a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3"
#               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.otherNetwork: Subnet "private-v4" does not belong to the network of network-id.
    flavor-id = 4
#               ^ error reference.kind: 4 is a flavor (m1.large); flavor-id wants a load balancer flavor.
    availability-zone = nowhere
    [LoadBalancerClass "inner"]
    network-id = private
#                ^^^^^^^ error reference.nameForId: "private" is the name of a network; network-id wants its id (e53fcbba…).
    [Route]
    router-id = 00000bad-8e6f-4e2d-a1b3-fedcba987654
#               ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.missing: No router with id 00000bad… in project demo (cloud demo, RegionOne).
    [Networking]
    public-network-name = publik
#                         ^^^^^^ warning reference.missing: No network named "publik" in project demo (cloud demo, RegionOne). Did you mean "public"?`,
  'in base64 the whole value is underlined, and nothing in it can be replaced': `
apiVersion: v1
kind: Secret
metadata: {name: cloud-config}
data:
  cloud.conf: W0dsb2JhbF0KYXV0aC11cmwgPSBodHRwczovL2tleXN0b25lLmV4YW1wbGUvdjMKW0xvYWRCYWxhbmNlcl0Kc3VibmV0LWlkID0gcHJpdmF0ZS12NAptb25pdG9yLWRlbGF5ID0gNQo=
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error setting.value: monitor-delay takes a duration with its unit, such as 5s or 1m30s; "5" makes it refuse the whole file.
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.nameForId: "private-v4" is the name of a subnet; subnet-id wants its id (a5c6ee4a…).`,
  'a quoted text is underlined as a whole': `
apiVersion: v1
kind: ConfigMap
metadata: {name: cloud-config}
data:
  cloud.conf: "[Global]\\nuse-clouds\\n[Route]\\nrouter-id = edge"
#             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error reference.nameForId: "edge" is the name of a router; router-id wants its id (4a1ab1e0…).`,
  'the autoscaler and OpenShift keep it under other keys': `
apiVersion: v1
kind: Secret
metadata: {name: cluster-autoscaler-cloud-config}
stringData:
  cloud-config: |-
    [Global]
    auth-url=https://keystone.example/v3
    region=regionone
#          ^^^^^^^^^ error reference.missing: No region named "regionone" in project demo (cloud demo, RegionOne). Did you mean "RegionOne"?
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cloud-provider-config, namespace: openshift-config}
data:
  config: |
    [Global]
    secret-name = openstack-credentials
    secret-namespace = kube-system
    use-clouds = true
    [LoadBalancer]
    subnet-id = private-v4
#               ^^^^^^^^^^ error reference.nameForId: "private-v4" is the name of a subnet; subnet-id wants its id (a5c6ee4a…).`,
  'settings that nobody reads, and values that make the whole file unreadable': `
apiVersion: v1
kind: ConfigMap
metadata: {name: cloud-config}
data:
  cloud.conf: |
    [Global]
    auth-url = https://keystone.example/v3
    project-id = 0123456789abcdef0123456789abcdef
#   ^^^^^^^^^^ warning setting.unknown: The cloud provider knows no setting "project-id", so it does nothing. Did you mean "tenant-id"?
    tls-insecure = maybe
#                  ^^^^^ warning setting.value: tls-insecure takes "true", "false"; "maybe" counts as false.
    cert-file = /etc/ssl/client.pem
#   ^^^^^^^^^ error setting.missing: cert-file and key-file belong together; with one alone no client certificate is shown.
    [LoadBalancers]
#    ^^^^^^^^^^^^^ warning section.unknown: The cloud provider knows no section "LoadBalancers", so it does nothing. Did you mean "LoadBalancer"?
    [loadbalancer]
    flaoting-network-id = 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7
#   ^^^^^^^^^^^^^^^^^^^ warning setting.unknown: The cloud provider knows no setting "flaoting-network-id", so it does nothing. Did you mean "floating-network-id"?
    monitor-delay = 5
#                   ^ error setting.value: monitor-delay takes a duration with its unit, such as 5s or 1m30s; "5" makes it refuse the whole file.
    monitor-timeout = 1m30s
    monitor-max-retries = 11
#                         ^^ warning setting.value: monitor-max-retries takes 1 to 10.
    lb-version = v1
#                ^^ error setting.value: lb-version takes "v2"; "v1" leaves the cluster without load balancers.
    lb-provider = ovn
    lb-method = ROUND_ROBIN
#               ^^^^^^^^^^^ error setting.ovn: The provider ovn balances by SOURCE_IP_PORT only; it refuses every other lb-method.
    [LoadBalancerClass]
#    ^^^^^^^^^^^^^^^^^ warning section.name: A class without a name cannot be used: write [LoadBalancerClass "name"].
    [BlockStorage]
    node-volume-attach-limit = 1000
#                              ^^^^ warning setting.value: node-volume-attach-limit takes 1 to 256.`,
  'a password that ends at a comment sign, and one in quotes': `
apiVersion: v1
kind: Secret
metadata: {name: a}
stringData:
  cloud.conf: |
    [Global]
    auth-url = https://keystone.example/v3
    password = a1b2#c3
#              ^^^^ error setting.quote: password ends where a comment begins: # and ; begin one wherever they stand. Put the value in double quotes.
---
apiVersion: v1
kind: Secret
metadata: {name: b}
stringData:
  cloud.conf: |
    [Global]
    auth-url = https://keystone.example/v3
    password = "a1b2#c3" # as the vault has it`,
  'all is right, sections in any capitals, distributions with keys of their own': `
apiVersion: v1
kind: Secret
metadata: {name: right}
stringData:
  cloud.conf: |
    [GLOBAL]
    auth-url = https://keystone.example/v3
    region = RegionOne
    tls-insecure
    kubeconfig-path = /etc/kubernetes/kubeconfig
    [LOADBALANCER]
    Floating-Network-ID = 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7
    subnet-id = a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3
    network-id = E53FCBBA-52B1-4C7E-9A48-0C1F5F7F0B11
    lb-provider = ovn
    lb-method = SOURCE_IP_PORT
    floating-subnet = public-*
    use-octavia = yes
    [LoadBalancerClass "inner"]
    subnet-id = a5c6ee4a-77aa-41b2-b0c9-d8e7f6a5b4c3
    [BlockStorage]
    bs-version = v3`,
  'the cloud.conf of another cloud, and placeholders': `
apiVersion: v1
kind: Secret
metadata: {name: vsphere}
stringData:
  cloud.conf: |
    [Global]
    cluster-id = one
    [LoadBalancer]
    subnet-id = segment-1
---
apiVersion: v1
kind: Secret
metadata: {name: a}
stringData:
  cloud.conf: |
    [Global]
    auth-url = \${OS_AUTH_URL}
    region = \${OS_REGION_NAME}
    tls-insecure = {{ .Values.insecure }}
    [LoadBalancer]
    {{- if .Values.subnet }}
    subnet-id = {{ .Values.subnet }}
    {{- end }}
    monitor-delay = \${DELAY}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: grafana}
data:
  config: |
    [global]
    auth-url = whatever is not ours would still need its sections`,
};

describe('cloud.conf', () => {
  for (const [name, text] of Object.entries(cases)) it(name, () => assertFindings(text.slice(1), referenceCloud));

  const found = async (text: string) =>
    (await checkManifests(parseManifests('a.yaml', text), referenceCloud)).findings.map(
      ({ range, fixes = [] }) => `${text.slice(range.start, range.end)} → ${fixes.map(({ newText }) => newText).join(' ')}`,
    );
  const file = '[Global]\nauth-url = https://keystone.example/v3\n[Route]\nrouter-id = edge\n';
  const id = '4a1ab1e0-0000-4000-8000-000000000001';

  it('a value in plain text is replaced where it stands, with line ends of Windows as well', async () => {
    const text = `apiVersion: v1\nkind: ConfigMap\ndata:\n  cloud.conf: |\n    ${file.trimEnd().replaceAll('\n', '\n    ')}\n`;
    assert.deepEqual(await found(text), [`edge → ${id}`]);
    assert.deepEqual(await found(text.replaceAll('\n', '\r\n')), [`edge → ${id}`]);
  });

  it('of an encoded one nothing is replaced', async () => {
    const encoded = Buffer.from(file).toString('base64');
    assert.deepEqual(await found(`apiVersion: v1\nkind: Secret\ndata: {cloud.conf: ${encoded}}\n`), [`${encoded} → `]);
  });
});
