/** What can be upgraded, as far as its API versions are known here. */
export type Product = 'kubernetes' | 'capo';

/** A version of a product that somebody wants to go to: `{ product: 'kubernetes', to: '1.37' }`, major and minor. */
export interface Upgrade {
  readonly product: Product;
  readonly to: string;
}

/** A version of an API that is on its way out. */
export interface ApiVersionRow {
  readonly product: Product;
  readonly apiVersion: string;
  readonly kinds: readonly string[];
  /** The first release in which it is deprecated. */
  readonly deprecated: string;
  /** The first release that does not serve it; undefined where none is said. */
  readonly removed?: string;
  /** The apiVersion to use instead, of a kind of the same name; undefined where there is none. */
  readonly use?: string;
}

/** How products are called in sentences, and who says when they drop what. */
export const products: Readonly<Record<Product, { readonly name: string; readonly source: string }>> = {
  kubernetes: { name: 'Kubernetes', source: 'https://kubernetes.io/docs/reference/using-api/deprecation-guide/' },
  capo: {
    name: 'Cluster API Provider OpenStack',
    source: 'https://github.com/kubernetes-sigs/cluster-api-provider-openstack/releases',
  },
};

type Line = readonly [apiVersion: string, kinds: string, deprecated: string, removed?: string | undefined, use?: string];

const roles = 'ClusterRole ClusterRoleBinding Role RoleBinding';
const flow = 'FlowSchema PriorityLevelConfiguration';
const claims = 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice';
const policies = 'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding';
const mutations = 'MutatingAdmissionPolicy MutatingAdmissionPolicyBinding';

/**
 * Source: Kubernetes, Deprecated API Migration Guide; for what it does not tell (alpha and beta versions, 1.33 and later) k8s.io/api v0.36.3, `zz_generated.prerelease-lifecycle.go`
 * of each package, which is what the API server itself warns by.
 */
const ofKubernetes: readonly Line[] = [
  ['extensions/v1beta1', 'DaemonSet Deployment ReplicaSet', '1.8', '1.16', 'apps/v1'],
  ['extensions/v1beta1', 'NetworkPolicy', '1.9', '1.16', 'networking.k8s.io/v1'],
  ['extensions/v1beta1', 'PodSecurityPolicy', '1.11', '1.16'],
  ['extensions/v1beta1', 'Ingress', '1.14', '1.22', 'networking.k8s.io/v1'],
  ['apps/v1beta1', 'ControllerRevision Deployment StatefulSet', '1.8', '1.16', 'apps/v1'],
  ['apps/v1beta2', 'ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet', '1.9', '1.16', 'apps/v1'],
  [
    'admissionregistration.k8s.io/v1beta1',
    'MutatingWebhookConfiguration ValidatingWebhookConfiguration',
    '1.16',
    '1.22',
    'admissionregistration.k8s.io/v1',
  ],
  ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', '1.16', '1.22', 'apiextensions.k8s.io/v1'],
  ['apiregistration.k8s.io/v1beta1', 'APIService', '1.19', '1.22', 'apiregistration.k8s.io/v1'],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', '1.19', '1.22', 'certificates.k8s.io/v1'],
  ['coordination.k8s.io/v1beta1', 'Lease', '1.19', '1.22', 'coordination.k8s.io/v1'],
  ['networking.k8s.io/v1beta1', 'Ingress IngressClass', '1.19', '1.22', 'networking.k8s.io/v1'],
  ['rbac.authorization.k8s.io/v1alpha1', roles, '1.17', '1.23', 'rbac.authorization.k8s.io/v1'],
  ['rbac.authorization.k8s.io/v1beta1', roles, '1.17', '1.22', 'rbac.authorization.k8s.io/v1'],
  ['scheduling.k8s.io/v1alpha1', 'PriorityClass', '1.14', '1.23', 'scheduling.k8s.io/v1'],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', '1.14', '1.22', 'scheduling.k8s.io/v1'],
  ['storage.k8s.io/v1alpha1', 'CSIStorageCapacity VolumeAttachment', '1.21', '1.24', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSIDriver StorageClass VolumeAttachment', '1.19', '1.22', 'storage.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSINode', '1.17', '1.22', 'storage.k8s.io/v1'],
  ['batch/v1beta1', 'CronJob', '1.21', '1.25', 'batch/v1'],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', '1.21', '1.25', 'discovery.k8s.io/v1'],
  ['events.k8s.io/v1beta1', 'Event', '1.22', '1.25', 'events.k8s.io/v1'],
  ['node.k8s.io/v1beta1', 'RuntimeClass', '1.22', '1.25', 'node.k8s.io/v1'],
  ['policy/v1beta1', 'PodDisruptionBudget', '1.21', '1.25', 'policy/v1'],
  ['policy/v1beta1', 'PodSecurityPolicy', '1.21', '1.25'],
  ['autoscaling/v2beta1', 'HorizontalPodAutoscaler', '1.22', '1.25', 'autoscaling/v2'],
  ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', '1.23', '1.26', 'autoscaling/v2'],
  ['flowcontrol.apiserver.k8s.io/v1beta1', flow, '1.23', '1.26', 'flowcontrol.apiserver.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', '1.24', '1.27', 'storage.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta2', flow, '1.26', '1.29', 'flowcontrol.apiserver.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1alpha1', policies, '1.29', '1.32', 'admissionregistration.k8s.io/v1'],
  ['flowcontrol.apiserver.k8s.io/v1beta3', flow, '1.29', '1.32', 'flowcontrol.apiserver.k8s.io/v1'],
  ['v1', 'Endpoints', '1.33', undefined, 'discovery.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1beta1', policies, '1.31', '1.34', 'admissionregistration.k8s.io/v1'],
  ['storage.k8s.io/v1alpha1', 'VolumeAttributesClass', '1.32', '1.35', 'storage.k8s.io/v1'],
  ['certificates.k8s.io/v1alpha1', 'ClusterTrustBundle', '1.34', '1.37', 'certificates.k8s.io/v1beta1'],
  ['networking.k8s.io/v1beta1', 'IPAddress ServiceCIDR', '1.34', '1.37', 'networking.k8s.io/v1'],
  ['storage.k8s.io/v1beta1', 'VolumeAttributesClass', '1.34', '1.37', 'storage.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1alpha1', mutations, '1.35', '1.38', 'admissionregistration.k8s.io/v1'],
  ['coordination.k8s.io/v1alpha2', 'LeaseCandidate', '1.35', '1.38', 'coordination.k8s.io/v1beta1'],
  ['resource.k8s.io/v1beta1', claims, '1.35', '1.38', 'resource.k8s.io/v1'],
  ['coordination.k8s.io/v1beta1', 'LeaseCandidate', '1.36', '1.39'],
  ['resource.k8s.io/v1alpha3', 'DeviceTaintRule', '1.36', '1.39', 'resource.k8s.io/v1beta2'],
  ['resource.k8s.io/v1beta2', claims, '1.36', '1.39', 'resource.k8s.io/v1'],
  ['admissionregistration.k8s.io/v1beta1', mutations, '1.37', '1.40', 'admissionregistration.k8s.io/v1'],
  ['certificates.k8s.io/v1beta1', 'ClusterTrustBundle', '1.37', '1.40'],
];

const openStack = 'OpenStackCluster OpenStackClusterTemplate OpenStackMachine OpenStackMachineTemplate';
const infrastructure = 'infrastructure.cluster.x-k8s.io';

/**
 * Source: kubernetes-sigs/cluster-api-provider-openstack, notes of release v0.10.0 (v1alpha5 no longer served, v1alpha6 to follow in the next release, v1alpha7 deprecated there), pull requests
 * 2024 and 2026 (for v0.11) and 2387 (v0.12 stops serving v1alpha7), notes of release v0.15.0 (v1beta2 beside v1beta1).
 */
const ofCapo: readonly Line[] = [
  [`${infrastructure}/v1alpha5`, openStack, '0.10', '0.10', `${infrastructure}/v1beta1`],
  [`${infrastructure}/v1alpha6`, openStack, '0.10', '0.11', `${infrastructure}/v1beta1`],
  [`${infrastructure}/v1alpha7`, openStack, '0.11', '0.12', `${infrastructure}/v1beta1`],
];

/** Every version of an API that is known to go or to have gone. */
export const apiVersions: readonly ApiVersionRow[] = [...rows('kubernetes', ofKubernetes), ...rows('capo', ofCapo)];

/** Releases that {@link apiVersions} says something about: to a later one the table is silent, which is not the same as harmless. */
export const lastKnown: Readonly<Record<Product, string>> = { kubernetes: '1.37', capo: '0.15' };

/** Says of an upgrade beyond {@link lastKnown} that it is beyond; nothing of others. */
export function unknownReleaseLines({ product, to }: Upgrade): readonly string[] {
  const last = lastKnown[product];
  if (isAtLeast(last, to)) return [];
  return [`What ${products[product].name} ${to} takes away is known here up to ${last}: look at ${products[product].source}.`];
}

/** What an upgrade does to an API version of a kind; undefined when nothing is known to happen. */
export function fateOf(
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
  { product, to }: Upgrade,
): { readonly fate: 'removed' | 'deprecated'; readonly row: ApiVersionRow } | undefined {
  const row = apiVersions.find(
    (one) =>
      one.product === product && one.apiVersion === apiVersion && one.kinds.includes(kind) && isAtLeast(to, one.deprecated),
  );
  return row && { fate: row.removed !== undefined && isAtLeast(to, row.removed) ? 'removed' : 'deprecated', row };
}

/** Whether one release is another or later: `1.36` is later than `1.9`. What is no release is not. */
export function isAtLeast(release: string, other: string): boolean {
  const [one, two] = [partsOf(release), partsOf(other)];
  return one !== undefined && two !== undefined && (one[0] === two[0] ? one[1] >= two[1] : one[0] > two[0]);
}

/** Major and minor of a version as programs print it: `1.36` of `v1.36.3-gke.1`. */
export function releaseOf(version: string): string | undefined {
  return partsOf(version)?.join('.');
}

/** The release after one, by its minor: releases come one by one, and skipping one is not supported. */
export function nextRelease(release: string): string | undefined {
  const parts = partsOf(release);
  return parts && `${parts[0]}.${parts[1] + 1}`;
}

function partsOf(version: string): readonly [number, number] | undefined {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  return major === undefined || minor === undefined ? undefined : [Number(major), Number(minor)];
}

function rows(product: Product, lines: readonly Line[]): ApiVersionRow[] {
  return lines.map(([apiVersion, kinds, deprecated, removed, use]) => ({
    product,
    apiVersion,
    kinds: kinds.split(' '),
    deprecated,
    ...(removed === undefined ? {} : { removed }),
    ...(use === undefined ? {} : { use }),
  }));
}
