import { isMap, isScalar } from 'yaml';
import { embeddedIn } from './embedded.ts';
import type { LocalManifest } from './manifest.ts';
import { type LocalFinding, pairOf } from './parse.ts';
import { findAll, rangeOf } from './path.ts';
import { placeholders } from './placeholders.ts';

const annotation = 'metadata.annotations[loadbalancer.openstack.org/class]';

/** The classes of load balancers that the files of a set define; undefined where no cloud.conf is among them, so that nobody knows. */
export function balancerClassesIn(manifests: readonly LocalManifest[]): ReadonlySet<string> | undefined {
  const files = manifests.flatMap((one) => embeddedIn(one)).filter(({ form }) => form === 'cloud.conf');
  if (files.length === 0) return undefined;
  return new Set(
    files.flatMap(({ root, tree }) =>
      findAll(root, 'LoadBalancerClass[*]', tree).flatMap(({ node }) => {
        const name = isMap(node) ? pairOf(node, '"')?.value : undefined;
        return isScalar(name) ? [String(name.value)] : [];
      }),
    ),
  );
}

/**
 * A Service of a class that no cloud.conf beside it defines. A warning: the cluster may be run with another file. Source: kubernetes/cloud-provider-openstack,
 * `pkg/openstack/loadbalancer.go` ("invalid loadbalancer class").
 */
export function classFindings(
  { apiVersion, kind, root, tree }: LocalManifest,
  classes: ReadonlySet<string> | undefined,
): readonly LocalFinding[] {
  if (!classes || apiVersion !== 'v1' || kind !== 'Service') return [];
  return findAll(root, annotation, tree).flatMap(({ node }): LocalFinding[] => {
    const name = isScalar(node) ? String(node.value ?? '') : '';
    if (name === '' || placeholders.test(name) || classes.has(name)) return [];
    const known = classes.size === 0 ? 'It has none.' : `It has ${[...classes].map((one) => `"${one}"`).join(', ')}.`;
    const message = `The cloud.conf among these files has no [LoadBalancerClass "${name}"], and the controller refuses a Service of an unknown class. ${known}`;
    return [{ range: rangeOf(node), severity: 'warning', code: 'annotation.class', message }];
  });
}
