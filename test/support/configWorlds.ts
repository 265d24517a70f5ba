import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createHttp } from '../../src/base/http.ts';
import { cloudConfig, environmentCloud } from '../../src/openstack/cloudConfig.ts';
import { readConfigFiles, type Settings } from '../../src/openstack/configFiles.ts';
import { fetchProfile } from '../../src/openstack/remoteProfile.ts';
import { type ScriptedServer, scriptedServer } from './scriptedServer.ts';

/** Files and environment that clouds are read from. `PROFILE_HOST` stands for the address of a server that publishes `profile`. */
export interface ConfigWorld {
  readonly files: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly profile?: unknown;
}

/** A world on the disk. */
export interface PlacedWorld extends AsyncDisposable {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** A value with this world's own paths and addresses replaced by names, so that it can be compared. */
  neutral(value: unknown): unknown;
}

/** Writes a world into an empty folder, and serves its profile. */
export async function placeWorld(world: ConfigWorld, place: string): Promise<PlacedWorld> {
  const server: ScriptedServer = await scriptedServer({ 'GET /.well-known/openstack/api': { json: world.profile } });
  for (const folder of ['home', 'cwd', 'site']) mkdirSync(join(place, folder));
  for (const [path, text] of Object.entries(world.files)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text.replaceAll('PROFILE_HOST', server.url));
  }
  const given = Object.entries(world.env ?? {}).map(([name, value]) => [
    name,
    name.endsWith('_FILE') ? join(place, value) : value,
  ]);
  return {
    cwd: join(place, 'cwd'),
    env: { HOME: join(place, 'home'), XDG_CONFIG_DIRS: join(place, 'site'), ...Object.fromEntries(given) },
    neutral: (value) =>
      JSON.parse(JSON.stringify(value).replaceAll(place, '/PLACE').replaceAll(server.url, 'https://PROFILE_HOST')),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Every cloud and region of a world as we merge it: `name/region` → what matters of it, or `error`. */
export async function mergedByUs({ env, cwd }: PlacedWorld): Promise<unknown> {
  const home = env['HOME'];
  const http = createHttp();
  const files = await readConfigFiles({ env, cwd, home });
  const entries = new Map<string, unknown>([...files.clouds].map(([name, { settings }]) => [name, settings]));
  const environment = environmentCloud(env);
  if (environment) entries.set(environment.name, environment.settings);
  const found: Record<string, unknown> = {};
  const remote = new Map<string, Settings>();
  for (const [name, settings] of entries) {
    const merge = (region?: string) => cloudConfig(name, settings, undefined, { ...files, remote }, region);
    const waiting = merge();
    const address = waiting.ok ? waiting.value.awaits : undefined;
    const profile = address === undefined ? undefined : await fetchProfile(http, name, address);
    if (address !== undefined && profile?.ok) remote.set(address, profile.value);
    const first = merge();
    const regions = first.ok && first.value.regions.length > 0 ? first.value.regions : [undefined];
    for (const region of regions) found[`${name}/${region ?? ''}`] = summary(merge(region), home ?? '');
  }
  http.dispose();
  return found;
}

function summary(config: ReturnType<typeof cloudConfig>, home: string): unknown {
  if (!config.ok) return 'error';
  const { auth, authType, interfaces, verify, cert, key, settings, networks } = config.value;
  const extra = Object.entries(settings).filter(
    ([name, value]) => comparedSettings.test(name) && !defaults.has(name) && typeof value === 'string',
  );
  const expanded = (path: string) => path.replace(/^~/, home);
  const pair = cert === undefined ? null : key === undefined ? expanded(cert) : [expanded(cert), expanded(key)];
  return {
    auth,
    authType,
    interfaces,
    verify: typeof verify === 'string' ? expanded(verify) : verify,
    cert: pair,
    extra: Object.fromEntries(extra),
    networks,
  };
}

const comparedSettings = /_(endpoint_override|region_name|api_version|interface|service_type|service_name)$/;
/** What the reference adds to every cloud, and we keep in the table of services instead. */
const defaults = new Set(['network_api_version', 'object_store_api_version']);

export const configWorlds: Readonly<Record<string, ConfigWorld>> = {
  'secure.yaml is merged over clouds.yaml, each found on its own': {
    files: {
      'home/.config/openstack/clouds.yaml': `
clouds:
  demo:
    auth: { auth_url: 'https://k.example/v3', username: alice, project_name: demo, domain_name: Default }
    region_name: RegionOne
`,
      'site/openstack/secure.yml': `
clouds:
  demo: { auth: { password: "p{a}ss" } }
`,
    },
  },
  'the working folder comes first, and .json counts': {
    files: {
      'cwd/clouds.json':
        '{"clouds": {"here": {"auth": {"auth_url": "http://127.0.0.1:5000", "username": "u", "password": 1234, "project_id": "p"}}}}',
      'home/.config/openstack/clouds.yaml': 'clouds: { there: { auth: { auth_url: http://other } } }',
    },
  },
  'old spellings, dashes, placeholders, overrides': {
    files: {
      'chosen.yaml': `
clouds:
  old:
    auth-type: password
    auth:
      auth_url: https://k.{region_name}.example:5000/v3
      username: alice
      password: secret
      tenant-name: demo
      user_domain_name: Users
      project_domain_id: default
    region-name: north
    endpoint_type: internalURL
    compute-endpoint-override: https://nova.{region_name}.example/v2.1
    volume_endpoint_type: admin
    verify: no
  outside:
    auth_url: https://k.example
    project_name: outer
    username: bob
    password: x
    auth: { project_name: inner, domain_id: default }
    cacert: ~/ca.pem
    cert: /c.pem
    key: /k.pem
  insecure:
    auth: { auth_url: 'https://k.example', username: a, password: b, project_name: c, user_domain_id: d, project_domain_id: e }
    insecure: "true"
    cacert: /ca.pem
  quoted:
    auth: { auth_url: 'https://k.example', username: a, password: b, project_name: c, user_domain_id: d, project_domain_id: e }
    verify: "false"
  missing-placeholder:
    auth: { auth_url: 'https://{nothing}.example', username: a, password: b, project_name: c }
`,
    },
    env: { OS_CLIENT_CONFIG_FILE: 'chosen.yaml' },
  },
  'regions with values, a profile of clouds-public.yaml': {
    files: {
      'home/.config/openstack/clouds.yaml': `
clouds:
  many:
    profile: vendor
    auth: { username: alice, password: secret, project_name: demo }
    interface: [internal, public]
    regions:
      - north
      - name: south
        values: { auth: { auth_url: 'https://south.example/v3' }, image_endpoint_override: 'https://glance.south' }
      - west
`,
      'home/.config/openstack/clouds-public.yaml': `
public-clouds:
  vendor:
    auth: { auth_url: 'https://k.vendor.example/v3', user_domain_name: V, project_domain_name: V }
    region_name: ignored
`,
    },
  },
  'application credentials and tokens': {
    files: {
      'home/.config/openstack/clouds.yaml': `
clouds:
  credential:
    auth_type: v3applicationcredential
    auth: { auth_url: 'https://k.example/v3', application_credential_id: abc, application_credential_secret: def }
  token:
    auth_type: token
    auth: { auth_url: 'https://k.example/v3', token: t, project_id: p }
`,
    },
  },
  'the environment makes a cloud': {
    files: { 'home/.config/openstack/clouds.yaml': 'clouds: {}' },
    env: {
      OS_AUTH_URL: 'https://env.example/v3',
      OS_USERNAME: 'eve',
      OS_PASSWORD: 'secret',
      OS_PROJECT_NAME: 'demo',
      OS_USER_DOMAIN_NAME: 'Default',
      OS_PROJECT_DOMAIN_NAME: 'Default',
      OS_REGION_NAME: 'RegionOne',
      OS_INTERFACE: 'internal',
      OS_TESTING: 'not a setting',
    },
  },
  'variables that only select make none': {
    files: {
      'home/.config/openstack/clouds.yaml':
        'clouds: { demo: { auth: { auth_url: "https://k", username: a, password: b, project_name: c } } }',
    },
    env: { OS_CLOUD: 'demo', OS_REGION_NAME: 'RegionOne' },
  },
  'a cloud names one region of a profile that lists many': {
    files: {
      'home/.config/openstack/clouds.yaml': `
clouds:
  one:
    profile: vendor
    region_name: south
    auth: { username: alice, password: secret, project_name: demo }
  list:
    profile: vendor
    regions: [west]
    auth: { username: alice, password: secret, project_name: demo }
  commas:
    profile: vendor
    region_name: south,west
    auth: { username: alice, password: secret, project_name: demo }
`,
      'site/openstack/clouds-public.yaml': `
public-clouds:
  vendor:
    auth: { auth_url: 'https://k.{region_name}.example/v3', user_domain_name: V, project_domain_name: V }
    regions: [north, { name: south, values: { image_endpoint_override: 'https://glance.south' } }]
`,
    },
  },
  'the profiles of the bundled public clouds': {
    files: {
      'home/.config/openstack/clouds.yaml': `
clouds:
${['ovh', 'otc', 'fuga', 'auro', 'limestonenetworks', 'zetta', 'citycloud', 'rackspace', 'elastx']
  .map(
    (name) => `  my-${name}:
    profile: ${name}
    auth: { username: alice, password: secret, project_id: p, user_domain_name: Mine }
`,
  )
  .join('')}
  old-word:
    cloud: dreamcompute
    auth: { username: alice, password: secret, project_id: p, user_domain_name: Mine }
  unknown:
    profile: nobody-knows
    auth: { auth_url: 'https://k.example', username: alice, password: secret, project_id: p, user_domain_name: Mine }
`,
    },
  },
  'a profile that the provider publishes at its own address': {
    profile: {
      name: 'zetta',
      profile: {
        auth: { auth_url: 'https://published.example/v3', user_domain_name: 'P', project_domain_name: 'P' },
        regions: ['published'],
        dns_api_version: '1',
        compute_endpoint_override: 'https://nova.example/v2.1',
      },
    },
    files: {
      'home/.config/openstack/clouds.yaml': `
clouds:
  remote:
    profile: PROFILE_HOST/any/path
    auth: { username: alice, password: secret, project_name: demo }
    interface: internal
`,
    },
  },
  'networks, kept with what they route; two of them may not claim the same': {
    files: {
      'home/.config/openstack/clouds.yaml': `
clouds:
  named:
    auth: { auth_url: 'https://k.example/v3', username: a, password: b, project_id: p, user_domain_id: d }
    regions:
      - name: north
        values:
          networks:
            - { name: public, routes_externally: true, nat_source: true, default_interface: "True", routes_ipv6_externally: false }
            - { name: private, nat_destination: yes }
      - south
    prefer_ipv6: false
  older:
    auth: { auth_url: 'https://k.example/v3', username: a, password: b, project_id: p, user_domain_id: d }
    external_network: ext
    internal_network: int
  twice:
    auth: { auth_url: 'https://k.example/v3', username: a, password: b, project_id: p, user_domain_id: d }
    networks: [{ name: one, nat_destination: true }, { name: two, nat_destination: true }]
  both:
    auth: { auth_url: 'https://k.example/v3', username: a, password: b, project_id: p, user_domain_id: d }
    networks: [{ name: one }]
    external_network: ext
  nameless:
    auth: { auth_url: 'https://k.example/v3', username: a, password: b, project_id: p, user_domain_id: d }
    networks: [{ nat_destination: true }]
`,
    },
  },
  'settings of one service, by any of its names and of one region': {
    files: {
      'home/.config/openstack/clouds.json': JSON.stringify({
        clouds: {
          services: {
            auth: {
              auth_url: 'https://k.example/v3',
              username: 'a',
              password: 'b',
              project_id: 'p',
              user_domain_id: 'd',
            },
            identity_api_version: 3,
            'volume-api-version': 3.7,
            compute_interface: 'admin',
            image_endpoint_type: 'internal',
            load_balancer_region_name: 'elsewhere',
            network_endpoint_override: 'https://neutron.{region_name}.example',
            regions: [{ name: 'a', values: { compute_interface: 'public', 'network-api-version': '2.0' } }, 'b'],
          },
        },
      }),
    },
  },
  'TLS: cacert, cert, key, insecure and verify against each other': {
    files: {
      'home/.config/openstack/clouds.yaml': `
clouds:
${[
  'verify: true',
  'verify: false\n    cacert: /ca.pem',
  'insecure: true',
  'insecure: no\n    cacert: ~/ca.pem',
  'verify: /own/ca.pem',
  'cert: ~/c.pem',
  'cert: /c.pem\n    key: ~/k.pem',
  'insecure: "yes"',
  'verify: 0',
]
  .map(
    (lines, index) => `  tls-${index}:
    ${lines}
    auth: { auth_url: 'https://k.example', username: a, password: b, project_id: p, user_domain_id: d }
`,
  )
  .join('')}
`,
    },
  },
  'scopes: a system, a domain, a trust, none': {
    files: {
      'home/.config/openstack/clouds.yaml': `
clouds:
  system: { auth: { auth_url: 'https://k.example/v3', username: a, password: b, user_domain_id: d, system_scope: all } }
  domain: { auth: { auth_url: 'https://k.example/v3', username: a, password: b, user_domain_id: d }, domain_name: acme }
  trust: { auth: { auth_url: 'https://k.example/v3', username: a, password: b, user_domain_id: d, trust_id: t } }
  unscoped: { auth: { auth_url: 'https://k.example/v3', username: a, password: b, user_domain_id: d } }
`,
    },
  },
  'logins by passcode, by a provider of identities, without any': {
    files: {
      'home/.config/openstack/clouds.yaml': `
clouds:
  totp:
    auth_type: v3totp
    auth: { auth_url: 'https://k.example/v3', username: a, user_domain_id: d, project_id: p }
    passcode: "123456"
  oidc:
    auth_type: v3oidcclientcredentials
    auth: { auth_url: 'https://k.example/v3', identity_provider: idp, protocol: openid, client_id: c, client_secret: s, access_token_endpoint: 'https://idp/token', project_id: p }
  access-token:
    auth_type: v3oidcaccesstoken
    auth: { auth_url: 'https://k.example/v3', identity_provider: idp, protocol: openid, access_token: t, project_id: p }
  fixed:
    auth_type: token_endpoint
    auth: { endpoint: 'https://ironic.example', token: t }
  none:
    auth_type: none
    auth: { endpoint: 'https://ironic.example' }
`,
    },
  },
  'an empty world': { files: {} },
};
