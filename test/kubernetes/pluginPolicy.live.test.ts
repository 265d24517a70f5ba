/** What kuberc says of sign-in programs, read by us and by the sandbox's kubectl: both let run the same. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { silentLogger } from '../../src/base/logger.ts';
import { execPluginOf, runExecPlugin } from '../../src/kubernetes/execCredential.ts';
import { sandboxTest } from '../support/sandbox.ts';

const run = promisify(execFile);
const preference = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n';

/** `FOLDER` stands for where the program is; the PATH leads there. */
const policies: readonly (readonly [says: string, kuberc: string, command: string])[] = [
  ['nothing', preference, 'login'],
  ['an empty policy', `${preference}credentialPluginPolicy: ""`, 'login'],
  ['all', `${preference}credentialPluginPolicy: AllowAll`, 'login'],
  ['none', `${preference}credentialPluginPolicy: DenyAll`, 'login'],
  ['a name', `${preference}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: login}]`, 'login'],
  [
    'a name for a path',
    `${preference}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: login}]`,
    'FOLDER/login',
  ],
  [
    'a path for a name',
    `${preference}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: FOLDER/login}]`,
    'login',
  ],
  ['another name', `${preference}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: other}]`, 'login'],
  [
    'a path of another folder',
    `${preference}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: FOLDER/more/login}]`,
    'login',
  ],
  [
    'one of two',
    `${preference}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: other}, {command: login}]`,
    'login',
  ],
  [
    'a name, as 1.35 wrote it',
    `${preference}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{name: login}]`,
    'login',
  ],
  ['a policy that is not known', `${preference}credentialPluginPolicy: Perhaps`, 'login'],
  ['what is no YAML', '{{{', 'login'],
];

sandboxTest('kuberc lets run what kubectl lets run', async ({ kubernetes: { kubectl, server } }) => {
  const folder = mkdtempSync(join(tmpdir(), 'policy-'));
  const login = (path: string) => {
    const credential = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status: { token: 't' } };
    writeFileSync(path, `#!/bin/sh\necho '${JSON.stringify(credential)}'\n`);
    chmodSync(path, 0o755);
  };
  try {
    mkdirSync(join(folder, 'more'));
    for (const path of ['login', 'other', 'more/login']) login(join(folder, path));
    const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, KUBERC: join(folder, 'kuberc') };
    const verdicts: Record<string, unknown> = {};
    const wanted: Record<string, unknown> = {};
    for (const [says, kuberc, named] of policies) {
      const command = named.replace('FOLDER', folder);
      const exec = { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' };
      writeFileSync(env.KUBERC, kuberc.replaceAll('FOLDER', folder));
      const config = join(folder, 'config');
      writeFileSync(
        config,
        JSON.stringify({
          clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
          users: [{ name: 'u', user: { exec } }],
          contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
          'current-context': 'x',
        }),
      );
      const kubectlSaid = await run(kubectl, ['--kubeconfig', config, 'get', '--raw', '/api'], { env }).then(
        ({ stdout }) => stdout,
        ({ stderr }) => String(stderr),
      );
      wanted[says] = !/not allowed|not permitted|applying preferences/.test(kubectlSaid);
      const plugin = execPluginOf(exec, config);
      assert.ok(plugin);
      const ran = await runExecPlugin(plugin, 'u', {}, { env, mayRun: async () => true, logger: silentLogger });
      verdicts[says] = ran.ok;
    }
    assert.deepEqual(verdicts, wanted);
    assert.equal(Object.values(wanted).includes(false), true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
