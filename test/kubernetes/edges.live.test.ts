import assert from 'node:assert/strict';
import { apiKindRow } from '../../src/explorer/objectNodes.ts';
import type { ApiKind, Cluster, KubeObject } from '../../src/kubernetes/cluster.ts';
import { describeObject } from '../../src/kubernetes/describe.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { sandboxTest } from '../support/sandbox.ts';

const word = `${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
const group = `edges-${word}.example.com`;

function must<T>(answer: { ok: true; value: T } | { ok: false; failure: object }): T {
  assert.ok(answer.ok, JSON.stringify(answer).slice(0, 400));
  return answer.value;
}

/** Applies, runs, and takes it away again. */
async function having(cluster: Cluster, object: KubeObject, body: () => Promise<void>): Promise<void> {
  must(await cluster.apply(object));
  try {
    await body();
  } finally {
    const { apiVersion, kind, metadata } = object;
    must(await cluster.delete({ apiVersion, kind, name: metadata.name }));
  }
}

/** A definition of cluster-wide `kind`; its objects may hold anything. */
function definition(kind: string, columns?: readonly string[]): KubeObject {
  const plural = `${kind.toLowerCase()}s`;
  const columnRows = columns?.map((name) => ({ name, type: 'string', jsonPath: `.spec.${name}` }));
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}` },
    spec: {
      group,
      scope: 'Cluster',
      names: { kind, plural, singular: kind.toLowerCase() },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
            },
          },
          ...(columnRows ? { additionalPrinterColumns: columnRows } : {}),
        },
      ],
    },
  };
}

/** The kind, once the API server serves it. */
async function served(cluster: Cluster, kind: string): Promise<ApiKind> {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const found = await cluster.kind(`${group}/v1`, kind, { fresh: true });
    if (found.ok && (await cluster.table(found.value)).ok) return found.value;
  }
  return assert.fail(`${kind} is not served within a minute`);
}

const custom = (kind: string, spec: object): KubeObject => ({ apiVersion: `${group}/v1`, kind, metadata: { name: 'one' }, spec });

sandboxTest('names of RBAC keep their capitals and colons, and a percent sign leads nowhere', (sandbox) =>
  withAdminCluster(sandbox, async ({ cluster }) => {
    const name = `hybrid:Edges:${word}:Node.Reader`;
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const role = { apiVersion, kind: 'ClusterRole', metadata: { name }, rules: [] };
    await having(cluster, role, async () => {
      const ref = { apiVersion, kind: 'ClusterRole', name };
      assert.equal(must(await cluster.get(ref)).metadata.name, name);
      const table = must(await cluster.table(must(await cluster.kind(apiVersion, 'ClusterRole'))));
      assert.ok(table.rows.some(({ object }) => object.metadata.name === name));
      const renamed = await cluster.get({ ...ref, name: name.toLowerCase() });
      assert.equal(renamed.ok ? '' : renamed.failure.reason, 'notFound');
      const encoded = await cluster.get({ ...ref, name: 'system:Node%2F' });
      assert.equal(
        encoded.ok ? '' : encoded.failure.message,
        '"system:Node%2F" cannot be the name of a ClusterRole. Correct it.',
      );
    });
  }),
);

sandboxTest('custom resources are shown whatever columns they have: none named, none at all, thirty', (sandbox) =>
  withAdminCluster(sandbox, async ({ cluster }) => {
    const thirty = Array.from({ length: 30 }, (_, index) => `c${index}`);
    const spec = Object.fromEntries(thirty.map((name, index) => [name, `v${index}`]));
    for (const [kind, columns, expected] of [
      ['Plain', undefined, /^Name,Age$/],
      ['Bare', [], /^Name,Age$|^Name$/],
      ['Wide', thirty, /^Name,c0,c1,.*,c29$/],
    ] as const)
      await having(cluster, definition(kind, columns), async () => {
        const apiKind = await served(cluster, kind);
        must(await cluster.apply(custom(kind, spec)));
        const table = must(await cluster.table(apiKind));
        assert.match(table.columns.map(({ name }) => name.replace(/^name$/i, 'Name')).join(), expected);
        const branch = apiKindRow({ cluster, kind: apiKind, namespace: undefined, otherSide: () => undefined }).open?.(() => {});
        const rows = (await branch?.rows()) ?? [];
        branch?.dispose?.();
        assert.deepEqual(
          rows.map(({ label }) => label),
          ['one'],
        );
        const description = rows[0]?.description ?? '';
        assert.ok(description.length < 200, description);
        assert.equal(rows[0]?.facts?.filter(([name]) => /^c\d+$/.test(name)).length, columns?.length ?? 0);
      });
  }),
);

sandboxTest('an object of more than a megabyte is opened, described and changed as others are', (sandbox) =>
  withAdminCluster(sandbox, ({ cluster }) =>
    having(cluster, definition('Large'), async () => {
      await served(cluster, 'Large');
      const text = 'x'.repeat(1_400_000);
      must(await cluster.apply(custom('Large', { text, size: 1 })));
      const ref = { apiVersion: `${group}/v1`, kind: 'Large', name: 'one' };
      const read = must(await cluster.get(ref));
      assert.equal(JSON.stringify(read['spec']), JSON.stringify({ size: 1, text }));
      const described = describeObject(read, { events: [], owned: [], now: Date.now() });
      assert.ok(described.length < 10_000, `${described.length} characters`);
      must(await cluster.apply(custom('Large', { text, size: 2 })));
      const changed = must(await cluster.get(ref))['spec'] as { size: number };
      assert.equal(changed.size, 2);
      const tooLarge = await cluster.apply(custom('Large', { text: text + text, size: 3 }));
      assert.match(tooLarge.ok ? '' : tooLarge.failure.message, /^sandbox-admin cannot store so large an object: /);
    }),
  ),
);
