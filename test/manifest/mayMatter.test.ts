import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { checkedForms } from '../../src/manifest/checkedKinds.ts';
import { fixedFindings } from '../../src/manifest/fixedValues.ts';
import { type ManifestObject, parseManifests } from '../../src/manifest/manifest.ts';
import { mayMatter } from '../../src/manifest/mayMatter.ts';
import { referencesOf } from '../../src/manifest/references.ts';
import { withoutExpectations } from '../support/annotatedYaml.ts';

const root = new URL('../../', import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8');
const files = (pattern: string) => globSync(pattern, { cwd: root.pathname });

/** What a check of a cluster does not list: kinds of no cluster, and what others make. */
const unlisted = new Set(['v1 Pod']);

/** Every manifest that stands in the tests of the rules, and those of the fixtures. */
const texts = [
  ...files('test/fixtures/**/*.yaml').map(textOf),
  ...files('test/manifest/*.test.ts').flatMap((file) =>
    [...textOf(file).matchAll(/`\n?(apiVersion: [^`$]*)`/g)].map(([, text = '']) => withoutExpectations(text)),
  ),
];

test('no object that a rule has a word about is passed over, and its kind is listed', () => {
  let about = 0;
  const forms = new Set<string>();
  for (const text of texts)
    for (const manifest of parseManifests('a.yaml', text)) {
      const object = manifest.toJson();
      if (!manifest.local.tree || !object.ok) continue;
      const told = fixedFindings(manifest.local).filter(({ code }) => !code.startsWith('yaml.'));
      const named = referencesOf(manifest.local).length;
      if (told.length + named === 0) continue;
      about += 1;
      assert.ok(mayMatter(object.value), `${told.map(({ code }) => code)} ${named} ${text}`);
      forms.add(`${manifest.apiVersion} ${manifest.kind}`);
    }
  assert.deepEqual([...forms].filter((form) => !checkedForms.has(form) && !unlisted.has(form)).sort(), []);
  assert.ok(about > 100, `${about} manifests were read`);
});

test('an object without a value that a rule reads is passed over', () => {
  const object = (text: string): ManifestObject => {
    const json = parseManifests('a.yaml', text)[0]?.toJson();
    assert.ok(json?.ok);
    return json.value;
  };
  for (const text of [
    'apiVersion: v1\nkind: Service\nmetadata: {name: a, annotations: {example.org/a: b}}\nspec: {type: LoadBalancer}',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {settings.yaml: "a: b"}',
    'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: {template: {spec: {containers: [{name: a, image: b}]}}}',
  ])
    assert.equal(mayMatter(object(text)), false, text);
});
