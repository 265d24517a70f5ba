import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Crashes } from '../../src/host/crashes.ts';

/**
 * Plays a story, one word a step: `+a` a is given, `-a` its check ended, `~a` a is closed, `!12` a crash at second 12.
 * Prints after each crash the wait and what is left out.
 */
function play(story: string): string {
  const crashes = new Crashes();
  const lines = story.split(' ').flatMap((step) => {
    const [what, name] = [step[0], step.slice(1)];
    if (what === '+') crashes.given(name);
    else if (what === '-') crashes.finished(name);
    else if (what === '~') crashes.closed(name);
    else {
      const { delayMs, leaveOut } = crashes.crashed(Number(name) * 1000);
      return [`${delayMs / 1000}s${leaveOut.map((one) => ` without ${one}`).join('')}`];
    }
    return [];
  });
  return lines.join(', ');
}

describe('a language server that dies', () => {
  const stories: readonly (readonly [what: string, story: string, recovery: string])[] = [
    ['starts again at once', '+a !10', '0s'],
    ['waits ever longer, half a minute at most', '!0 !1 !2 !3 !4 !5 !6 !7', '0s, 1s, 2s, 4s, 8s, 16s, 30s, 30s'],
    ['is forgiven after three minutes', '!0 !1 !200', '0s, 1s, 0s'],
    ['leaves out what was in work twice in a row', '+a +b -b !0 +a +b -b !1', '0s, 1s without a'],
    ['leaves nobody out whose check had ended', '+a -a !0 +a -a !1', '0s, 1s'],
    ['does not blame a document of an old crash', '+a !0 +a !300', '0s, 0s'],
  ];
  for (const [what, story, recovery] of stories) test(what, () => assert.equal(play(story), recovery));

  test('gets a document again once it was closed', () => {
    const crashes = new Crashes();
    for (const at of [0, 1]) {
      crashes.given('a');
      crashes.crashed(at);
    }
    assert.equal(crashes.leavesOut('a'), true);
    crashes.closed('a');
    assert.equal(crashes.leavesOut('a'), false);
  });
});
