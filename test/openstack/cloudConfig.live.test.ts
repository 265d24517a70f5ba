import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { cloudConfig, environmentCloud, regionsOf } from '../../src/openstack/cloudConfig.ts';
import { asSettings, readConfigFiles } from '../../src/openstack/configFiles.ts';

/** Loads every cloud and region as the `openstack` command would, and prints what matters as JSON. */
const reference = `
import json, warnings, logging
warnings.simplefilter('ignore'); logging.disable(logging.CRITICAL)
import openstack.config
config = openstack.config.OpenStackConfig()
found = {}
for name in config.get_cloud_names():
    regions = [r['name'] for r in config._get_regions(name)]
    for region in regions:
        key = name + '/' + region
        try:
            one = config.get_one(name, region_name=region)
            c = one.config
            verify, cert = one.get_requests_verify_args()
            auth = {k: v for k, v in c['auth'].items() if v is not None}
            extra = {k: v for k, v in c.items() if k.endswith(('_endpoint_override', '_region_name')) and isinstance(v, str)}
            interface = c['interface'] if isinstance(c['interface'], list) else [c['interface']]
            found[key] = dict(auth=auth, authType=c['auth_type'], interfaces=[i.removesuffix('URL') for i in interface], verify=verify, cert=cert, extra=extra)
        except Exception as e:
            found[key] = 'error'
print(json.dumps(found))
`;

const worlds: Readonly<
  Record<string, { readonly files: Readonly<Record<string, string>>; readonly env?: Readonly<Record<string, string>> }>
> = {
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
  'an empty world': { files: {} },
};

const root = mkdtempSync(join(tmpdir(), 'clouds-'));
after(() => rmSync(root, { recursive: true }));
const hasReference = spawnSync('/usr/bin/python3', ['-c', 'import openstack.config']).status === 0;

for (const [title, world] of Object.entries(worlds)) {
  test(`as the openstack command reads it: ${title}`, {
    skip: !hasReference && 'python3-openstacksdk is not installed',
  }, async () => {
    const place = mkdtempSync(join(root, 'world-'));
    for (const folder of ['home', 'cwd', 'site']) mkdirSync(join(place, folder));
    for (const [path, text] of Object.entries(world.files)) {
      mkdirSync(dirname(join(place, path)), { recursive: true });
      writeFileSync(join(place, path), text);
    }
    const given = Object.entries(world.env ?? {}).map(([name, value]) => [
      name,
      name.endsWith('_FILE') ? join(place, value) : value,
    ]);
    const env = { HOME: join(place, 'home'), XDG_CONFIG_DIRS: join(place, 'site'), ...Object.fromEntries(given) };
    const theirs: unknown = JSON.parse(
      execFileSync('/usr/bin/python3', ['-c', reference], { env, cwd: join(place, 'cwd'), encoding: 'utf8' }),
    );
    assert.deepEqual(await ours(env, join(place, 'cwd')), withoutDefaults(theirs));
  });
}

/** Where there is no file and no environment the reference makes an empty cloud `defaults`; we say that there are none. */
function withoutDefaults(theirs: unknown): unknown {
  const { 'defaults/': _defaults, ...rest } = asSettings(theirs);
  return rest;
}

async function ours(env: Readonly<Record<string, string>>, cwd: string) {
  const home = env['HOME'];
  const files = await readConfigFiles({ env, cwd, home });
  const entries = new Map<string, unknown>([...files.clouds].map(([name, { settings }]) => [name, settings]));
  const environment = environmentCloud(env);
  if (environment) entries.set(environment.name, environment.settings);
  const found: Record<string, unknown> = {};
  for (const [name, settings] of entries) {
    const regions = regionsOf(asSettings(settings));
    const first = cloudConfig(name, settings, undefined, files);
    const all = regions.length > 0 ? regions : first.ok && first.value.region !== undefined ? [first.value.region] : [undefined];
    for (const region of all)
      found[`${name}/${region ?? ''}`] = summary(cloudConfig(name, settings, undefined, files, region), home ?? '');
  }
  return found;
}

function summary(config: ReturnType<typeof cloudConfig>, home: string): unknown {
  if (!config.ok) return 'error';
  const { auth, authType, interfaces, verify, cert, key, settings } = config.value;
  const extra = Object.entries(settings).filter(
    ([name, value]) => /_(endpoint_override|region_name)$/.test(name) && typeof value === 'string',
  );
  const expanded = typeof verify === 'string' ? verify.replace(/^~/, home) : verify;
  const pair = cert === undefined ? null : key === undefined ? cert : [cert, key];
  return { auth, authType, interfaces, verify: expanded, cert: pair, extra: Object.fromEntries(extra) };
}
