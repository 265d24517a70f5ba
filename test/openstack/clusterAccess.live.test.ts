/** The sandbox's Magnum signs for its seeded cluster. That one never gets an API address there (no driver), so the test gives it one. */
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { clusterAccess } from '../../src/openstack/clusterAccess.ts';
import { withDemoProject } from '../support/demoProject.ts';
import { sandboxTest } from '../support/sandbox.ts';

sandboxTest("a cluster's own authority signs the administrator's certificate", (sandbox) =>
  withDemoProject(sandbox, async (project) => {
    const clusters = await project.list('container-infrastructure-management.cluster');
    assert.ok(clusters.ok, JSON.stringify(clusters));
    const cluster = clusters.value.items.find(({ name }) => name === 'prod');
    assert.ok(cluster);
    const unready = await clusterAccess(project, { ...cluster, api_address: null });
    assert.match(unready.ok ? '' : unready.failure.message, /^Cluster prod of cloud demo has no API address/);
    const access = await clusterAccess(project, { ...cluster, api_address: 'https://192.0.2.7:6443' });
    assert.ok(access.ok, JSON.stringify(access));
    const { ca, certificate, key, name, server } = access.value;
    assert.deepEqual({ name, server }, { name: 'prod', server: 'https://192.0.2.7:6443' });
    const signed = new X509Certificate(certificate);
    assert.deepEqual(signed.subject.split('\n').sort(), ['CN=admin', 'O=system:masters']);
    assert.equal(signed.verify(new X509Certificate(ca).publicKey), true);
    assert.equal(signed.checkPrivateKey(createPrivateKey(key)), true);
    const unknown = await clusterAccess(project, { ...cluster, uuid: 'nowhere', api_address: 'https://192.0.2.7:6443' });
    assert.equal(unknown.ok, false);
  }),
);
