import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Diagnostic } from 'vscode-languageserver-types';
import type { LanguageHost } from '../../src/language/host.ts';
import { LanguageService } from '../../src/language/service.ts';
import type { BesideParams } from '../../src/protocol.ts';

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
