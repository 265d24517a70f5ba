import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SignInParts } from '../../src/commands/signIn.ts';
import { openClouds } from '../../src/explorer/cloudsNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { nodeAt, printChildren } from '../support/printTree.ts';
import { signingClouds } from '../support/signingClouds.ts';

const { signIn, signOut } = await import('../../src/commands/signIn.ts');

/** The view *Clouds* over the cloud `demo` and what was opened in it beside another cloud's project. */
function view(regions?: readonly string[]) {
  const clouds = signingClouds(fakeCloud('{cloud: demo, project: demo}'), regions);
  const opened = new Opened();
  opened.addProject(fakeCloud('{cloud: other, project: other}'));
  const forest = new Forest(openClouds({ clouds, opened, otherWorld: () => undefined, isBound: () => false }));
  const secrets = { forget: async () => {}, asking: <T>(_cloud: string, run: () => Promise<T>) => run() };
  const parts = { clouds, secrets, asked: { opened }, bindings: { renew: () => {} }, log: { warn: () => {} } };
  const under = async (...path: readonly string[]) => printChildren(forest, await nodeAt(forest, ...path));
  return { clouds, opened, forest, under, parts: parts as unknown as SignInParts };
}

describe('signed out of', () => {
  it('a cloud whose row is open is not signed in to again by looking, but by Sign In', async () => {
    const { clouds, opened, forest, under, parts } = view();
    assert.equal(await under('demo'), '▸ demo   project');
    await under('demo', 'demo');
    assert.deepEqual(
      opened.projects.map(({ cloud }) => cloud),
      ['other', 'demo'],
    );
    await signOut(parts, 'demo');
    for (let times = 0; times < 2; times += 1) {
      forest.refresh();
      assert.equal(await under('demo'), '✗ You are signed out of cloud demo. Sign in to see its projects.');
    }
    const [row] = await forest.children(await nodeAt(forest, 'demo'));
    assert.deepEqual([row?.row.click, row?.row.words], ['hybridClusters.signIn', ['failure', 'can:signIn', 'can:showLog']]);
    assert.deepEqual(
      opened.projects.map(({ cloud }) => cloud),
      ['other'],
    );
    assert.deepEqual(clouds.log.splice(0), ['in RegionOne', 'out RegionOne']);
    await signIn(parts, 'demo');
    forest.refresh();
    assert.equal(await under('demo'), '▸ demo   project');
    assert.deepEqual(clouds.log, ['out RegionOne', 'in RegionOne']);
  });

  it('a cloud of several regions, each of them waits', async () => {
    const { under, parts } = view(['one', 'two']);
    await signOut(parts, 'demo');
    for (const region of ['one', 'two']) assert.match(await under('demo', region), /^✗ You are signed out of cloud demo\./);
    await signIn(parts, 'demo');
    for (const region of ['one', 'two']) assert.equal(await under('demo', region), '▸ demo   project');
  });

  it('a cloud that refuses is tried again by looking again', async () => {
    const { clouds, forest, under } = view();
    clouds.refuse({ reason: 'signedOut', message: "Cloud demo did not accept alice's password. Sign in again." });
    assert.match(await under('demo'), /^✗ Cloud demo did not accept/);
    clouds.refuse(undefined);
    // The cloud's own row tells the refusal first.
    while (!(await printChildren(forest)).includes('sign in')) await new Promise((resolve) => setTimeout(resolve, 10));
    forest.refresh(await nodeAt(forest, 'demo'));
    assert.equal(await under('demo'), '▸ demo   project');
  });
});
