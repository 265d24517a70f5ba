import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import {
  apiVersions,
  fateOf,
  isAtLeast,
  lastKnown,
  nextRelease,
  releaseOf,
  type Upgrade,
} from '../../src/manifest/apiVersions.ts';
import type { Finding } from '../../src/manifest/finding.ts';
import { type ManifestObject, parseManifests } from '../../src/manifest/manifest.ts';
import {
  deprecatedVersions,
  requestedVersions,
  storedVersions,
  upgradeOfManifest,
  upgradeOfObject,
} from '../../src/manifest/upgradeFindings.ts';
import { withFindings } from '../support/annotatedYaml.ts';

const kubernetes = (to: string): Upgrade => ({ product: 'kubernetes', to });
const capo = (to: string): Upgrade => ({ product: 'capo', to });
const lines = (findings: readonly Finding[]) => findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);

test('releases are compared by number, not by letter', () => {
  assert.equal(isAtLeast('1.36', '1.9'), true);
  assert.equal(isAtLeast('1.9', '1.36'), false);
  assert.equal(isAtLeast('2.0', '1.36'), true);
  assert.equal(isAtLeast('main', '1.36'), false);
  assert.equal(releaseOf('v1.36.3-gke.100'), '1.36');
  assert.equal(nextRelease('0.9'), '0.10');
});

test('the table holds together: who goes was deprecated before, the successor is no version that goes sooner', () => {
  for (const { apiVersion, kinds, product, deprecated, removed, use } of apiVersions) {
    if (removed !== undefined) assert.ok(isAtLeast(removed, deprecated), apiVersion);
    for (const kind of kinds) {
      const fate =
        use === undefined || removed === undefined ? undefined : fateOf({ apiVersion: use, kind }, { product, to: removed });
      assert.notEqual(fate?.fate, 'removed', `${apiVersion} ${kind} → ${use}`);
    }
    assert.ok(isAtLeast(lastKnown[product], deprecated), `${apiVersion}: known of a later release than we say`);
  }
});

const manifests = `apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata: {name: a}
---
apiVersion: networking.k8s.io/v1beta1
kind: ServiceCIDR
metadata: {name: a}
---
apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata: {name: a}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1alpha7
kind: OpenStackCluster
metadata: {name: "{{ name }}"}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: a}
---
apiVersion: example.org/v1beta1
kind: Ingress
metadata: {name: a}
`;

function annotated(upgrade: Upgrade): string {
  const found = parseManifests('a.yaml', manifests).flatMap((one) => upgradeOfManifest(one, upgrade) ?? []);
  return withFindings(manifests, found)
    .split('\n')
    .filter((line) => line.startsWith('#'))
    .join('\n');
}

test('a manifest: what is gone is an error, what goes later a warning, what others call the same is left alone', () => {
  assert.equal(
    annotated(kubernetes('1.36')),
    `#           ^^^^^^^^^^^^^^ error api.removed: policy/v1beta1 PodDisruptionBudget: Kubernetes 1.25 does not serve that any more. Use policy/v1.
#           ^^^^^^^^^^^^^^^^^^^^^^^^^ warning api.deprecated: networking.k8s.io/v1beta1 ServiceCIDR: deprecated since Kubernetes 1.34 and gone in 1.37. Use networking.k8s.io/v1.
#           ^^^^^^^^^^^^^^^^^^^^^^^^^ error api.removed: networking.k8s.io/v1beta1 Ingress: Kubernetes 1.22 does not serve that any more. Use networking.k8s.io/v1.`,
  );
  assert.equal(annotated(kubernetes('1.37')).split('error').length - 1, 3);
  assert.equal(
    annotated(capo('0.12')),
    '#           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error api.removed: infrastructure.cluster.x-k8s.io/v1alpha7 OpenStackCluster: Cluster API Provider OpenStack 0.12 does not serve that any more. Use infrastructure.cluster.x-k8s.io/v1beta1.',
  );
  assert.match(annotated(capo('0.11')), /warning api\.deprecated: .*gone in 0\.12/);
  assert.equal(annotated(capo('0.10')), '');
});

const written = (entries: string, more = '') =>
  parse(`
apiVersion: storage.k8s.io/v1
kind: VolumeAttributesClass
metadata:
  name: fast
  managedFields: ${entries}
${more}`) as ManifestObject;

test('a live object: who wrote it in a version that goes; the status, the control plane and others do not count', () => {
  const object = written(`
    - { manager: helm, apiVersion: storage.k8s.io/v1beta1, operation: Apply, time: '2026-03-04T05:06:07Z' }
    - { manager: argocd, apiVersion: storage.k8s.io/v1beta1, operation: Update, time: '2026-05-04T05:06:07Z' }
    - { manager: csi, apiVersion: storage.k8s.io/v1alpha1, operation: Update, subresource: status }
    - { manager: kube-controller-manager, apiVersion: storage.k8s.io/v1alpha1, operation: Update }
    - { manager: kubectl, apiVersion: storage.k8s.io/v1, operation: Update }`);
  assert.deepEqual(lines(upgradeOfObject('prod', object, kubernetes('1.37'))), [
    'error api.removed: helm, argocd wrote it as storage.k8s.io/v1beta1 (last 2026-05-04): Kubernetes 1.37 does not serve that any more. Use storage.k8s.io/v1.',
  ]);
  assert.deepEqual(lines(upgradeOfObject('prod', object, kubernetes('1.33'))), []);
  assert.deepEqual(upgradeOfObject('prod', object, kubernetes('1.37'))[0]?.live, {
    context: 'prod',
    apiVersion: 'storage.k8s.io/v1',
    kind: 'VolumeAttributesClass',
    name: 'fast',
    path: ['apiVersion'],
    line: 0,
  });
});

test('a live object: of what kubectl applied last, the version alone is read', () => {
  const applied = (text: string) =>
    written('[]', `  annotations:\n    kubectl.kubernetes.io/last-applied-configuration: '${text}'`);
  assert.deepEqual(
    lines(upgradeOfObject('prod', applied('{"apiVersion":"storage.k8s.io/v1beta1","password":"x"}'), kubernetes('1.37'))),
    [
      'error api.removed: kubectl apply wrote it as storage.k8s.io/v1beta1: Kubernetes 1.37 does not serve that any more. Use storage.k8s.io/v1.',
    ],
  );
  assert.deepEqual(upgradeOfObject('prod', applied('{torn'), kubernetes('1.37')), []);
});

const definition = parse(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: openstackclusters.infrastructure.cluster.x-k8s.io }
spec:
  group: infrastructure.cluster.x-k8s.io
  names: { kind: OpenStackCluster, plural: openstackclusters }
  versions:
    - { name: v1alpha6, served: false, deprecated: true }
    - { name: v1alpha7, served: true, deprecated: true, deprecationWarning: use v1beta1 }
    - { name: v1beta1, served: true }
status: { storedVersions: [v1alpha7, v1beta1] }`) as ManifestObject;

test('a definition: versions it serves and warns of, versions it must not keep', () => {
  const deprecated = deprecatedVersions(definition);
  assert.deepEqual(deprecated, [
    { apiVersion: 'infrastructure.cluster.x-k8s.io/v1alpha7', kind: 'OpenStackCluster', warning: 'use v1beta1' },
  ]);
  assert.deepEqual(lines(storedVersions('prod', definition, capo('0.12'))), [
    'error api.stored: Objects may still be kept as infrastructure.cluster.x-k8s.io/v1alpha7, which Cluster API Provider OpenStack 0.12 does not serve any more: write them anew and take the version out of status.storedVersions before.',
  ]);
  assert.deepEqual(storedVersions('prod', definition, capo('0.11')), []);
  const object = parse(`
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: { name: a, namespace: b, managedFields: [{ manager: clusterctl, apiVersion: infrastructure.cluster.x-k8s.io/v1alpha7 }] }`);
  assert.deepEqual(lines(upgradeOfObject('prod', object as ManifestObject, capo('0.10'), deprecated)), [
    'warning api.deprecated: clusterctl wrote it as infrastructure.cluster.x-k8s.io/v1alpha7: its definition says: use v1beta1.',
  ]);
});

test('a definition that says no more than that a version is deprecated: what it keeps objects in is the one to use', () => {
  const silent = parse(`
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: machines.cluster.x-k8s.io }
spec:
  group: cluster.x-k8s.io
  names: { kind: Machine }
  versions: [{ name: v1beta1, served: true, deprecated: true }, { name: v1beta2, served: true, storage: true }]`) as ManifestObject;
  assert.deepEqual(deprecatedVersions(silent), [
    {
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      kind: 'Machine',
      warning: 'cluster.x-k8s.io/v1beta1 Machine is deprecated; use cluster.x-k8s.io/v1beta2',
    },
  ]);
});

test('what the server counted: what goes by then is a warning, what has no date is told', () => {
  const metrics = `# TYPE apiserver_requested_deprecated_apis gauge
apiserver_requested_deprecated_apis{group="",removed_release="",resource="endpoints",subresource="",version="v1"} 1
apiserver_requested_deprecated_apis{group="resource.k8s.io",removed_release="1.38",resource="deviceclasses",subresource="",version="v1beta1"} 1
apiserver_requested_deprecated_apis{group="storage.k8s.io",removed_release="1.37",resource="volumeattributesclasses",subresource="",version="v1beta1"} 1
apiserver_requested_deprecated_apis{group="storage.k8s.io",removed_release="1.37",resource="volumeattributesclasses",subresource="status",version="v1beta1"} 1
apiserver_request_total{code="200"} 1
`;
  assert.deepEqual(lines(requestedVersions('prod', metrics, kubernetes('1.37'))), [
    'information api.requested: Somebody asked for v1 endpoints since the API server started; it is deprecated, with no release set for its removal. The audit log tells who (annotation k8s.io/deprecated).',
    'warning api.requested: Somebody asked for storage.k8s.io/v1beta1 volumeattributesclasses since the API server started; Kubernetes 1.37 does not serve it any more. The audit log tells who (annotation k8s.io/deprecated).',
  ]);
  assert.deepEqual(requestedVersions('prod', metrics, capo('0.12')), []);
});
