/** Rules about two resources, and about what a resource must be, against the sandbox's real OpenStack: what it reports is what the rules read. */
import assert from 'node:assert/strict';
import { projectLookup } from '../../src/deploy/live/projectLookup.ts';
import { askedOf, quotaLeft } from '../../src/deploy/plan/quotaLeft.ts';
import { checkManifests } from '../../src/manifest/check.ts';
import { parseManifests } from '../../src/manifest/manifest.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { openstack } from '../support/openstack.ts';
import { sandboxTest } from '../support/sandbox.ts';

const machine = (flavor: string, image: string, subnet: string) => `apiVersion: infrastructure.cluster.x-k8s.io/v1beta1
kind: OpenStackMachineTemplate
metadata: {name: a}
spec:
  template:
    spec:
      flavor: ${flavor}
      image: {filter: {name: ${image}}}
      ports: [{network: {filter: {name: private}}, fixedIPs: [{subnet: {filter: {name: ${subnet}}}}]}]
`;

sandboxTest('a subnet of another network by name, an image without data, one that wants more memory', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const name = `cross-${crypto.randomUUID().slice(0, 8)}`;
    const image = { name, disk_format: 'raw', container_format: 'bare', min_ram: 4096 };
    const { id } = await openstack(sandbox, 'demo', 'image', 'POST', '/v2/images', image);
    try {
      const told = async (text: string) => {
        const { findings, unknown } = await checkManifests(parseManifests('a.yaml', text), projectLookup(project));
        assert.equal(unknown, 0);
        return findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`);
      };
      assert.deepEqual(await told(machine('m1.large', 'cirros-0.6', 'private-v4')), []);
      assert.deepEqual(await told(machine('m1.large', name, 'public-v4')), [
        `error reference.notReady: Image "${name}" is not active, so that nothing starts from it.`,
        'error reference.otherNetwork: Subnet "public-v4" does not belong to network "private".',
      ]);
      assert.deepEqual(await told(machine('m1.tiny', name, 'private-v4')), [
        `error reference.tooSmall: Flavor "m1.tiny" has 512 MiB of RAM; image "${name}" wants 4096.`,
        `error reference.notReady: Image "${name}" is not active, so that nothing starts from it.`,
      ]);
    } finally {
      await openstack(sandbox, 'demo', 'image', 'DELETE', `/v2/images/${String(id)}`);
    }
  }),
);

sandboxTest('a pool of a hundred thousand machines is more than the quota leaves, in servers and in cores', (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const infrastructureRef = { kind: 'OpenStackMachineTemplate', name: 'a' };
    const objects = [
      {
        apiVersion: 'infrastructure.cluster.x-k8s.io/v1beta1',
        kind: 'OpenStackMachineTemplate',
        metadata: { name: 'a', namespace: 'shop' },
        spec: { template: { spec: { flavor: 'm1.large' } } },
      },
      {
        apiVersion: 'cluster.x-k8s.io/v1beta1',
        kind: 'MachineDeployment',
        metadata: { name: 'a', namespace: 'shop' },
        spec: { replicas: 100_000, template: { spec: { infrastructureRef } } },
      },
    ];
    const place = { file: 'a.yaml', range: { start: 0, end: 1 }, line: 1 };
    const source = { ...place, index: 0 };
    const prepared = objects.map((object, index) => ({
      key: String(index),
      object,
      written: { object, source, placeOf: () => place },
    }));
    const nothing = async () => ({ ok: false, failure: { reason: 'notFound', message: 'There is none.' } }) as const;
    const findings = await quotaLeft(await askedOf(prepared, nothing, project), project);
    const words = findings.map(({ message }) => /^This asks for \d+ more (\w+)/.exec(message)?.[1]);
    assert.ok(words.includes('servers') && words.includes('cores'), JSON.stringify(findings));
  }),
);
