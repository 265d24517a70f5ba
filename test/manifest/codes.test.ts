import assert from 'node:assert/strict';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { codes, findingsPage, pageLineOf } from '../../src/manifest/codes.ts';

const root = new URL('../../', import.meta.url);
const page = new URL('media/findings.md', root);

/** Where the sources of a code stand: its text, or, for the codes of a table of fixed values, what the table calls its keys. */
const rooms = ['src/manifest/**/*.ts', 'src/deploy/**/*.ts', 'src/render/*.ts', 'src/language/**/*.ts', 'src/commands/*.ts'];

/** The codes that the sources can give, each with the file it was first seen in. */
function codesOfSources(): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of globSync(rooms, { cwd: root.pathname })) {
    if (path === 'src/manifest/codes.ts') continue;
    const text = readFileSync(new URL(path, root), 'utf8');
    const table = path.startsWith('src/manifest/rules/');
    const called = table ? [...text.matchAll(/called: '(\w+)'/g)].map(([, word = '']) => word) : [];
    for (const word of called) for (const end of ['value', 'notText', 'unknown']) found.set(`${word}.${end}`, path);
    const written =
      /'((?:reference|annotation|parameter|object|manifest|deploy|file|yaml|suppression|api|schema|setting|section|argument|secret|template|credential|render)\.[a-zA-Z]+)'/g;
    for (const [, code = ''] of text.matchAll(written)) if (!found.has(code)) found.set(code, path);
    for (const [, code = ''] of text.matchAll(/\bcode: '([\w.]+)'/g)) if (!found.has(code)) found.set(code, path);
  }
  return found;
}

test('every code that a finding can have is documented', () => {
  const sources = codesOfSources();
  const undocumented = [...sources].filter(([code]) => !Object.hasOwn(codes, code));
  assert.deepEqual(
    undocumented.map(([code, file]) => `${code} (${file}) has no row in src/manifest/codes.ts`),
    [],
  );
  assert.ok(sources.size > 30, 'the sources were read');
});

test('every row says what, why and who says so', () => {
  const sources = codesOfSources();
  for (const [code, { what, why, source }] of Object.entries(codes)) {
    assert.match(code, /^[a-z]+(\.[a-zA-Z]+)+$/);
    for (const sentence of [what, why]) assert.match(sentence, /^\S.{10,}\.$/s, `${code}: ${sentence}`);
    assert.equal(new URL(source).protocol, 'https:', code);
    assert.ok(sources.has(code), `${code}: nobody gives it`);
  }
});

test('the page is what the table prints, and each code is on the line it is said to be on', () => {
  if (process.env['UPDATE_GOLDEN']) writeFileSync(page, findingsPage());
  assert.equal(readFileSync(page, 'utf8'), findingsPage());
  const lines = findingsPage().split('\n');
  for (const code of Object.keys(codes)) assert.equal(lines[(pageLineOf(code) ?? 0) - 1], `## <a id="${code}"></a>${code}`);
  assert.equal(pageLineOf('none.such'), undefined);
});
