import type { Result } from '../../base/failure.ts';
import type { Applied, Cluster } from '../../kubernetes/cluster.ts';
import { leftFields, takeOverOurs } from '../plan/clientSideApply.ts';
import { handOverScale, releaseScale, takeBackScale } from '../plan/scaleHandOver.ts';
import type { Step } from '../types.ts';
import { agreedApply } from './agreedApply.ts';

type Sent = Pick<Step, 'ref' | 'object' | 'scale' | 'force' | 'lenient' | 'takesOver' | 'conflicts'>;

/**
 * Sends what a step applies, its scale handed over or taken back around that, what kubectl holds for us noted as ours. Fails as the apply does; what was handed over by then stays as it is, and the next try goes on from
 * there. A step that takes fields over takes those that were agreed to, from whom they were: what somebody else took since is a conflict.
 */
export async function sendStep(step: Sent, cluster: Cluster, signal: AbortSignal): Promise<Result<Applied>> {
  const { ref, object, scale, takesOver, force, lenient, conflicts = [] } = step;
  const ready =
    scale && (await (scale === 'handOver' ? handOverScale(cluster, ref, signal) : takeBackScale(cluster, object, signal)));
  if (ready && !ready.ok) return ready;
  const noted = takesOver && (await takeOverOurs(cluster, ref, object, leftFields(scale), signal));
  if (noted && !noted.ok) return noted;
  const applied = await agreedApply(cluster, object, {
    agreed: force ? conflicts : [],
    lenient: lenient ?? false,
    signal,
  });
  // What the stand-in holds beside us does no harm: the next deploy that differs takes it back again.
  if (applied.ok && scale === 'takeBack') await releaseScale(cluster, ref, signal);
  return applied;
}
