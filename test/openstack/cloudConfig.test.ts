import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { asSettings } from '../../src/openstack/configFiles.ts';
import { configWorlds, mergedByUs, placeWorld } from '../support/configWorlds.ts';

const root = mkdtempSync(join(tmpdir(), 'clouds-'));
after(() => rmSync(root, { recursive: true }));

/** Recorded from openstacksdk 0.101 by the live test beside this one, which also proves that it is still so. */
const golden = asSettings(JSON.parse(readFileSync(new URL('cloudConfig.golden.json', import.meta.url), 'utf8')));

for (const [title, world] of Object.entries(configWorlds)) {
  test(`as openstacksdk merged it: ${title}`, async () => {
    await using placed = await placeWorld(world, mkdtempSync(join(root, 'world-')));
    assert.deepEqual(placed.neutral(await mergedByUs(placed)), golden[title]);
  });
}
