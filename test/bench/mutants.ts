/**
 * How many known mistakes the checks catch in manifests that are right, as a table, and each one that they miss or speak of twice.
 * `node test/bench/mutants.ts [folder of manifests [folder of definitions]]`; those of the repository by default.
 */

import { type Fate, table } from '../support/mutants.ts';
import { trialOf } from '../support/mutantTrial.ts';

const trial = trialOf(...process.argv.slice(2));
const fates: Fate[] = [];
for (const file of trial.files) {
  for (const { severity, code, message } of await trial.right(file))
    console.log(`as it stands: ${file}: ${severity} ${code}: ${message}`);
  for (const mutant of trial.mutants(file)) {
    const fate = await trial.try(mutant);
    const said = fate.findings.map(({ code, message }) => `\n    ${code}: ${message}`).join('');
    const how = fate.caught ? (fate.echoes.length > 0 ? 'said twice' : undefined) : 'missed';
    if (how) console.log(`${how}: ${mutant.mistake} in ${file}, ${mutant.done}${said}`);
    fates.push(fate);
  }
}
console.log(table(fates));
