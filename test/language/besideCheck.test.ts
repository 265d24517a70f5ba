import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Diagnostic } from 'vscode-languageserver-types';
import type { LanguageHost } from '../../src/language/host.ts';
import { LanguageService } from '../../src/language/service.ts';
import { toFacts } from '../../src/openstack/display.ts';
import type { BesideParams, FactsLookup, FindParams, WorkspaceFiles } from '../../src/protocol.ts';
import { fakeCloud } from '../support/fakeCloud.ts';

it('what a Heat template and an environment want of files beside them is told while they are typed, with its fix', async () => {
  const asked: string[] = [];
  const published = new Map<string, readonly Diagnostic[]>();
  const parameters = ['flavor'];
  const host: LanguageHost = {
    find: undefined,
    list: undefined,
    kubernetesFind: undefined,
    workspaceManifests: undefined,
    schema: undefined,
    binding: undefined,
    beside: async ({ uri, paths, templates }: BesideParams) => {
      asked.push(`${uri} ${paths.join(' ')}${templates ? ' templates' : ''}`);
      return {
        missing: paths.filter((path) => path === 'gone.sh'),
        templates: templates ? [{ file: 'w/stack.yaml', parameters }] : [],
      };
    },
  };
  const output = {
    publish: (uri: string, _version: number, diagnostics: readonly Diagnostic[]) => void published.set(uri, diagnostics),
    didRun: () => {},
    refreshHints: () => {},
    refreshLinks: () => {},
    broke: (error: unknown) => assert.fail(String(error)),
  };
  const service = new LanguageService(host, output, {});
  const told = async (uri: string, wanted: string) => {
    const until = Date.now() + 10_000;
    const now = () =>
      (published.get(uri) ?? []).map(({ code, range }) => `${code} ${range.start.line}:${range.start.character}`).join();
    while (now() !== wanted && Date.now() < until) await delay(20);
    assert.equal(now(), wanted);
  };
  service.open(
    'file:///w/stack.yaml',
    1,
    'heat_template_version: 2021-04-16\nresources:\n  a: {type: OS::Heat::SoftwareConfig, properties: {config: {get_file: gone.sh}}}\n',
  );
  await told('file:///w/stack.yaml', 'template.file 2:70');
  const environment = 'file:///w/env.yaml';
  service.open(environment, 1, 'parameters:\n  flavr: m1.tiny\n');
  await told(environment, 'environment.parameter 1:2');
  const [fix] = await service.codeActions(environment, published.get(environment) ?? [], new AbortController().signal);
  assert.equal(fix?.edit?.changes?.[environment]?.[0]?.newText, 'flavor');
  // another file that is typed in may have got the parameter
  parameters.push('flavr');
  service.change('file:///w/stack.yaml', 2, [
    { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: '# mine\n' },
  ]);
  await told(environment, '');
  assert.deepEqual([...new Set(asked)].sort(), ['file:///w/env.yaml  templates', 'file:///w/stack.yaml gone.sh']);
  service.dispose();
});

const [cluster, maker] = ['file:///w/cluster.yaml', 'file:///w/network.yaml'];
const naming =
  'apiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: OpenStackCluster\nmetadata: {name: a}\nspec: {network: {filter: {name: shop}}}\n';
const network = (policy: string, name = 'shop') =>
  `apiVersion: openstack.k-orc.cloud/v1alpha1\nkind: Network\nmetadata: {name: ${name}}\nspec: {managementPolicy: ${policy}, import: {}}\n`;

/** cluster.yaml, which names the network shop that nobody has, open beside files that are open and files that are not; what is in `other/` is bound to another cloud. */
async function besideCluster(opened: Readonly<Record<string, string>>, closed: Readonly<Record<string, string>> = {}) {
  const cloud = fakeCloud('network.network: [{ id: n1, name: private }]');
  const binding = (uri: string) => ({ cloud: uri.includes('/other/') ? 'other' : 'demo' });
  const told = new Map<string, string>();
  const files = Object.entries(closed).map(([uri, text]) => ({ uri, text, binding: binding(uri) }));
  const checked = Promise.withResolvers<void>();
  const host: LanguageHost = {
    find: async ({ queries }: FindParams) => {
      const one = async ({ kind, query }: FindParams['queries'][number]): Promise<FactsLookup> => {
        const found = await cloud.find(kind, query);
        assert.equal(found.verdict, 'missing');
        return { verdict: 'missing', near: found.near.map((near) => toFacts(kind, near)) };
      };
      return { epoch: 1, value: await Promise.all(queries.map(one)) };
    },
    list: undefined,
    kubernetesFind: undefined,
    workspaceManifests: async (): Promise<WorkspaceFiles> => ({ files, complete: true }),
    schema: undefined,
    binding: async ({ uri }) => ({ epoch: 1, value: { binding: binding(uri), place: 'project demo' } }),
  };
  const output = {
    publish: (uri: string, _version: number, diagnostics: readonly Diagnostic[]) =>
      void told.set(uri, diagnostics.map(({ code }) => code).join()),
    didRun: ({ uri }: { readonly uri: string }) => {
      if (uri === cluster) checked.resolve();
    },
    refreshHints: () => {},
    refreshLinks: () => {},
    broke: (error: unknown) => assert.fail(String(error)),
  };
  const service = new LanguageService(host, output, {});
  for (const [uri, text] of Object.entries({ ...opened, [cluster]: naming })) service.open(uri, 1, text);
  await checked.promise;
  return {
    service,
    /** What is told of cluster.yaml, once it is this or time is over. */
    told: async (wanted: string) => {
      for (let waited = 0; waited < 5000 && told.get(cluster) !== wanted; waited += 10) await delay(10);
      return told.get(cluster);
    },
  };
}

describe('a network that no cloud has', () => {
  const missing = 'reference.missing';
  const elsewhere = 'file:///w/other/network.yaml';
  const rows: readonly (readonly [name: string, opened: Record<string, string>, closed: Record<string, string>, told: string])[] =
    [
      ['and no file brings about', {}, {}, missing],
      ['but another open file brings about', { [maker]: network('managed') }, {}, ''],
      ['but a file that is not open brings about', {}, { [maker]: network('managed') }, ''],
      ['and another file only speaks of', { [maker]: network('unmanaged') }, {}, missing],
      ['and an open file brings about in another cloud', { [elsewhere]: network('managed') }, {}, missing],
      ['and a file that is not open brings about in another cloud', {}, { [elsewhere]: network('managed') }, missing],
    ];
  for (const [name, opened, closed, wanted] of rows)
    it(name, async () => {
      const { service, told } = await besideCluster(opened, closed);
      assert.equal(await told(wanted), wanted);
      service.dispose();
    });

  it('is told of when the file that brings it about does so no more, and no more when it does again', async () => {
    const { service, told } = await besideCluster({ [maker]: network('managed') });
    assert.equal(await told(''), '');
    service.change(maker, 2, [{ text: network('managed', 'shoop') }]);
    assert.equal(await told(missing), missing);
    service.change(maker, 3, [{ text: network('managed') }]);
    assert.equal(await told(''), '');
    service.dispose();
  });

  it('is not told of once a file is opened that brings it about', async () => {
    const { service, told } = await besideCluster({});
    assert.equal(await told(missing), missing);
    service.open(maker, 1, network('managed'));
    assert.equal(await told(''), '');
    service.dispose();
  });
});
