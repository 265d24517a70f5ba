import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { asSettings } from '../../src/openstack/configFiles.ts';
import { configWorlds, mergedByUs, placeWorld } from '../support/configWorlds.ts';

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
            extra = {k: v for k, v in c.items() if k.endswith(('_endpoint_override', '_region_name', '_api_version', '_interface', '_service_type', '_service_name')) and k not in ('network_api_version', 'object_store_api_version') and isinstance(v, str)}
            interface = c['interface'] if isinstance(c['interface'], list) else [c['interface']]
            found[key] = dict(auth=auth, authType=c['auth_type'], interfaces=[i.removesuffix('URL') for i in interface], verify=verify, cert=cert, extra=extra, networks=c['networks'])
        except Exception as e:
            found[key] = 'error'
print(json.dumps(found))
`;

const root = mkdtempSync(join(tmpdir(), 'clouds-'));
after(() => rmSync(root, { recursive: true }));
const hasReference = spawnSync('/usr/bin/python3', ['-c', 'import openstack.config']).status === 0;
const goldenFile = new URL('cloudConfig.golden.json', import.meta.url);
/** `UPDATE_GOLDEN=1` writes down what the reference says. */
const updates = process.env['UPDATE_GOLDEN'] === '1';
const recorded: Record<string, unknown> = {};

for (const [title, world] of Object.entries(configWorlds)) {
  test(`as the openstack command reads it: ${title}`, {
    skip: !hasReference && 'python3-openstacksdk is not installed',
  }, async () => {
    await using placed = await placeWorld(world, mkdtempSync(join(root, 'world-')));
    const { env, cwd } = placed;
    const { stdout } = await promisify(execFile)('/usr/bin/python3', ['-c', reference], { env, cwd, encoding: 'utf8' });
    const theirs = placed.neutral(withoutDefaults(JSON.parse(stdout)));
    recorded[title] = theirs;
    if (!updates) assert.deepEqual(asSettings(JSON.parse(readFileSync(goldenFile, 'utf8')))[title], theirs);
    assert.deepEqual(placed.neutral(await mergedByUs(placed)), theirs);
  });
}

if (updates) after(() => writeFileSync(goldenFile, `${JSON.stringify(recorded, null, 2)}\n`));

/** Where there is no file and no environment the reference makes an empty cloud `defaults`; we say that there are none. */
function withoutDefaults(theirs: unknown): unknown {
  const { 'defaults/': _defaults, ...rest } = asSettings(theirs);
  return rest;
}
