/** Faults and limits that the sandbox's Swift cannot be made to show. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { fileSource } from '../../src/base/fileSource.ts';
import { saveFile } from '../../src/base/savedFile.ts';
import { downloadObject, listDeep, readObject, uploadObject, writeObject } from '../../src/openstack/objectStore.ts';
import { uploadFile } from '../../src/openstack/segments.ts';
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

test('a second upload of a large file that fails at its last segment leaves the first as it is, and nothing of its own; one that arrives takes its place', async () => {
  const stored = new Map<string, string>();
  let full = false;
  await using scripted = await scriptedCloud({
    [`HEAD ${account}/c/large`]: () =>
      stored.has(`${account}/c/large`) ? { status: 200, headers: { 'x-static-large-object': 'True' } } : { status: 404 },
    [`GET ${account}/c/large`]: () => ({
      json: (JSON.parse(stored.get(`${account}/c/large`) ?? '[]') as { readonly path: string }[]).map((one) => ({
        name: one.path,
      })),
    }),
    [`PUT ${account}/*`]: ({ url, body }) => {
      if (full && url.endsWith('/00000002')) return { status: 507 };
      if (url !== `${account}/c_segments`) stored.set(url.replace(/\?.*/, ''), body);
      return { status: 201 };
    },
    [`DELETE ${account}/*`]: ({ url }) => ({ status: stored.delete(url) ? 204 : 404 }),
  });
  const path = join(folder, 'large.bin');
  await writeFile(path, 'aaaabbbbcc');
  const send = async () => {
    const file = await fileSource(path);
    assert.ok(file.ok);
    const place = { project: scripted.project, container: 'c', name: 'large' };
    return (await uploadFile(place, file.value, { replace: true }, { object: 4, segment: 4, segments: 1000 })).ok;
  };
  assert.equal(await send(), true);
  const first = new Map(stored);
  const manifest: readonly { readonly path: string }[] = JSON.parse(first.get(`${account}/c/large`) ?? '');
  assert.deepEqual(
    manifest.map((segment) => first.get(`${account}${segment.path}`)),
    ['aaaa', 'bbbb', 'cc'],
  );
  full = true;
  assert.equal(await send(), false);
  assert.deepEqual(stored, first);
  full = false;
  assert.equal(await send(), true);
  assert.equal(stored.size, first.size);
  assert.deepEqual(
    [...first.keys()].filter((name) => stored.has(name)),
    [`${account}/c/large`],
  );
});

test('an object that is stored packed is read unpacked, and goes back without the word that it is packed', async () => {
  const headers = {
    'content-type': 'text/plain',
    'content-disposition': 'inline',
    'content-encoding': 'gzip',
    'x-object-meta-owner': 'alice',
    'x-delete-at': '1999999999',
    etag: 'packed',
  };
  await using scripted = await scriptedCloud({
    [`HEAD ${account}/c/notes`]: { raw: (response) => response.writeHead(200, headers).end() },
    [`GET ${account}/c/notes`]: { raw: (response) => response.writeHead(200, headers).end(gzipSync('first')) },
    [`PUT ${account}/c/notes`]: { status: 201, headers: { etag: md5('second') } },
  });
  const place = { project: scripted.project, container: 'c', name: 'notes' };
  const read = await readObject(place, 100);
  assert.deepEqual(read.ok && [Buffer.from(read.value.bytes).toString(), read.value.etag], ['first', 'packed']);
  assert.deepEqual(await writeObject(place, Buffer.from('second'), 'packed'), { ok: true, value: md5('second') });
  const put = scripted.server.seen.at(-1);
  assert.deepEqual(
    [put?.method, put?.body, ...Object.keys(headers).map((name) => put?.headers[name])],
    ['PUT', 'second', 'text/plain', 'inline', undefined, 'alice', '1999999999', undefined],
  );
});
