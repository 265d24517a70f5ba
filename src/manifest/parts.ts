import { isMap } from 'yaml';
import { embeddedIn } from './embedded.ts';
import { formOf } from './form.ts';
import { partsOfTemplate } from './heatTemplate.ts';
import type { LocalManifest } from './manifest.ts';
import { keyText, pairOf, resolved } from './parse.ts';

/** A manifest and everything in it that rules speak of by itself: configuration files in a Secret, the clouds of a clouds.yaml, the resources of a Heat template. */
export function withParts(manifest: LocalManifest): readonly LocalManifest[] {
  const parts = partsOf(manifest);
  return parts.length === 0 ? [manifest] : [manifest, ...parts.flatMap(withParts)];
}

/** The parts that stand in a manifest itself. Each knows where (`at`), unless what stands there is not its text as it is. */
export function partsOf(manifest: LocalManifest): readonly LocalManifest[] {
  if (manifest.kind !== undefined) return embeddedIn(manifest);
  switch (formOf(manifest)) {
    case 'clouds.yaml':
      return clouds(manifest);
    case 'heat template':
      return partsOfTemplate(manifest);
    default:
      return [];
  }
}

function clouds(manifest: LocalManifest): LocalManifest[] {
  const all = resolved(pairOf(manifest.root, 'clouds')?.value, manifest.tree);
  if (!isMap(all)) return [];
  return all.items.flatMap(({ key, value }): LocalManifest[] => {
    const root = resolved(value, manifest.tree);
    if (!isMap(root)) return [];
    return [{ ...manifest, root, form: 'cloud of clouds.yaml', at: ['clouds', keyText(key)] }];
  });
}
