import type { KindFacts } from './kinds.ts';

const at = (icon: string, ...owns: readonly string[]): KindFacts => ({
  under: 'Custom resources',
  icon,
  ...(owns.length > 0 ? { owns } : {}),
});

/** The kinds of Cluster API, Flux and Argo CD: what stands below which, from the cluster down to its servers. Their states are told by themselves (`controllerStates.ts`). */
export const controllerFacts: Readonly<Record<string, KindFacts>> = {
  'cluster.x-k8s.io/Cluster': at(
    'type-hierarchy',
    'controlplane.cluster.x-k8s.io/KubeadmControlPlane',
    'infrastructure.cluster.x-k8s.io/OpenStackCluster',
    'cluster.x-k8s.io/MachineDeployment',
    'cluster.x-k8s.io/MachinePool',
    'cluster.x-k8s.io/Machine',
  ),
  'controlplane.cluster.x-k8s.io/KubeadmControlPlane': at('shield', 'cluster.x-k8s.io/Machine'),
  'cluster.x-k8s.io/MachineDeployment': at('server-environment', 'cluster.x-k8s.io/MachineSet'),
  'cluster.x-k8s.io/MachinePool': at('server-environment', 'cluster.x-k8s.io/Machine'),
  'cluster.x-k8s.io/MachineSet': at('versions', 'cluster.x-k8s.io/Machine'),
  'cluster.x-k8s.io/Machine': at(
    'vm',
    'infrastructure.cluster.x-k8s.io/OpenStackMachine',
    'bootstrap.cluster.x-k8s.io/KubeadmConfig',
  ),
  'cluster.x-k8s.io/MachineHealthCheck': at('pulse'),
  'infrastructure.cluster.x-k8s.io/OpenStackCluster': at('globe'),
  'infrastructure.cluster.x-k8s.io/OpenStackMachine': at('vm-outline', 'infrastructure.cluster.x-k8s.io/OpenStackServer'),
  'infrastructure.cluster.x-k8s.io/OpenStackServer': at('vm-outline'),
  'bootstrap.cluster.x-k8s.io/KubeadmConfig': at('file-code'),
  'kustomize.toolkit.fluxcd.io/Kustomization': at('layers'),
  'helm.toolkit.fluxcd.io/HelmRelease': at('package'),
  'source.toolkit.fluxcd.io/GitRepository': at('source-control'),
  'source.toolkit.fluxcd.io/OCIRepository': at('archive'),
  'source.toolkit.fluxcd.io/HelmRepository': at('library'),
  'source.toolkit.fluxcd.io/HelmChart': at('package'),
  'source.toolkit.fluxcd.io/Bucket': at('database'),
  'image.toolkit.fluxcd.io/ImageRepository': at('file-media'),
  'image.toolkit.fluxcd.io/ImagePolicy': at('filter'),
  'image.toolkit.fluxcd.io/ImageUpdateAutomation': at('sync'),
  'notification.toolkit.fluxcd.io/Alert': at('bell'),
  'notification.toolkit.fluxcd.io/Provider': at('megaphone'),
  'notification.toolkit.fluxcd.io/Receiver': at('inbox'),
  'argoproj.io/Application': at('layers'),
  'argoproj.io/ApplicationSet': at('versions', 'argoproj.io/Application'),
  'argoproj.io/AppProject': at('project'),
};
