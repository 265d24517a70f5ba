/** Every word of the table of actions is carried out from the palette of a real window, and openstacksdk says what became of it. */
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { actions } from '../../../src/openstack/actions/actions.ts';
import { type ActionWord, actionWords } from '../../../src/openstack/actions/actionWords.ts';
import { startSdk } from '../../support/sdk.ts';
import { type Chain, play, type Teller, wordsOf } from './actionChain.ts';
import { adminStories } from './adminStories.ts';
import { carryOut, commandOf } from './carryOut.ts';
import { inWindow, type Scene } from './inWindow.ts';
import { memberStories } from './memberStories.ts';
import { Palette } from './palette.ts';

const mark = `ui-${process.pid}`;
/** While one works on them: the names of the chains that are played, `server,volume`. */
const only = (process.env['ACTION_CHAINS'] || undefined)?.split(',');
/** What the sandbox has nobody for. */
const elsewhere: Partial<Record<ActionWord, string>> = {
  backUpVolume: 'no cinder-backup runs in the sandbox',
  restoreBackup: 'no cinder-backup runs in the sandbox',
  restoreOver: 'no cinder-backup runs in the sandbox',
  snapshotShare: "the sandbox's share back end takes no snapshots",
  revertShare: "the sandbox's share back end takes no snapshots",
  restoreServer: 'the sandbox deletes at once (reclaim_instance_interval is 0)',
  failOverAmphora: 'no amphorae in the sandbox',
  cancelUpdate: 'an update in the sandbox is over before it could be cancelled',
  emptyHost: "it would move the seed's servers, and nova's fake driver takes none back that was on the host before",
  abortNode: 'nothing of the fake hardware waits',
};
const outcomes = new Map<ActionWord, string>();

/** Plays chains in one window; fails with everything that went wrong. */
async function playAll({ window, sandbox, folder }: Scene, cloud: string, chains: readonly Chain[]): Promise<void> {
  const palette = new Palette(window.page);
  await using sdk = await startSdk(sandbox);
  const failures: string[] = [];
  const template = join(folder, 'another.yaml');
  await writeFile(template, 'heat_template_version: 2018-08-31\nresources:\n  another: {type: OS::Heat::None}\n');
  for (const chain of chains.filter(({ name }) => only?.includes(name) ?? true)) {
    let began = 0;
    const teller: Teller = {
      act: async (step) => {
        began = performance.now();
        await carryOut(palette, step);
        if (step.seen === undefined) {
          const told = await palette.until(`a sentence like ${step.says}`, ({ notifications }) =>
            notifications.find((text) => !text.includes(' · ') && step.says.test(text)),
          );
          outcomes.set(step.word, `refused here: ${told}`);
          await window.clearNotifications();
        }
      },
      told: async () => (await palette.look()).notifications.find((text) => !text.includes(' · ')),
      verified: ({ word }) => {
        outcomes.set(word, 'carried out and verified');
        console.log(`${chain.name}: ${word} ${Math.round(performance.now() - began)} ms`);
      },
      failed: async (step, error) => {
        const why = error instanceof Error ? error.message : String(error);
        const told = (await palette.look()).notifications.join(' | ');
        failures.push(`${chain.name}: ${step}\n  ${why}${told && `\n  the window says: ${told}`}`);
        console.log(failures.at(-1));
        const [word] = wordsOf({ name: '', story: step });
        if (word) outcomes.set(word.word, `not carried out: ${why.slice(0, 120)}`);
        await window.keep(`every-action-${chain.name}-${failures.length}`);
        await palette.close();
        if (told !== '') await window.clearNotifications().catch(() => {});
      },
    };
    await play(chain, { sdk, cloud, values: { m: mark, template } }, teller);
  }
  assert.deepEqual(failures, []);
}

/** Binds the copy of the workspace to a project as a cloud's user, beside the sandbox's cluster. */
const bound = (cloud: string) => async (folder: string) => {
  const binding = { cloud, project: 'demo', context: 'sandbox-admin', namespace: 'shop' };
  await mkdir(join(folder, '.vscode'), { recursive: true });
  await writeFile(join(folder, '.vscode/settings.json'), JSON.stringify({ 'hybridClusters.binding': binding }));
};

test('every word of the table of actions is carried out by a story, or is said to be elsewhere', () => {
  const told = new Set([...memberStories, ...adminStories].flatMap(wordsOf).map(({ word }) => word));
  const missing = actionWords.filter((word) => !told.has(word) && !(word in elsewhere));
  const twice = actionWords.filter((word) => told.has(word) && word in elsewhere);
  assert.deepEqual({ missing, twice }, { missing: [], twice: [] });
});

test('no two commands of the palette have the same title', () => {
  const all = actionWords.map(commandOf);
  assert.deepEqual(
    all.filter((title, index) => all.indexOf(title) !== index),
    [],
  );
});

inWindow('alice does every action of a member from the palette', (scene) => playAll(scene, 'demo', memberStories), {
  prepare: bound('demo'),
});
inWindow('an administrator does every other action from the palette', (scene) => playAll(scene, 'admin', adminStories), {
  prepare: bound('admin'),
});

after(() => {
  const rows = actionWords.map((word) => {
    const outcome = outcomes.get(word) ?? (elsewhere[word] ? `elsewhere: ${elsewhere[word]}` : 'not played');
    return `${word.padEnd(20)} ${commandOf(word).padEnd(60)} ${actions[word].admin ? 'admin' : '     '} ${outcome}`;
  });
  console.log(rows.join('\n'));
});
