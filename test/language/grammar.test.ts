import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const read = (path: string) => JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
const text = `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
metadata:
  annotations:
    loadbalancer.openstack.org/network-id: "e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11"
    example.org/loadbalancer.openstack.org/network-id: not-e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11
provisioner: cinder.csi.openstack.org`;

test('what points at OpenStack is marked in YAML', () => {
  const [grammar] = read('package.json').contributes.grammars;
  assert.deepEqual(grammar.injectTo, ['source.yaml']);
  const { scopeName, patterns } = read(grammar.path);
  assert.equal(scopeName, grammar.scopeName);
  const marked = patterns.flatMap(({ match, name }: { match: string; name: string }) =>
    [...text.matchAll(new RegExp(match, 'g'))].map(([found]) => `${found} ${name}`),
  );
  assert.deepEqual(marked, [
    'loadbalancer.openstack.org/network-id support.type.property-name.openstack.yaml',
    'infrastructure.cluster.x-k8s.io/v1beta1 support.class.openstack.yaml',
    'cinder.csi.openstack.org support.class.openstack.yaml',
    'e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11 constant.other.reference.openstack.yaml',
  ]);
});
