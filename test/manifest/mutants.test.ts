/** Known mistakes, seeded one at a time into manifests that are right: each is to be found where it is, and said once. `node test/bench/mutants.ts` prints every one that is not. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Fate, mistakes, table } from '../support/mutants.ts';
import { trialOf } from '../support/mutantTrial.ts';

const published = trialOf(fileURLToPath(new URL('../fixtures/corpus', import.meta.url)));
const ours = trialOf();

describe('manifests that are right', () => {
  for (const [trial, told] of [
    [ours, () => true],
    // Their clouds are not the world of the mutants.
    [published, ({ code }: { code: string }) => code !== 'reference.missing'],
  ] as const)
    for (const file of trial.files)
      it(`${file}: nothing is said of it by its definitions either`, async () => {
        assert.deepEqual((await trial.right(file)).filter(told), []);
      });
});

describe('seeded mistakes', () => {
  it('are caught where they are, at least 95 of 100 of each sort, and said once', async (t) => {
    const fates: Fate[] = [];
    for (const file of ours.files) for (const mutant of ours.mutants(file)) fates.push(await ours.try(mutant));
    // Of those in the larger files every seventh.
    for (const file of published.files)
      for (const [index, mutant] of published.mutants(file).entries())
        if (index % 7 === 0) fates.push(await published.try(mutant));
    for (const line of table(fates).split('\n')) t.diagnostic(line);
    assert.deepEqual(
      fates.flatMap(({ echoes, mutant }) => echoes.map(({ code }) => `${mutant.mistake}, ${mutant.done}: ${code}`)),
      [],
    );
    for (const mistake of mistakes) {
      const of = fates.filter(({ mutant }) => mutant.mistake === mistake);
      const missed = of.filter(({ caught }) => !caught);
      assert.ok(of.length >= 4, `${mistake}: ${of.length} are too few to tell`);
      assert.ok(missed.length <= of.length * 0.05, `${mistake}:\n${missed.map(({ mutant }) => mutant.done).join('\n')}`);
    }
  });
});
