import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { type ContinuousRequest, continuous, printContinuous, shellQuoted } from '../../../src/deploy/continuous/continuous.ts';
import { type Rule, rightsOf } from '../../../src/deploy/continuous/rights.ts';
import { makePlan } from '../../../src/deploy/plan/plan.ts';
import { leaseName } from '../../../src/deploy/record/lease.ts';
import { emptyInventory } from '../../../src/deploy/removal/inventory.ts';
import type { Target } from '../../../src/deploy/types.ts';
import { FakeCluster } from '../../support/fakeCluster.ts';
import { assertGolden } from '../../support/golden.ts';
import { writtenFrom } from '../../support/written.ts';

const target: Target = {
  context: 'prod-west',
  server: 'https://k8s.example:6443',
  user: 'alice',
  namespace: 'shop',
  cloud: 'demo',
  project: 'shop',
  protection: 'protected',
};

const manifests = `
{apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers: [{name: web, image: 'web:1', envFrom: [{secretRef: {name: password}}, {configMapRef: {name: settings}}]}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]
---
{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {LEVEL: info}}
---
{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop}, spec: {storageClassName: fast, accessModes: [ReadWriteOnce]}}
`;

async function request(runner: ContinuousRequest['runner'], more: Partial<ContinuousRequest> = {}): Promise<ContinuousRequest> {
  const cluster = new FakeCluster({ name: target.context, server: target.server });
  const made = await makePlan(
    { target, written: writtenFrom(manifests, '/work/repo/deploy/shop/all.yaml'), findings: [] },
    cluster,
  );
  const kinds = await cluster.kinds();
  assert.ok(made.ok && kinds.ok);
  return {
    runner,
    plan: made.value,
    name: 'shop',
    root: '/work/repo',
    places: ['/work/repo/deploy/shop'],
    url: 'https://git.example/team/shop.git',
    branch: 'main',
    kinds: kinds.value,
    image: 'registry.example/hybrid-clusters:0.1.0',
    cloudsSecret: 'shop-clouds',
    gitSecret: 'shop-git',
    ...more,
  };
}

async function printed(runner: ContinuousRequest['runner'], more: Partial<ContinuousRequest> = {}): Promise<string> {
  const made = continuous(await request(runner, more));
  return made.ok ? printContinuous(made.value) : made.failure.message;
}

for (const runner of ['github', 'gitlab', 'cronJob'] as const)
  test(`${runner}: the files, and what must exist`, async () => assertGolden(import.meta.url, runner, await printed(runner)));

test('the files are YAML that reads as it was meant', async () => {
  for (const runner of ['github', 'gitlab', 'cronJob'] as const) {
    const made = continuous(await request(runner));
    assert.ok(made.ok);
    for (const { text } of made.value.files.filter(({ path }) => path.endsWith('ml')))
      assert.deepEqual(
        parseAllDocuments(text).flatMap(({ errors, warnings }) => [...errors, ...warnings]),
        [],
      );
  }
});

test('the rights are those of the plan: to write its kinds, to read what explains them, to look for what they name', async () => {
  const { plan, kinds = [] } = await request('cronJob');
  const rights = rightsOf(plan, 'shop', kinds);
  const line = ({ apiGroups, resources, resourceNames = [], verbs }: (typeof rights.cluster)[number]) =>
    `${verbs.join(',')} ${resources.join(',')}${apiGroups[0] === '' ? '' : `.${apiGroups[0]}`} ${resourceNames.join(',')}`.trim();
  assert.deepEqual(
    [...rights.namespaces].map(([namespace, rules]) => [namespace, rules.map(line).sort()]),
    [
      [
        'shop',
        [
          'create leases.coordination.k8s.io',
          'get pods/log',
          'get secrets password',
          'get,list,watch events,persistentvolumeclaims,pods',
          'get,list,watch replicasets.apps',
          'get,list,watch,create,patch configmaps,persistentvolumeclaims',
          'get,list,watch,create,patch deployments.apps',
          'get,patch,delete leases.coordination.k8s.io hybrid-clusters-8d9001d32c6a703d',
          'list horizontalpodautoscalers.autoscaling',
        ],
      ],
    ],
  );
  assert.deepEqual(rights.cluster.map(line), [
    'get namespaces kube-system,shop',
    'get,list,watch,create,patch namespaces',
    'get,list storageclasses.storage.k8s.io',
    'get storageclasses.storage.k8s.io fast',
  ]);
});

test('a plan of a set stays in its set, and may note there what it deploys', async () => {
  const given = await request('cronJob');
  const set = {
    before: emptyInventory('repo/deploy/shop', 'shop'),
    members: [],
    forgotten: [],
    partial: false,
    prune: 'ask' as const,
  };
  const plan = { ...given.plan, set };
  const text = await printed('cronJob', { plan });
  assert.match(text, /\n {16}- --set\n {16}- repo\/deploy\/shop\n/);
  assert.match(await printed('github', { plan }), /cli\.js" plan deploy\/shop .* --set repo\/deploy\/shop .*\n/);
  const line = ({ verbs, resources, resourceNames = [] }: Rule) => `${verbs.join()} ${resources.join()} ${resourceNames.join()}`;
  const rules =
    rightsOf(plan, 'shop', given.kinds ?? [])
      .namespaces.get('shop')
      ?.map(line) ?? [];
  assert.deepEqual(rules.slice(-4), [
    'create leases ',
    `get,patch,delete leases ${leaseName('repo/deploy/shop')}`,
    'list,create configmaps ',
    'get,patch configmaps hybrid-clusters-set-repo.deploy.shop',
  ]);
});

test('a place outside the repository, a whole repository, one without a cloud', async () => {
  assert.equal(
    await printed('github', { places: ['/elsewhere/shop'] }),
    '/elsewhere/shop lies outside /work/repo: the job checks out one repository. Nothing was written.',
  );
  const { cloud: _, project: __, ...bare } = target;
  const { plan } = await request('github');
  const whole = await printed('github', { places: ['/work/repo'], plan: { ...plan, target: { ...bare, protection: 'open' } } });
  assert.match(whole, /cli\.js" apply \. --context prod-west --namespace shop --yes\n/);
  assert.doesNotMatch(whole, /CLOUDS|--confirm|--require-live/);
});

test('words that a shell would take apart are quoted', () => {
  assert.deepEqual(['shop', 'a b', "it's", '$(x)'].map(shellQuoted), ['shop', "'a b'", "'it'\\''s'", "'$(x)'"]);
});
