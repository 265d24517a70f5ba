import { failed, type Result, success } from '../base/failure.ts';
import type { Cluster, ObjectRef } from './cluster.ts';
import { pathOf } from './discovery.ts';

/** A new token of a ServiceAccount for so many seconds (at least 600; the server may shorten it). Source: API reference, authentication/v1 TokenRequest. Fails as the server refuses it. */
export async function createToken(
  cluster: Cluster,
  ref: ObjectRef,
  seconds: number,
): Promise<Result<{ readonly token: string; readonly until: string }>> {
  const kind = await cluster.kind(ref.apiVersion, ref.kind);
  const path = kind.ok ? pathOf(kind.value, ref.namespace, ref.name) : kind;
  if (!path.ok) return path;
  const body = JSON.stringify({
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: seconds },
  });
  const answer = await cluster.raw(`${path.value}/token`, { method: 'POST', body, contentType: 'application/json' });
  if (!answer.ok) return answer;
  const { status }: { status?: { token?: string; expirationTimestamp?: string } } = JSON.parse(answer.value);
  if (typeof status?.token === 'string') return success({ token: status.token, until: status.expirationTimestamp ?? '?' });
  return failed('malformed', `${cluster.context.name} answered without a token.`);
}
