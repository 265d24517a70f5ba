import { readFileSync } from 'node:fs';
import type { Kubernetes } from '../../api/kubernetes.ts';
import type { Keyed, KubeObject, Pod } from '../../api/objects.ts';
import { Refused } from '../../api/request.ts';
import { Recorder } from '../events.ts';
import { Informer, keyOf } from '../informer.ts';
import { type Again, Queue } from '../queue.ts';
import { parseImages } from './images.ts';
import { type KubeletEvent, momentOf, startedEvents } from './status.ts';
import { isHealthy, judge, type Surroundings, type Verdict } from './verdict.ts';

/** A pod that this stand-in holds, because something is wrong with it. */
interface Trouble {
  readonly uid: string;
  readonly verdict: string;
  attempt: number;
  dueAt: number;
}

/**
 * Stands in for the nodes' kubelets where kwok is too kind. It looks at images, configuration, volumes, commands and probes of every
 * scheduled pod; one that would start gets the condition `PodReadyToStartContainers`, kwok's mark, and one that would
 * not gets the status and the events that a kubelet would write.
 */
export class Kubelet {
  readonly #kubernetes: Kubernetes;
  readonly #pods: Informer<Pod>;
  readonly #configMaps: Informer<Keyed>;
  readonly #secrets: Informer<Keyed>;
  readonly #events: Recorder;
  readonly #around: Surroundings;
  readonly #troubles = new Map<string, Trouble>();
  readonly #pulled = new Set<string>();
  readonly #queue = new Queue('pod', (key) => this.#reconcile(key));

  constructor(kubernetes: Kubernetes) {
    this.#kubernetes = kubernetes;
    this.#pods = new Informer<Pod>(kubernetes, '/api/v1/pods').onChange((pod, gone) => this.#changed(pod, gone));
    this.#configMaps = new Informer<Keyed>(kubernetes, '/api/v1/configmaps').onChange((object) => this.#lookAgain(object));
    this.#secrets = new Informer<Keyed>(kubernetes, '/api/v1/secrets').onChange((object) => this.#lookAgain(object));
    this.#events = new Recorder(kubernetes, 'kubelet');
    this.#around = {
      images: parseImages(readFileSync(new URL('images.txt', import.meta.url), 'utf8')),
      configMap: (namespace, name) => this.#configMaps.get(`${namespace}/${name}`),
      secret: (namespace, name) => this.#secrets.get(`${namespace}/${name}`),
    };
  }

  async start(): Promise<void> {
    await Promise.all([this.#configMaps.start(), this.#secrets.start()]);
    await this.#pods.start();
  }

  #changed(pod: Pod, gone: boolean): void {
    if (gone) this.#troubles.delete(keyOf(pod));
    else if (isOurs(pod)) this.#queue.add(keyOf(pod));
  }

  #lookAgain({ metadata }: KubeObject): void {
    for (const key of this.#troubles.keys()) if (key.startsWith(`${metadata.namespace}/`)) this.#queue.add(key);
  }

  async #reconcile(key: string): Promise<Again> {
    const pod = this.#pods.get(key);
    if (pod === undefined || !isOurs(pod)) {
      this.#troubles.delete(key);
      return undefined;
    }
    try {
      const verdict = judge(pod, this.#around);
      return isHealthy(verdict) && pod.status?.podIP === undefined
        ? await this.#letStart(pod)
        : await this.#hold(pod, verdict, key);
    } catch (error) {
      // gone or replaced since it was seen: the watch tells
      if (error instanceof Refused && (error.status === 404 || error.status === 409)) return undefined;
      throw error;
    }
  }

  async #letStart(pod: Pod): Promise<undefined> {
    this.#troubles.delete(keyOf(pod));
    const lastTransitionTime = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const conditions = [{ type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime }];
    await this.#kubernetes.patch(`${pathOf(pod)}/status`, 'strategic', {
      metadata: { uid: pod.metadata.uid },
      status: { conditions },
    });
    const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
    this.#tell(
      pod,
      containers.flatMap((container) => startedEvents(container, this.#hasImage(pod, container.image))),
    );
  }

  async #hold(pod: Pod, verdict: Verdict, key: string): Promise<Again> {
    const now = Date.now();
    const trouble = this.#troubleOf(pod, verdict, key);
    if (now < trouble.dueAt) return Number.isFinite(trouble.dueAt) ? { afterMs: trouble.dueAt - now } : undefined;
    const moment = momentOf(pod, verdict, trouble.attempt, new Date(now));
    await this.#kubernetes.patch(`${pathOf(pod)}/status`, 'strategic', {
      metadata: { uid: pod.metadata.uid },
      status: moment.status,
    });
    if (trouble.attempt === 0) this.#tell(pod, verdict.missingPullSecrets.map(missingPullSecret));
    this.#tell(pod, moment.events);
    trouble.attempt++;
    trouble.dueAt = moment.nextMs === undefined ? Number.POSITIVE_INFINITY : now + moment.nextMs;
    return moment.nextMs === undefined ? undefined : { afterMs: moment.nextMs };
  }

  /** The trouble goes on from where it was while the verdict stays the same, also across a restart of this process. */
  #troubleOf(pod: Pod, verdict: Verdict, key: string): Trouble {
    const text = JSON.stringify(verdict);
    const known = this.#troubles.get(key);
    if (known?.uid === pod.metadata.uid && known.verdict === text) return known;
    const restarts = known ? 0 : Math.max(0, ...(pod.status?.containerStatuses ?? []).map(({ restartCount }) => restartCount));
    const trouble = { uid: pod.metadata.uid, verdict: text, attempt: restarts, dueAt: 0 };
    this.#troubles.set(key, trouble);
    return trouble;
  }

  #hasImage({ spec }: Pod, image: string): boolean {
    const mark = `${spec.nodeName} ${image}`;
    if (this.#pulled.has(mark)) return true;
    this.#pulled.add(mark);
    return false;
  }

  #tell(pod: Pod, events: readonly KubeletEvent[]): void {
    for (const { type, reason, message, container } of events) {
      const init = pod.spec.initContainers?.some(({ name }) => name === container);
      const place = container === undefined ? {} : { fieldPath: `spec.${init ? 'initContainers' : 'containers'}{${container}}` };
      void this.#events.record(
        { apiVersion: 'v1', kind: 'Pod', object: pod, ...place },
        type,
        reason,
        message,
        pod.spec.nodeName,
      );
    }
  }
}

/** Scheduled, neither started by kwok nor over, and not one of those whose failure kwok plays (`sandbox/fail`). */
function isOurs({ metadata, spec, status }: Pod): boolean {
  if (
    spec.nodeName === undefined ||
    metadata.deletionTimestamp !== undefined ||
    metadata.annotations?.['sandbox/fail'] !== undefined
  )
    return false;
  const marked =
    status?.conditions?.some(({ type, status: value }) => type === 'PodReadyToStartContainers' && value === 'True') ?? false;
  if (status?.phase === 'Pending') return !(marked && status.podIP === undefined);
  const waits = status?.containerStatuses?.some(({ state, ready }) => !ready || state.waiting !== undefined) ?? false;
  return status?.phase === 'Running' && waits;
}

function pathOf({ metadata }: Pod): string {
  return `/api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}`;
}

function missingPullSecret(name: string): KubeletEvent {
  const message = `Unable to retrieve some image pull secrets (${name}); attempting to pull the image may not succeed.`;
  return { type: 'Warning', reason: 'FailedToRetrieveImagePullSecret', message };
}
