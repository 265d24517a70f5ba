import { field, isFields, listAt, type Path } from '../../base/fields.ts';

/** Kubernetes writes field paths in two ways: `spec.containers[0].image` (validation) and `.spec.containers[name="web"].image`, `.data.x`, `.metadata.annotations.a.b/c` (managed fields). */
const STEP = /^\.?([^.[\]]+)|^\[([^\]]*)\]/;

/**
 * Reads a field path of a Status cause as the path in an object. Keys that hold dots are matched against the object's own keys; list items named by key
 * (`[name="web"]`) become indexes. What does not exist in the object ends the path: the result is the nearest existing parent.
 */
export function readFieldPath(text: string, object: unknown): Path {
  return walk(text, object).path;
}

/** The same path, or undefined where the object does not hold all of it: for whoever takes the field away. */
export function wholeFieldPath(text: string, object: unknown): Path | undefined {
  const { path, isWhole } = walk(text, object);
  return isWhole && path.length > 0 ? path : undefined;
}

function walk(text: string, object: unknown): { readonly path: Path; readonly isWhole: boolean } {
  const path: (string | number)[] = [];
  let rest = text;
  while (rest !== '') {
    const inside = field(object, ...path);
    const dotted = isFields(inside) ? dottedKey(rest, inside) : undefined;
    if (dotted !== undefined) {
      path.push(dotted.key);
      rest = dotted.rest;
      continue;
    }
    const match = STEP.exec(rest);
    if (!match) return { path, isWhole: false };
    rest = rest.slice(match[0].length);
    const step = match[1] ?? itemIndex(match[2] ?? '', listAt(object, ...path));
    if (step === undefined || field(object, ...path, step) === undefined) return { path, isWhole: false };
    path.push(step);
  }
  return { path, isWhole: true };
}

function dottedKey(rest: string, inside: object): { key: string; rest: string } | undefined {
  const body = rest.startsWith('.') ? rest.slice(1) : rest;
  const bracketed = /^\[([^\]"=]+)\]/.exec(rest);
  if (bracketed?.[1] !== undefined && bracketed[1] in inside) return { key: bracketed[1], rest: rest.slice(bracketed[0].length) };
  const key = Object.keys(inside)
    .filter((name) => body === name || (body.startsWith(name) && /[.[]/.test(body.charAt(name.length))))
    .sort((one, other) => other.length - one.length)[0];
  return key === undefined ? undefined : { key, rest: body.slice(key.length) };
}

/** `0`, `name="web"` or `containerPort=80,protocol="TCP"`. */
function itemIndex(text: string, list: readonly unknown[]): number | undefined {
  if (/^\d+$/.test(text)) return Number(text);
  const wanted = [...text.matchAll(/([^=,]+)=("[^"]*"|[^,]+)/g)].map(
    ([, key, value]) => [key ?? '', (value ?? '').replaceAll('"', '')] as const,
  );
  if (wanted.length === 0) return undefined;
  const matches = (item: unknown) =>
    wanted.every(([key, value]) => field(item, key) === undefined || String(field(item, key)) === value) &&
    wanted.some(([key]) => field(item, key) !== undefined);
  const index = list.findIndex(matches);
  return index < 0 ? undefined : index;
}

/** An object without some of its fields. */
export function withoutFields<T>(object: T, paths: readonly Path[]): T {
  // from the back, so that an item of a list that goes moves no path still to come
  return [...paths].sort(backwards).reduce<unknown>(withoutField, object) as T;
}

function backwards(one: Path, other: Path): number {
  const [first = 0, second = 0] = [one.at(-1), other.at(-1)];
  return typeof first === 'number' && typeof second === 'number' ? second - first : 0;
}

function withoutField(tree: unknown, [step, ...rest]: Path): unknown {
  if (Array.isArray(tree))
    return rest.length === 0
      ? tree.filter((_, index) => index !== step)
      : tree.map((item, index) => (index === step ? withoutField(item, rest) : item));
  if (!isFields(tree) || step === undefined) return tree;
  const { [step]: inner, ...others } = tree;
  return rest.length === 0 ? others : { ...others, [step]: withoutField(inner, rest) };
}
