import { randomBytes } from 'node:crypto';
import { systemClock } from '../../base/clock.ts';
import { fieldsAt, isFields } from '../../base/fields.ts';
import type { KubeObject, ObjectRef } from '../../kubernetes/cluster.ts';
import { fileName } from '../files/fileName.ts';
import { refOf } from '../plan/prepare.ts';
import { condition, isTrue } from '../readiness/status.ts';
import { withLastWords } from '../run/lastWords.ts';
import type { RunChild } from '../types.ts';
import type { CheckContext, CheckRow, CheckSpecs, Looked } from './check.ts';

/** After its time is up it is still deleted, and its log read. */
const LAST_WORDS_MS = 10_000;

/** A Job comes to its end: made under a name of its own, waited for, deleted again. */
export const job: CheckRow<CheckSpecs['job']> = {
  keys: [],
  withinMs: 5 * 60_000,
  read: (value, _, readJob) => readJob(value),
  title: ({ file }) => fileName(file),
  look: async ({ job: written }, context) => {
    const { cluster, namespace, signal } = context;
    const name = `${written.metadata.name.slice(0, 57)}-${randomBytes(3).toString('hex').slice(0, 5)}`;
    // whoever is killed before the end deletes nothing: the cluster does
    const spec = { ttlSecondsAfterFinished: 600, ...fieldsAt(written, 'spec') };
    const made = await cluster.apply({ ...written, metadata: { ...written.metadata, namespace, name }, spec }, { signal });
    if (!made.ok) return { is: 'failed', said: made.failure.message };
    const ref = refOf(made.value.object);
    try {
      const end = await endOf(ref, context);
      if (end?.is === 'passed') return end;
      const children = await podsOf(ref, context);
      const late = signal.aborted ? 'it did not come to its end' : 'it failed';
      return { is: 'failed', said: end?.said ?? late, ...(children.length > 0 ? { children } : {}) };
    } finally {
      const { uid } = made.value.object.metadata;
      // what was made here goes, whatever became of it; a cluster that is away keeps it
      await cluster.delete(ref, {
        propagation: 'Background',
        signal: AbortSignal.timeout(LAST_WORDS_MS),
        ...(uid === undefined ? {} : { uid }),
      });
    }
  },
};

/** Undefined when its time was up before. */
async function endOf(ref: ObjectRef, { cluster, signal, everyMs }: CheckContext): Promise<Looked | undefined> {
  while (!signal.aborted) {
    const read = await cluster.get(ref, signal);
    if (!read.ok && read.failure.reason === 'notFound') return { is: 'failed', said: 'somebody deleted it' };
    if (read.ok && isTrue(read.value, 'Complete')) return { is: 'passed', said: 'completed' };
    if (read.ok && isTrue(read.value, 'Failed')) return { is: 'failed', said: reasonOf(read.value) };
    await systemClock.sleep(everyMs, signal);
  }
  return undefined;
}

function reasonOf(object: KubeObject): string {
  const message = condition(object, 'Failed')?.['message'];
  return typeof message === 'string' && message !== '' ? message : 'it failed';
}

/** The newest pod of the Job with the last lines of its first container. Labels of batch/v1 since 1.27: `batch.kubernetes.io/job-name`; the older `job-name` stays beside it. */
async function podsOf(ref: ObjectRef, { cluster, mask }: CheckContext): Promise<readonly RunChild[]> {
  const signal = AbortSignal.timeout(LAST_WORDS_MS);
  const { namespace = 'default', name } = ref;
  const listed = await cluster.list('v1', 'Pod', { namespace, labelSelector: `job-name=${name}` }, signal);
  const age = ({ metadata }: KubeObject) => metadata.creationTimestamp ?? '';
  const ours = (listed.ok ? listed.value.items : []).filter(({ metadata }) => metadata.labels?.['job-name'] === name);
  const [pod] = ours.toSorted((one, other) => age(other).localeCompare(age(one)));
  if (!pod) return [];
  const containers = fieldsAt(pod, 'spec')['containers'];
  const [first] = Array.isArray(containers) ? containers : [];
  const container = isFields(first) && typeof first['name'] === 'string' ? { container: first['name'] } : {};
  const state = fieldsAt(pod, 'status')['phase'];
  const child: RunChild = {
    ref: { apiVersion: 'v1', kind: 'Pod', namespace, name: pod.metadata.name },
    state: typeof state === 'string' ? state : 'Unknown',
    bad: true,
    ...container,
  };
  return (await withLastWords(cluster, [child], mask, signal)) ?? [child];
}
