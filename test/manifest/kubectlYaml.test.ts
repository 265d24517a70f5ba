/**
 * YAML as kubectl reads it. What is expected here was printed by kubectl 1.32.4 (1.36.3 says the same), without a cluster:
 * `kubectl annotate --local -f - x=y -o json`, and where a text is wanted `kubectl set env --local -f - x=y`.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exactJson } from '../../src/kubernetes/exactJson.ts';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { assertFindings } from '../support/annotatedYaml.ts';
import { nobody } from '../support/nobody.ts';

const head = 'apiVersion: a/v1\nkind: A\nmetadata: {name: a}\n';

/** `value: …` → the value as JSON. */
const scalars = `
yes                             → true
Yes                             → true
YES                             → true
yEs                             → "yEs"
No                              → false
on                              → true
On                              → true
oN                              → "oN"
OFF                             → false
y                               → true
Y                               → true
n                               → false
N                               → false
true                            → true
TRUE                            → true
tRuE                            → "tRuE"
false                           → false
~                               → null
null                            → null
Null                            → null
NULL                            → null
nULL                            → "nULL"
0644                            → 420
0777                            → 511
-0777                           → -511
+0777                           → 511
00                              → 0
007                             → 7
0o17                            → 15
0O17                            → 15
-0o17                           → -15
0b11                            → 3
-0b11                           → -3
0x1F                            → 31
0X1F                            → 31
-0x1F                           → -31
1_000                           → 1000
_1                              → "_1"
1__0                            → 10
1_                              → 1
0_7                             → 7
+12                             → 12
-0                              → 0
+0                              → 0
0                               → 0
08                              → 8
09.5                            → 9.5
0800                            → 800
1e3                             → 1000
1E3                             → 1000
1e+3                            → 1000
1.e3                            → 1000
1e                              → "1e"
.5                              → 0.5
-.5                             → -0.5
+.5                             → 0.5
5.                              → 5
.                               → "."
1_0.5                           → 10.5
1.5_0                           → 1.5
._5                             → "._5"
1e400                           → "1e400"
12:30:00                        → "12:30:00"
1:30                            → "1:30"
190:20:30                       → "190:20:30"
1:30.5                          → "1:30.5"
2026-01-01                      → "2026-01-01"
2026-01-01T10:00:00Z            → "2026-01-01T10:00:00Z"
2026-01-01 10:00:00             → "2026-01-01 10:00:00"
12345678901234567890            → 12345678901234567000
18446744073709551615            → 18446744073709552000
18446744073709551616            → 18446744073709552000
-9223372036854775808            → -9223372036854775808
-9223372036854775809            → -9223372036854776000
9007199254740993                → 9007199254740993
-9007199254740993               → -9007199254740993
1.10                            → 1.1
1.0                             → 1
1.2.3                           → "1.2.3"
0x                              → "0x"
0b                              → "0b"
0b12                            → "0b12"
0o8                             → "0o8"
123456789012345678901234567890  → 1.2345678901234568e+29
1.12345678901234567890          → 1.1234567890123457
=                               → "="
<<                              → "<<"
!!str yes                       → "yes"
!!int "12"                      → 12
!!float 1                       → 1
!!bool "yes"                    → true
!!binary aGVsbG8=               → "hello"
!!timestamp 2026-01-01          → "2026-01-01"
!!set {a}                       → {"a":null}
!foo bar                        → "bar"
"yes"                           → "yes"
'0644'                          → "0644"
0.0                             → 0
-0.0                            → 0
1e-7                            → 1e-7
1e21                            → 1e+21
100000000000000000000.5         → 100000000000000000000
infinity                        → "infinity"
NaN                             → "NaN"
.nan                            → refused
.inf                            → refused
-.Inf                           → refused
+.INF                           → refused
.NaN                            → refused
1,000                           → "1,000"
0777_7                          → 4095
0x_1F                           → 31
1e_3                            → 1000
0x1.8p1                         → "0x1.8p1"
0x1_F                           → 31
0_                              → 0
+0b11                           → 3
+0x1F                           → 31
+0o17                           → 15
-1_000                          → -1000
+.inf                           → refused
12e03                           → 12000
1e03                            → 1000
0e0                             → 0
0.                              → 0
00.5                            → 0.5
-00                             → 0
0x8000000000000000              → 9223372036854776000
0xFFFFFFFFFFFFFFFFF             → "0xFFFFFFFFFFFFFFFFF"
0b1111111111111111111111111111111111111111111111111111111111111111 → 18446744073709552000
""                              → ""
off                             → false
NO                              → false
FALSE                           → false
False                           → false
True                            → true`;

/** A text behind the head, with `⏎` for the end of a line, `⇥` for a tab and `\u…` for what cannot be seen → what is sent, or `refused`. */
const structures = `
v: {a: 1, a: 2}                                     → refused, where kubectl takes the last
b: &b {x: 1, z: 2}⏎v: {<<: *b, x: 3}                → {"b":{"x":1,"z":2},"v":{"x":3,"z":2}}
b: &b {x: 1, z: 2}⏎v: {x: 3, <<: *b}                → {"b":{"x":1,"z":2},"v":{"x":1,"z":2}}
b: &b {x: 1}⏎c: &c {x: 2, z: 3}⏎v: {<<: [*b, *c]}   → {"b":{"x":1},"c":{"x":2,"z":3},"v":{"x":1,"z":3}}
b: &b {x: 1}⏎c: &c {x: 2, z: 3}⏎v: {<<: *b, <<: *c} → {"b":{"x":1},"c":{"x":2,"z":3},"v":{"x":2,"z":3}}
v: {<<: {x: 1}}                                     → {"v":{"x":1}}
v: {"<<": {x: 1}}                                   → {"v":{"<<":{"x":1}}}
v: {<<: 3}                                          → refused
v: {<<: }                                           → refused
v: {y: 1, x: 2}                                     → {"v":{"true":1,"x":2}}
v: {1: a, 0644: b, 1.5: c, 1e3: d}                  → {"v":{"1":"a","420":"b","1000":"d","1.5":"c"}}
v: {2026-01-01: a}                                  → {"v":{"2026-01-01":"a"}}
v: {~: a}                                           → refused
v: {null: a}                                        → refused
v: {{a: 1}: b}                                      → refused
v: *x                                               → refused
v: &x [*x]                                          → refused
v: &x 1⏎---⏎w: *x                                   → refused
v:⏎⇥a: 1                                            → refused
v:⇥a                                                → {"v":"a"}
v: a⇥# c                                            → {"v":"a"}
v:⏎-⇥a                                              → refused
v: "x"⏎⇥⏎w: 2                                       → refused
v: 1⏎  ⇥⏎w: 2                                       → {"v":1,"w":2}
v: |⏎  a⏎⇥b                                         → refused
v: |⏎  a⏎  ⇥b                                       → {"v":"a\\n\\tb\\n"}
v: a⏎  ⇥b                                           → {"v":"a b"}
v:\\u00a0a                                          → refused
v:⏎-\\u00a0a                                        → refused
v: a\\u00a0b                                        → {"v":"a\u00a0b"}
v: a\\u0007b                                        → refused
v: a\\u007fb                                        → refused
v: a\\u0000b                                        → refused
v: a\\u2028b                                        → refused
v: "a\\u2028b"                                      → {"v":"a\u2028b"}
v: 😀                                                → {"v":"😀"}`;

/** The text that a row stands for. */
const unhidden = (row: string) =>
  row
    .replaceAll('⏎', '\n')
    .replaceAll('⇥', '\t')
    .replace(/\\u([0-9a-f]{4})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

const json = (text: string) => {
  const read = parseManifests('a.yaml', text).map((manifest) => manifest.toJson());
  const failure = read.find((one) => !one.ok);
  if (failure || !read[0]?.ok) return 'refused';
  const { apiVersion: _group, kind: _kind, metadata: _name, ...rest } = read[0].value;
  return exactJson(rest);
};
/** Rows of two cells, an arrow between. */
const rowsOf = (table: string) =>
  table
    .trim()
    .split('\n')
    .map((row) => row.split(/ +→ /));

describe('scalars are read as kubectl reads them', () => {
  for (const [source = '', expected] of rowsOf(scalars))
    it(`${source} is ${expected}`, () => {
      assert.equal(json(`${head}value: ${source}\n`), expected === 'refused' ? expected : `{"value":${expected}}`);
    });
});

describe('mappings, aliases, tabs and characters are read as kubectl reads them', () => {
  for (const [source = '', expected = ''] of rowsOf(structures))
    it(`${source} is ${expected}`, () => {
      assert.equal(json(`${head}${unhidden(source)}\n`), expected.startsWith('refused') ? 'refused' : expected);
    });

  it('carriage returns end lines, alone and before a line feed', () => {
    for (const end of ['\r', '\r\n']) assert.equal(json(`${head}v: |\n  a\n  b\n`.replaceAll('\n', end)), '{"v":"a\\nb\\n"}');
  });

  it('a byte order mark is nothing at the start and a part of the key later on', () => {
    assert.equal(json(`\ufeff${head}v: 1\n`), '{"v":1}');
    assert.equal(json(`\ufeff---\n${head}v: 1\n`), '{"v":1}');
    assert.equal(json(`${head}---\n\ufeff${head}`), 'refused');
  });

  it('refuses directives', () => {
    for (const directive of ['%YAML 1.2', '%YAML 1.1', '%TAG ! tag:x,2000:'])
      assert.equal(json(`${directive}\n---\n${head}`), 'refused');
  });
});

/** As above → the findings: severity, code and what stands at their place, in quotes. */
const told = `
v: {a: 1, a: 2}                                     → error yaml.duplicateKey "a"
v: {yes: 1, on: 2}                                  → warning yaml.ambiguous "yes", error yaml.duplicateKey "on", warning yaml.ambiguous "on"
b: &b {x: 1}⏎v: {x: 3, <<: *b}                      → warning yaml.mergeOrder "<<"
b: &b {x: 1}⏎v: {z: 3, <<: *b}                      → nothing
b: &b {x: 1}⏎v: {<<: *b, x: 3}                      → nothing
v: {<<: 3}                                          → error yaml.merge "<<"
v: {<<: *b}                                         → error yaml.alias "*b"
v: &x 1⏎---⏎apiVersion: a/v1⏎kind: A⏎w: [*x, *x] → error yaml.alias "*x", error yaml.alias "*x"
v: &x [*x]                                          → error yaml.alias "*x"
v: &x {a: &y [1], b: *y}⏎w: *x                      → nothing
a: &x {b: 1}⏎c: &y [*x]⏎d: &x [*y]                  → nothing
v: {~: a}                                           → error yaml.key "~"
v: {[a]: b}                                         → error yaml.key "[a]"
v: .inf                                             → error yaml.notANumber ".inf"
v: 1e400                                            → nothing
v:⏎⇥a: 1⏎⇥b: 2                                      → error yaml.tab "⇥"
v:⏎  a: |⏎    x⏎    ⇥y⏎  b: "c⇥d"                   → nothing
v:⏎-⇥a                                              → error yaml.tab "⇥"
v: a⇥# c⏎w:⇥1                                       → nothing
v:\\u00a0a                                          → error yaml.character "\\u00a0"
v: a\\u00a0⏎w: b\\u00a0                             → warning yaml.character "\\u00a0"
v: a\\u00a0b # c\\u00a0                             → nothing
v: "\\u00a0a\\u00a0"                                → nothing
v: |⏎  \\u00a0a\\u00a0⏎  # c                         → nothing
v: \\u200byes                                       → warning yaml.character "\\u200b"
v: a\\ufffdb                                        → warning yaml.character "\\ufffd"
v: a\\u0007b\\u0007                                 → error yaml.character "\\u0007"
v: a\\u2028b                                        → error yaml.character "\\u2028"
v: "a\\u2028b"                                      → nothing
v: 1⏎---⏎\\ufeffapiVersion: a/v1⏎kind: A            → error yaml.character "\\ufeff"
v: a\\ufeffb                                        → nothing
v: 😀 # 😀⏎w: "😀"⏎x: [😀, ~, on]                    → information yaml.ambiguous "on"
a: [⏎<<<<<<< HEAD⏎v: {⏎=======⏎v: ]⏎>>>>>>> mine    → error yaml.conflict "<<<<<<<"
v: |⏎  <<<<<<< HEAD⏎  =======⏎  >>>>>>> mine        → nothing`;

const shown = (text: string) =>
  text
    .replaceAll('\n', '⏎')
    .replaceAll('\t', '⇥')
    .replace(/[^ -~⏎⇥]/gu, (one) => (one.length > 1 ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`));

describe('what kubectl refuses or takes otherwise is told once, at its place', () => {
  for (const [source = '', expected = ''] of rowsOf(told))
    it(`${source}: ${expected}`, async () => {
      const text = `${head}${unhidden(source)}\n`;
      const { findings } = await checkManifests(parseManifests('a.yaml', text), nobody);
      const found = findings.map(
        ({ severity, code, range }) => `${severity} ${code} "${shown(text.slice(range.start, range.end))}"`,
      );
      assert.equal(found.join(', ') || 'nothing', expected);
    });

  it('nothing of JSON that tabs indent', async () => {
    const text = '{\n\t"apiVersion": "a/v1",\n\t"kind": "A",\n\t"metadata": {\n\t\t"name": "a"\n\t}\n}\n';
    assert.deepEqual((await checkManifests(parseManifests('a.json', text), nobody)).findings, []);
  });

  it('a directive, and not what follows from it', async () => {
    const { findings } = await checkManifests(parseManifests('a.yaml', `# c\n%YAML 1.1\n---\n${head}v: yes\n`), nobody);
    assert.deepEqual(
      findings.map(({ code }) => code),
      ['yaml.directive', 'yaml.ambiguous'],
    );
  });

  it('with a fix that leaves nothing to tell', async () => {
    for (const row of [
      'v: on',
      'v: 0644',
      'v: .nan',
      'on: 1',
      'appVersion: 1.10',
      'v: 1_000',
      'v:⏎⇥a: 1',
      'v:\\u00a0a',
      'v: a\\u2028b',
    ]) {
      const text = `${head}${unhidden(row)}\n`;
      const [finding, ...more] = (await checkManifests(parseManifests('a.yaml', text), nobody)).findings;
      assert.deepEqual(more, [], row);
      const { range, fixes: [fix] = [] } = finding ?? assert.fail(row);
      const mended = text.slice(0, range.start) + fix?.newText + text.slice(range.end);
      assert.deepEqual((await checkManifests(parseManifests('a.yaml', mended), nobody)).findings, [], mended);
    }
  });
});

describe('where the API takes texts, a number or a boolean is refused; elsewhere the reader is told', () => {
  it('in a workload', () =>
    assertFindings(
      `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    enabled: on
#            ^^ error yaml.notText: kubectl reads on as true, but only texts may stand in labels: the API server refuses this Deployment. Write "on".
    release: 1.10
#            ^^^^ error yaml.notText: kubectl reads 1.10 as 1.1, but only texts may stand in labels: the API server refuses this Deployment. Write "1.10".
    commit: 12e45
#           ^^^^^ error yaml.notText: kubectl reads 12e45 as 1.2e+46, but only texts may stand in labels: the API server refuses this Deployment. Write "12e45".
    quoted: "on"
    empty:
    day: 2026-01-01
    hour: 12:30:00
spec:
  replicas: 2
  selector:
    matchLabels: {zone: 1}
#                       ^ error yaml.notText: kubectl reads 1 as a number, but only texts may stand in matchLabels: the API server refuses this Deployment. Write "1".
  template:
    metadata:
      annotations:
        prometheus.io/scrape: true
#                             ^^^^ error yaml.notText: kubectl reads true as a boolean, but only texts may stand in annotations: the API server refuses this Deployment. Write "true".
        prometheus.io/port: 9090
#                           ^^^^ error yaml.notText: kubectl reads 9090 as a number, but only texts may stand in annotations: the API server refuses this Deployment. Write "9090".
    spec:
      nodeSelector:
        gpu: yes
#            ^^^ error yaml.notText: kubectl reads yes as true, but only texts may stand in nodeSelector: the API server refuses this Deployment. Write "yes".
      containers:
        - name: web
          image: nginx:1.27
          args: [--level, 3, "4"]
#                         ^ error yaml.notText: kubectl reads 3 as a number, but only texts may stand in args: the API server refuses this Deployment. Write "3".
          env:
            - name: DEBUG
              value: off
#                    ^^^ error yaml.notText: kubectl reads off as false, but only texts may stand in env: the API server refuses this Deployment. Write "off".
            - name: MODE
              value: 0644
#                    ^^^^ error yaml.notText: kubectl reads 0644 as 420, but only texts may stand in env: the API server refuses this Deployment. Write "0644".
            - {name: TEXT, value: "off"}
          stdin: no
#                ^^ information yaml.ambiguous: kubectl reads no as false. Quote it if a text is meant.
      volumes:
        - name: key
          secret: {secretName: key, defaultMode: 0400}
#                                                ^^^^ hint yaml.ambiguous: kubectl reads 0400 as 256. Quote it if a text is meant.
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data:
  y: 1
# ^ warning yaml.ambiguous: kubectl reads y as the key "true". Quote it if a text is meant.
#    ^ error yaml.notText: kubectl reads 1 as a number, but only texts may stand in the data of a ConfigMap: the API server refuses this ConfigMap. Write "1".
  port: "5432"
  tls: true
#      ^^^^ error yaml.notText: kubectl reads true as a boolean, but only texts may stand in the data of a ConfigMap: the API server refuses this ConfigMap. Write "true".
  greeting: !!binary aGVsbG8=
  mode: !!str 0644
  answer: !!str yes
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackCluster
metadata: {name: c}
spec:
  kubernetesVersion: 1.30
#                    ^^^^ warning yaml.ambiguous: kubectl reads 1.30 as 1.3. Quote it if a text is meant.
  ratio: 0.50
  quota: 1_000
#        ^^^^^ hint yaml.ambiguous: kubectl reads 1_000 as 1000. Quote it if a text is meant.
  flavor: 12345678901234567890
#         ^^^^^^^^^^^^^^^^^^^^ warning yaml.ambiguous: kubectl reads 12345678901234567890 as 12345678901234567000. Quote it if a text is meant.
  mode: 0
  port: 08`,
      nobody,
    ));
});
