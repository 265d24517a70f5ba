import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import { type ExecRequest, execPluginOf, runExecPlugin } from '../../src/kubernetes/execCredential.ts';

const credential = (status: object) =>
  JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status });

/** Runs a plugin made of a script and tells what came of it in one line. */
async function ran(
  script: string,
  {
    allow = true,
    timeoutMs = 5000,
    apiVersion = 'client.authentication.k8s.io/v1',
    command = './login',
    interactiveMode = 'Never',
    installHint = '',
  } = {},
): Promise<{ result: string; asked: ExecRequest[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'plugin-'));
  const asked: ExecRequest[] = [];
  try {
    await writeFile(join(folder, 'login'), `#!/bin/sh\n${script}\n`);
    await chmod(join(folder, 'login'), 0o755);
    const plugin = execPluginOf(
      { apiVersion, command, interactiveMode, installHint, args: ['get-token'], env: [{ name: 'TENANT', value: 'acme' }] },
      join(folder, 'config'),
    );
    assert.ok(plugin);
    const mayRun = async (request: ExecRequest) => {
      asked.push(request);
      return allow;
    };
    const answer = await runExecPlugin(
      plugin,
      'kim',
      { server: 'https://a.example' },
      { env: process.env, mayRun, logger: silentLogger, timeoutMs },
    );
    const text = answer.ok ? JSON.stringify(answer.value) : `${answer.failure.reason}: ${answer.failure.message}`;
    return { result: text.replaceAll(folder, ''), asked };
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a program that signs in', () => {
  it('gives a token, after the user saw its command line', async () => {
    const { result, asked } = await ran(
      `test "$1 $TENANT" = "get-token acme" && test -n "$KUBERNETES_EXEC_INFO" && echo '${credential({ token: 'secret' })}'`,
    );
    assert.equal(result, '{"token":"secret"}');
    assert.deepEqual(
      asked.map(({ user, args, envNames }) => [user, args, envNames]),
      [['kim', ['get-token'], ['TENANT']]],
    );
  });

  const troubles: Readonly<Record<string, [string, Parameters<typeof ran>[1], string]>> = {
    'is not run when the user says no': [
      'echo x',
      { allow: false },
      'signedOut: User kim signs in with /login, which you have not allowed to run.',
    ],
    fails: [
      'echo "device code ABC" >&2; exit 3',
      {},
      'signedOut: /login, which signs in user kim, ended with status 3: device code ABC',
    ],
    hangs: ['sleep 60', { timeoutMs: 300 }, 'signedOut: /login, which signs in user kim, gave no answer within 0.3 s.'],
    'prints junk': ['echo junk', {}, 'signedOut: /login printed no credential: its output is not JSON.'],
    floods: ['yes', {}, 'signedOut: /login, which signs in user kim, printed more than a credential can be.'],
    'wants a terminal': [
      'echo x',
      { interactiveMode: 'Always' },
      'signedOut: User kim signs in with /login, which asks its questions in a terminal. Use a user of that kubeconfig that needs none.',
    ],
    'is missing': [
      '',
      { command: 'no-such-login', installHint: 'Install it with: brew install login' },
      'invalid: User kim signs in with the program "no-such-login", which was not found. Install it with: brew install login',
    ],
    'tells a secret in an address': [
      'echo "https://kim:pa55@login.example failed" >&2; exit 1',
      {},
      'signedOut: /login, which signs in user kim, ended with status 1: https://***@login.example failed',
    ],
    'is a text for a shell': [
      'echo x',
      { command: './login; touch hacked' },
      'invalid: User kim signs in with the program "./login; touch hacked", which was not found.',
    ],
    'prints another version': [
      `echo '{"apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"t"}}'`,
      {},
      'signedOut: /login printed a credential of another version than client.authentication.k8s.io/v1.',
    ],
    'prints no credential': [
      `echo '{"apiVersion":"client.authentication.k8s.io/v1"}'`,
      {},
      'signedOut: /login printed no credential.',
    ],
    'speaks an unknown version': [
      'echo x',
      { apiVersion: 'client.authentication.k8s.io/v9' },
      'invalid: User kim signs in with a program of version "client.authentication.k8s.io/v9", which is not supported (/config).',
    ],
  };
  for (const [name, [script, options, expected]] of Object.entries(troubles))
    it(name, async () => assert.equal((await ran(script, options)).result, expected));
});
