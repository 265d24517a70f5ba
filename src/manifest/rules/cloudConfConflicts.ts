import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import { formOf } from '../form.ts';
import type { LocalManifest } from '../manifest.ts';
import { type LocalFinding, pairOf } from '../parse.ts';
import { findAll, rangeOf } from '../path.ts';

const others = new Set(['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP']);
const secrets = ['password', 'trustee-password', 'application-credential-secret', 'token'] as const;

/**
 * What is wrong in a `cloud.conf` beyond single values. Source: kubernetes/cloud-provider-openstack, `pkg/openstack/loadbalancer.go`, `pkg/client/client.go`, issue 1647
 * (passwords that end at a `#`); Octavia OVN provider, `doc/source/admin/driver.rst`, Limitations.
 */
export function cloudConfConflicts(manifest: LocalManifest): readonly LocalFinding[] {
  if (formOf(manifest) !== 'cloud.conf') return [];
  const sections = (name: string) =>
    findAll(manifest.root, `${name}[*]`, manifest.tree).flatMap(({ node }) => (isMap(node) ? [node] : []));
  return [
    ...sections('Global').flatMap(cutSecrets),
    ...sections('Global').flatMap(halfCertificate),
    ...sections('LoadBalancer').flatMap(ovnMethod),
    ...sections('LoadBalancerClass').flatMap(namelessClass),
  ];
}

function cutSecrets(section: YAMLMap): LocalFinding[] {
  return secrets.flatMap((key) => {
    const value = pairOf(section, key)?.value;
    const message = `${key} ends where a comment begins: # and ; begin one wherever they stand. Put the value in double quotes.`;
    return isScalar(value) && value.comment === '#' ? [error(value, 'setting.quote', message)] : [];
  });
}

function halfCertificate(section: YAMLMap): LocalFinding[] {
  const [certificate, key] = [pairOf(section, 'cert-file'), pairOf(section, 'key-file')];
  const alone = certificate && key ? undefined : (certificate ?? key);
  if (!alone) return [];
  return [
    error(alone.key, 'setting.missing', 'cert-file and key-file belong together; with one alone no client certificate is shown.'),
  ];
}

function ovnMethod(section: YAMLMap): LocalFinding[] {
  const method = pairOf(section, 'lb-method')?.value;
  if (textOf(section, 'lb-provider') !== 'ovn' || !isScalar(method) || !others.has(String(method.value))) return [];
  return [error(method, 'setting.ovn', 'The provider ovn balances by SOURCE_IP_PORT only; it refuses every other lb-method.')];
}

function namelessClass(section: YAMLMap): LocalFinding[] {
  if (pairOf(section, '"')) return [];
  const message = 'A class without a name cannot be used: write [LoadBalancerClass "name"].';
  return [{ ...error(section, 'section.name', message), severity: 'warning' }];
}

function textOf(section: YAMLMap, key: string): string | undefined {
  const value = pairOf(section, key)?.value;
  return isScalar(value) ? String(value.value) : undefined;
}

function error(node: Node, code: string, message: string): LocalFinding {
  return { range: rangeOf(node), severity: 'error', code, message };
}
