/** Takes a setting as the user wrote it; undefined when it is not of the type wanted. */
export type Reader<T> = (value: unknown) => T | undefined;

export const boolean: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);

/** A whole number, 0 or more. */
export const integer: Reader<number> = (value) => (Number.isInteger(value) && Number(value) >= 0 ? Number(value) : undefined);

/** A list of texts; other members are dropped. */
export const strings: Reader<readonly string[]> = (value) =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '') : undefined;

/** One of the words. */
export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value) => words.find((word) => word === value);
}

/** An object of texts with the keys named; other keys and empty texts are dropped. */
export function object<T extends { readonly [K in keyof T]?: string }>(keys: readonly (keyof T & string)[]): Reader<T> {
  return (value) => {
    if (!isObject(value)) return undefined;
    const entries = keys.map((key) => [key, value[key]]).filter(([, text]) => typeof text === 'string' && text !== '');
    return Object.fromEntries(entries) as T;
  };
}

/** Any key, each value as `read` takes it; entries that it does not take are dropped. */
export function each<T>(read: Reader<T>): Reader<Readonly<Record<string, T>>> {
  return (value) => {
    if (!isObject(value)) return undefined;
    const entries = Object.entries(value).flatMap(([key, one]) => {
      const found = read(one);
      return found === undefined ? [] : [[key, found] as const];
    });
    return Object.fromEntries(entries);
  };
}

/** Any key, each value one of the words; other entries are dropped. */
export function record<const T extends string>(...words: readonly T[]): Reader<Readonly<Record<string, T>>> {
  return each(oneOf(...words));
}

/** Any key, each value a text; other entries and empty texts are dropped. */
export const texts: Reader<Readonly<Record<string, string>>> = each((value) =>
  typeof value === 'string' && value !== '' ? value : undefined,
);

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
