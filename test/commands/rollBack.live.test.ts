/** A workload given an earlier revision again, and a token of a ServiceAccount, on the sandbox's API server. */
import '../support/withoutEditor.ts';
import assert from 'node:assert/strict';
import type { Cluster, KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { editorParts } from '../support/editorParts.ts';
import { eventually } from '../support/eventually.ts';
import { sandboxTest } from '../support/sandbox.ts';

const vscode = await import('vscode');
const { rollBack } = await import('../../src/commands/rollBack.ts');
const { copyToken } = await import('../../src/commands/copyToken.ts');

const space = `rollback-${process.pid}`;
const labels = { app: 'web' };
const workload = (kind: string, image: string, more: object): KubeObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web', namespace: space },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels, ...more }, spec: { containers: [{ name: 'web', image }] } },
    ...(kind === 'Deployment' ? { replicas: 0 } : kind === 'StatefulSet' ? { replicas: 0, serviceName: 'web' } : {}),
  },
});

sandboxTest('a workload is rolled back to a revision that is picked', (sandbox) =>
  withAdminCluster(sandbox, async ({ cluster, contexts }) => {
    const copied: string[] = [];
    Object.assign(vscode.env, { clipboard: { writeText: async (text: string) => void copied.push(text) } });
    const { parts, answers, asked, logged } = editorParts({} as never);
    const all = { ...parts, contexts, documents: { provide: (path: string) => path } } as never;
    const rowOf = (ref: ObjectRef) => ({ row: { subject: { of: 'object', cluster, ref } } }) as never;
    try {
      await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } });
      answers['confirm'] = true;
      answers['pick'] = 'Revision 1';
      for (const kind of ['Deployment', 'StatefulSet'] as const) {
        const ref: ObjectRef = { apiVersion: 'apps/v1', kind, namespace: space, name: 'web' };
        await cluster.apply(workload(kind, 'nginx:1', {}));
        await eventually(`${kind} keeps 1`, async () => (await kept(cluster, kind)) === 1);
        await cluster.apply(workload(kind, 'nginx:2', { annotations: { note: 'new' } }));
        await eventually(`${kind} keeps 2`, async () => (await kept(cluster, kind)) === 2);
        await rollBack(all, rowOf(ref));
        const now = await cluster.get(ref);
        const text = JSON.stringify(now.ok && Reflect.get(now.value['spec'] as object, 'template'));
        assert.match(text, /"image":"nginx:1"/, kind);
        assert.equal(text.includes('"note"'), false, kind);
      }
      assert.equal(asked[0]?.replaceAll(space, 'SPACE'), 'pick Roll Back Deployment SPACE/web');
      assert.equal(asked[1]?.replaceAll(space, 'SPACE'), 'confirm Roll Back Deployment SPACE/web? | sandbox-admin, as admin');

      const account: ObjectRef = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: space, name: 'robot' };
      await cluster.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'robot', namespace: space } });
      answers['pick Copy Token'] = '10 minutes';
      delete answers['pick'];
      await copyToken(all, rowOf(account));
      const claims = JSON.parse(Buffer.from(copied[0]?.split('.')[1] ?? '', 'base64url').toString());
      assert.equal(claims.sub, `system:serviceaccount:${space}:robot`);
      assert.equal(claims.exp - claims.iat, 600);
      assert.equal(logged.join('\n').includes(copied[0] ?? ''), false);
    } finally {
      await cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: space });
    }
  }),
);

async function kept(cluster: Cluster, kind: 'Deployment' | 'StatefulSet'): Promise<number> {
  const of = kind === 'Deployment' ? 'ReplicaSet' : 'ControllerRevision';
  const listed = await cluster.list('apps/v1', of, { namespace: space });
  return listed.ok ? listed.value.items.length : 0;
}
