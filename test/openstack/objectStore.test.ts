/** Faults and limits that the sandbox's Swift cannot be made to show. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { saveFile } from '../../src/base/savedFile.ts';
import { downloadObject, listDeep, uploadObject } from '../../src/openstack/objectStore.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';

const folder = await mkdtemp(join(tmpdir(), 'saved-'));
after(() => rm(folder, { recursive: true }));
const account = '/object-store/v1/AUTH_demo-id';
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

test('a download that is torn, altered or refused leaves no file; it is asked for once', async () => {
  await using scripted = await scriptedCloud({
    [`GET ${account}/c/torn`]: {
      raw: (response) => response.writeHead(200, { 'content-length': '9' }).end('half', () => response.destroy()),
    },
    [`GET ${account}/c/altered`]: { text: 'altered', headers: { etag: md5('original') } },
    [`GET ${account}/c/busy`]: { status: 503, text: 'busy' },
    [`GET ${account}/c/whole`]: { text: 'whole', headers: { etag: `"${md5('whole')}"` } },
    [`GET ${account}/c/large`]: { text: 'large', headers: { etag: md5('of its segments'), 'x-static-large-object': 'True' } },
  });
  const lines: string[] = [];
  for (const name of ['torn', 'altered', 'busy', 'whole', 'large']) {
    const place = { project: scripted.project, container: 'c', name };
    const saved = await saveFile(join(folder, 'deep', name), (open) => downloadObject(place, open));
    lines.push(saved.ok ? `${name} saved` : `${name} ${saved.failure.reason}: ${saved.failure.message.replace(/:\d+/, ':PORT')}`);
  }
  assert.deepEqual(lines, [
    'torn offline: 127.0.0.1:PORT closed the connection before it had answered. Try again.',
    'altered malformed: Object altered did not arrive as it is stored (its MD5 sum differs). Try again.',
    'busy unavailable: The object-store service of cloud scripted failed (status 503). It said: busy.',
    'whole saved',
    'large saved',
  ]);
  assert.deepEqual((await readdir(join(folder, 'deep'))).sort(), ['large', 'whole']);
  assert.equal(scripted.asked().length, 5);
});

test('an upload is begun again only where a new token was wanted before its first byte', async () => {
  const taken = { status: 201, headers: { etag: md5('bytes') } };
  await using scripted = await scriptedCloud({
    [`EARLY PUT ${account}/c/renewed`]: ({ headers }) => (headers['x-auth-token'] === 'canary-token-1' ? { status: 401 } : {}),
    [`PUT ${account}/c/renewed`]: taken,
    [`PUT ${account}/c/late`]: { status: 401 },
    [`PUT ${account}/c/altered`]: { status: 201, headers: { etag: md5('something else') } },
  });
  let opened = 0;
  const open = () => {
    opened++;
    return Readable.from([Buffer.from('bytes')]);
  };
  const send = async (name: string) => {
    const sent = await uploadObject({ project: scripted.project, container: 'c', name }, { size: 5, open });
    return sent.ok ? 'sent' : `${sent.failure.reason}: ${sent.failure.message}`;
  };
  assert.equal(await send('renewed'), 'sent');
  assert.equal(opened, 1);
  assert.match(await send('late'), /^signedOut: Cloud scripted no longer accepts alice's token/);
  assert.match(await send('altered'), /^malformed: Object altered did not arrive as it was sent/);
  assert.deepEqual(scripted.asked(), [`PUT ${account}/c/renewed`, `PUT ${account}/c/late`, `PUT ${account}/c/altered`]);
});

test('pages that are shorter than was asked for, as Ceph sends them, do not end a list', async () => {
  const names = Array.from({ length: 250 }, (_, index) => ({ name: String(index).padStart(4, '0') }));
  await using scripted = await scriptedCloud({
    [`GET ${account}/c*`]: ({ url }) => {
      const marker = new URL(url, 'http://x').searchParams.get('marker') ?? '';
      return { json: names.filter(({ name }) => name > marker).slice(0, 100) };
    },
  });
  const seen: unknown[] = [];
  for await (const page of listDeep(scripted.project, 'c', '')) {
    assert.ok(page.ok, JSON.stringify(page));
    seen.push(...page.value.map(({ name }) => name));
  }
  assert.deepEqual(
    seen,
    names.map(({ name }) => name),
  );
  assert.equal(scripted.asked().length, 3);
});
