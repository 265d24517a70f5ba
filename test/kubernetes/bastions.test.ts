/** API servers behind a bastion: an `ssh` stands in that keeps the contract of `-N -L` (see `standInSsh`); TLS is spoken to a server that only it can reach. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import { silentLogger } from '../../src/base/logger.ts';
import { Bastions, parseBastion } from '../../src/kubernetes/bastions.ts';
import type { ExecRequest } from '../../src/kubernetes/execCredential.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { certificates } from '../support/certificates.ts';
import { eventually } from '../support/eventually.ts';
import { scriptedServer } from '../support/scriptedServer.ts';
import { type StandInSsh, standInSsh } from '../support/standInSsh.ts';

const authority = certificates();
after(() => authority.dispose());
const private_ = 'api.private.example';

interface Scene {
  readonly ssh: StandInSsh;
  readonly asked: readonly ExecRequest[];
  readonly said: string[];
  /** The version of each context's server, or why not. */
  connect(context: string): Promise<string>;
  dispose(): void;
}

const answer = { 'GET /version': { json: { gitVersion: 'v1.36.3' } } };

/** Contexts `one` and `two` of a server that no name service knows, `other` of another name of it, reached through that bastion. */
async function withScene(
  bastion: string,
  body: (scene: Scene) => Promise<void>,
  { allow = true, names = `DNS:${private_}` } = {},
) {
  await using server = await scriptedServer(answer, authority.issue(names));
  using ssh = standInSsh(server.port);
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  const ca = Buffer.from(authority.ca).toString('base64');
  const cluster = (name: string, host: string) =>
    `- {name: ${name}, cluster: {server: "https://${host}:6443", certificate-authority-data: ${ca}}}`;
  const context = (name: string, of: string) => `- {name: ${name}, context: {cluster: ${of}, user: kim}}`;
  const text = [
    'clusters:',
    cluster('a', private_),
    cluster('b', 'other.private.example'),
    'contexts:',
    context('one', 'a'),
    context('two', 'a'),
    context('other', 'b'),
    'users: [{name: kim, user: {token: t}}]',
  ];
  writeFileSync(join(home, 'config'), text.join('\n'));
  const http = createHttp();
  const asked: ExecRequest[] = [];
  const said: string[] = [];
  const contexts = openContexts({
    http,
    home,
    env: { KUBECONFIG: join(home, 'config'), PATH: `${ssh.folder}:/usr/bin:/bin` },
    mayRun: async (request) => {
      asked.push(request);
      return allow;
    },
    logger: { ...silentLogger, info: (line) => said.push(String(line)) },
    bastions: { '*.private.example': bastion },
  });
  const connect = async (name: string) => {
    const opened = await contexts.open(name);
    assert.ok(opened.ok);
    const connected = await opened.value.connect();
    return connected.ok ? connected.value.version : `${connected.failure.reason}: ${connected.failure.message}`;
  };
  try {
    await body({ ssh, asked, said, connect, dispose: () => contexts.dispose() });
  } finally {
    contexts.dispose();
    http.dispose();
    rmSync(home, { recursive: true });
  }
}

const socketOf = (run = '') => /-L ([^:]+):/.exec(run)?.[1] ?? '';

describe('a server behind a bastion', () => {
  test('is reached by one ssh that its contexts share, after one question; its own name is verified', () =>
    withScene('kim@bastion.example:2222', async ({ ssh, asked, said, connect }) => {
      assert.equal(ssh.runs.length, 0, 'nothing runs before a gesture');
      assert.deepEqual(await Promise.all(['one', 'two', 'one'].map(connect)), ['v1.36.3', 'v1.36.3', 'v1.36.3']);
      const command = `-N -T -o BatchMode=yes -o ExitOnForwardFailure=yes -o ConnectTimeout=10 -o ServerAliveInterval=15 -o ServerAliveCountMax=3 -o StreamLocalBindMask=0177 -o PermitLocalCommand=no -L SOCKET:${private_}:6443 -p 2222 -l kim -- bastion.example`;
      assert.deepEqual(
        ssh.runs.map((run) => run.replace(socketOf(run), 'SOCKET')),
        [command],
      );
      assert.deepEqual(
        asked.map(({ user, purpose, program, args }) => [user, purpose, program.endsWith('/ssh'), args.join(' ')]),
        [[`${private_}:6443`, 'tunnel', true, command.replace('SOCKET', '…')]],
      );
      assert.deepEqual(said, [`Bastion kim@bastion.example:2222 leads to ${private_}:6443.`]);
    }));

  test('of another name is refused as it is without one', () =>
    withScene('bastion.example', async ({ connect }) => {
      assert.equal(
        await connect('other'),
        `untrusted: other.private.example:6443 presents a certificate for ${private_}. Check the address, or name the right CA.`,
      );
    }));

  test('ssh ends with the window, and its socket goes', () =>
    withScene('bastion.example', async ({ ssh, connect, dispose }) => {
      assert.equal(await connect('one'), 'v1.36.3');
      const socket = socketOf(ssh.runs[0]);
      assert.ok(existsSync(socket));
      dispose();
      await eventually('it has ended', async () => ssh.ended === 1 && !existsSync(dirname(socket)));
      assert.equal(await connect('one'), `cancelled: ${private_}:6443 was not asked: its context was closed.`);
    }));

  for (const [bastion, sentence] of [
    ['unknown', `ssh does not know the host key of bastion unknown. Connect once in a terminal: ssh unknown`],
    [
      'kim@unknown:22',
      `ssh does not know the host key of bastion kim@unknown:22. Connect once in a terminal: ssh -p 22 kim@unknown`,
    ],
    ['changed', 'the host key of bastion changed is another than ssh knows. Ask its operator, then correct ~/.ssh/known_hosts.'],
    [
      'denied',
      'bastion denied did not accept your key. Load it with ssh-add, or name it in ~/.ssh/config (no password is asked for).',
    ],
    ['prohibited', 'bastion prohibited does not let connections through (AllowTcpForwarding, PermitOpen).'],
  ] as const)
    test(`${bastion}: what ssh said is told in a sentence`, () =>
      withScene(bastion, async ({ connect }) => {
        assert.equal(await connect('one'), `offline: ${private_}:6443 cannot be reached: ${sentence}`);
      }));

  test('closed, refused and no bastion at all', async () => {
    const told = async (bastion: string) => {
      let text = '';
      await withScene(bastion, async ({ connect }) => {
        text = await connect('one');
      });
      return text.replace(`${private_}:6443 `, '');
    };
    assert.equal(
      await told('closed'),
      'offline: cannot be reached through bastion closed: ssh: connect to host closed port 22: Connection refused.',
    );
    assert.equal(await told('refused'), 'offline: cannot be reached from bastion refused: connect failed: Connection refused.');
    assert.equal(
      await told('-oProxyCommand=touch'),
      'invalid: is not asked: "-oProxyCommand=touch" is no bastion. Write user@host:port, or a host of ~/.ssh/config.',
    );
  });

  test('one that was not allowed is not run, and not asked for again unasked', () =>
    withScene(
      'bastion.example',
      async ({ ssh, asked, connect }) => {
        const refused = new RegExp(
          `^signedOut: ${private_}:6443 is not asked: you have not allowed \\S+/ssh to lead to it through bastion bastion\\.example\\.$`,
        );
        assert.match(await connect('one'), refused);
        assert.deepEqual([ssh.runs.length, asked.length], [0, 1]);
      },
      { allow: false },
    ));
});

describe('ways', () => {
  const waysOf = (folder: string, times: { opensMs?: number; idleMs?: number; now?: () => number } = {}) =>
    new Bastions(
      { 'prod-*': 'bastion', prod: 'kim@jump', '10.0.*': 'silent' },
      { env: { PATH: folder }, mayRun: async () => true, logger: silentLogger, ...times },
    );

  test('a context is matched by its name, then by patterns of its name and of its host', () => {
    const ways = waysOf('/nowhere');
    const named = (name: string, server = 'https://a.example') => ways.nameFor({ name, server });
    assert.deepEqual(
      [named('prod'), named('prod-eu'), named('dev', 'https://10.0.3.4:6443'), named('dev'), named('preprod')],
      ['kim@jump', 'bastion', 'silent', undefined, undefined],
    );
    assert.equal(ways.to({ name: 'prod-a', server: 'https://[fd00::1]' })?.name, 'bastion [fd00::1]:443');
    assert.equal(ways.to({ name: 'prod-a', server: 'https://a' }), ways.to({ name: 'prod-b', server: 'https://a:443' }));
  });

  test('one that nobody is on is closed, and opened again by the next; who is on keeps it', async () => {
    using ssh = standInSsh(1);
    const ways = waysOf(`${ssh.folder}:/usr/bin:/bin`, { idleMs: 100 });
    const way = ways.to({ name: 'prod-a', server: 'https://a' });
    const enter = async () => {
      const opened = await way?.open();
      assert.ok(opened?.ok, JSON.stringify(opened));
      return opened.value.enter();
    };
    const [first, second] = [await enter(), await enter()];
    first();
    await new Promise((resolve) => setTimeout(resolve, 250));
    assert.deepEqual([ssh.runs.length, ssh.ended], [1, 0]);
    second();
    await eventually('it is closed', async () => ssh.ended === 1);
    const third = await enter();
    assert.equal(ssh.runs.length, 2);
    third();
    ways.dispose();
    await eventually('it ends with the rest', async () => ssh.ended === 2);
  });

  test('ssh that says nothing is ended after a deadline, and not run again at once', async () => {
    using ssh = standInSsh(1);
    let now = 0;
    const ways = waysOf(`${ssh.folder}:/usr/bin:/bin`, { opensMs: 1500, now: () => now });
    const way = ways.to({ name: 'dev', server: 'https://10.0.0.1:6443' });
    const told = async () => {
      const opened = await way?.open();
      return opened?.ok ? 'open' : opened?.failure.message;
    };
    const late = 'cannot be reached: bastion silent did not answer within 2 s.';
    assert.deepEqual([await told(), await told(), ssh.runs.length], [late, late, 1]);
    now = 10_000;
    assert.deepEqual([await told(), ssh.runs.length], [late, 2]);
    way?.tryAgain();
    assert.deepEqual([await told(), ssh.runs.length], [late, 3]);
    ways.dispose();
    await eventually('all have ended', async () => ssh.ended === 3);
  });

  test('without an ssh it says so, and one of the workspace is not run', async () => {
    assert.match(
      JSON.stringify(await waysOf('/nowhere').to({ name: 'prod', server: 'https://a' })?.open()),
      /ssh, by which bastion kim@jump is reached, was not found\. Install OpenSSH\./,
    );
    using ssh = standInSsh(1);
    const ways = new Bastions(
      { prod: 'jump' },
      { env: { PATH: ssh.folder }, mayRun: async () => true, logger: silentLogger, workspaceFolders: () => [ssh.folder] },
    );
    assert.match(
      JSON.stringify(await ways.to({ name: 'prod', server: 'https://a' })?.open()),
      /ssh lies in the workspace folder .*, so it is not run\./,
    );
    assert.equal(ssh.runs.length, 0);
  });

  test('what is a bastion and what ssh could take for an option', () => {
    const read = ['jump', 'kim@jump.example:2222', 'kim.o@[fd00::1]:22', '-J', 'kim@-x', 'a b', 'jump:port', '', '-l@x'].map(
      (text) => JSON.stringify(parseBastion(text)) ?? 'none',
    );
    assert.deepEqual(read, [
      '{"host":"jump"}',
      '{"host":"jump.example","user":"kim","port":2222}',
      '{"host":"fd00::1","user":"kim.o","port":22}',
      ...Array.from({ length: 6 }, () => 'none'),
    ]);
  });
});
