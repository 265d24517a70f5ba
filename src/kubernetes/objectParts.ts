import { field, fieldsAt, listAt, textAt } from '../base/fields.ts';

/** The kinds that have such parts. */
export const kindsWithParts: ReadonlySet<string> = new Set(['ConfigMap', 'Secret', 'Service']);

/**
 * What others ask for within an object of a `group/Kind`: keys of a ConfigMap or Secret, names and numbers of a Service's ports. Undefined for other kinds, for a Service that
 * stands for a name elsewhere, and for a ConfigMap or Secret that is written empty for a controller to fill (service account tokens, trust bundles, replicators).
 */
export function partsOf(to: string, object: unknown): readonly string[] | undefined {
  if (to === '/ConfigMap' || to === '/Secret') {
    const keys = ['data', 'binaryData', 'stringData'].flatMap((holder) => Object.keys(fieldsAt(object, holder)));
    return keys.length === 0 || textAt(object, 'type') === 'kubernetes.io/service-account-token' ? undefined : keys;
  }
  if (to !== '/Service' || textAt(object, 'spec', 'type') === 'ExternalName') return undefined;
  return listAt(object, 'spec', 'ports').flatMap((port) =>
    [field(port, 'name'), field(port, 'port')].flatMap((part) =>
      part === undefined || typeof part === 'object' ? [] : [String(part)],
    ),
  );
}
