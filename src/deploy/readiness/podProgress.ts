import { field, isFields, listAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { cinder, claimStatus } from './generic.ts';
import { patience } from './patience.ts';
import { type Cause, condition, failing, progressing, type Status, type Surroundings } from './status.ts';

/** Words of a pod that tell no more than its phase does. */
export const PLAIN: ReadonlySet<string> = new Set(['pending', 'running', 'running, not ready yet', 'unknown']);

/** What a pod waits for that is not in trouble: a claim, an image, an init container, a probe, a gate. */
export function podProgress(pod: KubeObject, around: Surroundings, done: boolean): Status {
  const phase = textAt(pod, 'status', 'phase') ?? 'Pending';
  if (phase !== 'Running') {
    return claimProgress(pod, around) ?? pullProgress(pod, around) ?? initProgress(pod) ?? progressing(phase.toLowerCase());
  }
  if (done) return progressing('running');
  return probeProgress(pod, around) ?? gateProgress(pod) ?? progressing('running, not ready yet');
}

interface Used {
  readonly name: string;
  readonly claim: KubeObject;
}

/** The claims that a pod names, those of generic ephemeral volumes included, as far as they are known. */
function claimsOf(pod: KubeObject, around: Surroundings): Used[] {
  return listAt(pod, 'spec', 'volumes').flatMap((volume) => {
    const ephemeral =
      field(volume, 'ephemeral') === undefined ? undefined : `${pod.metadata.name}-${textAt(volume, 'name') ?? ''}`;
    const name = textAt(volume, 'persistentVolumeClaim', 'claimName') ?? ephemeral;
    const claim = name === undefined ? undefined : around.claim(name, pod.metadata.namespace);
    return name === undefined || claim === undefined ? [] : [{ name, claim }];
  });
}

function openClaims(pod: KubeObject, around: Surroundings): Used[] {
  return claimsOf(pod, around).filter(({ claim }) => textAt(claim, 'status', 'phase') !== 'Bound');
}

/** What Cinder says of the volume that a message about a pod names: `(its Cinder volume is in-use by server 4f2… in demo)`. */
export function volumeWords(message: string, pod: KubeObject, around: Surroundings): string {
  const named = claimsOf(pod, around).find(({ claim }) => message.includes(textAt(claim, 'spec', 'volumeName') ?? message + 1));
  return named === undefined ? '' : cinder(named.claim, around);
}

/** A pod that no node takes because its claim is in trouble: the claim's own trouble. */
export function claimTrouble(pod: KubeObject, around: Surroundings): Status | undefined {
  for (const { name, claim } of openClaims(pod, around)) {
    const { state, code = '', message = '', graceMs = 0 } = claimStatus(claim, around);
    if (state === 'failing')
      return failing(`claim ${name} ${code}`, `claim ${name}: ${message}`, { graceMs, cause: { kind: 'volume', claim: name } });
  }
  return undefined;
}

function claimProgress(pod: KubeObject, around: Surroundings): Status | undefined {
  const [open] = openClaims(pod, around);
  return (
    claimTrouble(pod, around) ??
    (open &&
      progressing(`waits for claim ${open.name}: ${claimWords(open.claim, around)}`, [], {
        cause: { kind: 'volume', claim: open.name },
      }))
  );
}

function claimWords(claim: KubeObject, around: Surroundings): string {
  const { state, message } = claimStatus(claim, around);
  return state === 'progressing' && message !== undefined ? message : 'no volume yet';
}

/** Kubelet tells of an image in Events: `Pulling image "x"`, then Pulled or Failed. */
function pullProgress(pod: KubeObject, around: Surroundings): Status | undefined {
  const last = around
    .eventsOf(pod.metadata.uid ?? '')
    .findLast(({ reason }) => reason === 'Pulling' || reason === 'Pulled' || reason === 'Failed');
  const image = /^Pulling image "([^"]+)"/.exec(textAt(last, 'message') ?? '')?.[1];
  return last?.['reason'] === 'Pulling' && image !== undefined
    ? progressing(`pulling image ${image}`, [], { limitMs: patience.imagePull })
    : undefined;
}

function initProgress(pod: KubeObject): Status | undefined {
  const states = listAt(pod, 'status', 'initContainerStatuses').filter(isFields);
  const index = states.findIndex((entry) => field(entry, 'state', 'running') !== undefined && entry['started'] !== true);
  const name = textAt(states[index], 'name');
  return name === undefined
    ? undefined
    : progressing(`init container ${name} is running (${index + 1} of ${states.length})`, [], {
        cause: { kind: 'container', container: name },
      });
}

const PROBE: Readonly<Record<string, Extract<Cause, { kind: 'probe' }>['probe']>> = {
  Readiness: 'readinessProbe',
  Liveness: 'livenessProbe',
  Startup: 'startupProbe',
};

/** What a probe last said while a container is not ready. Source: kubelet, pkg/kubelet/prober, Events `Unhealthy`. */
function probeProgress(pod: KubeObject, around: Surroundings): Status | undefined {
  const event = around.eventsOf(pod.metadata.uid ?? '').findLast(({ reason }) => reason === 'Unhealthy');
  const message = textAt(event, 'message')?.trim();
  const probe = PROBE[/^(\w+) probe/.exec(message ?? '')?.[1] ?? ''];
  const container = /\{([^}]+)\}/.exec(textAt(event, 'involvedObject', 'fieldPath') ?? '')?.[1];
  if (message === undefined || probe === undefined) return undefined;
  return progressing(`running, not ready: ${message}`, [], {
    ...(container === undefined ? {} : { cause: { kind: 'probe', container, probe } }),
  });
}

function gateProgress(pod: KubeObject): Status | undefined {
  const gates = listAt(pod, 'spec', 'readinessGates').map((gate) => textAt(gate, 'conditionType'));
  const shut = gates.find((type) => type !== undefined && condition(pod, type)?.['status'] !== 'True');
  return shut === undefined ? undefined : progressing(`running, waits for its readiness gate ${shut}`);
}
