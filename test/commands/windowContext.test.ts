/** Contexts of this window: a workload cluster's, and acting as somebody else. Read from a real kubeconfig file, which stays as it is. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { HttpRequest } from '../../src/base/http.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { WindowContexts } from '../../src/kubernetes/windowContexts.ts';
import { countingHttp } from '../support/countingHttp.ts';
import { editorParts } from '../support/editorParts.ts';
import { fakeCloud } from '../support/fakeCloud.ts';
import { FakeCluster } from '../support/fakeCluster.ts';

const { actAs, closeContext, openAsContext } = await import('../../src/commands/windowContext.ts');

const folder = mkdtempSync(join(tmpdir(), 'window-'));
after(() => rmSync(folder, { recursive: true }));
const FILE = `
clusters: [{name: mgmt, cluster: {server: 'https://mgmt.example'}}]
users: [{name: admin, user: {token: canary, as-uid: '7'}}]
contexts: [{name: mgmt, context: {cluster: mgmt, user: admin}}]
`;
const WORKLOAD = `
clusters: [{name: prod, cluster: {server: 'https://prod.example:6443', certificate-authority: /etc/passwd}}]
users: [{name: prod-admin, user: {token: canary-2}}]
contexts: [{name: prod-admin@prod, context: {cluster: prod, user: prod-admin}}]
current-context: prod-admin@prod
`;

function world() {
  const file = join(folder, 'config');
  writeFileSync(file, FILE);
  const counting = countingHttp();
  const sent: HttpRequest[] = [];
  const http = {
    ...counting,
    request: (one: HttpRequest) => {
      sent.push(one);
      return counting.request(one);
    },
  };
  const window = new WindowContexts();
  const contexts = openContexts({ http, env: { KUBECONFIG: file }, home: folder, mayRun: async () => false, window });
  const { parts, asked, answers } = editorParts(fakeCloud('project: demo'));
  const cluster = new FakeCluster({ name: 'mgmt' });
  const ref = { apiVersion: 'cluster.x-k8s.io/v1beta1', kind: 'Cluster', name: 'prod', namespace: 'shop' };
  const listed = async () =>
    (await contexts.list()).contexts.map(({ name, server, actingAs, windowOnly }) =>
      [name, server, actingAs && `as ${actingAs}`, windowOnly && 'window only'].filter(Boolean).join(' · '),
    );
  const told = () => new Promise<void>((resolve) => contexts.onDidChange(resolve));
  return {
    parts: { ...parts, contexts, windowContexts: window } as never,
    ...{ asked, answers, window, contexts, cluster, ref, listed, sent, told, file },
    subject: { of: 'object', cluster, ref } as const,
    secret: (text: string) =>
      cluster.put({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'prod-kubeconfig', namespace: 'shop' },
        data: { value: Buffer.from(text).toString('base64') },
      }),
  };
}

describe('a workload cluster', () => {
  test('stands in the contexts of the window, without files of this machine, until it is closed', async () => {
    const { parts, subject, secret, listed, told, contexts, sent, answers, file } = world();
    secret(WORKLOAD);
    const changed = told();
    await openAsContext(parts, subject);
    await changed;
    assert.deepEqual(await listed(), ['mgmt · https://mgmt.example', 'shop/prod@mgmt · https://prod.example:6443 · window only']);
    const opened = await contexts.open('shop/prod@mgmt');
    assert.ok(opened.ok);
    await opened.value.connect();
    const [request] = sent;
    assert.deepEqual(
      [request?.url, request?.headers?.['authorization'], request?.tls],
      ['https://prod.example:6443/version', 'Bearer canary-2', {}],
    );
    answers['pick Close which'] = 'shop/prod@mgmt';
    await closeContext(parts, undefined);
    assert.deepEqual(await listed(), ['mgmt · https://mgmt.example']);
    assert.equal(readFileSync(file, 'utf8'), FILE);
  });

  test('whose kubeconfig runs a program, is none or is not there yet, is not opened', async () => {
    const { parts, subject, secret, window } = world();
    await openAsContext(parts, subject);
    for (const text of [WORKLOAD.replace('token: canary-2', 'exec: {command: rm}'), 'hello: world']) {
      secret(text);
      await openAsContext(parts, subject);
      assert.equal(window.isLent('shop/prod@mgmt'), false);
    }
    const refused = await window.lend('x', WORKLOAD.replace('token: canary-2', 'tokenFile: /etc/passwd'), 'Secret a/b');
    assert.equal(
      !refused.ok && refused.failure.message,
      'Secret a/b signs in by a program or file. Import it as a kubeconfig to use it.',
    );
  });
});

describe('acting as somebody else', () => {
  test('is said, sent with every request, and ended by an empty user', async () => {
    const { parts, answers, listed, contexts, sent, asked } = world();
    Object.assign(answers, { 'text mgmt: act as': ' bob ', 'text In which groups': 'dev, ops' });
    await actAs(parts, undefined);
    assert.deepEqual(await listed(), ['mgmt · https://mgmt.example · as bob, dev, ops']);
    const connect = async () => {
      const opened = await contexts.open('mgmt');
      assert.ok(opened.ok);
      await opened.value.connect();
      const { 'impersonate-user': user, 'impersonate-group': groups, 'impersonate-uid': uid } = sent.at(-1)?.headers ?? {};
      return [user, groups, uid];
    };
    assert.deepEqual(await connect(), ['bob', ['dev', 'ops'], undefined]);
    await actAs(parts, undefined);
    assert.match(asked.at(-1) ?? '', /\[dev, ops\]$/);
    answers['text mgmt: act as'] = '';
    await actAs(parts, undefined);
    assert.deepEqual(await connect(), [undefined, undefined, '7']);
  });
});
