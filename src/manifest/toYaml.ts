import { stringify } from 'yaml';

const first = ['apiVersion', 'kind', 'metadata', 'spec'];

/** Plain data as YAML: what says what it is comes first, long lines stay whole, equal parts are written out twice rather than aliased, and what kubectl would read as something else than a text is quoted (`yes`, `0644`). */
export function toYaml(value: unknown): string {
  return stringify(inOrder(value), { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const rank = (key: string) => (first.includes(key) ? first.indexOf(key) : first.length);
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => rank(one) - rank(other)));
}
