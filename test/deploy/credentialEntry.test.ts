import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { stringify } from 'yaml';
import { credentialEntry } from '../../src/deploy/live/credentialEntry.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';

/** The entry a Secret (or ConfigMap) comes to, as YAML on one line; or what it lacks. */
function entry(text: string, cloud?: string): string {
  const [manifest] = parseManifests('a.yaml', text);
  const object = manifest?.toJson();
  assert.ok(object?.ok, text);
  const read = credentialEntry(object.value, cloud === undefined ? {} : { cloud });
  if (!read.ok) return `${read.failure.reason}: ${read.failure.message}`;
  return typeof read.value === 'string'
    ? `cloud ${read.value}`
    : stringify(read.value, { collectionStyle: 'flow' }).replace(/\s+/g, ' ').trim();
}

const clouds = `clouds: {ops: {auth: {auth_url: https://keystone.test/v3, username: bob, password: p}, region_name: R1}}`;
const secret = (data: string) => `{apiVersion: v1, kind: Secret, metadata: {name: a}, ${data}}`;

const cases: Readonly<Record<string, readonly [text: string, cloud: string | undefined, expected: string]>> = {
  'clouds.yaml as text': [
    secret(`stringData: {clouds.yaml: ${JSON.stringify(clouds)}}`),
    'ops',
    '{ auth: { auth_url: https://keystone.test/v3, username: bob, password: p }, region_name: R1 }',
  ],
  'clouds.yaml in base64, the only entry where none is named': [
    secret(`data: {clouds.yaml: ${Buffer.from(clouds).toString('base64')}}`),
    undefined,
    '{ auth: { auth_url: https://keystone.test/v3, username: bob, password: p }, region_name: R1 }',
  ],
  'an entry that is not there': [
    secret(`stringData: {clouds.yaml: ${JSON.stringify(clouds)}}`),
    'opps',
    'notFound: has no cloud "opps" in its clouds.yaml',
  ],
  'a clouds.yaml that is broken is not quoted': [
    secret(`stringData: {clouds.yaml: "clouds: {a: {auth: {password: 'hunter2"}`),
    'a',
    'invalid: holds a clouds.yaml that is not valid YAML',
  ],
  'cloud.conf': [
    secret(
      `stringData: {cloud.conf: "[Global]\\nauth-url=https://keystone.test/v3\\nusername = bob\\npassword = \\"p#q\\"\\ntenant-name = ops\\ndomain-name = Default\\nregion=R1\\n"}`,
    ),
    undefined,
    '{ auth: { auth_url: https://keystone.test/v3, username: bob, password: p#q, project_name: ops, domain_name: Default }, region_name: R1 }',
  ],
  'cloud.conf that leads to a clouds.yaml': [
    secret(`stringData: {cloud.conf: "[Global]\\nuse-clouds = true\\nclouds-file = /etc/config/clouds.yaml\\ncloud = ops\\n"}`),
    undefined,
    'cloud ops',
  ],
  "Manila's keys; an application credential has its scope in itself": [
    secret(
      'stringData: {os-authURL: https://keystone.test/v3, os-region: R1, os-applicationCredentialID: "1", os-applicationCredentialSecret: s, os-projectName: ops}',
    ),
    undefined,
    '{ auth_type: v3applicationcredential, auth: { auth_url: https://keystone.test/v3, application_credential_id: "1", application_credential_secret: s }, region_name: R1 }',
  ],
  "Gardener's keys, with the line break that echo leaves": [
    secret(
      `data: {domainName: ${btoa('Default\n')}, tenantName: ${btoa('ops\n')}, username: ${btoa('bob')}, password: ${btoa('p')}, authURL: ${btoa('https://keystone.test/v3')}}`,
    ),
    undefined,
    '{ auth: { auth_url: https://keystone.test/v3, username: bob, password: p, project_name: ops, user_domain_name: Default, project_domain_name: Default } }',
  ],
  'an example of a manual': [
    secret(`stringData: {clouds.yaml: "clouds: {a: {auth: {username: bob, password: <your password>}}}"}`),
    'a',
    'invalid: is still to be filled in',
  ],
  'a Secret of somebody else': [
    secret('stringData: {token: t}'),
    'ops',
    'invalid: has no clouds.yaml and nothing else that signs in to a cloud',
  ],
};

describe('the credentials in a Secret, in the form that their reader wants', () => {
  for (const [name, [text, cloud, expected]] of Object.entries(cases)) it(name, () => assert.equal(entry(text, cloud), expected));
});
