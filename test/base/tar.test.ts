/** Archives written here are read by the machine's tar and the other way round; torn and false ones are told. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readTar, TornArchive, tarEnd, tarHeader, tarPadding } from '../../src/base/tar.ts';

const long = `${'deep/'.repeat(30)}é.txt`;
const file = (path: string, size: number) => ({ path, kind: 'file' as const, size, mode: 0o640, modified: 1_700_000_000_000 });

/** `a.txt 5 640 hello` of every entry; the bytes come in pieces of `step`. */
async function listed(archive: Uint8Array, step = 1000): Promise<readonly string[]> {
  const chunks = (async function* () {
    for (let at = 0; at < archive.length; at += step) yield archive.subarray(at, at + step);
  })();
  const entries: string[] = [];
  for await (const { path, kind, size, mode, body } of readTar(chunks)) {
    let text = '';
    for await (const piece of body) text += Buffer.from(piece).toString('latin1');
    entries.push([path, kind, size, mode.toString(8), text.length > 20 ? text.length : text].join(' ').trim());
  }
  return entries;
}

function archiveOf(...texts: readonly (readonly [path: string, text: string])[]): Buffer {
  const parts = texts.flatMap(([path, text]) => [tarHeader(file(path, text.length)), Buffer.from(text), tarPadding(text.length)]);
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([...parts, tarEnd(size)]);
}

describe('tar', () => {
  test("what is written here, the machine's tar unpacks", () => {
    const folder = mkdtempSync(join(tmpdir(), 'tar-'));
    const archive = Buffer.concat([
      tarHeader({ path: 'sub', kind: 'folder', size: 0, mode: 0o755, modified: 0 }),
      archiveOf(['sub/a.txt', 'hello'], [long, 'long'], ['empty', '']),
    ]);
    execFileSync('tar', ['-xf', '-', '-C', folder], { input: archive });
    assert.equal(readFileSync(join(folder, 'sub/a.txt'), 'utf8'), 'hello');
    assert.equal(readFileSync(join(folder, long), 'utf8'), 'long');
    assert.equal(readFileSync(join(folder, 'empty'), 'utf8'), '');
    rmSync(folder, { recursive: true });
  });

  for (const format of ['gnu', 'ustar', 'pax'])
    test(`what tar writes in the format ${format} is read, in pieces of any size`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'tar-'));
      const name = format === 'ustar' ? 'plain.txt' : `${'x'.repeat(120)}é.txt`;
      mkdirSync(join(folder, 'one/two'), { recursive: true });
      writeFileSync(join(folder, 'one/two', name), 'text', { mode: 0o600 });
      writeFileSync(join(folder, 'one/big'), Buffer.alloc(3000), { mode: 0o644 });
      symlinkSync('/etc/passwd', join(folder, 'one/link'));
      const archive = execFileSync('tar', ['--sort=name', `--format=${format}`, '-cf', '-', '-C', folder, './one']);
      rmSync(folder, { recursive: true });
      const wanted = [
        './one/ folder 0 755',
        './one/big file 3000 644 3000',
        './one/link other 0 777',
        './one/two/ folder 0 755',
        `./one/two/${name} file 4 600 text`,
      ];
      for (const step of [1, 511, 100_000]) assert.deepEqual(await listed(archive, step), wanted);
    });

  test('a size above eight gibibytes is written in base 256', () => {
    const header = tarHeader(file('huge', 2 ** 40));
    assert.equal(Buffer.from(header.subarray(124, 136)).toString('hex'), '800000000000010000000000');
  });

  test('a body that is not taken is passed over', async () => {
    const paths: string[] = [];
    for await (const { path } of readTar(
      (async function* () {
        yield archiveOf(['a', 'x'.repeat(600)], ['b', 'y']);
      })(),
    ))
      paths.push(path);
    assert.deepEqual(paths, ['a', 'b']);
  });

  test('a torn archive, or none at all, is told', async () => {
    const archive = archiveOf(['a', 'x'.repeat(600)]);
    await assert.rejects(listed(archive.subarray(0, 700)), TornArchive);
    await assert.rejects(listed(archive.subarray(0, 100)), TornArchive);
    await assert.rejects(listed(Buffer.from('tar: cannot open: no such file\n'.repeat(40))), TornArchive);
    assert.deepEqual(await listed(Buffer.alloc(0)), []);
  });
});
