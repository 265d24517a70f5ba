/** The manifests that are offered to begin with. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { OpenDocument } from '../../src/language/openDocument.ts';
import { snippetItems, snippets, unfolded } from '../../src/language/snippets.ts';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { toFacts } from '../../src/openstack/display.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

const cloud = fakeCloud(`
compute.flavor:
  - { id: "1", name: m1.small }
  - { id: "2", name: "4,0|x" }
image.image: []
`);

async function offered(marked: string) {
  const text = marked.replace('<|>', '');
  const before = marked.slice(0, marked.indexOf('<|>')).split('\n');
  const list = await snippetItems(
    new OpenDocument('untitled:a', 1, text),
    { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
    async (kind) => {
      const found = await cloud.list(kind);
      return found.ok ? found.value.items.map((item) => toFacts(kind, item)) : [];
    },
  );
  return list?.items ?? [];
}

describe('snippets', () => {
  for (const snippet of snippets)
    it(`${snippet.label}: as it stands, nothing is wrong with it, and it is what it says`, async () => {
      const manifests = parseManifests('a.yaml', unfolded(snippet).text);
      assert.deepEqual(
        manifests.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
        [snippet.detail],
      );
      const { findings } = await checkManifests(manifests, cloud);
      assert.deepEqual(findings, []);
      assert.ok(manifests[0]?.toJson().ok);
    });

  it('know by the rules which places name a resource', () =>
    assert.deepEqual(
      snippets.flatMap((snippet) =>
        unfolded(snippet).stops.flatMap(({ number, kind }) => (kind ? `${snippet.detail} ${number} ${kind}` : [])),
      ),
      [
        'storage.k8s.io/v1 StorageClass 2 block-storage.type',
        'infrastructure.cluster.x-k8s.io/v1beta1 OpenStackMachineTemplate 4 compute.flavor',
        'infrastructure.cluster.x-k8s.io/v1beta1 OpenStackMachineTemplate 5 image.image',
        'infrastructure.cluster.x-k8s.io/v1beta1 OpenStackMachineTemplate 6 compute.keypair',
        'openstack.k-orc.cloud/v1alpha1 Network 4 network.network',
      ],
    ));

  it('offer live names there, the words of the place where there are none', async () => {
    const item = (await offered('<|>')).find(({ label }) => label.startsWith('OpenStackMachineTemplate'));
    const text = item?.textEdit?.newText ?? '';
    assert.match(text, /flavor: \$\{4\|m1\.small,"4\\,0\\\|x"\|\}\n/);
    assert.match(text, /name: \$\{5:<image>\}\n/);
  });

  const places: Readonly<Record<string, readonly [text: string, replaced: string | undefined]>> = {
    'an empty file': ['<|>', ''],
    'a word at its beginning': ['Serv<|>', 'Serv'],
    'after comments and a marker': ['# shop\n---\n# more\nS<|>ervice\n', 'Service'],
    'a new document behind another': ['apiVersion: v1\nkind: Pod\n---\n<|>', ''],
    'a document that has begun': ['apiVersion: v1\n<|>', undefined],
    'a value': ['a: Ser<|>', undefined],
    'an indented word': ['  Ser<|>', undefined],
    'behind another word': ['Service <|>', undefined],
  };
  for (const [name, [text, replaced]] of Object.entries(places))
    it(`${replaced === undefined ? 'are not' : 'are'} offered: ${name}`, async () => {
      const [first] = await offered(text);
      const range = first?.textEdit && 'range' in first.textEdit ? first.textEdit.range : undefined;
      const line = text.replace('<|>', '').split('\n')[range?.start.line ?? 0] ?? '';
      assert.equal(range && line.slice(range.start.character, range.end.character), replaced);
    });
});
