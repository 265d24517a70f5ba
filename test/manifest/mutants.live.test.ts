/** Known mistakes in kinds of Kubernetes itself, told by the schemas that the sandbox's API server publishes. */
import assert from 'node:assert/strict';
import { clusterSchemas } from '../../src/deploy/live/clusterSchemas.ts';
import { withAdminCluster } from '../support/adminCluster.ts';
import { type Fate, type Schema, table } from '../support/mutants.ts';
import { trialOf } from '../support/mutantTrial.ts';
import { sandboxTest } from '../support/sandbox.ts';

const kinds = [
  'v1 Service',
  'v1 Secret',
  'v1 ConfigMap',
  'v1 PersistentVolume',
  'v1 PersistentVolumeClaim',
  'apps/v1 Deployment',
  'autoscaling/v2 HorizontalPodAutoscaler',
  'networking.k8s.io/v1 Ingress',
  'networking.k8s.io/v1 NetworkPolicy',
  'storage.k8s.io/v1 StorageClass',
];

/** The schema with what its references lead to in their place, down to a depth that no manifest here has. */
function inlined(value: unknown, definitions: Schema, depth = 24): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => inlined(one, definitions, depth - 1));
  const { $ref, allOf, ...rest } = value as { readonly $ref?: string; readonly allOf?: readonly [{ readonly $ref?: string }] };
  const name = ($ref ?? allOf?.[0].$ref)?.replace('#/components/schemas/', '');
  if (name !== undefined) return { ...rest, ...(inlined(definitions[name], definitions, depth - 1) as object) };
  return Object.fromEntries(Object.entries(rest).map(([key, one]) => [key, inlined(one, definitions, depth - 1)]));
}

sandboxTest('misspelt and missing fields of Deployments, Services and claims are caught, and said once', (sandbox) =>
  withAdminCluster(sandbox, async ({ cluster }) => {
    const names = kinds.map((one) => ({ apiVersion: one.split(' ')[0] ?? '', kind: one.split(' ')[1] ?? '' }));
    const schemasOf = await clusterSchemas(cluster, new AbortController().signal)(names);
    const roots = new Map(
      names.map(({ apiVersion, kind }) => {
        const [known] = schemasOf({ apiVersion, kind });
        assert.ok(known, `${apiVersion} ${kind} is published`);
        return [`${apiVersion} ${kind}`, inlined(known.schema.root, known.schema.definitions) as Schema] as const;
      }),
    );
    const trial = trialOf(undefined, undefined, { schemasOf, roots });
    const fates: Fate[] = [];
    for (const file of trial.files) {
      assert.deepEqual(await trial.right(file), []);
      // What a kind is called and in which version is the dry run's to say.
      for (const mutant of trial.mutants(file))
        if (mutant.mistake === 'misspelt key' || mutant.mistake === 'removed required') fates.push(await trial.try(mutant));
    }
    const missed = fates.filter(({ caught }) => !caught).map(({ mutant }) => `${mutant.file}, ${mutant.done}`);
    assert.ok(missed.length <= fates.length * 0.05, `${table(fates)}\n${missed.join('\n')}`);
    assert.deepEqual(
      fates.flatMap(({ echoes, mutant }) => echoes.map(({ code }) => `${mutant.file}, ${mutant.done}: ${code}`)),
      [],
    );
  }),
);
