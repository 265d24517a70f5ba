import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAllDocuments } from 'yaml';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { parseDocument, whileTyping } from '../../src/manifest/parse.ts';
import { splitDocuments } from '../../src/manifest/split.ts';
import { assertFindings } from '../support/annotatedYaml.ts';
import { nobody } from '../support/nobody.ts';

describe('documents', () => {
  it('are split where a whole-file parse splits them', () => {
    const line = fc.constantFrom('---', '--- # one', '...', 'a: 1', '# note', '', 'b: [1, 2]', '  c: 2', '- d', '%YAML 1.2');
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), (lines) => {
        const text = lines.join('\n');
        const ranges = splitDocuments(text);
        assert.equal(ranges.map(({ start, end }) => text.slice(start, end)).join(''), text);
        const whole = parseAllDocuments(text);
        if (!Array.isArray(whole) || whole.some(({ errors }) => errors.length > 0)) return;
        const values = (documents: readonly { toJS(): unknown }[]) =>
          documents.map((one) => one.toJS()).filter((one) => one !== null);
        const alone = ranges.flatMap(({ start, end }) => parseAllDocuments(text.slice(start, end)));
        assert.deepEqual(values(alone), values(whole));
      }),
      { numRuns: 500 },
    );
  });

  it('keep their places behind a byte order mark, CRLF and astral characters', async () => {
    await assertFindings('# 😀\r\napiVersion: v1\r\nkind: ConfigMap\r\nmetadata: {name: a}\r\ndata: {a: "1"}\r\n', nobody);
    const [manifest] = parseManifests('a', '\ufeffapiVersion: v1\r\nkind: ConfigMap\r\nmetadata:\r\n  name: 😀x\r\n');
    assert.equal(manifest?.name, '😀x');
  });

  it('unfold merge keys and anchors', () => {
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: &m {name: a, labels: {x: "1"}}\nspec:\n  <<: *m\n  name: b\n';
    const json = parseManifests('a', text)[0]?.toJson();
    assert.ok(json?.ok);
    assert.deepEqual(JSON.parse(JSON.stringify(json.value['spec'])), { name: 'b', labels: { x: '1' } });
  });

  it('find the place of a field, or of what stands above it', () => {
    const text = 'a: 1\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n    - image: nginx\n';
    const manifest = parseManifests('a', text).find(({ kind }) => kind === 'Pod');
    const at = (path: (string | number)[], of?: 'key') => {
      const range = manifest?.rangeOf(path, of);
      return text.slice(range?.start, range?.end).trim();
    };
    assert.equal(at(['spec', 'containers', 0, 'image']), 'nginx');
    assert.equal(at(['spec', 'containers', 0, 'image'], 'key'), 'image');
    assert.equal(at(['spec', 'containers', 0, 'env', 3]), 'image: nginx');
  });
});

/** A mapping in a mapping in a mapping. */
const steps = (depth: number) => Array.from({ length: depth }, (_, index) => `${' '.repeat(index)}a:`).join('\n');

describe('broken input', () => {
  it('tells duplicate keys, broken YAML and what a template hides', async () => {
    await assertFindings(
      `apiVersion: v1
kind: ConfigMap
metadata:
  name: a
  name: b
# ^^^^ error yaml.duplicateKey: The key "name" stands twice in this mapping; kubectl would silently take the last. Remove one.
data:
  mode: 0644
#       ^^^^ error yaml.notText: kubectl reads 0644 as 420, but only texts may stand in the data of a ConfigMap: the API server refuses this ConfigMap. Write "0644".
  on: off
# ^^ warning yaml.ambiguous: kubectl reads on as the key "true". Quote it if a text is meant.
#     ^^^ error yaml.notText: kubectl reads off as false, but only texts may stand in the data of a ConfigMap: the API server refuses this ConfigMap. Write "off".
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Values.name }}}
{{- if .Values.on }}
data: [
{{- end }}`,
      nobody,
    );
  });

  it('tells a template from a text with braces in it', () => {
    const kinds = {
      '{{ .Values.name }}': true,
      'repo/app:{{ .Values.tag }}': true,
      '{{- if .Values.on }}': true,
      '"{{ $labels.instance }} is down"': false,
      '|\n  {{ range .Alerts }}\n  {% raw %}': false,
      '{% if on %}': true,
      '{a: {b: 1}}': false,
    };
    for (const [value, expected] of Object.entries(kinds))
      assert.equal(parseDocument(`apiVersion: v1\nkind: A\nvalue: ${value}\n`).template, expected, value);
  });

  it('refuses a merge conflict', () => {
    const findings = parseManifests(
      'a',
      'apiVersion: v1\nkind: ConfigMap\n<<<<<<< HEAD\nx: 1\n=======\nx: 2\n>>>>>>> b\n',
    ).flatMap((one) => one.findings);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['yaml.conflict'],
    );
  });

  it('survives the alias bomb within a second', () => {
    const levels = Array.from(
      { length: 9 },
      (_, index) =>
        `${'abcdefghi'[index]}: &${'abcdefghi'[index]} [${Array(10)
          .fill(index === 0 ? 'lol' : `*${'abcdefghi'[index - 1]}`)
          .join(',')}]`,
    );
    const start = performance.now();
    const bomb = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${levels.join('\n')}\n`;
    const [manifest] = parseManifests('a', bomb);
    const json = manifest?.toJson();
    assert.ok(json && !json.ok);
    assert.match(json.failure.message, /aliases unfold/);
    assert.deepEqual(
      manifest?.findings.map(({ code, range }) => [code, bomb.slice(range.start, range.start + 12)]),
      [['yaml.alias', '[*e,*e,*e,*e']],
    );
    assert.ok(performance.now() - start < 5000);
  });

  it('survives an alias that holds itself', () => {
    const json = parseManifests('a', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\nx: &x [*x]\n')[0]?.toJson();
    assert.equal(json?.ok, false);
  });

  it('does not descend a hundred thousand levels', () => {
    for (const text of [`a: ${'['.repeat(1e5)}`, `a: ${'{a: '.repeat(1e5)}`, `${'- '.repeat(1e5)}a`, steps(1000)]) {
      const findings = parseManifests('a', text).flatMap((one) => one.findings);
      assert.equal(findings[0]?.code, 'yaml.tooDeep');
    }
  });

  it('takes long lines, many keys and many anchors in one pass', () => {
    const many = (count: number, line: (index: number) => string) =>
      Array.from({ length: count }, (_, index) => line(index)).join('\n');
    const texts = {
      line: `data: "${'x'.repeat(1_500_000)}"`,
      spaces: `data: x${'\u00a0'.repeat(500_000)}y`,
      digits: `data: 1${'_'.repeat(500_000)}x`,
      open: `data: $\{${'a'.repeat(500_000)}`,
      keys: many(20_000, (index) => `k${index}: 1`),
      anchors: `${many(5_000, (index) => `k${index}: &a${index} {x: 1}`)}\n${many(5_000, (index) => `r${index}: *a${index}`)}`,
    };
    for (const [name, text] of Object.entries(texts)) {
      const start = performance.now();
      assert.deepEqual(parseDocument(text).findings, [], name);
      assert.ok(performance.now() - start < 15_000, name);
    }
  });

  it('tells a few of the errors that one mistake brings, and gives back how traces are written', () => {
    const limit = Error.stackTraceLimit;
    const { findings } = parseDocument(`a:\n${'  b: "{{\n'.repeat(5_000)}`);
    assert.ok(findings.length > 0 && findings.filter(({ code }) => code === 'yaml.syntax').length <= 20);
    assert.equal(Error.stackTraceLimit, limit);
  });

  it('tells each of very many mistakes', () => {
    const { findings } = parseDocument('k: 1\n'.repeat(150_000));
    assert.equal(findings.length, 149_999);
  });

  it('does not read a document that is larger than any object', () => {
    const [manifest] = parseManifests('a', `apiVersion: v1\nkind: ConfigMap\ndata: {a: ${'x'.repeat(6_000_000)}}\n`);
    assert.equal(manifest?.findings[0]?.code, 'yaml.tooLarge');
    assert.equal(manifest.toJson().ok, false);
  });

  it('finds the documents of 50 MB without reading them', () => {
    const one = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {text: ${'x'.repeat(600)}}\n`;
    const text = `${one}---\n`.repeat(75_000);
    const start = performance.now();
    assert.equal(splitDocuments(text).length, 75_001);
    assert.ok(performance.now() - start < 3000);
  });

  it('leaves to the command line what takes long while somebody types, and says where it begins', () => {
    const rows = 'key: a text as it stands in manifests\n';
    const told = (text: string) => {
      const { tree, findings } = parseDocument(text, whileTyping);
      return findings.map(({ code, severity, range }) => [tree === undefined, code, severity, range.start]).slice(0, 1);
    };
    const [short, long] = [rows.repeat(100), rows.repeat(15_000)];
    assert.deepEqual(told(`${long}last: &a b\n`), [[true, 'yaml.tooLarge', 'information', long.length]]);
    assert.deepEqual(told(`${short}last: &a b\n`), [[false, 'yaml.duplicateKey', 'error', rows.length]]);
    assert.deepEqual(told(rows.repeat(60_000)), [[true, 'yaml.tooLarge', 'information', 0]]);
    assert.equal(parseDocument(`a: &a b\n${'c:\n  - d\n'.repeat(70_000)}`).tree === undefined, false);
  });

  it('resolves ten thousand aliases in one pass, and sees deep lists behind a space', () => {
    const rows = Array.from({ length: 10_000 }, (_, at) => `  k${at}: &a${at} x${at}\n  l${at}: *a${at}\n`).join('');
    const [manifest] = parseManifests('a', `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${rows}`);
    const start = performance.now();
    const json = manifest?.toJson();
    assert.ok(json?.ok && performance.now() - start < 5_000);
    assert.equal((json.value['data'] as Record<string, unknown>)['l9999'], 'x9999');
    assert.equal(parseDocument(`a:\n ${'- '.repeat(100_000)}b`).findings[0]?.code, 'yaml.tooDeep');
  });

  it('knows __proto__ as a key like any other', () => {
    const json = parseManifests(
      'a',
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n__proto__: {polluted: true}\n',
    )[0]?.toJson();
    assert.ok(json?.ok);
    assert.equal('polluted' in {}, false);
    assert.deepEqual(Object.keys(json.value), ['apiVersion', 'kind', 'metadata', '__proto__']);
  });
});
