import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { checkCluster } from '../../src/deploy/live/checkCluster.ts';
import { projectLookup } from '../../src/deploy/live/projectLookup.ts';
import { pathText } from '../../src/manifest/liveObject.ts';
import { withBothWorlds } from '../support/bothWorlds.ts';
import { withClusterFaults } from '../support/clusterFaults.ts';
import { sandboxTest } from '../support/sandbox.ts';

const mark = `check-${randomBytes(3).toString('hex')}`;

sandboxTest(
  'three faults in a real cluster: each is found at its field, and before an upgrade, who writes in a version that goes',
  (sandbox) =>
    withClusterFaults(sandbox, mark, () =>
      withBothWorlds(sandbox, async ({ project, cluster }) => {
        const checked = await checkCluster(cluster, () => projectLookup(project), { signal: AbortSignal.timeout(60_000) });
        assert.ok(checked.ok, checked.ok ? '' : checked.failure.message);
        const { findings, unchecked, notListed } = checked.value;
        const own = findings.filter(({ live }) => live?.namespace === mark || live?.name === mark);
        assert.deepEqual(
          own.map(({ live, severity, code, message }) => [
            `${live?.kind} ${pathText(live?.path ?? [])}`,
            `${severity} ${code}`,
            message.split(' in project ')[0],
          ]),
          [
            [
              'OpenStackMachineTemplate spec.template.spec.image.filter.name',
              'error reference.missing',
              'No image named "ubuntu-removed"',
            ],
            [
              'Service metadata.annotations[loadbalancer.openstack.org/network-id]',
              'error reference.missing',
              'No network with id d0d0d0d0…',
            ],
            ['StorageClass parameters.type', 'error reference.missing', 'No volume type named "removed-type"'],
          ],
        );
        assert.deepEqual([unchecked, notListed], [0, []]);
        const upgrade = { product: 'capo', to: '0.15' } as const;
        const before = await checkCluster(cluster, () => projectLookup(project), {
          signal: AbortSignal.timeout(60_000),
          upgrade,
        });
        assert.ok(before.ok, before.ok ? '' : before.failure.message);
        const old = before.value.findings.filter(({ live }) => live?.namespace === mark && live.name === 'old');
        assert.deepEqual(
          old.map(({ severity, code, message }) => `${severity} ${code} ${message.replace(/ \(last [\d-]+\)/, '')}`),
          [
            'warning api.deprecated kubectl-client-side-apply wrote it as cluster.x-k8s.io/v1beta1: its definition says: cluster.x-k8s.io/v1beta1 MachineHealthCheck is deprecated; use cluster.x-k8s.io/v1beta2.',
          ],
        );
      }),
    ),
);
