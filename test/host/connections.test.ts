import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Worlds } from '../../src/host/connections.ts';

const { Connections } = await import('../../src/host/connections.ts');

/** A world whose methods write down how they are called. */
function writingDown(called: string[], of: string) {
  const method =
    (name: string) =>
    (...args: unknown[]) => {
      called.push(`${of}.${name} ${args.join(' ')}`);
      return Promise.resolve({ ok: true });
    };
  return new Proxy({}, { get: (_, name) => (name === 'onDidChange' ? () => ({ dispose() {} }) : method(String(name))) });
}

describe('the doors to both worlds', () => {
  it('load what is behind them at the first call, once, and hand on every call as it is', async () => {
    const called: string[] = [];
    const load = async () => {
      called.push('loaded');
      return {
        clouds: writingDown(called, 'clouds'),
        contexts: writingDown(called, 'contexts'),
        candidates: writingDown(called, 'candidates'),
        dispose() {},
      } as unknown as Worlds;
    };
    const { clouds, contexts } = new Connections(load);
    assert.deepEqual(called, []);
    await clouds.list();
    await clouds.open('demo', 'RegionOne');
    await clouds.openAs?.('demo', 'bob', 'RegionOne');
    await clouds.useInterface?.('demo', 'image', 'internal');
    await contexts.open('sandbox');
    assert.deepEqual(called, [
      'loaded',
      'clouds.list ',
      'clouds.open demo RegionOne',
      'clouds.openAs demo bob RegionOne',
      'clouds.useInterface demo image internal',
      'contexts.open sandbox',
    ]);
  });
});
