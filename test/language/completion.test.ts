import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completionPlace, valueItems } from '../../src/language/completion.ts';
import { OpenDocument } from '../../src/language/openDocument.ts';
import { shownSyntax } from '../../src/manifest/syntax.ts';

/** Text with the cursor as `<|>` → what is completed there: the kind, and what would be replaced. */
const cases: Readonly<Record<string, readonly [text: string, expected: string]>> = {
  'a value that is not there yet': [
    'apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    loadbalancer.openstack.org/network-id: <|>\n',
    'network.network ""',
  ],
  'a value half written, with text behind the cursor': [
    'apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    loadbalancer.openstack.org/network-id: pri<|>vate\n  name: a\n',
    'network.network "private"',
  ],
  'inside quotes': [
    'apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    loadbalancer.openstack.org/subnet-id: "ab<|>"\n',
    'network.subnet "ab"',
  ],
  'between empty quotes': [
    'apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    loadbalancer.openstack.org/subnet-id: "<|>"\n',
    'network.subnet ""',
  ],
  'in the first of two quotes, the second not written yet': [
    'apiVersion: storage.k8s.io/v1\nkind: StorageClass\nprovisioner: cinder.csi.openstack.org\nparameters:\n  type: "<|>\n',
    'block-storage.type ""',
  ],
  'in an item of a list': [
    'apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackMachine\nspec:\n  ports:\n    - network:\n        id: <|>\n    - network: {id: x}\n',
    'network.network ""',
  ],
  'in a filter its name': [
    'apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackMachine\nspec:\n  image:\n    filter:\n      name: deb<|>\n',
    'image.image "deb"',
  ],
  'in a filter the name that is not there yet': [
    'apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackMachine\nspec:\n  image:\n    filter:\n      name: <|>\n  flavor: m1\n',
    'image.image ""',
  ],
  'in a flow mapping': [
    'apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackMachine\nspec:\n  image: {filter: {name: deb<|>}}\n',
    'image.image "deb"',
  ],
  'in a list of names': [
    'apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackCluster\nspec:\n  controlPlaneAvailabilityZones:\n    - no<|>\n',
    'compute.availability_zone "no"',
  ],
  'beside text that is broken': [
    'apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackMachine\nmetadata: {name: [a\nspec:\n  flavor: <|>\n',
    'compute.flavor ""',
  ],
  'above text that is broken': [
    'apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackMachine\nspec:\n  flavor: <|>\n  image: {filter: [\n',
    'compute.flavor ""',
  ],
  'in the second document, behind one that is broken': [
    'a: [\n---\napiVersion: v1\nkind: PersistentVolume\nspec:\n  csi:\n    driver: cinder.csi.openstack.org\n    volumeHandle: <|>\n',
    'block-storage.volume ""',
  ],
  'in an item of a List': [
    'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: PersistentVolume\n  spec:\n    csi:\n      driver: cinder.csi.openstack.org\n      volumeHandle: c<|>\n',
    'block-storage.volume "c"',
  ],
  'where another driver reads': [
    'apiVersion: v1\nkind: PersistentVolume\nspec:\n  csi:\n    driver: ebs.csi.aws.com\n    volumeHandle: <|>\n',
    'nothing',
  ],
  'a key among annotations': [
    'apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    loadb<|>\n    loadbalancer.openstack.org/network-id: a\n',
    'annotation "loadb"',
  ],
  'no key where a value stands': [
    'apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    example.org/a: b<|>\n',
    'nothing',
  ],
};

describe('what is completed', () => {
  for (const [name, [text, expected]] of Object.entries(cases)) it(name, () => assert.equal(placeIn(text), expected));
});

function placeIn(marked: string): string {
  const offset = marked.indexOf('<|>');
  const document = new OpenDocument('file:///a', 1, marked.replace('<|>', ''));
  const before = marked.slice(0, offset).split('\n');
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  const place = completionPlace(document, position);
  if (!place) return 'nothing';
  const replaced = JSON.stringify(place.placed.section.text.slice(place.range.start, place.range.end));
  return `${place.what === 'value' ? place.rule.to : 'annotation'} ${replaced}`;
}

it('host names are completed into a zone: what is typed of the name stays, and the others of a list', () => {
  const offered = (written: string) => {
    const marked = `apiVersion: v1\nkind: Service\nmetadata:\n  annotations:\n    external-dns.alpha.kubernetes.io/hostname: ${written}\n`;
    const document = new OpenDocument('file:///a.yaml', 1, marked.replace('<|>', ''));
    const line = marked.split('\n')[4] ?? '';
    const place = completionPlace(document, { line: 4, character: line.indexOf('<|>') });
    assert.ok(place?.what === 'value');
    const facts = { kind: 'dns.zone', id: 'z1', name: 'example.org.', columns: [] } as const;
    const { items } = valueItems(document, place, [facts], false);
    return items.map(({ textEdit }) => textEdit?.newText);
  };
  assert.deepEqual(offered('<|>'), ['example.org']);
  assert.deepEqual(offered('shop<|>'), ['shop.example.org']);
  assert.deepEqual(offered('shop.exam<|>'), ['shop.example.org']);
  assert.deepEqual(offered('a.shop.example.o<|>'), ['a.shop.example.org']);
  assert.deepEqual(offered('a.example.org,b<|>'), ['"a.example.org,b.example.org"']);
});

it('a name with spaces is completed in the quotes of its file: those of a shell, or none in YAML', () => {
  const offered = (file: string, marked: string) => {
    const text = marked.replace('<|>', '');
    const uri = `file:///${file}`;
    const document = new OpenDocument(uri, 1, text, shownSyntax(uri, text));
    const before = marked.slice(0, marked.indexOf('<|>')).split('\n');
    const place = completionPlace(document, { line: before.length - 1, character: before.at(-1)?.length ?? 0 });
    assert.ok(place?.what === 'value');
    const facts = { kind: 'image.image', id: 'i1', name: 'debian 12', columns: [] } as const;
    return valueItems(document, place, [facts], false).items.map(({ textEdit }) => textEdit?.newText);
  };
  const openrc = 'export OS_AUTH_URL=https://k.example/v3\nexport OPENSTACK_IMAGE_NAME=';
  const machine = 'apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: OpenStackMachine\nspec: {image: {filter: {name: ';
  assert.deepEqual(offered('openrc.sh', `${openrc}<|>\n`), ["'debian 12'"]);
  assert.deepEqual(offered('openrc.sh', `${openrc}"<|>"\n`), ['debian 12']);
  assert.deepEqual(offered('a.yaml', `${machine}<|>}}}\n`), ['debian 12']);
});
