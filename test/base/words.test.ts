import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Cache } from '../../src/base/cache.ts';
import { distance } from '../../src/base/distance.ts';
import { failed, success } from '../../src/base/failure.ts';
import { plainText } from '../../src/base/plainText.ts';
import { redact, redactHeaders, redactText } from '../../src/base/redact.ts';
import { Semaphore } from '../../src/base/semaphore.ts';
import { inTurns } from '../../src/base/turns.ts';

test('a text of a tenant becomes one harmless line', () => {
  const esc = String.fromCharCode(27);
  const lines: readonly (readonly [string, string])[] = [
    ['plain', 'plain'],
    [`${esc}[31mred${esc}[0m`, 'red'],
    [`${esc}]8;;http://evil\u0007click${esc}]8;;\u0007`, 'click'],
    ['two\nlines\tand a tab', 'two lines and a tab'],
    ['user\u202etxt.exe', 'user txt.exe'],
    ['zero\u200bwidth', 'zero width'],
    ['x'.repeat(400), `${'x'.repeat(299)}…`],
    ['𝒳'.repeat(400), `${'𝒳'.repeat(299)}…`],
    ['grüße, 世界 🚀', 'grüße, 世界 🚀'],
  ];
  for (const [from, to] of lines) assert.equal(plainText(from), to);
});

test('no canary survives redaction, and what is worth reading does', () => {
  const body = {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: 'alice', password: 'canary' } },
        application_credential: { id: 'readable', secret: 'canary' },
      },
    },
    token: { id: 'canary', expires_at: 'readable', catalog: [{}, {}] },
    server: {
      name: 'readable',
      adminPass: 'canary',
      'OS-EXT-SRV-ATTR:user_data': 'canary',
      user_data: 'canary',
      personality: [{ contents: 'canary' }],
    },
    items: [{ kind: 'Secret', metadata: { name: 'readable' }, data: { key: 'canary' }, stringData: { key: 'canary' } }],
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data": "canary"}' },
    users: [{ name: 'readable', user: { 'client-key-data': 'canary', token: 'canary' } }],
    spec: { volumes: [{ secret: { secretName: 'readable' } }] },
    url: 'https://x/console?token=canary&readable=1',
    proxy: 'http://kim:canary@proxy:3128/readable',
    connection_info: { auth_password: 'canary' },
    accept: { auth_key: 'canary' },
  };
  const text = JSON.stringify(redact(body));
  assert.doesNotMatch(text, /canary/);
  assert.equal(text.match(/readable/g)?.length, 8);
});

test('what tools keep of a Secret in its annotations is hidden with it, and that of others is read', () => {
  const kept = {
    'kapp.k14s.io/original': '{"kind":"Secret","data": {"key":"canary"}}',
    'example.dev/text': '{"stringData":{"key":"canary"}}',
    'objectset.rio.cattle.io/applied': 'H4sICcanary',
    note: 'readable',
  };
  const secret = { kind: 'Secret', metadata: { name: 'readable', annotations: kept } };
  const text = JSON.stringify(redact({ items: [secret], whole: secret }));
  assert.doesNotMatch(text, /canary/);
  assert.equal(text.match(/readable/g)?.length, 4);
  assert.equal(JSON.stringify(redact(secret)).match(/\*\*\*/g)?.length, 3);
  assert.deepEqual(redact({ ...secret, metadata: { name: 'bare' } }), { kind: 'Secret', metadata: { name: 'bare' } });
  for (const kind of ['ConfigMap', 'Deployment']) assert.deepEqual(redact({ ...secret, kind }), { ...secret, kind });
});

test('secret headers become a digest by which two lines can be compared', () => {
  const one = redactHeaders({ 'X-Auth-Token': 'canary', accept: 'application/json', Cookie: 'canary' });
  const other = redactHeaders({ 'x-auth-token': 'canary' });
  assert.doesNotMatch(JSON.stringify(one), /canary/);
  assert.equal(one['X-Auth-Token'], other['x-auth-token']);
  assert.equal(one['accept'], 'application/json');
  assert.equal(redactText('GET /x?temp_url_sig=canary&a=b'), 'GET /x?temp_url_sig=***&a=b');
});

test('what was loaded before a forget is not remembered after it', async () => {
  const cache = new Cache<string>();
  let release = () => {};
  const first = cache.get('key', 1000, async () => {
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return success('old');
  });
  cache.forget(() => true);
  release();
  const answer = await first;
  assert.ok(answer.ok && answer.value.value === 'old');
  assert.equal(cache.peek('key'), undefined);
});

test('a failure is given when there is nothing older, and when strictness is asked for', async () => {
  const cache = new Cache<string>();
  const fails = async () => failed('offline', 'gone');
  assert.equal((await cache.get('key', 0, fails)).ok, false);
  await cache.get('key', -1, async () => success('old'));
  const old = await cache.get('key', -1, fails);
  assert.ok(old.ok && old.value.stale);
  assert.equal((await cache.get('key', -1, fails, { strict: true })).ok, false);
});

test('a semaphore lets so many run and no more, and goes on after one that throws', async () => {
  const room = new Semaphore(2);
  let running = 0;
  let most = 0;
  const work = async (index: number) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    if (index === 1) throw new Error('broken');
    return index;
  };
  const all = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => room.run(() => work(index))));
  assert.deepEqual([most, all.filter(({ status }) => status === 'fulfilled').length], [2, 7]);
});

test('edits from one text to another, as far as they are counted', () => {
  const pairs: readonly (readonly [one: string, other: string, limit: number, edits: number])[] = [
    ['private', 'private', 2, 0],
    ['private', 'privte', 2, 1],
    ['private', 'privaet', 2, 1],
    ['private', 'pribate', 2, 1],
    ['private', 'a-private', 2, 2],
    ['private', 'public', 6, 6],
    ['private', 'public', 4, 5],
    ['kitten', 'sitting', 3, 3],
    ['kitten', 'sitting', 2, 3],
    ['ca', 'abc', 3, 3],
    ['', 'ab', 2, 2],
    ['', '', 0, 0],
    ['web', 'web-frontend', 3, 4],
    ['x'.repeat(70), `${'x'.repeat(40)}y${'x'.repeat(29)}z`, 2, 2],
  ];
  for (const [one, other, limit, edits] of pairs)
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const)
      assert.equal(distance(from, to, limit), edits, `${from} → ${to}, at most ${limit}`);
});

test('long work gives way to what waits', async () => {
  const turn = inTurns();
  const done: string[] = [];
  setImmediate(() => done.push('what waited'));
  for (let over: Promise<void> | undefined; !over; await over) over = turn();
  done.push('the rest of the work');
  assert.deepEqual(done, ['what waited', 'the rest of the work']);
});
