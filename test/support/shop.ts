import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from './fakeCluster.ts';

/** A namespace in which everything hangs together, one line an object. */
export const shop = `
kind: Ingress | apiVersion: networking.k8s.io/v1 | name: front | spec: { tls: [{ secretName: cert }], rules: [{ http: { paths: [{ backend: { service: { name: web } } }] } }] }
kind: Gateway | apiVersion: gateway.networking.k8s.io/v1 | name: edge | spec: { gatewayClassName: envoy, listeners: [{ tls: { certificateRefs: [{ kind: Secret, group: '', name: cert }] } }] }
kind: HTTPRoute | apiVersion: gateway.networking.k8s.io/v1 | name: pages | spec: { parentRefs: [{ name: edge }], rules: [{ backendRefs: [{ name: web }] }] }
kind: Service | apiVersion: v1 | name: web | spec: { selector: { app: web } }
kind: Service | apiVersion: v1 | name: outside | spec: {}
kind: EndpointSlice | apiVersion: discovery.k8s.io/v1 | name: web-x | endpoints: [{ targetRef: { kind: Pod, name: web-1-a, namespace: shop } }]
kind: Deployment | apiVersion: apps/v1 | name: web | spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { serviceAccountName: runner, imagePullSecrets: [{ name: pull }], containers: [{ envFrom: [{ configMapRef: { name: settings } }, { secretRef: { name: gone } }], env: [{ valueFrom: { secretKeyRef: { name: db, key: password } } }] }], volumes: [{ projected: { sources: [{ configMap: { name: settings } }, { secret: { name: cert } }] } }] } } }
kind: ReplicaSet | apiVersion: apps/v1 | name: web-1 | owner: Deployment web | spec: { selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { volumes: [{ projected: { sources: [{ configMap: { name: settings } }] } }] } } }
kind: Pod | apiVersion: v1 | name: web-1-a | owner: ReplicaSet web-1 | labels: { app: web } | spec: { nodeName: n1, containers: [{ envFrom: [{ configMapRef: { name: settings } }] }] }
kind: Pod | apiVersion: v1 | name: tool | labels: { app: tool } | spec: { nodeName: n1, volumes: [{ configMap: { name: settings } }, { persistentVolumeClaim: { claimName: data } }] }
kind: HorizontalPodAutoscaler | apiVersion: autoscaling/v2 | name: more | spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web } }
kind: PodDisruptionBudget | apiVersion: policy/v1 | name: keep | spec: { selector: { matchLabels: { app: web } } }
kind: NetworkPolicy | apiVersion: networking.k8s.io/v1 | name: closed | spec: { podSelector: {}, policyTypes: [Ingress] }
kind: ConfigMap | apiVersion: v1 | name: settings
kind: Secret | apiVersion: v1 | name: db | data: { password: Y2FuYXJ5 }
kind: Secret | apiVersion: v1 | name: cert
kind: Secret | apiVersion: v1 | name: pull
kind: ServiceAccount | apiVersion: v1 | name: runner | imagePullSecrets: [{ name: pull }]
kind: PersistentVolumeClaim | apiVersion: v1 | name: data | spec: { volumeName: pv-1, storageClassName: fast }
kind: PersistentVolume | apiVersion: v1 | name: pv-1 | cluster: true | spec: { storageClassName: fast, claimRef: { apiVersion: v1, kind: PersistentVolumeClaim, namespace: shop, name: data }, csi: { driver: cinder.csi.openstack.org, volumeHandle: v1 } }
kind: StorageClass | apiVersion: storage.k8s.io/v1 | name: fast | cluster: true
kind: Node | apiVersion: v1 | name: n1 | cluster: true | spec: { providerID: openstack:///s1 }
`;

/** The objects of lines such as those of {@link shop}; all in namespace shop but those of the whole cluster. */
export function objectsIn(text: string): readonly KubeObject[] {
  return text
    .trim()
    .split('\n')
    .flatMap((line) => parseAllDocuments(line.replaceAll(' | ', '\n')))
    .map((document): KubeObject => {
      const { name, owner, labels, cluster, ...body } = document.toJS();
      const [kind, above] = String(owner ?? '').split(' ');
      const uid = (one: string, of: string) => `uid-${one}-${of}`;
      const ownerReferences = above
        ? [{ apiVersion: 'apps/v1', kind, name: above, uid: uid(String(kind), above), controller: true }]
        : undefined;
      return {
        ...body,
        metadata: {
          name,
          uid: uid(body.kind, name),
          ...(cluster ? {} : { namespace: 'shop' }),
          ...(labels && { labels }),
          ...(ownerReferences && { ownerReferences }),
        },
      };
    });
}

/** A cluster that has the shop. */
export function shopCluster(): FakeCluster {
  const cluster = new FakeCluster();
  for (const object of objectsIn(shop)) cluster.put(object);
  return cluster;
}
