import { eachOf } from '../../base/eachOf.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { compactSchema } from '../../kubernetes/compactSchema.ts';
import { findSchema } from '../../kubernetes/schemas.ts';
import type { KnownSchema } from '../../manifest/schema/fieldSchema.ts';
import type { KindName, SchemasOf } from '../../manifest/schema/structure.ts';

/** A few at a time: those of one group and version come in one answer, which the cluster remembers. */
const atATime = 4;

/** Asks a cluster for the schemas of kinds. One that it does not publish, or that could not be asked, is none: nothing is said of the structure of such a manifest. */
export function clusterSchemas(cluster: Cluster, signal: AbortSignal): (kinds: readonly KindName[]) => Promise<SchemasOf> {
  const keyOf = ({ apiVersion, kind }: KindName) => `${apiVersion} ${kind}`;
  return async (kinds) => {
    const known = new Map<string, readonly KnownSchema[]>();
    const wanted = new Map(kinds.map((kind) => [keyOf(kind), kind]));
    const ask = async ([key, { apiVersion, kind }]: [string, KindName]) => {
      const found = await findSchema(cluster, apiVersion, kind);
      known.set(key, found.ok ? [{ schema: compactSchema(found.value) }] : []);
    };
    await eachOf(wanted, atATime, ask, signal);
    return (kind) => known.get(keyOf(kind)) ?? [];
  };
}
