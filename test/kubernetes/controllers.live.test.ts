/** What Cluster API, Flux and Argo CD keep, on the sandbox's API server: the trees, the actions read back, and who is told of before a change. */
import assert from 'node:assert/strict';
import { field } from '../../src/base/fields.ts';
import { openContextRows } from '../../src/explorer/clustersNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { otherSide } from '../../src/explorer/relatedNodes.ts';
import type { Cluster, KubeObject } from '../../src/kubernetes/cluster.ts';
import { controllerRows } from '../../src/kubernetes/controllerActions.ts';
import { exactJson } from '../../src/kubernetes/exactJson.ts';
import { type ObjectWord, objectActions, objectWordsFor } from '../../src/kubernetes/objectActions.ts';
import { sendAction } from '../../src/kubernetes/sendChange.ts';
import { objectOwnersOf } from '../../src/relations/objectOwners.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { refOf, withControllers } from '../support/controllers.ts';
import { nodeAt, printChildren } from '../support/printTree.ts';
import { sandboxTest } from '../support/sandbox.ts';

const space = `controllers-${process.pid}`;
const OBJECTS = `
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: fleet, namespace: SPACE}
spec: {interval: 1m, url: 'https://git.example/fleet'}
status:
  observedGeneration: 1
  artifact: {revision: 'main@sha1:0123456789abcdef0123456789abcdef01234567', digest: 'sha256:00', lastUpdateTime: "2026-01-01T00:00:00Z", path: a, url: 'http://s/a'}
  conditions: [{type: Ready, status: "True", reason: Succeeded, message: stored, lastTransitionTime: "2026-01-01T00:00:00Z"}]
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: SPACE}
spec: {interval: 10m, path: ./apps, prune: true, sourceRef: {kind: GitRepository, name: fleet}}
status:
  observedGeneration: 1
  lastAppliedRevision: 'main@sha1:0123456789abcdef0123456789abcdef01234567'
  inventory: {entries: [{id: SPACE_settings__ConfigMap, v: v1}, {id: SPACE_gone__ConfigMap, v: v1}, {id: SPACE_a__b_rbac.authorization.k8s.io_Role, v: v1}]}
  conditions:
    - {type: Ready, status: "False", reason: HealthCheckFailed, message: "ConfigMap gone is gone", lastTransitionTime: "2026-01-01T00:00:00Z"}
    - {type: Healthy, status: "False", reason: HealthCheckFailed, message: "ConfigMap gone is gone", lastTransitionTime: "2026-01-01T00:00:00Z"}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: SPACE}
data: {a: b}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: 'a:b', namespace: SPACE}
rules: []
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: SPACE}
spec:
  project: default
  destination: {namespace: SPACE, server: 'https://kubernetes.default.svc'}
  source: {repoURL: 'https://git.example/shop', path: deploy}
  syncPolicy: {automated: {prune: true, selfHeal: true}, syncOptions: [CreateNamespace=true]}
status:
  sync: {status: OutOfSync, revision: 0123456789abcdef0123456789abcdef01234567, comparedTo: {}}
  health: {status: Progressing}
  resources: [{version: v1, kind: ConfigMap, namespace: SPACE, name: settings, status: OutOfSync}]
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: tried, namespace: SPACE}
spec: {infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: OpenStackCluster, name: tried}}
status:
  phase: Provisioning
  conditions:
    - {type: Available, status: "False", reason: NotAvailable, message: "* InfrastructureReady: no network", lastTransitionTime: "2026-01-01T00:00:00Z"}
    - {type: ScalingUp, status: "True", reason: ScalingUp, message: "", lastTransitionTime: "2026-01-01T00:00:00Z"}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata:
  name: workers
  namespace: SPACE
  labels: {cluster.x-k8s.io/cluster-name: tried}
  annotations: {cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size: "1", cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size: "5"}
spec:
  clusterName: tried
  replicas: 3
  selector: {matchLabels: {pool: workers}}
  template:
    metadata: {labels: {pool: workers, cluster.x-k8s.io/cluster-name: tried}}
    spec:
      clusterName: tried
      bootstrap: {dataSecretName: none}
      infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: OpenStackMachineTemplate, name: none}
status: {phase: Running, replicas: 3, readyReplicas: 1}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: Machine
metadata: {name: lone, namespace: SPACE, labels: {cluster.x-k8s.io/cluster-name: tried}}
spec:
  clusterName: tried
  bootstrap: {dataSecretName: none}
  infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: OpenStackMachine, name: none}
status: {phase: Running}
`;

/** word, what it is done to, what is answered, where it is read back, what is there then: a time is `time`. */
const DONE = `
pauseReconciling     Cluster            -                    spec.paused                                              true
resumeReconciling    Cluster            -                    spec.paused                                              false
pauseReconciling     MachineDeployment  -                    metadata.annotations|cluster.x-k8s.io/paused              "true"
resumeReconciling    MachineDeployment  -                    metadata.annotations|cluster.x-k8s.io/paused              undefined
scale                MachineDeployment  4                    spec.replicas                                            4
rollOut              MachineDeployment  -                    spec.rollout.after                                       time
replaceMachine       Machine            Mark it: a MachineHealthCheck replaces it  metadata.annotations|cluster.x-k8s.io/remediate-machine  ""
replaceMachine       Machine            Delete it: its owner makes another         metadata                           undefined
reconcile            GitRepository      -                    metadata.annotations|reconcile.fluxcd.io/requestedAt      time
reconcileWithSource  Kustomization      -                    metadata.annotations|reconcile.fluxcd.io/requestedAt      time
suspendReconciling   Kustomization      -                    spec.suspend                                             true
resumeSuspended      Kustomization      -                    spec.suspend                                             false
syncApplication      Application        Sync, and delete what the source no longer has  operation.sync.prune          true
refreshApplication   Application        Render its manifests anew, too (hard)  metadata.annotations|argocd.argoproj.io/refresh  "hard"
stopAutoSync         Application        -                    spec.syncPolicy.automated                                {"enabled":false,"prune":true,"selfHeal":true}
startAutoSync        Application        -                    spec.syncPolicy.automated                                {"enabled":true,"prune":true,"selfHeal":true}
`;

const NAMES: Readonly<Record<string, string>> = {
  Cluster: 'tried',
  MachineDeployment: 'workers',
  Machine: 'lone',
  GitRepository: 'fleet',
  Kustomization: 'apps',
  Application: 'shop',
};
const VERSIONS: Readonly<Record<string, string>> = {
  GitRepository: 'source.toolkit.fluxcd.io/v1',
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  Application: 'argoproj.io/v1alpha1',
};
const refTo = (kind: string) => ({
  apiVersion: VERSIONS[kind] ?? 'cluster.x-k8s.io/v1beta2',
  kind,
  name: NAMES[kind] ?? '',
  namespace: space,
});

sandboxTest('what controllers keep is shown, acted on, and said to be theirs', (sandbox) =>
  withAdminCluster(sandbox, async ({ cluster, contexts }) => {
    const asked = { opened: new Opened(), bound: async () => ({ projects: [], clusters: [] }) };
    const filter = { of: () => [], typed: () => [space], onDidChange: () => ({ dispose() {} }) };
    const rows = { contexts, opened: asked.opened, otherSide: otherSide(asked), filter, isBound: () => false };
    const forest = new Forest(openContextRows({ ...rows, protection: () => 'open' }));
    try {
      await withControllers(cluster, space, OBJECTS, async () => {
        await shown(forest);
        await actedOn(cluster);
        await owned(cluster);
      });
    } finally {
      forest.dispose();
    }
  }),
);

/** Below which rows of the custom resources of the namespace what is shown. */
const SHOWN = `
source.toolkit.fluxcd.io/GitRepositories
  ▸ fleet   Ready · main@0123456 · https://git.example/fleet
kustomize.toolkit.fluxcd.io/Kustomizations
  ▸ ✗ apps   HealthCheckFailed · main@0123456 · GitRepository/fleet · ConfigMap gone is gone
kustomize.toolkit.fluxcd.io/Kustomizations/apps
  ▸ ! Conditions   2 of 2 amiss
  ! ConfigMap gone   missing · SPACE
  ▸ ConfigMap settings   1 · AGE
  ▸ Role a:b   TIME
kustomize.toolkit.fluxcd.io/Kustomizations/apps/Conditions
  ! Ready   False · HealthCheckFailed · ConfigMap gone is gone
  ! Healthy   False · HealthCheckFailed · ConfigMap gone is gone
argoproj.io/Applications
  ▸ ~ shop   OutOfSync · Progressing · auto-sync on · 0123456 · https://git.example/shop deploy
argoproj.io/Applications/shop
  ▸ ! ConfigMap settings   OutOfSync · 1 · AGE
cluster.x-k8s.io/Clusters
  ▸ ~ tried   Provisioning · NotAvailable: * InfrastructureReady: no network
cluster.x-k8s.io/Clusters/tried
  ▸ ! Conditions   1 of 2 amiss
  ▸ MachineDeployment workers   Running · 1/3 ready · autoscaler 1–5
  ▸ Machine lone   Running
cluster.x-k8s.io/Clusters/tried/Conditions
  ! Available   False · NotAvailable · * InfrastructureReady: no network
  ~ ScalingUp   True
`;

async function shown(forest: Forest): Promise<void> {
  for (const block of SHOWN.trim().split(/\n(?=\S)/)) {
    const [heading = '', ...expected] = block.split('\n');
    const node = await nodeAt(forest, 'sandbox-admin', space, 'Custom resources', ...heading.split('/'));
    const text = (await printChildren(forest, node))
      .replaceAll(space, 'SPACE')
      .replaceAll(/\d{4}-\S+Z$/gm, 'TIME')
      .replaceAll(/ \d+s$/gm, ' AGE');
    assert.equal(text, expected.map((line) => line.slice(2)).join('\n'), heading);
  }
  const prod = ['sandbox-admin', 'clusters', 'Custom resources', 'cluster.x-k8s.io', 'Clusters', 'prod'] as const;
  const workers = [...prod, 'MachineDeployment prod-workers', 'prod-workers-7d9c4', 'k8s-prod-worker-1'];
  assert.match(await printChildren(forest, await nodeAt(forest, ...workers)), /OpenStackMachine k8s-prod-worker-1 {3}Ready/);
}

async function actedOn(cluster: Cluster): Promise<void> {
  const tried = new Set<string>();
  for (const line of DONE.trim().split('\n')) {
    const [word = '', kind = '', answer = '', path = '', wanted] = line.split(/\s{2,}/);
    tried.add(word);
    const ref = refTo(kind);
    const served = await cluster.kind(ref.apiVersion, kind);
    assert.ok(served.ok && objectWordsFor(served.value).includes(word as ObjectWord), line);
    const done = await sendAction(cluster, ref, objectActions[word as ObjectWord], answer === '-' ? [] : [answer]);
    assert.ok(done.ok, `${line}: ${JSON.stringify(done)}`);
    const now = await cluster.get(ref);
    const [before = '', mark] = path.split('|');
    const found = field(now.ok ? now.value : undefined, ...before.split('.'), ...(mark === undefined ? [] : [mark]));
    const isTime = typeof found === 'string' && Math.abs(Date.parse(found) - Date.now()) < 60_000;
    assert.equal(isTime ? 'time' : JSON.stringify(sorted(found)), wanted === 'undefined' ? undefined : wanted, line);
  }
  const source = await cluster.get(refTo('GitRepository'));
  const applied = await cluster.get(refTo('Kustomization'));
  const asked = (one: typeof source) =>
    Date.parse(String(one.ok && one.value.metadata.annotations?.['reconcile.fluxcd.io/requestedAt']));
  assert.ok(asked(source) <= asked(applied) && asked(applied) - asked(source) < 10_000, 'the source is asked first');
  const application = await cluster.get(refTo('Application'));
  assert.deepEqual(application.ok && field(application.value, 'operation', 'sync', 'syncOptions'), ['CreateNamespace=true']);
  assert.deepEqual([...tried].filter((word) => word !== 'scale').sort(), Object.keys(controllerRows).sort());
  const unknown = await cluster.patch(refTo('Application'), { spec: { syncPolicy: { automated: { enable: true } } } });
  assert.match(
    unknown.ok ? 'accepted' : unknown.failure.message,
    /^sandbox-admin: strict decoding error: unknown field "spec\.syncPolicy\.automated\.enable"/,
  );
}

/** Fields are set as Flux sets them: whose they are, the API server tells. */
async function owned(cluster: Cluster): Promise<void> {
  const labels = { app: 'web' };
  const web: KubeObject = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: space,
      labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': space },
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx' }] } },
    },
  };
  const made = await cluster.raw(
    `/apis/apps/v1/namespaces/${space}/deployments/web?fieldManager=kustomize-controller&force=true`,
    {
      method: 'PATCH',
      body: exactJson(web),
      contentType: 'application/apply-patch+yaml',
    },
  );
  assert.ok(made.ok, JSON.stringify(made));
  const ownersOf = async (touched: string) => {
    const now = await cluster.get(refOf(web));
    assert.ok(now.ok);
    const { owners, failures } = await objectOwnersOf(cluster, now.value, [touched]);
    assert.deepEqual(failures, []);
    return owners.map(({ name, follows }) => `${name}: ${follows}`);
  };
  const flux = [`Kustomization ${space}/apps: Flux will put this back within 10 m.`];
  assert.deepEqual(await ownersOf('spec.replicas'), flux);
  assert.deepEqual(await ownersOf('spec.template.spec.containers'), flux);
  assert.deepEqual(await ownersOf('spec.paused'), []);
  assert.deepEqual(await ownersOf('metadata.labels.[kustomize.toolkit.fluxcd.io/name]'), flux);
}

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;
