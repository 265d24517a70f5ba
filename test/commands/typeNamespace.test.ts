/** Namespaces that may not be listed: named by hand, remembered, offered beside the context's own. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, success } from '../../src/base/failure.ts';
import { shortMemory } from '../../src/explorer/memory.ts';
import type { Contexts } from '../../src/kubernetes/cluster.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const { filterNamespaces, NamespaceFilters, typeNamespace } = await import('../../src/commands/filterNamespaces.ts');

/** A context whose user may not list namespaces; prompts that answer with these and write down what they were asked. */
function restricted(...answers: readonly (string | readonly string[] | undefined)[]) {
  const cluster = new FakeCluster({ name: 'dev', namespace: 'team' });
  cluster.list = async () => failed('forbidden', 'bob may not list namespaces in dev.');
  const asked: string[] = [];
  const left = [...answers];
  const contexts = { list: async () => ({ contexts: [cluster.context] }), open: async () => success(cluster) };
  const prompts = {
    text: async (title: string, _value: string, check: (text: string) => string | undefined) => {
      const answer = left.shift();
      asked.push(`${title} ${answer} → ${check(String(answer)) ?? 'fine'}`);
      return answer;
    },
    pickMany: async (choices: readonly { readonly label: string }[]) => {
      asked.push(choices.map(({ label }) => label).join(', '));
      return left.shift();
    },
  };
  const filters = new NamespaceFilters(shortMemory() as ConstructorParameters<typeof NamespaceFilters>[0]);
  const parts = { filters, contexts: contexts as unknown as Contexts, prompts, log: {} };
  return { parts: parts as unknown as Parameters<typeof filterNamespaces>[0], filters, asked };
}

test('a namespace is named by hand once, and can be chosen from then on', async () => {
  const { parts, filters, asked } = restricted(' shop ', 'shop', ['shop'], 'a/b');
  await typeNamespace(parts, undefined);
  await typeNamespace(parts, undefined);
  assert.deepEqual(filters.typed('dev'), ['shop']);
  await filterNamespaces(parts, undefined);
  assert.deepEqual(filters.of('dev'), ['shop']);
  await typeNamespace(parts, undefined);
  assert.deepEqual(asked, [
    'Which namespace of dev?  shop  → fine',
    'Which namespace of dev? shop → fine',
    'team, shop',
    'Which namespace of dev? a/b → Lower case letters, digits and "-", at most 63.',
  ]);
});

test('one named while others are shown alone is shown with them; leaving the question changes nothing', async () => {
  const { parts, filters } = restricted('shop', undefined);
  await filters.set('dev', ['team']);
  await typeNamespace(parts, undefined);
  await typeNamespace(parts, undefined);
  assert.deepEqual([filters.of('dev'), filters.typed('dev')], [['team', 'shop'], ['shop']]);
});
