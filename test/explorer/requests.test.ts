import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openClouds } from '../../src/explorer/cloudsNodes.ts';
import { Forest } from '../../src/explorer/forest.ts';
import { Opened } from '../../src/explorer/opened.ts';
import { groups, kindOf } from '../../src/openstack/kinds/kinds.ts';
import { nodeAt } from '../support/printTree.ts';
import { scriptedCloud } from '../support/scriptedCloud.ts';

test('opening a project asks nobody, opening a group asks once for each of its kinds and for its quota, and opening one of these asks nobody', async () => {
  await using scripted = await scriptedCloud({
    'GET /identity/v3/auth/projects': { json: { projects: [{ id: 'demo-id', name: 'demo' }] } },
    'GET /compute/v2.1/servers/detail*': { json: { servers: [{ id: 's', name: 'web', status: 'ACTIVE' }] } },
    'GET /compute/v2.1/flavors/detail*': { json: { flavors: [{ id: 'f', name: 'm1.small' }] } },
    'GET /compute/v2.1/*': { json: { keypairs: [], server_groups: [], availabilityZoneInfo: [] } },
  });
  const parts = { clouds: scripted.clouds, opened: new Opened(), otherWorld: () => undefined, isBound: () => false };
  const forest = new Forest(openClouds(parts));
  /** What was asked since, once nothing more comes. */
  const asked = async (before: number) => {
    for (let seen = -1; seen !== scripted.asked().length; await delay(100)) seen = scripted.asked().length;
    return scripted.asked().slice(before).sort();
  };
  assert.deepEqual(await asked(0), []);

  await forest.children(await nodeAt(forest, 'scripted', 'demo'));
  assert.deepEqual(await asked(0), []);

  await forest.children(await nodeAt(forest, 'scripted', 'demo', 'Compute'));
  const kinds = groups.find(([group]) => group === 'Compute')?.[1].filter((kind) => scripted.project.offers(kind)) ?? [];
  const lists = await asked(0);
  const paths = kinds.map((kind) => `GET /compute/v2.1${kindOf(kind).listPath ?? kindOf(kind).path}`).sort();
  assert.deepEqual(
    lists.map((line) => line.replace(/\?.*/, '')),
    ['GET /compute/v2.1/limits', ...paths].sort(),
  );

  const known = scripted.asked().length;
  await forest.children(await nodeAt(forest, 'scripted', 'demo', 'Compute', 'Flavors'));
  assert.deepEqual(await asked(known), []);
  forest.dispose();
});
