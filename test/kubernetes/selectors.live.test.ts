/** Whether the sandbox's API server takes what we offer to narrow lists by. */
import assert from 'node:assert/strict';
import { isSearched } from '../../src/kubernetes/kinds.ts';
import { fieldsOf, selectorOf } from '../../src/kubernetes/selectors.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { sandboxTest } from '../support/sandbox.ts';

sandboxTest('the server knows every field that is offered, and reads conditions on labels as they are sent', (sandbox) =>
  withAdminCluster(sandbox, async ({ cluster }) => {
    const kinds = await cluster.kinds();
    assert.ok(kinds.ok);
    const refused: string[] = [];
    for (const kind of kinds.value.filter((one) => isSearched(one, true) && fieldsOf(one).length > (one.namespaced ? 2 : 1)))
      for (const field of fieldsOf(kind)) {
        const selector = selectorOf(`${field}=true`, kind);
        const table = selector.ok && (await cluster.table(kind, { ...selector.selection, limit: 1 }));
        if (!table) refused.push(`${kind.kind} ${field} is not read`);
        else if (!table.ok) refused.push(table.failure.message);
      }
    assert.deepEqual(refused, []);
    const pods = kinds.value.find(({ kind, group }) => kind === 'Pod' && group === '');
    assert.ok(pods);
    const count = async (typed: string) => {
      const selector = selectorOf(typed, pods);
      const table = selector.ok ? await cluster.table(pods, { ...selector.selection, namespace: 'shop' }) : selector;
      return 'value' in table ? table.value.rows.length : undefined;
    };
    const all = (await count('')) ?? 0;
    assert.ok(all > 0);
    assert.equal(await count('nobody-has-this'), 0);
    assert.equal(await count('!nobody-has-this'), all);
    assert.equal(await count('nobody-has-this notin (a, b),status.phase!=Gone'), all);
    assert.equal(await count('app in (web,db)'), await count('app notin (none),app in (web,db),metadata.namespace=shop'));
  }),
);
