import { failed, type Result, success } from '../base/failure.ts';
import type { Cluster, ContextSummary } from '../kubernetes/cluster.ts';
import { readIdentity, sameIdentity } from './record/identity.ts';
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
 * Reads who the target is, see {@link readIdentity}, and as whom and how carefully it is written to. Fails as the connection fails.
 */
export async function readTarget(cluster: Cluster, request: TargetRequest, signal?: AbortSignal): Promise<Result<Target>> {
  const identity = await readIdentity(cluster, signal);
  if (!identity.ok) return identity;
  const { name, server = '', user, namespace } = cluster.context;
  return success({
    context: name,
    server,
    user,
    namespace: request.namespace ?? namespace ?? 'default',
    protection: protectionOf(name, request.protection ?? DEFAULT_PROTECTION),
    ...(request.cloud === undefined ? {} : { cloud: request.cloud }),
    ...(request.project === undefined ? {} : { project: request.project }),
    ...identity.value,
  });
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

/** The target with the protection of the cloud's project where that is the stricter one: what stacks are made in is named in full, and asked for by that name. */
export function guardProject(
  target: Target,
  { cloud, name }: { readonly cloud: string; readonly name: string },
  patterns: ProtectionPatterns = DEFAULT_PROTECTION,
): Target {
  const guarded = `${cloud}/${name}`;
  const protection = protectionOf(guarded, patterns);
  const levels: readonly Target['protection'][] = ['open', 'protected', 'readOnly'];
  const named = { ...target, cloud, project: name };
  return levels.indexOf(protection) > levels.indexOf(target.protection) ? { ...named, protection, guarded } : named;
}

/** What is typed to confirm a protected target, and how it is called in a sentence: `Context live`, `Project demo/shop`. */
export function guardOf({ context, guarded }: Target): { readonly word: string; readonly title: string } {
  return guarded === undefined ? { word: context, title: `Context ${context}` } : { word: guarded, title: `Project ${guarded}` };
}

/** Whether the cluster is still the one the plan was made for. A `conflict` failure when the same context name now leads elsewhere. */
export async function verifyTarget(target: Target, cluster: Cluster, signal?: AbortSignal): Promise<Result<void>> {
  if (target.protection === 'readOnly')
    return failed(
      'forbidden',
      `${guardOf(target).title} is read-only here (setting hybridClusters.targets.readOnly). Nothing was written.`,
    );
  const named = sameContext(target, cluster.context);
  if (!named.ok) return named;
  if (target.clusterUid === undefined && target.fingerprint === undefined) return success(undefined);
  const now = await readIdentity(cluster, signal);
  return now.ok ? sameIdentity(target, now.value) : now;
}

/** Whether a context, as the kubeconfig has it now, still is the one that was meant: by its name, its server and its user. Fails with `conflict`. */
export function sameContext(
  target: Target,
  { name, server = '', user }: Pick<ContextSummary, 'name' | 'server' | 'user'>,
): Result<void> {
  if (name === target.context && server === target.server && user !== target.user)
    return failed(
      'conflict',
      `Context ${name} now signs in as ${user ?? 'nobody'}, not as ${target.user ?? 'nobody'}. Nothing was written; make the plan again.`,
    );
  if (name !== target.context || server !== target.server)
    return failed(
      'conflict',
      `Context ${target.context} now points to ${server || 'no server'}, not to ${target.server}. Nothing was written; make the plan again.`,
    );
  return success(undefined);
}
