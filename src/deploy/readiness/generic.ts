import type { KubeObject } from '../../kubernetes/cluster.ts';
import { listAt, numberAt, textAt } from '../fields.ts';
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

/** The cloud controller tries again by itself; a second refusal is an answer. */
const SYNC_GRACE = 5_000;

function balancerRefused(service: KubeObject, event: KubeObject): Status {
  const message = (textAt(event, 'message') ?? '').replace(
    /^Error syncing load balancer: (failed to ensure load balancer: )?/,
    '',
  );
  const named = Object.entries(service.metadata.annotations ?? {}).find(
    ([, value]) => value.length >= ID_LENGTH && message.includes(value),
  );
  const path = ['metadata', 'annotations', ...(named ? [named[0]] : [])];
  const graceMs = (numberAt(event, 'count') ?? 1) > 1 ? 0 : SYNC_GRACE;
  return failing(REFUSED, `its load balancer is refused: ${cloudWords(message)}`, { graceMs, cause: { kind: 'field', path } });
}

const ID_LENGTH = 36;

/** What the cloud itself said inside a controller's message: the text of an OpenStack fault, else the message as it is. */
function cloudWords(message: string): string {
  return /"(?:faultstring|message)":\s*"((?:[^"\\]|\\.)+)"/.exec(message)?.[1] ?? message;
}

/** A claim: bound, or rightly unbound until a pod uses it. */
export function claimStatus(claim: KubeObject, around: Surroundings): Status {
  const phase = textAt(claim, 'status', 'phase');
  if (phase === 'Bound') return ready();
  if (phase === 'Lost') return failing('Lost', 'its volume is gone', { cause: { kind: 'volume' } });
  const events = around.eventsOf(claim.metadata.uid ?? '');
  const trouble = events.findLast(
    (event) =>
      event['reason'] === 'ProvisioningFailed' || event['reason'] === 'WaitForPodScheduled' || event['reason'] === 'Provisioning',
  );
  if (trouble?.['reason'] === 'ProvisioningFailed')
    return failing('ProvisioningFailed', textAt(trouble, 'message') ?? 'its volume cannot be made', {
      graceMs: SYNC_GRACE,
      cause: { kind: 'field', path: ['spec', 'storageClassName'] },
    });
  if (around.bindingMode(textAt(claim, 'spec', 'storageClassName')) === 'WaitForFirstConsumer')
    return ready('waiting for its first consumer');
  return progressing('no volume yet');
}

export function definitionStatus(definition: KubeObject, around: Surroundings): Status {
  const names = condition(definition, 'NamesAccepted');
  if (names?.['status'] === 'False')
    return failing('NamesRefused', wordsOf(names), { cause: { kind: 'field', path: ['spec', 'names'] } });
  if (!isTrue(definition, 'Established')) return progressing('being established');
  const kind = `${textAt(definition, 'spec', 'group') ?? ''}/${textAt(definition, 'spec', 'names', 'kind') ?? ''}`;
  return around.serves(kind) ? ready() : progressing('established, not yet served');
}

export function namespaceStatus(namespace: KubeObject): Status {
  return textAt(namespace, 'status', 'phase') === 'Active'
    ? ready()
    : progressing(textAt(namespace, 'status', 'phase') ?? 'being made');
}

export function ingressStatus(ingress: KubeObject): Status {
  return listAt(ingress, 'status', 'loadBalancer', 'ingress').length > 0 ? ready() : progressing('no address yet');
}

export function apiServiceStatus(service: KubeObject): Status {
  const available = condition(service, 'Available');
  return available?.['status'] === 'True' ? ready() : progressing(available ? wordsOf(available) : 'not yet looked at');
}

/** ORC's conditions: Available, and Progressing whose reason tells a hopeless state. */
export function orcStatus(object: KubeObject): Status {
  if (isTrue(object, 'Available')) return ready();
  const progress = condition(object, 'Progressing');
  if (progress?.['status'] === 'False' && progress['reason'] !== 'Success')
    return failing(String(progress['reason'] ?? 'Failed'), wordsOf(progress), { cause: { kind: 'field', path: ['spec'] } });
  return progressing(progress ? wordsOf(progress) : 'waiting for openstack-resource-controller');
}

const GOOD = ['Ready', 'Available', 'Succeeded', 'Healthy', 'Programmed', 'Synced', 'Reconciled'];

/** Any other kind: kstatus' Reconciling and Stalled, then the first condition whose name says that it works. No such condition: it works. */
export function genericStatus(object: KubeObject): Status {
  const stalled = condition(object, 'Stalled');
  if (stalled?.['status'] === 'True') return failing('Stalled', wordsOf(stalled), { cause: { kind: 'field', path: ['spec'] } });
  if (isTrue(object, 'Reconciling')) return progressing(wordsOf(condition(object, 'Reconciling')));
  const type = GOOD.find((name) => condition(object, name) !== undefined);
  if (type === undefined || isTrue(object, type)) return ready();
  return progressing(wordsOf(condition(object, type)));
}
