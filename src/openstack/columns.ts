import type { Column, Resource } from './kind.ts';

/**
 * All values at a path of fields: dots descend, lists are entered. Missing and null values are left out.
 * A key that itself holds the dots or colons (`OS-EXT-AZ:availability_zone`) is found as it stands.
 */
export function valuesAt(value: unknown, path: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  if (path === '') return [value];
  if (typeof value !== 'object') return [];
  if (Object.hasOwn(value, path)) return valuesAt(Reflect.get(value, path), '');
  const dot = path.indexOf('.');
  if (dot < 0) return [];
  const key = path.slice(0, dot);
  return Object.hasOwn(value, key) ? valuesAt(Reflect.get(value, key), path.slice(dot + 1)) : [];
}

/** The values at a path as one text: booleans as yes and no, several joined by commas; undefined when there is none. */
export function textAt(resource: Resource, path: string): string | undefined {
  const direct = resource[path];
  if (typeof direct === 'string') return direct === '' ? undefined : direct;
  const texts = valuesAt(resource, path)
    .map(toText)
    .filter((text) => text !== '');
  return texts.length === 0 ? undefined : [...new Set(texts)].join(', ');
}

function toText(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'object') return JSON.stringify(value);
  return String(value);
}

/** A field under a title of its own. */
export function titled(title: string, path: string) {
  return { title, of: (resource: Resource) => textAt(resource, path) } as const satisfies Column;
}

/** A field that holds the id of a resource of `kind`. */
export function named<K extends string>(title: string, path: string, kind: K) {
  return { title, names: kind, of: (resource: Resource) => textAt(resource, path) } as const;
}

/** A word shown only when the field is true: `shared`, `external`. */
export function mark(title: string, path: string) {
  return {
    title,
    of: (resource: Resource) =>
      valuesAt(resource, path).some((value) => value === true || value === 'true') ? title : undefined,
  } as const;
}

/** How many entries a list field has: `3 members`, `1 member`. */
export function count(title: string, path: string) {
  return {
    title,
    of: (resource: Resource) => {
      const list = resource[path];
      return Array.isArray(list) ? `${list.length} ${list.length === 1 ? title.replace(/s$/, '') : title}` : undefined;
    },
  } as const;
}

/** A number of GiB. */
export function gib(title: string, path: string) {
  return { title, of: (resource: Resource) => suffixed(textAt(resource, path), 'GiB') } as const;
}

/** A number of MiB, shown in GiB when it is a whole number of them. */
export function mib(title: string, path: string) {
  return {
    title,
    of: (resource: Resource) => {
      const size = Number(textAt(resource, path) ?? Number.NaN);
      if (Number.isNaN(size)) return undefined;
      return size >= 1024 && size % 512 === 0 ? `${size / 1024} GiB` : `${size} MiB`;
    },
  } as const;
}

/** A number of bytes in the largest unit that keeps it above one. */
export function bytes(title: string, path: string) {
  return {
    title,
    of: (resource: Resource) => {
      const size = Number(textAt(resource, path) ?? Number.NaN);
      if (Number.isNaN(size)) return undefined;
      const power = Math.min(Math.floor(Math.log2(Math.max(size, 1)) / 10), 4);
      const scaled = size / 1024 ** power;
      return `${power === 0 ? size : scaled.toFixed(scaled < 10 ? 1 : 0)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][power]}`;
    },
  } as const;
}

/** A number with its unit: `2 vCPU`. */
export function amount(title: string, path: string, unit: string) {
  return { title, of: (resource: Resource) => suffixed(textAt(resource, path), unit) } as const;
}

function suffixed(text: string | undefined, unit: string): string | undefined {
  return text === undefined ? undefined : `${text} ${text === '1' ? unit.replace(/s$/, '') : unit}`;
}
