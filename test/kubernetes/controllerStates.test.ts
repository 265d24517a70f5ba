import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import type { ApiKind, KubeObject } from '../../src/kubernetes/cluster.ts';
import { conditionHealth, conditionsOf } from '../../src/kubernetes/conditions.ts';
import { controllerStateOf } from '../../src/kubernetes/controllerStates.ts';
import { inventoryOf } from '../../src/kubernetes/inventory.ts';
import { objectWordsFor } from '../../src/kubernetes/objectActions.ts';

const flux = 'kustomize.toolkit.fluxcd.io/v1 Kustomization';
const capi = 'cluster.x-k8s.io';

/** What it is, spec and status → how it stands, as its row tells it, and which of the controllers' words are offered then. */
const STATES: readonly (readonly [kind: string, object: string, expected: string, words: string])[] = [
  [
    flux,
    '{spec: {sourceRef: {kind: GitRepository, name: fleet}}, status: {lastAppliedRevision: "main@sha1:0123456789abcdef0123456789abcdef01234567", conditions: [{type: Ready, status: "True"}]}}',
    'quiet Ready · main@0123456 · GitRepository/fleet',
    'reconcile reconcileWithSource suspendReconciling',
  ],
  [
    flux,
    '{spec: {suspend: true, sourceRef: {kind: OCIRepository, name: fleet}}, status: {conditions: [{type: Ready, status: "True"}]}}',
    'warning Suspended · Ready · OCIRepository/fleet',
    'resumeSuspended',
  ],
  [
    flux,
    '{spec: {}, status: {conditions: [{type: Ready, status: "False", reason: BuildFailed, message: no such file}]}}',
    'bad BuildFailed · no such file',
    'reconcile reconcileWithSource suspendReconciling',
  ],
  [
    flux,
    '{metadata: {generation: 3}, spec: {}, status: {observedGeneration: 2, conditions: [{type: Ready, status: "True"}]}}',
    'busy Reconciling',
    'reconcile reconcileWithSource suspendReconciling',
  ],
  [
    'source.toolkit.fluxcd.io/v1 GitRepository',
    '{spec: {url: "https://bot:secret@git.example/fleet"}, status: {artifact: {revision: "v1.2@sha1:0123456789abcdef0123456789abcdef01234567"}, conditions: [{type: Ready, status: "True"}]}}',
    'quiet Ready · v1.2@0123456 · https://git.example/fleet',
    'reconcile suspendReconciling',
  ],
  [
    'helm.toolkit.fluxcd.io/v2 HelmRelease',
    '{spec: {chart: {spec: {chart: web, sourceRef: {kind: HelmRepository, name: charts}}}}, status: {history: [{chartVersion: 1.4.0}], conditions: [{type: Ready, status: "False", reason: UpgradeFailed, message: timed out}, {type: Stalled, status: "True"}]}}',
    'bad UpgradeFailed · 1.4.0 · HelmRepository/charts · timed out',
    'reconcile reconcileWithSource suspendReconciling',
  ],
  [
    'argoproj.io/v1alpha1 Application',
    '{spec: {source: {repoURL: "https://git.example/shop", path: deploy}, syncPolicy: {automated: {}}}, status: {sync: {status: Synced, revision: 0123456789abcdef0123456789abcdef01234567}, health: {status: Healthy}}}',
    'good Synced · Healthy · auto-sync on · 0123456 · https://git.example/shop deploy',
    'syncApplication refreshApplication stopAutoSync',
  ],
  [
    'argoproj.io/v1alpha1 Application',
    '{spec: {syncPolicy: {automated: {enabled: false}}}, operation: {sync: {}}, status: {sync: {status: OutOfSync}, health: {status: Healthy}}}',
    'busy Syncing · Healthy · auto-sync off',
    'refreshApplication startAutoSync',
  ],
  [
    'argoproj.io/v1alpha1 Application',
    '{spec: {}, status: {sync: {status: Unknown}, health: {status: Healthy}, conditions: [{type: ComparisonError, message: no such branch}]}}',
    'bad Unknown · Healthy · auto-sync off · no such branch',
    'syncApplication refreshApplication startAutoSync',
  ],
  [
    'argoproj.io/v1alpha1 Application',
    '{spec: {}, status: {sync: {status: OutOfSync}, health: {status: Degraded}, operationState: {phase: Failed, message: one hook failed}}}',
    'bad OutOfSync · Degraded · auto-sync off · sync failed: one hook failed',
    'syncApplication refreshApplication startAutoSync',
  ],
  [
    'argoproj.io/v1alpha1 ApplicationSet',
    '{status: {resourcesCount: 2, conditions: [{type: ErrorOccurred, status: "True", reason: ApplicationGenerationFromParamsError, message: no template}, {type: ResourcesUpToDate, status: "False"}]}}',
    'bad ApplicationGenerationFromParamsError · 2 Applications · no template',
    '',
  ],
  [
    `${capi}/v1beta2 MachineDeployment`,
    '{metadata: {annotations: {cluster.x-k8s.io/paused: "true", cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size: "5"}}, spec: {replicas: 3}, status: {phase: Running, readyReplicas: 3}}',
    'warning Paused · Running · 3/3 ready · autoscaler ?–5',
    'resumeReconciling rollOut',
  ],
  [
    `${capi}/v1beta1 Machine`,
    '{spec: {version: v1.36.3}, status: {phase: Provisioned, nodeRef: {name: n1}, conditions: [{type: Ready, status: "False", severity: Error, reason: InstanceCreateFailed, message: no valid host}]}}',
    'bad Provisioned · InstanceCreateFailed: no valid host · n1 · v1.36.3',
    'pauseReconciling replaceMachine',
  ],
  [
    `${capi}/v1beta1 Machine`,
    '{status: {conditions: [{type: Ready, status: "True"}], v1beta2: {conditions: [{type: Ready, status: "Unknown", reason: NotYetReported}]}}}',
    'busy NotYetReported',
    'pauseReconciling replaceMachine',
  ],
  [
    `${capi}/v1beta2 Cluster`,
    '{spec: {paused: true}, status: {phase: Provisioned}}',
    'warning Paused · Provisioned',
    'resumeReconciling',
  ],
  [
    'infrastructure.cluster.x-k8s.io/v1beta2 OpenStackMachineTemplate',
    '{spec: {template: {}}}',
    'the server’s own table',
    'pauseReconciling',
  ],
];

const kindOf = (apiVersion: string, kind: string): ApiKind => {
  const [group = '', version = ''] = apiVersion.split('/');
  const rest = { singular: '', shortNames: [], namespaced: true, categories: [], subresources: [] };
  return { ...rest, group, version, versions: [version], kind, resource: `${kind.toLowerCase()}s`, verbs: ['get', 'list'] };
};
/** What can be done to any object. */
const common = ['deleteObject', 'deleteObjectAs', 'label', 'annotate'];

describe('an object of a controller tells its state', () => {
  for (const [what, text, expected, words] of STATES)
    it(`${what}: ${expected}`, () => {
      const [apiVersion = '', name = ''] = what.split(' ');
      const kind = { ...kindOf(apiVersion, name), verbs: ['get', 'list', 'patch', 'delete'] };
      const read = parse(text) as KubeObject;
      const object = { ...read, apiVersion, kind: name, metadata: { ...read.metadata, name: 'one' } };
      const told = controllerStateOf(kind, object);
      assert.equal(told ? `${told.health} ${told.words.join(' · ')}` : 'the server’s own table', expected);
      const offered = objectWordsFor(kind, told?.words.join(' · ') ?? '').filter((word) => !common.includes(word));
      assert.equal(offered.join(' '), words);
    });
});

describe('a condition', () => {
  const cases = `
Ready True                   quiet
Ready False                  warning
Ready False Error            bad
InfrastructureReady False Warning  warning
InfrastructureReady False Info     busy
Available Unknown            busy
ScalingUp True               busy
ScalingUp False              quiet
Paused True                  warning
Paused False                 quiet
Stalled True                 bad
SyncError True               bad
ErrorOccurred False          quiet
`;
  for (const line of cases.trim().split('\n'))
    it(line.replaceAll(/\s+/g, ' '), () => {
      const [condition = '', health] = line.split(/\s{2,}/);
      const [type, status, severity] = condition.split(' ');
      const object = {
        apiVersion: 'v1',
        kind: 'X',
        metadata: { name: 'x' },
        status: { conditions: [{ type, status, severity }] },
      };
      assert.deepEqual(conditionsOf(object).map(conditionHealth), [health]);
    });
});

describe('an inventory', () => {
  it('is read of Flux and of Argo CD', () => {
    const status = {
      inventory: {
        entries: [
          { id: 'shop_web_apps_Deployment' },
          { id: '_team__admin_rbac.authorization.k8s.io_ClusterRole' },
          { id: 'odd' },
        ],
      },
      resources: [
        {
          kind: 'Service',
          name: 'web',
          namespace: 'shop',
          status: 'OutOfSync',
          health: { status: 'Degraded', message: 'no pods' },
        },
      ],
    };
    assert.deepEqual(
      inventoryOf({ apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, status }).map(
        ({ group, kind, namespace, name, said }) => `${group}/${kind} ${namespace ?? '-'}/${name} ${said.join(', ')}`,
      ),
      [
        'apps/Deployment shop/web ',
        'rbac.authorization.k8s.io/ClusterRole -/team:admin ',
        '/Service shop/web OutOfSync, Degraded, no pods',
      ],
    );
  });
});
