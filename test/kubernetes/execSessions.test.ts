import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { execPluginOf } from '../../src/kubernetes/execCredential.ts';
import { ExecSessions, type ExecUser } from '../../src/kubernetes/execSessions.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { scriptedServer } from '../support/scriptedServer.ts';

/** A program that counts its runs and then does `script`; `ask` tells what came of asking, `runs` how often it ran. */
async function withProgram(
  script: string,
  body: (parts: {
    ask: (times?: number) => Promise<string[]>;
    sessions: ExecSessions;
    who: ExecUser;
    runs: () => Promise<number>;
    pass: (ms: number) => void;
    asked: () => number;
    folder: string;
  }) => Promise<void>,
  { allow = true } = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'session-'));
  let asks = 0;
  let now = Date.parse('2026-01-01T00:00:00Z');
  try {
    await writeFile(join(folder, 'login'), `#!/bin/sh\necho >> ${folder}/runs\n${script}\n`);
    await chmod(join(folder, 'login'), 0o755);
    const plugin = execPluginOf({ apiVersion: 'client.authentication.k8s.io/v1', command: './login' }, join(folder, 'config'));
    assert.ok(plugin);
    const cluster = { name: 'a', value: {}, file: 'config', line: 1 };
    const who: ExecUser = { plugin, user: 'kim', cluster };
    const sessions = new ExecSessions({
      env: process.env,
      mayRun: async () => {
        asks += 1;
        return allow;
      },
      logger: silentLogger,
      now: () => now,
    });
    const ask = async (times = 1) => {
      const answers = await Promise.all(Array.from({ length: times }, () => sessions.credential(who, {})));
      return answers.map((answer) => (answer.ok ? (answer.value.token ?? '') : answer.failure.reason));
    };
    const runs = () =>
      readFile(join(folder, 'runs'), 'utf8').then(
        (text) => text.length,
        () => 0,
      );
    const pass = (ms: number) => {
      now += ms;
    };
    await body({ ask, sessions, who, runs, pass, asked: () => asks, folder });
  } finally {
    await rm(folder, { recursive: true });
  }
}

const credential = (until?: string) =>
  `echo '${JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: 't', ...(until === undefined ? {} : { expirationTimestamp: until }) },
  })}'`;

describe('a sign-in program', () => {
  it('runs once for all who ask at the same time, and not again while its credential lasts', () =>
    withProgram(credential(), async ({ ask, runs, pass }) => {
      assert.deepEqual(await ask(10), Array(10).fill('t'));
      pass(86_400_000);
      assert.deepEqual([await ask(), await runs()], [['t'], 1]);
    }));

  it('runs again a minute before its credential ends', () =>
    withProgram(credential('2026-01-01T00:10:00Z'), async ({ ask, runs, pass }) => {
      await ask();
      pass(539_000);
      assert.deepEqual([await ask(), await runs()], [['t'], 1]);
      pass(1000);
      assert.deepEqual([await ask(), await runs()], [['t'], 2]);
    }));

  it('whose credential has ended when it comes does not run for every request', () =>
    withProgram(credential('2025-01-01T00:00:00Z'), async ({ ask, runs }) => {
      for (let request = 0; request < 5; request++) assert.deepEqual(await ask(), ['t']);
      assert.equal(await runs(), 1);
    }));

  it('runs again after its credential was refused, once however many were refused with it', () =>
    withProgram(credential(), async ({ ask, sessions, who, runs }) => {
      const refused = await sessions.credential(who, {});
      assert.ok(refused.ok);
      sessions.refuse(who, refused.value);
      await ask();
      sessions.refuse(who, refused.value);
      assert.deepEqual([await ask(), await runs()], [['t'], 2]);
    }));

  it('that fails is tried again ever later, then only when the user asks', () =>
    withProgram('exit 1', async ({ ask, sessions, who, runs, pass }) => {
      const seen: number[] = [];
      for (const wait of [0, 9_000, 1_000, 59_000, 1_000, 299_000, 1_000, 86_400_000]) {
        pass(wait);
        assert.deepEqual(await ask(5), Array(5).fill('signedOut'));
        seen.push(await runs());
      }
      assert.deepEqual(seen, [1, 1, 2, 2, 3, 3, 4, 4]);
      sessions.tryAgain(who);
      await ask();
      assert.equal(await runs(), 5);
    }));

  it('that the user does not allow is asked about once, until the user asks', () =>
    withProgram(
      credential(),
      async ({ ask, sessions, who, runs, pass, asked }) => {
        assert.deepEqual(await ask(5), Array(5).fill('signedOut'));
        pass(86_400_000);
        assert.deepEqual([await ask(), asked()], [['signedOut'], 1]);
        sessions.tryAgain(who);
        assert.deepEqual([await ask(), asked(), await runs()], [['signedOut'], 2, 0]);
      },
      { allow: false },
    ));

  it('ends with all it started when nobody waits any more', () =>
    withProgram('sleep 60 & echo $! > "$(dirname "$0")/child"; wait', async ({ sessions, who, folder }) => {
      const ending = new AbortController();
      const waiting = sessions.credential(who, {}, ending.signal);
      let child = '';
      while (child === '') {
        child = (await readFile(join(folder, 'child'), 'utf8').catch(() => '')).trim();
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      ending.abort();
      const answer = await waiting;
      assert.equal(!answer.ok && answer.failure.reason, 'cancelled');
      await gone(Number(child));
    }));

  it('runs once for two contexts of one user, and learns of the cluster what it asks for', async () => {
    await using server = await scriptedServer({ 'GET /version': { json: { gitVersion: 'v1' } } });
    const print = 'printf %s "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"';
    await withProgram(`${print}\n${credential()}`, async ({ runs, folder }) => {
      const context = (name: string) => `- {name: ${name}, context: {cluster: a, user: kim}}`;
      await writeFile(
        join(folder, 'config'),
        `contexts:\n${context('one')}\n${context('two')}\nclusters:
- name: a
  cluster:
    server: ${server.url}
    certificate-authority: ca.pem
    extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: kim}}]
users:
- {name: kim, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, provideClusterInfo: true}}}
`,
      );
      await writeFile(join(folder, 'ca.pem'), 'PEM');
      const http = createHttp();
      const env = { PATH: process.env['PATH'], KUBECONFIG: join(folder, 'config') };
      const contexts = openContexts({ http, env, mayRun: async () => true });
      const versions = await Promise.all(
        ['one', 'two'].map(async (name) => {
          const cluster = await contexts.open(name);
          assert.ok(cluster.ok, JSON.stringify(cluster));
          const answer = await cluster.value.connect();
          return answer.ok ? answer.value.version : answer.failure.message;
        }),
      );
      contexts.dispose();
      http.dispose();
      assert.deepEqual([versions, await runs()], [['v1', 'v1'], 1]);
      assert.deepEqual(JSON.parse(await readFile(join(folder, 'info'), 'utf8')).spec, {
        interactive: false,
        cluster: {
          server: server.url,
          'certificate-authority-data': Buffer.from('PEM').toString('base64'),
          config: { audience: 'kim' },
        },
      });
    });
  });
});

/** Resolves when no process has that id; a process that stays fails the test by its time limit. */
async function gone(pid: number): Promise<void> {
  for (let look = 0; look < 200; look++) {
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    if (state === '' || / Z /.test(state)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.fail(`process ${pid} still runs`);
}
