import { eachOf } from '../base/eachOf.ts';
import type { Failure } from '../base/failure.ts';
import type { Cluster, KubeObject } from './cluster.ts';

/** A kind as it is to be listed: in this version, as manifests write it. */
export interface ListedKind {
  readonly apiVersion: string;
  readonly kind: string;
}

/** Few enough that a server with many kinds does not feel it, enough that one slow kind holds up nobody. */
const atATime = 4;

/**
 * Lists the objects of several kinds, whole, in pages, four kinds at a time, and hands over each kind as it comes: its objects, or why it could not be listed (forbidden, not served).
 * Ends early when the signal is aborted.
 */
export async function listEach(
  cluster: Pick<Cluster, 'list'>,
  kinds: readonly ListedKind[],
  namespace: string | undefined,
  take: (kind: ListedKind, objects: readonly KubeObject[] | Failure) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const selection = namespace === undefined ? {} : { namespace };
  await eachOf(
    kinds,
    atATime,
    async (kind) => {
      const list = await cluster.list(kind.apiVersion, kind.kind, selection, signal);
      if (!signal.aborted) await take(kind, list.ok ? list.value.items : list.failure);
    },
    signal,
  );
}
