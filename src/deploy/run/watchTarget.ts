import type { Disposable } from '../../base/event.ts';
import type { Contexts } from '../../kubernetes/cluster.ts';
import { sameContext, verifyTarget } from '../target.ts';
import type { Run } from './run.ts';
import { isMismatch } from './targetGuard.ts';

/**
 * Stops a run when its context is renamed, removed or re-pointed in the kubeconfig while it goes on. The run itself still speaks to the server it was planned for; but whoever changed the
 * context no longer means that one. A kubeconfig that cannot be read says nothing: somebody is just writing it.
 */
export function watchTarget(
  run: Pick<Run, 'plan' | 'stop'>,
  contexts: Pick<Contexts, 'list' | 'open' | 'onDidChange'>,
): Disposable {
  const { target } = run.plan;
  const look = async () => {
    const { contexts: all, problems } = await contexts.list();
    const entry = all.find(({ name }) => name === target.context);
    if (!entry && problems.length > 0) return;
    if (!entry)
      return run.stop({
        reason: 'conflict',
        message: `Context ${target.context} is no longer in the kubeconfig. Nothing more was written to ${target.server}.`,
      });
    const named = sameContext(target, entry);
    if (!named.ok) return run.stop(named.failure);
    const opened = await contexts.open(target.context);
    const same = opened.ok ? await verifyTarget(target, opened.value) : opened;
    if (!same.ok && opened.ok && isMismatch(same.failure)) run.stop(same.failure);
  };
  return contexts.onDidChange(() => void look());
}
