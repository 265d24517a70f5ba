import { groupOf } from '../../kubernetes/objectKey.ts';
import { toYaml } from '../../manifest/toYaml.ts';
import { worksAtOnce } from '../readiness/readiness.ts';
import type { Step } from '../types.ts';
import type { FileToWrite, HandedSet, HandOverRequest } from './handOver.ts';
import type { Stage } from './stages.ts';

/** Where Flux keeps its own objects when it was installed as its documentation says. */
export const FLUX_NAMESPACE = 'flux-system';

/** The Secret with the key of SOPS, as Flux's guide names it ("Manage Kubernetes secrets with SOPS"). */
export const SOPS_SECRET = 'sops-age';

/**
 * How Flux tells that an object works whose status kstatus cannot read, by API group; `current` is CEL over the object. Without one it would count as working as soon as it exists. Sources:
 * Flux, "Kustomization", "Health check expressions" (Flux 2.5); openstack-resource-controller, conditions Available and Progressing.
 */
const EXPRESSIONS: Readonly<Record<string, { readonly current: string; readonly failed: string }>> = {
  'openstack.k-orc.cloud': {
    current: "has(status.conditions) && status.conditions.exists(c, c.type == 'Available' && c.status == 'True')",
    failed:
      "has(status.conditions) && status.conditions.exists(c, c.type == 'Progressing' && c.status == 'False' && c.reason in ['InvalidConfiguration', 'UnrecoverableError'])",
  },
};

/** A machine of a cluster may take 20 minutes to join, one of bare metal an hour; an object of Kubernetes alone does not. */
const TIMEOUTS: readonly (readonly [group: RegExp, timeout: string])[] = [
  [/(^|\.)cluster\.x-k8s\.io$/, '60m'],
  [/^openstack\.k-orc\.cloud$/, '20m'],
];

/**
 * The source, a Kustomization for each stage that waits for the one before, and beside each the list of its files. They lie in a folder whose name begins with a dot, which a deploy of the workspace
 * passes over. A list may name files above itself: Flux builds without load restrictions within the source. Sources: Flux, "Kustomization", "GitRepository", "OCIRepository"; fluxcd/pkg, kustomize, `Build`.
 */
export function fluxFiles({ request, set, stages, below, namespace, rendered }: HandedSet): readonly FileToWrite[] {
  const folder = `.flux/${request.plan.target.context.replaceAll(/[^\w.-]+/g, '-')}`;
  const nameOf = (index: number) => (stages.length === 1 ? set : `${set}-${index + 1}`);
  const pathOf = (index: number) => rendered ?? `${folder}/${nameOf(index)}`;
  const kustomizations = stages.map((stage, index) => ({
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: nameOf(index), namespace: FLUX_NAMESPACE },
    spec: {
      interval: '10m',
      retryInterval: '1m',
      timeout: timeoutOf(stage),
      sourceRef: { kind: sourceKind(request), name: set },
      path: `./${pathOf(index)}`,
      prune: false,
      ...(namespace === undefined ? {} : { targetNamespace: namespace }),
      ...(stage.steps.some(({ source }) => request.encrypted?.has(source.file))
        ? { decryption: { provider: 'sops', secretRef: { name: SOPS_SECRET } } }
        : {}),
      ...(index === 0 ? {} : { dependsOn: [{ name: nameOf(index - 1) }] }),
      ...healthOf(stage),
    },
  }));
  const lists = stages.map(({ files }, index) => ({
    path: `${pathOf(index)}/kustomization.yaml`,
    text: toYaml({
      apiVersion: 'kustomize.config.k8s.io/v1beta1',
      kind: 'Kustomization',
      resources: files.map((file) => `../../../${below(file)}`),
    }),
  }));
  const own = [sourceOf(request, set), ...kustomizations].map(toYaml).join('---\n');
  return [{ path: `${folder}/${set}.yaml`, text: own }, ...(rendered === undefined ? lists : [])];
}

const sourceKind = ({ source }: HandOverRequest) => (source.kind === 'git' ? 'GitRepository' : 'OCIRepository');

function sourceOf(request: HandOverRequest, set: string): object {
  const { source, secret } = request;
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: sourceKind(request),
    metadata: { name: set, namespace: FLUX_NAMESPACE },
    spec: {
      interval: '5m',
      url: source.url,
      ref: source.kind === 'git' ? { branch: source.branch } : { tag: source.tag },
      ...(secret === undefined ? {} : { secretRef: { name: secret } }),
    },
  };
}

/** What Flux waits for: the objects that we wait for. */
function healthOf({ steps }: Stage): object {
  const waited = steps.filter(({ object }) => !worksAtOnce(object));
  const expressions = new Map(
    waited.flatMap(({ ref: { apiVersion, kind } }) => {
      const told = EXPRESSIONS[groupOf(apiVersion)];
      return told ? [[`${apiVersion}/${kind}`, { apiVersion, kind, ...told }] as const] : [];
    }),
  );
  return {
    ...(waited.length === 0 ? {} : { healthChecks: waited.map(({ ref }) => ref).map(inOrder) }),
    ...(expressions.size === 0 ? {} : { healthCheckExprs: [...expressions.values()] }),
  };
}

const inOrder = ({ apiVersion, kind, name, namespace }: Step['ref']) => ({
  apiVersion,
  kind,
  name,
  ...(namespace === undefined ? {} : { namespace }),
});

function timeoutOf({ steps }: Stage): string {
  const groups = steps.map(({ ref }) => groupOf(ref.apiVersion));
  return TIMEOUTS.find(([group]) => groups.some((own) => group.test(own)))?.[1] ?? '10m';
}
