/** The quick reader gives the same tree as the reader of all YAML, or none. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, parseDocument, visit } from 'yaml';
import { readCommonYaml } from '../../src/manifest/commonYaml.ts';
import { Edit } from '../../src/manifest/edit.ts';
import { structureFindings } from '../../src/manifest/kubectlStructure.ts';
import { ordinaryTrees } from '../../src/manifest/ordinaryTrees.ts';
import { kubectlScalars, losesDigits, surprise } from '../../src/manifest/scalars.ts';
import { splitDocuments } from '../../src/manifest/split.ts';

const options = {
  version: '1.2',
  schema: 'core',
  merge: true,
  customTags: kubectlScalars,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;
const { schema } = parseDocument('', options);
const read = (text: string): Document | undefined => readCommonYaml(text, schema, 200).tree;

/** A tree as plain data; where a block ends is left out, for comments behind it belong to it or not. */
function plain(node: unknown): unknown {
  if (isPair(node)) return [plain(node.key), plain(node.value)];
  if (isAlias(node)) return `*${node.source}`;
  if (isScalar(node)) {
    const { value, source, type, range, anchor, tag } = node;
    return {
      value: typeof value === 'bigint' ? `${value}n` : String(value),
      is: typeof value,
      source,
      type,
      range: range?.slice(0, 2),
      anchor,
      tag,
    };
  }
  if (!isMap(node) && !isSeq(node)) return node;
  const range = node.flow ? node.range?.slice(0, 2) : [node.range?.[0]];
  return { is: isMap(node) ? 'map' : 'seq', flow: node.flow === true, range, items: node.items.map(plain), tag: node.tag };
}

function assertSame(text: string, tree: Document): void {
  const whole = parseDocument(text, options);
  assertOrdinary(text, tree);
  assert.deepEqual(plain(tree.contents), plain(whole.contents), JSON.stringify(text));
  assert.deepEqual(
    whole.errors.map(({ message }) => message),
    [],
    JSON.stringify(text),
  );
}

/** In a tree that passes for ordinary nobody finds what is not. */
function assertOrdinary(text: string, tree: Document): void {
  if (!ordinaryTrees.has(tree)) return;
  const whole = parseDocument(text, options);
  assert.deepEqual(structureFindings(whole, text), [], JSON.stringify(text));
  visit(whole, {
    Scalar: (_key, { source = '', type }) => {
      if (type === 'PLAIN') assert.deepEqual([surprise(source), losesDigits(source)], [undefined, false], JSON.stringify(text));
    },
  });
}

const fixtures = ['corpus', 'crds', 'workspace'].flatMap((folder) => {
  const root = new URL(`../fixtures/${folder}/`, import.meta.url);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ya?ml$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(new URL(file, root), 'utf8');
      return splitDocuments(text).map(({ start, end }) => text.slice(start, end));
    });
});

/** What manifests are written in → read quickly. */
const common: readonly string[] = [
  'a: 1\nb: [x, "y", {c: d}]\n',
  '---\na:\n- b\n-   - c\n    - d\n- e: 1\n  f:\n',
  'a: |\n  one\n   two\n\n  three\nb: >-\n  one\n  two\n',
  'a: one\n  two\n\n  three\nb: "one\n  two"\n',
  "# c\na: b # c\n# c\n\nc:\n  # c\n  d: e\n  # c\nf: 'it''s'\n",
  '{"a": 1,\n "b": [true,\n  null]}\n',
  'a: b\r\nc:\r\n  - d\r\n',
  'url: http://a:80/#b\nwhen: a#b\n',
];
/** What only the reader of all YAML reads, or finds a mistake in. */
const others: readonly string[] = [
  '',
  'text\n',
  'a: &x 1\n',
  'a: *x\n',
  'a: !t 1\n',
  '<<: {a: 1}\n',
  '? a\n: b\n',
  '%YAML 1.2\n---\na: 1\n',
  'a: 1\n...\n',
  'a:\tb\n',
  'a: b: c\n',
  'a: @b\n',
  'a: [b\n',
  'a: "b\n',
  'a: "b"c\n',
  'a: 1\n  b: 2\n',
  'a:\n    b: 1\n  c: 2\n',
  'a: b\n- c\n',
  'a: "\\q"\n',
  'a: |+\n  b\n\n',
  'a: {{ b }}\n',
  '[a: b]\n',
  `a: ${'['.repeat(250)}${']'.repeat(250)}\n`,
];

describe('the quick reader', () => {
  it('reads what manifests are written in as the reader of all YAML does', () => {
    for (const text of common) assertSame(text, read(text) ?? assert.fail(text));
  });

  it('leaves the rest to that reader', () => {
    for (const text of others) assert.equal(read(text), undefined, text);
  });

  it('reads most of what projects have written, to the same tree', () => {
    const trees = fixtures.flatMap((text) => {
      const tree = read(text);
      return tree ? [{ text, tree }] : [];
    });
    for (const { text, tree } of trees) assertSame(text, tree);
    assert.ok(trees.length > 0.9 * fixtures.length, `${trees.length} of ${fixtures.length}`);
  });

  it('reads nothing otherwise, however it is broken', () => {
    const words = [
      'a',
      'b: c',
      'key:',
      ' ',
      '  ',
      '\n',
      '\n  ',
      '\n    ',
      '- ',
      '-',
      ': ',
      '#',
      ' # c',
      '"',
      "'",
      '"x"',
      '[',
      ']',
      '{',
      '}',
    ];
    const rare = [
      ', ',
      '|',
      '>-',
      '\n---\n',
      '%',
      '\t',
      '\r\n',
      '~',
      '0x1F',
      '1e3',
      'yes',
      '\\n',
      '😀',
      '&a',
      '*a',
      '!',
      '?',
      '@',
      '<<: ',
      '\u0000',
    ];
    const text = fc.array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...words) }, fc.constantFrom(...rare)), {
      maxLength: 16,
    });
    const short = fixtures.filter(({ length }) => length < 1500);
    const broken = fc
      .tuple(
        fc.constantFrom(...short),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(3),
        fc.constantFrom(...words, ...rare, ''),
      )
      .map(([whole, share, length, word]) => {
        const at = Math.floor(share * whole.length);
        return whole.slice(0, at) + word + whole.slice(at + length);
      });
    fc.assert(
      fc.property(
        fc.oneof(
          text.map((parts) => parts.join('')),
          broken,
        ),
        (one) => {
          const tree = read(one);
          if (tree) assertSame(one, tree);
        },
      ),
      { numRuns: 3000 },
    );
  });

  const any = (text: string): Document => parseDocument(text, options);

  it('reads after an edit what it reads anew, whatever is kept of the text before', () => {
    const short = fixtures.filter(({ length }) => length < 3000);
    const edit = fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      gone: fc.constantFrom(0, 0, 1, 2, 8, 40),
      word: fc.constantFrom(
        '',
        'x',
        ' ',
        '\n',
        '\n  ',
        '  a: 1\n',
        '- b\n',
        ': ',
        '#',
        '# c\n',
        '"',
        '@',
        '[',
        '{a: b}',
        '|\n',
        '    ',
        'yes',
        '1.10',
        '\na: 1\na: 2\n',
      ),
    });
    fc.assert(
      fc.property(fc.constantFrom(...short), fc.array(edit, { minLength: 1, maxLength: 5 }), (first, edits) => {
        let text = first;
        let tree = readCommonYaml(text, schema, 200, { any }).tree;
        for (const { at, gone, word } of edits) {
          const place = Math.floor(at * text.length);
          const next = text.slice(0, place) + word + text.slice(place + gone);
          const anew = readCommonYaml(next, schema, 200, { any }).tree;
          const kept = readCommonYaml(next, schema, 200, { any, edit: tree && new Edit({ text, tree }, next) }).tree;
          assert.deepEqual(kept && whole(kept), anew && whole(anew), JSON.stringify([text, next]));
          // What is unusual in it is not forgotten, nor remembered longer than it stands.
          assert.equal(kept && ordinaryTrees.has(kept), anew && ordinaryTrees.has(anew), JSON.stringify([text, next]));
          if (kept) assertOrdinary(next, kept);
          [text, tree] = [next, kept];
        }
      }),
      { numRuns: 600 },
    );
  });

  it('reads an entry apart that is uncommon or broken, and finds it broken if the whole is', () => {
    const texts = fc
      .tuple(
        fc.constantFrom(...fixtures.filter(({ length }) => length < 3000)),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom('@', ': ', '[', ']', '"', "'", '!t ', '\t', '{', '}', '- ', '\n   ', '&a ', '*a', '? ', '%', '`'),
      )
      .map(([text, at, word]) => text.slice(0, Math.floor(at * text.length)) + word + text.slice(Math.floor(at * text.length)));
    fc.assert(
      fc.property(texts, (text) => {
        const { tree } = readCommonYaml(text, schema, 200, { any });
        if (!tree) return;
        const all = any(text);
        assert.equal(tree.errors.length > 0, all.errors.length > 0, JSON.stringify(text));
        if (all.errors.length === 0) assert.deepEqual(plain(tree.contents), plain(all.contents), JSON.stringify(text));
      }),
      { numRuns: 1500 },
    );
    const broken = 'a: 1\nb:\n  c: @d\n  e: 2\nf: [g\nh: 3\n';
    const tree = readCommonYaml(broken, schema, 200, { any }).tree ?? assert.fail();
    assert.deepEqual(
      tree.errors.map(({ pos }) => broken.slice(0, pos[0]).split('\n').length),
      [3, 6],
    );
    assert.deepEqual([tree.getIn(['b', 'e']), tree.get('h')], [2, 3]);
  });
});

/** All that is told of a tree, where blocks end and mistakes included. */
function whole(tree: Document): unknown {
  const ends: unknown[] = [];
  visit(tree, { Node: (_key, { range }) => void ends.push(range) });
  return { tree: plain(tree.contents), ends, errors: tree.errors.map(({ message, pos }) => [message, pos]) };
}
