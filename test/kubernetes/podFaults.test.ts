/** Connections to pods when the other side is not as it should be: what the API server, the node or the pod answers is scripted. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { failed } from '../../src/base/failure.ts';
import { tarEnd, tarHeader, tarPadding } from '../../src/base/tar.ts';
import { openPodStream } from '../../src/kubernetes/podExec.ts';
import { copyFromPod, copyToPod, safeParts } from '../../src/kubernetes/podFiles.ts';
import { statusOf, withSocketCluster } from '../support/socketCluster.ts';
import { framed, type ServedSocket } from '../support/socketServer.ts';

const where = { namespace: 'shop', pod: 'web-1', container: 'main' };
const goodbye = framed(8, []);
const exit = (code: number) =>
  statusOf({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    code: 500,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  });

/** What a process ended with, after all it wrote. */
async function endOf(play: (socket: ServedSocket) => unknown, protocol?: string): Promise<string> {
  return withSocketCluster(
    play,
    async (cluster) => {
      const opened = await openPodStream(cluster, where, { command: ['sh'], stdin: true, tty: false });
      if (!opened.ok) return `not opened, ${opened.failure.reason}: ${opened.failure.message}`;
      let text = '';
      for await (const { from, bytes } of opened.value.output) text += `${from} ${Buffer.from(bytes).toString()} · `;
      const end = await opened.value.ended;
      return (
        text +
        (end.ok ? `exit ${end.value.code}` : `${end.failure.reason}: ${end.failure.message.replace(/127\.0\.0\.1:\d+/, 'HOST')}`)
      );
    },
    protocol === undefined ? {} : { protocol },
  );
}

const ENDS: readonly (readonly [what: string, play: (socket: ServedSocket) => unknown, end: string])[] = [
  [
    'both outputs and a good end',
    ({ say, raw }) => {
      say(1);
      say(1, 'a');
      say(2, 'b');
      say(...statusOf({ status: 'Success' }));
      raw(goodbye);
    },
    'out a · error b · exit 0',
  ],
  ['the exit code of a kubelet', ({ say, raw }) => [say(...exit(130)), raw(goodbye)], 'exit 130'],
  [
    'a program that is not there, in the words of containerd',
    ({ say, raw }) => {
      const message =
        'Internal error occurred: error executing command in container: failed to exec in container: failed to start exec "1": OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH: unknown';
      say(...statusOf({ status: 'Failure', reason: 'InternalError', code: 500, message }));
      raw(goodbye);
    },
    'unsupported: Container main of pod shop/web-1 has no program sh.',
  ],
  [
    'an API server that goes away in the middle',
    ({ say, stream }) => [say(1, 'half'), setTimeout(() => stream.destroy(), 50)],
    'out half · offline: HOST closed the connection.',
  ],
  [
    'a connection that ends without a word about the program',
    ({ say, raw }) => [say(1, 'half'), raw(goodbye)],
    'out half · offline: The connection to container main of pod shop/web-1 on sandbox-admin ended before its program did. Try again.',
  ],
  ['a pod that is not running', () => 400, 'not opened, invalid: sandbox-admin: told.'],
  ['no right to it', () => 403, 'not opened, forbidden: sandbox-admin forbids it: told.'],
  ['a pod that is gone', () => 404, 'not opened, notFound: sandbox-admin: told.'],
];

describe('a process in a container ends with', () => {
  for (const [what, play, end] of ENDS) test(what, async () => assert.equal(await endOf((socket) => play(bound(socket))), end));

  test('the end of its input, which an older server cannot be told', async () => {
    for (const [protocol, told] of [
      ['v5.channel.k8s.io', true],
      ['v4.channel.k8s.io', false],
    ] as const)
      await withSocketCluster(
        () => {},
        async (cluster) => {
          const opened = await openPodStream(cluster, where, { command: ['cat'], stdin: true, tty: false });
          assert.ok(opened.ok);
          assert.equal(await opened.value.endInput(), told);
          opened.value.close();
        },
        { protocol },
      );
  });
});

describe('copying from a pod', () => {
  const entry = (path: string, kind: 'file' | 'folder' | 'other', text = '') => {
    const header = Buffer.from(
      tarHeader({ path, kind: kind === 'other' ? 'file' : kind, size: text.length, mode: 0o644, modified: 0 }),
    );
    if (kind === 'other') {
      header[156] = '2'.charCodeAt(0);
      const sum = header.fill(' ', 148, 156).reduce((total, byte) => total + byte, 0);
      header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    }
    return Buffer.concat([header, Buffer.from(text), tarPadding(text.length)]);
  };

  test('writes nothing outside of the folder, and follows no link', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'copy-'));
    const outside = join(folder, 'outside');
    const inside = join(folder, 'inside');
    mkdirSync(outside);
    mkdirSync(inside);
    symlinkSync(outside, join(inside, 'way-out'));
    const archive = Buffer.concat([
      entry('./good.txt', 'file', 'good'),
      entry('../evil.txt', 'file', 'evil'),
      entry(`${outside}/evil.txt`, 'file', 'evil'),
      entry('sub/../../evil.txt', 'file', 'evil'),
      entry('way-out/evil.txt', 'file', 'evil'),
      entry('link', 'other'),
      entry('link/evil.txt', 'file', 'inside a folder then'),
    ]);
    const bytes = Buffer.concat([archive, tarEnd(archive.length)]);
    const copied = await withSocketCluster(
      ({ say, raw }) => [say(1, bytes), say(...statusOf({ status: 'Success' })), raw(goodbye)],
      (cluster) => copyFromPod(cluster, where, '/data', inside),
    );
    assert.ok(copied.ok, JSON.stringify(copied));
    assert.deepEqual(copied.value.skipped, [
      '../evil.txt',
      `${outside}/evil.txt`,
      'sub/../../evil.txt',
      'way-out/evil.txt',
      'link',
    ]);
    assert.equal(readFileSync(join(inside, 'good.txt'), 'utf8'), 'good');
    assert.ok(!existsSync(join(outside, 'evil.txt')) && !existsSync(join(folder, 'evil.txt')));
    rmSync(folder, { recursive: true });
  });

  const REFUSED: readonly (readonly [what: string, play: (socket: ServedSocket) => unknown, told: RegExp])[] = [
    [
      'a container without tar',
      ({ say, raw }) => [
        say(...statusOf({ status: 'Failure', code: 500, message: 'exec: "tar": executable file not found in $PATH' })),
        raw(goodbye),
      ],
      /^unsupported: Container main of pod shop\/web-1 has no tar/,
    ],
    ['a shell that says so by 127', ({ say, raw }) => [say(...exit(127)), raw(goodbye)], /^unsupported: .* has no tar/],
    [
      'a file that may not be read',
      ({ say, raw }) => [say(2, 'tar: ./shadow: Permission denied\n'), say(...exit(2)), raw(goodbye)],
      /^forbidden: tar in container main .*: tar: \.\/shadow: Permission denied$/,
    ],
    [
      'a connection that is lost in the middle of a file',
      ({ say, stream }) => [
        say(1, entry('big', 'file', 'x'.repeat(2000)).subarray(0, 900)),
        setTimeout(() => stream.destroy(), 50),
      ],
      /^offline: .* closed the connection\.$/,
    ],
    [
      'something else than an archive',
      ({ say, raw }) => [say(1, 'welcome to this image\n'.repeat(60)), say(...statusOf({ status: 'Success' })), raw(goodbye)],
      /^malformed: What tar in container main .* sent is no archive/,
    ],
  ];
  for (const [what, play, told] of REFUSED)
    test(`tells of ${what}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'copy-'));
      const copied = await withSocketCluster(
        (socket) => play(bound(socket)),
        (cluster) => copyFromPod(cluster, where, '/data', folder),
      );
      assert.ok(!copied.ok);
      assert.match(`${copied.failure.reason}: ${copied.failure.message}`, told);
      rmSync(folder, { recursive: true });
    });

  test('takes these paths apart', () => {
    const wanted = {
      './a/b': 'a/b',
      'a//b/': 'a/b',
      '/a': undefined,
      '..': undefined,
      'a/..': undefined,
      'a\\..\\b': undefined,
      'c:/x': undefined,
      '.': undefined,
    };
    assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((path) => [path, safeParts(path)?.join('/')])), wanted);
  });
});

describe('copying to a pod', () => {
  // The one file that not even root can read from its beginning.
  const unreadable = '/proc/self/mem';
  const skip = process.platform === 'linux' ? false : `only Linux has ${unreadable}`;

  test('ends with a sentence, and the connection with it, at a file that is there and cannot be read', { skip }, async () => {
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    await withSocketCluster(
      ({ stream }) => {
        stream.once('end', () => stream.end(resolve));
      },
      async (cluster) => {
        const copied = await copyToPod(cluster, where, unreadable, '/data');
        assert.deepEqual(copied, failed('invalid', `${unreadable} cannot be read (EIO).`));
        await ended;
      },
    );
  });
});

/** The members as functions of their own. */
function bound(socket: ServedSocket): ServedSocket {
  return { ...socket, say: (...parts) => socket.say(...parts), raw: (bytes) => socket.raw(bytes) };
}
