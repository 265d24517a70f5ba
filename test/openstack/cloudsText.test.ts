import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { withCloud } from '../../src/openstack/cloudsText.ts';

const entry = { auth: { auth_url: 'https://k/v3', username: 'alice' }, region_name: 'no', verify: false };

/** What changes, as a diff prints it: kept lines with a space, new ones with a plus, lost ones with a minus. */
function diff(before: string, name = 'lab'): string {
  const after = withCloud(before, name, entry);
  if (!after.ok) return `✗ ${after.failure.message}`;
  const old = before === '' ? [] : before.replace(/\n$/, '').split('\n');
  const lines: string[] = [];
  for (const line of after.value.replace(/\n$/, '').split('\n')) {
    if (old.includes(line)) while (old[0] !== line && old.length > 0) lines.push(`-${old.shift()}`);
    lines.push(old[0] === line ? ` ${old.shift()}` : `+${line}`);
  }
  return [...lines, ...old.map((line) => `-${line}`)].join('\n');
}

describe('one more entry in a clouds.yaml', () => {
  test('adds its lines and touches no other: comments, order, quotes and what follows stay', () => {
    const before = `# my clouds
cache: { auth: true }   # keyring
clouds:
    # the old one
    demo:
        auth:
            auth_url: "https://k:5000"   # behind the VPN
            password: 'a''b'
        verify: no

    prod: {auth: {auth_url: https://p}}
    # end of clouds

# who else
public-clouds: {}
`;
    assert.equal(
      diff(before),
      ` # my clouds
 cache: { auth: true }   # keyring
 clouds:
     # the old one
     demo:
         auth:
             auth_url: "https://k:5000"   # behind the VPN
             password: 'a''b'
         verify: no
 
     prod: {auth: {auth_url: https://p}}
+    lab:
+        auth:
+            auth_url: https://k/v3
+            username: alice
+        region_name: "no"
+        verify: false
     # end of clouds
 
 # who else
 public-clouds: {}`,
    );
  });

  test('begins a file, or a file without clouds', () => {
    const begun = `+clouds:
+  lab:
+    auth:
+      auth_url: https://k/v3
+      username: alice
+    region_name: "no"
+    verify: false`;
    assert.equal(diff(''), begun);
    assert.equal(diff('# empty so far'), ` # empty so far\n${begun}`);
    assert.equal(diff('clouds:\n'), ` ${begun.slice(1)}`);
    assert.equal(diff('clouds: {}\n'), `${begun}\n-clouds: {}`);
    assert.equal(diff('cache: {}\n'), ` cache: {}\n${begun}`);
  });

  test('without a last line break, and with a tab and a flow entry at the end', () => {
    assert.equal(
      diff('clouds:\n  demo:\n    auth: {}'),
      ' clouds:\n   demo:\n     auth: {}\n+  lab:\n+    auth:\n+      auth_url: https://k/v3\n+      username: alice\n+    region_name: "no"\n+    verify: false',
    );
  });

  test('in JSON', () => {
    const after = withCloud('{"clouds": {"demo": {"auth": {}}}}', 'lab', entry);
    assert.ok(after.ok);
    assert.deepEqual(JSON.parse(after.value).clouds, { demo: { auth: {} }, lab: entry });
  });

  test('a text that is no clouds file, or has the name, stays as it is', () => {
    assert.equal(diff('- a\n- b\n'), '✗ It is no mapping, as a clouds file is.');
    assert.match(diff('clouds: [unclosed\n'), /^✗ It is not valid YAML \(.*\)\. Mend it first\.$/);
    assert.equal(diff('clouds: {lab: {}}'), '✗ It has a cloud called lab already. Choose another name.');
  });
});
