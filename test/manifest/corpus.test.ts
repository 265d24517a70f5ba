/** Manifests as projects publish them: nothing is wrong with them, so nothing may be said of them. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { referencesOf } from '../../src/manifest/references.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const corpus = fileURLToPath(new URL('../fixtures/corpus/', import.meta.url));
const files = globSync('**/*.yaml', { cwd: corpus }).sort();
const read = (file: string) => parseManifests(file, readFileSync(corpus + file, 'utf8'));

/** A cloud in which everything is that the examples name. */
const cloud = fakeCloud(`
network.network: [{ id: 9be23551-38e2-4d27-b5ea-ea2ea1321bd6, name: public, router:external: true }]
network.security_group: [{ id: 51a1ab1e-0000-4000-8000-000000000005, name: default }]
compute.flavor: [{ id: '1', name: m1.tiny }]
compute.availability_zone: [{ zoneName: nova1, zoneState: { available: true } }]
`);

describe('published manifests', () => {
  for (const file of files)
    it(`${file}: nothing is said of it`, async () => {
      const manifests = read(file);
      assert.ok(manifests.length > 0);
      const { findings, unknown } = await checkManifests(manifests, cloud);
      assert.deepEqual(
        findings.map(({ code, message }) => `${code} ${message}`),
        [],
      );
      assert.equal(unknown, 0);
    });

  it('point at the cloud where they do, and nowhere else', () => {
    const all = files.flatMap((file) =>
      read(file).flatMap(({ local }) =>
        referencesOf(local).map(({ rule, query }) => `${rule.to} ${JSON.stringify(query.value)}`),
      ),
    );
    assert.deepEqual(all, [
      'compute.availability_zone "nova1"',
      'network.network "9be23551-38e2-4d27-b5ea-ea2ea1321bd6"',
      'compute.flavor {"name":"m1.tiny"}',
      'network.security_group {"name":"default"}',
    ]);
  });
});
