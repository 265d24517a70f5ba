import assert from 'node:assert/strict';
import { it } from 'node:test';
import { codeActionsFor } from '../../src/language/codeActions.ts';
import { diagnosticsOf } from '../../src/language/diagnostics.ts';
import { OpenDocument } from '../../src/language/openDocument.ts';

const uri = 'file:///a.yaml';
const options = { severities: {}, otherYaml: false, typingUntil: 0, now: 1, complete: true };

/** What the quick fixes of all diagnostics change, as `line:character-character text`. */
function fixesOf(text: string): string[] {
  const document = new OpenDocument(uri, 1, text);
  document.read(10_000);
  return diagnosticsOf(document, options).flatMap((diagnostic) =>
    codeActionsFor(uri, diagnostic, undefined, []).flatMap(({ edit, isPreferred }) =>
      (edit?.changes?.[uri] ?? []).map(
        ({ range, newText }) =>
          `${range.start.line}:${range.start.character}-${range.end.character} ${newText}${isPreferred ? '' : '?'}`,
      ),
    ),
  );
}

it('a quick fix quotes what kubectl would not read as a text, in UTF-16 units, behind any end of line', () => {
  const lines = [
    '# 😀',
    '---',
    'apiVersion: v1',
    'kind: ConfigMap',
    'metadata: {name: a, labels: {"😀😀": on}}',
    'data:',
    '  "😀": 0644',
    '',
  ];
  for (const end of ['\n', '\r\n'])
    assert.deepEqual(fixesOf(lines.join(end)), ['4:37-39 "on"', '6:8-12 "0644"'], JSON.stringify(end));
});

it('an edit in a document leaves the fixes of the next where they now stand', () => {
  const document = new OpenDocument(uri, 1, 'apiVersion: v1\nkind: A\n---\napiVersion: v1\nkind: ConfigMap\ndata: {a: on}\n');
  document.read(10_000);
  const at = { line: 1, character: 7 };
  document.update([{ range: { start: at, end: at }, text: '\nv: 1' }], 2, 0);
  document.read(10_000);
  assert.deepEqual(
    diagnosticsOf(document, options).map(({ code, range }) => [code, range.start]),
    [['yaml.notText', { line: 6, character: 10 }]],
  );
});
