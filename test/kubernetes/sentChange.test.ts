import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failed, type Result, success } from '../../src/base/failure.ts';
import type { HttpResponse } from '../../src/base/http.ts';
import { Activity } from '../../src/host/activity.ts';
import { sentChange } from '../../src/kubernetes/sentChange.ts';

const good: Result<HttpResponse> = success({ status: 200, headers: {}, body: new Uint8Array(), text: () => '' });
const json = (object: object) => ({ body: JSON.stringify(object) });

/** A call, and how it is remembered; undefined: not at all. */
const calls: readonly (readonly [Parameters<typeof sentChange>[0], string | undefined])[] = [
  [{ method: 'PATCH', path: '/apis/apps/v1/namespaces/shop/deployments/web/scale' }, 'patch deployments web/scale @ prod › shop'],
  [
    { method: 'PATCH', path: '/api/v1/namespaces/shop/services/web', contentType: 'application/apply-patch+yaml' },
    'apply services web @ prod › shop',
  ],
  [{ method: 'DELETE', path: '/api/v1/namespaces/shop' }, 'delete namespaces shop @ prod'],
  [{ method: 'POST', path: '/api/v1/namespaces/shop/pods/web-1/eviction' }, 'create pods web-1/eviction @ prod › shop'],
  [
    { method: 'POST', path: '/apis/batch/v1/namespaces/shop/jobs', ...json({ metadata: { name: 'again' } }) },
    'create jobs again @ prod › shop',
  ],
  [
    { method: 'POST', path: '/apis/batch/v1/namespaces/shop/jobs', ...json({ metadata: { generateName: 'a-' } }) },
    'create jobs a- @ prod › shop',
  ],
  [{ method: 'POST', path: '/api/v1/namespaces/shop/pods', body: 'no json' }, 'create pods @ prod › shop'],
  [
    { method: 'PUT', path: '/apis/rbac.authorization.k8s.io/v1/clusterroles/team%3Aadmin' },
    'replace clusterroles team:admin @ prod',
  ],
  [{ path: '/api/v1/namespaces/shop/pods' }, undefined],
  [{ method: 'PATCH', path: '/api/v1/nodes/n1', query: { dryRun: 'All' } }, undefined],
  [{ method: 'DELETE', path: '/api/v1/nodes/n1?dryRun=All' }, undefined],
  [{ method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' }, undefined],
];

for (const [call, wanted] of calls)
  test(`${call.method ?? 'GET'} ${call.path} is ${wanted ?? 'no change'}`, () => {
    const sent = sentChange(call, 'prod', good, 'a1');
    assert.equal(sent && `${sent.what} @ ${sent.where}`, wanted);
    assert.equal(sent?.outcome, wanted && 'accepted');
  });

test('the activity of a window: newest first, with outcome and id, a hostile name as one line', () => {
  let now = new Date(2026, 0, 1, 12, 3, 4).getTime();
  const activity = new Activity(() => now);
  assert.equal(activity.text(), 'Nothing was changed from this window yet.\n');
  activity.note({ what: 'stop server web-1', where: 'demo › dev', outcome: 'accepted', id: 'req-1' });
  now += 61_000;
  const refused = failed('forbidden', 'prod forbids it: no role.');
  const sent = sentChange({ method: 'DELETE', path: '/api/v1/namespaces/shop/pods/a%0Ab' }, 'prod', refused, 'f00');
  assert.ok(sent);
  activity.note(sent);
  assert.equal(
    activity.text(),
    [
      '12:04:05  ·  delete pods a b  ·  prod › shop  ·  prod forbids it: no role.  ·  id f00',
      '12:03:04  ·  stop server web-1  ·  demo › dev  ·  accepted  ·  id req-1',
      '',
    ].join('\n'),
  );
  for (let count = 0; count < 1200; count++) activity.note({ what: `${count}`, where: '', outcome: 'accepted', id: undefined });
  assert.equal(activity.text().split('\n').length, 1001);
});
