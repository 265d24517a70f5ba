/** Files that are no manifests and name resources all the same, as the language server's features see them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Diagnostic } from 'vscode-languageserver-types';
import type { LanguageHost } from '../../src/language/host.ts';
import { LanguageService } from '../../src/language/service.ts';
import { shownSyntax } from '../../src/manifest/syntax.ts';
import { toFacts } from '../../src/openstack/display.ts';
import type { FactsLookup, FindParams, ListParams } from '../../src/protocol.ts';
import { referenceCloud } from '../support/referenceCloud.ts';

const never = new AbortController().signal;
const publicId = '1ca1ab1e-9d1c-4f02-8b33-7aa2c4d5e6f7';

/** A server over the reference cloud, with one open file; `<|>` is where the cursor is. */
class Scene {
  readonly uri: string;
  readonly service: LanguageService;
  readonly position: { readonly line: number; readonly character: number };
  #diagnostics: readonly Diagnostic[] = [];

  constructor(name: string, marked: string) {
    this.uri = `file:///code/${name}`;
    const before = marked.slice(0, Math.max(0, marked.indexOf('<|>'))).split('\n');
    this.position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    this.service = new LanguageService(
      host,
      {
        publish: (_uri, _version, diagnostics) => {
          this.#diagnostics = diagnostics;
        },
        didRun: () => {},
        refreshHints: () => {},
        refreshLinks: () => {},
        broke: (error) => assert.fail(String(error)),
      },
      { answers: [], otherYaml: false },
    );
    const text = marked.replace('<|>', '');
    this.service.open(this.uri, 1, text, shownSyntax(this.uri, text));
  }

  /** What is told in the end, or when these are. */
  async told(expected: readonly string[]): Promise<readonly string[]> {
    const now = () => this.#diagnostics.map(({ range, code }) => `${range.start.line}:${range.start.character} ${code}`).sort();
    for (let waited = 0; waited < 5000 && String(now()) !== String(expected.toSorted()); waited += 10) await delay(10);
    const told = now();
    this.service.dispose();
    return told;
  }

  async offered(): Promise<readonly string[]> {
    const list = await this.service.complete(this.uri, this.position, never);
    this.service.dispose();
    return (list?.items ?? []).map(({ label, textEdit }) => `${label} → ${textEdit?.newText}`);
  }
}

const host: LanguageHost = {
  find: async ({ queries }: FindParams) => {
    const answers = await referenceCloud.find(queries);
    const value = answers.map((answer, index): FactsLookup => {
      const kind = queries[index]?.kind ?? 'network.network';
      if (answer.verdict === 'unknown') return { verdict: 'unknown', reason: 'forbidden', message: answer.failure.message };
      if (answer.verdict === 'missing') return { verdict: 'missing', near: answer.near.map((one) => toFacts(kind, one)) };
      return { verdict: answer.verdict, matches: answer.matches.map((one) => toFacts(kind, one)) };
    });
    return { epoch: 1, value };
  },
  list: async ({ kind }: ListParams) => {
    const [answer] = await referenceCloud.find([{ kind, query: { by: 'filter', value: {} } }]);
    const items = answer?.verdict === 'found' || answer?.verdict === 'ambiguous' ? answer.matches : [];
    return { epoch: 1, value: { items: items.map((one) => toFacts(kind, one)), incomplete: false } };
  },
  schema: undefined,
  binding: async () => ({ epoch: 1, value: { binding: { cloud: 'demo' }, place: 'project demo', user: 'alice' } }),
  kubernetesFind: undefined,
  workspaceManifests: undefined,
};

describe('what is told of files that are no manifests', () => {
  const files: Readonly<Record<string, readonly [text: string, told: readonly string[]]>> = {
    'cloud.conf': [
      '[Global]\nauth-url = https://k.example/v3\n[LoadBalancer]\nsubnet-id = private-v4\nmonitor-delay = 5\n',
      ['4:16 setting.value', '3:12 reference.nameForId'],
    ],
    'web.hot': [
      'heat_template_version: 2018-08-31\nresources:\n  port: {type: OS::Neutron::Port, properties: {network: privat}}\n',
      ['2:56 reference.missing'],
    ],
    'openrc.sh': [
      'export OS_AUTH_URL=keystone\n# ---\nexport OPENSTACK_IMAGE_NAME=debian-13\n',
      ['0:19 credential.url', '2:28 reference.missing'],
    ],
    'clouds.yaml': ['clouds:\n  demo: {auth: {auth_url: keystone, user_id: u}}\n', ['1:26 credential.url']],
  };
  for (const [name, [text, told]] of Object.entries(files))
    it(name, async () => assert.deepEqual(await new Scene(name, text).told(told), told.toSorted()));
});

describe('what is offered in them', () => {
  const files: Readonly<Record<string, readonly [text: string, offered: readonly string[]]>> = {
    'cloud.conf': [
      '[Global]\nauth-url = https://k.example/v3\n[LoadBalancer]\nlb-provider = <|>\nenabled = true\n',
      ['amphora → amphora', 'ovn → ovn'],
    ],
    'web.hot': [
      'heat_template_version: 2018-08-31\nresources:\n  web:\n    type: OS::Nova::Server\n    properties:\n      flavor: <|>\n',
      ['m1.large → m1.large'],
    ],
    'openrc.sh': [
      'export OS_AUTH_URL=https://k.example/v3\nexport OPENSTACK_EXTERNAL_NETWORK_ID=<|>\n',
      ['private → e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11', `public → ${publicId}`],
    ],
    'clouds.yaml': ['clouds:\n  demo:\n    region_name: <|>\n    auth: {user_id: u}\n', ['RegionOne → RegionOne']],
  };
  for (const [name, [text, offered]] of Object.entries(files))
    it(name, async () => assert.deepEqual(await new Scene(name, text).offered(), offered));
});
