import type { LocalManifest } from '../manifest.ts';
import type { LocalFinding } from '../parse.ts';
import { findAll, rangeAt, textBeside } from '../path.ts';

const group = 'infrastructure.cluster.x-k8s.io/';
const machines: Readonly<Record<string, string>> = {
  OpenStackMachine: 'spec',
  OpenStackMachineTemplate: 'spec.template.spec',
  OpenStackServer: 'spec',
};

/**
 * Security groups of a port without port security: refused by Neutron. The webhooks of machines and servers say so, that of templates does not. Source:
 * cluster-api-provider-openstack, `pkg/webhooks`; Networking API, "Port security" (`port_security_enabled`).
 */
export function portSecurityFindings({ apiVersion = '', kind = '', root, tree }: LocalManifest): readonly LocalFinding[] {
  const spec = apiVersion.startsWith(group) ? machines[kind] : undefined;
  if (spec === undefined) return [];
  const off = (field: string, path: readonly (string | number)[]) => textBeside(root, `${spec}.ports[*].${field}`, path, tree);
  return findAll(root, `${spec}.ports[*].securityGroups`, tree).flatMap(({ node, path }): LocalFinding[] => {
    const isOff = off('disablePortSecurity', path) === 'true' || off('enablePortSecurity', path) === 'false';
    if (!isOff || !('items' in node) || !Array.isArray(node.items) || node.items.length === 0) return [];
    const message = 'Port security is off for this port, so it can have no security groups; Neutron refuses it.';
    return [{ range: rangeAt(root, path, tree, 'key'), severity: 'error', code: 'port.security', message }];
  });
}
