import { failed, type Result, success } from '../base/failure.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { Target } from './types.ts';

/** Which contexts ask for more care; patterns are regular expressions on the context's name. */
export interface ProtectionPatterns {
  readonly protected: readonly string[];
  readonly readOnly: readonly string[];
}

/** Contexts whose names say that others live there. */
export const DEFAULT_PROTECTION: ProtectionPatterns = { protected: ['prod|live|prd'], readOnly: [] };

/** Where a binding points, seen from an opened cluster. */
export interface TargetRequest {
  readonly namespace?: string;
  readonly cloud?: string;
  readonly project?: string;
  readonly protection?: ProtectionPatterns;
}

/**
 * Reads the target's identity from the cluster: server URL and the uid of `kube-system`, which stays the same as long as the cluster lives. A user who may not read that
 * namespace gets a target without uid. Fails as the connection fails.
 */
export async function readTarget(cluster: Cluster, request: TargetRequest, signal?: AbortSignal): Promise<Result<Target>> {
  const uid = await clusterUid(cluster, signal);
  if (!uid.ok) return uid;
  const { name, server = '', user, namespace } = cluster.context;
  return success({
    context: name,
    server,
    user,
    namespace: request.namespace ?? namespace ?? 'default',
    protection: protectionOf(name, request.protection ?? DEFAULT_PROTECTION),
    ...(request.cloud === undefined ? {} : { cloud: request.cloud }),
    ...(request.project === undefined ? {} : { project: request.project }),
    ...(uid.value === undefined ? {} : { clusterUid: uid.value }),
  });
}

async function clusterUid(cluster: Cluster, signal?: AbortSignal): Promise<Result<string | undefined>> {
  const system = await cluster.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' }, signal);
  if (system.ok) return success(system.value.metadata.uid);
  return system.failure.reason === 'forbidden' || system.failure.reason === 'notFound' ? success(undefined) : system;
}

/** The protection of a context by its name. A broken pattern protects: it was meant to. */
export function protectionOf(context: string, patterns: ProtectionPatterns): Target['protection'] {
  const matches = (pattern: string) => {
    try {
      return new RegExp(pattern, 'i').test(context);
    } catch {
      return true;
    }
  };
  if (patterns.readOnly.some(matches)) return 'readOnly';
  return patterns.protected.some(matches) ? 'protected' : 'open';
}

/** Whether the cluster is still the one the plan was made for. A `conflict` failure when the same context name now leads elsewhere. */
export async function verifyTarget(target: Target, cluster: Cluster, signal?: AbortSignal): Promise<Result<void>> {
  if (target.protection === 'readOnly')
    return failed(
      'forbidden',
      `Context ${target.context} is read-only here (setting hybridClusters.targets.readOnly). Nothing was written.`,
    );
  const server = cluster.context.server ?? '';
  if (cluster.context.name !== target.context || server !== target.server)
    return failed(
      'conflict',
      `Context ${target.context} now points to ${server || 'no server'}, not to ${target.server}. Nothing was written; make the plan again.`,
    );
  if (target.clusterUid === undefined) return success(undefined);
  const uid = await clusterUid(cluster, signal);
  if (!uid.ok) return uid;
  if (uid.value === target.clusterUid) return success(undefined);
  return failed(
    'conflict',
    `${target.server} is another cluster than the one the plan was made for. Nothing was written; make the plan again.`,
  );
}
