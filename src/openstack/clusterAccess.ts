import { certificateRequest } from '../base/certificateRequest.ts';
import { failed, type Result, success } from '../base/failure.ts';
import { jsonOf } from '../base/jsonBody.ts';
import { textAt } from './columns.ts';
import type { Resource } from './kind.ts';
import type { Project } from './project.ts';

/** All that a kubeconfig says of a cluster and of who asks it. PEM texts; the key is a secret. */
export interface ClusterAccess {
  readonly name: string;
  readonly server: string;
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const service = 'container-infrastructure-management';

/**
 * Gets an administrator's access to a Magnum cluster: a key made here, its certificate signed by the cluster's authority. The same that `openstack coe cluster config` does.
 * Fails with `unsupported` while the cluster has no API address. Source: container infrastructure API reference, "Manage Cluster Certificates".
 */
export async function clusterAccess(project: Project, cluster: Resource, signal?: AbortSignal): Promise<Result<ClusterAccess>> {
  const [id, name, server] = [textAt(cluster, 'uuid') ?? '', textAt(cluster, 'name') ?? '', textAt(cluster, 'api_address')];
  if (server === undefined || !/^https:/.test(server)) {
    const state = textAt(cluster, 'status');
    return failed(
      'unsupported',
      `Cluster ${name} of cloud ${project.cloud} has no API address${state ? ` (it is ${state})` : ''}. Try again once it is complete.`,
    );
  }
  const ask = async (path: string, doing: string, body?: unknown) => {
    const call = { service, path, doing, ...(signal && { signal }) };
    const sent = { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const answer = await project.transfer(call, body === undefined ? { method: 'GET' } : { method: 'POST', ...sent });
    const json = answer.ok ? jsonOf(answer.value, `The ${service} service of cloud ${project.cloud}`) : answer;
    if (!json.ok) return json;
    const pem = textAt({ answer: json.value }, 'answer.pem');
    if (pem?.includes('-----BEGIN CERTIFICATE-----')) return success(`${pem.trim()}\n`);
    return failed('malformed', `The ${service} service of cloud ${project.cloud} answered without a certificate.`);
  };
  const ca = await ask(`/certificates/${encodeURIComponent(id)}`, `read the authority of cluster ${name}`);
  if (!ca.ok) return ca;
  const { key, request } = await certificateRequest({ commonName: 'admin', organization: 'system:masters' });
  const signed = await ask('/certificates', `sign a certificate for cluster ${name}`, { cluster_uuid: id, csr: request });
  if (!signed.ok) return signed;
  return success({ name, server, ca: ca.value, certificate: signed.value, key });
}
