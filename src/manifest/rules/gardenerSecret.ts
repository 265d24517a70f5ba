import { isScalar } from 'yaml';
import type { LocalManifest } from '../manifest.ts';
import type { LocalFinding } from '../parse.ts';
import { nodeAt, rangeOf } from '../path.ts';

const keys = ['domainName', 'tenantName', 'username', 'password', 'authURL'] as const;
const application = ['applicationCredentialID', 'applicationCredentialName', 'applicationCredentialSecret'] as const;

/**
 * White space at the ends of the credentials that a SecretBinding names, which Gardener refuses: `echo` without `-n` before base64 leaves a line break.
 * Source: gardener/gardener-extension-provider-openstack, `pkg/apis/openstack/validation/secrets.go`.
 */
export function gardenerSecretFindings({ apiVersion, kind, root, tree }: LocalManifest): readonly LocalFinding[] {
  if (apiVersion !== 'v1' || kind !== 'Secret') return [];
  const at = (key: string) => nodeAt(root, `data.${key}`, tree);
  // A Secret does not say whose it is; these two together are nobody else's.
  if (!at('domainName') || !at('tenantName')) return [];
  return [...keys, ...application].flatMap((key): LocalFinding[] => {
    const node = at(key);
    const encoded = isScalar(node) ? String(node.value) : '';
    // What is encrypted in the file (SOPS) or still to be filled in is no base64.
    const text = /^[\w+/\s-]*=*\s*$/.test(encoded) ? Buffer.from(encoded, 'base64').toString() : '';
    if (!node || text.trim() === text) return [];
    const message = `${key} begins or ends with white space (a line break, if echo without -n was before base64); Gardener refuses that.`;
    return [{ range: rangeOf(node), severity: 'error', code: 'secret.whitespace', message }];
  });
}
