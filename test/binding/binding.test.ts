import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Binding, bindingOf, describeBinding, type FolderBinding, sharedBinding } from '../../src/binding/binding.ts';

const folders: readonly FolderBinding[] = [
  { folder: 'file:///home/alice/code/shop/staging', binding: { project: 'staging', namespace: 'shop-staging' } },
  {
    folder: 'file:///home/alice/code',
    binding: { cloud: 'demo', project: 'demo', context: 'sandbox-admin', namespace: 'shop', region: 'RegionOne' },
  },
  { folder: 'file:///home/alice/code/shop/production', binding: { cloud: 'prod', context: 'prod-admin' } },
];

/** Document → how its binding is shown. */
const cases: Readonly<Record<string, string>> = {
  'file:///home/alice/code/a.yaml': 'demo › demo  ⎈ sandbox-admin › shop',
  'file:///home/alice/code/shop/staging/a.yaml': 'demo › staging  ⎈ sandbox-admin › shop-staging',
  'file:///home/alice/code/shop/staging-old/a.yaml': 'demo › demo  ⎈ sandbox-admin › shop',
  // project and namespace are those of the other cloud and context
  'file:///home/alice/code/shop/production/a.yaml': 'prod  ⎈ prod-admin',
  'file:///home/alice/codebase/a.yaml': 'nothing',
};

describe('a document is bound to what its innermost folder says, and for the rest to what the folders around it say', () => {
  for (const [document, expected] of Object.entries(cases))
    it(`${document}: ${expected}`, () => {
      const binding = bindingOf(document, folders);
      assert.equal(binding ? describeBinding(binding) : 'nothing', expected);
    });
});

/** Bindings of the folders of a window → that of a text which lies in none of them. */
const windows: readonly (readonly [bindings: readonly Binding[], expected: string])[] = [
  [[], 'nothing'],
  [[{}], 'nothing'],
  [[{ cloud: 'demo', context: 'sandbox-admin' }], 'demo  ⎈ sandbox-admin'],
  [[{ cloud: 'demo', context: 'sandbox-admin' }, {}, { context: 'sandbox-admin', cloud: 'demo' }], 'demo  ⎈ sandbox-admin'],
  [[{ cloud: 'demo' }, { cloud: 'demo', project: 'ops' }], 'nothing'],
];

describe('a text without a folder is bound to what all bound folders are bound to', () => {
  for (const [bindings, expected] of windows)
    it(`${JSON.stringify(bindings)}: ${expected}`, () => {
      const shared = sharedBinding(bindings.map((binding, index) => ({ folder: `file:///${index}`, binding })));
      assert.equal(shared ? describeBinding(shared) : 'nothing', expected);
    });
});
