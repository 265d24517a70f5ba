import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { colourlessText, terminalText } from '../../src/base/terminalText.ts';

/** Escapes written as `\e`, as one reads them. */
const read = (text: string) => text.replaceAll('\\e', '\u001b').replaceAll('\\a', '\u0007');
const write = (text: string) => text.replaceAll('\u001b', '\\e').replaceAll('\u0007', '\\a');

const lines: readonly (readonly [what: string, line: string, inTerminal: string, asText: string])[] = [
  ['plain text', '\tGET /health 200', '\tGET /health 200', '\tGET /health 200'],
  ['other scripts and emoji', 'größe 日本 👩‍💻', 'größe 日本 👩‍💻', 'größe 日本 👩‍💻'],
  ['colours, which end with the line', '\\e[1;31mERROR\\e[m x', '\\e[1;31mERROR\\e[m x\\e[0m', 'ERROR x'],
  [
    'colours by number and RGB',
    '\\e[38;5;8mgrey\\e[48;2;1;5;8mb\\e[38:5:8mc',
    '\\e[38;5;8mgrey\\e[48;2;1;5;8mb\\e[38:5:8mc\\e[0m',
    'greybc',
  ],
  ['hidden and blinking text, shown', '\\e[8;31mhidden\\e[5mblink\\e[08mx', '\\e[31mhiddenblinkx\\e[0m', 'hiddenblinkx'],
  ['clearing the screen, moving the cursor', 'a\\e[2J\\e[H\\e[10;10Hb', 'ab', 'ab'],
  ['a private mode, an alternate screen, bracketed paste', 'a\\e[?1049h\\e[?2004hb', 'ab', 'ab'],
  ['a question that the terminal answers as if typed', 'a\\e[6n\\e[c\\e[>q\\e[?1$pb', 'ab', 'ab'],
  ['a title', 'a\\e]0;rm -rf /\\ab', 'ab', 'ab'],
  ['the clipboard, ended by ST', 'a\\e]52;c;cm0gLXJmIC8=\\e\\b', 'ab', 'ab'],
  ['a link that says otherwise', '\\e]8;;http://evil.example\\e\\here\\e]8;;\\e\\', 'here', 'here'],
  ['device control strings and messages', 'a\\eP$qm\\e\\b\\e_x\\e\\c\\e^y\\e\\d\\eXz\\e\\ e', 'abcd e', 'abcd e'],
  ['a string without an end', 'a\\e]0;title', 'a0;title', 'a0;title'],
  ['a full reset, other sets of characters', 'a\\ecb\\e(0c\\e#8d', 'abcd', 'abcd'],
  ['an escape at the end, or cut off within a sequence', 'a\\e[31', 'a31', 'a31'],
  ['a lone escape', 'a\\e', 'a', 'a'],
  ['8-bit controls', 'a\u009b2Jb\u009d0;t\u009cc\u0085d\u0090q\u009ce', 'abc\ufffdde', 'abc\ufffdde'],
  ['8-bit colours', 'a\u009b31mb', 'a\\e[31mb\\e[0m', 'ab'],
  ['bell, backspace, carriage return, null, delete', 'a\\ab\bc\rd\u0000e\u007f', 'a␇b␈c␍d␀e␡', 'a␇b␈c␍d␀e␡'],
  ['shift out', 'a\u000eb\u000f', 'a␎b␏', 'a␎b␏'],
  [
    'text that is turned around',
    'user\u202e txt.exe\u2066\u2028',
    'user\ufffd txt.exe\ufffd\ufffd',
    'user\ufffd txt.exe\ufffd\ufffd',
  ],
  ['colours with what does not belong into them', 'a\\e[31!mb\\e[?31mc\\e[>4;2md', 'abcd', 'abcd'],
];

describe('a line that somebody else wrote', () => {
  for (const [what, line, inTerminal, asText] of lines)
    test(what, () => {
      assert.equal(write(terminalText(read(line))), inTerminal);
      assert.equal(write(colourlessText(read(line))), asText);
    });

  test('no mixture of control characters leaves one that a terminal obeys, but colours', () => {
    const alphabet = [...'[]P08;?mJ\\ x'].concat(['\u001b', '\u009b', '\u009d', '\u0090', '\u0007', '\u009c']);
    const obeyed = /[\p{Cc}--\t]/v;
    for (let round = 0; round < alphabet.length ** 3; round++) {
      // Every mixture of three, by its number, then once more.
      const line = [0, 1, 2].map((digit) => alphabet[Math.floor(round / alphabet.length ** digit) % alphabet.length]).join('');
      const left = terminalText(`a${line}${line}`)
        .split('\u001b[')
        .map((part, index) => (index === 0 ? part : part.replace(/^[\d;:]*m/, '')))
        .join('');
      assert.doesNotMatch(left, obeyed, JSON.stringify(line));
    }
  });

  test('a long hostile line takes no time', () => {
    const began = performance.now();
    for (const part of ['\u001b', '\u001b[', '\u001b]', '\u001b]0;', '\u009b1;', '\u001b[1;'])
      terminalText(part.repeat(16_384 / part.length));
    assert.ok(performance.now() - began < 500);
  });
});
