/** Objects against the sandbox's Swift: names that break careless clients, pages, sizes beyond memory, halves, and versions of somebody else. What we did is looked at past us. */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Result } from '../../src/base/failure.ts';
import { fileSource } from '../../src/base/fileSource.ts';
import { saveFile } from '../../src/base/savedFile.ts';
import {
  deleteObject,
  downloadObject,
  type FolderPage,
  headObject,
  isSegmented,
  listDeep,
  listFolder,
  type ObjectPlace,
  readObject,
  uploadObject,
  writeObject,
} from '../../src/openstack/objectStore.ts';
import type { Project } from '../../src/openstack/project.ts';
import { uploadFile } from '../../src/openstack/segments.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { openstack } from '../support/openstack.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

const MIB = 1024 * 1024;
const scratch = (name: string) => join(tmpdir(), `objects-${process.pid}-${name}`);
const text = (words: string) => ({ size: Buffer.byteLength(words), open: () => Readable.from([Buffer.from(words)]) });

function good<T>(result: Result<T>): T {
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

/** A container of its own, emptied and deleted again. */
async function withContainer(
  sandbox: SandboxEnvironment,
  name: string,
  body: (project: Project, at: (object: string) => ObjectPlace) => Promise<void>,
): Promise<void> {
  const container = `${name}-${process.pid} ü`;
  await openstack(sandbox, 'demo', 'object-store', 'PUT', `/${encodeURIComponent(container)}`);
  await withDemoProject(sandbox, async (project) => {
    try {
      await body(project, (object) => ({ project, container, name: object }));
    } finally {
      for (const one of [container, `${container}_segments`]) {
        for await (const page of listDeep(project, one, ''))
          for (const object of page.ok ? page.value : [])
            await deleteObject({ project, container: one, name: String(object['name']) }, isSegmented(object));
        const path = { service: 'object-store', path: `/${encodeURIComponent(one)}`, doing: 'clean up' };
        await project.transfer(path, { method: 'DELETE' });
      }
    }
  });
}

/** Names of a container as the service itself lists them to somebody else. */
async function namesIn(sandbox: SandboxEnvironment, { container }: ObjectPlace): Promise<readonly string[]> {
  const listed: unknown = await openstack(
    sandbox,
    'demo',
    'object-store',
    'GET',
    `/${encodeURIComponent(container)}?format=json`,
  );
  return (listed as readonly { readonly name: string }[]).map(({ name }) => name);
}

const NAMES = [
  'plain.txt',
  'with space.txt',
  'grüße/日本語 ☃.txt',
  '100%/50%25.txt',
  'a#b?c=d&e+f;g.txt',
  '/leading',
  'double//slash',
  'up/../down',
  'dot/./dot',
  'folder/',
  'quote"\'<>\\|*.txt',
];

sandboxTest('any name is kept as it is: sent, listed, read, deleted', (sandbox) =>
  withContainer(sandbox, 'names', async (project, at) => {
    for (const name of NAMES) good(await uploadObject(at(name), text(`this is ${name}`)));
    assert.deepEqual([...(await namesIn(sandbox, at('')))].sort(), [...NAMES].sort());
    for (const name of NAMES)
      assert.equal(Buffer.from(good(await readObject(at(name), MIB)).bytes).toString(), `this is ${name}`);
    const top = good(await listFolder(project, at('').container, ''));
    assert.deepEqual(top.folders, ['/', '100%/', 'dot/', 'double/', 'folder/', 'grüße/', 'up/']);
    const below = good(await listFolder(project, at('').container, 'double/'));
    assert.deepEqual(below.folders, ['double//']);
    for (const name of NAMES) good(await deleteObject(at(name), false));
    assert.deepEqual(await namesIn(sandbox, at('')), []);
    assert.equal((await headObject(at('.'))).ok, false);
  }),
);

sandboxTest('folders of more than a thousand objects come in pages, each object once', (sandbox) =>
  withContainer(sandbox, 'pages', async (project, at) => {
    const names = Array.from({ length: 1050 }, (_, index) => `many/d${index % 3}/object ${String(index).padStart(4, '0')}`);
    const queue = [...names];
    const send = async () => {
      for (let name = queue.pop(); name !== undefined; name = queue.pop()) good(await uploadObject(at(name), text(name)));
    };
    await Promise.all(Array.from({ length: 8 }, send));
    const { container } = at('');
    const seen: string[] = [];
    let marker: string | undefined;
    for (let pages = 0; pages < 20; pages++) {
      const page = good(await listFolder(project, container, 'many/d1/', { limit: 150, marker }));
      seen.push(...page.objects.map(({ name }) => String(name)));
      marker = page.next;
      if (marker === undefined) break;
    }
    assert.deepEqual(
      seen,
      names.filter((name) => name.startsWith('many/d1/')),
    );
    assert.deepEqual(good(await listFolder(project, container, 'many/')).folders, ['many/d0/', 'many/d1/', 'many/d2/']);
    const folders: string[] = [];
    for (let pages = 0; pages === 0 || (marker !== undefined && pages < 5); pages++) {
      const page: FolderPage = good(await listFolder(project, container, 'many/', { limit: 1, marker }));
      folders.push(...page.folders);
      marker = page.next;
    }
    assert.deepEqual(folders, ['many/d0/', 'many/d1/', 'many/d2/']);
    let deep = 0;
    for await (const page of listDeep(project, container, 'many/')) deep += good(page).length;
    assert.equal(deep, 1050);
  }),
);

sandboxTest('an edited object keeps its metadata, and is not written over one of somebody else', (sandbox) =>
  withContainer(sandbox, 'edit', async (project, at) => {
    const place = at('notes/to do.txt');
    const call = { service: 'object-store', path: `/${encodeURIComponent(place.container)}/notes/to%20do.txt`, doing: 'put' };
    const headers = { 'content-type': 'text/x-notes', 'x-object-meta-owner': 'alice', 'content-disposition': 'inline' };
    good(await project.transfer(call, { method: 'PUT', body: 'first', headers }));
    const seen = good(await headObject(place));
    assert.equal(seen.size, 5);
    assert.ok(Math.abs(seen.modified - Date.now()) < 60_000);
    const etag = good(await writeObject(place, Buffer.from('second'), seen.etag));
    const now = good(await headObject(place));
    assert.equal(now.etag, etag);
    assert.deepEqual(now.kept, { ...headers });
    good(await project.transfer(call, { method: 'PUT', body: 'of somebody else' }));
    const refused = await writeObject(place, Buffer.from('third'), now.etag);
    assert.equal(refused.ok ? 'written' : refused.failure.reason, 'conflict');
    assert.equal(Buffer.from(good(await readObject(place, MIB)).bytes).toString(), 'of somebody else');
    const again = await uploadObject(place, text('new'));
    assert.deepEqual(again.ok ? 'written' : [again.failure.reason, again.failure.status], ['conflict', 412]);
    good(await uploadObject(place, text('new'), { replace: true }));
    const tooLarge = await readObject(place, 2);
    assert.equal(tooLarge.ok ? 'read' : tooLarge.failure.reason, 'malformed');
  }),
);

sandboxTest('200 MB go up and come down in little memory, the same', (sandbox) =>
  withContainer(sandbox, 'large', async (_project, at) => {
    const [from, to] = [scratch('from'), scratch('to')];
    try {
      const digest = await writeRandom(from, 200);
      const file = good(await fileSource(from));
      const before = process.memoryUsage().rss;
      let most = before;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().rss);
      }, 20);
      let moved = 0;
      const onBytes = (count: number) => {
        moved += count;
      };
      good(await uploadFile(at('large.bin'), file, { onBytes }));
      good(await saveFile(to, (sink) => downloadObject(at('large.bin'), sink, { onBytes })));
      clearInterval(watch);
      assert.equal(moved, 2 * 200 * MIB);
      assert.equal(
        createHash('sha256')
          .update(await readFile(to))
          .digest('hex'),
        digest,
      );
      const grown = Math.round((most - before) / MIB);
      assert.ok(grown < 100, `grew by ${grown} MiB`);
    } finally {
      await rm(from, { force: true });
      await rm(to, { force: true });
    }
  }),
);

sandboxTest('cancelled in the middle, nothing half is left on either side', (sandbox) =>
  withContainer(sandbox, 'halves', async (_project, at) => {
    const from = scratch('half');
    const target = join(tmpdir(), `objects-${process.pid}-folder`, 'half.bin');
    try {
      await writeRandom(from, 24);
      const file = good(await fileSource(from));
      const cancelAt = (bytes: number) => {
        const cancel = new AbortController();
        let moved = 0;
        const onBytes = (count: number) => {
          moved += count;
          if (moved > bytes) cancel.abort();
        };
        return { onBytes, signal: cancel.signal };
      };
      const up = await uploadFile(at('half.bin'), file, cancelAt(8 * MIB));
      assert.equal(up.ok ? 'sent' : up.failure.reason, 'cancelled');
      const limits = { object: 10 * MIB, segment: 4 * MIB, segments: 1000 };
      const parts = await uploadFile(at('half.bin'), file, cancelAt(14 * MIB), limits);
      assert.equal(parts.ok ? 'sent' : parts.failure.reason, 'cancelled');
      assert.deepEqual(await namesIn(sandbox, at('')), []);
      assert.deepEqual(await namesIn(sandbox, { ...at(''), container: `${at('').container}_segments` }), []);
      good(await uploadFile(at('half.bin'), file));
      const down = await saveFile(target, (sink) => downloadObject(at('half.bin'), sink, cancelAt(8 * MIB)));
      assert.equal(down.ok ? 'saved' : down.failure.reason, 'cancelled');
      assert.deepEqual(await readdir(join(target, '..')), []);
    } finally {
      await rm(from, { force: true });
      await rm(join(target, '..'), { recursive: true, force: true });
    }
  }),
);

sandboxTest('what is too large for one object goes up in segments, and they go with it', (sandbox) =>
  withContainer(sandbox, 'segments', async (project, at) => {
    const [from, to] = [scratch('segments'), scratch('joined')];
    const limits = { object: 2 * MIB, segment: MIB, segments: 1000 };
    try {
      const digest = await writeRandom(from, 3);
      await writeFile(from, randomBytes(100), { flag: 'a' });
      const whole = createHash('sha256')
        .update(await readFile(from))
        .digest('hex');
      assert.notEqual(whole, digest);
      good(await uploadFile(at('big ü.bin'), good(await fileSource(from)), {}, limits));
      const segments = { ...at(''), container: `${at('').container}_segments` };
      assert.equal((await namesIn(sandbox, segments)).length, 4);
      assert.equal(good(await headObject(at('big ü.bin'))).segmented, true);
      good(await saveFile(to, (sink) => downloadObject(at('big ü.bin'), sink)));
      assert.equal(
        createHash('sha256')
          .update(await readFile(to))
          .digest('hex'),
        whole,
      );
      const edited = await writeObject(at('big ü.bin'), Buffer.from('x'), undefined);
      assert.equal(edited.ok ? 'written' : edited.failure.reason, 'unsupported');
      const [listed] = good(await listFolder(project, at('').container, '')).objects;
      assert.equal(listed && isSegmented(listed), true);
      const again = await uploadFile(at('big ü.bin'), good(await fileSource(from)), {}, limits);
      assert.equal(again.ok ? 'sent' : again.failure.status, 412);
      good(await deleteObject(at('big ü.bin'), true));
      assert.deepEqual(await namesIn(sandbox, segments), []);
    } finally {
      await rm(from, { force: true });
      await rm(to, { force: true });
    }
  }),
);

/** A file of random mebibytes, and their SHA-256 sum. */
async function writeRandom(path: string, mebibytes: number): Promise<string> {
  const digest = createHash('sha256');
  await using file = await open(path, 'w');
  for (let index = 0; index < mebibytes; index++) {
    const chunk = randomBytes(MIB);
    digest.update(chunk);
    await file.write(chunk);
  }
  return digest.digest('hex');
}
