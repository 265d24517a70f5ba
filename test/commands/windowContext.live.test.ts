/** A workload cluster's Secret and acting as somebody else, against a real API server. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createHttp } from '../../src/base/pool.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { WindowContexts } from '../../src/kubernetes/windowContexts.ts';
import { sandboxTest } from '../support/sandbox.ts';

const { openAsContext } = await import('../../src/commands/windowContext.ts');

sandboxTest(
  'the Secret of a Cluster opens as a context; who acts as somebody is refused what they are refused',
  async (sandbox) => {
    const http = createHttp();
    const window = new WindowContexts();
    const KUBECONFIG = sandbox.kubernetes.kubeconfigs.admin;
    const contexts = openContexts({ http, env: { KUBECONFIG }, home: '/nonexistent', mayRun: async () => false, window });
    const management = (await contexts.list()).current ?? '';
    const opened = await contexts.open(management);
    assert.ok(opened.ok);
    const cluster = opened.value;
    const namespace = `workload-${process.pid}`;
    const made = await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    assert.ok(made.ok);
    try {
      const value = readFileSync(KUBECONFIG).toString('base64');
      const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'prod-kubeconfig', namespace }, data: { value } };
      const stored = await cluster.apply(secret);
      assert.ok(stored.ok);
      const ref = { apiVersion: 'cluster.x-k8s.io/v1beta1', kind: 'Cluster', name: 'prod', namespace };
      const parts = { windowContexts: window, contexts, prompts: {}, log: {} };
      await openAsContext(parts as never, { of: 'object', cluster, ref });
      const context = `${namespace}/prod@${management}`;
      const lent = await contexts.open(context);
      assert.ok(lent.ok);
      const version = await lent.value.connect();
      assert.match(version.ok ? version.value.version : version.failure.message, /^v1\./);
      window.actAs(context, { user: 'nobody', groups: ['system:authenticated'] });
      const acting = await contexts.open(context);
      const refused = acting.ok ? await acting.value.list('v1', 'Secret', { namespace }) : acting;
      assert.equal(refused.ok ? 'allowed' : refused.failure.reason, 'forbidden');
      assert.match(refused.ok ? '' : refused.failure.message, /nobody|secrets/i);
    } finally {
      await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
      contexts.dispose();
      http.dispose();
    }
  },
);
