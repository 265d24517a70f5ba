import { field, listAt, numberAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { isPaused, syncsByItself } from '../../kubernetes/controllerKinds.ts';
import { grace } from './patience.ts';
import { condition, conditionIn, failing, isTrue, progressing, ready, type Status, wordsOf } from './status.ts';

/** The spec as a whole is to blame: the controller does not say which field. */
const inSpec = { kind: 'field', path: ['spec'] } as const;

/**
 * Cluster API and its providers: paused ones are left alone; a terminal failure (`failureMessage`, phase Failed, before v1beta2) is one; where machines are counted they must be as many,
 * ready and up to date; then Available, else Ready decides, and without either the controller has not looked. Source: Cluster API, "v1beta2 contract", "Conditions"; CAPO's API reference.
 */
export function clusterApiStatus(object: KubeObject): Status {
  if (isPaused(object)) return ready('paused');
  const end = endOf(object);
  if (end !== undefined) return failing('Failed', end, { cause: inSpec });
  const going = isShort(object) ?? stillRolling(object);
  const telling = tellingOf(object);
  if (telling?.['status'] === 'False' && telling['severity'] === 'Error')
    return failing(textAt(telling, 'reason') ?? 'Error', wordsOf(telling), { graceMs: grace.remote, cause: inSpec });
  if (telling?.['status'] === 'True') return going === undefined ? ready() : progressing(going);
  if (telling !== undefined) return progressing([going, wordsOf(telling)].filter((words) => words !== undefined).join(': '));
  if (field(object, 'status', 'ready') === true || field(object, 'status', 'initialization', 'provisioned') === true)
    return ready();
  return progressing(going ?? textAt(object, 'status', 'phase')?.toLowerCase() ?? 'waiting for its controller');
}

/** Why a controller has given up. `InstanceState` ERROR is Nova's word for a server that will not come. */
function endOf(object: KubeObject): string | undefined {
  for (const under of [['status'], ['status', 'deprecated', 'v1beta1']]) {
    const words = textAt(object, ...under, 'failureMessage') ?? textAt(object, ...under, 'failureReason');
    if (words !== undefined && words !== '') return words;
  }
  if (textAt(object, 'status', 'instanceState') === 'ERROR')
    return `its server is in state ERROR: ${wordsOf(conditionOf(object, 'InstanceReady') ?? tellingOf(object))}`;
  return textAt(object, 'status', 'phase') === 'Failed' ? `phase Failed: ${wordsOf(tellingOf(object))}` : undefined;
}

/** A condition, of the newer contract where an object carries both. */
function conditionOf(object: KubeObject, type: string) {
  return (
    conditionIn(listAt(object, 'status', 'v1beta2', 'conditions'), type, object.metadata.generation) ?? condition(object, type)
  );
}

function tellingOf(object: KubeObject) {
  return conditionOf(object, 'Available') ?? conditionOf(object, 'Ready') ?? conditionOf(object, 'MachinesReady');
}

function isShort(object: KubeObject): string | undefined {
  const wanted = numberAt(object, 'spec', 'replicas');
  if (wanted === undefined) return undefined;
  const number = (...names: readonly string[]) => {
    for (const name of names) {
      const found = numberAt(object, 'status', name) ?? numberAt(object, 'status', 'v1beta2', name);
      if (found !== undefined) return found;
    }
    return 0;
  };
  const whole = number('readyReplicas');
  const updated = object.kind === 'MachineSet' ? wanted : number('upToDateReplicas', 'updatedReplicas');
  const surplus = number('replicas') - wanted;
  if (whole >= wanted && updated >= wanted && surplus <= 0) return undefined;
  const more = [updated < wanted ? `${updated} up to date` : '', surplus > 0 ? `${surplus} more to go` : ''].filter(Boolean);
  return [`${whole} of ${wanted} machines ready`, ...more].join(', ');
}

function stillRolling(object: KubeObject): string | undefined {
  const going = ['RollingOut', 'Remediating'].map((type) => conditionOf(object, type)).find((one) => one?.['status'] === 'True');
  return going && (textAt(going, 'message') || textAt(going, 'type')?.toLowerCase());
}

/** A BareMetalHost: provisioned, or free for somebody. Source: Metal3, "BareMetalHost", states of provisioning. */
export function bareMetalHostStatus(host: KubeObject): Status {
  const wrong = textAt(host, 'status', 'errorMessage');
  if (textAt(host, 'status', 'operationalStatus') === 'error' && wrong !== undefined && wrong !== '')
    return failing(textAt(host, 'status', 'errorType') ?? 'error', wrong, { graceMs: grace.remote, cause: inSpec });
  const state = textAt(host, 'status', 'provisioning', 'state') ?? '';
  const goal = field(host, 'spec', 'image') === undefined ? ['available', 'ready', 'externally provisioned'] : ['provisioned'];
  if (goal.includes(state)) return ready(state);
  return progressing(state === '' ? 'waiting for its controller' : state);
}

/**
 * ORC: Available; Progressing False with another reason than Success is an end, for it is not looked at again before its spec changes. What TransientError names goes on, with patience. Source:
 * openstack-resource-controller, "Controller implementation", "Troubleshooting".
 */
export function orcStatus(object: KubeObject): Status {
  const progress = condition(object, 'Progressing');
  if (isTrue(object, 'Available') && progress?.['status'] !== 'True') return ready();
  const reason = textAt(progress, 'reason') ?? 'Failed';
  if (progress?.['status'] === 'False' && reason !== 'Success') return failing(reason, wordsOf(progress), { cause: inSpec });
  if (reason === 'TransientError') return failing(reason, wordsOf(progress), { graceMs: grace.remote, cause: inSpec });
  return progressing(progress ? wordsOf(progress) : 'waiting for openstack-resource-controller');
}

/** Flux: suspended, or Ready; not Ready while it does not reconcile is trouble, for it is tried again only after its interval. Source: Flux, "Kustomization", "HelmRelease", conditions. */
export function fluxStatus(object: KubeObject): Status {
  if (field(object, 'spec', 'suspend') === true) return ready('suspended');
  const told = condition(object, 'Ready');
  if (told?.['status'] === 'True' && !isTrue(object, 'Reconciling')) return ready();
  if (told?.['status'] === 'False' && !isTrue(object, 'Reconciling') && told['reason'] !== 'DependencyNotReady')
    return failing(textAt(told, 'reason') ?? 'NotReady', wordsOf(told), { graceMs: grace.usual, cause: inSpec });
  return progressing(told ? wordsOf(told) : 'waiting for Flux');
}

/** An Application of Argo CD: synced and healthy; one that a person syncs is ready when it says so. Source: Argo CD, "Resource Health", "Application Specification". */
export function applicationStatus(application: KubeObject): Status {
  const wrong = listAt(application, 'status', 'conditions').find((one) => (textAt(one, 'type') ?? '').endsWith('Error'));
  if (wrong !== undefined)
    return failing(textAt(wrong, 'type') ?? 'Error', textAt(wrong, 'message') ?? 'error', {
      graceMs: grace.short,
      cause: { kind: 'field', path: ['spec', 'source'] },
    });
  const phase = textAt(application, 'status', 'operationState', 'phase');
  const words = textAt(application, 'status', 'operationState', 'message') ?? '';
  if (phase === 'Failed' || phase === 'Error') return failing('SyncFailed', `its sync failed: ${words}`, { cause: inSpec });
  const health = textAt(application, 'status', 'health', 'status');
  const why = textAt(application, 'status', 'health', 'message');
  if (health === 'Degraded')
    return failing('Degraded', why ?? 'what it deploys is degraded', { graceMs: grace.usual, cause: inSpec });
  const sync = textAt(application, 'status', 'sync', 'status');
  if (phase === 'Running' || health === undefined || sync === undefined) return progressing(words || 'waiting for Argo CD');
  if (sync !== 'Synced' && !syncsByItself(application)) return ready('out of sync: somebody syncs it by hand');
  if (health === 'Suspended') return ready('suspended');
  return sync === 'Synced' && health === 'Healthy' ? ready() : progressing(`${sync}, ${health}${why ? `: ${why}` : ''}`);
}

/** An ApplicationSet: no error, and its Applications are as it says. Source: Argo CD, "ApplicationSet", conditions. */
export function applicationSetStatus(set: KubeObject): Status {
  const wrong = condition(set, 'ErrorOccurred');
  if (wrong?.['status'] === 'True')
    return failing(textAt(wrong, 'reason') ?? 'Error', wordsOf(wrong), { graceMs: grace.short, cause: inSpec });
  const current = condition(set, 'ResourcesUpToDate');
  return current?.['status'] === 'True' ? ready() : progressing(current ? wordsOf(current) : 'waiting for Argo CD');
}

/** A Rollout of Argo, by its phase. Source: Argo Rollouts, "Specification", `status.phase`. */
export function rolloutStatus(rollout: KubeObject): Status {
  const phase = textAt(rollout, 'status', 'phase');
  const words = textAt(rollout, 'status', 'message') ?? phase?.toLowerCase() ?? 'waiting for Argo Rollouts';
  if (phase === 'Healthy') return ready();
  if (phase === 'Paused') return ready(`paused: ${words}`);
  return phase === 'Degraded'
    ? failing('Degraded', words, { cause: { kind: 'field', path: ['spec', 'template'] } })
    : progressing(words);
}

/** What has failed for good at cert-manager, as the conditions Issuing and Ready of a Certificate and Ready of a CertificateRequest word it. */
const ISSUE_FAILED = /^(Failed|Denied|ErrGetKeyPair|ErrInitIssuer|ErrRegisterACMEAccount|ErrVerifyACMEAccount|InvalidRequest)$/;

/**
 * A Certificate, CertificateRequest, Issuer or ClusterIssuer of cert-manager: Ready. A failed issuance is tried again only after an hour, so it is an answer. Source: cert-manager,
 * "Certificate lifecycle", API reference.
 */
export function certificateStatus(object: KubeObject): Status {
  const told = condition(object, 'Ready');
  const issuing = condition(object, 'Issuing');
  if (issuing?.['status'] === 'False' && textAt(issuing, 'reason') === 'Failed')
    return failing('Failed', wordsOf(issuing), { cause: inSpec });
  if (told?.['status'] === 'True') return ready();
  const reason = textAt(told, 'reason') ?? '';
  if (told?.['status'] === 'False' && ISSUE_FAILED.test(reason))
    return failing(reason, wordsOf(told), { graceMs: /^(Failed|Denied)$/.test(reason) ? 0 : grace.usual, cause: inSpec });
  return progressing(told ? wordsOf(told) : 'waiting for cert-manager');
}

/** A Shoot of Gardener: its last operation has succeeded. Source: Gardener, "Shoot Status". */
export function shootStatus(shoot: KubeObject): Status {
  const state = textAt(shoot, 'status', 'lastOperation', 'state');
  const percent = numberAt(shoot, 'status', 'lastOperation', 'progress');
  const words = textAt(shoot, 'status', 'lastOperation', 'description') ?? 'waiting for gardener';
  if (state === 'Succeeded') return ready();
  if (state === 'Failed') return failing('Failed', words, { cause: inSpec });
  return progressing(percent === undefined ? words : `${percent} %: ${words}`);
}
