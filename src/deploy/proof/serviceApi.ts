import type { Result } from '../../base/failure.ts';
import { textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { Project } from '../../openstack/project.ts';

/** An API of OpenStack that is asked while one of its pods is replaced. */
export interface ServiceApi {
  /** `compute of demo`. */
  readonly name: string;
  /** Asks once. Whatever the service answers counts; what stands before it (502, 503, 504) and no answer do not. */
  ask(signal: AbortSignal): Promise<Result<unknown>>;
}

/**
 * The official type of the service whose API a pod serves, by its labels `application` and `component`. Sources: openstack-helm, helm-toolkit, `kubernetes_metadata_labels`, and the deployments of its charts;
 * service-types-authority for the types.
 */
const API_PODS: Readonly<Record<string, string>> = {
  'keystone/api': 'identity',
  'nova/os-api': 'compute',
  'neutron/server': 'network',
  'glance/api': 'image',
  'cinder/api': 'block-storage',
  'placement/api': 'placement',
  'heat/api': 'orchestration',
  'octavia/api': 'load-balancer',
  'designate/api': 'dns',
  'barbican/api': 'key-manager',
  'manila/api': 'shared-file-system',
  'ironic/api': 'baremetal',
  'magnum/api': 'container-infrastructure-management',
};

/** The type of the OpenStack service whose API the pods of a workload serve; undefined for other workloads. */
export function serviceServedBy(workload: KubeObject): string | undefined {
  const label = (name: string) => textAt(workload, 'spec', 'template', 'metadata', 'labels', name) ?? '';
  return API_PODS[`${label('application')}/${label('component')}`];
}

/** The API of a service as a project sees it. */
export function serviceApi(project: Pick<Project, 'cloud' | 'transfer'>, service: string): ServiceApi {
  return {
    name: `${service} of ${project.cloud}`,
    ask: async (signal) => {
      const answer = await project.transfer(
        { service, path: '/', doing: `ask ${service} whether it answers`, signal },
        { method: 'GET' },
      );
      const status = answer.ok ? 200 : answer.failure.status;
      return status !== undefined && status < 500 ? { ok: true, value: status } : answer;
    },
  };
}
