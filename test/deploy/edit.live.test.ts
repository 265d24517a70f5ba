import assert from 'node:assert/strict';
import { applyEdit, editable, planEdit } from '../../src/deploy/edit.ts';
import { toYaml } from '../../src/manifest/toYaml.ts';
import { sandboxTest } from '../support/sandbox.ts';
import { inNamespace, type LiveDeploy } from './liveDeploy.ts';

/** Writes keys of the ConfigMap as another manager, who takes them from whoever had them. */
async function writeAs(live: LiveDeploy, manager: string, data: Readonly<Record<string, string>>): Promise<void> {
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: live.namespace }, data };
  const applied = await live.cluster.raw(
    `/api/v1/namespaces/${live.namespace}/configmaps/settings?fieldManager=${manager}&force=true`,
    { method: 'PATCH', body: JSON.stringify(object), contentType: 'application/apply-patch+yaml' },
  );
  assert.ok(applied.ok, JSON.stringify(applied));
}

sandboxTest(
  'a saved edit takes the field that was asked about; one that somebody took since is a conflict, and stays theirs',
  (sandbox) =>
    inNamespace(sandbox, async (live) => {
      const ref = { apiVersion: 'v1', kind: 'ConfigMap', namespace: live.namespace, name: 'settings' };
      await writeAs(live, 'pipeline', { color: 'red', size: 'small' });
      const opened = async () => {
        const got = await live.cluster.get(ref);
        assert.ok(got.ok);
        return got.value;
      };
      const plan = async (from: string, to: string) => {
        const object = await opened();
        const text = toYaml(editable(object)).replace(from, to);
        const planned = await planEdit(live.cluster, { ref, opened: object, file: 'settings.yaml', text });
        assert.ok(planned.ok && planned.value, JSON.stringify(planned));
        return planned.value;
      };
      const owned = async () => JSON.parse(JSON.stringify((await opened())['data'])) as unknown;

      const agreed = await plan('color: red', 'color: blue');
      assert.deepEqual(
        agreed.conflicts.map(({ field, manager }) => `${manager} ${field}`),
        ['pipeline data.color'],
      );
      assert.ok((await applyEdit(live.cluster, agreed)).ok);
      assert.deepEqual(await owned(), { color: 'blue', size: 'small' });

      const late = await plan('color: blue', 'color: green');
      assert.deepEqual(late.conflicts, []);
      const both = await plan('size: small', 'size: large');
      await writeAs(live, 'operator', { color: 'black' });
      for (const edit of [late, both]) {
        const refused = await applyEdit(live.cluster, edit);
        assert.equal(refused.ok ? 'applied' : refused.failure.reason, 'conflict');
      }
      assert.deepEqual(await owned(), { color: 'black', size: 'small' });
    }),
);
