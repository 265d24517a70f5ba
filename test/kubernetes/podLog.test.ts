import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Clock } from '../../src/base/clock.ts';
import { type Failure, failed, success } from '../../src/base/failure.ts';
import type { HttpStream } from '../../src/base/http.ts';
import type { Container } from '../../src/kubernetes/containers.ts';
import { type LogQuery, type LogSource, type LogWanted, readLog } from '../../src/kubernetes/podLog.ts';

/** `01 text` → a line of the log at that second. */
const stamped = (line: string) => `2026-01-01T00:00:${line.replace(' ', '.000000000Z ')}\n`;

const running: Container = {
  name: 'app',
  role: 'container',
  image: 'web',
  phase: 'running',
  reason: '',
  message: '',
  exitCode: undefined,
  since: undefined,
  restarts: 0,
  ready: true,
  last: undefined,
  comesAgain: true,
};
const ended: Container = { ...running, phase: 'terminated', exitCode: 1, reason: 'Error', comesAgain: false };
const starting: Container = { ...running, phase: 'waiting', reason: 'ContainerCreating' };

/** What one request for the log is answered: lines, then how the answer ends. `becomes`: the state that the watch tells at that end. */
interface Answer {
  readonly lines?: readonly string[];
  /** As bytes, where lines are too tidy. */
  readonly raw?: readonly string[];
  readonly ends?: 'whole' | 'lost' | 'silent';
  readonly refused?: Failure;
  readonly becomes?: Container | 'gone';
}

interface Told {
  /** What the user sees: lines as they are, notices in brackets. */
  readonly shown: readonly string[];
  /** `tail=5`, `seconds=60`, `since=2026-…`, `previous`. */
  readonly asked: readonly string[];
  readonly waits: readonly number[];
}

async function follow(
  first: Container,
  answers: readonly Answer[],
  { wanted = {}, soon }: { readonly wanted?: Partial<LogWanted>; readonly soon?: Container } = {},
): Promise<Told> {
  let state: Container | undefined = first;
  let tell = () => {};
  const life = {
    current: () => state,
    changed: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        tell = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      }),
  };
  const become = ({ becomes }: Answer) => {
    if (becomes === undefined) return;
    state = becomes === 'gone' ? undefined : becomes;
    setImmediate(() => tell());
  };
  if (soon) setTimeout(() => become({ becomes: soon }), 20);
  const ending = new AbortController();
  const asked: string[] = [];
  const waits: number[] = [];
  const left = [...answers];
  const source: LogSource = {
    open: async (query, signal) => {
      asked.push(words(query));
      const answer = left.shift();
      if (!answer) {
        ending.abort();
        return failed('cancelled', 'the test is over');
      }
      if (answer.refused) {
        become(answer);
        return { ok: false, failure: answer.refused };
      }
      return success(streamOf(answer, signal, () => become(answer)));
    },
  };
  const clock: Clock = {
    now: () => 0,
    sleep: async (ms) => {
      waits.push(ms);
      await new Promise((resolve) => setTimeout(resolve, 5));
    },
  };
  const shown: string[] = [];
  const options = { follow: true, previous: false, tailLines: 5, ...wanted };
  for await (const event of readLog(source, 'app', options, life, ending.signal, { clock, random: () => 0.5, quietMs: 40 })) {
    if ('notice' in event) shown.push(`(${event.notice})`);
    else shown.push(...event.lines.map(({ text }) => text));
  }
  assert.deepEqual(left, [], 'not everything was asked for');
  return { shown, asked, waits };
}

function streamOf(
  { lines = [], raw = lines.map(stamped), ends = 'whole' }: Answer,
  signal: AbortSignal,
  end: () => void,
): HttpStream {
  let isWhole = false;
  async function* chunks() {
    for (const part of raw) yield Buffer.from(part);
    if (ends === 'silent') await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    isWhole = ends === 'whole';
    end();
  }
  return {
    status: 200,
    headers: {},
    chunks: chunks(),
    get whole() {
      return isWhole;
    },
    close() {},
  };
}

function words({ tailLines, sinceSeconds, sinceTime, previous, follow }: LogQuery): string {
  const parts = [
    tailLines && `tail=${tailLines}`,
    sinceSeconds && `seconds=${sinceSeconds}`,
    sinceTime && `since=${sinceTime}`,
    previous && 'previous',
    follow && 'follow',
  ];
  return parts.filter(Boolean).join(' ');
}

describe('a log that is followed', () => {
  test('goes on after a lost connection without gaps and doubles, and says nothing of it', async () => {
    const { shown, asked } = await follow(running, [
      { lines: ['04 a', '05 b', '05 b'], ends: 'lost' },
      { lines: ['04 a', '05 b', '05 b', '05 b', '06 c'], becomes: ended },
      { lines: ['05 b', '05 b', '05 b', '06 c', '07 last words'] },
    ]);
    assert.deepEqual(shown, ['a', 'b', 'b', 'b', 'c', 'last words', '(It ended: Terminated: exit 1.)']);
    assert.deepEqual(asked, ['tail=5 follow', 'since=2026-01-01T00:00:04Z follow', 'since=2026-01-01T00:00:05Z follow']);
  });

  test('a line that was torn comes once, whole; the last one needs no end', async () => {
    const { shown } = await follow(running, [
      { raw: [stamped('01 a'), '2026-01-01T00:00:02.000000000Z to'], ends: 'lost' },
      { raw: [stamped('01 a'), stamped('02 torn'), '2026-01-01T00:00:03.000000000Z no end'], becomes: ended },
      { raw: [stamped('02 torn'), '2026-01-01T00:00:03.000000000Z no end'] },
    ]);
    assert.deepEqual(shown, ['a', 'torn', 'no end', '(It ended: Terminated: exit 1.)']);
  });

  test('a restart of the API server: the trouble is told once, then that it goes on', async () => {
    const down = { refused: { reason: 'offline', message: '10.0.0.1 refused the connection.' } } as const;
    const { shown, waits } = await follow(running, [
      { lines: ['01 a'], ends: 'lost' },
      down,
      down,
      { refused: { reason: 'unavailable', message: 'busy', retryAfterMs: 9000 } },
      { lines: ['01 a', '02 b'], becomes: 'gone' },
    ]);
    assert.deepEqual(shown, ['a', '(10.0.0.1 refused the connection.)', '(busy)', '(It goes on.)', 'b', '(Its pod is gone.)']);
    assert.deepEqual(waits.slice(0, 4), [500, 1000, 2000, 9000]);
  });

  test('a silent connection is asked for anew from where it was', async () => {
    const { shown, asked, waits } = await follow(running, [
      { lines: ['05 a'], ends: 'silent' },
      { lines: ['05 a'], ends: 'silent' },
      { lines: ['05 a', '06 b'], becomes: 'gone' },
    ]);
    assert.deepEqual(shown, ['a', 'b', '(Its pod is gone.)']);
    assert.deepEqual(asked.slice(1), ['since=2026-01-01T00:00:04Z follow', 'since=2026-01-01T00:00:04Z follow']);
    assert.equal(waits.length, 1);
  });

  test('a container that has not started is waited for, with why', async () => {
    const pulls = { ...starting, reason: 'ImagePullBackOff', message: 'Back-off pulling image "nosuch"' };
    const waited = await follow(pulls, [{ lines: ['01 a'], becomes: 'gone' }], { soon: running });
    assert.deepEqual(waited.shown, [
      '(It waits to start: ImagePullBackOff. Back-off pulling image "nosuch")',
      '(It goes on.)',
      'a',
      '(Its pod is gone.)',
    ]);
    const { shown } = await follow(running, [
      {
        refused: { reason: 'invalid', message: 'dev: container "app" in pod "web" is waiting to start: ContainerCreating.' },
        becomes: running,
      },
      { lines: ['01 a'], becomes: 'gone' },
    ]);
    assert.deepEqual(shown, ['(It starts.)', '(It goes on.)', 'a', '(Its pod is gone.)']);
  });

  const refused: Answer = {
    refused: { reason: 'invalid', message: 'dev: container "app" in pod "web" is waiting to start: PodInitializing.' },
    becomes: running,
  };
  const last = { lines: ['01 a'], becomes: 'gone' } as const;
  const again: Container = { ...running, restarts: 1 };
  /** how it stands, what is answered, how it stands soon, and what is asked */
  const BEGINNINGS: readonly (readonly [string, Container, readonly Answer[], Container | undefined, readonly string[]])[] = [
    ['runs already: from where it was asked', running, [last], undefined, ['tail=5 seconds=60 follow']],
    ['waits and then runs: from its first word', starting, [last], running, ['follow']],
    [
      'runs and is not reached at first: from where it was asked',
      running,
      [{ refused: { reason: 'offline', message: 'no' } }, last],
      undefined,
      ['tail=5 seconds=60 follow', 'tail=5 seconds=60 follow'],
    ],
    ['waits, as the node says: from its first word', running, [refused, last], undefined, ['tail=5 seconds=60 follow', 'follow']],
    [
      'is started again before it wrote a word: from the first of the new one',
      running,
      [{ becomes: again }, last],
      undefined,
      ['tail=5 seconds=60 follow', 'follow'],
    ],
    [
      'has ended and is started again: from the first of the new one',
      { ...ended, comesAgain: true },
      [{}, last],
      again,
      ['tail=5 seconds=60 follow', 'follow'],
    ],
  ];
  for (const [what, first, answers, soon, wanted] of BEGINNINGS)
    test(`one that ${what}`, async () => {
      const { asked } = await follow(first, answers, { wanted: { sinceSeconds: 60 }, ...(soon && { soon }) });
      assert.deepEqual(asked, wanted);
    });

  test('goes on with the container that is started again, and catches up with the one before when it was cut off', async () => {
    const again: Container = { ...running, restarts: 1 };
    const { shown, asked } = await follow(running, [
      { lines: ['05 a'], ends: 'lost', becomes: again },
      { lines: ['05 a', '06 b'] },
      { lines: ['07 c'], becomes: 'gone' },
    ]);
    assert.deepEqual(shown, ['a', 'b', '(It was restarted.)', 'c', '(Its pod is gone.)']);
    assert.deepEqual(asked, ['tail=5 follow', 'since=2026-01-01T00:00:04Z previous', 'since=2026-01-01T00:00:05Z follow']);
  });

  test('a crash loop says how it stands and is not asked over and over', async () => {
    const { shown, asked } = await follow({ ...ended, comesAgain: true }, [
      { lines: ['05 a'], becomes: { ...running, restarts: 1 } },
      { lines: ['07 b'], becomes: 'gone' },
    ]);
    assert.deepEqual(shown, ['a', '(It was restarted.)', 'b', '(Its pod is gone.)']);
    assert.equal(asked.length, 2);
  });

  test('a log that was rotated says that lines may be missing', async () => {
    const { shown } = await follow(running, [
      { lines: ['05 a'], ends: 'lost' },
      { lines: ['09 z'], becomes: 'gone' },
    ]);
    assert.match(shown.join('\n'), /^a\n\(Lines between may be missing: .*\)\nz\n/);
  });

  test('an init container that has done its work ends without a word', async () => {
    const { shown } = await follow({ ...ended, role: 'init', exitCode: 0, reason: 'Completed' }, [{ lines: ['01 a'] }]);
    assert.deepEqual(shown, ['a']);
  });

  test('what is forbidden ends with the sentence', async () => {
    const message = 'dev forbids it: User "bob" cannot get resource "pods/log" in the namespace "shop".';
    const { shown, asked } = await follow(running, [{ refused: { reason: 'forbidden', message } }]);
    assert.deepEqual([shown, asked.length], [[`(${message})`], 1]);
  });
});

describe('a log that is read once', () => {
  const wanted = { previous: true };

  test('that of the container before, with or without an end', async () => {
    const { shown, asked } = await follow(running, [{ raw: [stamped('01 a'), '2026-01-01T00:00:02Z b'] }], { wanted });
    assert.deepEqual([shown, asked], [['a', 'b'], ['tail=5 previous']]);
  });

  test('one that does not exist is told', async () => {
    const message = 'dev: previous terminated container "app" in pod "web" not found.';
    const { shown } = await follow(running, [{ refused: { reason: 'invalid', message } }], { wanted });
    assert.deepEqual(shown, [`(${message})`]);
  });

  test('one that is torn is read on; one that is torn each time says that it is not all', async () => {
    const { shown } = await follow(running, [{ lines: ['01 a'], ends: 'lost' }, { lines: ['01 a', '02 b'] }], { wanted });
    assert.deepEqual(shown, ['a', 'b']);
    const torn = { lines: ['01 a'], ends: 'lost' } as const;
    const each = await follow(running, [torn, torn, torn, torn, torn, torn], { wanted });
    assert.deepEqual(each.shown, ['a', '(The connection was lost each time: this is not all of it.)']);
  });
});
