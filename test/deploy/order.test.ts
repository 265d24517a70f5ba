import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { orderObjects } from '../../src/deploy/plan/order.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';

/** Objects of a YAML text, and the order as text: a line per object, what it waits for behind the arrow. */
function order(yaml: string): string {
  const objects = parseAllDocuments(yaml).map((document) => document.toJS() as KubeObject);
  const result = orderObjects(objects);
  if (!result.ok) return result.failure.message;
  return [...result.value]
    .map(
      ([key, after]) =>
        `${key}${after.length === 0 ? '' : ` ← ${after.map(({ key: other, until }) => `${other} ${until}`).join(', ')}`}`,
    )
    .join('\n');
}

test('a workload waits for what it names, not for its kind', () => {
  const text = order(`
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  template:
    spec:
      serviceAccountName: web
      containers:
        - name: web
          envFrom: [{configMapRef: {name: web}}]
          env: [{name: A, valueFrom: {secretKeyRef: {name: keys, key: a}}}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: web, namespace: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: other, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: web, namespace: shop}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}, spec: {storageClassName: fast}}
---
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: fast}}
`);
  assert.equal(
    text,
    `v1/Namespace shop
v1/ConfigMap shop/web ← v1/Namespace shop present
v1/Secret shop/keys ← v1/Namespace shop present
storage.k8s.io/v1/StorageClass fast
v1/PersistentVolumeClaim shop/data ← v1/Namespace shop present, storage.k8s.io/v1/StorageClass fast present
v1/ServiceAccount shop/web ← v1/Namespace shop present
apps/v1/Deployment shop/web ← v1/Namespace shop present, v1/ConfigMap shop/web present, v1/Secret shop/keys present, v1/PersistentVolumeClaim shop/data present, v1/ServiceAccount shop/web present
v1/ConfigMap shop/other ← v1/Namespace shop present`,
  );
});

test('a custom object waits until its definition is established', () => {
  const text = order(`
{apiVersion: toys.example/v1, kind: Robot, metadata: {name: r2, namespace: default}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: robots.toys.example}
spec: {group: toys.example, names: {kind: Robot}, versions: [{name: v1}]}
`);
  assert.equal(
    text,
    `apiextensions.k8s.io/v1/CustomResourceDefinition robots.toys.example
toys.example/v1/Robot default/r2 ← apiextensions.k8s.io/v1/CustomResourceDefinition robots.toys.example ready`,
  );
});

test('objects of the openstack-resource-controller follow each other', () => {
  const text = order(`
apiVersion: openstack.k-orc.cloud/v1alpha1
kind: Subnet
metadata: {name: s, namespace: shop}
spec: {cloudCredentialsRef: {secretName: clouds, cloudName: demo}, resource: {networkRef: n}}
---
{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Network, metadata: {name: n, namespace: shop}}
---
{apiVersion: v1, kind: Secret, metadata: {name: clouds, namespace: shop}}
`);
  assert.match(
    text,
    /\nopenstack\.k-orc\.cloud\/v1alpha1\/Subnet shop\/s ← v1\/Secret shop\/clouds present, openstack\.k-orc\.cloud\/v1alpha1\/Network shop\/n present/,
  );
});

test('a circle of soft references is cut, and both go', () => {
  const text = order(`
apiVersion: toys.example/v1
kind: Robot
metadata: {name: a, namespace: x}
spec: {friendRef: {apiVersion: toys.example/v1, kind: Robot, name: b}}
---
apiVersion: toys.example/v1
kind: Robot
metadata: {name: b, namespace: x}
spec: {friendRef: {apiVersion: toys.example/v1, kind: Robot, name: a}}
`);
  assert.equal(text, 'toys.example/v1/Robot x/b\ntoys.example/v1/Robot x/a ← toys.example/v1/Robot x/b present');
});

test('a circle of hard references is drawn', () => {
  const text = order(`
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: x, annotations: {config.kubernetes.io/depends-on: /namespaces/x/ConfigMap/b}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: x, annotations: {config.kubernetes.io/depends-on: /namespaces/x/ConfigMap/a}}}
`);
  assert.equal(
    text,
    'These objects wait for each other: v1/ConfigMap x/a → v1/ConfigMap x/b → v1/ConfigMap x/a. Break the circle to deploy them.',
  );
});

test('an autoscaler comes after its target, a quota before the pods it limits', () => {
  const text = order(`
{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: x}, spec: {template: {spec: {containers: []}}}}
---
{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: web, namespace: x}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}
---
{apiVersion: v1, kind: ResourceQuota, metadata: {name: tight, namespace: x}}
`);
  assert.equal(
    text,
    `v1/ResourceQuota x/tight
apps/v1/Deployment x/web ← v1/ResourceQuota x/tight present
autoscaling/v2/HorizontalPodAutoscaler x/web ← apps/v1/Deployment x/web present`,
  );
});

test('a webhook is configured when its backend works, and what it has a say in comes after it; what the backend needs does not', () => {
  const text = order(`
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata: {name: guard}
webhooks:
  - name: guard.hooks.example
    clientConfig: {service: {name: guard, namespace: hooks}}
    objectSelector: {matchExpressions: [{key: free, operator: DoesNotExist}]}
    rules: [{apiGroups: ['', apps], apiVersions: ['*'], operations: [CREATE, UPDATE], resources: [configmaps, deployments, networkpolicies]}]
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: shop}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: let, namespace: shop, labels: {free: "1"}}}
---
{apiVersion: v1, kind: Secret, metadata: {name: another, namespace: shop}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: guard, namespace: hooks}
spec: {template: {metadata: {labels: {app: guard}}, spec: {containers: [{name: guard, envFrom: [{configMapRef: {name: needed}}]}]}}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: needed, namespace: hooks}}
---
{apiVersion: v1, kind: Service, metadata: {name: guard, namespace: hooks}, spec: {selector: {app: guard}}}
`);
  assert.equal(
    text,
    `v1/ConfigMap hooks/needed
apps/v1/Deployment hooks/guard ← v1/ConfigMap hooks/needed present
v1/Service hooks/guard
admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration guard ← apps/v1/Deployment hooks/guard ready, v1/Service hooks/guard present
v1/ConfigMap shop/a ← admissionregistration.k8s.io/v1/ValidatingWebhookConfiguration guard ready
v1/ConfigMap shop/let
v1/Secret shop/another`,
  );
});
