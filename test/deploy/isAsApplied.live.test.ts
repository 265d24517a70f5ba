import assert from 'node:assert/strict';
import { isFields, sameJson } from '../../src/base/fields.ts';
import { comparable } from '../../src/deploy/plan/diff.ts';
import { isAsApplied } from '../../src/deploy/plan/isAsApplied.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace } from './liveDeploy.ts';

/** Kinds whose lists and mappings the server keeps in all its ways: by keys with and without defaults, as sets, whole. */
const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}, annotations: {a: b, empty: ""}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      tolerations: [{key: a, operator: Exists}]
      volumes: [{name: settings, configMap: {name: settings}}, {name: scratch, emptyDir: {}}]
      topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway}]
      containers:
        - name: web
          image: nginx:1.29
          args: [a, b, a]
          env: [{name: A, value: "1"}, {name: B, value: "2"}]
          ports: [{containerPort: 80, name: http}, {containerPort: 443, protocol: TCP}, {containerPort: 443, protocol: UDP}]
          resources: {requests: {cpu: 100m, memory: 64Mi}}
          volumeMounts: [{name: settings, mountPath: /settings}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080, name: http}, {port: 443, name: https}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {LEVEL: info, MORE: "yes"}
---
apiVersion: v1
kind: Secret
metadata: {name: secret}
data: {password: c2VjcmV0}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: web}
imagePullSecrets: [{name: registry}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: web}
rules: [{apiGroups: [""], resources: [pods, services], verbs: [get, list]}]
`;

/** Nobody gives it an address here. */
const ingress = `
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec: {rules: [{host: a.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {name: http}}}}]}}]}
`;

/** The object once without each of its leaves, and once with each text in it changed. */
function* changed(value: unknown): Generator<unknown> {
  if (typeof value === 'string') yield `${value}x`;
  else if (typeof value === 'number') yield value + 1;
  const entries = Array.isArray(value) || isFields(value) ? Object.entries(value) : [];
  for (const [name, member] of entries) {
    const others = entries.filter(([other]) => other !== name);
    yield Array.isArray(value) ? others.map(([, other]) => other) : Object.fromEntries(others);
    for (const other of changed(member)) {
      const all = entries.map(([key, one]) => [key, key === name ? other : one] as const);
      yield Array.isArray(value) ? all.map(([, one]) => one) : Object.fromEntries(all);
    }
  }
}

sandboxTest('what is said to be as applied would be left as it is by the server, whatever is changed in the file', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const { plan } = await live.plan(manifests + ingress);
    for (const { object } of plan.steps) await live.cluster.apply(object);
    const words: string[] = [];
    for (const { object, ref, key } of plan.steps) {
      const found = await live.cluster.get(ref);
      assert.ok(found.ok);
      words.push(`${key.replace(live.namespace, 'NS')} ${isAsApplied(object, found.value)}`);
      for (const other of changed(object)) {
        const { apiVersion, kind, metadata } = other as Partial<KubeObject>;
        const isTheSame = apiVersion === object.apiVersion && kind === object.kind && metadata?.name === ref.name;
        if (!isTheSame || metadata.namespace !== ref.namespace || !isAsApplied(other as KubeObject, found.value)) continue;
        const dry = await live.cluster.apply(other as KubeObject, { dryRun: true, signal: AbortSignal.timeout(30_000) });
        assert.ok(dry.ok && sameJson(comparable(found.value), comparable(dry.value.object)), JSON.stringify(other));
      }
    }
    assert.deepEqual(words.sort(), [
      'apps/v1/Deployment NS/web true',
      'networking.k8s.io/v1/Ingress NS/web true',
      'rbac.authorization.k8s.io/v1/Role NS/web true',
      'v1/ConfigMap NS/settings true',
      'v1/Secret NS/secret true',
      'v1/Service NS/web true',
      'v1/ServiceAccount NS/web true',
    ]);
  }),
);

sandboxTest('a set that is deployed again is looked at and not asked about, and a change by hand is seen', (sandbox) =>
  inNamespace(sandbox, async (live) => {
    const set = { names: ['web'], partial: false, prune: 'ask' } as const;
    await (await live.start(manifests, undefined, { set })).done;
    const actions = async () => {
      const { plan } = await live.plan(manifests, { set });
      return plan.steps
        .filter(({ action }) => action !== 'unchanged')
        .map(({ key, reason }) => `${key.split('/').at(-1)}: ${reason}`);
    };
    assert.deepEqual(await actions(), []);
    await live.kubectl('-n', live.namespace, 'set', 'image', 'deployment/web', 'web=nginx:1.30');
    await live.kubectl('-n', live.namespace, 'label', 'configmap', 'settings', 'of=others');
    await live.kubectl('-n', live.namespace, 'patch', 'secret', 'secret', '-p', '{"data":{"password":"b3RoZXI="}}');
    assert.deepEqual((await actions()).sort(), [
      'secret: data.password belongs to kubectl-patch',
      'web: spec.template.spec.containers[name="web"].image belongs to kubectl-set',
    ]);
  }),
);
