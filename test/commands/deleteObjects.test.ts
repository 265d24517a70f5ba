/** Who is asked, and how, before objects of several projects go; what is deleted is tried against Swift (test/commands/objects.live.test.ts). */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../src/explorer/nodes.ts';
import { editorParts } from '../support/editorParts.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const { deleteObjects } = await import('../../src/commands/deleteObjects.ts');

const question =
  '3 objects, 6 B, in container photos of demo › demo (alice), container logs of demo › demo (alice), container photos of demo › ops (alice). They cannot be brought back.';
const sent = [
  'transfer DELETE object-store/photos/a.jpg',
  'transfer DELETE object-store/logs/b.log',
  'transfer DELETE object-store/photos/a.jpg',
];

/** How the second of two projects is kept, and whether the user agrees → what is asked, what is told, and what is sent. */
const cases: readonly (readonly [
  title: string,
  settings: Parameters<typeof editorParts>[1],
  agrees: boolean,
  asked: readonly string[],
  told: readonly string[],
  sent: readonly string[],
])[] = [
  ['a yes is enough where none is kept', {}, true, [`confirm Delete 3 selected? | ${question}`], [], sent],
  [
    'nothing of any is deleted where the second is read-only',
    { readOnly: '^demo/ops$' },
    true,
    [],
    ['demo › ops (alice) is read-only here (setting hybridClusters.targets.readOnly). Nothing was sent.'],
    [],
  ],
  [
    'the number is typed where the second is protected',
    { protected: '^demo/ops$' },
    true,
    [`type 3 objects: 3 selected | ${question}`],
    [],
    sent,
  ],
  ['a dismissed question is a no', { protected: '^demo/ops$' }, false, [`type 3 objects: 3 selected | ${question}`], [], []],
];

for (const [title, settings, agrees, asked, told, expected] of cases) {
  test(`objects of two projects: ${title}`, async () => {
    const [demo, ops] = [fakeCloud('project: demo'), fakeCloud('project: ops')];
    const rowOf = (project: typeof demo, container: string, name: string): Node => {
      const subject = {
        of: 'resource',
        project,
        kind: 'object-store.object',
        resource: { name, bytes: 2 },
        parent: { name: container },
      } as const;
      const row = { segment: '', label: '', description: '', icon: '', mood: 'quiet', facts: [], words: [], subject } as const;
      return { id: '', parent: undefined, row };
    };
    const editor = editorParts(demo, settings);
    if (agrees) Object.assign(editor.answers, { confirm: true, type: true });
    await deleteObjects(editor.parts as never, [
      rowOf(demo, 'photos', 'a.jpg'),
      rowOf(demo, 'logs', 'b.log'),
      rowOf(ops, 'photos', 'a.jpg'),
    ]);
    assert.deepEqual(editor.asked, asked);
    assert.deepEqual(
      editor.logged.filter((line) => line.includes('read-only')),
      told,
    );
    assert.deepEqual([...demo.asked, ...ops.asked], expected);
  });
}
