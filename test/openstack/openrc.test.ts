import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stringify } from 'yaml';
import { entryOfVariables, secretsIn, suggestedName, writable } from '../../src/openstack/cloudEntry.ts';
import { parseOpenrc } from '../../src/openstack/openrc.ts';

/** What is read of a file: the entry as YAML, then what is asked for and what could not be read. */
function read(text: string): string {
  const { variables, asked, unread } = parseOpenrc(text);
  return [
    stringify(entryOfVariables(variables)).trimEnd(),
    ...asked.map((name) => `asks for ${name}`),
    ...unread.map(({ name, line }) => `cannot read ${name} (line ${line})`),
  ].join('\n');
}

describe('an openrc file', () => {
  test('as Horizon writes it for a user: the password is asked for', () => {
    const horizon = `#!/usr/bin/env bash
# To use an OpenStack cloud you need to authenticate against the Identity service
export OS_AUTH_URL=https://keystone.lab.example:5000/v3
# With the addition of Keystone we have standardized on the term **project**
export OS_PROJECT_ID=5f1c3a
export OS_PROJECT_NAME="demo project"
export OS_USER_DOMAIN_NAME="Default"
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
export OS_PROJECT_DOMAIN_ID="default"
if [ -z "$OS_PROJECT_DOMAIN_ID" ]; then unset OS_PROJECT_DOMAIN_ID; fi
# unset v2.0 items in case set
unset OS_TENANT_ID
unset OS_TENANT_NAME
export OS_USERNAME="alice"
# With Keystone you pass the keystone password.
echo "Please enter your OpenStack Password for project $OS_PROJECT_NAME as user $OS_USERNAME: "
read -sr OS_PASSWORD_INPUT
export OS_PASSWORD=$OS_PASSWORD_INPUT
export OS_REGION_NAME="RegionOne"
# Don't leave a blank variable, unset it if it was empty
if [ -z "$OS_REGION_NAME" ]; then unset OS_REGION_NAME; fi
export OS_INTERFACE=public
export OS_IDENTITY_API_VERSION=3
`;
    assert.equal(
      read(horizon),
      `auth:
  auth_url: https://keystone.lab.example:5000/v3
  username: alice
  project_id: 5f1c3a
  project_name: demo project
  user_domain_name: Default
  project_domain_id: default
interface: public
region_name: RegionOne
identity_api_version: "3"
asks for OS_PASSWORD`,
    );
  });

  test('as Horizon writes it for an application credential', () => {
    const horizon = `#!/usr/bin/env bash

export OS_AUTH_TYPE=v3applicationcredential
export OS_AUTH_URL=https://k:5000
export OS_IDENTITY_API_VERSION=3
export OS_REGION_NAME="RegionOne"
export OS_INTERFACE=public
export OS_APPLICATION_CREDENTIAL_ID=8c12
export OS_APPLICATION_CREDENTIAL_SECRET=s3cret
`;
    assert.equal(
      read(horizon),
      `auth_type: v3applicationcredential
auth:
  auth_url: https://k:5000
  application_credential_id: 8c12
  application_credential_secret: s3cret
interface: public
identity_api_version: "3"
region_name: RegionOne`,
    );
  });

  test('by hand: old spellings, quotes, defaults, several in a line, no export', () => {
    const hand = `OS_USERNAME=bob OS_TENANT_NAME='two words' # who
set -e
HOST=k.example
export OS_AUTH_URL="http://\${HOST}:\${PORT:-5000}/v3" OS_INSECURE=True; export OS_ENDPOINT_TYPE=internalURL
export OS_PASSWORD='it'"'"'s #1 "$HOST"'
export OS_CACERT=/etc/ssl/\\
ca.pem
export OS_EMPTY= OS_VOLUME_API_VERSION=3
export OS_CLOUD=elsewhere
LC_ALL=C openstack server list
`;
    assert.equal(
      read(hand),
      `auth:
  auth_url: http://k.example:5000/v3
  username: bob
  password: "it's #1 \\"$HOST\\""
  project_name: two words
interface: internal
cacert: /etc/ssl/ca.pem
volume_api_version: "3"
verify: false`,
    );
  });

  test('nothing is run: what only a shell could tell is named with its line', () => {
    const clever = `export OS_USERNAME=$(whoami)
export OS_AUTH_URL=https://k/v3
export OS_PASSWORD=\`pass show cloud\`
eval "export OS_REGION_NAME=x"
export OS_PROJECT_NAME=\${OS_USERNAME}-project
`;
    assert.equal(
      read(clever),
      `auth:
  auth_url: https://k/v3
cannot read OS_USERNAME (line 1)
cannot read OS_PASSWORD (line 3)
cannot read OS_PROJECT_NAME (line 5)`,
    );
  });

  test('any text is read without trouble', () => {
    for (const text of ['', '"', "export 'OS_X", 'export OS_X="a', '$(', '${', '\\', 'a\\\n', 'fi;fi;;', '`'])
      assert.deepEqual(
        [...parseOpenrc(text).variables.keys()].filter((name) => name !== 'OS_X'),
        [],
        text,
      );
  });
});

describe('an entry', () => {
  const entry = entryOfVariables(
    new Map([
      ['OS_AUTH_URL', 'https://keystone.north.example/v3'],
      ['OS_USERNAME', 'alice'],
      ['OS_PASSWORD', 'p'],
      ['OS_PASSCODE', '123456'],
    ]),
  );

  test('is written without its secrets, unless they are wanted; a passcode never is', () => {
    assert.deepEqual(secretsIn(entry), ['password']);
    assert.deepEqual(writable(entry, false)['auth'], { auth_url: 'https://keystone.north.example/v3', username: 'alice' });
    assert.deepEqual(Object.keys(writable(entry, true)['auth'] as object), ['auth_url', 'username', 'password']);
  });

  test('gets a name of its own', () => {
    assert.equal(suggestedName(entry, []), 'north');
    assert.equal(suggestedName(entry, ['north', 'north-2']), 'north-3');
    assert.equal(suggestedName({ auth: { auth_url: 'http://10.0.0.1:5000', project_name: 'my project' } }, []), 'my-project');
  });
});
