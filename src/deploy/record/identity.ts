import { failed, type Result, success } from '../../base/failure.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import type { Target } from '../types.ts';

/** Who a target is, by the best that is known: kube-system's uid, else a digest of the CA and the server's certificate, else its URL, which decides nothing (a tunnel makes many clusters 127.0.0.1:6443). */
export function identityOf({ clusterUid, fingerprint, server }: Pick<Target, 'clusterUid' | 'fingerprint' | 'server'>): string {
  return clusterUid ?? fingerprint ?? server;
}

/** What tells two clusters apart, as far as this user may read it. */
export type Identity = Pick<Target, 'clusterUid' | 'fingerprint'>;

/**
 * Reads who a cluster is: kube-system's uid, which stays the same as long as the cluster lives; where it may not be read, a digest of the CA and the certificate that the server
 * shows. Fails as the connection fails.
 */
export async function readIdentity(cluster: Cluster, signal?: AbortSignal): Promise<Result<Identity>> {
  const system = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }, signal);
  if (system.ok) return success(system.value.metadata.uid === undefined ? {} : { clusterUid: system.value.metadata.uid });
  if (system.failure.reason !== 'forbidden' && system.failure.reason !== 'notFound') return system;
  const fingerprint = await cluster.fingerprint?.(signal);
  if (fingerprint?.ok === false) return fingerprint;
  return success(fingerprint?.value === undefined ? {} : { fingerprint: fingerprint.value });
}

/** Whether what is read now is the cluster that was meant. Fails with `conflict` when it is another, and when it was known then and cannot be told now. */
export function sameIdentity(meant: Identity & { readonly server: string }, now: Identity): Result<void> {
  const [was, is] = meant.clusterUid === undefined ? [meant.fingerprint, now.fingerprint] : [meant.clusterUid, now.clusterUid];
  if (was === undefined || was === is) return success(undefined);
  return is === undefined
    ? failed(
        'conflict',
        `Whether ${meant.server} is still the same cluster cannot be told any more. Nothing was written; make the plan again.`,
      )
    : failed(
        'conflict',
        `${meant.server} is another cluster than the one the plan was made for. Nothing was written; make the plan again.`,
      );
}
