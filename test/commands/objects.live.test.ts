/** The commands on containers, folders and objects against the sandbox's Swift, as a person uses them: the questions asked, the tree shown, the files that come and go. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openFolder } from '../../src/explorer/folderNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import type { Node } from '../../src/explorer/nodes.ts';
import type { Project } from '../../src/openstack/project.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { editorParts } from '../support/editorParts.ts';
import { openstack } from '../support/openstack.ts';
import { nodeAt, printChildren } from '../support/printTree.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

const vscode = await import('vscode');
const { uploadObjects } = await import('../../src/commands/uploadObjects.ts');
const { downloadObjects } = await import('../../src/commands/downloadObjects.ts');
const { deleteObjects } = await import('../../src/commands/deleteObjects.ts');
const { openObject } = await import('../../src/commands/openObject.ts');
const { objectBytes } = await import('../../src/commands/objectBytes.ts');
const { ObjectFiles } = await import('../../src/host/objectFiles.ts');

/** A view whose root is a new container, and a folder of the disk. */
interface Scene {
  readonly project: Project;
  readonly forest: Forest;
  readonly folder: string;
  readonly container: string;
  /** Acts as the row that stands for the whole container. */
  readonly root: Node;
}

async function withScene(sandbox: SandboxEnvironment, name: string, body: (scene: Scene) => Promise<void>): Promise<void> {
  const container = `${name}-${process.pid}`;
  const folder = await mkdtemp(join(tmpdir(), 'objects-'));
  await openstack(sandbox, 'demo', 'object-store', 'PUT', `/${container}`);
  await withDemoProject(sandbox, async (project) => {
    const resource = { name: container };
    const forest = new Forest(openFolder({ project, container: resource, prefix: '' }));
    const root = rowOf({ of: 'resource', project, kind: 'object-store.container', resource });
    try {
      await body({ project, forest, folder, container, root });
    } finally {
      const { parts, answers } = editorParts(project);
      answers['confirm'] = true;
      await deleteObjects(parts as never, [root]);
      await openstack(sandbox, 'demo', 'object-store', 'DELETE', `/${container}`);
      await rm(folder, { recursive: true });
    }
  });
}

function rowOf(subject: Node['row']['subject']): Node {
  const row = { segment: '', label: '', description: '', icon: '', mood: 'quiet', facts: [], words: [], subject } as const;
  return { id: '', parent: undefined, row };
}

/** Files by path and text, as they lie below a folder. */
async function put(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

async function filesIn(folder: string): Promise<Readonly<Record<string, string>>> {
  const found = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const read = found.map(async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    return [path.slice(folder.length + 1), await readFile(path, 'utf8')] as const;
  });
  return Object.fromEntries((await Promise.all(read)).sort());
}

const FILES = { 'site/a b.txt': 'one', 'site/ü/%25#?.txt': 'two', 'site/ü/deep/c.txt': 'three' };
const withoutAge = (text: string) => text.replace(/ · \d+[smh]$/gm, ' · AGE');

sandboxTest('a folder goes up, is a tree, comes down the same, and goes', (sandbox) =>
  withScene(sandbox, 'folder', async ({ project, forest, folder, container, root }) => {
    await put(join(folder, 'from'), FILES);
    const up = editorParts(project);
    up.answers['paths Upload'] = [join(folder, 'from', 'site')];
    await uploadObjects(up.parts as never, root, 'folders');
    assert.deepEqual(up.asked, [`paths Upload to ${container}/`]);
    assert.equal(await printChildren(forest), '▸ site');
    assert.equal(withoutAge(await printChildren(forest, await nodeAt(forest, 'site'))), '▸ ü\na b.txt   3 B · AGE');
    assert.equal(withoutAge(await printChildren(forest, await nodeAt(forest, 'site', 'ü'))), '▸ deep\n%25#?.txt   3 B · AGE');

    const again = editorParts(project);
    again.answers['paths Upload'] = [join(folder, 'from', 'site')];
    await put(join(folder, 'from'), { 'site/a b.txt': 'changed' });
    await uploadObjects(again.parts as never, root, 'folders');
    assert.match(
      again.asked[1] ?? '',
      /^confirm Replace 3 objects in folder-\d+\/\? \| They are there already; what they hold is lost\.\n/,
    );

    const site = await nodeAt(forest, 'site');
    const down = editorParts(project);
    down.answers['paths Download'] = [join(folder, 'to')];
    await downloadObjects(down.parts as never, [site]);
    assert.deepEqual(await filesIn(join(folder, 'to')), FILES);
    again.answers['confirm Replace'] = true;
    await uploadObjects(again.parts as never, root, 'folders');
    await downloadObjects(down.parts as never, [site]);
    assert.equal(
      down.asked.at(-1),
      `confirm Replace 3 files in ${join(folder, 'to')}? | They are there already and were left as they are.`,
    );
    assert.equal((await filesIn(join(folder, 'to')))['site/a b.txt'], 'one');
    down.answers['confirm Replace'] = true;
    await downloadObjects(down.parts as never, [site, await nodeAt(forest, 'site', 'ü')]);
    assert.deepEqual(await filesIn(join(folder, 'to')), { ...FILES, 'site/a b.txt': 'changed' });

    const one = editorParts(project);
    one.answers['saveAs Download object site/a b.txt'] = join(folder, 'single.txt');
    await downloadObjects(one.parts as never, [await nodeAt(forest, 'site', 'a b.txt')]);
    assert.equal(await readFile(join(folder, 'single.txt'), 'utf8'), 'changed');

    const gone = editorParts(project);
    await deleteObjects(gone.parts as never, [await nodeAt(forest, 'site', 'ü')]);
    assert.deepEqual(gone.asked, [
      `confirm Delete folder site/ü/? | 2 objects, 8 B, in container ${container} of demo › demo (alice). They cannot be brought back.`,
    ]);
    assert.equal((await printChildren(forest, site)).includes('▸ ü'), true);
    gone.answers['confirm Delete'] = true;
    await deleteObjects(gone.parts as never, [await nodeAt(forest, 'site', 'ü')]);
    assert.equal(withoutAge(await printChildren(forest, site)), 'a b.txt   7 B · AGE');
  }),
);

sandboxTest('a protected project wants the number typed, a read-only one takes nothing', (sandbox) =>
  withScene(sandbox, 'guarded', async ({ project, forest, folder, root }) => {
    await put(folder, { 'x.txt': 'x' });
    const closed = editorParts(project, { readOnly: '^demo/' });
    closed.answers['paths Upload'] = [join(folder, 'x.txt')];
    await uploadObjects(closed.parts as never, root, 'files');
    await deleteObjects(closed.parts as never, [root]);
    assert.deepEqual(closed.asked, []);
    assert.match(closed.logged[0] ?? '', /^demo › demo \(alice\) is read-only here/);
    const guarded = editorParts(project, { protected: '^demo/' });
    guarded.answers['paths Upload'] = [join(folder, 'x.txt')];
    await uploadObjects(guarded.parts as never, root, 'files');
    await deleteObjects(guarded.parts as never, [root]);
    assert.match(guarded.asked.at(-1) ?? '', /^type 1 object: container guarded-\d+ \| 1 object, 1 B, in container/);
    assert.match(await printChildren(forest), /^x\.txt/);
  }),
);

sandboxTest('an object opens as a file that can be saved, and a version of somebody else is not lost', (sandbox) =>
  withScene(sandbox, 'edited', async ({ project, forest, folder, root, container }) => {
    await put(folder, { 'notes.md': 'first' });
    const { parts, answers } = editorParts(project);
    answers['paths Upload'] = [join(folder, 'notes.md')];
    await uploadObjects(parts as never, root, 'files');
    const opened: unknown[] = [];
    Object.assign(vscode.commands, { executeCommand: async (...args: unknown[]) => void opened.push(...args) });
    const row = await nodeAt(forest, 'notes.md');
    await openObject(parts as never, row);
    const [command, uri] = opened as [string, ReturnType<typeof ObjectFiles.uriOf>];
    assert.deepEqual([command, uri.scheme, uri.path], ['vscode.open', 'hybrid-clusters-object', `/demo/${container}/notes.md`]);
    const asked: string[] = [];
    let mayReplace = false;
    const files = new ObjectFiles(
      async () => objectBytes(parts as never),
      async (message) => {
        asked.push(message);
        return mayReplace;
      },
    );
    const text = async () => Buffer.from(await files.readFile(uri)).toString();
    const ofAnother = (body: string) =>
      project.transfer({ service: 'object-store', path: `/${container}/notes.md`, doing: 'put' }, { method: 'PUT', body });
    assert.equal((await files.stat(uri)).size, 5);
    assert.equal(await text(), 'first');
    await files.writeFile(uri, Buffer.from('second'));
    const after = await files.stat(uri);
    assert.equal(after.size, 6);
    // As long as ours: the editor takes no notice, so that we ask.
    await ofAnother('theirs');
    assert.notEqual((await files.stat(uri)).mtime, after.mtime);
    await assert.rejects(files.writeFile(uri, Buffer.from('third')), /Unavailable: Object notes\.md was changed by someone else/);
    mayReplace = true;
    await files.writeFile(uri, Buffer.from('third'));
    assert.equal(asked.length, 2);
    // Longer: the editor has asked before it writes.
    await ofAnother('of somebody else');
    await files.stat(uri);
    await files.writeFile(uri, Buffer.from('fourth'));
    assert.equal(asked.length, 2);
    assert.equal(await text(), 'fourth');
    const closed = editorParts(project, { readOnly: '^demo/' });
    const readOnly = new ObjectFiles(
      async () => objectBytes(closed.parts as never),
      async () => true,
    );
    await assert.rejects(readOnly.writeFile(uri, Buffer.from('x')), /NoPermissions: demo › demo \(alice\) is read-only here/);
    const missing = ObjectFiles.uriOf({ cloud: 'demo', project: project.id, container, name: 'a//../b' });
    assert.equal(missing.path, `/demo/${container}/a/b`);
    await assert.rejects(async () => files.stat(missing), /FileNotFound/);
    await assert.rejects(async () => files.stat({ ...uri, query: 'x' } as never), /FileNotFound/);

    const large = { ...row, row: { ...row.row, subject: { ...row.row.subject, resource: { name: 'notes.md', bytes: 3e7 } } } };
    const offered = editorParts(project);
    await openObject(offered.parts as never, large as never);
    assert.deepEqual(offered.asked, ['offer notes.md has 29 MiB, too much for an editor.']);
  }),
);
