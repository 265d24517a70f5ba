import { listAt } from '../base/fields.ts';
import type { KubeObject } from './cluster.ts';
import type { GroupObject } from './objectActions.ts';
import { textIn } from './objectFields.ts';

/** An object that a Kustomization or Application keeps, and what its keeper says of it. */
export interface Kept extends GroupObject {
  readonly said: readonly string[];
}

/**
 * What an object of Flux (`status.inventory.entries`, ids `<namespace>_<name>_<group>_<kind>` with `__` for a colon, as in sigs.k8s.io/cli-utils pkg/object) or of Argo CD
 * (`status.resources`) keeps. Objects of other clusters that it keeps there are named alike.
 */
export function inventoryOf({ status }: KubeObject): readonly Kept[] {
  return [
    ...listAt(status, 'inventory', 'entries').flatMap((entry) => fromId(textIn(entry, 'id') ?? '') ?? []),
    ...listAt(status, 'resources').flatMap((resource) => {
      const [kind, name] = [textIn(resource, 'kind'), textIn(resource, 'name')];
      const health = textIn(resource, 'health', 'status');
      const sync = textIn(resource, 'status');
      const said = [
        sync === 'Synced' ? undefined : sync,
        health === 'Healthy' ? undefined : health,
        textIn(resource, 'health', 'message'),
      ];
      return kind === undefined || name === undefined
        ? []
        : [
            {
              group: textIn(resource, 'group') ?? '',
              kind,
              name,
              namespace: textIn(resource, 'namespace'),
              said: said.filter((word) => word !== undefined),
            },
          ];
    }),
  ];
}

function fromId(id: string): Kept | undefined {
  const [, namespace = '', name = '', group = '', kind = ''] = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(id) ?? [];
  if (name === '' || kind === '') return undefined;
  return { group, kind, name: name.replaceAll('__', ':'), namespace: namespace === '' ? undefined : namespace, said: [] };
}
