import type { LocalManifest } from '../manifest.ts';
import type { LocalFinding } from '../parse.ts';
import { textAt } from '../path.ts';
import { definedKinds } from './customResources.ts';
import type { KnownSchema } from './fieldSchema.ts';
import { servedOtherwise } from './servedOtherwise.ts';
import { type SchemaFinding, validate } from './validate.ts';

/** A kind as a manifest names it. */
export interface KindName {
  readonly apiVersion: string;
  readonly kind: string;
}

/** The schemas that a manifest of a kind is read by; none where nobody has one. */
export interface SchemasOf {
  (kind: KindName): readonly KnownSchema[];
  /** The kinds of an API group that definitions at hand define, each version one; a connected cluster may serve others. */
  readonly defined?: ((group: string) => readonly KindName[]) | undefined;
}

/** What all schemas of a manifest's kind find wrong, and no error of `told` stands at already. */
export function structureOf(
  manifest: LocalManifest,
  schemasOf: SchemasOf,
  told: readonly LocalFinding[],
): readonly SchemaFinding[] {
  const { apiVersion, kind } = manifest;
  if (apiVersion === undefined || kind === undefined) return [];
  const schemas = schemasOf({ apiVersion, kind });
  if (schemas.length === 0) return servedOtherwise(manifest, schemasOf.defined ?? (() => []));
  const [first = [], ...others] = schemas.map((known) => validate(manifest, known));
  if (first.length === 0) return first;
  const isTold = ({ severity, code }: LocalFinding) => severity === 'error' || code === 'object.misspelt';
  const starts = new Set(told.flatMap((one) => (isTold(one) ? [one.range.start] : [])));
  const isSame = (one: SchemaFinding) => (other: SchemaFinding) =>
    other.code === one.code && other.range.start === one.range.start;
  return first.filter((one) => !starts.has(one.range.start) && others.every((found) => found.some(isSame(one))));
}

/** The schemas of the kinds that some of these manifests define, each read when first asked for. */
export function schemasDefinedBy(manifests: readonly LocalManifest[]): SchemasOf {
  const definitions = manifests.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const known = new Map<string, readonly KnownSchema[]>();
  const schemasOf = ({ apiVersion, kind }: KindName) => {
    if (definitions.length === 0) return [];
    const key = `${apiVersion} ${kind}`;
    const read =
      known.get(key) ?? definitions.filter((one) => defines(one, apiVersion, kind)).flatMap((one) => schemasIn(one, apiVersion));
    known.set(key, read);
    return read;
  };
  const defined = (group: string) =>
    definitions.flatMap((one) => (textAt(one.root, 'spec.group', one.tree) === group ? definedKinds(one) : []));
  return Object.assign(schemasOf, { defined });
}

function defines({ root, tree }: LocalManifest, apiVersion: string, kind: string): boolean {
  return textAt(root, 'spec.names.kind', tree) === kind && apiVersion.startsWith(`${textAt(root, 'spec.group', tree)}/`);
}

function schemasIn(definition: LocalManifest, apiVersion: string): readonly KnownSchema[] {
  return definedKinds(definition).flatMap((one) => (one.apiVersion === apiVersion ? [{ schema: one.schema }] : []));
}
