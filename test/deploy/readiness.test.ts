import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../support/judgeReadiness.ts';

const deployment = (status: string, spec = 'replicas: 2') => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop, uid: d, generation: 2, annotations: {deployment.kubernetes.io/revision: "2"}}
spec: {${spec}}
status: {observedGeneration: 2, ${status}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-new, namespace: shop, uid: rs2, annotations: {deployment.kubernetes.io/revision: "2"}, ownerReferences: [{uid: d, kind: Deployment, name: web}]}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {name: web-old, namespace: shop, uid: rs1, annotations: {deployment.kubernetes.io/revision: "1"}, ownerReferences: [{uid: d, kind: Deployment, name: web}]}
`;
const pod = (owner: string, status: string, name = 'web-x') => `---
apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: shop, uid: ${name}, ownerReferences: [{uid: ${owner}, kind: ReplicaSet, name: x}]}
spec: {containers: [{name: web, image: "registry.example/render:1.3"}]}
status: ${status}
`;
const waiting = (reason: string, message = '', restarts = 0, last = '') =>
  `{phase: Pending, containerStatuses: [{name: web, restartCount: ${restarts}, state: {waiting: {reason: ${reason}, message: '${message}'}}${last}}]}`;

const cases: readonly (readonly [string, string, string])[] = [
  [
    'not yet seen by its controller',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a, generation: 2}\nstatus: {observedGeneration: 1}',
    'progressing: waiting for its controller',
  ],
  [
    'being deleted',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, deletionTimestamp: "2026-01-01T00:00:00Z"}',
    'progressing: being deleted',
  ],
  ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}', 'ready'],
  [
    'a rolled out Deployment',
    deployment(
      'replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, conditions: [{type: Available, status: "True"}]',
    ),
    'ready',
  ],
  [
    'old pods still there',
    deployment('replicas: 3, updatedReplicas: 2, readyReplicas: 3, availableReplicas: 3'),
    'progressing: 3 of 2 ready, 2 updated',
  ],
  [
    'ready, but not for long enough',
    deployment('replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 1', 'minReadySeconds: 20, replicas: 2'),
    'progressing: 2 of 2 ready, 1 for 20 s yet',
  ],
  ['paused', deployment('replicas: 0', 'paused: true, replicas: 2'), 'ready: paused'],
  [
    'image not found',
    deployment('replicas: 2') +
      pod(
        'rs2',
        waiting(
          'ErrImagePull',
          'rpc error: code = NotFound desc = failed to resolve reference "registry.example/render:1.3": not found',
        ),
      ),
    'failing: image registry.example/render:1.3 not found (image web)',
  ],
  [
    'image refused',
    deployment('replicas: 2') + pod('rs2', waiting('ImagePullBackOff', 'Back-off pulling image: ErrImagePull: 401 Unauthorized')),
    'failing: image registry.example/render:1.3 may not be pulled: the registry refuses the credentials (image web)',
  ],
  [
    'registry slow',
    deployment('replicas: 2') + pod('rs2', waiting('ImagePullBackOff', 'net/http: request canceled (Client.Timeout exceeded)')),
    'failing after 180 s: image registry.example/render:1.3 cannot be pulled: net/http: request canceled (Client.Timeout exceeded) (image web)',
  ],
  [
    'bad image name',
    deployment('replicas: 2') + pod('rs2', waiting('InvalidImageName')),
    'failing: "registry.example/render:1.3" is not an image name (image web)',
  ],
  [
    'trouble of the old revision',
    deployment('replicas: 2, readyReplicas: 1, updatedReplicas: 1') + pod('rs1', waiting('ErrImagePull', 'not found')),
    'progressing: 1 of 2 ready, 1 updated',
  ],
  [
    'missing ConfigMap',
    deployment('replicas: 2') + pod('rs2', waiting('CreateContainerConfigError', 'configmap "checkout-settings" not found')),
    'failing: ConfigMap "checkout-settings" not found (reference /ConfigMap checkout-settings web)',
  ],
  [
    'missing key',
    deployment('replicas: 2') + pod('rs2', waiting('CreateContainerConfigError', "couldn''t find key LOG in ConfigMap shop/web")),
    'failing: ConfigMap "web" has no key "LOG" (reference /ConfigMap web LOG web)',
  ],
  [
    'first crash',
    deployment('replicas: 2') +
      pod('rs2', waiting('CrashLoopBackOff', 'back-off 10s', 1, ', lastState: {terminated: {exitCode: 3, reason: Error}}')),
    'failing after 60 s: container web keeps ending with exit code 3, 1 restart (container web)',
  ],
  [
    'third crash',
    deployment('replicas: 2') +
      pod('rs2', waiting('CrashLoopBackOff', 'back-off 40s', 3, ', lastState: {terminated: {exitCode: 3, reason: Error}}')),
    'failing: container web keeps ending with exit code 3, 3 restarts (container web)',
  ],
  [
    'out of memory twice',
    deployment('replicas: 2') +
      pod('rs2', waiting('CrashLoopBackOff', '', 2, ', lastState: {terminated: {exitCode: 137, reason: OOMKilled}}')),
    'failing: container web keeps ending with exit code 137 (out of memory), 2 restarts (resources)',
  ],
  [
    'unschedulable',
    deployment('replicas: 2') +
      pod(
        'rs2',
        '{phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: 0/3 nodes are available}]}',
      ),
    'failing after 60 s: no node takes the pod: 0/3 nodes are available (resources)',
  ],
  [
    'quota',
    deployment(
      'replicas: 0, conditions: [{type: ReplicaFailure, status: "True", reason: FailedCreate, message: "pods \\"web-x\\" is forbidden: exceeded quota: tight, requested: cpu=2"}]',
    ).replace(/---[\s\S]*/, ''),
    'failing: its pods are refused: exceeded quota: tight, requested: cpu=2 (resources)',
  ],
  [
    'deadline',
    deployment(
      'replicas: 2, conditions: [{type: Progressing, status: "False", reason: ProgressDeadlineExceeded, message: timed out}]',
    ),
    'failing: timed out',
  ],
  [
    'volume of a missing ConfigMap',
    deployment('replicas: 2') +
      pod('rs2', '{phase: Pending}') +
      '---\n{apiVersion: v1, kind: Event, metadata: {name: e, uid: e}, reason: FailedMount, type: Warning, lastTimestamp: "2026-01-01T00:00:00Z", message: \'MountVolume.SetUp failed for volume "code" : configmap "code" not found\', involvedObject: {uid: web-x}}',
    'failing: ConfigMap "code" not found (reference /ConfigMap code)',
  ],
  [
    'volume of what the control plane puts into a new namespace in a moment',
    deployment('replicas: 2') +
      pod('rs2', '{phase: Pending}') +
      '---\n{apiVersion: v1, kind: Event, metadata: {name: e, uid: e}, reason: FailedMount, type: Warning, lastTimestamp: "2026-01-01T00:00:00Z", message: \'MountVolume.SetUp failed for volume "kube-api-access-x" : configmap "kube-root-ca.crt" not found\', involvedObject: {uid: web-x}}',
    'failing after 60 s: ConfigMap "kube-root-ca.crt" not found (reference /ConfigMap kube-root-ca.crt)',
  ],
  [
    'a started Job',
    '{apiVersion: batch/v1, kind: Job, metadata: {name: j, uid: j}, spec: {completions: 6}, status: {active: 3, succeeded: 2}}',
    'progressing: 2 of 6 done',
  ],
  [
    'a finished Job',
    '{apiVersion: batch/v1, kind: Job, metadata: {name: j, uid: j}, spec: {}, status: {conditions: [{type: Complete, status: "True"}]}}',
    'ready',
  ],
  [
    'a failed Job',
    '{apiVersion: batch/v1, kind: Job, metadata: {name: j, uid: j}, spec: {}, status: {conditions: [{type: Failed, status: "True", reason: BackoffLimitExceeded, message: Job has reached the specified backoff limit}]}}',
    'failing: Job has reached the specified backoff limit',
  ],
  ['a Service', '{apiVersion: v1, kind: Service, metadata: {name: s, uid: s}, spec: {clusterIP: 10.0.0.1}}', 'ready'],
  [
    'a load balancer without address',
    '{apiVersion: v1, kind: Service, metadata: {name: s, uid: s}, spec: {type: LoadBalancer, clusterIP: 10.0.0.1}}',
    'progressing: load balancer has no address yet',
  ],
  [
    'a load balancer with address',
    '{apiVersion: v1, kind: Service, metadata: {name: s, uid: s}, spec: {type: LoadBalancer}, status: {loadBalancer: {ingress: [{ip: 203.0.113.45}]}}}',
    'ready: at 203.0.113.45',
  ],
  [
    'a load balancer refused',
    '{apiVersion: v1, kind: Service, metadata: {name: s, uid: s}, spec: {type: LoadBalancer}}\n---\n{apiVersion: v1, kind: Event, metadata: {name: e, uid: e}, type: Warning, reason: SyncLoadBalancerFailed, message: "Error syncing load balancer: failed to ensure load balancer: no such network", involvedObject: {uid: s}}',
    'failing after 5 s: its load balancer is refused: no such network (field metadata annotations)',
  ],
  [
    'a bound claim',
    '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, uid: c}, status: {phase: Bound}}',
    'ready',
  ],
  [
    'a claim that waits for its consumer',
    '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, uid: c}, spec: {storageClassName: ssd}, status: {phase: Pending}}\n---\n{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: ssd}, volumeBindingMode: WaitForFirstConsumer}',
    'ready: waiting for its first consumer',
  ],
  [
    'a claim that waits',
    '{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: c, uid: c}, spec: {storageClassName: ssd}, status: {phase: Pending}}\n---\n{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: ssd}, volumeBindingMode: Immediate}',
    'progressing: no volume yet',
  ],
  [
    'a definition not served',
    '{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: r}, spec: {group: toys.example, names: {kind: Robot}}, status: {conditions: [{type: Established, status: "True"}]}}',
    'progressing: established, not yet served',
  ],
  [
    'an ORC import that waits',
    '{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Network, metadata: {name: n}, status: {conditions: [{type: Available, status: "False"}, {type: Progressing, status: "True", reason: Progressing, message: Waiting for OpenStack resource to be created externally}]}}',
    'progressing: Waiting for OpenStack resource to be created externally',
  ],
  [
    'an ORC object that is there',
    '{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Network, metadata: {name: n}, status: {conditions: [{type: Available, status: "True"}]}}',
    'ready',
  ],
  [
    'an ORC object that cannot be',
    '{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Network, metadata: {name: n}, status: {conditions: [{type: Available, status: "False"}, {type: Progressing, status: "False", reason: InvalidConfiguration, message: no such router}]}}',
    'failing: no such router (field spec)',
  ],
  [
    'an unknown kind that is not Ready',
    '{apiVersion: toys.example/v1, kind: Robot, metadata: {name: r}, status: {conditions: [{type: Ready, status: "False", message: batteries low}]}}',
    'progressing: batteries low',
  ],
  ['an unknown kind without conditions', '{apiVersion: toys.example/v1, kind: Robot, metadata: {name: r}}', 'ready'],
  [
    'a stalled one',
    '{apiVersion: toys.example/v1, kind: Robot, metadata: {name: r}, status: {conditions: [{type: Stalled, status: "True", message: arm broken}]}}',
    'failing: arm broken (field spec)',
  ],
];

for (const [name, yaml, expected] of cases) test(`readiness: ${name}`, () => assert.equal(judge(yaml), expected));

test('readiness: a load balancer refused twice is refused, at the annotation that names the wrong thing', () => {
  const id = '7d0e6f3a-52b1-4c7e-9a48-0c1f5f7f0b11';
  const fault = `Error syncing load balancer: failed to ensure load balancer: error creating loadbalancer x: 400 {"faultcode": "Client", "faultstring": "Network ${id} not found."}`;
  const service = `{apiVersion: v1, kind: Service, metadata: {name: s, uid: s, annotations: {loadbalancer.openstack.org/network-id: ${id}}}, spec: {type: LoadBalancer}}`;
  const event = (count: number) =>
    `\n---\n{apiVersion: v1, kind: Event, metadata: {name: e, uid: e}, type: Warning, reason: SyncLoadBalancerFailed, count: ${count}, message: '${fault}', involvedObject: {uid: s}}`;
  const said = `: its load balancer is refused: Network ${id} not found. (field metadata annotations loadbalancer.openstack.org/network-id)`;
  assert.equal(judge(service + event(1)), `failing after 5 s${said}`);
  assert.equal(judge(service + event(2)), `failing${said}`);
});

test('readiness: a load balancer that is changed or deleted just now is met with patience, however often it was refused', () => {
  const judged = (words: string) =>
    judge(
      `{apiVersion: v1, kind: Service, metadata: {name: s, uid: s}, spec: {type: LoadBalancer}}
---
{apiVersion: v1, kind: Event, metadata: {name: e, uid: e}, type: Warning, reason: SyncLoadBalancerFailed, count: 3, message: 'Error syncing load balancer: failed to ensure load balancer: ${words}', involvedObject: {uid: s}}`,
    );
  const fault = (words: string) => `409 {"faultcode": "Client", "faultstring": "${words}"}`;
  assert.match(judged(fault('Load Balancer 7d0e6f3a is immutable and cannot be updated.')), /^failing after 180 s: /);
  assert.match(judged(fault('Load Balancer 7d0e6f3a not found.')), /^failing after 180 s: /);
  assert.match(judged(fault('Network 7d0e6f3a not found.')), /^failing: /);
});

test('readiness: a load balancer on its way says what the cloud says', () => {
  const service = '{apiVersion: v1, kind: Service, metadata: {name: s, uid: s}, spec: {type: LoadBalancer}}';
  assert.equal(judge(service, 'PENDING_CREATE in demo'), 'progressing: load balancer PENDING_CREATE in demo');
  assert.equal(judge(service, 'ERROR in demo'), 'failing: load balancer ERROR in demo (field spec)');
});
