import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import { discover } from '../../src/deploy/discover.ts';
import type { Files } from '../../src/deploy/files.ts';

const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

/** Files in memory: path → text; folders follow from the paths. */
function filesOf(texts: Readonly<Record<string, string>>): Files {
  const inside = (folder: string) => Object.keys(texts).filter((path) => path.startsWith(`${folder}/`));
  return {
    facts: async (path) => {
      const text = texts[path];
      if (text !== undefined) return success({ type: 'file', size: text.length });
      return inside(path).length > 0 ? success({ type: 'folder', size: 0 }) : failed('notFound', `${path} does not exist.`);
    },
    read: async (path) => success(texts[path] ?? ''),
    list: async (folder) => {
      const names = new Map<string, 'file' | 'folder'>();
      for (const path of inside(folder)) {
        const [name = '', ...rest] = path.slice(folder.length + 1).split('/');
        names.set(name, rest.length === 0 ? 'file' : 'folder');
      }
      return success([...names].map(([name, type]) => ({ name, type })));
    },
  };
}

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

test('a file chosen twice counts once', async () => {
  assert.deepEqual(await found({ 'w/a.yaml': manifest }, ['w/a.yaml', 'w', 'w/']), ['w/a.yaml']);
});
