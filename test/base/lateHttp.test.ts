import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failed } from '../../src/base/failure.ts';
import type { Http } from '../../src/base/http.ts';
import { lateHttp } from '../../src/base/lateHttp.ts';

describe('a transport that is loaded with the first request', () => {
  it('is loaded once, and hands over what it is asked', async () => {
    const told: string[] = [];
    const tell = (what: string) => {
      told.push(what);
      return failed('offline', what);
    };
    const loaded: Http = {
      request: async ({ url }) => tell(`request ${url}`),
      stream: async ({ url }) => tell(`stream ${url}`),
      transfer: async ({ url }) => tell(`transfer ${url}`),
      socket: async ({ url }, protocols) => tell(`socket ${url} ${protocols.join()}`),
      dispose: () => void told.push('dispose'),
    };
    const http = lateHttp(async () => {
      told.push('load');
      return loaded;
    });
    assert.deepEqual(told, []);
    const answers = await Promise.all([http.request({ method: 'GET', url: 'a' }), http.stream({ method: 'GET', url: 'b' })]);
    await http.transfer({ method: 'GET', url: 'c' });
    await http.socket({ method: 'GET', url: 'd' }, ['v5.channel.k8s.io']);
    http.dispose();
    await Promise.resolve();
    assert.deepEqual(told, ['load', 'request a', 'stream b', 'transfer c', 'socket d v5.channel.k8s.io', 'dispose']);
    assert.deepEqual(
      answers.map((answer) => !answer.ok && answer.failure.message),
      ['request a', 'stream b'],
    );
  });

  it('is not loaded to be disposed of', () => {
    const http = lateHttp(() => assert.fail('it was loaded'));
    http.dispose();
  });
});
