import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { diskFiles } from '../../src/cli/diskFiles.ts';
import { discover } from '../../src/deploy/files/discover.ts';
import { ignoredByGit } from '../../src/deploy/files/ignoredByGit.ts';

const folder = mkdtempSync(join(tmpdir(), 'ignored-by-git-'));
after(() => rmSync(folder, { recursive: true }));
const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, env: { ...process.env, HOME: folder } });
const manifest = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n';

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** The manifests below a folder of it, then what is said. */
async function found(below = ''): Promise<string> {
  const root = join(folder, below);
  const { files, notes } = await discover([root], diskFiles, { ignored: ignoredByGit });
  const names = files.map(({ file }) => file.slice(root.length + 1));
  return [...names, ...notes.map(({ message }) => message.replaceAll(folder, ''))].join('\n');
}

git('init', '--quiet');
write({
  '.gitignore': 'dist/\n*.local.yaml\n!keep.local.yaml\n/only-here.yaml\n',
  'nested/.gitignore': '*.yaml\n!deploy.yaml\n',
  'a.yaml': manifest,
  'b.local.yaml': manifest,
  'keep.local.yaml': manifest,
  'tracked.local.yaml': manifest,
  'only-here.yaml': manifest,
  'excluded.yaml': manifest,
  'äö ü.local.yaml': manifest,
  'dist/d.yaml': manifest,
  'dist/deep/e.yaml': manifest,
  'nested/x.yaml': manifest,
  'nested/deploy.yaml': manifest,
  'nested/sub/only-here.yaml': manifest,
  'fresh/only-here.yaml': manifest,
});
writeFileSync(join(folder, '.git/info/exclude'), 'excluded.yaml\n');
git('add', '--force', 'tracked.local.yaml');

test('patterns above and below, negated ones, those of the repository alone; what is in the index is not ignored', async () => {
  assert.equal(
    await found(),
    `a.yaml
fresh/only-here.yaml
keep.local.yaml
nested/deploy.yaml
tracked.local.yaml
b.local.yaml, dist/d.yaml, excluded.yaml and 4 more: left out, since git ignores them. Choose them by name to have them deployed.`,
  );
});

test('a folder in the repository goes by the same patterns; one that is ignored itself was meant', async () => {
  assert.equal(
    await found('nested'),
    'deploy.yaml\nsub/only-here.yaml, x.yaml: left out, since git ignores them. Choose them by name to have them deployed.',
  );
  assert.equal(await found('dist'), 'd.yaml\ndeep/e.yaml');
  assert.equal(await found('dist/deep'), 'e.yaml');
});

test('outside of a repository, without git and off the disk nothing is ignored', async () => {
  const outside = mkdtempSync(join(tmpdir(), 'no-repository-'));
  const before = process.env['PATH'];
  try {
    for (const place of [outside, join(outside, 'none'), 'vscode-vfs://github/a/b']) {
      const asked = await ignoredByGit(place);
      assert.equal(!asked.ok && asked.failure.reason, 'notFound', place);
    }
    process.env['PATH'] = outside;
    const asked = await ignoredByGit(folder);
    assert.equal(!asked.ok && asked.failure.reason, 'notFound');
  } finally {
    process.env['PATH'] = before;
    rmSync(outside, { recursive: true });
  }
});
