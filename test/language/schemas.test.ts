import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import type { CodeAction, Diagnostic } from 'vscode-languageserver-types';
import type { LanguageHost } from '../../src/language/host.ts';
import { LanguageService } from '../../src/language/service.ts';
import type { NoSchemaAnswer, SchemaAnswer, SchemaParams } from '../../src/protocol.ts';

const widget = (spec: object) => ({ type: 'object', properties: { spec: { type: 'object', properties: spec } } });
const sized = widget({ size: { type: 'integer', description: 'How large it is.' }, port: { type: 'string', enum: ['a', 'b'] } });
const manifest = (spec: string) => `apiVersion: example.org/v1\nkind: Widget\nmetadata: { name: a }\nspec:\n  ${spec}\n`;
const definition = (...fields: readonly string[]) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.example.org }
spec:
  group: example.org
  names: { kind: Widget, plural: widgets }
  versions:
    - name: v1
      served: true
      schema: { openAPIV3Schema: { type: object, properties: { spec: { type: object, properties: { ${fields.map((one) => `${one}: {}`).join(', ')} } } } } }
`;

/** The service with a host that knows the schema of Widget in context demo, and what it published last for each file. */
function serviceWith(answer: SchemaAnswer | NoSchemaAnswer | null, context: string | null = 'demo') {
  const asked: string[] = [];
  const published = new Map<string, readonly Diagnostic[]>();
  const broken: unknown[] = [];
  const host: LanguageHost = {
    find: undefined,
    list: undefined,
    kubernetesFind: undefined,
    workspaceManifests: undefined,
    schema: async ({ apiVersion, kind, known }: SchemaParams) => {
      asked.push([apiVersion, kind, known].filter(Boolean).join(' '));
      const isKnown = kind === 'Widget' || (answer && 'defined' in answer);
      return { epoch: 1, value: isKnown ? answer : null };
    },
    binding: async () => ({ epoch: 1, value: { binding: context === null ? {} : { context }, place: undefined } }),
  };
  const output = {
    publish: (uri: string, _version: number, diagnostics: readonly Diagnostic[]) => void published.set(uri, diagnostics),
    didRun: () => {},
    refreshHints: () => {},
    refreshLinks: () => {},
    broke: (error: unknown) => void broken.push(error),
  };
  const service = new LanguageService(host, output, {});
  const told = async (uri: string) => {
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    assert.deepEqual(broken, []);
    return (published.get(uri) ?? []).map(({ code, message }) => `${code}: ${message}`);
  };
  return { service, asked, published, told };
}

const answered: SchemaAnswer = { hash: 'h1', schema: { hash: 'h1', root: sized, definitions: {} } };
const unknownSiz = 'schema.unknownField: spec has no field "siz", so the server drops or refuses it. Did you mean "size"?';

describe('schemas in the language server', () => {
  it('are asked of the host once for a kind, and what they say is told with its quick fix', async () => {
    const { service, asked, published, told } = serviceWith(answered);
    service.open('file:///a.yaml', 1, manifest('siz: 1'));
    assert.deepEqual(await told('file:///a.yaml'), [unknownSiz]);
    service.open('file:///b.yaml', 1, `${manifest('size: 1')}---\n${manifest('size: x')}`);
    assert.deepEqual(await told('file:///b.yaml'), ['schema.type: spec.size takes a whole number, not a text.']);
    assert.deepEqual(asked, ['example.org/v1 Widget']);
    const diagnostics = published.get('file:///a.yaml') ?? [];
    const actions: readonly CodeAction[] = await service.codeActions('file:///a.yaml', diagnostics, new AbortController().signal);
    assert.deepEqual(
      actions.map(({ title, edit }) => [title, edit?.changes?.['file:///a.yaml']?.[0]?.newText]),
      [
        ['Replace by "size"', 'size'],
        ['Ignore schema.unknownField here, with a reason', '  # hybrid-clusters: ignore schema.unknownField – \n'],
      ],
    );
    service.dispose();
  });

  it('that arrive while a cloud is asked cut no question short, and one that was cut short by a text is asked again', async () => {
    const network = '00000bad-8e6f-4e2d-a1b3-fedcba987654';
    const text = (note: string) =>
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: web # ${note}\n  annotations: { loadbalancer.openstack.org/network-id: ${network} }\n`;
    const { promise: schemaCame, resolve: answerSchema } = Promise.withResolvers<void>();
    const { promise: cloudAnswers, resolve: answerCloud } = Promise.withResolvers<void>();
    const published: string[][] = [];
    const asked: string[] = [];
    const host: LanguageHost = {
      list: undefined,
      kubernetesFind: undefined,
      workspaceManifests: undefined,
      // As the extension's side answers: who is cut short hears that nothing is known.
      find: async ({ queries }, signal) => {
        asked.push(queries.map(({ kind }) => kind).join(' '));
        const cut = new Promise<'cut'>((resolve) => signal.addEventListener('abort', () => resolve('cut')));
        const way = await Promise.race([cut, cloudAnswers]);
        const unknown = { verdict: 'unknown', reason: 'cancelled', message: 'Cancelled.' } as const;
        return { epoch: 1, value: queries.map(() => (way === 'cut' ? unknown : { verdict: 'missing', near: [] })) };
      },
      schema: async () => {
        await schemaCame;
        return { epoch: 1, value: { hash: 'h2', schema: { hash: 'h2', root: { type: 'object' }, definitions: {} } } };
      },
      binding: async () => ({ epoch: 1, value: { binding: { cloud: 'demo', context: 'demo' }, place: 'project demo' } }),
    };
    const output = {
      publish: (_uri: string, _version: number, all: readonly Diagnostic[]) =>
        void published.push(all.map(({ code }) => `${code}`)),
      didRun: () => {},
      refreshHints: () => {},
      refreshLinks: () => {},
      broke: (error: unknown) => assert.fail(String(error)),
    };
    const turns = async () => {
      for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    };
    const service = new LanguageService(host, output, {});
    service.open('file:///a.yaml', 1, text('one'));
    await turns();
    answerSchema();
    await turns();
    assert.deepEqual(asked, ['network.network'], 'another schema is no reason to ask a cloud again');
    service.change('file:///a.yaml', 2, [{ text: text('two') }]);
    await turns();
    assert.deepEqual(asked, ['network.network', 'network.network']);
    answerCloud();
    await turns();
    assert.deepEqual(published.at(-1), ['reference.missing']);
    service.dispose();
  });

  it('are asked for again by their hash when bindings or a cluster change', async () => {
    const { service, asked, told } = serviceWith(answered);
    service.open('file:///a.yaml', 1, manifest('siz: 1'));
    await told('file:///a.yaml');
    service.worldChanged({ epoch: 2 }, true);
    assert.deepEqual(await told('file:///a.yaml'), [unknownSiz]);
    service.clusterChanged();
    assert.deepEqual(await told('file:///a.yaml'), [unknownSiz]);
    assert.deepEqual(asked, ['example.org/v1 Widget', 'example.org/v1 Widget h1', 'example.org/v1 Widget h1']);
    service.dispose();
  });

  it('that were kept from before say so', async () => {
    const { service, told } = serviceWith({ ...answered, kept: 'context demo' });
    service.open('file:///a.yaml', 1, manifest('siz: 1'));
    assert.deepEqual(await told('file:///a.yaml'), [
      `${unknownSiz} (By the schema last read from context demo; it does not answer now.)`,
    ]);
    service.dispose();
  });

  it('accuse nobody where there are none', async () => {
    const none = serviceWith(null);
    none.service.open('file:///a.yaml', 1, manifest('siz: 1'));
    assert.deepEqual(await none.told('file:///a.yaml'), []);
    none.service.dispose();
  });

  it('are asked for without a binding: the workspace may have them', async () => {
    const { service, told } = serviceWith(answered, null);
    service.open('file:///a.yaml', 1, manifest('siz: 1'));
    assert.deepEqual(await told('file:///a.yaml'), [unknownSiz]);
    service.dispose();
  });

  it('of a definition that is open count, until it is closed', async () => {
    const { service, told } = serviceWith(null);
    service.open('file:///a.yaml', 1, manifest('siz: 1'));
    service.open('file:///crd.yaml', 1, definition('size'));
    assert.deepEqual(await told('file:///a.yaml'), [unknownSiz]);
    service.change('file:///crd.yaml', 2, [{ text: definition('siz') }]);
    assert.deepEqual(await told('file:///a.yaml'), []);
    service.change('file:///crd.yaml', 3, [{ text: definition('size') }]);
    assert.deepEqual(await told('file:///a.yaml'), [unknownSiz]);
    service.close('file:///crd.yaml');
    assert.deepEqual(await told('file:///a.yaml'), []);
    service.dispose();
  });

  it('of two shapes accuse only of what both have not', async () => {
    const { service, told } = serviceWith(answered);
    service.open('file:///crd.yaml', 1, definition('size', 'color'));
    service.open('file:///a.yaml', 1, manifest('color: red\n  siz: 1\n  port: c'));
    assert.deepEqual(await told('file:///a.yaml'), [unknownSiz]);
    service.dispose();
  });

  it('on save only a field is mended that can be but one', async () => {
    const fields = { size: { type: 'integer' }, port: {}, ports: {}, mode: { type: 'string', enum: ['fast', 'slow'] } };
    const { service, published, told } = serviceWith({ hash: 'h', schema: { hash: 'h', root: widget(fields), definitions: {} } });
    const uri = 'file:///a.yaml';
    const offeredAndMended = async (spec: string) => {
      service.open(uri, 1, manifest(spec));
      await told(uri);
      const texts = (actions: readonly CodeAction[]) =>
        actions.flatMap(({ edit }) => edit?.changes?.[uri]?.map(({ newText }) => newText.trim()) ?? []);
      const offered = texts(await service.codeActions(uri, published.get(uri) ?? [], new AbortController().signal));
      return [offered.filter((text) => !text.startsWith('#')), texts(await service.fixAll(uri))];
    };
    assert.deepEqual(await offeredAndMended('siz: 1'), [['size'], ['size']]);
    assert.deepEqual(await offeredAndMended('siz: 1\n  size: 1'), [[], []]);
    assert.deepEqual(await offeredAndMended('porst: 1'), [['port'], []]);
    assert.deepEqual(await offeredAndMended('porst: 1\n  ports: 1'), [['port'], ['port']]);
    assert.deepEqual(await offeredAndMended('mode: fasst'), [['fast'], []]);
    service.dispose();
  });

  it('a version that no definition of the workspace serves is told, with the one that is, though no definition is open', async () => {
    const defined = [{ apiVersion: 'example.org/v2', kind: 'Widget' }];
    const { service, published, told } = serviceWith({ defined }, null);
    const message = 'object.otherVersion: Widget is defined in v2, not in v1; a server with these definitions refuses it.';
    service.open('file:///a.yaml', 1, manifest('size: 1'));
    assert.deepEqual(await told('file:///a.yaml'), [message]);
    // the same definition open beside it is no second one
    service.open('file:///crd.yaml', 1, definition('size').replace('name: v1', 'name: v2'));
    assert.deepEqual(await told('file:///a.yaml'), [message]);
    const diagnostics = published.get('file:///a.yaml') ?? [];
    const [fix] = await service.codeActions('file:///a.yaml', diagnostics, new AbortController().signal);
    assert.equal(fix?.edit?.changes?.['file:///a.yaml']?.[0]?.newText, 'example.org/v2');
    // another version may have other fields
    assert.deepEqual(await service.fixAll('file:///a.yaml'), []);
    service.open('file:///b.yaml', 1, manifest('size: 1').replace('Widget', 'Wigdet').replace('v1', 'v2'));
    assert.deepEqual(await told('file:///b.yaml'), [
      'object.otherVersion: example.org has no kind "Wigdet" by these definitions. Did you mean "Widget"?',
    ]);
    service.dispose();
  });
});
