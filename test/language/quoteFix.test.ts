import assert from 'node:assert/strict';
import { it } from 'node:test';
import { codeActionsFor } from '../../src/language/codeActions.ts';
import { diagnosticsOf } from '../../src/language/diagnostics.ts';
import { OpenDocument } from '../../src/language/openDocument.ts';
import { suppressActions } from '../../src/language/suppressActions.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { referencesOf } from '../../src/manifest/references.ts';

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

it('a filter without a name is replaced by none; a name is', () => {
  const fixes = (filter: string) => {
    const text = `apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: OpenStackCluster\nspec: {network: {filter: {${filter}}}}\n`;
    const [reference] = parseManifests('a.yaml', text).flatMap(({ local }) => referencesOf(local));
    const { start } = reference?.range ?? assert.fail(text);
    const range = { start: { line: 0, character: start }, end: { line: 0, character: start } };
    const facts = { kind: 'network.network', id: 'n1', name: 'private', columns: [] } as const;
    return codeActionsFor(uri, { range, message: '' }, reference, [facts]).map(({ title }) => title);
  };
  assert.deepEqual(fixes('tags: [blue]'), []);
  assert.deepEqual(fixes('name: privat, tags: [blue]'), ['Use "private" (n1)']);
});

it('a number in a Secret is quoted, and what it is stands in no title and no message', () => {
  const document = new OpenDocument(uri, 1, 'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {pin: 4711}\n');
  document.read(10_000);
  const diagnostics = diagnosticsOf(document, options);
  const actions = diagnostics.flatMap((one) => codeActionsFor(uri, one, undefined, []));
  assert.deepEqual(
    [...diagnostics.map(({ message }) => message), ...actions.map(({ title }) => title)],
    [
      'kubectl reads this as a number, but only texts may stand in the stringData of a Secret: the API server refuses this Secret. Put it in quotes.',
      'Put it in quotes',
    ],
  );
  assert.deepEqual(fixesOf(document.text), ['3:18-22 "4711"']);
});

it('a comment is offered beside a value of a file in a ConfigMap where it can be one: not in JSON', () => {
  const offered = (key: string, ...lines: readonly string[]) => {
    const body = lines.map((line) => `    ${line}\n`).join('');
    const document = new OpenDocument(
      uri,
      1,
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  ${key}: |\n${body}`,
    );
    document.read(10_000);
    return suppressActions(document, diagnosticsOf(document, options)).map(({ title }) => title);
  };
  const ignore = ['Ignore setting.value here, with a reason'];
  assert.deepEqual(offered('policies', '[{', '  "users": {},', '  "match": [{"type": "rle", "values": ["a"]}]', '}]'), []);
  assert.deepEqual(offered('policies', '- users: {}', '  match: [{type: rle, values: [a]}]'), ignore);
  assert.deepEqual(
    offered('cloud.conf', '[Global]', 'auth-url = https://k.example', '[LoadBalancer]', 'monitor-delay = 5'),
    ignore,
  );
});
