/** Outline, folds and selections of texts, each told as text. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DocumentSymbol, SelectionRange } from 'vscode-languageserver-types';
import { foldingRanges, foldsOf } from '../../src/language/folding.ts';
import { OpenDocument } from '../../src/language/openDocument.ts';
import { documentSymbols, fullOutline, type OutlineEntry, outlineOf } from '../../src/language/outline.ts';
import { PerSection } from '../../src/language/perSection.ts';
import { selectionRange } from '../../src/language/selectionRanges.ts';

function opened(text: string): OpenDocument {
  const document = new OpenDocument('file:///a.yaml', 1, text);
  while (document.read(1000));
  return document;
}

function outline(text: string): string {
  const print = ({ name, detail, children = [] }: DocumentSymbol, indent: string): string =>
    [`${indent}${name}${detail ? `  ${detail}` : ''}`, ...children.map((child) => print(child, `${indent}  `))].join('\n');
  return documentSymbols(opened(text), outlineOf)
    .map((symbol) => print(symbol, ''))
    .join('\n');
}

/** `3-7` a fold of these lines (from 1), `3-7#` one of comments. */
function folds(text: string): string {
  const all = foldingRanges(opened(text), foldsOf);
  return all?.map(({ startLine, endLine, kind }) => `${startLine + 1}-${endLine + 1}${kind ? '#' : ''}`).join(' ') ?? 'none';
}

/** What is selected, innermost first, each as JSON. */
function selections(marked: string): string {
  const text = marked.replace('<|>', '');
  const document = opened(text);
  const before = marked.slice(0, marked.indexOf('<|>')).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  const told: string[] = [];
  for (let one: SelectionRange | undefined = selectionRange(document, position); one; one = one.parent)
    told.push(JSON.stringify(text.slice(document.offsetAt(one.range.start), document.offsetAt(one.range.end))));
  return told.join('\n');
}

const web = `# the shop
# and its name
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  ports:
    - name: http
      port: 80
    - port: 443
  type: LoadBalancer
`;

describe('the outline', () => {
  it('is worked out no further than an editor draws it', async () => {
    const worked: OutlineEntry[][] = [];
    const shape = new PerSection((section) => {
      const entries = [...outlineOf(section)];
      worked.push(entries);
      return entries;
    });
    const document = opened(Array.from({ length: 1000 }, () => web).join('---\n'));
    assert.ok(await shape.prepare(document, new AbortController().signal, fullOutline()));
    const symbols = documentSymbols(document, (section) => shape.of(section));
    const count = (entries: readonly DocumentSymbol[]): number =>
      entries.reduce((sum, { children = [] }) => sum + 1 + count(children), 0);
    assert.equal(count(symbols), 5000);
    assert.equal(worked.length, symbols.length);
  });

  it('names documents by kind and name, and below them their keys', () =>
    assert.equal(
      outline(`${web}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata:\n  a: |\n    one\n    two\n`),
      `Service web  shop
  apiVersion  v1
  kind  Service
  metadata
    name  web
    namespace  shop
  spec
    ports
      http
        name  http
        port  80
      1
        port  443
    type  LoadBalancer
ConfigMap settings
  apiVersion  v1
  kind  ConfigMap
  metadata
    name  settings
  data
    a  one…`,
    ));

  it('shows the items of a List each for itself', () =>
    assert.equal(
      outline('apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n- apiVersion: v1\n  kind: Secret\n'),
      'Pod\n  apiVersion  v1\n  kind  Pod\nSecret\n  apiVersion  v1\n  kind  Secret',
    ));

  it('does not repeat what a Secret holds', () =>
    assert.equal(
      outline('apiVersion: v1\nkind: Secret\nstringData:\n  password: hunter2\n  more: {inner: hunter3}\n'),
      'Secret\n  apiVersion  v1\n  kind  Secret\n  stringData\n    password\n    more\n      inner',
    ));

  it('goes on where a document is broken', () =>
    assert.match(outline(`apiVersion: v1\nkind: Pod\nspec: [a\n---\n${web}`), /^Pod\n[\s\S]*\nService web {2}shop\n/));

  it('leaves files alone that are no manifests', () => assert.equal(outline('a: 1\nb: {c: 2}\n'), ''));

  it('gives no more entries than an editor draws', () => {
    const keys = Array.from({ length: 9000 }, (_, index) => `  k${index}: a`).join('\n');
    assert.equal(outline(`apiVersion: v1\nkind: ConfigMap\ndata:\n${keys}\n`).split('\n').length, 5000);
  });
});

describe('what can be folded', () => {
  it('documents, blocks, items of lists and runs of comments', () => assert.equal(folds(web), '1-2# 3-13 5-7 8-13 9-12 10-11'));

  it('documents from their marker, block scalars whole, and no comment inside one', () =>
    assert.equal(
      folds('---\napiVersion: v1\nkind: ConfigMap\ndata:\n  run: |\n    # one\n    # two\n\n---\napiVersion: v1\nkind: Pod\n'),
      '1-7 4-7 5-7 9-11',
    ));

  it('the same with the line ends of Windows', () => assert.equal(folds(web.replaceAll('\n', '\r\n')), folds(web)));

  it('leaves the editor its own way for files that are no manifests', () => assert.equal(folds('a:\n  b: 1\n  c: 2\n'), 'none'));
});

describe('a selection grows', () => {
  it('from a text in quotes to its value, pair, mapping, and on to the file', () =>
    assert.equal(
      selections('a: 1\n---\nb:\n  c: "o<|>ne"\n  d: 2\n'),
      [
        '"one"',
        '"\\"one\\""',
        '"c: \\"one\\""',
        '"c: \\"one\\"\\n  d: 2"',
        '"b:\\n  c: \\"one\\"\\n  d: 2"',
        '"---\\nb:\\n  c: \\"one\\"\\n  d: 2"',
        '"a: 1\\n---\\nb:\\n  c: \\"one\\"\\n  d: 2\\n"',
      ].join('\n'),
    ));

  it('through items of lists', () =>
    assert.equal(selections('a:\n  - x\n  - y<|>\n'), '"y"\n"- x\\n  - y"\n"a:\\n  - x\\n  - y"\n"a:\\n  - x\\n  - y\\n"'));

  it('in text that is not read as YAML: document and file', () =>
    assert.equal(selections('a: [b<|>\n').split('\n').at(-1), '"a: [b\\n"'));
});
