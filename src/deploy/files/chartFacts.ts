import type { Cluster } from '../../kubernetes/cluster.ts';
import type { Discovered } from './discover.ts';

/**
 * What charts are told of the cluster they go to (`Capabilities`): its version, and its API versions with and without kinds, `apps/v1` and `apps/v1/Deployment`. Asked only where there is a
 * chart; what the cluster does not tell is left out. Source: Helm, "Built-in Objects".
 */
export async function chartFacts(
  { notes }: Pick<Discovered, 'notes'>,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<{ readonly kubeVersion?: string; readonly apiVersions?: readonly string[] }> {
  if (!notes.some(({ file, blocks }) => blocks && /(?:^|\/)Chart\.yaml$/.test(file))) return {};
  const [connected, kinds] = await Promise.all([cluster.connect(signal), cluster.kinds(signal ? { signal } : {})]);
  const versions = (kinds.ok ? kinds.value : []).flatMap(({ group, versions, kind }) =>
    versions.flatMap((version) => {
      const apiVersion = group === '' ? version : `${group}/${version}`;
      return [apiVersion, `${apiVersion}/${kind}`];
    }),
  );
  return {
    ...(connected.ok ? { kubeVersion: connected.value.version } : {}),
    ...(versions.length > 0 ? { apiVersions: [...new Set(versions)] } : {}),
  };
}
