import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readPrivateFile, writePrivateBytes, writePrivateFile } from '../../src/base/privateFile.ts';

const folder = await mkdtemp(join(tmpdir(), 'private-'));
after(() => rm(folder, { recursive: true }));
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('a file and its folder are made for their owner alone', async () => {
  const path = join(folder, 'new', 'config');
  assert.deepEqual(await readPrivateFile(path), { ok: true, value: '' });
  assert.equal((await writePrivateFile(path, 'text', '')).ok, true);
  assert.deepEqual([await readFile(path, 'utf8'), await modeOf(path), await modeOf(join(folder, 'new'))], ['text', '600', '700']);
});

test('one that was open to others is closed, and a link stays a link', async () => {
  const [target, link] = [join(folder, 'target'), join(folder, 'link')];
  await writeFile(target, 'old', { mode: 0o644 });
  await symlink(target, link);
  assert.equal((await writePrivateFile(link, 'new', 'old')).ok, true);
  assert.deepEqual([await readFile(target, 'utf8'), await modeOf(target), await readlink(link)], ['new', '600', target]);
});

test('one that was changed meanwhile, or is a folder, stays as it is', async () => {
  const path = join(folder, 'busy');
  await writeFile(path, 'of somebody else');
  const written = await writePrivateFile(path, 'new', 'old');
  assert.deepEqual(written, {
    ok: false,
    failure: { reason: 'conflict', message: `${path} was changed meanwhile, and was not written. Begin again.` },
  });
  assert.equal(await readFile(path, 'utf8'), 'of somebody else');
  assert.match(JSON.stringify(await writePrivateFile(folder, 'x', '')), /cannot be read \(EISDIR\)/);
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.endsWith('.part')),
    [],
  );
});

test('many that are written in the same moment do not meet', async () => {
  const names = Array.from({ length: 50 }, (_, index) => join(folder, `at-once-${index % 25}`));
  const written = await Promise.all(names.map((path) => writePrivateBytes(path, 'text')));
  assert.deepEqual(
    written.filter(({ ok }) => !ok),
    [],
  );
});
