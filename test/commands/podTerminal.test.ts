/** What a terminal in a pod shows and does, without a window: the node's end of its connection is scripted. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import '../support/withoutEditor.ts';
import { eventually } from '../support/eventually.ts';
import { statusOf, withSocketCluster } from '../support/socketCluster.ts';
import { framed, type ServedSocket } from '../support/socketServer.ts';

const { PodTerminal } = await import('../../src/commands/podTerminal.ts');
const { mayEnter } = await import('../../src/commands/mayEnter.ts');

const where = { namespace: 'shop', pod: 'web-1', container: 'main' };
const goodbye = framed(8, []);
const exit = (code: number) =>
  statusOf({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    code: 500,
    details: { causes: [{ reason: 'ExitCode', message: String(code) }] },
  });
const notThere = (program: string) =>
  statusOf({ status: 'Failure', code: 500, message: `exec: "${program}": executable file not found in $PATH` });
const programOf = ({ request }: ServedSocket) => new URL(`http://host${request.url}`).searchParams.get('command') ?? '';

interface Shown {
  readonly terminal: InstanceType<typeof PodTerminal>;
  /** All that it wrote, without colours. */
  readonly text: () => string;
  readonly closed: readonly number[];
  readonly missing: () => number;
}

async function withTerminal(
  play: (socket: ServedSocket, earlier: number) => unknown,
  shells: readonly string[],
  body: (shown: Shown) => Promise<void>,
): Promise<void> {
  await withSocketCluster(play, async (cluster) => {
    let text = '';
    let missing = 0;
    const closed: number[] = [];
    const requests = shells.map((shell) => ({ command: [shell], stdin: true, tty: true }));
    const terminal = new PodTerminal({ cluster, where, requests, onMissing: () => missing++ });
    terminal.onDidWrite((written) => {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours that are taken off
      text += written.replaceAll(/\u001b\[\d*m/g, '');
    });
    terminal.onDidClose((code) => closed.push(code));
    terminal.open({ columns: 100, rows: 30 });
    try {
      await body({ terminal, text: () => text.trim(), closed, missing: () => missing });
    } finally {
      terminal.close();
    }
  });
}

describe('a terminal in a pod', () => {
  test('takes the first shell that the container has, tells its size, and closes with it', async () => {
    const tried: string[] = [];
    let served: ServedSocket | undefined;
    await withTerminal(
      (socket) => {
        const program = programOf(socket);
        tried.push(program);
        served = socket;
        if (program === 'bash') return [socket.say(...notThere('bash')), socket.raw(goodbye)];
        // Some runtimes say it by the exit code alone.
        if (program === 'ash') return [socket.say(...exit(127)), socket.raw(goodbye)];
        return socket.say(1, '# ');
      },
      ['bash', 'ash', 'sh'],
      async ({ terminal, text, closed, missing }) => {
        await eventually('the prompt is there', async () => text() === '#');
        terminal.handleInput('é\r');
        terminal.setDimensions({ columns: 90, rows: 20 });
        await eventually('all is heard', async () => served?.heard.length === 3);
        assert.deepEqual(served?.heard, ['2 \x04{"Width":100,"Height":30}', '2 \0Ã©\r', '2 \x04{"Width":90,"Height":20}']);
        served?.say(...statusOf({ status: 'Success' }));
        served?.raw(goodbye);
        await eventually('it closes', async () => closed.length === 1);
        assert.deepEqual([tried, closed, missing()], [['bash', 'ash', 'sh'], [0], 0]);
      },
    );
  });

  test('says that a container has no shell, once, and offers another way', () =>
    withTerminal(
      (socket) => [socket.say(...notThere(programOf(socket))), socket.raw(goodbye)],
      ['bash', 'sh'],
      async ({ text, missing }) => {
        await eventually('it says so', async () => text() !== '');
        assert.equal(text(), 'Container main has no shell. A debug container brings its own. Press Enter to connect again.');
        assert.equal(missing(), 1);
      },
    ));

  const ENDS: readonly (readonly [what: string, end: (socket: ServedSocket) => unknown, says: RegExp])[] = [
    [
      'the exit code',
      (socket) => [socket.say(...exit(3)), socket.raw(goodbye)],
      /^\$\s+Ended with exit code 3\. Press Enter to connect again\.$/,
    ],
    [
      'that the API server is gone',
      (socket) => socket.stream.destroy(),
      /^\$\s+127\.0\.0\.1:\d+ closed the connection\. Press Enter to connect again\.$/,
    ],
  ];
  for (const [what, end, says] of ENDS)
    test(`says ${what}, stays open, and Enter connects again`, () => {
      let served: ServedSocket | undefined;
      return withTerminal(
        (socket, earlier) => {
          served = socket;
          socket.say(1, earlier === 0 ? '$ ' : 'back again');
        },
        ['bash'],
        async ({ terminal, text, closed }) => {
          await eventually('the prompt is there', async () => text() === '$');
          if (served) end(served);
          await eventually('it says so', async () => says.test(text()));
          terminal.handleInput('x');
          terminal.handleInput('\r');
          await eventually('it is connected', async () => text().endsWith('back again'));
          assert.deepEqual(closed, []);
        },
      );
    });

  test('Enter connects where the context leads by now', () =>
    withSocketCluster(
      (socket) => socket.say(1, 'the new one'),
      async (now) => {
        await withSocketCluster(
          (socket) => socket.stream.destroy(),
          async (cluster) => {
            let text = '';
            const requests = [{ command: ['sh'], stdin: true, tty: true }];
            const terminal = new PodTerminal({ cluster, where, requests, reopen: async () => ({ ok: true, value: now }) });
            terminal.onDidWrite((written) => {
              text += written;
            });
            terminal.open(undefined);
            await eventually('it says that it ended', async () => text.includes('Press Enter'));
            terminal.handleInput('\r');
            await eventually('it is connected', async () => text.endsWith('the new one'));
            terminal.close();
          },
        );
      },
    ));

  test('closes with a container that lives no longer than its program, whatever the exit code', () =>
    withSocketCluster(
      (socket) => [socket.say(...exit(130)), socket.raw(goodbye)],
      async (cluster) => {
        const terminal = new PodTerminal({ cluster, where, requests: [{ stdin: true, tty: true }], once: true });
        const closed: number[] = [];
        terminal.onDidClose((code) => closed.push(code));
        terminal.open(undefined);
        await eventually('it closes', async () => closed.length === 1);
        assert.deepEqual(closed, [0]);
      },
    ));

  test('says why it was refused', () =>
    withTerminal(
      () => 403,
      ['bash', 'sh'],
      async ({ text }) => {
        await eventually('it says so', async () => text() !== '');
        assert.equal(text(), 'sandbox-admin forbids it: told. Press Enter to connect again.');
      },
    ));
});

test('a read-only context lets nobody in, a protected one after a yes', async () => {
  const asked: string[] = [];
  const ask = (kind: string, answer: boolean) => async (question: { message: string } | string) => {
    asked.push(`${kind}: ${typeof question === 'string' ? question : question.message}`);
    return answer;
  };
  await withSocketCluster(
    () => 404,
    async (cluster) => {
      const enter = (readOnlyTargets: string[], protectedTargets: string[], yes = true) =>
        mayEnter(
          {
            prompts: { confirm: ask('confirm', yes), offer: async (text) => void ask('offer', true)(text) },
            settings: { readOnlyTargets, protectedTargets },
          },
          cluster,
          'Open Terminal',
          'web-1',
        );
      const answers = [
        await enter([], []),
        await enter(['admin'], ['admin']),
        await enter([], ['admin']),
        await enter([], ['admin'], false),
      ];
      assert.deepEqual(answers, [true, false, true, false]);
      assert.deepEqual(asked, [
        'offer: sandbox-admin is read-only here (setting hybridClusters.targets.readOnly): nothing runs in its pods.',
        'confirm: Open Terminal: pod web-1 on the protected context sandbox-admin?',
        'confirm: Open Terminal: pod web-1 on the protected context sandbox-admin?',
      ]);
    },
  );
});
