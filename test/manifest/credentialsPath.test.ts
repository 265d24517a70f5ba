import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { credentialsNamedIn } from '../../src/manifest/credentials.ts';
import { inheritedFrom, mayLeadToCredentials } from '../../src/manifest/credentialsPath.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';

const machines = `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: workers}
spec: {template: {spec: {flavor: m1.tiny}}}`;
const cluster = (secret: string) => `
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: {name: shop}
spec: {identityRef: {name: ${secret}, cloudName: ops}}`;
const deployment = `
apiVersion: cluster.x-k8s.io/v1beta1
kind: Cluster
metadata: {name: shop}
spec: {infrastructureRef: {kind: OpenStackCluster, name: shop}}
---
apiVersion: cluster.x-k8s.io/v1beta1
kind: MachineDeployment
metadata: {name: workers}
spec: {clusterName: shop, template: {spec: {infrastructureRef: {kind: OpenStackMachineTemplate, name: workers}}}}`;

/** The Secret that the machines of /w/prod/machines.yaml are made with, in a workspace of these files. */
function secretOf(files: Readonly<Record<string, string>>): string | undefined {
  const file = '/w/prod/machines.yaml';
  const [machine] = parseManifests(file, machines);
  const [named] = machine ? credentialsNamedIn(machine.local) : [];
  assert.ok(named);
  const others = Object.entries(files).flatMap(([name, text]) => parseManifests(name, text));
  return inheritedFrom({ ...named.reference, file }, others)?.name;
}

describe('the credentials of a machine that names none', () => {
  it('are those of the only cluster beside it', () => {
    assert.equal(secretOf({ '/w/prod/cluster.yaml': cluster('ours') }), 'ours');
    assert.equal(secretOf({ '/w/prod/cluster.yaml': cluster('ours'), '/w/test/cluster.yaml': cluster('theirs') }), 'ours');
  });

  it('are not known where no cluster is beside it and nothing says which it belongs to', () => {
    assert.equal(secretOf({ '/w/test/cluster.yaml': cluster('theirs') }), undefined);
    assert.equal(secretOf({ '/w/prod/a.yaml': cluster('one'), '/w/prod/b.yaml': cluster('two') }), undefined);
  });

  it('are those of the cluster it belongs to, wherever that is; of several of that name, the one beside it', () => {
    assert.equal(secretOf({ '/w/prod/workers.yaml': deployment, '/w/clusters/shop.yaml': cluster('ours') }), 'ours');
    const both = { '/w/prod/shop.yaml': cluster('ours'), '/w/test/shop.yaml': cluster('theirs') };
    assert.equal(secretOf({ '/w/prod/workers.yaml': deployment, ...both }), 'ours');
  });
});

it('texts that may lead to credentials are known by the kinds in them, in block and flow style and in JSON', () => {
  const texts = {
    'kind: Secret\n': true,
    '  kind: "OpenStackCluster"': true,
    '- kind: ConfigMap': true,
    '{apiVersion: v1, kind: Secret, metadata: {name: a}}': true,
    '{"apiVersion":"v1","kind":"List","items":[]}': true,
    'kind: Deployment\n# a Secret': false,
    'unkind: Secret': false,
  };
  for (const [text, expected] of Object.entries(texts)) assert.equal(mayLeadToCredentials.test(text), expected, text);
});
