import { listAt, numberAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { parseQuantity } from '../../kubernetes/quantity.ts';
import { isCloudQuota } from '../run/cloudQuotas.ts';
import { grace, patience } from './patience.ts';
import { condition, failing, isTrue, progressing, ready, type Status, type Surroundings, wordsOf } from './status.ts';

/** A Service: of type LoadBalancer it works when it has an address; kstatus is content with a cluster IP, minutes too early. */
export function serviceStatus(service: KubeObject, around: Surroundings): Status {
  if (textAt(service, 'spec', 'type') !== 'LoadBalancer') return ready();
  const [first] = listAt(service, 'status', 'loadBalancer', 'ingress');
  const address = textAt(first, 'ip') ?? textAt(first, 'hostname');
  if (address !== undefined) return ready(`at ${address}`);
  const balancer = around.loadBalancer(service);
  if (balancer?.startsWith('ERROR'))
    return failing('LoadBalancerError', `load balancer ${balancer}`, { cause: { kind: 'field', path: ['spec'] } });
  const last = around
    .eventsOf(service.metadata.uid ?? '')
    .findLast(({ reason }) => reason === REFUSED || reason === 'EnsuringLoadBalancer');
  if (last?.['reason'] === REFUSED) return balancerRefused(service, last);
  return progressing(balancer === undefined ? 'load balancer has no address yet' : `load balancer ${balancer}`);
}

const REFUSED = 'SyncLoadBalancerFailed';

function balancerRefused(service: KubeObject, event: KubeObject): Status {
  const message = (textAt(event, 'message') ?? '').replace(
    /^Error syncing load balancer: (failed to ensure load balancer: )?/,
    '',
  );
  const named = Object.entries(service.metadata.annotations ?? {}).find(
    ([, value]) => value.length >= ID_LENGTH && message.includes(value),
  );
  const path = ['metadata', 'annotations', ...(named ? [named[0]] : [])];
  const words = cloudWords(message);
  // what is full may have room again, and then the cloud controller's next try succeeds
  const full = isCloudQuota(words);
  const busy = named === undefined && BUSY.test(words);
  const again = (numberAt(event, 'count') ?? 1) > 1 ? 0 : grace.secondTry;
  const graceMs = full ? patience.loadBalancer : busy ? grace.remote : again;
  return failing(REFUSED, `its load balancer is refused: ${words}`, {
    graceMs,
    limitMs: graceMs * 2,
    cause: { kind: 'field', path },
  });
}

/** Said while a change of it goes on, or while the one before it is being deleted: the cloud controller's next try finds another state (Octavia, `ImmutableObject`, `NotFound`). */
const BUSY = /is immutable and cannot be updated|^Load Balancer \S+ not found/;

const ID_LENGTH = 36;

/** What the cloud itself said inside a controller's message: the text of an OpenStack fault, else the message as it is. */
function cloudWords(message: string): string {
  return /"(?:faultstring|message)":\s*"((?:[^"\\]|\\.)+)"/.exec(message)?.[1] ?? message;
}

/** A claim: bound, or rightly unbound until a pod uses it. */
export function claimStatus(claim: KubeObject, around: Surroundings): Status {
  const phase = textAt(claim, 'status', 'phase');
  if (phase === 'Bound') return sizeStatus(claim);
  if (phase === 'Lost') return failing('Lost', 'its volume is gone', { cause: { kind: 'volume' } });
  const events = around.eventsOf(claim.metadata.uid ?? '');
  const trouble = events.findLast(
    (event) =>
      event['reason'] === 'ProvisioningFailed' || event['reason'] === 'WaitForPodScheduled' || event['reason'] === 'Provisioning',
  );
  const late = around.bindingMode(textAt(claim, 'spec', 'storageClassName')) === 'WaitForFirstConsumer';
  const cause = { kind: 'field', path: ['spec', 'storageClassName'] } as const;
  if (trouble?.['reason'] === 'ProvisioningFailed')
    return failing('ProvisioningFailed', `${textAt(trouble, 'message') ?? 'its volume cannot be made'}${cinder(claim, around)}`, {
      graceMs: isCloudQuota(textAt(trouble, 'message') ?? '') ? patience.loadBalancer : grace.secondTry,
      limitMs: patience.loadBalancer * 2,
      cause,
    });
  if (late && trouble?.['reason'] !== 'Provisioning') return ready('waiting for its first consumer');
  const state = around.volume(claim);
  if (state?.startsWith('error'))
    return failing('VolumeError', `its Cinder volume is ${state}`, { graceMs: grace.secondTry, cause });
  return progressing(state === undefined ? 'no volume yet' : `its Cinder volume is ${state}`);
}

/** What Cinder says beside what Kubernetes does. */
export function cinder(claim: KubeObject, around: Surroundings): string {
  const state = around.volume(claim);
  return state === undefined ? '' : ` (its Cinder volume is ${state})`;
}

/** Conditions of a claim that is being made larger. Source: Kubernetes API reference, PersistentVolumeClaimStatus. */
const RESIZE_REFUSED = /Infeasible$/;

/** A bound claim: as large as it asks to be. The file system of one that no pod has mounted grows when one does. */
function sizeStatus(claim: KubeObject): Status {
  const [wanted, there] = [
    textAt(claim, 'spec', 'resources', 'requests', 'storage'),
    textAt(claim, 'status', 'capacity', 'storage'),
  ];
  const [most, now] = [wanted, there].map((text) => (text === undefined ? undefined : parseQuantity(text)));
  if (most === undefined || now === undefined || now >= most) return ready();
  const cause = { kind: 'field', path: ['spec', 'resources', 'requests', 'storage'] } as const;
  const words = `${there} now, ${wanted} wanted`;
  const state = textAt(claim, 'status', 'allocatedResourceStatuses', 'storage') ?? '';
  const refused = condition(claim, 'ControllerResizeError') ?? condition(claim, 'NodeResizeError');
  if (RESIZE_REFUSED.test(state) || refused?.['status'] === 'True')
    return failing('ResizeFailed', `its volume cannot grow (${words})${refused ? `: ${wordsOf(refused)}` : ''}`, {
      graceMs: RESIZE_REFUSED.test(state) ? 0 : grace.remote,
      cause,
    });
  if (isTrue(claim, 'FileSystemResizePending')) return ready('grows when a pod mounts it');
  return progressing(`its volume is made larger: ${words}`, [], { cause });
}

export function definitionStatus(definition: KubeObject, around: Surroundings): Status {
  const names = condition(definition, 'NamesAccepted');
  if (names?.['status'] === 'False')
    return failing('NamesRefused', wordsOf(names), { cause: { kind: 'field', path: ['spec', 'names'] } });
  const established = condition(definition, 'Established');
  if (established?.['status'] === 'False' && established['reason'] !== 'Installing')
    return failing('NotEstablished', wordsOf(established), { cause: { kind: 'field', path: ['spec'] } });
  if (established?.['status'] !== 'True') return progressing('being established');
  const kind = `${textAt(definition, 'spec', 'group') ?? ''}/${textAt(definition, 'spec', 'names', 'kind') ?? ''}`;
  return around.serves(kind) ? ready() : progressing('established, not yet served');
}

export function namespaceStatus(namespace: KubeObject): Status {
  return textAt(namespace, 'status', 'phase') === 'Active'
    ? ready()
    : progressing(textAt(namespace, 'status', 'phase') ?? 'being made');
}

const GOOD = ['Ready', 'Available', 'Succeeded', 'Healthy', 'Programmed', 'Synced', 'Reconciled'];

/**
 * Any other kind: kstatus' Reconciling and Stalled, then the first condition whose name says that it works. No such condition: it works. A severity of Error, as Cluster API and the operators of
 * OpenStack on Kubernetes write it, is trouble once it lasts.
 */
export function genericStatus(object: KubeObject): Status {
  if (isTrue(object, 'Reconciling')) return progressing(wordsOf(condition(object, 'Reconciling')));
  const type = GOOD.find((name) => condition(object, name) !== undefined);
  if (type === undefined || isTrue(object, type)) return ready();
  const told = condition(object, type);
  if (told?.['severity'] === 'Error')
    return failing(textAt(told, 'reason') ?? type, wordsOf(told), {
      graceMs: grace.remote,
      cause: { kind: 'field', path: ['spec'] },
    });
  return progressing(wordsOf(told));
}
