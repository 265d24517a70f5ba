/** Plain JSON object, fields unknown. */
export type Fields = Readonly<Record<string, unknown>>;

/** A place inside an object: keys and list indexes from the root. */
export type Path = readonly (string | number)[];

/** The value at a path of a JSON tree, undefined where the tree ends before. */
export function field(tree: unknown, ...path: Path): unknown {
  let value = tree;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Array.isArray(value) ? value[Number(step)] : (value as Fields)[String(step)];
  }
  return value;
}

/** The same, if it is an object (not a list); else an empty one. */
export function fieldsAt(tree: unknown, ...path: Path): Fields {
  const value = field(tree, ...path);
  return isFields(value) ? value : {};
}

/** The same, if it is a list; else an empty one. */
export function listAt(tree: unknown, ...path: Path): readonly unknown[] {
  const value = field(tree, ...path);
  return Array.isArray(value) ? value : [];
}

/** The same, if it is a text. */
export function textAt(tree: unknown, ...path: Path): string | undefined {
  const value = field(tree, ...path);
  return typeof value === 'string' ? value : undefined;
}

/** The same, if it is a number. */
export function numberAt(tree: unknown, ...path: Path): number | undefined {
  const value = field(tree, ...path);
  return typeof value === 'number' ? value : undefined;
}

/** The same as texts by key: numbers and truth values as they are written, what is no scalar left out. */
export function textsAt(tree: unknown, ...path: Path): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fieldsAt(tree, ...path)).flatMap(([key, value]) =>
      typeof value === 'object' || value === undefined ? [] : [[key, String(value)]],
    ),
  );
}

/** Whether a value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two JSON values are equal, the order of keys aside. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) || Array.isArray(other)) {
    return (
      Array.isArray(one) &&
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, at) => sameJson(item, other[at]))
    );
  }
  if (!isFields(one) || !isFields(other)) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => key in other && sameJson(one[key], other[key]));
}
