import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { createHttp } from '../../src/base/http.ts';
import type { Cluster, KubeObject } from '../../src/kubernetes/cluster.ts';
import { shownCells } from '../../src/kubernetes/kinds.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

/** Runs with one user's cluster of the sandbox and a namespace made for it. */
async function withCluster(
  sandbox: SandboxEnvironment,
  who: string,
  body: (cluster: Cluster, namespace: string) => Promise<void>,
): Promise<void> {
  const http = createHttp();
  const pki = dirname(sandbox.kubernetes.kubeconfig);
  const contexts = openContexts({
    http,
    env: { KUBECONFIG: [who, 'admin'].map((name) => join(pki, `${name}.kubeconfig`)).join(':') },
    mayRun: async () => false,
  });
  const open = async (name: string) => {
    const cluster = await contexts.open(`sandbox-${name}`);
    assert.ok(cluster.ok, JSON.stringify(cluster));
    return cluster.value;
  };
  const admin = await open('admin');
  const namespace = `cluster-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  try {
    await must(admin.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }));
    await body(await open(who), namespace);
  } finally {
    await admin.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace });
    contexts.dispose();
    http.dispose();
  }
}

async function must<T>(answer: Promise<{ ok: true; value: T } | { ok: false; failure: object }>): Promise<T> {
  const got = await answer;
  assert.ok(got.ok, JSON.stringify(got));
  return got.value;
}

async function refusal(
  answer: Promise<{ ok: true; value: unknown } | { ok: false; failure: { reason: string; message: string } }>,
): Promise<string> {
  const got = await answer;
  assert.ok(!got.ok, 'it was not refused');
  return `${got.failure.reason}: ${got.failure.message}`;
}

const configMap = (namespace: string, data: Record<string, string>, name = 'a'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

sandboxTest('every kind the API server lists is known, custom resources included', (sandbox) =>
  withCluster(sandbox, 'admin', async (cluster) => {
    assert.match((await must(cluster.connect())).version, /^v1\.\d+/);
    const kinds = await must(cluster.kinds());
    for (const name of ['/Pod', 'apps/Deployment', 'cluster.x-k8s.io/Machine', 'openstack.k-orc.cloud/Network'])
      assert.ok(
        kinds.some(({ group, kind }) => `${group}/${kind}` === name),
        name,
      );
    assert.match(
      await refusal(cluster.kind('extensions/v1beta1', 'Ingress')),
      /^notFound: sandbox-admin does not serve extensions\/v1beta1 Ingress\./,
    );
  }),
);

sandboxTest('tables of any kind, a custom resource among them, come as the server prints them', (sandbox) =>
  withCluster(sandbox, 'admin', async (cluster) => {
    const kind = await must(cluster.kind('cluster.x-k8s.io/v1beta2', 'Machine'));
    const table = await must(cluster.table(kind));
    assert.ok(table.rows.length > 0);
    assert.ok(table.rows.every((row) => row.object.metadata.name && shownCells(kind, table.columns, row).length > 0));
  }),
);

sandboxTest('apply: dry run, create, configure, conflict, unknown field, immutable field', (sandbox) =>
  withCluster(sandbox, 'admin', async (cluster, namespace) => {
    assert.equal((await must(cluster.apply(configMap(namespace, { a: '1' }), { dryRun: true }))).created, true);
    assert.match(await refusal(cluster.get({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'a' })), /^notFound/);
    assert.equal((await must(cluster.apply(configMap(namespace, { a: '1' })))).created, true);
    assert.equal((await must(cluster.apply(configMap(namespace, { a: '2' })))).created, false);
    const other = { ...configMap(namespace, { a: '3' }) };
    await must(
      cluster.raw(`/api/v1/namespaces/${namespace}/configmaps/a?fieldManager=kim&force=true`, {
        method: 'PATCH',
        contentType: 'application/apply-patch+yaml',
        body: JSON.stringify(other),
      }),
    );
    assert.match(await refusal(cluster.apply(configMap(namespace, { a: '2' }))), /^conflict: .*conflict with "kim".*\.data\.a/s);
    assert.match(
      await refusal(cluster.apply({ ...configMap(namespace, {}), dta: {} })),
      /^invalid: .*field not declared in schema/s,
    );
    const claim = (storage: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'p', namespace },
      spec: { accessModes: [storage], storageClassName: 'none', resources: { requests: { storage: '1Gi' } } },
    });
    await must(cluster.apply(claim('ReadWriteOnce')));
    assert.match(await refusal(cluster.apply(claim('ReadWriteMany'), { force: true })), /^invalid: .*immutable/s);
  }),
);

sandboxTest('whole numbers beyond 2^53 keep their digits', (sandbox) =>
  withCluster(sandbox, 'admin', async (cluster, namespace) => {
    const lease: KubeObject = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: 'r', namespace },
      data: {},
      revision: 9007199254740993n,
    };
    await must(cluster.apply(lease));
    assert.match(
      await must(cluster.raw(`/apis/apps/v1/namespaces/${namespace}/controllerrevisions/r`)),
      /"revision":9007199254740993\b/,
    );
  }),
);

sandboxTest('what alice may not do is said with verb, kind and namespace', (sandbox) =>
  withCluster(sandbox, 'alice', async (cluster, namespace) => {
    assert.match(
      await refusal(cluster.list('v1', 'ConfigMap', { namespace })),
      /^forbidden: sandbox-alice forbids it: .*"alice" cannot list resource "configmaps"/,
    );
    assert.ok((await must(cluster.list('v1', 'Service', { namespace: 'shop' }))).items.length > 0);
  }),
);

sandboxTest('a live table follows what happens, and equal ones share a watch', (sandbox) =>
  withCluster(sandbox, 'admin', async (cluster, namespace) => {
    const kind = await must(cluster.kind('v1', 'ConfigMap'));
    const [one, other] = [cluster.live(kind, { namespace }), cluster.live(kind, { namespace })];
    await one.ready();
    const shows = (name: string, wanted: boolean) =>
      new Promise<void>((done, late) => {
        const timer = setTimeout(() => late(new Error(`${name} did not ${wanted ? 'appear' : 'go'}`)), 10_000);
        const look = () => {
          if (other.rows.some(({ object }) => object.metadata.name === name) !== wanted) return;
          clearTimeout(timer);
          done();
        };
        other.onDidChange(look);
        look();
      });
    await must(cluster.apply(configMap(namespace, { a: '1' }, 'seen')));
    await shows('seen', true);
    await cluster.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'seen' });
    await shows('seen', false);
    assert.equal(one.state, 'live');
    one.dispose();
    other.dispose();
  }),
);

sandboxTest('a namespace that is terminating and an admission policy refuse in their own words', (sandbox) =>
  withCluster(sandbox, 'admin', async (cluster, namespace) => {
    await must(
      cluster.apply({
        ...configMap(namespace, {}, 'held'),
        metadata: { name: 'held', namespace, finalizers: ['example.org/hold'] },
      }),
    );
    await must(cluster.delete({ apiVersion: 'v1', kind: 'Namespace', name: namespace }));
    try {
      assert.match(await refusal(cluster.apply(configMap(namespace, {}))), /^forbidden: .*being terminated/s);
    } finally {
      await cluster.raw(`/api/v1/namespaces/${namespace}/configmaps/held`, {
        method: 'PATCH',
        contentType: 'application/merge-patch+json',
        body: '{"metadata":{"finalizers":null}}',
      });
    }
  }),
);
