import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bindingOf, describeBinding, type FolderBinding } from '../../src/binding/binding.ts';

const folders: readonly FolderBinding[] = [
  { folder: 'file:///work/shop/staging', binding: { project: 'staging', namespace: 'shop-staging' } },
  { folder: 'file:///work', binding: { cloud: 'demo', project: 'demo', context: 'sandbox-admin' } },
];

/** Document → how its binding is shown. */
const cases: Readonly<Record<string, string>> = {
  'file:///work/a.yaml': 'demo › demo  ⎈ sandbox-admin',
  'file:///work/shop/staging/a.yaml': 'demo › staging  ⎈ sandbox-admin › shop-staging',
  'file:///work/shop/staging-old/a.yaml': 'demo › demo  ⎈ sandbox-admin',
  'file:///workshop/a.yaml': 'nothing',
};

describe('a document is bound to what its innermost folder says, and for the rest to what the folders around it say', () => {
  for (const [document, expected] of Object.entries(cases))
    it(`${document}: ${expected}`, () => {
      const binding = bindingOf(document, folders);
      assert.equal(binding ? describeBinding(binding) : 'nothing', expected);
    });
});
