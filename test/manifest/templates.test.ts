/** Templates: what is literal in them is checked, what is to be filled in is left alone, and their broken YAML is nobody's business. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { parseDocument } from '../../src/manifest/parse.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { masked } from '../../src/manifest/templates.ts';
import { annotate, assertFindings } from '../support/annotatedYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const cloud = fakeCloud(`
network.network: [{ id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, name: private, router:external: true }]
network.subnet: []
network.security_group: []
block-storage.type: [{ id: 71a1ab1e-0000-4000-8000-000000000008, name: ssd }]
compute.flavor: [{ id: '4', name: m1.large }]
compute.keypair: [{ name: alice-key }]
image.image: [{ id: 11a1ab1e-0000-4000-8000-000000000011, name: debian-12 }]
`) as ResourceLookup;

const fixture = (file: string) => readFileSync(new URL(`../fixtures/corpus/${file}`, import.meta.url), 'utf8');

/** A template → what is said of it. */
const cases: Readonly<Record<string, string>> = {
  'Helm, as charts are written': `
{{- if .Values.service.enabled -}}
{{- /* The network of the load balancer
       comes from outside. */}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "web.fullname" . }}
  labels:
    {{- include "web.labels" . | nindent 4 }}
  annotations:
    {{- with .Values.service.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    loadbalancer.openstack.org/network-id: 00000bad-8e6f-4e2d-a1b3-fedcba987654
@@
    loadbalancer.openstack.org/subnet-id: {{ .Values.subnet | quote }}
    loadbalancer.openstack.org/floating-network-id: "{{ .Values.public }}"
spec:
  type: {{ default "LoadBalancer"
      .Values.service.type }}
  ports:
    {{- range .Values.service.ports }}
    - port: {{ .port }}
      name: {{ .name }}-{{ .protocol | lower }}
    {{- end }}
{{- end }}`,
  'Jinja, as Ansible and kolla write it': `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: "{{ name }}" }
provisioner: cinder.csi.openstack.org
{% if encrypted %}
parameters:
  type: sssd
@@
  availability: {{ zone }}
{% endif %}
{# the end #}
mountOptions: [{{ options | join(',') }}]`,
  'variables in brackets, which is no YAML until they are put in': `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: a }
provisioner: cinder.csi.openstack.org
parameters: { type: sssd, availability: \${ZONE} }
@@
mountOptions: [\${FIRST}, \${SECOND:=noatime}]`,
  'values that SOPS encrypted': `
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: { name: a, labels: { on: off } }
provisioner: cinder.csi.openstack.org
parameters:
  type: sssd
@@
  availability: ENC[AES256_GCM,data:rkjQ,iv:7ZVw=,tag:JiG/==,type:str]
sops:
  mac: ENC[AES256_GCM,data:9bPj,iv:k2Yw=,tag:xQ==,type:str]
  version: 3.10`,
};

describe('templates', () => {
  for (const [name, text] of Object.entries(cases))
    it(`${name}: the literal reference that names nothing is told, and nothing else`, async () => {
      const [before = '', after = ''] = text.trimStart().split('@@\n');
      const found = await annotate(before + after, cloud);
      const told = found.split('\n').filter((line) => /^# *\^+ /.test(line));
      assert.equal(told.length, 1, found);
      assert.match(told[0] ?? '', /error reference\.missing/);
      assert.ok(found.startsWith(`${before}${told[0]}\n`), found);
      assert.equal(
        parseManifests('a', before + after)[0]?.toJson().ok,
        !/substituted|rendered/.test(kindsOf(before + after)[0] ?? ''),
      );
    });

  /** A value of a document that is well-formed otherwise → what it waits for. */
  const kinds: Readonly<Record<string, string>> = {
    'x{{ .Values.tag }}': 'rendered',
    '{{ .Values.tag }}': 'rendered',
    '[${TAG}]': 'substituted',
    '${TAG}': 'nothing',
    '"{{ $labels.instance }} is down"': 'nothing',
    '|\n  {{ range .Alerts }}': 'nothing',
    "openstack:///'{{ instance_id }}'": 'nothing',
    'openstack:///{{ ds.meta_data.uuid }}': 'nothing',
    'ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]\nsops:\n  version: 3.9.0': 'decrypted',
    'ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]': 'nothing',
  };
  for (const [value, expected] of Object.entries(kinds))
    it(`${JSON.stringify(value)} waits to be ${expected}`, () => {
      assert.deepEqual(kindsOf(`apiVersion: v1\nkind: A\nvalue: ${value}\n`), [expected]);
    });

  it('are told from a manifest with braces in quotes and a mistake elsewhere', () =>
    assertFindings(
      `apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata: {name: a}
spec:
  summary: "{{ $labels.instance }} is down"
  also: "\${HOSTNAME}"
  groups: @all
#         ^ error yaml.syntax: Plain value cannot start with reserved character @`,
      cloud,
    ));

  it('of the projects are recognised', () => {
    const of = (file: string) => [...new Set(kindsOf(fixture(file)))].join(', ');
    assert.equal(of('cluster-api-provider-openstack/cluster-template.yaml'), 'substituted');
    assert.equal(of('cluster-api-provider-openstack/cluster-template-flatcar-sysext.yaml'), 'substituted');
    assert.equal(of('cluster-api-provider-openstack/cluster-template-topology.yaml'), 'substituted');
    assert.equal(of('cluster-api-provider-openstack/clusterclass-dev-test.yaml'), 'nothing');
    assert.equal(of('cloud-provider-openstack/keystone-deployment.yaml'), 'rendered');
    assert.equal(of('openstack-resource-controller/server.yaml'), 'nothing');
  });

  it('keep their names as they are written', () => {
    const names = parseManifests(
      'a',
      'apiVersion: v1\nkind: A\nmetadata:\n  name: {{ .Release.Name }}-web\n  namespace: "${SPACE}"\n',
    );
    assert.deepEqual([names[0]?.name, names[0]?.namespace], ['{{ .Release.Name }}-web', '"${SPACE}"']);
  });

  it('masked are as long as before and have their lines', () => {
    const part = fc.constantFrom(
      '{{ a }}',
      '{{- if b -}}',
      '{{',
      '}}',
      '{% x %}',
      '{#',
      '#}',
      '${A:=b}',
      '${',
      '}',
      '\n',
      ' ',
      'k: v',
      '"',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        const breaks = (of: string) => [...of.matchAll(/\n/g)].map(({ index }) => index);
        assert.equal(masked(text).length, text.length);
        assert.deepEqual(breaks(masked(text)), breaks(text));
        assert.equal(masked(masked(text)), masked(text));
      }),
      { numRuns: 500 },
    );
  });

  it('masked have the outermost variable masked whole, and braces that are no variable left', () => {
    const texts = ['a: [${A:=${B}}]', '${k: v${A:=b}}}', '${A ${B}', '${A {x} ${B} }', '${A\n}${B}'];
    assert.deepEqual(texts.map(masked), ['a: [$(_______)]', '$(__ ________)}', '${A $(_)', '${A {x} $(_) }', '${A\n}$(_)']);
  });

  it('that open without end are gone through once', () => {
    for (const open of ['${a', 'a: "{{\n', 'a: "{{ {% {#"\n', 'a: ${b\n', 'a: "{{ x }}"\n', '{{ x }}\n']) {
      const text = open.repeat(Math.ceil(1_000_000 / open.length));
      const start = performance.now();
      assert.equal(masked(text).length, text.length);
      assert.ok(performance.now() - start < 5_000, open);
    }
  });
});

function kindsOf(text: string): string[] {
  return text.split(/^---$/m).flatMap((one) => (one.trim() === '' ? [] : [parseDocument(one).templateKind ?? 'nothing']));
}
