import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fieldsOf, labelsSeen, selectorOf } from '../../src/kubernetes/selectors.ts';

const pod = { group: '', kind: 'Pod', namespaced: true };
const machine = { group: 'cluster.x-k8s.io', kind: 'Machine', namespaced: true };

/** `labels app=web fields status.phase=Running`, or the sentence. */
function read(typed: string, kind = pod): string {
  const selector = selectorOf(typed, kind);
  if (!selector.ok) return selector.sentence;
  const { labelSelector, fieldSelector } = selector.selection;
  return [labelSelector && `labels ${labelSelector}`, fieldSelector && `fields ${fieldSelector}`].filter(Boolean).join(' | ');
}

describe('what is typed is a selector', () => {
  for (const [typed, expected] of [
    ['', ''],
    ['app=web', 'labels app=web'],
    [' app = web , tier==front', 'labels app=web,tier==front'],
    ['app!=web,!canary,release', 'labels app!=web,!canary,release'],
    ['tier in (front, back),app notin (db)', 'labels tier in (front,back),app notin (db)'],
    ['app.kubernetes.io/name=web', 'labels app.kubernetes.io/name=web'],
    ['empty=', 'labels empty='],
    ['status.phase=Running,app=web', 'labels app=web | fields status.phase=Running'],
    ['metadata.name!=web-1,spec.nodeName=node-1', 'fields metadata.name!=web-1,spec.nodeName=node-1'],
  ] as const)
    test(typed, () => assert.equal(read(typed), expected));

  test('a field of a custom resource may be one that its definition names', () => {
    assert.equal(read('spec.clusterName=prod', machine), 'fields spec.clusterName=prod');
  });
});

describe('what is none is told in a sentence', () => {
  for (const [typed, expected] of [
    [
      'app=web tier=front',
      '"web tier=front" cannot be the value of a label: letters, digits, "-", "_" and ".", at most 63, no space.',
    ],
    ['app=web,,x', 'Between two commas stands a condition: app=web,tier=front.'],
    [
      '-app=web',
      '"-app" cannot be the name of a label: letters, digits, "-", "_" and ".", at most 63, a domain and "/" before it.',
    ],
    [
      'a/b/c',
      '"a/b/c" cannot be the name of a label: letters, digits, "-", "_" and ".", at most 63, a domain and "/" before it.',
    ],
    ['app is web', '"app is web" is no condition. Write app=web, app!=web, app in (web,api), app notin (web), app or !app.'],
    [
      `app=${'x'.repeat(64)}`,
      `"${'x'.repeat(64)}" cannot be the value of a label: letters, digits, "-", "_" and ".", at most 63, no space.`,
    ],
    ['spec.image=nginx', `Pod cannot be narrowed by spec.image; it can by ${fieldsOf(pod).join(', ')}.`],
  ] as const)
    test(typed, () => assert.equal(read(typed), expected));
});

test('labels are offered as often as they are seen, those that all have last', () => {
  const rows = ['app=web tier=front', 'app=web tier=back', 'app=web tier=front canary='].map((line) => ({
    object: {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'one', labels: Object.fromEntries(line.split(' ').map((label) => label.split('='))) },
    },
  }));
  assert.equal(
    labelsSeen(rows)
      .map(({ label, count }) => `${label} ${count}`)
      .join(', '),
    'tier=front 2, canary= 1, tier=back 1, app=web 3',
  );
});
