/** What Heat says of an update and what of it is so: it takes whatever names another resource by reference for changed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import { discover } from '../../src/deploy/files/discover.ts';
import { withoutFalseReplacements } from '../../src/deploy/stacks/falseReplacements.ts';
import { changesLine, type PreviewedResource, previewedResources } from '../../src/deploy/stacks/stackPreviewed.ts';
import { bodyOf } from '../../src/deploy/stacks/stackRequest.ts';
import { withStacks } from '../../src/deploy/stacks/stackSet.ts';
import { templateDocument } from '../../src/deploy/stacks/templateDocument.ts';
import { filesOf } from '../support/filesOf.ts';

const texts = {
  '/w/stack.yaml':
    'apiVersion: hybrid-clusters/v1\nkind: Stack\nmetadata: {name: shop}\nspec: {template: net.yaml, environments: [prod.yaml], parameters: {cidr: 10.0.0.0/24}}\n',
  '/w/prod.yaml': 'parameters: {cidr: lost, flavor: m1.small}\n',
  '/w/boot.sh': 'echo a\n',
  '/w/net.yaml': `heat_template_version: 2018-08-31
parameters: {cidr: {type: string}, flavor: {type: string}, dns: {type: string, default: 9.9.9.9}}
resources:
  net: {type: "OS::Neutron::Net"}
  subnet: {type: "OS::Neutron::Subnet", properties: {network: {get_resource: net}, cidr: {get_param: cidr}}}
  port: {type: "OS::Neutron::Port", properties: {fixed_ips: [{subnet: {get_resource: subnet}}]}}
  web: {type: "OS::Nova::Server", depends_on: net, properties: {flavor: {get_param: [flavor]}, user_data: {get_file: boot.sh}, networks: [{network: {get_attr: [net, id]}}]}}
  resolver: {type: "OS::Heat::Value", properties: {value: {list_join: [",", [{get_param: dns}, {get_param: "OS::stack_name"}]]}}}
`,
};

async function sourceOf(files: Readonly<Record<string, string>>) {
  const disk = filesOf(files);
  const { set } = await withStacks(await discover(['/w'], disk), disk, ['/w']);
  const [source] = set.stacks;
  assert.ok(source, set.blockers[0]?.message);
  return source;
}

/** Heat's word on an update of the stack above: all that names anything is replaced. */
const said = {
  unchanged: ['net'],
  updated: [] as string[],
  replaced: ['subnet', 'port', 'web', 'resolver'],
  added: [],
  deleted: [],
};

async function told(
  changed: Readonly<Record<string, string>>,
  { says = said, unread = '' }: { readonly says?: Readonly<Record<string, readonly string[]>>; readonly unread?: string } = {},
): Promise<string> {
  const before = await sourceOf(texts);
  const template = templateDocument(before.files.template);
  assert.ok(template.ok);
  const body = bodyOf(before);
  const answers: Readonly<Record<string, unknown>> = {
    '/stacks/shop/s1/template': template.value,
    '/stacks/shop/s1/environment': {
      parameters: { cidr: '10.0.0.0/24', flavor: 'm1.small' },
      parameter_defaults: {},
      // Heat notes a type that is a file by its own name
      resource_registry: { resources: {}, 'annex.yaml': 'annex.yaml' },
    },
    '/stacks/shop/s1/files': body['files'],
  };
  const project = {
    ask: async (_kind: string, _resource: unknown, { method, collection = '' }: { method: string; collection?: string }) =>
      method !== 'GET' || collection.endsWith(`/${unread}`) ? failed('forbidden', 'no') : success(answers[collection]),
  };
  const lists = Object.entries(says).map(([change, names]) => [
    change,
    names.map((name) => ({ resource_name: name, resource_type: 't', stack_name: name.startsWith('nested') ? 'shop-n' : 'shop' })),
  ]);
  const preview = previewedResources({ resource_changes: Object.fromEntries(lists) });
  assert.ok(preview);
  const live = { id: 's1', stack_name: 'shop' };
  const source = await sourceOf({ ...texts, ...changed });
  const never = new AbortController().signal;
  const settled: readonly PreviewedResource[] = await withoutFalseReplacements(preview, source, live, project, never);
  return changesLine(settled).replaceAll(' (t)', '');
}

const template = (from: string, to: string) => {
  assert.ok(texts['/w/net.yaml'].includes(from));
  return { '/w/net.yaml': texts['/w/net.yaml'].replace(from, to) };
};

describe('of a preview is believed', () => {
  it('nothing, where nothing was changed', async () => assert.equal(await told({}), ''));

  it('what names a parameter with another value, and what names that', async () => {
    const declared = texts['/w/stack.yaml'].replace('10.0.0.0/24', '10.1.0.0/24');
    assert.equal(await told({ '/w/stack.yaml': declared }), 'replaces subnet, port');
  });

  it('what names a parameter of an environment, or a default, with another value', async () => {
    assert.equal(await told({ '/w/prod.yaml': 'parameters: {flavor: m1.large}\n' }), 'replaces web');
    assert.equal(await told(template('9.9.9.9', '1.1.1.1')), 'replaces resolver');
  });

  it('what names a file with another text', async () => assert.equal(await told({ '/w/boot.sh': 'echo b\n' }), 'replaces web'));

  it('what is written otherwise itself', async () =>
    assert.equal(await told(template('{get_param: [flavor]}', 'm1.tiny')), 'replaces web'));

  it('what names a resource that is replaced or new', async () => {
    const other = template('net: {type: "OS::Neutron::Net"}', 'net: {type: "OS::Neutron::Net", properties: {shared: true}}');
    const says = { ...said, unchanged: [], replaced: ['net', ...said.replaced] };
    assert.equal(await told(other, { says }), 'replaces net, subnet, port, web');
    assert.equal(await told({}, { says: { ...said, unchanged: [], added: ['net'] } }), 'replaces subnet, port, web; makes net');
  });

  it('of one that is changed in place only what reads its attributes', async () => {
    const other = template('net: {type: "OS::Neutron::Net"}', 'net: {type: "OS::Neutron::Net", properties: {name: b}}');
    assert.equal(await told(other, { says: { ...said, unchanged: [], updated: ['net'] } }), 'replaces web; changes net');
  });

  it('all of it, where another registry holds, of nested stacks, and where what it was given is not told', async () => {
    const all = 'replaces subnet, port, web, resolver';
    const registry = `${texts['/w/prod.yaml']}resource_registry: {"OS::Neutron::Port": "OS::Heat::None"}\n`;
    assert.equal(await told({ '/w/prod.yaml': registry }), all);
    for (const unread of ['template', 'environment', 'files']) assert.equal(await told({}, { unread }), all);
    assert.equal(await told({}, { says: { ...said, replaced: ['subnet', 'nested'] } }), 'replaces nested');
  });
});
