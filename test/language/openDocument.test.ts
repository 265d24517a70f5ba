import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OpenDocument } from '../../src/language/openDocument.ts';

const piece = fc.constantFrom('---\n', '...\n', 'a: 1\n', '# note\n', '\n', 'x', '-', '\n--', '-\n', 'b: [\r\n', '😀', '\n...');
const pieces = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
const edit = fc.record({ from: fc.nat(200), to: fc.nat(200), text: pieces });

/** The sections as text, each with its place. */
const shown = (document: OpenDocument) =>
  document.sections.map(({ section, start, line }) => `${start} ${line} ${JSON.stringify(section.text)}`);

function positionOf(text: string, offset: number) {
  const before = text.slice(0, offset);
  return { line: before.split('\n').length - 1, character: offset - (before.lastIndexOf('\n') + 1) };
}

describe('an open document', () => {
  it('is after any edits what it would be if opened so', () => {
    fc.assert(
      fc.property(pieces, fc.array(edit, { maxLength: 6 }), (start, edits) => {
        const document = new OpenDocument('file:///a', 1, start);
        let text = start;
        for (const [index, { from, to, text: inserted }] of edits.entries()) {
          const [low, high] = [Math.min(from, to) % (text.length + 1), Math.max(from, to) % (text.length + 1)].sort(
            (one, other) => one - other,
          ) as [number, number];
          const range = { start: positionOf(text, low), end: positionOf(text, high) };
          document.update([{ range, text: inserted }], index + 2, 0);
          text = text.slice(0, low) + inserted + text.slice(high);
          assert.equal(document.text, text);
          assert.deepEqual(shown(document), shown(new OpenDocument('file:///a', 1, text)));
          assert.equal(document.lastEdit?.offset, low + inserted.length);
        }
      }),
      { numRuns: 1500, examples: [['---\n...\n\nx', [{ from: 9, to: 10, text: '' }]]] },
    );
  });

  it('tells mistakes before it works out what is named, and lets go of the trees then', () => {
    const text =
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b, label: {}}\n';
    const document = new OpenDocument('file:///a.yaml', 1, text);
    const names = () => document.sections.map(({ section }) => section.content.names.map(({ name }) => name));
    assert.equal(document.settle(0), false, 'nothing is read yet');
    while (document.read(1000));
    assert.deepEqual(
      document.sections.map(({ section }) => section.content.findings.map(({ code }) => code)),
      [[], ['object.misspelt']],
    );
    assert.equal(document.settle(0), true, 'one is left');
    assert.equal(document.settle(0), false);
    assert.ok(document.sections.every(({ section }) => !section.settle()));
    assert.deepEqual(names(), [['a'], ['b']]);
    const asked = new OpenDocument('file:///a.yaml', 1, text);
    while (asked.read(1000));
    assert.equal(asked.sections[0]?.section.content.names[0]?.name, 'a', 'who asks earlier gets the same');
    assert.equal(asked.sections[0]?.section.settle(), false);
  });

  it('keeps what is known of the sections an edit does not touch', () => {
    const document = new OpenDocument('file:///a', 1, 'a: 1\n---\nb: 2\n---\nc: 3\n');
    const [first, , third] = document.sections.map(({ section }) => section);
    document.update([{ range: { start: { line: 2, character: 3 }, end: { line: 2, character: 4 } }, text: '22\nbb: 1' }], 2, 0);
    assert.equal(document.sections[0]?.section, first);
    assert.equal(document.sections[2]?.section, third);
    assert.deepEqual(shown(document), ['0 0 "a: 1\\n"', '5 1 "---\\nb: 22\\nbb: 1\\n"', '21 4 "---\\nc: 3\\n"']);
  });
});
