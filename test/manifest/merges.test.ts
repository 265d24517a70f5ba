import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { checkManifests } from '../../src/manifest/check.ts';
import { toJson } from '../../src/manifest/json.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { withFindings, withoutExpectations } from '../support/annotatedYaml.ts';
import { referenceCloud } from '../support/referenceCloud.ts';

/** A document in which each mapping below the root takes the first half of its keys from another: it says the same. */
function halfMerged(value: unknown, depth = 0): string {
  if (Array.isArray(value)) return `[${value.map((item) => halfMerged(item, depth + 1)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${halfMerged(inner, depth + 1)}`);
  const half = depth === 0 ? 0 : Math.ceil(pairs.length / 2);
  return `{${[...(half > 0 ? [`<<: {${pairs.slice(0, half).join(', ')}}`] : []), ...pairs.slice(half)].join(', ')}}`;
}

const written = `
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {loadbalancer.openstack.org/keep-floatingip: "true", loadbalancer.openstack.org/network-id: 00000bad-8e6f-4e2d-a1b3-fedcba987654}}
---
apiVersion: storage.k8s.io/v1
kind: StorageClass
metadata: {name: fast}
provisioner: cinder.csi.openstack.org
parameters: {type: nowhere, fsType: ext4}
---
heat_template_version: 2021-04-16
parameters: {image: {type: string}, flavor: {type: string, default: m1.tiny}}
resources: {web: {type: OS::Nova::Server, properties: {image: {get_param: imgae}, flavor: {get_param: flavor}, networks: [{network: privat}]}}, port: {type: OS::Neutron::Port, properties: {network: private}}}
---
clouds: {demo: {region_name: R, auth: {user_id: u, auth_url: keystone}}}
`;

for (const document of parseAllDocuments(written).map((one) => one.toJS() as Record<string, unknown>))
  test(`${String(document['kind'] ?? Object.keys(document)[0])}: what is merged counts as what is written, and \`<<\` is no key`, async () => {
    const told = async (text: string) => {
      const { findings } = await checkManifests(parseManifests('a.yaml', text), referenceCloud);
      return findings.map(({ code, message, range }) => `${code} ${text.slice(range.start, range.end)} ${message}`).sort();
    };
    const plain = await told(JSON.stringify(document));
    assert.ok(plain.length > 0);
    assert.deepEqual(await told(halfMerged(document)), plain);
  });

test('a value that several take is told once, where it is written', async () => {
  const annotated = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata:
      name: a
      annotations: &same
        loadbalancer.openstack.org/network-id: 5
#                                              ^ error annotation.notText: An annotation is a text: write "5" in quotes, or the API server refuses this Service.
#                                              ^ error reference.missing: No network with id 5 in project demo (cloud demo, RegionOne).
  - apiVersion: v1
    kind: Service
    metadata: {name: b, annotations: {<<: *same}}
`;
  const text = withoutExpectations(annotated);
  const { findings } = await checkManifests(parseManifests('a.yaml', text), referenceCloud);
  assert.equal(withFindings(text, findings), annotated);
});

/** The root as rules have it, as JSON. */
function read(text: string): unknown {
  const [manifest] = parseManifests('a.yaml', text);
  assert.ok(manifest);
  const json = toJson(manifest.local.root, manifest.local.tree);
  return json.ok ? JSON.parse(JSON.stringify(json.value)) : json.failure.message;
}

test('kubectl takes what stands last; others take what is written, and of a list of merged ones the first', () => {
  const merged = 'a: {b: 1, <<: [{b: 2, c: 3}, {c: 4, d: 5}]}';
  assert.deepEqual(read(`kind: A\n${merged}`), { kind: 'A', a: { b: 2, c: 3, d: 5 } });
  assert.deepEqual(read(merged), { a: { b: 1, c: 3, d: 5 } });
});

test('what merges itself, or unfolds without end, is left as it is', () => {
  assert.deepEqual(
    read('a: &a {b: 1, <<: *a}\nc: {<<: *a}'),
    'Its aliases unfold to more than any object may hold. Write the parts out.',
  );
  const bomb = Array.from(
    { length: 40 },
    (_, index) => `a${index}: &a${index} {k${index}: 1${index === 0 ? '' : `, <<: [*a${index - 1}, *a${index - 1}]`}}`,
  );
  const began = performance.now();
  assert.equal(Object.keys((read(bomb.join('\n')) as Record<string, object>)['a39'] ?? {}).length, 40);
  assert.ok(performance.now() - began < 5000);
});
