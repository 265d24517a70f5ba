/** What is read of objects on the sandbox's API server: described, explained, their events and keys, and the difference of two. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import type { KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { editorParts } from '../support/editorParts.ts';
import { sandboxTest } from '../support/sandbox.ts';

const vscode = await import('vscode');
const { compareObjects } = await import('../../src/commands/compareObjects.ts');
const { describe } = await import('../../src/commands/describe.ts');
const { explain } = await import('../../src/commands/explain.ts');
const { showEvents } = await import('../../src/commands/showEvents.ts');
const { copyKey, openKey } = await import('../../src/commands/objectKeys.ts');

const space = `read-${process.pid}`;
const secret = (name: string, token: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: space },
  data: { 'token.txt': Buffer.from(token).toString('base64'), same: 'c2FtZQ==' },
});
const event: KubeObject = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'happened', namespace: space },
  involvedObject: { apiVersion: 'v1', kind: 'Secret', namespace: space, name: 'one' },
  type: 'Warning',
  reason: 'Rotated',
  message: 'It was rotated.',
  lastTimestamp: new Date().toISOString().replace(/\.\d+Z/, 'Z'),
};

sandboxTest('a Secret is described and compared masked, and shows one key on a gesture', (sandbox) =>
  withAdminCluster(sandbox, async ({ cluster, contexts }) => {
    const shown = new Map<string, string>();
    const documents = {
      provide: (path: string, load: () => Promise<string> | string, { side = '' } = {}) => {
        const name = [path, side].filter(Boolean).join(' ');
        void Promise.resolve(load()).then((text) => shown.set(name, text));
        return name;
      },
    };
    const ran: string[] = [];
    const copied: string[] = [];
    Object.assign(vscode.commands, {
      executeCommand: async (...args: unknown[]) => void ran.push(args.slice(0, 4).map(String).join(' | ')),
    });
    Object.assign(vscode.env, { clipboard: { writeText: async (text: string) => void copied.push(text) } });
    const rowOf = (name: string) => {
      const ref: ObjectRef = { apiVersion: 'v1', kind: 'Secret', namespace: space, name };
      return { row: { subject: { of: 'object', cluster, ref } } } as never;
    };
    const { parts, answers, logged } = editorParts({} as never);
    const all = { ...parts, contexts, documents } as never;
    try {
      for (const object of [
        { apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } },
        secret('one', 'hidden one'),
        secret('two', 'hidden two'),
        event,
      ]) {
        const applied = await cluster.apply(object);
        assert.ok(applied.ok, JSON.stringify(applied));
      }
      answers['pick'] = 'token.txt';
      await copyKey(all, rowOf('one'));
      await openKey(all, rowOf('one'));
      assert.deepEqual(copied, ['hidden one']);
      assert.equal(shown.get(`sandbox-admin/${space}/one/token.txt`), 'hidden one');
      shown.clear();

      await describe(all, rowOf('one'));
      await compareObjects(all, [rowOf('one'), rowOf('two')]);
      while (shown.size < 3) await new Promise((resolve) => setTimeout(resolve, 20));
      const described = shown.get(`sandbox-admin/${space}/Secret one (described)`) ?? '';
      assert.match(described, /^Secret \S+\/one\n/);
      assert.match(described, /\nEvents\n {2}\d+s {2}Warning {2}Rotated {2}×1 {2}It was rotated\.\n$/);
      const one = shown.get(`sandbox-admin/${space}/Secret one.yaml one`) ?? '';
      const two = shown.get(`sandbox-admin/${space}/Secret two.yaml other`) ?? '';
      const different = one
        .split('\n')
        .flatMap((line, at) => (line === two.split('\n')[at] ? [] : [line.trim().replace(/sha256:\w+/, 'HASH')]));
      assert.deepEqual(different, ['name: one', 'token.txt: HASH']);
      await showEvents(all, rowOf('one'));
      await showEvents(all, { row: { subject: { of: 'namespace', cluster, name: space } } } as never);
      const maps = await cluster.kind('v1', 'ConfigMap');
      assert.ok(maps.ok);
      await explain(all, { row: { subject: { of: 'apiKind', cluster, kind: maps.value, namespace: space } } } as never);
      await explain(all, {
        context: 'sandbox-admin',
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        path: ['spec', 'template', 'spec'],
      });
      while (shown.size < 7) await new Promise((resolve) => setTimeout(resolve, 20));
      const rotated = / {2}Warning {2}Rotated {2}×1 {2}Secret one {2}It was rotated\.$/m;
      assert.match(shown.get(`sandbox-admin/${space}/Secret one (events)`) ?? '', rotated);
      assert.match(shown.get(`sandbox-admin/${space} (events)`) ?? '', rotated);
      assert.match(shown.get('sandbox-admin/ConfigMap (explained)') ?? '', /^ConfigMap v1\nConfigMap {2}<ConfigMap>\n/);
      const explained = shown.get('sandbox-admin/Deployment.spec.template.spec (explained)') ?? '';
      assert.match(explained, /^Deployment apps\/v1\nspec\.template\.spec {2}<PodSpec>\n\n/);
      assert.match(explained, /^ {2}containers +<\[\]Container> +required · List of containers belonging to the pod\.$/m);

      assert.equal(/hidden|c2FtZQ/.test([...shown.values(), ...logged].join('\n')), false);
      assert.equal(
        ran.find((one) => one.startsWith('vscode.diff'))?.replaceAll(space, 'SPACE'),
        'vscode.diff | sandbox-admin/SPACE/Secret one.yaml one | sandbox-admin/SPACE/Secret two.yaml other | Secret SPACE/one ↔ two · sandbox-admin',
      );
    } finally {
      await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: space });
    }
  }),
);
