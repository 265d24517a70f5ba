import { type Manifest, parseManifests } from '../../manifest/manifest.ts';
import type { ManifestFile } from './discover.ts';

const parsed = new WeakMap<ManifestFile, readonly Manifest[]>();

/** The manifests of a file that was found, parsed once: whose credentials count is looked for in the same files that are checked. */
export function manifestsIn(found: ManifestFile): readonly Manifest[] {
  const known = parsed.get(found) ?? parseManifests(found.file, found.text);
  parsed.set(found, known);
  return known;
}
