import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import { assertFindings } from '../support/annotatedYaml.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const cloud = (zones: string) => fakeCloud(zones) as ResourceLookup;
const two = () => cloud('dns.zone: [{ id: z1, name: demo.test. }, { id: z2, name: internal.demo.test. }]');
const why = 'external-dns makes records in zones of its own only, so with this project there is none.';
const place = 'project demo (cloud demo, RegionOne), which has';

const annotated = (hosts: string) => `
apiVersion: v1
kind: Service
metadata:
  name: a
  annotations:
    external-dns.alpha.kubernetes.io/hostname: ${hosts}
`;

describe('host names for external-dns', () => {
  it('lie in a zone of the project, each of a list and what a wildcard stands for', () =>
    assertFindings(
      `${annotated("'shop.demo.test, *.shop.demo.test.,a.demo.tset'")}
#                                                                                 ^^^^^^^^^^^ warning reference.missing: "a.demo.tset" is in no zone of ${place} demo.test, internal.demo.test. Did you mean "a.demo.test"? ${why}
`.replace('\n\n#', '\n#'),
      two(),
    ));

  it('on an Ingress, a route and in a DNSEndpoint; what is to be filled in names nothing', () =>
    assertFindings(
      `apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: a
  annotations: {external-dns.alpha.kubernetes.io/hostname: 'a.internal.demo.test,{{.Name}}.demo.test'}
---
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: a
  annotations: {external-dns.alpha.kubernetes.io/hostname: db.elsewhere.org}
#                                                          ^^^^^^^^^^^^^^^^ warning reference.missing: "db.elsewhere.org" is in no zone of ${place} demo.test, internal.demo.test. ${why}
---
apiVersion: externaldns.k8s.io/v1alpha1
kind: DNSEndpoint
metadata: {name: a}
spec:
  endpoints:
    - {dnsName: demo.test, recordType: A, targets: [192.0.2.1]}
    - {dnsName: nodemo.test, recordType: A, targets: [192.0.2.1]}
#               ^^^^^^^^^^^ warning reference.missing: "nodemo.test" is in no zone of ${place} demo.test, internal.demo.test. Did you mean "demo.test"? ${why}
`,
      two(),
    ));

  it('of a zone that the same manifests make are not missing', () =>
    assertFindings(
      `heat_template_version: 2021-04-16
resources:
  zone: {type: OS::Designate::Zone, properties: {name: elsewhere.org., email: admin@elsewhere.org}}
---${annotated('db.elsewhere.org')}`,
      two(),
    ));

  it('are kept elsewhere where the project has no zone or the cloud no Designate: nobody is accused, and nothing is left unchecked', async () => {
    for (const none of ['dns.zone: []', 'absent: [dns]']) {
      const checked = await checkManifests(parseManifests('a.yaml', annotated('db.elsewhere.org')), cloud(none));
      assert.deepEqual([checked.findings, checked.unknown], [[], 0], none);
    }
    const unread = await checkManifests(parseManifests('a.yaml', annotated('db.elsewhere.org')), cloud('dns.zone: forbidden'));
    assert.deepEqual([unread.findings, unread.unknown], [[], 1]);
  });

  it('are put into the zone that is meant, the labels before it kept', async () => {
    const { findings } = await checkManifests(parseManifests('a.yaml', annotated('a.b.internl.demo.test')), two());
    assert.deepEqual(findings, []);
    const near = await checkManifests(parseManifests('a.yaml', annotated('a.b.demo.tst')), two());
    assert.deepEqual(
      near.findings.map(({ fixes }) => fixes),
      [[{ title: 'Use "a.b.demo.test"', newText: 'a.b.demo.test', preferred: true }]],
    );
  });
});
