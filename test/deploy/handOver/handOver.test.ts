import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Files } from '../../../src/deploy/files/files.ts';
import { encryptedFiles } from '../../../src/deploy/handOver/encryptedFiles.ts';
import { type HandOverRequest, handOver, printHandOver, setName } from '../../../src/deploy/handOver/handOver.ts';
import { kustomizationOf } from '../../../src/deploy/handOver/kustomizationOf.ts';
import { stagesOf } from '../../../src/deploy/handOver/stages.ts';
import { noLookup } from '../../../src/deploy/live/projectLookup.ts';
import { makePlan } from '../../../src/deploy/plan/plan.ts';
import { checkManifests } from '../../../src/manifest/check.ts';
import { parseManifests } from '../../../src/manifest/manifest.ts';
import { FakeCluster } from '../../support/fakeCluster.ts';
import { fakeTarget as target } from '../../support/fakeTarget.ts';
import { filesOf } from '../../support/filesOf.ts';
import { assertGolden } from '../../support/golden.ts';
import { writtenFrom } from '../../support/written.ts';

const files: Readonly<Record<string, string>> = {
  'shop/settings.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: shop}, data: {LEVEL: info}}',
  'shop/web.yaml': `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'web:1', envFrom: [{configMapRef: {name: settings}}]}]}
---
{apiVersion: v1, kind: Service, metadata: {name: web, namespace: shop}, spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80}]}}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: web, namespace: shop}
spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}, minReplicas: 2, maxReplicas: 8}
`,
  'shop/network.yaml':
    '{apiVersion: openstack.k-orc.cloud/v1alpha1, kind: Network, metadata: {name: shop, namespace: shop}, spec: {managementPolicy: managed}}',
  'shop/definition.yaml': `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: networks.openstack.k-orc.cloud}
spec: {group: openstack.k-orc.cloud, scope: Namespaced, names: {kind: Network}, versions: [{name: v1alpha1}]}
`,
  'shop/password.yaml':
    '{apiVersion: v1, kind: Secret, metadata: {name: password, namespace: shop}, stringData: {password: canary-3f8a}}',
};

async function request(texts: Readonly<Record<string, string>>, more: Partial<HandOverRequest> = {}): Promise<HandOverRequest> {
  const written = Object.entries(texts).flatMap(([file, text]) => writtenFrom(text, `/work/repo/${file}`));
  const made = await makePlan({ target, written, findings: [] }, new FakeCluster());
  assert.ok(made.ok);
  return {
    engine: 'flux',
    plan: made.value,
    written,
    name: 'shop',
    root: '/work/repo/',
    source: { kind: 'git', url: 'https://git.example/team/shop.git', branch: 'main' },
    ...more,
  };
}

async function printed(texts: Readonly<Record<string, string>>, more: Partial<HandOverRequest> = {}): Promise<string> {
  const handed = handOver(await request(texts, more));
  return handed.ok ? printHandOver(handed.value) : handed.failure.message;
}

test('to Flux: the source, a Kustomization for each stage, health checks, and the document', async () => {
  const text = await printed(files, { secret: 'git-shop' });
  assertGolden(import.meta.url, 'flux', text);
  assert.doesNotMatch(text, /canary/);
});

test('to Argo CD: an Application with exactly these files', async () => {
  const text = await printed(files, { engine: 'argo', destination: 'sandbox' });
  assertGolden(import.meta.url, 'argo', text);
  assert.doesNotMatch(text, /canary/);
});

test('from a registry, in one stage, with a namespace for what names none', async () => {
  const settings = { 'all.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: settings}, data: {LEVEL: info}}' };
  const source = { kind: 'oci', url: 'oci://registry.example/team/shop', tag: 'latest' } as const;
  assertGolden(import.meta.url, 'oci', await printed(settings, { source, name: 'Shop Front.yaml' }));
});

test('a kustomization is rendered by the engine itself', async () => {
  const base = { 'shop/base/settings.yaml': files['shop/settings.yaml'] ?? '' };
  const kustomization = '/work/repo/shop';
  assert.match(await printed(base, { kustomization }), /\n {2}path: \.\/shop\n(?!.*resources:)/s);
  assert.match(await printed(base, { kustomization, engine: 'argo' }), /\n {4}path: shop\n {2}destination:/);
});

test('what SOPS has encrypted is decrypted by Flux, and nothing for Argo CD', async () => {
  const secret = { 'shop/password.yaml': files['shop/password.yaml'] ?? '' };
  const onDisk = {
    '/work/repo/shop/password.yaml': 'kind: Secret\nsops:\n    mac: ENC[x]\n',
    '/work/repo/shop/web.yaml': 'kind: Service\n',
  };
  const encrypted = await encryptedFiles(Object.keys(onDisk), filesOf(onDisk));
  assert.deepEqual([...encrypted], ['/work/repo/shop/password.yaml']);
  const text = await printed(secret, { encrypted });
  assert.match(text, /\n {2}decryption:\n {4}provider: sops\n {4}secretRef:\n {6}name: sops-age\n/);
  assert.match(text, /reads with the Secret `sops-age` in namespace `flux-system`, which must hold the key\./);
  assert.doesNotMatch(text, /plain text|canary/);
  assert.match(
    await printed(secret, { encrypted, engine: 'argo' }),
    /^Argo CD decrypts nothing by itself, and \/work\/repo\/shop\/password\.yaml is encrypted with SOPS/,
  );
});

describe('which folder an engine renders', () => {
  const at = (...paths: string[]) => filesOf(Object.fromEntries(paths.map((path) => [path, ''])));
  const cases: readonly (readonly [title: string, files: Files, places: readonly string[], says: string])[] = [
    ['none: plain files', at('/w/shop/web.yaml'), ['/w/shop'], 'none'],
    ['the place itself', at('/w/shop/kustomization.yaml', '/w/shop/web.yaml'), ['/w/shop/'], '/w/shop'],
    [
      'one among others',
      at('/w/shop/kustomization.yaml', '/w/shop/web.yaml'),
      ['/w'],
      '/w/shop is a kustomization: hand it over by itself',
    ],
    ['a chart', at('/w/shop/Chart.yaml', '/w/shop/web.yaml'), ['/w/shop'], '/w/shop is a Helm chart'],
  ];
  for (const [title, known, places, says] of cases)
    test(title, async () => {
      const found = await kustomizationOf(places, ['/w/shop/web.yaml'], '/w', known);
      assert.ok((found.ok ? (found.value ?? 'none') : found.failure.message).startsWith(says));
    });
});

test('what is written is what the definitions of Flux and Argo CD allow, and a slip in it would be seen', async () => {
  const definitions = ['flux', 'argo'].flatMap((name) => {
    const file = new URL(`../../fixtures/controllers/${name}.yaml`, import.meta.url);
    return parseManifests(`${name}.yaml`, readFileSync(file, 'utf8'));
  });
  const complaints = async (text: string) => {
    const all = [...parseManifests('written.yaml', text), ...definitions];
    const { findings } = await checkManifests(all, noLookup('nobody is asked'));
    return findings.filter(({ file }) => file === 'written.yaml').map(({ message }) => message);
  };
  for (const engine of ['flux', 'argo'] as const) {
    const handed = handOver(await request(files, { engine, secret: 'git-shop' }));
    const text = handed.ok ? (handed.value.files[0]?.text ?? '') : '';
    assert.deepEqual(await complaints(text), []);
    assert.match((await complaints(text.replace('prune: false', 'prune: 17'))).join(), /prune takes true or false/);
  }
});

describe('refused', () => {
  const cases: readonly (readonly [
    title: string,
    texts: Readonly<Record<string, string>>,
    more: Partial<HandOverRequest>,
    says: RegExp,
  ])[] = [
    [
      'a plan that may not go',
      { 'a.yaml': '{apiVersion: toys.example/v1, kind: Robot, metadata: {name: r2}}' },
      {},
      /does not serve Robot.* Nothing is handed over until the plan may go\.$/,
    ],
    ['nothing', {}, {}, /^shop holds nothing that could be handed over\.$/],
    [
      'files of another repository',
      { 'a.yaml': files['shop/settings.yaml'] ?? '' },
      { root: '/work/other' },
      /lies outside \/work\/other: an engine reads one repository/,
    ],
    [
      'a namespace that Flux would overwrite',
      {
        'a.yaml':
          '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: b, namespace: default}}',
      },
      {},
      /^ConfigMap a \(a\.yaml:1\) names no namespace, ConfigMap b names default: Flux would put both into shop\./,
    ],
  ];
  for (const [title, texts, more, says] of cases) test(title, async () => assert.match(await printed(texts, more), says));
});

test('names become those of objects', () => {
  const names = ['shop', 'Shop Front.yaml', '__', 'a'.repeat(80), '-x-'];
  assert.deepEqual(names.map(setName), ['shop', 'shop-front', 'deploy', 'a'.repeat(50), 'x']);
});

describe('stages', () => {
  const table = `
    edges (file waits for file, ! = until it works)   stages
    -                                                 a b c
    a>b                                               a b c
    a>b!                                              b c | a
    a>b! b>c!                                         c | b | a
    a>b b>c!                                          c | a b
    a>b! b>a                                          a b c
    a>b! b>a c>a!                                     a b | c
    a>b! a>c                                          b c | a`;
  for (const line of table.trim().split('\n').slice(1)) {
    const [edges = '', expected = ''] = line.trim().split(/\s{3,}/);
    test(line.trim(), () => {
      const steps = ['a', 'b', 'c'].map((file) => ({
        key: file,
        source: { file },
        after: edges
          .split(' ')
          .filter((edge) => edge.startsWith(`${file}>`))
          .map((edge) => ({ key: edge[2] ?? '', until: edge.endsWith('!') ? 'ready' : 'present' })),
      }));
      const stages = stagesOf(steps as never);
      assert.equal(stages.map((stage) => stage.files.join(' ')).join(' | '), expected);
    });
  }
});
