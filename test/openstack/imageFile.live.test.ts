/** Images go up to and come down from the sandbox's Glance; what is not finished is not there. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileSource } from '../../src/base/fileSource.ts';
import { saveFile } from '../../src/base/savedFile.ts';
import { diskFormatOf, downloadImage, uploadImage } from '../../src/openstack/imageFile.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { openstack } from '../support/openstack.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

const MIB = 1024 * 1024;
const name = `upload ü ${process.pid}`;
const scratch = (part: string) => join(tmpdir(), `image-${process.pid}-${part}`);

const named = async (sandbox: SandboxEnvironment) => {
  const found = await openstack(sandbox, 'demo', 'image', 'GET', `/v2/images?name=${encodeURIComponent(name)}`);
  return found['images'] as unknown as readonly Readonly<Record<string, unknown>>[];
};

sandboxTest('an image goes up, is compared, and comes down the same', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const [from, to] = [scratch('from'), scratch('to')];
    try {
      // Glance reads the header's own size: at random it would not fit into its database.
      const bytes = Buffer.concat([Buffer.from('QFI\xfb\0\0\0\x03', 'latin1'), Buffer.alloc(504), randomBytes(20 * MIB)]);
      await writeFile(from, bytes);
      const file = await fileSource(from);
      assert.ok(file.ok);
      let moved = 0;
      const onBytes = (count: number) => {
        moved += count;
      };
      const image = await uploadImage(project, { name, diskFormat: diskFormatOf(bytes) }, file.value, { onBytes });
      assert.ok(image.ok, JSON.stringify(image));
      const [seen] = await named(sandbox);
      assert.deepEqual(
        [seen?.['status'], seen?.['disk_format'], seen?.['size'], seen?.['os_hash_value'], seen?.['visibility']],
        ['active', 'qcow2', bytes.length, createHash('sha512').update(bytes).digest('hex'), 'private'],
      );
      const saved = await saveFile(to, (sink) => downloadImage(project, image.value, sink, { onBytes }));
      assert.ok(saved.ok, JSON.stringify(saved));
      assert.ok((await readFile(to)).equals(bytes));
      assert.equal(moved, 2 * bytes.length);
      const wrong = { ...image.value, os_hash_value: 'of another image' };
      await rm(to);
      const refused = await saveFile(to, (sink) => downloadImage(project, wrong, sink));
      assert.equal(refused.ok ? 'saved' : refused.failure.reason, 'malformed');
      assert.deepEqual(
        (await readdir(tmpdir())).filter((one) => one.includes(`image-${process.pid}-to`)),
        [],
      );
    } finally {
      for (const { id } of await named(sandbox)) await openstack(sandbox, 'demo', 'image', 'DELETE', `/v2/images/${String(id)}`);
      await rm(from, { force: true });
      await rm(to, { force: true });
    }
  }),
);

sandboxTest('an upload that is cancelled, or whose file goes away, leaves no image', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const from = scratch('half');
    try {
      await writeFile(from, randomBytes(20 * MIB));
      const file = await fileSource(from);
      assert.ok(file.ok);
      const cancel = new AbortController();
      let moved = 0;
      const onBytes = (count: number) => {
        moved += count;
        if (moved > 5 * MIB) cancel.abort();
      };
      const following = { onBytes, signal: cancel.signal };
      const half = await uploadImage(project, { name, diskFormat: 'raw' }, file.value, following);
      assert.equal(half.ok ? 'made' : half.failure.reason, 'cancelled');
      assert.deepEqual(await named(sandbox), []);
      await rm(from);
      const gone = await uploadImage(project, { name, diskFormat: 'raw' }, file.value);
      assert.match(gone.ok ? 'made' : gone.failure.message, /could not be read here \(ENOENT\)/);
      assert.deepEqual(await named(sandbox), []);
    } finally {
      await rm(from, { force: true });
    }
  }),
);

sandboxTest('files of QEMU tell their format', async () => {
  const formats = { qcow2: 'qcow2', vmdk: 'vmdk', vdi: 'vdi', vhdx: 'vhdx', vpc: 'vhd', raw: 'raw' };
  const told: Record<string, string> = {};
  for (const format of Object.keys(formats)) {
    const path = scratch(`made.${format}`);
    try {
      execFileSync('qemu-img', ['create', '-q', '-f', format, path, '1M']);
      told[format] = diskFormatOf((await readFile(path)).subarray(0, 0x8006));
    } finally {
      await rm(path, { force: true });
    }
  }
  const iso = Buffer.alloc(0x8006);
  iso.write('CD001', 0x8001);
  assert.deepEqual(
    { ...told, iso: diskFormatOf(iso), nothing: diskFormatOf(new Uint8Array()) },
    {
      ...formats,
      iso: 'iso',
      nothing: 'raw',
    },
  );
});
