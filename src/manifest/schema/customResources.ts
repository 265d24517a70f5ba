import { sharedJson } from '../json.ts';
import type { LocalManifest } from '../manifest.ts';
import { asSchema, type KindSchema } from './fieldSchema.ts';

/** The schema of one version of a kind that a manifest defines. */
export interface DefinedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly schema: KindSchema;
}

/** The kinds a CustomResourceDefinition defines, one for each version that is served and has a schema; none for any other manifest, or a broken one. Source: apiextensions.k8s.io/v1. */
export function definedKinds(manifest: LocalManifest): readonly DefinedKind[] {
  const known = readOnce.get(manifest.root) ?? readKinds(manifest);
  readOnce.set(manifest.root, known);
  return known;
}

/** A definition is large, and asked for each kind of its group. */
const readOnce = new WeakMap<object, readonly DefinedKind[]>();

function readKinds(manifest: LocalManifest): readonly DefinedKind[] {
  if (manifest.kind !== 'CustomResourceDefinition' || manifest.apiVersion !== 'apiextensions.k8s.io/v1') return [];
  const json = manifest.document.template ? undefined : sharedJson(manifest.root, manifest.tree);
  const spec = json?.ok ? asSchema(asSchema(json.value)?.['spec']) : undefined;
  const [group, kind] = [spec?.['group'], asSchema(spec?.['names'])?.['kind']];
  const versions = spec?.['versions'];
  // Then nothing is dropped, whatever the schema says.
  if (
    typeof group !== 'string' ||
    typeof kind !== 'string' ||
    !Array.isArray(versions) ||
    spec?.['preserveUnknownFields'] === true
  )
    return [];
  return versions.flatMap((one): DefinedKind[] => {
    const version = asSchema(one);
    const root = asSchema(asSchema(version?.['schema'])?.['openAPIV3Schema']);
    const name = version?.['name'];
    if (!root || typeof name !== 'string' || version?.['served'] === false) return [];
    return [{ apiVersion: `${group}/${name}`, kind, schema: { root, definitions: {} } }];
  });
}
