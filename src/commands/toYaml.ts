import { stringify } from 'yaml';

/** Plain data as YAML: long lines stay whole, equal parts are written out twice rather than aliased. */
export function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
