import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parse } from 'yaml';
import { cloudConfig } from '../../src/openstack/cloudConfig.ts';
import { withCredentials } from '../../src/openstack/otherCredentials.ts';

const base = cloudConfig(
  'demo',
  parse(
    '{auth: {auth_url: https://keystone.example:5000/v3, username: alice, password: a, project_name: demo}, region_name: R1, cacert: /ours.pem, interface: public, compute_endpoint_override: https://ours.example}',
  ),
  { file: '/clouds.yaml', line: 2 },
  { publicClouds: {} },
);

/** Who signs in where, with the credentials of an entry: one line; or why not. */
function signsIn(entry: string, region?: string): string {
  assert.ok(base.ok);
  const config = withCredentials(base.value, parse(entry), region);
  if (!config.ok) return `${config.failure.reason}: ${config.failure.message}`;
  const { authType, auth, verify, interfaces, region: where, settings } = config.value;
  return [authType, JSON.stringify(auth), verify, interfaces, where, settings['compute_endpoint_override']].join(' ');
}

it('takes who signs in, for what project and region, and nothing about the way there', () => {
  const theirs =
    '{auth: {auth_url: "https://KEYSTONE.example:5000/", username: bob, password: b, project_name: ops}, region_name: R2, interface: internal, cacert: /etc/theirs.pem, verify: false, compute_endpoint_override: https://theirs.example, profile: https://profile.example}';
  const bob = '{"auth_url":"https://keystone.example:5000/v3","username":"bob","password":"b","project_name":"ops"}';
  assert.equal(signsIn(theirs), `password ${bob} /ours.pem public R2 https://ours.example`);
  assert.equal(signsIn(theirs, 'R3'), `password ${bob} /ours.pem public R3 https://ours.example`);
});

it('knows an application credential that has no type', () => {
  assert.equal(
    signsIn('{auth: {application_credential_id: "1", application_credential_secret: s}}'),
    'v3applicationcredential {"application_credential_id":"1","application_credential_secret":"s","auth_url":"https://keystone.example:5000/v3"} /ours.pem public R1 https://ours.example',
  );
});

it('goes to no other address, and begins nothing that somebody would have to answer', () => {
  assert.equal(
    signsIn('{auth: {auth_url: https://evil.example/v3, username: bob, password: b}}'),
    'conflict: These credentials are for https://evil.example, not for cloud demo (https://keystone.example:5000).',
  );
  assert.equal(
    signsIn('{auth_type: v3websso, auth: {identity_provider: i, protocol: p}}'),
    'unsupported: These credentials sign in by v3websso, which asks somebody.',
  );
});
