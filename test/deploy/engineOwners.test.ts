import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed } from '../../src/base/failure.ts';
import { makePlan } from '../../src/deploy/plan/plan.ts';
import { printPlan } from '../../src/deploy/plan/planText.ts';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';
import { fakeTarget as target } from '../support/fakeTarget.ts';
import { writtenFrom } from '../support/written.ts';

const written = `
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {LEVEL: debug}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: texts}, data: {greeting: hello}}
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: new}, data: {a: b}}
`;

const kustomization = (spec: object = {}): KubeObject => ({
  apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
  kind: 'Kustomization',
  metadata: { name: 'shop', namespace: 'flux-system' },
  spec: { interval: '10m', path: './deploy', sourceRef: { kind: 'GitRepository', name: 'shop' }, ...spec },
  status: {
    conditions: [{ type: 'Ready', status: 'True', reason: 'ReconciliationSucceeded' }],
    lastAppliedRevision: 'main@sha1:1f2e3d4c5b6a79880123456789abcdef01234567',
  },
});

const application = (policy: object): KubeObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'shop', namespace: 'argocd' },
  spec: { syncPolicy: policy },
  status: { sync: { status: 'Synced' }, health: { status: 'Healthy' }, resources: [] },
});

const ofFlux = { labels: { 'kustomize.toolkit.fluxcd.io/name': 'shop', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' } };
const ofArgo = (name: string) => ({ annotations: { 'argocd.argoproj.io/tracking-id': `shop:/ConfigMap:shop/${name}` } });

/** The plan where the first two objects are live with these marks, and `owner` is there. */
async function planned(
  marks: (name: string) => object,
  owner?: KubeObject,
  level = 'info',
  cluster = new FakeCluster(),
): Promise<string> {
  if (owner) {
    cluster.serve(owner);
    cluster.put(owner);
  }
  const live = (name: string, data: object) =>
    cluster.put({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'shop', managedFields: [{ manager: 'kustomize-controller' }], ...marks(name) },
      data,
    });
  live('settings', { LEVEL: level });
  live('texts', { greeting: 'hello' });
  const made = await makePlan({ target, written: writtenFrom(written), findings: [] }, cluster);
  assert.ok(made.ok);
  const told = made.value.blockers.map(({ engine }) =>
    engine ? `link: ${engine.kind} ${engine.namespace}/${engine.name}\n` : '',
  );
  return printPlan(made.value).split('\n').slice(1).join('\n') + told.join('');
}

const changes = `1 adopt · 1 create · 1 unchanged
  adopt v1/ConfigMap shop/settings (data.LEVEL info → debug; so far from kustomize-controller)
`;
const rest = `  create v1/ConfigMap shop/new
  unchanged v1/ConfigMap shop/texts
`;

test('a set that Flux keeps is planned, and refused with its state and its source', async () => {
  assert.equal(
    await planned(() => ofFlux, kustomization()),
    `${changes}${rest}blocked: 2 of 3 objects on sandbox-admin are kept by Kustomization flux-system/shop of Flux (Ready, main@1f2e3d4). Flux will put this back within 10 m. So this is a plan only. Change it in GitRepository shop, ./deploy, or suspend the Kustomization. (test.yaml)
link: Kustomization flux-system/shop
`,
  );
});

test('one that Argo CD keeps, too, whether it heals by itself or not', async () => {
  assert.equal(
    await planned(ofArgo, application({ automated: { selfHeal: true } })),
    `${changes}${rest}blocked: 2 of 3 objects on sandbox-admin are kept by Application argocd/shop of Argo CD (Synced, Healthy). Argo CD will put this back within seconds (self-heal is on). So this is a plan only. Change it at the source of the Application, or stop its auto-sync. (test.yaml)
link: Application argocd/shop
`,
  );
  assert.match(await planned(ofArgo, application({})), /Its next sync will put this back\. So this is a plan only\./);
  const fresh = { ...application({}), status: { sync: { status: 'Unknown' } } };
  assert.match(await planned(ofArgo, fresh), /of Argo CD \(no state told yet\)\./);
});

test('an engine that was halted on purpose warns', async () => {
  assert.equal(
    await planned(() => ofFlux, kustomization({ suspend: true })),
    `${changes}    warning: kept by Kustomization flux-system/shop of Flux. It is suspended; Flux will put this back once it is resumed.
${rest}`,
  );
  assert.doesNotMatch(await planned(ofArgo, application({ automated: { enabled: false } })), /blocked/);
});

test('marks of one that is not here warn; the label that charts set, too, says nothing by itself', async () => {
  assert.match(
    await planned(() => ofFlux),
    /warning: it bears the marks of Kustomization flux-system\/shop of Flux, which is not on sandbox-admin; if another cluster's Flux keeps it, this will be put back/,
  );
  assert.equal(await planned(() => ({ labels: { 'app.kubernetes.io/instance': 'shop' } })), changes + rest);
});

test('an engine that may not be asked is believed', async () => {
  const cluster = new FakeCluster();
  const forbidden = failed('forbidden', 'admin may not read Kustomization shop.');
  const get = cluster.get.bind(cluster);
  cluster.get = async (ref) => (ref.kind === 'Kustomization' ? forbidden : get(ref));
  assert.match(
    await planned(() => ofFlux, kustomization(), 'info', cluster),
    /blocked: .* of Flux \(its state could not be read: admin may not read Kustomization shop\)\. Flux will put this back soon\./,
  );
});

test('a set in which nothing would change fights nobody, nor does an object that was taken out of its set', async () => {
  assert.doesNotMatch(await planned(() => ofFlux, kustomization(), 'debug'), /blocked|warning/);
  const out = { ...ofFlux, annotations: { 'kustomize.toolkit.fluxcd.io/reconcile': 'disabled' } };
  assert.equal(await planned(() => out, kustomization()), changes + rest);
});
