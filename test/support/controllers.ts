import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { Cluster, KubeObject, ObjectRef } from '../../src/kubernetes/cluster.ts';
import { eventually } from './eventually.ts';

/** Definitions of Flux and Argo CD, which the sandbox does not have. */
const definitions = ['flux', 'argo'].flatMap((name) =>
  documents(readFileSync(new URL(`../fixtures/controllers/${name}.yaml`, import.meta.url), 'utf8')),
);

function documents(text: string): readonly KubeObject[] {
  return parseAllDocuments(text).flatMap((document) => (document.contents ? [document.toJS() as KubeObject] : []));
}

export function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): ObjectRef {
  return { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) };
}

/**
 * Runs with the definitions of Flux and Argo CD, a namespace and the objects of a text in it, `status` as a controller would write it. All goes afterwards; definitions that were there
 * before stay.
 */
export async function withControllers(cluster: Cluster, space: string, text: string, body: () => Promise<void>): Promise<void> {
  const made: KubeObject[] = [];
  const objects = documents(text.replaceAll('SPACE', space));
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: space } };
  try {
    for (const definition of definitions) {
      const known = await cluster.get(refOf(definition));
      if (known.ok) continue;
      made.push(definition);
      await accepted(cluster, definition);
    }
    await accepted(cluster, namespace);
    for (const definition of made)
      await eventually(`${definition.metadata.name} is served`, async () => isEstablished(await cluster.get(refOf(definition))));
    await cluster.kinds({ fresh: true });
    for (const { status, ...object } of objects) {
      await accepted(cluster, object as KubeObject);
      if (status === undefined) continue;
      const written = await cluster.patch(refOf(object as KubeObject), { status }, subresourceOf(object as KubeObject));
      assert.ok(written.ok, JSON.stringify(written));
    }
    await body();
  } finally {
    for (const definition of made) await cluster.delete(refOf(definition));
    await cluster.delete(refOf(namespace));
  }
}

/** Applications have no status of their own in the API: it is a field like others (Argo CD, definition of Application). */
const subresourceOf = ({ kind }: KubeObject) => (kind.startsWith('Application') ? {} : { subresource: 'status' });

async function accepted(cluster: Cluster, object: KubeObject): Promise<void> {
  const applied = await cluster.apply(object);
  assert.ok(applied.ok, JSON.stringify(applied));
}

function isEstablished(definition: Awaited<ReturnType<Cluster['get']>>): boolean {
  return definition.ok && JSON.stringify(definition.value['status'] ?? {}).includes('"Established"');
}
