/** Sets of targets as text: what is read of them, or the sentence that says what is wrong. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isTargetSet } from '../../../src/deploy/targets/targetFile.ts';
import { readTargetSet } from '../../../src/deploy/targets/targetSet.ts';

/** Each target as a line: its wave, name, binding, then what goes there. */
function read(text: string, file = '/w/shop.targets.yaml'): string {
  const set = readTargetSet(file, text);
  if (!set.ok) return set.failure.message;
  const lines = set.value.targets.map(
    ({ name, wave, context, namespace, cloud, project, clusterUid, paths, patches, values, place }) =>
      [
        `${wave} ${name}:`,
        [context, namespace].filter(Boolean).join('/'),
        cloud && `cloud ${[cloud, project].filter(Boolean).join('/')}`,
        clusterUid && `uid ${clusterUid}`,
        ...[...paths, ...patches, ...values],
        `:${place.line}`,
      ]
        .filter(Boolean)
        .join(' '),
  );
  return [...lines, `parallel ${set.value.parallel}`].join('\n');
}

test('what stands beside the targets counts for each; the first is the canary', () => {
  assert.equal(
    read(`cloud: demo
project: edge
namespace: shop
paths: base
targets:
  - name: one
    context: kind-1
    paths: [overlays/one, ../common]
    patches: [patches/one.yaml]
  - context: kind-2
    values: values/two.yaml
  - name: three
    context: kind-3
    namespace: other
    cloud: prod
    clusterUid: abc
`),
    `1 one: kind-1/shop cloud demo/edge /w/overlays/one /common /w/patches/one.yaml :6
2 kind-2/shop: kind-2/shop cloud demo/edge /w/base /w/values/two.yaml :10
2 three: kind-3/other cloud prod uid abc /w/base :12
parallel 4`,
  );
});

test('waves that are said count, and order the targets', () => {
  const text = `paths: .
parallel: 2
targets:
  - {name: c, context: c, wave: 3}
  - {name: a, context: a}
  - {name: b, context: b, wave: 2}
`;
  assert.equal(read(text, 'targets.yaml'), '1 a: a . :5\n2 b: b . :6\n3 c: c . :4\nparallel 2');
});

test('a namespace is not inherited by another context, nor a project by another cloud', () => {
  const text =
    'context: a\nnamespace: shop\ncloud: x\nproject: p\nclusterUid: u\npaths: m\ntargets: [{name: one}, {name: two, context: b, cloud: y}]\n';
  assert.equal(read(text, 't.yaml'), '1 one: a/shop cloud x/p uid u m :7\n2 two: b cloud y m :7\nparallel 4');
});

test('what is wrong is told with its line', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['a: [', 'shop.targets.yaml:1: Flow sequence in block collection must be sufficiently indented and end with a ].'],
    ['[]', 'shop.targets.yaml:1: a set of targets has a key targets with a list.'],
    ['targets: []', 'shop.targets.yaml:1: a set of targets has a key targets with a list.'],
    ['paths: a\ntargets:\n  - name: one', 'shop.targets.yaml:3: a target needs a context.'],
    ['targets:\n  - context: a', 'shop.targets.yaml:2: nothing is said to deploy here: name paths.'],
    [
      'paths: a\ntargets:\n  - context: a\n    namspace: b',
      'shop.targets.yaml:4: namspace means nothing here; known are name, wave, checks, context, namespace, cloud, project, region, clusterUid, paths, patches, values.',
    ],
    ['paths: a\ntargets:\n  - context: a\n  - context: a', 'shop.targets.yaml:4: there are two targets of the name a.'],
    ['paths: a\ntargets:\n  - context: a\n    wave: 0', 'shop.targets.yaml:4: wave is a whole number from 1.'],
    ['paths: a\ntargets:\n  - context: {}', 'shop.targets.yaml:3: context is a text.'],
    ['paths: [{}]\ntargets:\n  - context: a', 'shop.targets.yaml:1: paths is a list of paths.'],
    ['paths: a\ntargets: [a]', 'shop.targets.yaml:2: a target is a mapping with a name and a context.'],
  ];
  for (const [text, sentence] of wrong) assert.equal(read(text), sentence);
});

test('a set is known by its name', () => {
  const names = ['targets.yaml', '/w/shop.targets.yml', 'w/targets.yaml', 'mytargets.yaml', 'targets.json'];
  assert.deepEqual(names.map(isTargetSet), [true, true, true, false, false]);
});
