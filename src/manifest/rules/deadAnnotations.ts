import { isMap, isScalar } from 'yaml';
import { podSpecPaths } from '../../kubernetes/podTemplate.ts';
import type { LocalManifest } from '../manifest.ts';
import { keyText, type LocalFinding, pairOf } from '../parse.ts';
import { nodeAt, rangeOf, textAt } from '../path.ts';
import { placeholders } from '../placeholders.ts';

const prefix = 'loadbalancer.openstack.org/';
const internal = 'metadata.annotations[service.beta.kubernetes.io/openstack-internal-load-balancer]';

/** Annotations that another one makes void, as kubernetes/cloud-provider-openstack reads them (`pkg/openstack/loadbalancer.go`). */
const overridden: Readonly<Record<string, readonly string[]>> = {
  'port-id': ['subnet-id', 'network-id'],
  'floating-subnet-id': ['floating-subnet', 'floating-subnet-tags'],
};
const floating = ['floating-network-id', 'floating-subnet-id', 'floating-subnet', 'floating-subnet-tags'];

/**
 * Annotations of the cloud controller manager where nobody reads them: on what is no Service, on a Service that it leaves alone, beside one that counts more. A Service whose type
 * is not written is still being written.
 */
export function deadAnnotations(manifest: LocalManifest): readonly LocalFinding[] {
  const { apiVersion, kind, root, tree, document } = manifest;
  const isService = apiVersion === 'v1' && kind === 'Service';
  // Most manifests have none.
  if (!(isService || podSpecPaths[`${apiVersion}/${kind}`]) || !document.text.includes('openstack.org')) return [];
  if (!isService) return onOthers(manifest);
  const annotations = nodeAt(root, 'metadata.annotations', tree);
  if (!isMap(annotations)) return [];
  const type = textAt(root, 'spec.type', tree);
  const other = textAt(root, 'spec.loadBalancerClass', tree);
  const ours = annotations.items.filter(({ key }) => keyText(key).startsWith(prefix));
  const [first] = ours;
  if (first && (type === 'ClusterIP' || type === 'NodePort' || type === 'ExternalName'))
    return [told(first.key, `A Service of type ${type} gets no load balancer, so the annotations of OpenStack do nothing.`)];
  if (first && other !== undefined && other !== '')
    return [
      told(
        first.key,
        `loadBalancerClass is "${other}": the cloud controller manager leaves this Service alone, and its annotations do nothing.`,
      ),
    ];
  const has = (name: string) => isSet(pairOf(annotations, prefix + name)?.value);
  const beside = Object.entries(overridden).flatMap(([name, others]) =>
    has(name) ? others.map((one) => [one, name] as const) : [],
  );
  const inside = textAt(root, internal, tree) === 'true' ? floating.map((one) => [one, ''] as const) : [];
  return [...beside, ...inside].flatMap(([one, by]) => {
    const pair = pairOf(annotations, prefix + one);
    if (!pair || !isSet(pair.value)) return [];
    const why = by === '' ? 'An internal Service gets no floating IP' : `${by} counts more`;
    return [told(pair.key, `${why}, so ${one} does nothing.`)];
  });
}

function onOthers({ apiVersion, kind, root, tree }: LocalManifest): LocalFinding[] {
  const path = podSpecPaths[`${apiVersion}/${kind}`];
  if (!path) return [];
  const template = path
    .slice(0, -1)
    .map((step) => `${step}.`)
    .join('');
  return [...new Set(['metadata.annotations', `${template}metadata.annotations`])].flatMap((at) => {
    const annotations = nodeAt(root, at, tree);
    const first = isMap(annotations) ? annotations.items.find(({ key }) => keyText(key).startsWith(prefix)) : undefined;
    return first
      ? [told(first.key, `The cloud controller manager reads its annotations on Services only, not on a ${kind}.`)]
      : [];
  });
}

function isSet(value: unknown): boolean {
  return isScalar(value) && value.value !== '' && value.value !== null && !placeholders.test(String(value.value));
}

function told(key: unknown, message: string): LocalFinding {
  return { range: rangeOf(key as Parameters<typeof rangeOf>[0]), severity: 'warning', code: 'annotation.dead', message };
}
