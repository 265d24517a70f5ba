import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { silentLogger } from '../../src/base/logger.ts';
import {
  type ExecRequest,
  type ExecSurroundings,
  execPluginOf,
  type PluginPage,
  pageIn,
  runExecPlugin,
} from '../../src/kubernetes/execCredential.ts';
import { eventually } from '../support/eventually.ts';

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

  /** A workspace `shop` and, beside it, `tools` and `shop-tools`; the program called `command` is there, links as said. */
  const places: Readonly<Record<string, [command: string, links: Readonly<Record<string, string>>, runs: boolean]>> = {
    'outside every workspace folder runs': ['tools/login', {}, true],
    'in a folder only named alike runs': ['shop-tools/login', {}, true],
    'in a workspace folder does not run': ['shop/bin/login', {}, false],
    'in a workspace folder does not run by a way around': ['tools/../shop/login', {}, false],
    'outside, being a link into a workspace folder, does not run': ['tools/login', { 'tools/login': 'shop/bin/login' }, false],
    'in a workspace folder, being a link to the outside, does not run': ['shop/login', { 'shop/login': 'tools/login' }, false],
    'in a folder that is a link into a workspace folder does not run': ['tools/bin/login', { 'tools/bin': 'shop/bin' }, false],
  };
  for (const [name, [command, links, runs]] of Object.entries(places))
    for (const opened of ['shop', 'link to shop'])
      it(`${name} (opened as ${opened})`, async () => {
        const root = await mkdtemp(join(tmpdir(), 'places-'));
        try {
          for (const folder of ['shop/bin', 'tools', 'shop-tools']) {
            await mkdir(join(root, folder), { recursive: true });
            await writeFile(join(root, folder, 'login'), `#!/bin/sh\necho '${credential({ token: 't' })}'`, { mode: 0o755 });
          }
          await writeFile(join(root, 'shop/login'), `#!/bin/sh\necho '${credential({ token: 't' })}'`, { mode: 0o755 });
          for (const [link, target] of Object.entries(links)) {
            await rm(join(root, link), { force: true });
            await symlink(join(root, target), join(root, link));
          }
          await symlink(join(root, 'shop'), join(root, 'link to shop'));
          const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: `${root}/${command}` };
          const plugin = execPluginOf(exec, join(root, 'config'));
          assert.ok(plugin);
          let asked = 0;
          const mayRun = async () => {
            asked += 1;
            return true;
          };
          const workspaceFolders = () => [join(root, 'no such folder'), join(root, opened)];
          const answer = await runExecPlugin(
            plugin,
            'kim',
            {},
            { env: process.env, mayRun, logger: silentLogger, workspaceFolders },
          );
          const said = answer.ok ? answer.value.token : answer.failure.message.replaceAll(root, '');
          const refusal = `User kim signs in with /${command}, which lies in the workspace folder /${opened}. No program of a workspace is run to sign in: put it elsewhere and name it in /config.`;
          assert.deepEqual([said, asked], runs ? ['t', 1] : [refusal, 0]);
        } finally {
          await rm(root, { recursive: true });
        }
      });

  it('that PATH finds in a workspace folder does not run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'path-'));
    try {
      await writeFile(join(folder, 'login'), '#!/bin/sh\n', { mode: 0o755 });
      const plugin = execPluginOf({ apiVersion: 'client.authentication.k8s.io/v1', command: 'login' }, '/config');
      assert.ok(plugin);
      const surroundings = { env: { PATH: folder }, mayRun: async () => true, logger: silentLogger };
      const answer = await runExecPlugin(plugin, 'kim', {}, { ...surroundings, workspaceFolders: () => [folder] });
      assert.match(answer.ok ? '' : answer.failure.message, /which lies in the workspace folder/);
    } finally {
      await rm(folder, { recursive: true });
    }
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

/** A program of a folder, run with what the test adds to its surroundings. */
async function runAs(
  script: string,
  more: (folder: string) => Partial<ExecSurroundings> & { readonly kuberc?: string },
): Promise<{ readonly result: string; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'plugin-'));
  try {
    const { kuberc, ...surroundings } = more(folder);
    if (kuberc !== undefined) {
      await mkdir(join(folder, '.kube'));
      await writeFile(join(folder, '.kube', 'kuberc'), kuberc);
    }
    await writeFile(join(folder, 'login'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const plugin = execPluginOf({ apiVersion: 'client.authentication.k8s.io/v1', command: './login' }, join(folder, 'config'));
    assert.ok(plugin);
    const usual = { env: { PATH: process.env['PATH'] }, home: folder, mayRun: async () => true, logger: silentLogger };
    const answer = await runExecPlugin(plugin, 'kim', {}, { ...usual, ...surroundings });
    const text = answer.ok ? JSON.stringify(answer.value) : `${answer.failure.reason}: ${answer.failure.message}`;
    return { result: text.replaceAll(folder, ''), folder };
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('a program that wants a person', () => {
  const page =
    'To sign in, use a web browser to open the page https://login.example/device and enter the code ABCD-1234 to authenticate.';

  it('brings the user to its page with the code, and is waited for beyond the deadline of a program', async () => {
    const seen: PluginPage[] = [];
    let over = false;
    const attend = async (one: PluginPage, answered: AbortSignal) => {
      seen.push(one);
      answered.addEventListener('abort', () => {
        over = true;
      });
    };
    const script = `echo "${page}" >&2; sleep 1; echo '${credential({ token: 't' })}'`;
    const { result } = await runAs(script, () => ({ attend, timeoutMs: 500 }));
    assert.deepEqual([result, over], ['{"token":"t"}', true]);
    assert.deepEqual(seen, [{ user: 'kim', url: 'https://login.example/device', code: 'ABCD-1234' }]);
  });

  it('ends, with all it started, when the user gives up', async () => {
    let child = 0;
    const attend = async () => {
      child = Number(await readFile(pidFile, 'utf8'));
      return 'closed';
    };
    let pidFile = '';
    const { result } = await runAs(`sleep 60 & echo $! > "$(dirname "$0")/pid"; echo "${page}" >&2; wait`, (folder) => {
      pidFile = join(folder, 'pid');
      return { attend };
    });
    assert.match(result, /^signedOut: \/login, which signs in user kim, was cancelled/);
    await eventually('what it started has ended', async () => !isAlive(child));
  });

  for (const [said, wanted] of [
    [`${page}\n`, { url: 'https://login.example/device', code: 'ABCD-1234' }],
    ['Open https://sso.example/start?x=1, then type code: WDJB.\n', { url: 'https://sso.example/start?x=1', code: 'WDJB' }],
    ['Please visit the following URL in your browser: http://localhost:8000\n', { url: 'http://localhost:8000' }],
    ['See http://evil.example/ or ftp://x\n', undefined],
    ['https://torn.example/dev', undefined],
    ['error: code 500\n', undefined],
  ] as const)
    it(`page in ${JSON.stringify(said)}`, () => assert.deepEqual(pageIn(said), wanted));
});

describe('the policy of kuberc', () => {
  const script = `echo '${credential({ token: 't' })}'`;
  const preference = 'apiVersion: kubectl.config.k8s.io/v1beta1\nkind: Preference\n';

  it('is asked before the user is', async () => {
    let asked = 0;
    const mayRun = async () => {
      asked += 1;
      return true;
    };
    const { result } = await runAs(script, () => ({ mayRun, kuberc: `${preference}credentialPluginPolicy: DenyAll` }));
    assert.equal(
      result,
      'invalid: User kim is not signed in: /.kube/kuberc denies all programs that sign in (credentialPluginPolicy: DenyAll).',
    );
    assert.equal(asked, 0);
  });

  it('names the list in which a program is missing, and lets run what is in it', async () => {
    const list = (command: string) =>
      `${preference}credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist:\n- command: ${command}`;
    assert.equal(
      (await runAs(script, () => ({ kuberc: list('kubelogin') }))).result,
      'invalid: User kim is not signed in: /login is not in the credentialPluginAllowlist of /.kube/kuberc. Add it there if you trust it.',
    );
    assert.equal((await runAs(script, (folder) => ({ kuberc: list(`${folder}/login`) }))).result, '{"token":"t"}');
  });

  it('is not asked where KUBERC is off', async () => {
    const env = { PATH: process.env['PATH'], KUBERC: 'off' };
    const { result } = await runAs(script, () => ({ env, kuberc: `${preference}credentialPluginPolicy: DenyAll` }));
    assert.equal(result, '{"token":"t"}');
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[2] !== 'Z';
  } catch {
    return false;
  }
}
