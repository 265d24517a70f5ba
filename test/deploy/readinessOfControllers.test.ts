/** Objects whose controllers are not Kubernetes' own, and what the rules say of them; printed as a table. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge } from '../support/judgeReadiness.ts';

/** `apiVersion Kind`, the spec, the status, what lies around it. */
const object = (type: string, spec: string, status: string, metadata = '') => {
  const [apiVersion, kind] = type.split(' ');
  return `{apiVersion: ${apiVersion}, kind: ${kind}, metadata: {name: x, uid: x, namespace: ns, generation: 2${metadata}}, spec: {${spec}}, status: {${status}}}`;
};
const conditions = (...list: readonly string[]) =>
  `conditions: [${list
    .map((one) => {
      const [type = '', status = '', reason = '', ...words] = one.split(' ');
      return `{type: ${type}, status: "${status}", reason: ${reason || 'X'}, message: "${words.join(' ')}"}`;
    })
    .join(', ')}]`;

const CLUSTER = 'cluster.x-k8s.io/v1beta2 Cluster';
const MACHINE = 'cluster.x-k8s.io/v1beta1 Machine';
const MACHINES = 'cluster.x-k8s.io/v1beta2 MachineDeployment';
const OS_MACHINE = 'infrastructure.cluster.x-k8s.io/v1beta1 OpenStackMachine';
const ORC = 'openstack.k-orc.cloud/v1alpha1 Network';
const FLUX = 'kustomize.toolkit.fluxcd.io/v1 Kustomization';
const ARGO = 'argoproj.io/v1alpha1 Application';
const CERT = 'cert-manager.io/v1 Certificate';
const GATEWAY = 'gateway.networking.k8s.io/v1 Gateway';
const ROUTE = 'gateway.networking.k8s.io/v1 HTTPRoute';
const HPA = 'autoscaling/v2 HorizontalPodAutoscaler';
const CLAIM = 'v1 PersistentVolumeClaim';
const CRD = 'apiextensions.k8s.io/v1 CustomResourceDefinition';
const HOOK = 'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration';
const hooks = 'webhooks: [{name: a, clientConfig: {service: {name: guard, namespace: hooks}}}]';
const hook = (more: string, metadata = '') => object(HOOK, '', '', metadata).replace(/, spec: .*$/, `, ${more}}`);
const slice = (ready: boolean) =>
  `\n---\n{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: guard-1, uid: s, namespace: hooks, labels: {kubernetes.io/service-name: guard}}, endpoints: [{addresses: [10.0.0.1], conditions: {ready: ${ready}}}]}`;
const machines = (status: string) => object(MACHINES, 'replicas: 3', status);

const cases: readonly (readonly [name: string, yaml: string, expected: string])[] = [
  ['a Cluster nobody has looked at', object(CLUSTER, '', ''), 'progressing: waiting for its controller'],
  [
    'a Cluster on its way',
    object(CLUSTER, '', conditions('Available False NotAvailable * InfrastructureReady: router is made')),
    'progressing: * InfrastructureReady: router is made',
  ],
  ['a Cluster that is there', object(CLUSTER, '', conditions('Available True Available')), 'ready'],
  ['a paused Cluster', object(CLUSTER, 'paused: true', ''), 'ready: paused'],
  [
    'a Cluster that gave up',
    object(CLUSTER, '', 'failureMessage: no such external network, phase: Failed'),
    'failing: no such external network (field spec)',
  ],
  [
    'a Machine with an error of its server',
    object(
      MACHINE,
      '',
      'conditions: [{type: Ready, status: "False", severity: Error, reason: InstanceCreateFailed, message: No valid host was found}]',
    ),
    'failing after 180 s: No valid host was found (field spec)',
  ],
  [
    'a Machine that boots',
    object(
      MACHINE,
      '',
      'conditions: [{type: Ready, status: "False", severity: Info, reason: WaitingForNodeRef, message: Waiting for a Node}]',
    ),
    'progressing: Waiting for a Node',
  ],
  [
    'machines that come',
    machines(`replicas: 3, readyReplicas: 1, upToDateReplicas: 2, ${conditions('Available False X 1 of 3')}`),
    'progressing: 1 of 3 machines ready, 2 up to date: 1 of 3',
  ],
  [
    'machines of before that go',
    machines(`replicas: 4, readyReplicas: 4, upToDateReplicas: 3, ${conditions('Available True X')}`),
    'progressing: 4 of 3 machines ready, 1 more to go',
  ],
  [
    'machines that are there',
    machines(`replicas: 3, readyReplicas: 3, upToDateReplicas: 3, ${conditions('Available True X', 'RollingOut False X')}`),
    'ready',
  ],
  [
    'machines that roll',
    machines(
      `replicas: 3, readyReplicas: 3, upToDateReplicas: 3, ${conditions('Available True X', 'RollingOut True X surge of one')}`,
    ),
    'progressing: surge of one',
  ],
  [
    'a server in ERROR',
    object(
      OS_MACHINE,
      '',
      `instanceState: ERROR, ${conditions('InstanceReady False InstanceStateError quota of cores exceeded')}`,
    ),
    'failing: its server is in state ERROR: quota of cores exceeded (field spec)',
  ],
  ['a server that stands, by the older word', object(OS_MACHINE, '', 'ready: true'), 'ready'],
  ['a template of machines', object('infrastructure.cluster.x-k8s.io/v1beta1 OpenStackMachineTemplate', '', ''), 'ready'],
  [
    'a bare metal host that is inspected',
    object('metal3.io/v1alpha1 BareMetalHost', '', 'provisioning: {state: inspecting}'),
    'progressing: inspecting',
  ],
  [
    'a bare metal host that is free',
    object('metal3.io/v1alpha1 BareMetalHost', '', 'provisioning: {state: available}'),
    'ready: available',
  ],
  [
    'a bare metal host without its controller board',
    object(
      'metal3.io/v1alpha1 BareMetalHost',
      '',
      'operationalStatus: error, errorType: registration error, errorMessage: no route to BMC',
    ),
    'failing after 180 s: no route to BMC (field spec)',
  ],
  [
    'ORC with an API that is away',
    object(ORC, '', conditions('Available False X', 'Progressing True TransientError 503 from Neutron')),
    'failing after 180 s: 503 from Neutron (field spec)',
  ],
  [
    'ORC of a text before this one',
    object(ORC, '', 'conditions: [{type: Available, status: "True", observedGeneration: 1}]'),
    'progressing: waiting for openstack-resource-controller',
  ],
  [
    'ORC that is made anew',
    object(ORC, '', conditions('Available True X', 'Progressing True Progressing MTU is changed')),
    'progressing: MTU is changed',
  ],
  ['Flux that works', object(FLUX, '', conditions('Ready True ReconciliationSucceeded')), 'ready'],
  [
    'Flux that reconciles',
    object(FLUX, '', conditions('Ready Unknown Progressing running checks', 'Reconciling True Progressing')),
    'progressing: running checks',
  ],
  [
    'Flux whose dependency is not there',
    object(FLUX, '', conditions('Ready False DependencyNotReady dependency infra is not ready')),
    'progressing: dependency infra is not ready',
  ],
  [
    'Flux that fails',
    object(FLUX, '', conditions('Ready False BuildFailed no such file')),
    'failing after 60 s: no such file (field spec)',
  ],
  ['suspended Flux', object(FLUX, 'suspend: true', ''), 'ready: suspended'],
  ['an Alert of Flux', object('notification.toolkit.fluxcd.io/v1beta3 Alert', '', ''), 'ready'],
  ['an Application that works', object(ARGO, '', 'sync: {status: Synced}, health: {status: Healthy}'), 'ready'],
  [
    'an Application that somebody syncs',
    object(ARGO, '', 'sync: {status: OutOfSync}, health: {status: Missing}'),
    'ready: out of sync: somebody syncs it by hand',
  ],
  [
    'an Application on its way',
    object(ARGO, 'syncPolicy: {automated: {}}', 'sync: {status: OutOfSync}, health: {status: Progressing}'),
    'progressing: OutOfSync, Progressing',
  ],
  [
    'an Application that is degraded',
    object(ARGO, '', 'sync: {status: Synced}, health: {status: Degraded, message: web is down}'),
    'failing after 60 s: web is down (field spec)',
  ],
  [
    'an Application of no repository',
    object(ARGO, '', 'conditions: [{type: ComparisonError, message: repository not found}]'),
    'failing after 30 s: repository not found (field spec source)',
  ],
  [
    'an Application whose sync failed',
    object(ARGO, '', 'operationState: {phase: Failed, message: one object is invalid}, sync: {status: OutOfSync}'),
    'failing: its sync failed: one object is invalid (field spec)',
  ],
  [
    'a Rollout that is degraded',
    object('argoproj.io/v1alpha1 Rollout', '', 'phase: Degraded, message: analysis failed'),
    'failing: analysis failed (field spec template)',
  ],
  [
    'a Certificate that is issued',
    object(CERT, '', conditions('Ready False DoesNotExist Issuing certificate', 'Issuing True DoesNotExist')),
    'progressing: Issuing certificate',
  ],
  [
    'a Certificate that is refused',
    object(CERT, '', conditions('Ready False DoesNotExist', 'Issuing False Failed The order failed: DNS problem')),
    'failing: The order failed: DNS problem (field spec)',
  ],
  [
    'an Issuer without its Secret',
    object('cert-manager.io/v1 Issuer', '', conditions('Ready False ErrGetKeyPair secret ca not found')),
    'failing after 60 s: secret ca not found (field spec)',
  ],
  ['a Gateway of no class', object(GATEWAY, 'gatewayClassName: octavia', ''), 'progressing: not taken by gateway class octavia'],
  [
    'a Gateway at work',
    object(GATEWAY, '', `addresses: [{value: 203.0.113.7}], ${conditions('Accepted True X', 'Programmed True X')}`),
    'ready: at 203.0.113.7',
  ],
  [
    'a Gateway without its certificate',
    object(
      GATEWAY,
      'listeners: [{name: http}, {name: https}]',
      `listeners: [{name: https, ${conditions('ResolvedRefs False InvalidCertificateRef Secret tls not found')}}]`,
    ),
    'failing after 30 s: listener https: Secret tls not found (field spec listeners 1)',
  ],
  ['a route that nobody took', object(ROUTE, 'parentRefs: [{name: front}]', ''), 'progressing: no gateway has taken it: front'],
  [
    'a route without its backend',
    object(
      ROUTE,
      '',
      `parents: [{parentRef: {name: front}, ${conditions('Accepted True X', 'ResolvedRefs False BackendNotFound Service web not found')}}]`,
    ),
    'failing after 30 s: gateway front: Service web not found (field spec rules)',
  ],
  [
    'a route that is taken',
    object(ROUTE, '', `parents: [{parentRef: {name: front}, ${conditions('Accepted True X', 'ResolvedRefs True X')}}]`),
    'ready',
  ],
  ['an autoscaler not looked at', object(HPA, '', ''), 'progressing: not yet looked at by its controller'],
  [
    'an autoscaler without a target',
    object(HPA, '', conditions('AbleToScale False FailedGetScale deployments web not found')),
    'failing after 30 s: deployments web not found (field spec scaleTargetRef)',
  ],
  [
    'an autoscaler without metrics',
    object(
      HPA,
      '',
      conditions('AbleToScale True SucceededGetScale', 'ScalingActive False FailedGetResourceMetric no metrics server'),
    ),
    'ready: holds its minimum until there are metrics: no metrics server',
  ],
  [
    'an APIService whose backend is away',
    object(
      'apiregistration.k8s.io/v1 APIService',
      '',
      conditions('Available False MissingEndpoints no endpoints of metrics-server'),
    ),
    'progressing: no endpoints of metrics-server (field spec service)',
  ],
  [
    'a webhook of nobody',
    hook(hooks),
    'progressing: no endpoint of its Service hooks/guard is ready (field webhooks 0 clientConfig service)',
  ],
  [
    'a webhook whose pods start',
    hook(hooks) + slice(false),
    'progressing: no endpoint of its Service hooks/guard is ready (field webhooks 0 clientConfig service)',
  ],
  ['a webhook that answers', hook(hooks) + slice(true), 'ready'],
  [
    'a webhook without its certificate',
    hook(hooks, ', annotations: {cert-manager.io/inject-ca-from: hooks/guard}') + slice(true),
    'progressing: its CA bundle is not put in yet (field webhooks 0 clientConfig service)',
  ],
  ['a webhook elsewhere', hook('webhooks: [{name: a, clientConfig: {url: "https://hooks.example"}}]'), 'ready'],
  [
    'a definition that clashes',
    object(
      CRD,
      'group: toys.example, names: {kind: Robot}',
      conditions('NamesAccepted False ListKindConflict RobotList is taken'),
    ),
    'failing: RobotList is taken (field spec names)',
  ],
  [
    'a definition that is not established',
    object(
      CRD,
      'group: toys.example, names: {kind: Robot}',
      conditions('Established False NotAccepted not all names are accepted'),
    ),
    'failing: not all names are accepted (field spec)',
  ],
  [
    'a claim that grows',
    object(CLAIM, 'resources: {requests: {storage: 20Gi}}', 'phase: Bound, capacity: {storage: 10Gi}'),
    'progressing: its volume is made larger: 10Gi now, 20Gi wanted (field spec resources requests storage)',
  ],
  [
    'a claim that grows when it is mounted',
    object(
      CLAIM,
      'resources: {requests: {storage: 20Gi}}',
      `phase: Bound, capacity: {storage: 10Gi}, ${conditions('FileSystemResizePending True X')}`,
    ),
    'ready: grows when a pod mounts it',
  ],
  [
    'a claim that cannot grow',
    object(
      CLAIM,
      'resources: {requests: {storage: 20Gi}}',
      'phase: Bound, capacity: {storage: 10Gi}, allocatedResourceStatuses: {storage: ControllerResizeInfeasible}',
    ),
    'failing: its volume cannot grow (10Gi now, 20Gi wanted) (field spec resources requests storage)',
  ],
  ['a lost claim', object(CLAIM, '', 'phase: Lost'), 'failing: its volume is gone (volume)'],
  ['a CronJob', object('batch/v1 CronJob', '', ''), 'ready'],
  [
    'an operator of OpenStack on Kubernetes',
    object(
      'keystone.openstack.org/v1beta1 KeystoneAPI',
      '',
      'conditions: [{type: Ready, status: "False", severity: Error, reason: DBSyncError, message: db sync failed}]',
    ),
    'failing after 180 s: db sync failed (field spec)',
  ],
  [
    'a Shoot',
    object(
      'core.gardener.cloud/v1beta1 Shoot',
      '',
      'lastOperation: {state: Processing, progress: 42, description: waiting for the machines}',
    ),
    'progressing: 42 %: waiting for the machines',
  ],
  [
    'what is held back by a finalizer',
    object('toys.example/v1 Robot', '', '', ', deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: [toys.example/off]'),
    'progressing: being deleted, held by toys.example/off',
  ],
];

describe('readiness of controllers', () => {
  const rows = cases.map(([name, yaml, expected]) => ({ name, expected, said: judge(yaml) }));
  for (const { name, expected, said } of rows) test(name, () => assert.equal(said, expected));
  test('the table', (context) => {
    for (const { name, said } of rows) context.diagnostic(`${name.padEnd(50)} ${said}`);
    assert.equal(new Set(rows.map(({ name }) => name)).size, rows.length);
  });
});
