import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ResourceLookup } from '../../src/manifest/resourceLookup.ts';
import {
  assertRendered,
  plainFiles,
  readAnnotatedFiles,
  recordedRenderers,
  renderedFindings,
} from '../support/annotatedFiles.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { filesOf } from '../support/filesOf.ts';

const scene = (name: string) => readAnnotatedFiles(readFileSync(new URL(`scenes/${name}.txt`, import.meta.url), 'utf8'));

const demo = fakeCloud(`
network.network: [{ id: e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11, name: private, router:external: false }, { id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, router:external: true }]
block-storage.type: [{ id: 71a1ab1e-0000-4000-8000-000000000008, name: ssd }, { id: 72a1ab1e-0000-4000-8000-000000000008, name: hdd }]
load-balancer.flavor: [{ id: f1a1ab1e-0000-4000-8000-000000000009, name: small }]
`) as ResourceLookup;
const production = fakeCloud(`
cloud: prod
project: ops
network.network: [{ id: 0000cbba-52b1-4c7e-9a48-0c1f5f7f0b11, name: backend, router:external: false }, { id: 1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7, name: public, router:external: true }]
block-storage.type: [{ id: 71a1ab1e-0000-4000-8000-000000000008, name: ssd }, { id: 73a1ab1e-0000-4000-8000-000000000008, name: archive }]
load-balancer.flavor: []
`) as ResourceLookup;
const lookupOf = (place: string) => (place.includes('production') ? production : demo);

const scenes = {
  overlays: 'overlays bound to two clouds: each finding stands where the value was written',
  flux: 'Flux puts in variables: two clusters of one path, each with values of its own',
  fluxPatches: 'Flux patches what stands at a path, a HelmRelease among it: two clusters of one path',
  chart: 'a chart: values that count, values of a chart within, what a template says itself',
  releases:
    'releases of Flux: a chart of the same repository with the values that each gives, as patches of a kustomization and its own leave it, and nothing that a Secret may change',
  transformers: 'transformers, components, generators, replacements, Lists, operations in JSON, and what an overlay deletes',
};
for (const [name, title] of Object.entries(scenes))
  test(title, async () => {
    const given = scene(name);
    const files = filesOf(plainFiles(given));
    await assertRendered(given, { folders: ['w'], files, renderers: recordedRenderers(given), lookupOf });
  });

test('where nobody says where objects come from, it is found by kind, name and value', async () => {
  const given = scene('overlays');
  const silent = [...given.rendered].map(
    ([path, text]) => [path, text.replace(/config\.kubernetes\.io\/origin/g, 'other')] as const,
  );
  const renderers = recordedRenderers({ ...given, rendered: new Map(silent) });
  await assertRendered(given, { folders: ['w'], files: filesOf(plainFiles(given)), renderers, lookupOf });
});

/** What each quick fix of a scene makes of the line that it stands in. */
async function fixedLines(name: string): Promise<readonly string[]> {
  const given = scene(name);
  const texts = plainFiles(given);
  const asked = { folders: ['w'], files: filesOf(texts), renderers: recordedRenderers(given), lookupOf };
  return (await renderedFindings(asked)).flatMap(({ file, range, fixes = [] }) =>
    fixes.map(({ newText }) => {
      const text = texts[file] ?? '';
      const [from, to] = [text.lastIndexOf('\n', range.start - 1) + 1, text.indexOf('\n', range.end)];
      return `${file}: ${text.slice(from, range.start).trimStart()}[${newText}]${text.slice(range.end, to)}`;
    }),
  );
}

test('quick fixes replace what literally stands in the source: a value of the base, a patch, a template, the word of a variable', async () => {
  const publicNetwork = 'w/base/cluster.yaml: filter: {name: [public]}';
  // once for each cloud that it is wrong in
  assert.deepEqual(await fixedLines('overlays'), [publicNetwork, publicNetwork]);
  const word = 'w/apps/cluster.yaml: name: ${EXTERNAL:=[public]}';
  assert.deepEqual(await fixedLines('flux'), [word, word]);
  assert.deepEqual(await fixedLines('chart'), ['w/shop/templates/cluster.yaml: name: [public]']);
  const flavor = 'w/base/services.yaml: loadbalancer.openstack.org/flavor-id: [f1a1ab1e-0000-4000-8000-000000000009]';
  const network = 'w/overlay/kustomization.yaml: loadbalancer.openstack.org/network-id: [e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11]';
  assert.deepEqual(await fixedLines('transformers'), [flavor, network, flavor]);
});
