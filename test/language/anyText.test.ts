/** Properties that hold for any text: each question is answered in bounded time at every place of a text, however broken, and values of any shape in the place of others end in findings, never in a crash. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parseAllDocuments, stringify } from 'yaml';
import { readManifests } from '../../src/deploy/files/readManifests.ts';
import { LanguageService } from '../../src/language/service.ts';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { missingParts } from '../../src/manifest/missingParts.ts';
import type { FactsLookup } from '../../src/protocol.ts';
import { referenceCloud } from '../support/referenceCloud.ts';

const corpus = new URL('../fixtures/corpus/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, corpus), 'utf8');
const never = new AbortController().signal;
/** What people type, and what opens something that the rest of the text does not close. */
const typed = [
  '{',
  '[',
  '"',
  "'",
  '*',
  '&',
  '<<: ',
  '<<: [',
  '? {a: b}\n: ',
  '\t',
  '\n---\n',
  ': |',
  '!!',
  '${',
  '{{',
  ': {}',
  '🚀',
];
/** A hundred times what the slowest of them was seen to need on two busy cores. */
const longestMs = 5000;

function opened(): LanguageService {
  const network = { kind: 'network.network', id: 'e53fcbba-52b1-4c7e-9a48-0c1f5f7f0b11', name: 'private', columns: [] } as const;
  return new LanguageService(
    {
      binding: async () => ({ epoch: 1, value: { binding: { cloud: 'demo', context: 'sandbox' }, place: 'project demo' } }),
      find: async ({ queries }) => ({ epoch: 1, value: queries.map((): FactsLookup => ({ verdict: 'missing', near: [] })) }),
      list: async () => ({ epoch: 1, value: { items: [network], incomplete: false } }),
      schema: undefined,
      kubernetesFind: undefined,
      beside: undefined,
      workspaceManifests: undefined,
    },
    {
      publish: () => {},
      didRun: () => {},
      refreshHints: () => {},
      refreshLinks: () => {},
      broke: (error) => assert.fail(error instanceof Error ? error : String(error)),
    },
    { answers: [], otherYaml: false, snippets: true },
  );
}

describe('every place of a text', () => {
  for (const file of [
    'openstack-resource-controller/server.yaml',
    'cloud-provider-openstack/external-http-nginx.yaml',
    'cluster-api-provider-openstack/image-template-node.yaml',
  ])
    it(`${file}: what is typed is completed where the text ends, and where anything stands before the rest`, async () => {
      const text = read(file);
      const uri = `file:///corpus/${file}`;
      const service = opened();
      service.open(uri, 1, text);
      let version = 1;
      const at = async (offset: number, added: string, rest: string) => {
        const before = `${text.slice(0, offset)}${added}`;
        const lines = before.split('\n');
        const position = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
        version += 1;
        const began = performance.now();
        service.change(uri, version, [{ text: before + rest }]);
        await service.complete(uri, position, never);
        await service.hover(uri, position, never);
        if (added !== '') {
          await service.codeActions(uri, await service.diagnostics(uri), never);
          await service.editing.symbols(uri, never);
          await service.editing.rename(uri, position, 'a"b: {c}', never);
          service.editing.tokens(uri);
        }
        assert.ok(performance.now() - began < longestMs, `${file} at ${offset} with ${JSON.stringify(added)}`);
      };
      for (let offset = 0; offset <= text.length; offset += 1) {
        await at(offset, '', '');
        // each of them at many places
        if (offset % 3 === 0) await at(offset, typed[offset % typed.length] ?? '', text.slice(offset));
      }
      service.dispose();
    });
});

describe('a value of any shape in the place of any other', () => {
  const odd = [
    {},
    [],
    { a: ['b'] },
    [[{ a: 1 }]],
    [null],
    null,
    1.5,
    123456789012345678901234567890n,
    '',
    'a\nb',
    'constructor',
    '__proto__',
  ];
  const kinds = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}, matchExpressions: [{key: a, operator: In, values: [b]}]}
  template: {metadata: {labels: {app: web}, annotations: {a: b}}, spec: {containers: [{name: c, image: a, args: [--cloud-config=a]}]}}
---
apiVersion: v1
kind: Service
metadata: {name: web, annotations: {loadbalancer.openstack.org/network-id: a}}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{name: http, port: 80}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web}
spec: {selector: {matchExpressions: [{key: a, operator: NotIn, values: [b]}]}}
`;
  const documents = [
    ...parseAllDocuments(kinds),
    ...parseAllDocuments(read('cluster-api-provider-openstack/cluster-template.yaml')),
  ];
  for (const document of documents.map((one) => one.toJS() as Record<string, unknown>))
    it(`${String(document['kind'])}: is checked to the end`, async () => {
      const cloud = referenceCloud;
      for (const path of pathsOf(document))
        for (const value of odd) {
          const file = 'a.yaml';
          const text = stringify(withValue(document, path, value));
          const manifests = parseManifests(file, text);
          await checkManifests(manifests, cloud);
          missingParts(manifests, 'shop');
          readManifests({ file, text });
        }
    });
});

function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner).map((path) => [key, ...path]))];
}

function withValue(whole: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  if (Array.isArray(whole)) return whole.map((item, index) => (String(index) === step ? withValue(item, rest, value) : item));
  const fields = whole as Record<string, unknown>;
  return { ...fields, [step]: withValue(fields[step], rest, value) };
}
