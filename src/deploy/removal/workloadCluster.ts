import { failed, type Result, success } from '../../base/failure.ts';
import { textAt } from '../../base/fields.ts';
import type { Cluster, Contexts, ObjectRef } from '../../kubernetes/cluster.ts';
import type { WindowContexts } from '../../kubernetes/windowContexts.ts';

/** What opens contexts that no file names. */
export interface ContextLender {
  readonly contexts: Pick<Contexts, 'open'>;
  readonly windowContexts: WindowContexts;
}

/**
 * Lends the workload cluster of a Cluster of Cluster API as a context, by the kubeconfig that its controllers keep in the Secret `<cluster>-kubeconfig` (Cluster API, `util/secret`). Nothing is
 * written. Resolves to the context's name; fails with `notFound` before the control plane was up, and with `invalid` or `unsupported` as its kubeconfig does.
 */
export async function lendWorkload(
  cluster: Cluster,
  { name, namespace = '' }: ObjectRef,
  windowContexts: WindowContexts,
): Promise<Result<string>> {
  const secret = await cluster.get({ apiVersion: 'v1', kind: 'Secret', namespace, name: `${name}-kubeconfig` });
  if (!secret.ok)
    return secret.failure.reason === 'notFound'
      ? failed('notFound', `${name} has no kubeconfig: its control plane was never up, or it is gone.`)
      : secret;
  const value = textAt(secret.value, 'data', 'value') ?? '';
  const context = `${namespace}/${name}@${cluster.context.name}`;
  const text = Buffer.from(value, 'base64').toString('utf8');
  const lent = await windowContexts.lend(context, text, `Secret ${namespace}/${name}-kubeconfig`);
  return lent.ok ? success(context) : lent;
}

/** Opens the workload cluster of a Cluster of Cluster API, and sees that it answers. Fails as lending and reaching it fail. */
export async function openWorkload(
  cluster: Cluster,
  owner: ObjectRef,
  { contexts, windowContexts }: ContextLender,
): Promise<Result<Cluster>> {
  const context = await lendWorkload(cluster, owner, windowContexts);
  if (!context.ok) return context;
  const opened = await contexts.open(context.value);
  if (!opened.ok) return opened;
  const reached = await opened.value.connect();
  return reached.ok ? opened : reached;
}
