/** WebSockets over the transport, against a server that frames for itself: RFC 6455, sections 4.1 (handshake), 5 (frames), 7 (closing). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createHttp } from '../../src/base/http.ts';
import type { MessageSocket } from '../../src/base/messageSocket.ts';
import { eventually } from '../support/eventually.ts';
import { framed, type ServedSocket, socketServer } from '../support/socketServer.ts';

type Play = Parameters<typeof socketServer>[0];

async function withSocket<T>(
  play: Play,
  body: (socket: MessageSocket, url: string) => Promise<T>,
  options?: Parameters<typeof socketServer>[1],
): Promise<T> {
  await using server = await socketServer(play, options);
  const http = createHttp();
  try {
    const opened = await http.socket({ method: 'GET', url: `${server.url}/a?b=c`, headers: { authorization: 'Bearer t' } }, [
      'v5',
      'v4',
    ]);
    assert.ok(opened.ok && 'messages' in opened.value, JSON.stringify(opened));
    return await body(opened.value, server.url);
  } finally {
    http.dispose();
  }
}

/** Everything that came, each message as text, then how it ended. */
async function all(socket: MessageSocket): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const message of socket.messages)
    texts.push(message.length > 200 ? `${message.length} bytes` : Buffer.from(message).toString());
  const failure = await socket.ended;
  return [...texts, failure ? `${failure.reason}: ${failure.message.replace(/^127\.0\.0\.1:\d+ /, '')}` : 'closed'];
}

const closed = (code: number) => framed(8, [code >> 8, code & 0xff]);

const STORIES: readonly (readonly [what: string, play: (socket: ServedSocket) => void, wanted: readonly string[]])[] = [
  [
    'messages of every length, then a close in good order',
    (socket) => {
      socket.say('one');
      socket.say(Buffer.alloc(300));
      socket.say(Buffer.alloc(70_000));
      socket.raw(closed(1000));
    },
    ['one', '300 bytes', '70000 bytes', 'closed'],
  ],
  [
    'a message in fragments, with a ping between them',
    (socket) =>
      socket.raw(
        Buffer.concat([framed(2, ['a'], false), framed(9, ['?']), framed(0, ['b'], false), framed(0, ['c']), closed(1000)]),
      ),
    ['abc', 'closed'],
  ],
  ['text is handed on as its bytes', (socket) => socket.raw(Buffer.concat([framed(1, ['t']), framed(8, [])])), ['t', 'closed']],
  ['a close with a code says so', (socket) => socket.raw(closed(1011)), ['offline: ended the connection (code 1011).']],
  [
    'a connection that ends in the middle of a message',
    (socket) => {
      socket.say('whole');
      socket.raw(framed(2, ['half of it']).subarray(0, 5));
      setImmediate(() => setTimeout(() => socket.stream.end(), 50));
    },
    ['whole', 'offline: closed the connection.'],
  ],
  [
    'a masked frame is no server',
    (socket) => socket.raw(Buffer.of(0x82, 0x81, 1, 2, 3, 4, 5)),
    ['malformed: sent what is no WebSocket message. Is there a proxy in between?'],
  ],
  [
    'a page is no frame',
    (socket) => socket.raw(Buffer.from('<html>')),
    ['malformed: sent what is no WebSocket message. Is there a proxy in between?'],
  ],
  [
    'a message that is said to be a terabyte long is not waited for',
    (socket) => socket.raw(Buffer.from('827f0000010000000000', 'hex')),
    ['malformed: sent what is no WebSocket message. Is there a proxy in between?'],
  ],
  [
    'a fragment that continues nothing',
    (socket) => socket.raw(framed(0, ['x'])),
    ['malformed: sent what is no WebSocket message. Is there a proxy in between?'],
  ],
];

describe('a WebSocket', () => {
  for (const [what, play, wanted] of STORIES)
    test(what, () => withSocket(play, async (socket) => assert.deepEqual(await all(socket), wanted)));

  test('sends masked messages of every length, answers pings, and says goodbye', async () => {
    let served: ServedSocket | undefined;
    await withSocket(
      (socket) => {
        served = socket;
        socket.raw(framed(9, ['are you there']));
        socket.say('go');
      },
      async (socket) => {
        const [first] = await Promise.all([
          socket.messages[Symbol.asyncIterator]().next(),
          socket.send(Buffer.of(0), Buffer.from('hi')),
        ]);
        assert.equal(Buffer.from(first.value ?? []).toString(), 'go');
        await socket.send(Buffer.alloc(300));
        await socket.send(Buffer.alloc(70_000));
        socket.close();
        assert.equal(await socket.send(Buffer.from('late')), false);
        assert.equal(await socket.ended, undefined);
        await eventually('all is heard', async () => served?.heard.length === 5);
        assert.deepEqual(
          [...(served?.heard ?? [])].sort(),
          ['10 are you there', '2 300 bytes', '2 70000 bytes', '2 \0hi', '8 \x03è'].sort(),
        );
      },
    );
  });

  test('asks as the transport does: headers, query, subprotocols', () =>
    withSocket(
      ({ request, raw }) => {
        const { authorization, upgrade } = request.headers;
        raw(framed(2, [[request.url, authorization, upgrade, request.headers['sec-websocket-protocol']].join(' ')]));
        raw(closed(1000));
      },
      async (socket) => {
        assert.deepEqual(await all(socket), ['/a?b=c Bearer t websocket v5, v4', 'closed']);
        assert.equal(socket.protocol, 'v5');
      },
    ));

  test('waits while the other side does not read', () =>
    withSocket(
      ({ stream }) => void setImmediate(() => stream.pause()),
      async (socket) => {
        const sending = (async () => {
          for (let piece = 0; piece < 64; piece++) if (!(await socket.send(Buffer.alloc(1024 * 1024)))) return 'closed';
          return 'all taken';
        })();
        const first = await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, 300, 'still waits'))]);
        socket.close();
        assert.deepEqual([first, await sending], ['still waits', 'closed']);
      },
    ));

  test('a server that answers without switching has answered; one that proves nothing is not spoken to', async () => {
    const http = createHttp();
    try {
      await using refusing = await socketServer(() => 403);
      const refused = await http.socket({ method: 'GET', url: refusing.url }, ['v4']);
      assert.ok(refused.ok && refused.value.status === 403 && refused.value.text().includes('told'));
      for (const options of [{ accept: 'wrong' }, { protocol: 'v9' }]) {
        await using wrong = await socketServer(() => {}, options);
        const opened = await http.socket({ method: 'GET', url: wrong.url }, ['v4']);
        assert.ok(!opened.ok && opened.failure.reason === 'malformed', JSON.stringify(opened));
      }
      const nowhere = await http.socket({ method: 'GET', url: 'http://127.0.0.1:1/' }, ['v4']);
      assert.ok(!nowhere.ok && nowhere.failure.reason === 'offline');
    } finally {
      http.dispose();
    }
  });

  test('the signal closes it', async () => {
    const ending = new AbortController();
    await using server = await socketServer((socket) => socket.say('first'));
    const http = createHttp();
    const opened = await http.socket({ method: 'GET', url: server.url, signal: ending.signal }, ['v4']);
    assert.ok(opened.ok && 'messages' in opened.value);
    for await (const _ of opened.value.messages) ending.abort();
    assert.equal(await opened.value.ended, undefined);
    http.dispose();
  });
});
