import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Subject } from '../../src/explorer/nodes.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { editorParts } from '../support/editorParts.ts';
import { sandboxTest } from '../support/sandbox.ts';

const vscode = await import('vscode');
const { previewStack } = await import('../../src/commands/previewStack.ts');

const template = `heat_template_version: 2018-08-31
resources:
  secret: { type: 'OS::Heat::RandomString', properties: { length: 12 } }
  net: { type: 'OS::Neutron::Net', properties: { name: shop-net } }
`;

sandboxTest('what a template would make of a new stack, and of one that is there, is told and nothing is changed', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const folder = await mkdtemp(join(tmpdir(), 'stack-'));
    try {
      await writeFile(join(folder, 'shop.yaml'), template);
      const shown: string[] = [];
      Object.assign(vscode.commands, { executeCommand: async () => undefined });
      const { parts, asked, answers, logged } = editorParts(project);
      const file = async () => join(folder, 'shop.yaml');
      const documents = {
        provide: (path: string, load: () => Promise<string>) => void load().then((text) => shown.push(`${path}\n${text}`)),
      };
      Object.assign(parts, { documents, prompts: { ...parts.prompts, file } });
      const preview = async (subject: Subject) => {
        await previewStack(parts as never, subject);
        return shown.pop() ?? '';
      };
      answers['text Preview a new stack in demo'] = 'shop-1';
      answers['pick Preview'] = 'None';
      const fresh = await preview({ of: 'kind', project, kind: 'orchestration.stack' });
      assert.match(fresh, /^demo\/demo\/shop-1 \(preview\)\.yaml\n# What a stack shop-1 of this template would consist of in /);
      assert.match(fresh, /^ {2}net:\n {4}type: OS::Neutron::Net\n {4}properties:\n(?: {6}.*\n)*? {6}name: shop-net$/m);

      const stacks = await project.list('orchestration.stack', { freshness: 'fresh' });
      assert.ok(stacks.ok);
      const before = stacks.value.items.map(({ stack_name, updated_time }) => `${stack_name} ${updated_time}`);
      const [resource] = stacks.value.items;
      assert.ok(resource, 'the seed has a stack');
      const update = await preview({ of: 'resource', project, kind: 'orchestration.stack', resource });
      assert.match(update, /^# What this template would change in stack .* Nothing was changed\.$/m);
      assert.match(update, /^updated:\n {2}net: OS::Neutron::Net\nadded:\n {2}secret: OS::Heat::RandomString$/m);

      const after = await project.list('orchestration.stack', { freshness: 'fresh' });
      assert.deepEqual(
        after.ok && after.value.items.map(({ stack_name, updated_time }) => `${stack_name} ${updated_time}`),
        before,
      );
      assert.deepEqual(logged, [], asked.join('\n'));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }),
);
