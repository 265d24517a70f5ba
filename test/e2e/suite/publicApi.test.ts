/** What another extension gets of this one, as it would: by `exports`. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { Uri } from 'vscode';
import type { HybridClustersApi } from '../../../src/host/publicApi.ts';
import { bind, DEMO, eventually, extension, folder } from './testbed.ts';

describe('another extension', () => {
  before(async () => {
    await extension().activate();
    await bind(undefined);
  });
  after(() => bind(undefined));

  it('gets the bindings and hears of their changes', async () => {
    const { v1 }: HybridClustersApi = extension().exports;
    const document = Uri.joinPath(folder(), 'shop/service.yaml');
    assert.equal(v1.version, extension().packageJSON.version);
    await eventually('it is bound to nothing', () => (v1.bindingOf(document) === undefined ? true : undefined));
    const heard: unknown[] = [];
    const listening = v1.onDidChangeBindings(() => heard.push(v1.bindingOf(document)));
    try {
      await bind(DEMO);
      assert.deepEqual(await eventually('the binding is heard of', () => heard.at(-1)), DEMO);
      assert.deepEqual(v1.bindingOf(folder()), DEMO);
    } finally {
      listening.dispose();
    }
  });
});
