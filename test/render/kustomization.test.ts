import assert from 'node:assert/strict';
import { test } from 'node:test';
import { success } from '../../src/base/failure.ts';
import { checkRendering, mergedFindings } from '../../src/render/checkRendering.ts';
import { findRenderings } from '../../src/render/findRenderings.ts';
import type { Renderers } from '../../src/render/renderers.ts';
import { filesOf } from '../support/filesOf.ts';
import { referenceCloud } from '../support/referenceCloud.ts';

const nothing: Renderers = {
  kustomize: async () => success({ text: '', from: '/' }),
  helm: async () => success(''),
  patch: async () => success(''),
};

/** What is told of a folder, a line each. `renderers` print nothing unless others are given. */
async function told(texts: Readonly<Record<string, string>>, renderers = nothing): Promise<string[]> {
  const found = await findRenderings({ folders: ['w'] }, filesOf(texts));
  const checks = await Promise.all(found.map((one) => checkRendering(one, renderers, { lookup: referenceCloud })));
  return mergedFindings(checks.flatMap(({ findings }) => findings)).map(
    ({ file, code, message }) => `${file} ${code} ${message}`,
  );
}

const fetched: readonly string[] = [
  'resources: [https://example.org/base.yaml]',
  'resources: [github.com/org/repo/deploy]',
  'resources: [git@example.org:org/repo]',
  'resources: [example.org/org/repo.git]',
  'resources: ["ssh://example.org/org/repo//deploy?ref=main"]',
  'components: [a.yaml, "https://example.org/c?ref=v1"]',
  'patches: [{path: "https://example.org/patch.yaml"}]',
  'configMapGenerator: [{name: a, files: ["https://example.org/a"]}]',
  'x: &far https://example.org/base\nresources: [*far]',
];
for (const text of fetched)
  test(`nothing is fetched: ${text}`, async () => {
    const [line = '', ...others] = await told({ 'w/kustomization.yaml': text, 'w/a.yaml': '' });
    assert.match(
      line,
      /^w\/kustomization\.yaml render\.unavailable w is not checked as rendered: It is made of \S+, which cannot be read on this disk/,
    );
    assert.deepEqual(others, []);
  });

test('an address that is a value is none to fetch', async () => {
  const text =
    'resources: [a.yaml, none.yaml, ../b]\ncommonAnnotations: {docs: "https://example.org"}\nconfigMapGenerator: [{name: a, literals: ["url=https://example.org"]}]';
  assert.deepEqual(await told({ 'w/kustomization.yaml': text, 'w/a.yaml': '' }), []);
});

test('a base of a base that lies elsewhere, circles and broken files', async () => {
  const far = await told({
    'w/a/kustomization.yaml': 'resources: [../b]',
    'w/b/kustomization.yaml': 'resources: [../c]',
    'w/c/kustomization.yaml': 'resources: [https://example.org/x]',
  });
  assert.deepEqual(
    far.map((line) => line.slice(0, 50)),
    ['w/a/kustomization.yaml render.unavailable w/a is n'],
  );
  const circle = { 'w/a/kustomization.yaml': 'resources: [../b]', 'w/b/kustomization.yaml': 'resources: [../a]' };
  assert.ok((await told(circle)).every((line) => line.includes('render.unavailable')));
  const broken = { 'w/a/kustomization.yaml': 'resources: [', 'w/b/kustomization.yaml': '', 'w/c/Chart.yaml': 'name:' };
  assert.deepEqual(
    (await told(broken)).map((line) => line.slice(0, 35)),
    ['w/a/kustomization.yaml yaml.syntax '],
  );
});

test('without a program: one sentence for all, and the sources are looked at as they are, bases without asking anybody', async () => {
  const storageClass = (name: string, type: string) =>
    `apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: ${name}}\nprovisioner: cinder.csi.openstack.org\nparameters: {type: ${type}}\n`;
  const failure = { reason: 'notFound', message: 'kustomize or kubectl is not installed here.' } as const;
  const missing = async () => ({ ok: false, failure }) as const;
  const texts = {
    'w/base/kustomization.yaml': 'resources: [class.yaml]',
    'w/base/class.yaml': `${storageClass('a', 'nowhere')}twice: 1\ntwice: 2\n`,
    'w/one/kustomization.yaml': 'resources: [../base, own.yaml]',
    'w/one/own.yaml': storageClass('b', 'wrong'),
    'w/two/kustomization.yaml': 'resources: [../base]',
  };
  assert.deepEqual(await told(texts, { ...nothing, kustomize: missing, helm: missing }), [
    'w/one/kustomization.yaml render.unavailable Kustomizations are not checked as rendered: kustomize or kubectl is not installed here.',
    'w/one/own.yaml reference.missing No volume type named "wrong" in project demo (cloud demo, RegionOne).',
    'w/base/class.yaml yaml.duplicateKey The key "twice" stands twice in this mapping; kubectl would silently take the last. Remove one.',
  ]);
});

test('a chart that does not render with values that nobody named may be meant otherwise', async () => {
  const failure = { reason: 'invalid', message: 'helm says: no' } as const;
  const refusing = async () => ({ ok: false, failure }) as const;
  const texts = { 'w/Chart.yaml': 'name: a', 'w/more-values.yaml': 'a: b', 'w/values.yaml': 'a: c' };
  const severities = async (values: readonly string[]) => {
    const found = await findRenderings({ folders: ['w'], values }, filesOf(texts));
    const checks = await Promise.all(
      found.map((one) => checkRendering(one, { ...nothing, kustomize: refusing, helm: refusing }, { lookup: referenceCloud })),
    );
    return checks.flatMap(({ findings }) => findings).map(({ file, severity, message }) => `${file} ${severity} ${message}`);
  };
  const message = 'This chart cannot be rendered. helm says: no';
  assert.deepEqual(await severities([]), [`w/more-values.yaml information ${message}`]);
  assert.deepEqual(await severities(['w/values.yaml']), [`w/values.yaml warning ${message}`]);
});

test('keys and ports are wanted of what is rendered: a generated ConfigMap has its name only then', async () => {
  const pod = `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: nginx
      env:
        - {name: A, valueFrom: {configMapKeyRef: {name: made, key: a}}}
        - {name: B, valueFrom: {configMapKeyRef: {name: made, key: b}}}
`;
  const made = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: made-97c6464c45}\ndata: {a: one}\n';
  const text = `${pod.replaceAll('name: made', 'name: made-97c6464c45')}---\n${made}`;
  const printing: Renderers = { ...nothing, kustomize: async () => success({ text, from: '/' }) };
  const kustomization = 'resources: [pod.yaml]\nconfigMapGenerator: [{name: made, literals: [a=one]}]\n';
  const lines = await told({ 'w/kustomization.yaml': kustomization, 'w/pod.yaml': pod }, printing);
  assert.deepEqual(lines, ['w/pod.yaml object.missingKey ConfigMap "made-97c6464c45" has no key "b"; Pod needs it. It has "a".']);
});
