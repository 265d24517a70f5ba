import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readCloudsFile, saveCloudsFile } from '../../src/openstack/cloudsFile.ts';
import { cloudsPaths } from '../../src/openstack/configFiles.ts';

const root = mkdtempSync(join(tmpdir(), 'clouds-file-'));
after(() => rmSync(root, { recursive: true }));
const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('a new file and its folders are for their owner only; another keeps its mode, and a link leads on', async () => {
  const file = join(root, 'a', 'b', 'clouds.yaml');
  assert.deepEqual(await readCloudsFile(file), { ok: true, value: undefined });
  assert.deepEqual(await saveCloudsFile(file, undefined, 'one'), { ok: true, value: { newFolder: true } });
  assert.deepEqual([readFileSync(file, 'utf8'), mode(file), mode(join(root, 'a'))], ['one', '600', '700']);
  const shared = join(root, 'shared.yaml');
  writeFileSync(shared, 'one', { mode: 0o640 });
  const link = join(root, 'link.yaml');
  symlinkSync(shared, link);
  assert.deepEqual(await saveCloudsFile(link, 'one', 'two'), { ok: true, value: { newFolder: false } });
  assert.deepEqual([readFileSync(shared, 'utf8'), mode(shared)], ['two', '640']);
  assert.deepEqual(readdirSync(root).sort(), ['a', 'link.yaml', 'shared.yaml']);
});

test('a file that was changed meanwhile, or that came, stays as it is', async () => {
  const file = join(root, 'raced.yaml');
  writeFileSync(file, 'theirs');
  for (const before of ['mine', undefined]) {
    const saved = await saveCloudsFile(file, before, 'new');
    assert.ok(!saved.ok);
    assert.equal(saved.failure.message, `${file} was changed meanwhile. Look at the difference again.`);
  }
  assert.equal(readFileSync(file, 'utf8'), 'theirs');
});

test('the first place is the one that the environment names, else the user’s own', () => {
  const search = { env: {}, home: '/home/a', platform: 'linux' } as const;
  assert.equal(cloudsPaths(search)[0], '/home/a/.config/openstack/clouds.yaml');
  assert.equal(cloudsPaths({ ...search, env: { OS_CLIENT_CONFIG_FILE: '/x.yaml' } })[0], '/x.yaml');
});
