import assert from 'node:assert/strict';
import { test } from 'node:test';
import { downloadsTo } from '../../src/openstack/objectBatch.ts';
import { localPathOf } from '../../src/openstack/objectNames.ts';
import { objectPath } from '../../src/openstack/objectStore.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

/** Object name → path on a disk of Unix, and of Windows where that is another one. */
const PATHS = `
a/b c.txt        a/b c.txt
/leading         %2F/leading
/etc/passwd      %2F/etc/passwd
a//b             a/%2F/b
../../up         %2E%2E/%2E%2E/up
a/./b            a/%2E/b
50%/ü            50%/ü
what?*.txt       what?*.txt            what%3F%2A.txt
C:\\x            C:\\x                 C%3A%5Cx
con.txt          con.txt               %63on.txt
end.             end.                  end%2E
folder/          -
`;

test('no name of an object leads out of the folder it is saved in', () => {
  const lines = PATHS.trim().split('\n');
  const told = lines.map((line) => {
    const [name = ''] = line.split(/\s{2,}/);
    const [unix = '-', windows = '-'] = [localPathOf(name, false), localPathOf(name, true)];
    return [name, unix, ...(windows === unix ? [] : [windows])];
  });
  assert.deepEqual(
    told,
    lines.map((line) => line.split(/\s{2,}/)),
  );
});

test('a path to an object keeps its slashes, unless they would be read otherwise', () => {
  const told = (container: string, name: string) => {
    const path = objectPath(container, name);
    return path.ok ? path.value : path.failure.reason;
  };
  assert.equal(told('c d', 'a/b ü%#?.txt'), '/c%20d/a/b%20%C3%BC%25%23%3F.txt');
  assert.equal(told('c', '/a//b/'), '/c/%2Fa%2F%2Fb%2F');
  assert.equal(told('c', 'a/../b'), '/c/a%2F..%2Fb');
  assert.deepEqual([told('c', '..'), told('..', 'a'), told('c', '')], ['unsupported', 'unsupported', 'unsupported']);
});

/** Container and object, as chosen one after the other → file; after the bar, where a disk takes two cases of a name for one. */
const FILES = `
c  a/x.txt    x.txt
c  b/x.txt    c/b/x.txt
c  x.txt      c/x.txt
d  x.txt      d/x.txt
c  y.txt      y.txt
c  Y.txt      Y.txt|c/Y.txt
c  B/Y.txt    c/B/Y.txt
`;

test('objects of one name, or of names that differ in case only, become files of their own', async () => {
  const lines = FILES.trim()
    .split('\n')
    .map((line) => line.split(/\s+/));
  const parts = lines.map(([container = '', name]) => ({ project: fakeCloud('{}'), container, object: { name } }));
  const downloads = await downloadsTo('/to', parts);
  assert.ok(downloads.ok);
  const files = downloads.value.map(({ file }) => file.slice('/to/'.length).replaceAll('\\', '/'));
  assert.deepEqual(
    files,
    lines.map(([, , file]) => file?.split('|').at(process.platform === 'linux' ? 0 : -1)),
  );
});
