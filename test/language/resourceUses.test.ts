import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LanguageHost } from '../../src/language/host.ts';
import { NameIndex } from '../../src/language/nameIndex.ts';
import { OpenDocument } from '../../src/language/openDocument.ts';
import { ResourceUses } from '../../src/language/resourceUses.ts';
import type { ResourceFacts } from '../../src/protocol.ts';

const demo = { cloud: 'demo', project: 'demo' };
const id = 'e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11';
const service = (name: string, network: string) =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n  annotations: { loadbalancer.openstack.org/network-id: ${network} }\n`;
const template = (network: string) => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: { name: workers }
spec:
  template:
    spec:
      ports:
        - network: { filter: { name: ${network} } }
        - network: { id: ${id} }
`;

/** Files on disk and what they are bound to; the first two are open, and of the second nothing was read yet. */
const files = [
  { uri: 'file:///open.yaml', text: service('open', id), binding: demo },
  { uri: 'file:///large.yaml', text: service('unread', id), binding: demo },
  {
    uri: 'file:///closed.yaml',
    text: `${service('web', 'private')}---\n${service('api', id)}---\n${template('private')}`,
    binding: demo,
  },
  { uri: 'file:///elsewhere.yaml', text: service('elsewhere', id), binding: { ...demo, project: 'ops' } },
  { uri: 'file:///other.yaml', text: service('other', id.replace('e', 'f')), binding: demo },
];

const network: ResourceFacts = { kind: 'network.network', id, name: 'private', columns: [] };

describe('the manifests that name a resource', () => {
  it('are those of the same project, open or not, by its id or its name, each object once', async () => {
    const [first, second] = files.map(({ uri, text }) => new OpenDocument(uri, 1, text));
    assert.ok(first && second);
    first.read(1000);
    const bound = (document: OpenDocument) => ({ document, binding: async () => ({ binding: demo, place: undefined }) });
    const host = { workspaceManifests: async () => ({ files, complete: true }) } as Partial<LanguageHost> as LanguageHost;
    const index = new NameIndex(() => [bound(first), bound(second)], host);
    const uses = await new ResourceUses(index).of(network, demo, new AbortController().signal);
    assert.deepEqual(
      uses.map(({ kind, name, uri, line }) => `${kind} ${name} ${uri}:${line + 1}`),
      [
        'Service open file:///open.yaml:5',
        'Service api file:///closed.yaml:11',
        'OpenStackMachineTemplate workers file:///closed.yaml:20',
      ],
    );
  });
});
