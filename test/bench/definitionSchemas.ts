import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

type Schema = Record<string, unknown>;

/** The schema of a version of a kind as one published CustomResourceDefinition says it. */
export interface DefinitionSchema {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: Schema;
}

export const definitions = new URL('../fixtures/crds/capo.yaml', import.meta.url);

/** Those of cluster-api-provider-openstack. */
export function definitionSchemas(): readonly DefinitionSchema[] {
  return parseAllDocuments(readFileSync(definitions, 'utf8')).flatMap((document) => {
    const spec = (document.toJS() as { spec?: { group: string; names: { kind: string }; versions: Version[] } } | null)?.spec;
    return (spec?.versions ?? []).map(({ name, schema }) => ({
      group: spec?.group ?? '',
      version: name,
      kind: spec?.names.kind ?? '',
      schema: schema.openAPIV3Schema,
    }));
  });
}

interface Version {
  readonly name: string;
  readonly schema: { readonly openAPIV3Schema: Schema };
}

/** The same as JSON Schema for validators of JSON: unknown fields are mistakes, as they are to us. */
export function strictly(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strictly);
  if (typeof schema !== 'object' || schema === null) return schema;
  const read: Schema = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strictly(value)]));
  const open = read['x-kubernetes-preserve-unknown-fields'] === true || 'additionalProperties' in read || !('properties' in read);
  return read['type'] === 'object' && !open ? { ...read, additionalProperties: false } : read;
}
