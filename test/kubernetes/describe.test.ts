import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import type { KubeObject } from '../../src/kubernetes/cluster.ts';
import { describeObject } from '../../src/kubernetes/describe.ts';
import { keysOf } from '../../src/kubernetes/objectKeys.ts';

const now = Date.parse('2026-01-02T00:00:00Z');
const object = (text: string): KubeObject => parse(text);

const DEPLOYMENT = `
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  creationTimestamp: 2026-01-01T00:00:00Z
  finalizers: [example.dev/hold]
  labels: {app: web, tier: front}
  annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"never":"shown"}', note: "two\\nlines"}
  ownerReferences: [{kind: Shop, name: main, controller: true}]
spec: {template: {spec: {containers: [{name: web, image: nginx:1}]}}}
status:
  conditions:
    - {type: Available, status: 'False', lastTransitionTime: 2026-01-01T23:57:00Z, reason: MinimumReplicasUnavailable, message: Not enough.}
    - {type: Progressing, status: 'True', reason: NewReplicaSet}
`;
const EVENTS = [
  `{kind: Event, metadata: {}, type: Warning, reason: BackOff, count: 5, lastTimestamp: 2026-01-01T23:59:30Z, message: Back-off pulling}`,
  `{kind: Event, metadata: {}, type: Normal, reason: Scaled, eventTime: 2026-01-01T23:50:00Z, series: {count: 2, lastObservedTime: 2026-01-01T23:55:00Z}, note: Scaled up}`,
];
const TABLE = {
  columns: [
    { name: 'Name', type: '', format: '', priority: 0, description: '' },
    { name: 'Wide', type: '', format: '', priority: 1, description: '' },
    { name: 'Ready', type: '', format: '', priority: 0, description: '' },
  ],
  rows: [{ cells: ['web-1', 'hidden', '0/1'], object: object('{metadata: {name: web-1}}') }],
  resourceVersion: undefined,
};

test('an object is described on one page', () => {
  const owned = [{ kind: 'ReplicaSet', table: TABLE }];
  const related = [
    ['uses', 'ConfigMap settings', '1 · 4m'],
    ['is reached by', 'Service web', 'LoadBalancer'],
  ];
  assert.equal(
    describeObject(object(DEPLOYMENT), { events: EVENTS.map(object), owned, related, now }),
    `Deployment shop/web

Age         1d
API         apps/v1 Deployment
Held by     example.dev/hold
Applied by  kubectl apply

Owners
  Shop main  controller

Relations
  uses           ConfigMap settings  1 · 4m
  is reached by  Service web         LoadBalancer

Labels
  app   web
  tier  front

Annotations
  note  two lines

Conditions
  Available    False  3m  MinimumReplicasUnavailable  Not enough.
  Progressing  True       NewReplicaSet

Containers
  web  nginx:1

ReplicaSet
  web-1  0/1

Events
  5m   Normal   Scaled   ×2  Scaled up
  30s  Warning  BackOff  ×5  Back-off pulling
`,
  );
});

test('what a Secret holds is described by name and size only', () => {
  const secret = object('{apiVersion: v1, kind: Secret, metadata: {name: keys, namespace: shop}, data: {token: c2VjcmV0}}');
  const text = describeObject(secret, { events: [], owned: [], now });
  assert.equal(text, 'Secret shop/keys\n\nAPI  v1 Secret\n\nKeys\n  token  6 bytes\n');
});

const COPIES: readonly (readonly [kind: string, original: string, applied: string])[] = [
  ['Secret', '***', '***'],
  ['ConfigMap', '{"data":{"token":"canary"}}', 'H4sIAcanary'],
  ['Deployment', '{"data":{"token":"canary"}}', 'H4sIAcanary'],
];
for (const [kind, original, applied] of COPIES)
  test(`what tools keep of a ${kind} in its annotations`, () => {
    const text = describeObject(
      object(`{apiVersion: v1, kind: ${kind}, metadata: {name: a, annotations: {
        kapp.k14s.io/original: '{"data":{"token":"canary"}}', objectset.rio.cattle.io/applied: H4sIAcanary, team: data}}}`),
      { events: [], owned: [], now },
    );
    const lines = /Annotations\n(( {2}.*\n)+)/.exec(text)?.[1]?.trimEnd().split('\n');
    assert.deepEqual(
      lines?.map((line) => line.trim().split(/ {2,}/).join(' ')),
      [`kapp.k14s.io/original ${original}`, `objectset.rio.cattle.io/applied ${applied}`, 'team data'],
    );
  });

const KEYS: readonly (readonly [string, string])[] = [
  ['{kind: Secret, data: {b: "/wA=", a: c2VjcmV0, n: ""}}', 'a 6 secret\nb 2 /wA= (binary)\nn 0 '],
  ['{kind: ConfigMap, data: {app.conf: "x: ü"}, binaryData: {logo: "iVBORw=="}}', 'app.conf 5 x: ü\nlogo 4 iVBORw== (binary)'],
  ['{kind: ConfigMap, binaryData: {nul: "AGE="}}', 'nul 2 AGE= (binary)'],
  ['{kind: Secret}', ''],
];
for (const [text, expected] of KEYS)
  test(`keys of ${text}`, () => {
    const lines = keysOf(object(text)).map((key) => {
      const value = key.value();
      return `${key.name} ${key.size} ${value.text}${value.binary ? ' (binary)' : ''}`;
    });
    assert.equal(lines.join('\n'), expected);
  });
