/** How a file is read: YAML (JSON is YAML), INI as a `cloud.conf` is, or the assignments of a shell (openrc). */
export type Syntax = 'yaml' | 'ini' | 'env';

/**
 * A section that names Keystone or a clouds.yaml, or keys that no other program's INI file has: clouds that call theirs so, too, have none of them.
 * Source: cloud-provider-openstack, `pkg/client/client.go`, `pkg/openstack/openstack.go`.
 */
export const cloudConfText =
  /^[ \t]*\[global\b[^\]]*\](?:(?!^[ \t]*\[)[\s\S])*?^[ \t]*(?:auth-url|use-clouds)\b|^[ \t]*(?:application-credential-id|floating-network-id|lb-provider|ignore-volume-az|tenant-name|tenant-id)[ \t]*=/im;
const cloudConfName = /(?:^|\/)(?:cloud\.conf|cloud-config|cloudprovider\.conf)$/;
const cloudConfSection = /^\[(?:global|networking|loadbalancer|route|metadata|blockstorage|keymanager)\b/im;
/** The file that Horizon offers, and the variables that clusterctl fills its templates with. Source: python-openstackclient, `doc/source/cli/man/openstack.rst`; Cluster API Provider OpenStack, `docs/book/src/clusteropenstack/configuration.md`. */
const variables =
  /^[ \t]*(?:export[ \t]+)?(?:OS_AUTH_URL|OPENSTACK_(?:CLOUD|EXTERNAL_NETWORK_ID|IMAGE_NAME|SSH_KEY_NAME|FAILURE_DOMAIN))=[^\r\n]/m;
const variablesName = /(?:^|\/)[^/]*(?:openrc[^/]*|\.rc)$/i;
const variable = /^[ \t]*(?:export[ \t]+)?OS_[A-Z_]+=/m;
const heatTemplate = /^heat_template_version[ \t]*:/m;

/** How a file is read whose name or path is given; undefined for one that is none of ours. */
export function syntaxOf(file: string, text: string): Syntax | undefined {
  return /\.(?:ya?ml|json)$/i.test(file) ? 'yaml' : shownSyntax(file, text);
}

/** The same of a file that is not called YAML: it counts only if its text shows what it is, so that a machine's other configuration files are left alone. */
export function shownSyntax(file: string, text: string): Syntax | undefined {
  if (/^(?:apiVersion|kind)[ \t]*:/m.test(text)) return 'yaml';
  if (cloudConfText.test(text) || (cloudConfName.test(file) && cloudConfSection.test(text))) return 'ini';
  if (variables.test(text) || (variablesName.test(file) && variable.test(text))) return 'env';
  return heatTemplate.test(text) ? 'yaml' : undefined;
}

/** Whether a file that is not called YAML or JSON may be one of ours by its name, so that it is worth reading. */
export function mayBeOurs(file: string): boolean {
  return cloudConfName.test(file) || variablesName.test(file) || /\.(?:conf|hot|template|env)$/i.test(file);
}
