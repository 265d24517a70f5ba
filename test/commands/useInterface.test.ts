import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openClouds } from '../../src/explorer/cloudsNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { nodeAt, printChildren } from '../support/printTree.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';

const { useInterface } = await import('../../src/commands/useInterface.ts');

test('a service behind another interface is asked for there only after a yes, which names its host', async () => {
  await using scripted = await scriptedCloud(
    {
      'GET /identity/v3/auth/projects': { json: { projects: [{ id: 'demo-id', name: 'demo' }] } },
      'GET /object-store/*': { json: [{ name: 'photos', count: 1, bytes: 5 }] },
    },
    {
      catalog: (url) => [
        {
          type: 'object-store',
          endpoints: [{ interface: 'internal', region: 'RegionOne', url: `${url}/object-store/v1/AUTH_demo-id` }],
        },
      ],
    },
  );
  const forest = new Forest(
    openClouds({ clouds: scripted.clouds, opened: new Opened(), otherWorld: () => undefined, isBound: () => false }),
  );
  const path = ['scripted', 'demo', 'Containers'];
  const [question] = await forest.children(await nodeAt(forest, ...path));
  assert.equal(question?.row.click, 'hybridClusters.useInterface');
  assert.deepEqual(scripted.asked(), []);

  const asked: string[] = [];
  const answering = (yes: boolean) => ({
    clouds: scripted.clouds,
    prompts: {
      confirm: async ({ message, detail }: { message: string; detail?: string }) => {
        asked.push(message, detail ?? '');
        return yes;
      },
    },
  });
  assert.equal(await useInterface(answering(false), question?.row.subject), false);
  forest.refresh(question?.parent);
  assert.match(await printChildren(forest, await nodeAt(forest, ...path)), /only behind the interface internal, not public/);

  assert.equal(await useInterface(answering(true), question?.row.subject), true);
  forest.refresh(question?.parent);
  assert.match(await printChildren(forest, await nodeAt(forest, ...path)), /photos/);
  assert.deepEqual(asked.slice(2), [
    'Use the internal interface of object-store for cloud scripted?',
    `Your token is sent to ${new URL(scripted.server.url).host} until this window is closed. Nothing is written: to keep it, set "interface: internal" in the entry of the cloud.`,
  ]);
  forest.dispose();
});
