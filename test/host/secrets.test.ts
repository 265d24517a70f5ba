import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

const { Secrets } = await import('../../src/host/secrets.ts');

const demo = { cloud: 'demo', user: 'alice', server: 'https://demo' };
const other = { ...demo, cloud: 'other' };

/** Secrets whose prompts answer in turn; `said` holds each question and each thing kept. */
function secretsWith(...answers: readonly (string | undefined)[]) {
  const said: string[] = [];
  const kept = new Map<string, string>();
  const rest = [...answers];
  const storage = {
    get: async (key: string) => kept.get(key),
    store: async (key: string, value: string) => void kept.set(key, value),
    delete: async (key: string) => void kept.delete(key),
  };
  const prompts = {
    password: async (title: string) => {
      said.push(title);
      return rest.shift();
    },
  };
  return { secrets: new Secrets(storage as never, prompts as never), said, kept };
}

describe('what no file holds', () => {
  it('is asked for during a gesture in that cloud only', async () => {
    const { secrets, said } = secretsWith('one', 'two');
    assert.equal(await secrets.password(demo), undefined);
    await secrets.asking('demo', async () => {
      assert.equal(await secrets.password(other), undefined);
      assert.equal(await secrets.passcode(demo), 'one');
    });
    assert.equal(await secrets.passcode(demo), undefined);
    assert.deepEqual(said, ['Sign in to demo']);
  });

  it('is asked for once more in the next gesture, not in this one, when declined', async () => {
    const { secrets, said } = secretsWith(undefined, 'two');
    await secrets.asking('demo', async () => {
      assert.deepEqual([await secrets.passcode(demo), await secrets.passcode(demo)], [undefined, undefined]);
    });
    assert.equal(await secrets.asking('demo', () => secrets.passcode(demo)), 'two');
    assert.deepEqual(said, ['Sign in to demo', 'Sign in to demo']);
  });

  it('may be the secret of an application credential, or have been typed elsewhere', async () => {
    const { secrets, said } = secretsWith('s3cret');
    const ask = () => secrets.password(demo, 'application_credential_secret');
    assert.equal(await secrets.asking('demo', ask), 's3cret');
    await secrets.keep(other, 'typed');
    assert.deepEqual([await ask(), await secrets.password(other)], ['s3cret', 'typed']);
    assert.equal(said.length, 1);
  });

  it('is kept if it is a password, until it is forgotten', async () => {
    const { secrets, said, kept } = secretsWith('secret', 'newer');
    assert.equal(await secrets.asking('demo', () => secrets.password(demo)), 'secret');
    assert.equal(await secrets.password(demo), 'secret');
    await secrets.forget(demo);
    assert.equal(await secrets.password(demo), undefined);
    await secrets.asking('demo', () => secrets.passcode(demo));
    assert.deepEqual([said.length, kept.size], [2, 0]);
  });
});
