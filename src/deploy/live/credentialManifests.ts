import { mayLeadToCredentials } from '../../manifest/credentialsPath.ts';
import type { Manifest } from '../../manifest/manifest.ts';
import type { ManifestFile } from '../files/discover.ts';
import { manifestsIn } from '../files/parsedFile.ts';

/** The manifests of those files that may lead to credentials, read when they are first wanted. */
export function credentialManifests(files: readonly ManifestFile[]): () => Promise<readonly Manifest[]> {
  let read: readonly Manifest[] | undefined;
  return async () => {
    read ??= files.flatMap((found) => (mayLeadToCredentials.test(found.text) ? manifestsIn(found) : []));
    return read;
  };
}
