import { kindsWithParts } from '../kubernetes/objectParts.ts';
import type { Finding } from './finding.ts';
import { type Manifest, placed } from './manifest.ts';
import { type ObjectName, objectNamesOf } from './objectNames.ts';
import type { LocalFinding } from './parse.ts';

/** A name and the object that it is of: the same key for the same object. */
export interface KeyedName {
  readonly key: string;
  readonly name: ObjectName;
}

/** A key of a ConfigMap or Secret or a port of a Service that is wanted, and where it is written. */
export type Part = NonNullable<ObjectName['wants']>[number];

/** What is wrong with a use that wants a part which the object has not; `where` and `has` end and follow the sentence. */
export function lackingFinding(
  { name: { to, name, by } }: Pick<KeyedName, 'name'>,
  part: Part,
  { where = '', has = '' }: { readonly where?: string; readonly has?: string },
): LocalFinding {
  const what = to === '/Service' ? 'port' : 'key';
  return {
    range: part.range,
    severity: 'warning',
    code: what === 'port' ? 'object.missingPort' : 'object.missingKey',
    message: `${wordOf(to)} "${name}"${where} has no ${what} "${part.name}"; ${by} needs it.${has}`,
  };
}

/** The parts of each object that manifests declare; undefined for one that is made otherwise, or is still to be rendered: it may have any. */
export function partsIn(names: readonly KeyedName[]): ReadonlyMap<string, readonly string[] | undefined> {
  const known = new Map<string, readonly string[] | undefined>();
  for (const { key, name } of names) {
    if (name.role !== 'declares') continue;
    const before = known.has(key) ? known.get(key) : [];
    known.set(key, before && name.parts && [...before, ...name.parts]);
  }
  return known;
}

/** What a use wants of an object that is declared in full and has it not. */
export function missingPartsOf(use: KeyedName, parts: ReturnType<typeof partsIn>): LocalFinding[] {
  const declared = parts.get(use.key);
  if (!declared || use.name.role !== 'uses') return [];
  const all = [...new Set(declared)];
  const quoted = all.slice(0, 6).map((one) => `"${one}"`);
  const has = all.length === 0 ? ' It has none.' : ` It has ${quoted.join(', ')}.`;
  return (use.name.wants ?? []).filter(({ name }) => !all.includes(name)).map((part) => lackingFinding(use, part, { has }));
}

/** The kind of `group/Kind`. */
export function wordOf(to: string): string {
  return to.slice(to.indexOf('/') + 1);
}

/**
 * Keys and ports that manifests want of each other and do not have. Names without a namespace are of `namespace`. `checked` says in which manifests it is told; the others count for what they declare.
 */
export function missingParts(
  manifests: readonly Manifest[],
  namespace: string,
  checked: (manifest: Manifest) => boolean = () => true,
): readonly Finding[] {
  // Without an object that has parts, nothing can be said of any; to find all names in a thousand manifests takes as long as to check them.
  if (!manifests.some(({ kind }) => kind !== undefined && kindsWithParts.has(kind))) return [];
  const all = manifests.flatMap((manifest) => {
    if (!manifest.local.tree) return [];
    return objectNamesOf(manifest.local).map((name) => ({
      manifest,
      name,
      key: `${name.to} ${name.namespace ?? namespace}/${name.name}`,
    }));
  });
  const parts = partsIn(all);
  return all.flatMap(({ manifest, ...use }) => {
    const findings = checked(manifest) ? missingPartsOf(use, parts) : [];
    return findings.map((finding) => placed(finding, manifest.file, manifest.offset));
  });
}
