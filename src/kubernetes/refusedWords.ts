import type { ApiKind, Cluster } from './cluster.ts';
import { type Required, requiredFor } from './objectNeeds.ts';
import { permissionsOf } from './permissions.ts';

type Listed = Pick<ApiKind, 'group' | 'resource'>;

/** Tells whether doing what a word says to the object of a name would be refused, by what is known now; never for what is not known. */
export type IsRefused = (word: string, name: string) => boolean;

/** For objects of a kind in a namespace (undefined: the kind has none). Asks nobody; looks each word up once, so that a long list costs no more than a short one. */
export function refusedWords(cluster: Cluster, kind: Listed, namespace: string | undefined): IsRefused {
  const permissions = permissionsOf(cluster);
  const known = new Map<string, readonly ((name: string) => boolean)[]>();
  const refusals = (word: string) =>
    requiredFor(word, kind, cluster.version).flatMap(({ access, own }) => {
      const { answer, names } = permissions.known(namespace, access);
      // Another object may be one of those that a rule names.
      if (answer !== 'refused' || (!own && names.size > 0)) return [];
      return [(name: string) => !names.has(name)];
    });
  return (word, name) => {
    const tests = known.get(word) ?? refusals(word);
    known.set(word, tests);
    return tests.some((refuses) => refuses(name));
  };
}

/** Asks the server what is not known of these words; true when it was asked. What cannot be asked stays unknown. */
export function learnWords(
  cluster: Cluster,
  kind: Listed,
  namespace: string | undefined,
  words: readonly string[],
): Promise<boolean> {
  const needed = words.flatMap((word) => requiredFor(word, kind, cluster.version));
  return permissionsOf(cluster).learn(namespace, once(needed));
}

function once(needed: readonly Required[]) {
  return [...new Map(needed.map(({ access }) => [JSON.stringify(access), access])).values()];
}
