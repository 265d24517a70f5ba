import { distance } from '../../base/distance.ts';
import { groupOf } from '../../kubernetes/objectKey.ts';
import type { LocalManifest } from '../manifest.ts';
import { rangeAt } from '../path.ts';
import type { KindName, SchemasOf } from './structure.ts';
import type { SchemaFinding } from './validate.ts';

/**
 * What the definitions at hand say of a kind that none of them defines: that it is there in other versions, or that one of its group is called nearly so. Of a group that they
 * do not know, nothing. A cluster may serve what they do not say, so it is a warning.
 */
export function servedOtherwise(
  { apiVersion = '', kind = '', root, tree, document }: LocalManifest,
  defined: NonNullable<SchemasOf['defined']>,
): readonly SchemaFinding[] {
  if (document.template && /[${]/.test(apiVersion + kind)) return [];
  const group = groupOf(apiVersion);
  const known = group === '' ? [] : defined(group);
  const ofKind = known.filter((one) => one.kind === kind);
  if (ofKind.some((one) => one.apiVersion === apiVersion)) return [];
  const [place, message, meant] =
    ofKind.length > 0
      ? ([
          'apiVersion',
          inOtherVersions(kind, apiVersion, ofKind),
          ofKind.length === 1 ? ofKind[0]?.apiVersion : undefined,
        ] as const)
      : (['kind', ...asNearly(kind, group, known)] as const);
  if (message === undefined) return [];
  const fixes = meant === undefined ? {} : { fixes: [{ title: `Use "${meant}"`, newText: meant }] };
  return [{ range: rangeAt(root, [place], tree), severity: 'warning', code: 'object.otherVersion', message, ...fixes }];
}

function inOtherVersions(kind: string, apiVersion: string, known: readonly KindName[]): string {
  const versions = [...new Set(known.map((one) => versionOf(one.apiVersion)))].join(', ');
  return `${kind} is defined in ${versions}, not in ${versionOf(apiVersion)}; a server with these definitions refuses it.`;
}

function asNearly(kind: string, group: string, known: readonly KindName[]): readonly [message?: string, meant?: string] {
  // One letter: Gadget and Widget are two kinds.
  const meant = known.map((one) => one.kind).find((one) => distance(one, kind, 1) === 1);
  return meant === undefined ? [] : [`${group} has no kind "${kind}" by these definitions. Did you mean "${meant}"?`, meant];
}

function versionOf(apiVersion: string): string {
  return apiVersion.slice(apiVersion.indexOf('/') + 1);
}
