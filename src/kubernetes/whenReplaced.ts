import type { Disposable } from '../base/event.ts';
import type { Cluster, Contexts } from './cluster.ts';

/**
 * Hears when a context leads to another {@link Cluster} than the one held: its entry changed, or who is acted as. The old one is shut by then, so whoever follows something of it goes on with the new one. A context
 * that is gone, or broken, is not told of.
 */
export function whenReplaced(contexts: Contexts, cluster: Cluster, replaced: (now: Cluster) => void): Disposable {
  let [held, ended] = [cluster, false];
  const look = async () => {
    const now = await contexts.open(cluster.context.name);
    if (ended || !now.ok || now.value === held) return;
    held = now.value;
    replaced(held);
  };
  const subscription = contexts.onDidChange(() => void look());
  return {
    dispose: () => {
      ended = true;
      subscription.dispose();
    },
  };
}
