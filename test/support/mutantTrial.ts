import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { checkManifests } from '../../src/manifest/check.ts';
import type { Finding } from '../../src/manifest/finding.ts';
import { type Manifest, parseManifests } from '../../src/manifest/manifest.ts';
import type { SchemasOf } from '../../src/manifest/schema/structure.ts';
import { fakeCloud } from './fakeCloud.ts';
import { type Fate, fateOf, type Mutant, mutantsOf, type Schema, type Swaps, schemasIn } from './mutants.ts';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const worldText = readFileSync(`${fixtures}mutants/world.yaml`, 'utf8');
const world: Readonly<Record<string, readonly { readonly id?: string; readonly name?: string }[]>> = parse(worldText);

const swaps: Swaps = {
  otherKind: (kind) => {
    const { id = '', name = '' } = world[kind === 'network.subnet' ? 'network.network' : 'network.subnet']?.[0] ?? {};
    return { id, name };
  },
  otherSubnet: (subnet) => world['network.subnet']?.find(({ id }) => id !== subnet)?.id,
};

/** A folder of manifests that are right, and what definitions beside them say. */
export interface Trial {
  readonly files: readonly string[];
  /** What is said of a file as it stands: nothing, if all is well. */
  right(file: string): Promise<readonly Finding[]>;
  mutants(file: string): readonly Mutant[];
  /** What became of a mutant; what is said of the file anyway does not count. */
  try(mutant: Mutant): Promise<Fate>;
}

/** What a cluster publishes: for the check, and, `apiVersion kind` → schema without references, for the one who makes the mistakes. */
export interface Published {
  readonly schemasOf: SchemasOf;
  readonly roots: ReadonlyMap<string, Schema>;
}

/** Manifests of the repository when no folder is given; definitions likewise. */
export function trialOf(
  folder = `${fixtures}mutants`,
  definitionsIn = `${fixtures}crds`,
  published: Published = { schemasOf: () => [], roots: new Map() },
): Trial {
  const definitions = manifestsIn(definitionsIn);
  const schemas = new Map([...schemasIn(definitions), ...published.roots]);
  const cloud = fakeCloud(worldText);
  const check = async (file: string, text: string) =>
    (await checkManifests(parseManifests(file, text), cloud, undefined, definitions, published.schemasOf)).findings;
  const textOf = (file: string) => readFileSync(`${folder}/${file}`, 'utf8');
  const asTheyStand = new Map<string, readonly Finding[]>();
  const right = async (file: string) => {
    const known = asTheyStand.get(file) ?? (await check(file, textOf(file)));
    asTheyStand.set(file, known);
    return known;
  };
  return {
    files: globSync('**/*.yaml', { cwd: folder })
      .filter((file) => !file.endsWith('world.yaml'))
      .sort(),
    right,
    mutants: (file) => mutantsOf(file, textOf(file), schemas, swaps),
    try: async (mutant) => {
      const before = new Set((await right(mutant.file)).map(({ code, message }) => `${code} ${message}`));
      const findings = await check(mutant.file, mutant.text);
      return fateOf(
        mutant,
        findings.filter(({ code, message }) => !before.has(`${code} ${message}`)),
      );
    },
  };
}

function manifestsIn(folder: string): readonly Manifest[] {
  return globSync('*.yaml', { cwd: folder })
    .sort()
    .flatMap((file) => parseManifests(file, readFileSync(`${folder}/${file}`, 'utf8')));
}
