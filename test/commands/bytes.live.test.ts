/** Commands on images, secrets and application credentials against the sandbox: what is asked, what lands where, and what is told to nobody. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resource } from '../../src/openstack/kind.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import type { Project } from '../../src/openstack/project.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { editorParts } from '../support/editorParts.ts';
import { sandboxTest } from '../support/sandbox.ts';

const vscode = await import('vscode');
const { downloadImageFile, uploadImageFile } = await import('../../src/commands/imageFiles.ts');
const { copyPayload, revealPayload } = await import('../../src/commands/payload.ts');
const { rotateApplicationCredential } = await import('../../src/commands/rotateCredential.ts');

const mark = `bytes-${process.pid}`;
/** What was put on the clipboard, and the modal messages with their details; the button that is pressed in them. */
const clipboard: string[] = [];
const modals: string[] = [];
let press: string | undefined;
Object.assign(vscode.env, { clipboard: { writeText: async (text: string) => void clipboard.push(text) } });
Object.assign(vscode.window, {
  showInformationMessage: async (message: string, { detail }: { readonly detail: string }) => {
    modals.push(`${message} | ${detail}`);
    return press;
  },
});

async function ours(project: Project, kind: KindId): Promise<readonly Resource[]> {
  const list = await project.list(kind, { freshness: 'fresh' });
  assert.ok(list.ok, JSON.stringify(list));
  return list.value.items.filter(({ name }) => String(name).startsWith(mark));
}

sandboxTest('an image is uploaded with the format its file shows, and saved again', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const folder = await mkdtemp(join(tmpdir(), 'image-'));
    try {
      const from = join(folder, `${mark}.img`);
      await writeFile(from, Buffer.concat([Buffer.from('KDMV'), Buffer.alloc(100_000)]));
      const { parts, asked, answers } = editorParts(project);
      answers['paths Upload'] = [from];
      answers['pick Which disk format'] = 'vmdk';
      await uploadImageFile(parts as never, { of: 'kind', project, kind: 'image.image' });
      assert.deepEqual(asked, [
        'paths Upload an image to demo › demo (alice)',
        `text Name of the image [${mark}]`,
        'pick Which disk format has it?',
      ]);
      const [image] = await ours(project, 'image.image');
      assert.deepEqual([image?.['status'], image?.['disk_format'], image?.['size']], ['active', 'vmdk', 100_004]);
      answers['saveAs Download'] = join(folder, 'saved');
      await downloadImageFile(parts as never, { project, kind: 'image.image', resource: image ?? {} });
      assert.equal(asked.at(-1), `saveAs Download image ${mark} [${mark}.vmdk]`);
      assert.ok((await readFile(join(folder, 'saved'))).equals(await readFile(from)));
    } finally {
      for (const image of await ours(project, 'image.image')) await project.act('image.image', image, 'delete');
      await rm(folder, { recursive: true });
    }
  }),
);

sandboxTest('a payload is on the clipboard, or in a dialog, and in no log', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const kind = 'key-manager.secret';
    const body = { name: mark, payload: 'canary payload', payload_content_type: 'text/plain' };
    const made = await project.create(kind, { method: 'POST', body });
    assert.ok(made.ok, JSON.stringify(made));
    const [resource] = await ours(project, kind);
    assert.ok(resource);
    try {
      const { parts, logged } = editorParts(project);
      await copyPayload(parts as never, { project, kind, resource });
      assert.deepEqual(clipboard.splice(0), ['canary payload']);
      await revealPayload(parts as never, { project, kind, resource });
      assert.deepEqual(modals.splice(0), [`Payload of ${mark} | canary payload`]);
      assert.deepEqual([clipboard.length, logged], [0, []]);
    } finally {
      await project.act(kind, resource, 'delete');
    }
  }),
);

sandboxTest('a credential is rotated, and the old one goes when its name is typed', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const kind = 'identity.application_credential';
    const made = await project.create(kind, { method: 'POST', body: { application_credential: { name: mark } } });
    assert.ok(made.ok, JSON.stringify(made));
    const folder = await mkdtemp(join(tmpdir(), 'clouds-'));
    try {
      const [old] = await ours(project, kind);
      assert.ok(old);
      const file = join(folder, 'clouds.yaml');
      await writeFile(file, `clouds:\n  ci:\n    auth:\n      application_credential_id: ${String(old['id'])}\n`);
      const { parts, asked, answers, logged } = editorParts(project);
      const clouds = { list: async () => ({ clouds: [{ name: 'ci', source: { file, line: 2 } }], problems: [] }) };
      const rotate = () => rotateApplicationCredential({ ...parts, clouds } as never, { project, kind, resource: old });
      press = 'Copy Id and Secret';
      await rotate();
      assert.match(asked[1] ?? '', new RegExp(`^decide Revoke ${mark} now, .*It is named in:\\n${file}:4\\nKubernetes Secrets`));
      assert.equal((await ours(project, kind)).length, 2);
      assert.match(clipboard[0] ?? '', /^application_credential_id: \w{32}\napplication_credential_secret: \S{20,}\n$/);
      const secret = clipboard[0]?.split(/\s+/)[3] ?? '';
      assert.equal([...asked, ...logged, ...modals].join('\n').includes(secret), false);
      answers['decide Revoke'] = 'Revoke…';
      answers['type'] = true;
      await rotate();
      assert.equal(asked.at(-1), `type ${mark}: ${mark} | Type ${mark} to go on.`);
      const names = (await ours(project, kind)).map(({ name }) => String(name));
      assert.deepEqual([names.length, names.includes(mark)], [2, false]);
    } finally {
      for (const credential of await ours(project, kind)) await project.act(kind, credential, 'delete');
      await rm(folder, { recursive: true });
    }
  }),
);
