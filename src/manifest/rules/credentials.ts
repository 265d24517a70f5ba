import type { FixedValues, Rule } from '../rule.ts';
import { externalNetworkId } from './external.ts';

const entry = 'cloud of clouds.yaml';
/** A file describes clouds of all kinds: what is not in the bound one is in its own. */
const elsewhere = { unknown: 'allow', several: 'told' } as const;
const region = { to: 'identity.region', by: 'name', ...elsewhere } as const;
const projectName = { to: 'identity.project', by: 'name', ...elsewhere } as const;
const projectId = { to: 'identity.project', by: 'id', ...elsewhere } as const;
/** What clusterctl fills its templates with is meant for the cloud of the cluster, which is the bound one. */
const variables = ['openrc', 'clusterctl.yaml'] as const;

/** Names in clouds.yaml and openrc. Source: openstacksdk, `openstack/config/loader.py`; Cluster API Provider OpenStack, `docs/book/src/clusteropenstack/configuration.md`. */
export const credentialRules: readonly Rule[] = [
  { in: entry, at: 'region_name', ...region },
  { in: entry, at: 'regions[*]', ...region },
  { in: entry, at: 'regions[*].name', ...region, field: 'regions.name' },
  { in: entry, at: 'auth.project_name', ...projectName },
  { in: entry, at: 'auth.project_id', ...projectId },
  { in: 'openrc', at: 'OS_REGION_NAME', ...region },
  { in: 'openrc', at: 'OS_PROJECT_NAME', ...projectName },
  { in: 'openrc', at: 'OS_PROJECT_ID', ...projectId },
  ...variables.flatMap((place): Rule[] => [
    {
      in: place,
      at: 'OPENSTACK_EXTERNAL_NETWORK_ID',
      ...externalNetworkId,
    },
    ...['OPENSTACK_IMAGE_NAME', 'OPENSTACK_FLATCAR_IMAGE_NAME', 'FLATCAR_IMAGE_NAME'].map(
      (at): Rule => ({ in: place, at, to: 'image.image', by: 'name', unknown: 'error' }),
    ),
    ...['OPENSTACK_CONTROL_PLANE_MACHINE_FLAVOR', 'OPENSTACK_NODE_MACHINE_FLAVOR', 'OPENSTACK_BASTION_MACHINE_FLAVOR'].map(
      (at): Rule => ({ in: place, at, to: 'compute.flavor', by: 'name', unknown: 'error' }),
    ),
    { in: place, at: 'OPENSTACK_FAILURE_DOMAIN', to: 'compute.availability_zone', by: 'name', unknown: 'error' },
    {
      in: place,
      at: 'OPENSTACK_SSH_KEY_NAME',
      to: 'compute.keypair',
      by: 'name',
      unknown: 'information',
      consequence: 'Key pairs belong to users: the one of OPENSTACK_CLOUD must have it.',
    },
  ]),
];

/** Plug-ins of keystoneauth; others may add more. Source: keystoneauth, `setup.cfg` (keystoneauth1.plugin). */
const authTypes = ['password', 'token', 'none', 'http_basic', 'admin_token', 'v2password', 'v2token', 'v3password', 'v3token']
  .concat(['v3applicationcredential', 'v3totp', 'v3multifactor', 'v3oidcpassword', 'v3oidcclientcredentials'])
  .concat(['v3oidcaccesstoken', 'v3oidcauthcode', 'v3oidcdeviceauthz', 'v3oauth1', 'v3oauth2clientcredential'])
  .concat(['v3oauth2mtlsclientcredential', 'v3kerberos', 'v3fedkerb', 'v3adfspassword', 'v3samlpassword', 'v3tokenlessauth'])
  .concat(['noauth', 'v1password']);
const interfaces = ['public', 'internal', 'admin', 'publicURL', 'internalURL', 'adminURL'];
const authKeys = ['auth_url', 'username', 'user_id', 'password', 'project_name', 'project_id', 'tenant_name', 'tenant_id']
  .concat(['user_domain_name', 'user_domain_id', 'project_domain_name', 'project_domain_id', 'domain_name', 'domain_id'])
  .concat(['default_domain', 'default_domain_id', 'default_domain_name', 'system_scope', 'trust_id', 'token', 'passcode'])
  .concat(['application_credential_id', 'application_credential_name', 'application_credential_secret'])
  .concat(['identity_provider', 'protocol', 'client_id', 'client_secret', 'access_token', 'discovery_endpoint']);
const settings = { called: 'setting', reader: 'OpenStack', own: /^[a-z]/, shared: true, typed: true } as const;
const free = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
const authType = {
  words: authTypes,
  otherwise: { said: 'is known only where a plug-in of that name is installed', severity: 'information' },
} as const;
const endpoint = { words: interfaces, otherwise: { said: 'is the interface of no endpoint', severity: 'warning' } } as const;

/** What stands in an entry of clouds.yaml and in openrc; of other keys only a slip of the pen is told: services and plug-ins have keys of their own. */
export const credentialValues: readonly FixedValues[] = [
  {
    ...settings,
    in: entry,
    at: '',
    keys: {
      ...free(['auth', 'profile', 'region_name', 'regions', 'verify', 'cacert', 'identity_api_version', 'networks']),
      ...free(['cert', 'key', 'insecure', 'timeout', 'tls_ciphers', 'cloud', 'api_timeout']),
      ...free(['floating_ip_source', 'image_format', 'disable_vendor_agent', 'force_ipv4', 'volume_api_version']),
      auth_type: authType,
      interface: endpoint,
      endpoint_type: endpoint,
    },
  },
  { ...settings, in: entry, at: 'auth', keys: free(authKeys) },
  {
    ...settings,
    in: 'openrc',
    at: '',
    own: /^OS_/,
    keys: {
      ...free(authKeys.map((key) => `OS_${key.toUpperCase()}`)),
      ...free(['OS_REGION_NAME', 'OS_CACERT', 'OS_CERT', 'OS_KEY', 'OS_INSECURE', 'OS_CLOUD', 'OS_CLIENT_CONFIG_FILE']),
      ...free(['OS_IDENTITY_API_VERSION', 'OS_COMPUTE_API_VERSION', 'OS_VOLUME_API_VERSION', 'OS_IMAGE_API_VERSION']),
      OS_AUTH_TYPE: authType,
      OS_INTERFACE: endpoint,
      OS_ENDPOINT_TYPE: endpoint,
    },
  },
];
