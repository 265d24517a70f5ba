import { formOf } from '../form.ts';
import type { LocalManifest } from '../manifest.ts';
import type { LocalFinding } from '../parse.ts';
import { nodeAt, rangeOf, textAt } from '../path.ts';
import type { FixedValues } from '../rule.ts';

/** Service → those that it does not run without. Source: openstack-k8s-operators/openstack-operator, `openstackcontrolplane_webhook.go`, checkDepsEnabled. */
const needs: Readonly<Record<string, readonly string[]>> = {
  keystone: ['galera', 'memcached'],
  glance: ['galera', 'memcached', 'keystone'],
  cinder: ['galera', 'memcached', 'rabbitmq', 'keystone'],
  placement: ['galera', 'memcached', 'keystone'],
  neutron: ['galera', 'memcached', 'rabbitmq', 'keystone'],
  nova: ['galera', 'memcached', 'rabbitmq', 'keystone', 'placement', 'neutron', 'glance'],
  heat: ['galera', 'memcached', 'rabbitmq', 'keystone'],
  swift: ['memcached', 'keystone'],
  horizon: ['galera', 'memcached', 'keystone'],
  barbican: ['galera', 'keystone'],
  octavia: ['galera', 'memcached', 'rabbitmq', 'keystone', 'neutron', 'glance', 'nova', 'ovn'],
};

/**
 * Services of a control plane of openstack-k8s-operators that are turned off although another that is turned on in so many words needs them. What is not written has a
 * default, which may be another in the next version.
 */
export function controlPlaneFindings(manifest: LocalManifest): readonly LocalFinding[] {
  if (formOf(manifest) !== 'core.openstack.org/v1beta1 OpenStackControlPlane') return [];
  const { root, tree } = manifest;
  const enabled = (service: string) => textAt(root, `spec.${service}.enabled`, tree);
  return Object.entries(needs).flatMap(([service, all]): LocalFinding[] => {
    const missing = all.filter((one) => enabled(one) === 'false');
    const node = nodeAt(root, `spec.${service}.enabled`, tree);
    if (enabled(service) !== 'true' || !node || missing.length === 0) return [];
    const message = `${service} does not run without ${missing.join(', ')}, which ${missing.length === 1 ? 'is' : 'are'} not enabled; the operator refuses that.`;
    return [{ range: rangeOf(node), severity: 'error', code: 'setting.missing', message }];
  });
}

/** Rockoon's deployment. Source: Mirantis/rockoon, the schema of OpenStackDeployment. */
export const controlPlaneValues: readonly FixedValues[] = [
  {
    in: 'lcm.mirantis.com/v1alpha1 OpenStackDeployment',
    at: 'spec',
    called: 'setting',
    reader: 'Rockoon',
    own: /(?!)/,
    keys: { size: { words: ['single', 'tiny', 'small', 'medium', 'large'] } },
    otherwise: { said: 'is refused by the API server', severity: 'error' },
  },
];
