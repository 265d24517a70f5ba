import type { Upgrade } from '../../manifest/apiVersions.ts';
import type { Finding } from '../../manifest/finding.ts';
import { parseManifests } from '../../manifest/manifest.ts';
import { upgradeOfManifest } from '../../manifest/upgradeFindings.ts';

/** What an upgrade does to the manifests of files; `texts` by the name of each file. */
export function upgradeOfTexts(texts: ReadonlyMap<string, string>, upgrade: Upgrade): readonly Finding[] {
  return [...texts].flatMap(([file, text]) =>
    parseManifests(file, text).flatMap((manifest) => upgradeOfManifest(manifest, upgrade) ?? []),
  );
}
