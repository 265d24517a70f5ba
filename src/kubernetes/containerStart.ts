import { failed, type Result, success } from '../base/failure.ts';
import { field } from '../base/fields.ts';
import { plainText } from '../base/plainText.ts';
import type { Cluster, KubeObject, ObjectRef } from './cluster.ts';

/** A debug container that is on its way: in which list of the pod's status it is told of. */
export interface StartingContainer {
  readonly of: 'containerStatuses' | 'ephemeralContainerStatuses';
  readonly name: string;
  readonly image: string;
}

/** An image may be large. */
const startsMs = 120_000;

/**
 * Waits until a debug container of a pod runs. Fails with `invalid` for an image that cannot be had, a container that ended at once or a pod that the node refused (with its words), `notFound` when the
 * pod goes, `offline` when two minutes are over.
 * The states are those of the Kubernetes API reference, ContainerState and PodStatus.
 */
export async function untilItRuns(
  cluster: Cluster,
  ref: ObjectRef,
  container: StartingContainer,
  signal?: AbortSignal,
): Promise<Result<void>> {
  const late = AbortSignal.timeout(startsMs);
  const ending = signal ? AbortSignal.any([signal, late]) : late;
  const selection = {
    fieldSelector: `metadata.name=${ref.name}`,
    ...(ref.namespace === undefined ? {} : { namespace: ref.namespace }),
  };
  for await (const event of cluster.watch('v1', 'Pod', selection, ending)) {
    if (event.type === 'failed') return { ok: false, failure: event.failure };
    if (event.type === 'deleted') return failed('notFound', `Pod ${ref.name} is gone, and its debug container with it.`);
    const outcome = 'object' in event ? outcomeOf(event.object, container) : undefined;
    if (outcome) return outcome;
  }
  if (signal?.aborted) return failed('cancelled', 'Cancelled.');
  return failed('offline', `The debug container ${container.name} of pod ${ref.name} did not start within ${startsMs / 1000} s.`);
}

/** Undefined while it is on its way. */
function outcomeOf({ metadata, status }: KubeObject, { of, name, image }: StartingContainer): Result<void> | undefined {
  const told = listIn(status, of).find((one) => field(one, 'name') === name);
  const state = field(told, 'state');
  if (field(state, 'running')) return success(undefined);
  const stopped = field(state, 'waiting') ?? field(state, 'terminated');
  const reason = String(field(stopped, 'reason') ?? '');
  if (/ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainer|StartError|ContainerCannotRun/.test(reason)) {
    const words = plainText(String(field(stopped, 'message') ?? reason), 200);
    return failed('invalid', `The debug container of pod ${metadata.name} does not start: image ${image}: ${words}`);
  }
  if (field(state, 'terminated'))
    return failed(
      'invalid',
      `The debug container ${name} of pod ${metadata.name} ended at once. Choose an image whose program is a shell.`,
    );
  // A kubelet that refuses a whole pod tells of no container.
  if (field(status, 'phase') !== 'Failed') return undefined;
  const words = plainText([field(status, 'reason'), field(status, 'message')].filter(Boolean).join(': '), 200);
  return failed('invalid', `The node refuses pod ${metadata.name}: ${words || 'it does not say why'}`);
}

/** A list in plain JSON; empty where there is none. */
export function listIn(holder: unknown, key: string): readonly unknown[] {
  const found = field(holder, key);
  return Array.isArray(found) ? found : [];
}
