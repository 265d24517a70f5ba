import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Result } from '../../src/base/failure.ts';
import { createHttp } from '../../src/base/http.ts';
import type { OnSent, Sent } from '../../src/base/sent.ts';
import type { Cluster, KubeObject } from '../../src/kubernetes/cluster.ts';
import { shownCells } from '../../src/kubernetes/kinds.ts';
import { openContexts } from '../../src/kubernetes/openContexts.ts';
import { type SandboxEnvironment, sandboxTest } from '../support/sandbox.ts';

/** Runs with one user's cluster of the sandbox and a namespace made for it. */
async function withCluster(
  sandbox: SandboxEnvironment,
  who: string,
  body: (cluster: Cluster, namespace: string) => Promise<void>,
  onSent?: OnSent,
): Promise<void> {
  const http = createHttp();
  const pki = dirname(sandbox.kubernetes.kubeconfig);
  const contexts = openContexts({
    http,
    env: { KUBECONFIG: [who, 'admin'].map((name) => join(pki, `${name}.kubeconfig`)).join(':') },
    mayRun: async () => false,
    ...(onSent && { onSent }),
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

sandboxTest('a namespace that is terminating refuses in its own words', (sandbox) =>
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

sandboxTest('an admission policy refuses in its own words', (sandbox) =>
  withCluster(sandbox, 'admin', async (cluster, namespace) => {
    const group = 'admissionregistration.k8s.io/v1';
    const policy = {
      apiVersion: group,
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: namespace },
      spec: {
        matchConstraints: {
          resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
        },
        validations: [{ expression: "object.metadata.name != 'forbidden'", message: 'nothing may be called so' }],
      },
    };
    const binding = {
      apiVersion: group,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata: { name: namespace },
      spec: {
        policyName: namespace,
        validationActions: ['Deny'],
        matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
      },
    };
    try {
      await must(cluster.apply(policy));
      await must(cluster.apply(binding));
      const denied = await soonRefused(() => cluster.apply(configMap(namespace, {}, 'forbidden'), { dryRun: true }));
      assert.match(denied, /^invalid: sandbox-admin: .*ValidatingAdmissionPolicy .* denied request: nothing may be called so\.$/);
      assert.equal((await must(cluster.apply(configMap(namespace, {}, 'allowed')))).created, true);
    } finally {
      for (const { kind } of [binding, policy]) await cluster.delete({ apiVersion: group, kind, name: namespace });
    }
  }),
);

/** A policy counts a moment after it was written. */
async function soonRefused(ask: () => Promise<Result<unknown>>): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const answer = await ask();
    if (!answer.ok) return `${answer.failure.reason}: ${answer.failure.message}`;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return assert.fail('it was not refused');
}

sandboxTest('two hundred ConfigMaps, applied at once, all arrive, and again change nothing', (sandbox) =>
  withCluster(sandbox, 'admin', async (cluster, namespace) => {
    const maps = Array.from({ length: 200 }, (_, index) => configMap(namespace, { index: String(index) }, `map-${index}`));
    const applyAll = async () => Promise.all(maps.map((map) => must(cluster.apply(map))));
    const made = await applyAll();
    assert.ok(made.every(({ created }) => created));
    const again = await applyAll();
    assert.deepEqual(
      again.map(({ created, object }) => [created, object.metadata.resourceVersion]),
      made.map(({ object }) => [false, object.metadata.resourceVersion]),
    );
    const { items } = await must(cluster.list('v1', 'ConfigMap', { namespace }));
    assert.equal(items.filter(({ metadata }) => metadata.name.startsWith('map-')).length, 200);
  }),
);

sandboxTest('a watch of Deployments tells what becomes of one: added, modified, deleted', (sandbox) =>
  withCluster(sandbox, 'admin', async (cluster, namespace) => {
    const deployment = (replicas: number): KubeObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'watched', namespace },
      spec: {
        replicas,
        selector: { matchLabels: { app: 'watched' } },
        template: {
          metadata: { labels: { app: 'watched' } },
          spec: { containers: [{ name: 'c', image: 'example.org/c:1' }], nodeSelector: { no: 'node' } },
        },
      },
    });
    const ending = new AbortController();
    const seen: string[] = [];
    for await (const event of cluster.watch('apps/v1', 'Deployment', { namespace }, ending.signal)) {
      const word = 'object' in event ? `${event.type} ${event.object.kind} ${replicasOf(event.object)}` : event.type;
      if (seen.at(-1) === word) continue;
      seen.push(word);
      if (event.type === 'synced') await must(cluster.apply(deployment(0)));
      else if (word === 'added Deployment 0') await must(cluster.apply(deployment(1)));
      else if (word === 'modified Deployment 1')
        await must(cluster.delete({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: 'watched' }));
      else if (event.type === 'deleted') ending.abort();
    }
    assert.deepEqual(
      seen.filter((word) => !word.startsWith('modified Deployment 0')),
      ['synced', 'added Deployment 0', 'modified Deployment 1', 'deleted Deployment 1'],
    );
  }),
);

function replicasOf({ spec }: KubeObject): unknown {
  return Object(spec).replicas;
}

sandboxTest('bob sees what he may see, and is told by name, kind and namespace what he may not write', (sandbox) =>
  withCluster(sandbox, 'bob', async (cluster, namespace) => {
    const answer = await refusal(cluster.apply(configMap(namespace, { a: '1' })));
    assert.match(
      answer,
      /^forbidden: sandbox-bob forbids it: configmaps "a" is forbidden: User "bob" cannot patch .*"configmaps"/,
    );
    assert.match(answer, new RegExp(`in the namespace "${namespace}"`));
    assert.ok((await must(cluster.list('v1', 'Node'))).items.length > 0);
    assert.ok((await must(cluster.list('apps/v1', 'Deployment', { namespace: 'shop' }))).items.length > 0);
  }),
);

sandboxTest('a warning of the server comes along with what was applied', (sandbox) =>
  withCluster(sandbox, 'admin', async (cluster, namespace) => {
    const { warnings } = await must(
      cluster.apply({ apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'old', namespace } }, { dryRun: true }),
    );
    assert.match(warnings.join(), /v1 Endpoints is deprecated/);
  }),
);

sandboxTest('each change is told once, with the audit id that the API server has in its own log', async (sandbox) => {
  const sent: Sent[] = [];
  const body = async (cluster: Cluster, namespace: string) => {
    sent.length = 0;
    await must(cluster.apply(configMap(namespace, { a: '1' }), { dryRun: true }));
    await must(cluster.apply(configMap(namespace, { a: '1' })));
    await must(cluster.patch({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'a' }, { data: { a: '2' } }));
    await must(cluster.delete({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'a' }));
    await refusal(cluster.patch({ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'a' }, { data: {} }));
    assert.deepEqual(
      sent.map(({ what, where, outcome }) => `${what} @ ${where}: ${outcome}`.replaceAll(namespace, 'SPACE')),
      [
        'apply configmaps a @ sandbox-admin › SPACE: accepted',
        'patch configmaps a @ sandbox-admin › SPACE: accepted',
        'delete configmaps a @ sandbox-admin › SPACE: accepted',
        'patch configmaps a @ sandbox-admin › SPACE: sandbox-admin: configmaps "a" not found.',
      ],
    );
    const audited = await readFile(sandbox.kubernetes.auditLog, 'utf8');
    for (const { id } of sent) assert.ok(id && audited.includes(`"auditID":"${id}"`), id);
  };
  await withCluster(sandbox, 'admin', body, (one) => sent.push(one));
});
