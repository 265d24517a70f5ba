import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import { discover } from '../../src/deploy/files/discover.ts';
import { filesOf } from '../support/filesOf.ts';

const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

async function found(texts: Readonly<Record<string, string>>, roots = ['w'], options = {}): Promise<string[]> {
  const { files, notes } = await discover(roots, filesOf(texts), options);
  return [...files.map(({ file }) => file), ...notes.map(({ message, blocks }) => `${blocks ? 'blocks' : 'says'}: ${message}`)];
}

test('a folder gives its manifests, in order, without what is not ours', async () => {
  const texts = {
    'w/b.yaml': manifest,
    'w/a/x.yml': manifest,
    'w/a/object.json': '{"apiVersion": "v1", "kind": "ConfigMap"}',
    'w/flow.yaml': '{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}',
    'w/package.json': '{"name": "shop"}',
    'w/.github/workflows/ci.yaml': manifest,
    'w/node_modules/m/x.yaml': manifest,
    'w/values.yaml': 'replicas: 2',
    'w/README.md': manifest,
  };
  assert.deepEqual(await found(texts), ['w/a/object.json', 'w/a/x.yml', 'w/b.yaml', 'w/flow.yaml']);
});

test('what needs a renderer is reported, and its folder not guessed', async () => {
  const texts = {
    'w/app/kustomization.yaml': 'resources: [a.yaml]',
    'w/app/a.yaml': manifest,
    'w/chart/Chart.yaml': 'name: x',
    'w/chart/templates/a.yaml': manifest,
    'w/skaffold.yaml': 'apiVersion: skaffold/v4\nkind: Config',
    'w/z.yaml': manifest,
  };
  assert.deepEqual(await found(texts), [
    'w/z.yaml',
    'blocks: kustomization.yaml is a kustomization, which is not rendered yet: run kubectl kustomize and deploy its output.',
    'blocks: Chart.yaml is a Helm chart, which is not rendered yet: run helm template and deploy its output.',
    'says: skaffold.yaml belongs to Skaffold and is left alone.',
  ]);
});

test('a file that was named and cannot serve is said', async () => {
  assert.deepEqual(await found({ 'w/values.yaml': 'a: b' }, ['w/values.yaml', 'w/none.yaml']), [
    'says: values.yaml holds no document with apiVersion and kind.',
    'blocks: w/none.yaml does not exist.',
  ]);
});

test('a huge file is not read', async () => {
  assert.deepEqual(await found({ 'w/a.yaml': manifest.padEnd(3_000_000, '#') }, ['w/a.yaml'], { maxBytes: 1024 * 1024 }), [
    'blocks: a.yaml is 3 MB, more than the 1 MB a manifest may have.',
  ]);
});

test('a huge file in a folder is left out, and what was deployed from it is not gone', async () => {
  const texts = { 'w/a.yaml': manifest, 'w/bundle.yaml': manifest.padEnd(3_000_000, '#') };
  const { leftOut } = await discover(['w'], filesOf(texts), { maxBytes: 1024 * 1024 });
  assert.deepEqual(leftOut, ['w/bundle.yaml']);
});

test('a file chosen twice counts once', async () => {
  assert.deepEqual(await found({ 'w/a.yaml': manifest }, ['w/a.yaml', 'w', 'w/']), ['w/a.yaml']);
});

test('what names resources and is no manifest is found to be checked, never to be deployed', async () => {
  const texts = {
    'w/cloud.conf': '[Global]\nauth-url = https://keystone.example/v3\n',
    'w/clouds.yaml': 'clouds: {demo: {region_name: RegionOne}}\n',
    'w/demo-openrc.sh': 'export OS_AUTH_URL=https://keystone.example/v3\n',
    'w/nginx.conf': 'server { listen 80; }\n',
    'w/stack.hot': 'heat_template_version: 2018-08-31\nresources: {}\n',
    'w/stack.yaml': 'heat_template_version: 2018-08-31\nresources: {}\n',
    'w/values.yaml': 'image: {tag: 1}\nclouds: [demo]\n',
  };
  assert.deepEqual(await found(texts), []);
  assert.deepEqual(await found(texts, ['w'], { references: true }), [
    'w/cloud.conf',
    'w/clouds.yaml',
    'w/demo-openrc.sh',
    'w/stack.hot',
    'w/stack.yaml',
  ]);
});

test('what only refers to a cloud is found where that is asked, values for the template beside it included', async () => {
  const texts = {
    'w/envs/prod.yaml': 'parameters:\n  flavor: m1.tiny\n',
    'w/stack.yaml': 'heat_template_version: 2021-04-16\nparameters:\n  flavor: {type: string}\n',
    'w/test.json': '{"parameters": {"flavor": "m1.tiny"}}',
    'w/pipeline.yaml': 'parameters:\n  flavor: m1.tiny\nsteps: []\n',
    'x/prod.yaml': 'parameters:\n  flavor: m1.tiny\n',
  };
  assert.deepEqual(await found(texts, ['w', 'x'], { references: true }), ['w/envs/prod.yaml', 'w/stack.yaml', 'w/test.json']);
  assert.deepEqual(await found(texts, ['w', 'x']), []);
});

/** As git answers for folders: what is ignored below each, and which folders it was asked about. */
function ignoring(answers: Readonly<Record<string, readonly string[]>>) {
  const asked: string[] = [];
  const ignored = async (folder: string) => {
    asked.push(folder);
    const names = answers[folder];
    return names ? success(new Set(names)) : failed('notFound', 'no repository');
  };
  return { asked, ignored };
}

test('what the version control ignores is left out, and said; a repository inside is asked once, too', async () => {
  const texts = {
    'w/a.yaml': manifest,
    'w/secret.yaml': manifest,
    'w/local/x.yaml': manifest,
    'w/local/y.yaml': manifest,
    'w/local/deep/z.json': manifest,
    'w/out/notes.txt': 'nothing',
    'w/out/chart/Chart.yaml': 'name: x',
    'w/.venv/x.yaml': manifest,
    'w/inner/.git/HEAD': '',
    'w/inner/in.yaml': manifest,
    'w/inner/mine.yaml': manifest,
    'w/inner/deep/mine.yaml': manifest,
  };
  const { asked, ignored } = ignoring({
    w: ['secret.yaml', 'local/', 'out/', '.venv/'],
    'w/inner': ['mine.yaml', 'deep/mine.yaml'],
  });
  assert.deepEqual(await found(texts, ['w'], { ignored }), [
    'w/a.yaml',
    'w/inner/in.yaml',
    'says: local/x.yaml, secret.yaml, inner/mine.yaml and 1 more: left out, since git ignores them. Choose them by name to have them deployed.',
  ]);
  assert.deepEqual(asked, ['w', 'w/inner']);
  const { leftOut } = await discover(['w'], filesOf(texts), { ignored });
  assert.deepEqual(leftOut, [
    'w/local/deep/z.json',
    'w/local/x.yaml',
    'w/local/y.yaml',
    'w/out/chart/Chart.yaml',
    'w/secret.yaml',
    'w/inner/mine.yaml',
    'w/inner/deep/mine.yaml',
  ]);
});

test('what is named itself counts, whatever is ignored', async () => {
  const texts = { 'w/a.yaml': manifest, 'w/secret.yaml': manifest, 'w/local/x.yaml': manifest };
  const { ignored } = ignoring({ w: ['secret.yaml', 'local/'], 'w/local': [] });
  assert.deepEqual(await found(texts, ['w/secret.yaml', 'w/local'], { ignored }), ['w/secret.yaml', 'w/local/x.yaml']);
  assert.deepEqual(await found(texts, ['w/secret.yaml', 'w'], { ignored }), [
    'w/secret.yaml',
    'w/a.yaml',
    'says: local/x.yaml: left out, since git ignores it. Choose it by name to have it deployed.',
  ]);
});

test('where git says nothing, nothing is ignored; that it took too long is said', async () => {
  const slow = async () => failed('unavailable', 'git did not say within 10 s what it ignores below w.');
  assert.deepEqual(await found({ 'w/a.yaml': manifest }, ['w'], ignoring({})), ['w/a.yaml']);
  assert.deepEqual(await found({ 'w/a.yaml': manifest }, ['w'], { ignored: slow }), [
    'w/a.yaml',
    'says: git did not say within 10 s what it ignores below w.',
  ]);
});
