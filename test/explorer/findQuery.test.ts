import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findQuery, fitOf } from '../../src/explorer/findQuery.ts';
import { foundGroups, type Thing } from '../../src/explorer/findRows.ts';

/** `Pod dev/shop/web-1 app=web image=nginx:1.27 ip=10.1.2.3 owner=ReplicaSet/web` as a thing. */
function thing(line: string): Thing<string> {
  const [kind = '', path = '', ...facts] = line.split(' ');
  const [name = '', ...places] = path.split('/').reverse();
  const of = (key: string) => facts.flatMap((fact) => (fact.startsWith(`${key}=`) ? [fact.slice(key.length + 1)] : []));
  const known = ['image', 'ip', 'owner', 'other'];
  return {
    name,
    places: places.reverse(),
    kinds: [kind, `${kind.toLowerCase()}s`],
    labels: Object.fromEntries(facts.map((fact) => fact.split('=')).filter(([key = '']) => !known.includes(key))),
    images: of('image'),
    addresses: of('ip'),
    owners: of('owner').map((owner) => owner.replace('/', ' ')),
    others: of('other'),
    group: `${kind}s`,
    groupWord: `kind:${kind.toLowerCase()}s`,
    icon: 'package',
    state: '',
    order: 0,
    value: path,
  };
}

const things = `
Deployment dev/shop/web app=web tier=front
Pod dev/shop/web-7887448d46-6h262 app=web image=registry.example/nginx:1.27 ip=10.1.2.3 owner=ReplicaSet/web-7887448d46
Pod dev/shop/db-0 app=db image=postgres:17 ip=10.1.2.30 owner=StatefulSet/db
Node dev/k8s-prod-worker-1 ip=10.10.0.31
Service prod/shop/web app=web ip=203.0.113.45
ConfigMap prod/web-tools/settings
Server demo/dev/web-1 other=5f1c0b3a
`
  .trim()
  .split('\n')
  .map(thing);

/** The best first, with why. */
function found(typed: string): string {
  const query = findQuery(typed);
  return things
    .flatMap((one) => {
      const fit = fitOf(query, one);
      return fit ? [{ fit, line: [`${one.kinds[0]} ${one.name}`, ...fit.why].join(' · ') }] : [];
    })
    .sort((one, other) => one.fit.rank - other.fit.rank)
    .map(({ line }) => line)
    .join('\n');
}

describe('what is typed finds', () => {
  for (const [typed, expected] of [
    ['worker', 'Node k8s-prod-worker-1'],
    ['kpw', 'Node k8s-prod-worker-1'],
    [
      'app=web',
      `Deployment web · label app=web
Pod web-7887448d46-6h262 · label app=web
Service web · label app=web`,
    ],
    ['app=web tier!=front kind:pod', 'Pod web-7887448d46-6h262 · label app=web'],
    ['app=d', 'Pod db-0 · label app=db'],
    ['label:front', 'Deployment web · label tier=front'],
    ['10.1.2.3', 'Pod web-7887448d46-6h262 · IP 10.1.2.3\nPod db-0 · IP 10.1.2.30'],
    ['ip:10.10', 'Node k8s-prod-worker-1 · IP 10.10.0.31'],
    ['NGINX', 'Pod web-7887448d46-6h262 · image registry.example/nginx:1.27'],
    ['image:postgres:17', 'Pod db-0 · image postgres:17'],
    ['owner:statefulset', 'Pod db-0 · owned by StatefulSet db'],
    ['deployment', 'Deployment web'],
    ['prod web', 'Service web\nConfigMap settings'],
    ['ns:web-tools', 'ConfigMap settings'],
    ['5f1c', 'Server web-1 · 5f1c0b3a'],
    ['kind: web-1', 'Server web-1'],
    ['eb', 'Deployment web\nPod web-7887448d46-6h262\nService web\nServer web-1\nConfigMap settings'],
    ['nothing-so', ''],
  ] as const)
    test(typed, () => assert.equal(found(typed), expected));

  test('a whole name before the start of one, that before a part, and a name before what is owned or labelled so', () => {
    assert.equal(
      found('web'),
      `Deployment web
Service web
Pod web-7887448d46-6h262
Server web-1
ConfigMap settings`,
    );
  });
});

describe('a server is asked', () => {
  for (const [typed, expected] of [
    ['app=web tier!=db', { labelSelector: 'app=web,tier!=db', names: [] }],
    ['app= web-1', { names: ['web-1'] }],
    ['kind:pod ip:10.1.2.3', { names: ['10.1.2.3'] }],
  ] as const)
    test(typed, () => assert.deepEqual(findQuery(typed).selection, expected));

  test('for the clouds, only by words that say nothing of Kubernetes', () => {
    assert.deepEqual(
      ['web  prod', 'app=web prod', 'ns:shop web'].map((typed) => findQuery(typed).plain),
      ['web prod', '', ''],
    );
  });
});

test('rows are grouped by kind, so many of each, and none is left out in silence', () => {
  const many = Array.from({ length: 7 }, (_, index) => thing(`Pod dev/shop/web-${index}`));
  const all = [...many, ...things];
  const shown = foundGroups(findQuery('web'), all, { ofOneKind: 3, inAll: 6 });
  assert.equal(
    shown.groups
      .map(({ title, rows, more, word }) => `${title} (${word}): ${rows.map(({ label }) => label).join(' ')} +${more}`)
      .join('\n'),
    `Deployments (kind:deployments): web +0
Services (kind:services): web +0
Pods (kind:pods): web-0 web-1 web-2 +5
Servers (kind:servers): web-1 +0`,
  );
  assert.deepEqual([shown.found, shown.left], [12, 1]);
  const [only] = foundGroups(findQuery('web kind:pod'), all, { ofOneKind: 3, inAll: 6 }).groups;
  assert.deepEqual([only?.rows.length, only?.more], [6, 2]);
});
