import type { Container, Keyed, KeyRef, KeysOf, NameRef, Pod, PodVolume } from '../../api/objects.ts';
import { ending } from './command.ts';
import { type Images, type PullError, pull } from './images.ts';

/** What a node would know when it starts a pod. */
export interface Surroundings {
  readonly images: Images;
  configMap(namespace: string, name: string): Keyed | undefined;
  secret(namespace: string, name: string): Keyed | undefined;
}

export type ContainerVerdict =
  | { readonly kind: 'runs' }
  | { readonly kind: 'unready'; readonly probe: string }
  | { readonly kind: 'pull'; readonly error: PullError }
  | { readonly kind: 'config'; readonly message: string }
  | { readonly kind: 'start'; readonly message: string }
  | { readonly kind: 'exits'; readonly code: number; readonly killedBy?: 'liveness' | 'startup' };

/** What becomes of a pod on its node, one entry per container. */
export interface Verdict {
  /** Volumes that cannot be set up, in kubelet's words: while there are any, no container is made. */
  readonly mounts: readonly string[];
  readonly init: readonly ContainerVerdict[];
  readonly containers: readonly ContainerVerdict[];
  readonly missingPullSecrets: readonly string[];
}

/** Names the probe of a container that is to fail: `readiness`, `liveness` or `startup`. Without such a probe it has no effect. */
export const FAILING_PROBE = 'sandbox/failing-probe';

export function judge(pod: Pod, around: Surroundings): Verdict {
  const namespace = pod.metadata.namespace ?? 'default';
  const probe = pod.metadata.annotations?.[FAILING_PROBE];
  return {
    mounts: (pod.spec.volumes ?? []).flatMap((volume) => mountProblem(volume, namespace, around) ?? []),
    init: (pod.spec.initContainers ?? []).map((container) => initVerdict(container, namespace, around)),
    containers: pod.spec.containers.map((container) => verdictOf(container, namespace, around, probe)),
    missingPullSecrets: (pod.spec.imagePullSecrets ?? [])
      .map(({ name }) => name)
      .filter((name) => !around.secret(namespace, name)),
  };
}

export function isHealthy({ mounts, init, containers }: Verdict): boolean {
  return mounts.length === 0 && [...init, ...containers].every(({ kind }) => kind === 'runs');
}

/** An init container is over when its program ends well; one that seems to run is taken to end well, too. */
function initVerdict(container: Container, namespace: string, around: Surroundings): ContainerVerdict {
  const verdict = verdictOf(container, namespace, around, undefined);
  return verdict.kind === 'exits' && verdict.code === 0 ? { kind: 'runs' } : verdict;
}

function verdictOf(container: Container, namespace: string, around: Surroundings, probe: string | undefined): ContainerVerdict {
  const error = pull(container.image, around.images, container.imagePullPolicy);
  if (error) return { kind: 'pull', error };
  const message = environmentProblem(container, namespace, around);
  if (message !== undefined) return { kind: 'config', message };
  const end = ending(container);
  if (end.kind === 'cannotStart') return { kind: 'start', message: end.message };
  if (end.kind === 'exits') return { kind: 'exits', code: end.code };
  return failingProbe(container, probe) ?? { kind: 'runs' };
}

function failingProbe(container: Container, probe: string | undefined): ContainerVerdict | undefined {
  if (probe === 'readiness' && container.readinessProbe)
    return { kind: 'unready', probe: 'Readiness probe failed: HTTP probe failed with statuscode: 503' };
  if (probe === 'liveness' && container.livenessProbe) return { kind: 'exits', code: 137, killedBy: 'liveness' };
  return undefined;
}

function environmentProblem(container: Container, namespace: string, around: Surroundings): string | undefined {
  for (const { configMapRef, secretRef } of container.envFrom ?? []) {
    const problem = missing('configmap', configMapRef, namespace, around) ?? missing('secret', secretRef, namespace, around);
    if (problem) return problem;
  }
  for (const { valueFrom } of container.env ?? []) {
    const problem =
      missingKey('ConfigMap', valueFrom?.configMapKeyRef, namespace, around) ??
      missingKey('Secret', valueFrom?.secretKeyRef, namespace, around);
    if (problem) return problem;
  }
  return undefined;
}

function look(kind: string, namespace: string, name: string, around: Surroundings): Keyed | undefined {
  return kind.toLowerCase() === 'secret' ? around.secret(namespace, name) : around.configMap(namespace, name);
}

function missing(
  kind: 'configmap' | 'secret',
  ref: NameRef | undefined,
  namespace: string,
  around: Surroundings,
): string | undefined {
  if (ref === undefined || ref.optional || look(kind, namespace, ref.name ?? '', around)) return undefined;
  return `${kind} "${ref.name}" not found`;
}

function missingKey(
  kind: 'ConfigMap' | 'Secret',
  ref: KeyRef | undefined,
  namespace: string,
  around: Surroundings,
): string | undefined {
  if (ref === undefined || ref.optional) return undefined;
  const object = look(kind, namespace, ref.name ?? '', around);
  if (object === undefined) return `${kind.toLowerCase()} "${ref.name}" not found`;
  return has(object, ref.key) ? undefined : `couldn't find key ${ref.key} in ${kind} ${namespace}/${ref.name}`;
}

function has({ data, binaryData }: Keyed, key: string): boolean {
  return data?.[key] !== undefined || binaryData?.[key] !== undefined;
}

function mountProblem(volume: PodVolume, namespace: string, around: Surroundings): string | undefined {
  const sources = [volume, ...(volume.projected?.sources ?? [])];
  for (const { configMap, secret } of sources) {
    const problem = absentKeys('configmap', configMap, namespace, around) ?? absentKeys('secret', secret, namespace, around);
    if (problem) return `MountVolume.SetUp failed for volume "${volume.name}" : ${problem}`;
  }
  return undefined;
}

function absentKeys(
  kind: 'configmap' | 'secret',
  source: KeysOf | undefined,
  namespace: string,
  around: Surroundings,
): string | undefined {
  if (source === undefined || source.optional) return undefined;
  const name = source.name ?? source.secretName ?? '';
  const object = look(kind, namespace, name, around);
  if (object === undefined) return `${kind} "${name}" not found`;
  const key = (source.items ?? []).find((item) => !has(object, item.key))?.key;
  return key === undefined
    ? undefined
    : `${kind === 'secret' ? 'references non-existent secret key' : 'references non-existent config key'}: ${key}`;
}
