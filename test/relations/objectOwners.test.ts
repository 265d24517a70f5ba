/** Who undoes a change of an object, and what goes with it, over objects in memory. What the API server itself does about owners is asked of a real one in controllers.live.test.ts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { lossesOf } from '../../src/relations/losses.ts';
import { objectOwnersOf } from '../../src/relations/objectOwners.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const OBJECTS = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  uid: d1
  labels: {kustomize.toolkit.fluxcd.io/name: apps, kustomize.toolkit.fluxcd.io/namespace: flux-system}
  managedFields:
    - {manager: kustomize-controller, operation: Apply, fieldsV1: {'f:spec': {'f:replicas': {}, 'f:template': {'f:spec': {'f:containers': {}}}}}}
    - {manager: kubectl-edit, operation: Update, fieldsV1: {'f:spec': {'f:paused': {}}}}
spec: {replicas: 2}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-7d9, namespace: shop, uid: r1, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web, uid: d1, controller: true}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-7d9-x, namespace: shop, uid: p1, ownerReferences: [{apiVersion: apps/v1, kind: ReplicaSet, name: web-7d9, uid: r1, controller: true}]}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system, uid: k1}
spec: {interval: 10m0s, path: ./apps, prune: true, sourceRef: {kind: GitRepository, name: fleet}}
status: {inventory: {entries: [{id: shop_web_apps_Deployment, v: v1}, {id: shop_web__Service, v: v1}]}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: scaled, namespace: shop, uid: d2}
spec: {replicas: 2}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: scaled, namespace: shop}
spec: {minReplicas: 2, maxReplicas: 10, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: scaled}}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: released
  namespace: shop
  labels: {app.kubernetes.io/managed-by: Helm}
  annotations: {meta.helm.sh/release-name: web, meta.helm.sh/release-namespace: shop}
---
apiVersion: v1
kind: Service
metadata:
  name: tracked
  namespace: shop
  annotations: {argocd.argoproj.io/tracking-id: 'shop:/Service:shop/tracked'}
---
apiVersion: v1
kind: Service
metadata:
  name: copied
  namespace: shop
  annotations: {argocd.argoproj.io/tracking-id: 'shop:/Service:shop/tracked'}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: labelled, namespace: shop, labels: {app.kubernetes.io/instance: shop}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: charted, namespace: shop, labels: {app.kubernetes.io/instance: shop}}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd, finalizers: [resources-finalizer.argocd.argoproj.io]}
spec: {syncPolicy: {automated: {selfHeal: true}}}
status: {resources: [{kind: Service, namespace: shop, name: tracked}, {kind: ConfigMap, namespace: shop, name: labelled}]}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata:
  name: workers
  namespace: clusters
  uid: md
  labels: {topology.cluster.x-k8s.io/owned: '', cluster.x-k8s.io/cluster-name: prod}
  annotations: {cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size: '1', cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size: '5'}
spec: {replicas: 3, clusterName: prod}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: prod, namespace: clusters, uid: c1}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineSet
metadata: {name: workers-1, namespace: clusters, uid: ms, ownerReferences: [{apiVersion: cluster.x-k8s.io/v1beta2, kind: MachineDeployment, name: workers, uid: md, controller: true}]}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: Machine
metadata: {name: workers-1-a, namespace: clusters, uid: m1, ownerReferences: [{apiVersion: cluster.x-k8s.io/v1beta2, kind: MachineSet, name: workers-1, uid: ms, controller: true}]}
spec: {clusterName: prod, providerID: 'openstack:///s1'}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: Machine
metadata: {name: workers-1-b, namespace: clusters, uid: m2, ownerReferences: [{apiVersion: cluster.x-k8s.io/v1beta2, kind: MachineSet, name: workers-1, uid: ms, controller: true}]}
spec: {clusterName: prod, providerID: 'openstack:///s2'}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {volumeName: pv1}
---
apiVersion: v1
kind: PersistentVolume
metadata: {name: pv1}
spec: {persistentVolumeReclaimPolicy: Delete, csi: {driver: cinder.csi.openstack.org, volumeHandle: v1}}
`;

const CLOUD = `
compute.server:
  - { id: s1, name: prod-worker-1, status: ACTIVE }
  - { id: s2, name: prod-worker-2, status: ACTIVE }
block-storage.volume:
  - { id: v1, name: pvc-1, status: in-use }
`;

/** What is touched of which object → its owners, what they do, what they offer. */
const OWNERS = `
spec.replicas Deployment/web
  Kustomization flux-system/apps | Flux will put this back within 10 m. | Change it in GitRepository fleet, ./apps, or suspend the Kustomization. | suspendReconciling Kustomization apps
spec.paused Deployment/web
life Deployment/web
  Kustomization flux-system/apps | Flux will make it again within 10 m. | Change it in GitRepository fleet, ./apps, or suspend the Kustomization. | suspendReconciling Kustomization apps
life Pod/web-7d9-x
  ReplicaSet shop/web-7d9 of Deployment shop/web | It makes another Pod in its place. |  | 
spec.template.spec.containers Pod/web-7d9-x
  ReplicaSet shop/web-7d9 of Deployment shop/web | The next Pod that it makes is without the change. | Change the workload. | setImage Deployment web
spec.replicas ReplicaSet/web-7d9
  Deployment shop/web | It puts it back at once. | Change the Deployment. | scale Deployment web
spec.replicas Deployment/scaled
  HorizontalPodAutoscaler shop/scaled | It sets the replicas, between 2 and 10, and puts them back within 15 s. | Change how many it allows. | editObject HorizontalPodAutoscaler scaled
life Deployment/scaled
data ConfigMap/released
  Helm release shop/web | The next upgrade or rollback of the release puts this back. | Change the values of the release (helm upgrade). | 
life Service/tracked
  Application argocd/shop | Argo CD will make it again within seconds (self-heal is on). | Change it at the source of the Application, or stop its auto-sync. | stopAutoSync Application shop
life Service/copied
data ConfigMap/labelled
  Application argocd/shop | Argo CD will put this back within seconds (self-heal is on). | Change it at the source of the Application, or stop its auto-sync. | stopAutoSync Application shop
data ConfigMap/charted
spec.replicas MachineDeployment/workers
  Cluster clusters/prod | The topology of the Cluster puts this back at once. | Change spec.topology of the Cluster. | editObject Cluster prod
  the cluster autoscaler | It keeps between 1 and 5 machines and scales them as pods need it. | Change its bounds. | annotate MachineDeployment workers
life Machine/workers-1-a
  MachineSet clusters/workers-1 of MachineDeployment clusters/workers | It makes another Machine, with a new server, in its place. | To have fewer, scale down what it belongs to. | scale MachineDeployment workers
`;

/** What is deleted, or scaled to how many → what goes with it; `!` where a yes is not enough. */
const LOSSES = `
delete MachineDeployment/workers      ! It deletes 2 machines, and with them 2 servers in demo (prod-worker-1, prod-worker-2).
delete Cluster/prod                   ! It deletes 2 machines, and with them 2 servers in demo (prod-worker-1, prod-worker-2).
delete Machine/workers-1-a            ! It deletes 1 server in demo (prod-worker-1).
scale 2 MachineDeployment/workers     It deletes 1 machine and its server.
scale 0 MachineDeployment/workers     ! It deletes 3 machines and their servers.
scale 5 MachineDeployment/workers
delete Kustomization/apps             ! Flux deletes the 2 objects that it applied.
delete Application/shop               ! Argo CD deletes the 2 objects that it keeps.
delete PersistentVolumeClaim/data     Its data goes with it: volume pvc-1 in demo is deleted.
delete Deployment/web
`;

const objects = parseAllDocuments(OBJECTS).map((document): KubeObject => document.toJS());

function scene() {
  const cluster = new FakeCluster();
  for (const object of objects) {
    cluster.serve(object);
    cluster.put(object);
  }
  const named = (path: string) =>
    objects.find(({ kind, metadata }) => `${kind}/${metadata.name}` === path) ?? assert.fail(`no ${path}`);
  return { cluster, named };
}

describe('before an object is changed', () => {
  for (const block of OWNERS.trim().split(/\n(?=\S)/)) {
    const [heading = '', ...expected] = block.split('\n');
    it(`its owners are found: ${heading}`, async () => {
      const { cluster, named } = scene();
      const [touched = '', path = ''] = heading.split(' ');
      const { owners, failures } = await objectOwnersOf(cluster, named(path), [touched]);
      const told = owners.map(({ name, follows, instead, acts }) =>
        [name, follows, instead, acts.map(({ word, ref }) => `${word} ${ref.kind} ${ref.name}`).join(', ')].join(' | '),
      );
      assert.deepEqual([told, failures], [expected.map((line) => line.slice(2)), []]);
    });
  }

  it('a suspended Kustomization is said to undo it later, and is not to be suspended again', async () => {
    const { cluster, named } = scene();
    const apps = named('Kustomization/apps');
    cluster.put({ ...apps, spec: { ...Object(apps['spec']), suspend: true } });
    const { owners } = await objectOwnersOf(cluster, named('Deployment/web'), ['spec.replicas']);
    assert.deepEqual(
      owners.map(({ follows, acts }) => [follows, acts]),
      [['It is suspended; Flux will put this back once it is resumed.', []]],
    );
  });

  for (const line of LOSSES.trim().split('\n'))
    it(`what goes with it is told: ${line.split(/ {2,}/)[0]}`, async () => {
      const { cluster, named } = scene();
      const [heading = '', expected = ''] = line.split(/ {2,}/);
      const [does = '', ...rest] = heading.split(' ');
      const doing = does === 'delete' ? { deletes: true as const } : { replicas: Number(rest[0]) };
      const { lines, grave } = await lossesOf(cluster, named(rest.at(-1) ?? ''), doing, [fakeCloud(CLOUD)]);
      assert.equal([...(grave ? ['!'] : []), ...lines].join(' '), expected);
    });
});
