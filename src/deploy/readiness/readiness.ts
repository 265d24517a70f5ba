import { isFields, listAt, numberAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind } from '../../kubernetes/objectKey.ts';
import { podSpecOf } from '../../kubernetes/podTemplate.ts';
import { webhookServices } from './network.ts';
import type { Overrides } from './override.ts';
import { patience } from './patience.ts';
import { type Neighbour, ruleOf } from './rules.ts';
import { condition, failing, isObserved, progressing, ready, type Status, type Surroundings, wordsOf } from './status.ts';

/** One kind to be watched in one namespace. */
export interface Beside {
  readonly kind: Neighbour;
  readonly namespace: string | undefined;
}

/** Whether objects of this kind work as soon as they exist. A Service does unless it wants a load balancer. */
export function worksAtOnce(object: KubeObject, overrides?: Overrides): boolean {
  const override = overrides?.get(groupKind(object));
  if (override?.ready || override?.failed) return false;
  if (override?.exists) return true;
  const { atOnce } = ruleOf(object);
  return typeof atOnce === 'function' ? atOnce(object) : atOnce === true;
}

/** What must be watched beside an object of this kind to tell why it does not work. */
export function neighboursOf(object: KubeObject): readonly Beside[] {
  const { namespace } = object.metadata;
  return (ruleOf(object).around ?? []).flatMap((kind): Beside[] => {
    if (kind === 'EndpointSlice') return webhookServices(object).map((service) => ({ kind, namespace: service.namespace }));
    return kind === 'PersistentVolumeClaim' && !namesClaims(object) ? [] : [{ kind, namespace }];
  });
}

function namesClaims(workload: KubeObject): boolean {
  const volumes = listAt(podSpecOf(workload)?.spec, 'volumes');
  return (
    listAt(workload, 'spec', 'volumeClaimTemplates').length > 0 ||
    volumes.some((volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') !== undefined)
  );
}

/** Whether the pods of an object must stay ready for a while before they count. */
export function mayFlap(object: KubeObject): boolean {
  return object.kind !== 'Job' && neighboursOf(object).some(({ kind }) => kind === 'Pod');
}

/** How long an object may stand without progress, in ms: what its kind takes, what it says of itself, what its user set. */
export function limitOf(object: KubeObject, overrides?: Overrides): number {
  const set = overrides?.get(groupKind(object))?.within;
  if (set !== undefined) return set;
  const { limit = patience.usual } = ruleOf(object);
  const own = typeof limit === 'function' ? limit(object) : limit;
  const deadline = (numberAt(object, 'spec', 'progressDeadlineSeconds') ?? 0) * 1_000;
  return Math.max(own, deadline, startOf(object));
}

/** The same once it is seen how the object stands: one without any status has no controller that looks at it, and that is known sooner. */
export function limitNow(object: KubeObject, limitMs: number, overrides?: Overrides): number {
  const { status } = object;
  if (overrides?.get(groupKind(object))?.within !== undefined) return limitMs;
  return isFields(status) && Object.keys(status).length > 0 ? limitMs : Math.min(limitMs, patience.usual);
}

/** The time that a pod's own probes give its containers, and that it must last before it is available, in ms. */
function startOf(object: KubeObject): number {
  const containers = listAt(podSpecOf(object)?.spec, 'containers');
  const starts = containers.map((container) => {
    const of = (probe: string, name: string, usual: number) => numberAt(container, probe, name) ?? usual;
    const startup = of('startupProbe', 'failureThreshold', 0) * of('startupProbe', 'periodSeconds', 10);
    return startup + of('startupProbe', 'initialDelaySeconds', 0) + of('readinessProbe', 'initialDelaySeconds', 0);
  });
  const longest = Math.max(0, ...starts) + (numberAt(object, 'spec', 'minReadySeconds') ?? 0);
  return longest === 0 ? 0 : longest * 1_000 + patience.usual / 5;
}

/** Whether an object works, in kstatus' order of questions with our corrections. Pure: all it knows is what it is given. */
export function statusOf(object: KubeObject, around: Surroundings, overrides?: Overrides): Status {
  if (object.metadata.deletionTimestamp !== undefined) return progressing(deletionWords(object));
  const override = overrides?.get(groupKind(object));
  if (override?.failed?.(object))
    return failing('set', `${override.words.failed} holds`, { cause: { kind: 'field', path: ['spec'] } });
  if (override?.ready) return override.ready(object) ? ready() : progressing(`waits for ${override.words.ready}`);
  if (override?.exists) return ready();
  if (!isObserved(object)) return progressing('waiting for its controller');
  const stalled = condition(object, 'Stalled');
  if (stalled?.['status'] === 'True') return failing('Stalled', wordsOf(stalled), { cause: { kind: 'field', path: ['spec'] } });
  return withNumbers(ruleOf(object).status(object, around), around);
}

/** A quota of the cloud that is used up is told with its numbers, whoever says so. */
function withNumbers(status: Status, around: Surroundings): Status {
  const numbers = status.state === 'ready' || status.message === undefined ? undefined : around.usedUp(status.message);
  return numbers === undefined ? status : { ...status, message: `${numbers}: ${status.message}` };
}

function deletionWords(object: KubeObject): string {
  const holders = listAt(object, 'metadata', 'finalizers').filter((name) => typeof name === 'string');
  return holders.length === 0 ? 'being deleted' : `being deleted, held by ${holders.join(', ')}`;
}
