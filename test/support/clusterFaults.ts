import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { SandboxEnvironment } from '../sandbox/place.ts';

const exec = promisify(execFile);

/** An id that no network has. */
const gone = 'd0d0d0d0-0000-4000-8000-000000000000';

/** Objects that the API server takes and that fail later: a class of a type that is no more, a Service pinned to a network that was deleted, a template whose image is gone; and a health check written in a deprecated version. */
function faults(name: string): readonly object[] {
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name },
      provisioner: 'cinder.csi.openstack.org',
      parameters: { type: 'removed-type' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'pinned', namespace: name, annotations: { 'loadbalancer.openstack.org/network-id': gone } },
      spec: { type: 'LoadBalancer', ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
      kind: 'OpenStackMachineTemplate',
      metadata: { name: 'workers', namespace: name },
      spec: { template: { spec: { flavor: 'm1.small', image: { filter: { name: 'ubuntu-removed' } } } } },
    },
    {
      apiVersion: 'cluster.x-k8s.io/v1beta1',
      kind: 'MachineHealthCheck',
      metadata: { name: 'old', namespace: name },
      spec: {
        clusterName: name,
        selector: { matchLabels: { pool: 'workers' } },
        unhealthyConditions: [{ type: 'Ready', status: 'False', timeout: '5m' }],
      },
    },
  ];
}

/** Makes these objects in a namespace and a StorageClass of that name, and takes them away again whatever happens. */
export async function withClusterFaults(
  { kubernetes }: SandboxEnvironment,
  name: string,
  play: () => Promise<void>,
): Promise<void> {
  const kubectl = (...args: string[]) => exec(kubernetes.kubectl, ['--kubeconfig', kubernetes.kubeconfig, ...args]);
  const apply = async (object: object) => {
    const run = kubectl('apply', '-f', '-');
    run.child.stdin?.end(JSON.stringify(object));
    await run;
  };
  await kubectl('create', 'namespace', name);
  try {
    for (const fault of faults(name)) await apply(fault);
    await play();
  } finally {
    await kubectl('delete', 'storageclass', name, '--ignore-not-found');
    await kubectl('delete', 'namespace', name, '--wait=false');
  }
}
