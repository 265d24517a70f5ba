import type { Kubernetes } from '../api/kubernetes.ts';
import type { KubeObject } from '../api/objects.ts';

/** What an event is about. */
export interface Subject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly object: KubeObject;
  /** E.g. `spec.containers{web}`. */
  readonly fieldPath?: string;
}

interface Sent {
  readonly path: string;
  count: number;
}

/** Writes core/v1 Events as client-go's recorder does: a repetition raises the count of the first. */
export class Recorder {
  readonly #kubernetes: Kubernetes;
  readonly #source: { component: string; host?: string };
  readonly #sent = new Map<string, Sent>();
  #serial = 0;

  constructor(kubernetes: Kubernetes, component: string) {
    this.#kubernetes = kubernetes;
    this.#source = { component };
  }

  /** Never throws: an event that cannot be written (its namespace is going away) is lost, as with the real ones. */
  async record(about: Subject, type: 'Normal' | 'Warning', reason: string, message: string, host?: string): Promise<void> {
    const { metadata } = about.object;
    const namespace = metadata.namespace ?? 'default';
    const key = [metadata.uid, about.fieldPath, type, reason, message].join('\n');
    const now = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
    const known = this.#sent.get(key);
    try {
      if (known) {
        known.count++;
        await this.#kubernetes.patch(known.path, 'merge', { count: known.count, lastTimestamp: now });
        return;
      }
      const name = `${metadata.name}.${Date.now().toString(16)}${(this.#serial++).toString(16).padStart(4, '0')}`;
      const collection = `/api/v1/namespaces/${namespace}/events`;
      this.#sent.set(key, { path: `${collection}/${name}`, count: 1 });
      const source = host === undefined ? this.#source : { ...this.#source, host };
      await this.#kubernetes.create(collection, {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name, namespace },
        involvedObject: involved(about, namespace),
        type,
        reason,
        message: message.slice(0, 1024),
        count: 1,
        firstTimestamp: now,
        lastTimestamp: now,
        source,
        reportingComponent: this.#source.component,
        reportingInstance: host ?? '',
      });
    } catch {
      this.#sent.delete(key);
    }
  }
}

function involved({ apiVersion, kind, object, fieldPath }: Subject, namespace: string) {
  const { name, uid, resourceVersion } = object.metadata;
  return { apiVersion, kind, name, namespace, uid, resourceVersion, ...(fieldPath === undefined ? {} : { fieldPath }) };
}
