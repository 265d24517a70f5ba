import type { ManifestFile } from '../files/discover.ts';
import type { Files } from '../files/files.ts';
import type { Gathered } from '../files/gather.ts';
import { patchObjects } from '../files/patchObjects.ts';
import type { Blocker } from '../types.ts';

/** What was gathered for a target with the files of its patches put in. One that cannot be read blocks: what it was for would go out as it is. */
export async function readPatches<G extends Gathered>(gathered: G, patches: readonly string[], files: Files): Promise<G> {
  const read: ManifestFile[] = [];
  const blockers: Blocker[] = [];
  for (const file of patches) {
    const text = await files.read(file);
    if (text.ok) read.push({ file, text: text.value });
    else blockers.push({ message: text.failure.message, place: { file, range: { start: 0, end: 0 }, line: 1 } });
  }
  const { written, findings } = patchObjects(gathered.written, read);
  return {
    ...gathered,
    written,
    findings: [...gathered.findings, ...findings],
    blockers: [...gathered.blockers, ...blockers],
    texts: new Map([...gathered.texts, ...read.map(({ file, text }) => [file, text] as const)]),
  };
}
