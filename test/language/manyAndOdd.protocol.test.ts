/** Much at once, and names that nobody would give: 300 open files, a cloud of 20,000 ports, a file that changes on disk, quotes, colons, emoji and zeros. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { ServedEditor } from '../support/servedEditor.ts';

const id = 'e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11';
const wrong = '00000bad-8e6f-4e2d-a1b3-fedcba987654';
const uri = 'file:///shop/web.yaml';
const service = (network: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {loadbalancer.openstack.org/network-id: ${network}}}\n`;
const missing = `reference.missing ${JSON.stringify(wrong)}`;

describe('300 files open at once', () => {
  it('each is answered for itself, and one that changes asks for nothing of the others', async () => {
    const editor = await ServedEditor.inMemory({ world: `network.network: [{ id: ${id}, name: private }]` });
    const uris = Array.from({ length: 300 }, (_, index) => `file:///many/${index}.yaml`);
    const began = performance.now();
    await Promise.all(uris.map((one, index) => editor.open(one, service(index % 2 === 0 ? id : wrong))));
    const said = await Promise.all(uris.map((one) => editor.told(one)));
    assert.ok(performance.now() - began < 30_000);
    for (const [index, one] of said.entries()) assert.deepEqual(one, index % 2 === 0 ? [] : [missing]);
    const asked = editor.asked.length;
    await editor.reload(uris[0] ?? '', service(wrong));
    assert.deepEqual(await editor.told(uris[0] ?? ''), [missing]);
    assert.ok(editor.asked.slice(asked).every((params) => params.uri === uris[0]));
  });
});

describe('a cloud of 20,000 ports', () => {
  const port = (index: number) => `${String(index).padStart(8, '0')}-8e6f-4e2d-a1b3-fedcba987654`;
  const text = (index: number) =>
    `apiVersion: v1\nkind: Service\nmetadata: {name: web, annotations: {loadbalancer.openstack.org/port-id: ${port(index)}}}\n`;
  const ports = Array.from({ length: 20_000 }, (_, index) => `{ id: ${port(index)}, name: port-${index} }`);

  it('one is found, one is missed, and those that are offered are a few', async () => {
    const editor = await ServedEditor.inMemory({ world: `network.port: [${ports.join(', ')}]` });
    await editor.open(uri, text(19_999));
    assert.deepEqual(await editor.told(uri), []);
    await editor.reload(uri, text(20_000));
    assert.deepEqual(await editor.told(uri), [`reference.missing ${JSON.stringify(port(20_000))}`]);
    const began = performance.now();
    const place = { textDocument: { uri }, position: { line: 2, character: text(0).split('\n')[2]?.indexOf(port(0)) } };
    const list = await editor.ask<{ items: object[]; isIncomplete: boolean }>('textDocument/completion', place);
    assert.ok(list.items.length > 0 && list.items.length <= 200 && list.isIncomplete);
    assert.ok(performance.now() - began < 5000);
  });
});

describe('a file that changes on disk while it is open', () => {
  it('is read anew as the editor sends it; what others take from disk of it does not count', async () => {
    const claim = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {colour: red}\n';
    const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, env: [{name: A, valueFrom: {configMapKeyRef: {name: settings, key: colour}}}]}]}\n`;
    const parts = { files: { files: [{ uri, text: claim.replace('colour', 'size'), binding: undefined }], complete: true } };
    const editor = await ServedEditor.inMemory(parts);
    await editor.open(uri, claim);
    await editor.open('file:///shop/pod.yaml', pod);
    assert.deepEqual(await editor.told('file:///shop/pod.yaml'), []);
    await editor.reload(uri, claim.replace('colour', 'color'));
    for (let waited = 0; waited < 5000 && (await editor.told('file:///shop/pod.yaml')).length === 0; waited += 50)
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.deepEqual(await editor.told('file:///shop/pod.yaml'), ['object.missingKey "colour"']);
  });
});

describe('names that want quotes', () => {
  const names = [
    "it's",
    'say "hi"',
    'a: b',
    '- dash',
    '#hash',
    '007',
    '0o17',
    '1e3',
    'yes',
    'null',
    '~',
    '🚀',
    '{x}',
    '*star',
    '&and',
    '%a',

    'a\\b',
    '@at',
    '`tick`',
    '12:30',
  ];
  for (const name of names)
    for (const quote of ['', "'", '"'])
      it(`${JSON.stringify(name)} in place of a value in ${quote === '' ? 'no' : quote} quotes is read back as it is`, async () => {
        const world = `network.network: [{ id: ${id}, name: ${JSON.stringify(name)} }]`;
        const editor = await ServedEditor.inMemory({ world });
        const written = `${quote}${id}${quote}`;
        const text = (value: string) =>
          `apiVersion: machine.example/v1\nkind: Any\n---\napiVersion: kops.k8s.io/v1alpha3\nkind: Cluster\nspec: {cloudProvider: {openstack: {router: {externalNetwork: ${value}}}}}\n`;
        await editor.open(uri, text(written));
        const said = await editor.told(uri);
        assert.deepEqual(
          said.map((one) => one.split(' ')[0]),
          ['reference.idForName'],
        );
        const [fix = ''] = await editor.fixes(uri);
        const read = parse(text(fix).split('---\n')[1] ?? '') as {
          spec: { cloudProvider: { openstack: { router: { externalNetwork: unknown } } } };
        };
        assert.equal(read.spec.cloudProvider.openstack.router.externalNetwork, name);
      });
});
