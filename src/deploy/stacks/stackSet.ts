import type { Discovered, ManifestFile } from '../files/discover.ts';
import type { Files } from '../files/files.ts';
import { readManifests } from '../files/readManifests.ts';
import type { Blocker } from '../types.ts';
import { isStack, mayDeclareStack, readDeclaration, type StackDeclaration } from './declaration.ts';
import { madeByStack, namesOf, templateOf } from './madeByStack.ts';
import { readStackFiles, type StackFiles } from './stackFiles.ts';

/** A declared stack with its files and the names of what it makes (`network.network shop-net`). */
export interface StackSource {
  readonly declaration: StackDeclaration;
  readonly files: StackFiles;
  readonly makes: ReadonlySet<string>;
}

/** The stacks among what was discovered, and what keeps one of them from being deployed. */
export interface StackSet {
  readonly stacks: readonly StackSource[];
  readonly blockers: readonly Blocker[];
}

/** What was discovered, with the templates and environments of its stacks, which are to be checked with it. */
export interface DiscoveredWithStacks {
  readonly discovered: Discovered;
  readonly set: StackSet;
  /** Whether a file is the user's: others stand for what stacks make, and are not checked themselves. */
  readonly isWritten: (file: string) => boolean;
}

/**
 * Reads the stacks that are declared in what was discovered, each with its template, environments and all that these name, from the folders `within`. What is wrong with one is a blocker at its place. Nothing is
 * read where nothing is declared.
 */
export async function withStacks(discovered: Discovered, files: Files, within: readonly string[]): Promise<DiscoveredWithStacks> {
  const stacks: StackSource[] = [];
  const blockers: Blocker[] = [];
  const added = new Map<string, ManifestFile>();
  const made = new Set<string>();
  const declared = discovered.files
    .filter(({ text }) => mayDeclareStack(text))
    .flatMap((file) => readManifests(file).written.filter(({ object }) => isStack(object)));
  for (const written of declared) {
    const read = readDeclaration(written);
    if (!read.ok) {
      blockers.push({ message: read.failure.message, failure: read.failure, place: written.placeOf(read.at ?? []) });
      continue;
    }
    const declaration = read.value;
    const other = stacks.find((stack) => stack.declaration.name === declaration.name);
    const place = written.placeOf(['metadata', 'name']);
    if (other) {
      const { file, line } = other.declaration.written.source;
      blockers.push({ message: `Stack ${declaration.name} is also declared in ${file}:${line}. Keep one of them.`, place });
      continue;
    }
    const found = await readStackFiles(declaration, files, within);
    if (!found.ok) {
      blockers.push({ message: `Stack ${declaration.name}: ${found.failure.message}`, failure: found.failure, place });
      continue;
    }
    const resources = madeByStack(declaration, found.value);
    stacks.push({ declaration, files: found.value, makes: new Set(namesOf(resources)) });
    for (const file of found.value.checked) added.set(file.file, file);
    const stand: ManifestFile = { file: `stack ${declaration.name}.yaml`, text: templateOf(resources) };
    made.add(stand.file);
    added.set(stand.file, stand);
  }
  const known = new Set(discovered.files.map(({ file }) => file));
  const more = [...added.values()].filter(({ file }) => !known.has(file));
  return {
    discovered: more.length === 0 ? discovered : { ...discovered, files: [...discovered.files, ...more] },
    set: { stacks, blockers },
    isWritten: (file) => !made.has(file),
  };
}
