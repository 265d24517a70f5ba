import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type LogLine, type LogPrefix, LogScreen, parseFilter } from '../../src/host/logScreen.ts';
import { LogRing } from '../../src/kubernetes/logRing.ts';

const line = (text: string, source = 'web-1/app'): LogLine & { at: number } => ({
  source,
  notice: false,
  time: '2026-01-01T00:00:01Z',
  at: 0,
  text,
});
const notice = (text: string) => ({ ...line(text), notice: true, time: '' });

/** A screen and what was written to it, without colours; `⌫` where it was emptied. */
function world({ prefix = 'whole', lines = 20_000 }: { readonly prefix?: LogPrefix; readonly lines?: number } = {}) {
  const ring = new LogRing(lines);
  const screen = new LogScreen(() => prefix);
  const read = (text: string) =>
    text
      .replaceAll('\u001b[2J\u001b[3J\u001b[H', '⌫')
      .split('\u001b[')
      .map((part, index) => (index === 0 ? part : part.replace(/^[?\d;]*[a-zA-Z]/, '')))
      .join('')
      .replaceAll('\r\n', '|');
  return { ring, screen, news: () => read(screen.news(ring)), redraw: () => read(screen.redraw(ring)), read };
}

const passing = (filter: string, ...texts: readonly string[]) => {
  const parsed = parseFilter(filter);
  return parsed && 'wrong' in parsed ? parsed.wrong : texts.filter((text) => parsed?.passes(line(text)) ?? true).join(' ');
};

describe('a log on the screen', () => {
  test('lines with their source, sentences by their dashes, each once', () => {
    const { ring, news } = world();
    ring.add([line('one'), notice('It was restarted.')]);
    assert.equal(news(), 'web-1/app one|── web-1/app: It was restarted.|');
    ring.add([line('two', 'web-2/app')]);
    assert.equal(news(), 'web-2/app two|');
    assert.equal(news(), '');
  });

  test('the prefix is as long as it must be; the time on request', () => {
    for (const [prefix, expected] of [
      ['none', 'one|'],
      ['container', 'app one|'],
    ] as const) {
      const { ring, news } = world({ prefix });
      ring.add([line('one')]);
      assert.equal(news(), expected);
    }
    const { ring, screen, redraw } = world();
    ring.add([line('one')]);
    screen.timestamps = true;
    assert.equal(redraw(), '⌫web-1/app 2026-01-01T00:00:01Z one|');
  });

  test('a source has a colour of its own as long as there are some, the same each time', () => {
    const sources = Array.from({ length: 10 }, (_, index) => `web-${index}/app`);
    const coloursOf = (written: string) =>
      [...written.matchAll(/\[(\d\d)m(web-\d)/g)].map(([, colour, source]) => `${source} ${colour}`);
    const { ring, screen } = world();
    ring.add(sources.map((source) => line('x', source)));
    const first = coloursOf(screen.news(ring));
    assert.equal(new Set(first.map((one) => one.slice(-2))).size, 10);
    assert.deepEqual(coloursOf(screen.redraw(ring)), first);
    const other = world();
    other.ring.add([line('x', sources[0])]);
    assert.deepEqual(coloursOf(other.screen.news(other.ring)), first.slice(0, 1));
  });

  test('paused nothing is written, then what came meanwhile, and how much of it could not be kept', () => {
    const { ring, screen, news, redraw } = world({ lines: 3 });
    ring.add([line('a')]);
    news();
    screen.paused = true;
    ring.add([line('b')]);
    assert.equal(news(), '');
    assert.equal(redraw(), '⌫web-1/app a|');
    ring.add([line('c'), line('d'), line('e')]);
    screen.paused = false;
    assert.equal(news(), '── 1 lines came that could not be kept|web-1/app c|web-1/app d|web-1/app e|');
  });

  test('a filter shows what passes of all that is kept; sentences stay', () => {
    const { ring, screen, redraw } = world();
    ring.add([line('GET /a 200'), line('GET /b 500'), notice('It ended.')]);
    const filter = parseFilter('500');
    screen.filter = filter && 'passes' in filter ? filter : undefined;
    assert.equal(redraw(), '⌫web-1/app GET /b 500|── web-1/app: It ended.|');
    screen.filter = undefined;
    assert.equal(redraw().split('|').length, 4);
  });

  test('cleared lines do not come back; those of another log do', () => {
    const { ring, screen, redraw, news } = world();
    ring.add([line('a')]);
    screen.clear(ring);
    ring.add([line('b')]);
    assert.equal(news(), 'web-1/app b|');
    assert.equal(redraw(), '⌫web-1/app b|');
    screen.begin();
    assert.equal(redraw(), '⌫web-1/app a|web-1/app b|');
  });

  test('of a flood the newest thousand lines are written, and how many were not', () => {
    const { ring, news } = world();
    ring.add(Array.from({ length: 5000 }, (_, index) => line(`n${index}`)));
    const written = news().split('|');
    assert.equal(written[0], '── 4000 lines more: "Open Log as Document" (d) shows them');
    assert.equal(written[1], 'web-1/app n4000');
    assert.equal(written.length, 1002);
  });

  test('neither a line nor the name of its source can drive the terminal, nor stand in a file as more than text', () => {
    const { ring, screen } = world();
    ring.add([line('a\u001b]0;title\u0007\u001b[31mred', 'web\u001b[2J/app')]);
    assert.equal(screen.news(ring).includes('\u001b]'), false);
    assert.equal(screen.news(ring).includes('\u001b[2J'), false);
    assert.equal(screen.text(ring).includes('\u001b'), false);
  });

  test('as a file: all that is kept and passes, with its source', () => {
    const { ring, screen } = world();
    ring.add([line('\u001b[31ma\u001b[0m'), notice('It ended.'), line('')]);
    assert.equal(screen.text(ring), 'web-1/app a\n# web-1/app: It ended.\nweb-1/app \n');
  });
});

describe('a filter', () => {
  test('a text in any case, an expression, and either inverted', () => {
    assert.equal(passing('err', 'Error', 'ok'), 'Error');
    assert.equal(passing('/^web-1.app e/i', 'Error', 'an-error'), 'Error');
    assert.equal(passing('!err', 'Error', 'ok'), 'ok');
    assert.equal(passing('!/o.$/', 'ok', 'no'), 'no');
    assert.equal(passing('web-1', 'a', 'b'), 'a b');
  });
  test('nothing lets all pass; a wrong expression is told; colours are no part of the text', () => {
    assert.equal(passing(' ', 'a', 'b'), 'a b');
    assert.match(passing('/(/', 'a'), /Invalid regular expression/);
    assert.equal(passing('ab', 'a\u001b[31mb').length, 7);
  });
});
