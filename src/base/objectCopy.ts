/**
 * Whether the value of an annotation holds what a tool keeps of the whole object, the values of a Secret among it: as JSON (kapp's `kapp.k14s.io/original`, a `last-applied-configuration`), within another copy or as YAML, or packed by gzip
 * (Rancher's `objectset.rio.cattle.io/applied`).
 */
const isObjectCopy = (value: unknown): boolean =>
  typeof value === 'string' && /(?:^|[^\w-])(?:data|stringData)[\\"']*\s*:|^H4sI/m.test(value);

/** Annotations of a Secret with something else in place of each copy of the object. */
export function withoutCopies(
  annotations: Readonly<Record<string, string>>,
  instead: (key: string, value: string) => string = () => '***',
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key, isObjectCopy(value) ? instead(key, value) : value]),
  );
}
