import { field, fieldsAt, listAt, textAt } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import { groupKind, titleOf } from '../../kubernetes/objectKey.ts';
import { isNeeded, type ObjectReference, referencesOf } from '../../kubernetes/objectReferences.ts';
import type { Finding } from '../../manifest/finding.ts';
import { liveName, placeOf } from '../../manifest/liveObject.ts';

/** Kinds whose objects need others, in the version in which they are read. What they make (ReplicaSets, Jobs, Pods) needs the same. */
const users = new Set([
  'apps/v1 Deployment',
  'apps/v1 StatefulSet',
  'apps/v1 DaemonSet',
  'batch/v1 CronJob',
  'networking.k8s.io/v1 Ingress',
  'v1 PersistentVolumeClaim',
]);
/** Kinds that they need. Whether there is a Secret is known only if Secrets were read. */
const used = new Set([
  'v1 ConfigMap',
  'v1 PersistentVolumeClaim',
  'v1 Secret',
  'v1 Service',
  'v1 ServiceAccount',
  'storage.k8s.io/v1 StorageClass',
  'scheduling.k8s.io/v1 PriorityClass',
  'networking.k8s.io/v1 IngressClass',
]);

/** The forms (`apiVersion kind`) of objects that are read for what they need of each other. */
export const referenceForms: ReadonlySet<string> = new Set([...users, ...used]);

interface Use {
  readonly object: KubeObject;
  readonly reference: ObjectReference;
}

/** What live objects need of each other: taken in as they are listed, told once all are. */
export class LiveReferences {
  readonly #context: string;
  readonly #uses: Use[] = [];
  /** By kind, namespace and name; for those that hold any, the keys. */
  readonly #there = new Map<string, readonly string[] | undefined>();

  constructor(context: string) {
    this.#context = context;
  }

  take(object: KubeObject): void {
    const form = `${object.apiVersion} ${object.kind}`;
    if (used.has(form))
      this.#there.set(keyOf(groupKind(object), object.metadata.namespace, object.metadata.name), keysOf(object));
    if (!users.has(form) || isIdle(object)) return;
    for (const reference of referencesOf(object))
      if (isNeeded(reference) && !isServed(object, reference)) this.#uses.push({ object, reference });
  }

  /** What is needed and not there, told once for each object and name. `listed`: the kinds (`group/Kind`) all of whose objects are known; others accuse nobody. */
  findings(listed: ReadonlySet<string>): readonly Finding[] {
    const told = new Set<string>();
    return this.#uses.flatMap((use) => {
      const finding = listed.has(use.reference.to) ? this.#judge(use) : undefined;
      const words = finding && `${finding.file}\n${finding.message}`;
      if (!finding || !words || told.has(words)) return [];
      told.add(words);
      return [finding];
    });
  }

  #judge({ object, reference: { to, name, namespace, key, at } }: Use): Finding | undefined {
    const id = keyOf(to, namespace, name);
    const kind = to.slice(to.indexOf('/') + 1);
    const needs = `${titleOf({ ...object, name: object.metadata.name })} needs it`;
    const live = placeOf(this.#context, object, at);
    const base = { file: liveName(live), range: { start: 0, end: 0 }, severity: 'warning', live } as const;
    if (!this.#there.has(id)) {
      const where = namespace === undefined ? this.#context : `namespace ${namespace} of ${this.#context}`;
      return { ...base, code: 'object.missing', message: `${kind} "${name}" is not in ${where}; ${needs}.` };
    }
    const keys = this.#there.get(id);
    if (key === undefined || !keys || keys.includes(key)) return undefined;
    return { ...base, code: 'object.missingKey', message: `${kind} "${name}" has no key "${key}"; ${needs}.` };
  }
}

/** What starts nothing needs nothing: it is on its way out, scaled to none or suspended, or its claim has its volume already. */
function isIdle({ metadata, spec, status }: KubeObject): boolean {
  return (
    metadata.deletionTimestamp !== undefined ||
    field(spec, 'replicas') === 0 ||
    field(spec, 'suspend') === true ||
    textAt(status, 'phase') === 'Bound'
  );
}

/** Some controllers take care of an Ingress of a class that nobody made. Where it has an address, one does. */
function isServed({ status }: KubeObject, { to }: ObjectReference): boolean {
  return to === 'networking.k8s.io/IngressClass' && listAt(status, 'loadBalancer', 'ingress').length > 0;
}

function keysOf(object: KubeObject): readonly string[] | undefined {
  if (object.kind !== 'ConfigMap' && object.kind !== 'Secret') return undefined;
  return ['data', 'binaryData'].flatMap((part) => Object.keys(fieldsAt(object, part)));
}

function keyOf(to: string, namespace: string | undefined, name: string): string {
  return `${to} ${namespace ?? ''}/${name}`;
}
