/** Texts that nobody wrote on purpose, or somebody with ill will: the server says where the trouble is, in the units of the protocol, stays quick, and goes on with the other files. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { ServedEditor } from '../support/servedEditor.ts';

const id = 'e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11';
const wrong = '00000bad-8e6f-4e2d-a1b3-fedcba987654';
const world = `network.network: [{ id: ${id}, name: private }]`;
const service = (network: string, more = '') => `apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
${more}    loadbalancer.openstack.org/network-id: ${network}
`;
const missing = `reference.missing ${JSON.stringify(wrong)}`;

let editor: ServedEditor;
let files = 0;
before(async () => {
  editor = await ServedEditor.inMemory({ world });
});

/** What is said of a text, and that a neighbour is still answered right. */
async function told(text: string): Promise<readonly string[]> {
  files += 1;
  const uri = `file:///bad/${files}.yaml`;
  await editor.open(uri, text);
  const said = await editor.told(uri);
  const neighbour = `file:///good/${files}.yaml`;
  await editor.open(neighbour, service(wrong));
  assert.deepEqual(await editor.told(neighbour), [missing]);
  return said;
}

/** Ten times what a loaded machine of two cores was seen to need; without bounds it would be minutes, or the end of the process. */
const patience = 15_000;

async function quickly<T>(run: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const answer = await run();
  assert.ok(performance.now() - began < patience);
  return answer;
}

describe('R14: large texts', () => {
  const notes = (count: number) => Array.from({ length: count }, (_, index) => `    note-${index}: "${index}"\n`).join('');

  it('100,000 lines, and the mistake on the last', async () => {
    const long = `${service(id, notes(1000))}---\n`.repeat(100);
    assert.deepEqual(await quickly(() => told(`${long}${service(wrong)}`)), [missing]);
  });

  it('100,000 lines in one document, more than any object has: that is said where it begins', async () => {
    assert.deepEqual(await quickly(() => told(service(wrong, notes(100_000)))), ['yaml.tooLarge "a"']);
  });

  it('an annotation of 1.5 MB, before a reference and as one', async () => {
    const long = 'x'.repeat(1_500_000);
    assert.deepEqual(await quickly(() => told(service(wrong, `    note: ${long}\n`))), [missing]);
    assert.deepEqual(await quickly(() => told(service(long))), []);
  });

  it('20,000 documents: the last is answered as the first', async () => {
    const said = await quickly(() =>
      told(
        `${service(wrong)}---\n${'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n'.repeat(20_000)}${service(wrong)}`,
      ),
    );
    assert.deepEqual(said, [missing, missing]);
  });
});

describe('R15: texts that unfold, and that are deep', () => {
  it('an alias bomb is told where it is, and nothing is unfolded', async () => {
    const bomb = Array.from(
      { length: 30 },
      (_, index) =>
        `  a${index}: &a${index} [${Array(10)
          .fill(index === 0 ? 'x' : `*a${index - 1}`)
          .join(', ')}]\n`,
    );
    const said = await quickly(() => told(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${bomb.join('')}`));
    assert.deepEqual([...new Set(said.map((one) => one.split(' ')[0]))], ['yaml.alias']);
  });

  it('an alias of itself, 10,000 anchors, 100,000 brackets, 100,000 steps of indentation', async () => {
    assert.ok((await quickly(() => told('apiVersion: v1\nkind: A\na: &a [*a]\n'))).length > 0);
    const anchors = Array.from({ length: 10_000 }, (_, index) => `  a${index}: &a${index} x\n  b${index}: *a${index}\n`).join('');
    assert.deepEqual(await quickly(() => told(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${anchors}`)), []);
    for (const deep of [
      `apiVersion: v1\nkind: A\na: ${'['.repeat(100_000)}`,
      `apiVersion: v1\nkind: A\na: ${'{a: '.repeat(50_000)}`,
      `apiVersion: v1\nkind: A\n${Array.from({ length: 1000 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join('')}`,
    ])
      assert.deepEqual(
        (await quickly(() => told(deep))).map((one) => one.split(' ')[0]),
        ['yaml.tooDeep'],
      );
  });
});

describe('R16: characters', () => {
  const breaks: Readonly<Record<string, (text: string) => string>> = {
    LF: (text) => text,
    CRLF: (text) => text.replaceAll('\n', '\r\n'),
    'CR alone': (text) => text.replaceAll('\n', '\r'),
    'CRLF and LF mixed': (text) => text.replace('\n', '\r\n').replace(/\n$/, '\r\n'),
    'a byte order mark': (text) => `\uFEFF${text}`,
  };
  const before: Readonly<Record<string, string>> = {
    'nothing before it': '',
    'astral characters before it': '    note: "𝒯he 🚀 of 👩‍👩‍👧 𠮷野家"\n',
    'combining characters and a line separator before it': '    note: "e\u0301 \u2028 \u0085"\n',
    'an astral key before it': '    🚀: yes, really\n',
  };
  for (const [ends, written] of Object.entries(breaks))
    for (const [name, more] of Object.entries(before))
      it(`${ends}, ${name}: the wrong id is underlined, and nothing beside it`, async () => {
        assert.deepEqual(
          (await told(written(service(wrong, more)))).filter((one) => one.startsWith('reference')),
          [missing],
        );
      });

  it('an astral character on the same line counts two units', async () => {
    const text = `apiVersion: v1\nkind: Service\nmetadata: {name: "🚀🚀", annotations: {note: "𠮷", loadbalancer.openstack.org/network-id: ${wrong}}}\n`;
    assert.deepEqual(await told(text), [missing]);
  });

  it('tabs, NUL and a lone surrogate are told where they stand', async () => {
    assert.deepEqual(await told('apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: a\n'), ['yaml.tab "\\t"']);
    for (const character of ['\0', '\uD83D'])
      assert.deepEqual(
        (await told(`apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: "x${character}y"}\n`)).map(
          (one) => one.split(' ')[0],
        ),
        ['yaml.character'],
      );
  });

  it('what was UTF-16 and is read as something else is no manifest, and no crash', async () => {
    const text = service(wrong);
    await told(Buffer.from(text, 'utf16le').toString('latin1'));
    await told(Buffer.from(text, 'utf16le').toString('utf8'));
  });
});

describe('R17: as kubectl reads it', () => {
  it('keys that stand twice, merges and scalars of YAML 1.1 are told once each', async () => {
    assert.deepEqual(
      await told(`apiVersion: v1
kind: ConfigMap
metadata: {name: a, labels: {on: off}}
data:
  mode: 0755
  mode: "0644"
  time: 12:30:45
  big: 12345678901234567890
`),
      [
        'yaml.duplicateKey "mode"',
        'yaml.ambiguous "on"',
        'yaml.notText "off"',
        'yaml.notText "0755"',
        'yaml.notText "12345678901234567890"',
      ],
    );
  });
});

describe('R18: templates, patches, conflicts', () => {
  it('Helm, Jinja and variables are no mistakes; what is literal in them is checked', async () => {
    assert.deepEqual(await told(`{{- if .Values.web }}\n${service(wrong)}{{- end }}\n`), [missing]);
    assert.deepEqual(await told(`{% for one in all %}\n${service(wrong)}{% endfor %}\n`), [missing]);
    assert.deepEqual(await told(service('${NETWORK_ID}')), []);
    assert.deepEqual(await told(service('{{ .Values.network }}')), []);
  });

  it('a patch of Kustomize lacks what it does not change', async () => {
    assert.deepEqual(
      await told(
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n        - name: c\n          $patch: delete\n',
      ),
      [],
    );
  });

  it('a conflict that git left open is one finding, at its first mark', async () => {
    const text = `${service(id)}<<<<<<< HEAD\n  a: 1\n=======\n  a: 2\n>>>>>>> theirs\n`;
    assert.deepEqual(await told(text), ['yaml.conflict "<<<<<<<"']);
  });
});
