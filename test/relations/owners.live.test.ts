/** Who owns what on the sandbox, as a change of it would be warned of. */
import assert from 'node:assert/strict';
import { nameOf } from '../../src/openstack/display.ts';
import type { Resource } from '../../src/openstack/kind.ts';
import type { KindId } from '../../src/openstack/kinds/kinds.ts';
import { type Ownership, ownerName, ownersOf } from '../../src/relations/owners.ts';
import { withBothWorlds } from '../support/bothWorlds.ts';
import { sandboxTest } from '../support/sandbox.ts';

/** kind, name, who owns it (sorted), `-` for nobody. A part counts through its whole. */
const OWNERS = `
compute.server              k8s-prod-worker-1                             Machine clusters/k8s-prod-worker-1 on sandbox-admin, Node k8s-prod-worker-1 on sandbox-admin, OpenStackMachine clusters/k8s-prod-worker-1 on sandbox-admin
compute.server              db-1                                          -
load-balancer.loadbalancer  kube_service_prod_shop_web                    Service shop/web on sandbox-admin
load-balancer.pool          pool_0_kube_service_prod_shop_web             Service shop/web on sandbox-admin
block-storage.volume        data-1                                        -
`;

sandboxTest('the owners of resources, and nobody for the others', (sandbox) =>
  withBothWorlds(sandbox, async ({ project, cluster }) => {
    const owners = async (kind: KindId, resource: Resource, with_ = [cluster]): Promise<Ownership> =>
      ownersOf(project, kind, resource, { clusters: with_ });
    const named = async (kind: KindId, name: string) => {
      const list = await project.list(kind);
      assert.ok(list.ok, JSON.stringify(list));
      return list.value.items.find((one) => nameOf(kind, one) === name) ?? assert.fail(`no ${kind} ${name}`);
    };
    const lines = OWNERS.trim().split('\n');
    for (const line of lines) {
      const [kind = '', name = '', wanted = ''] = line.split(/\s{2,}/);
      const found = await owners(kind as KindId, await named(kind as KindId, name));
      assert.deepEqual(found.failures, []);
      assert.equal(found.owners.map(ownerName).sort().join(', ') || '-', wanted, line);
    }

    const servers = await project.list('compute.server');
    assert.ok(servers.ok);
    const ofStack = servers.value.items.find((one) => nameOf('compute.server', one).startsWith('demo-stack')) ?? assert.fail();
    assert.deepEqual((await owners('compute.server', ofStack)).owners.map(ownerName), ['stack demo-stack']);

    const closed = await owners(
      'load-balancer.loadbalancer',
      await named('load-balancer.loadbalancer', 'kube_service_prod_shop_web'),
      [],
    );
    assert.deepEqual([closed.owners, closed.madeByCluster], [[], true]);
  }),
);
