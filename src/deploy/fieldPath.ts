import { field, isFields, listAt, type Path } from './fields.ts';

/** Kubernetes writes field paths in two ways: `spec.containers[0].image` (validation) and `.spec.containers[name="web"].image`, `.data.x`, `.metadata.annotations.a.b/c` (managed fields). */
const STEP = /^\.?([^.[\]]+)|^\[([^\]]*)\]/;

/**
 * Reads a field path of a Status cause as the path in an object. Keys that hold dots are matched against the object's own keys; list items named by key
 * (`[name="web"]`) become indexes. What does not exist in the object ends the path: the result is the nearest existing parent.
 */
export function readFieldPath(text: string, object: unknown): Path {
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
    if (!match) break;
    rest = rest.slice(match[0].length);
    const step = match[1] ?? itemIndex(match[2] ?? '', listAt(object, ...path));
    if (step === undefined || field(object, ...path, step) === undefined) break;
    path.push(step);
  }
  return path;
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
