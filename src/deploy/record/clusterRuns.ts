import { createHash } from 'node:crypto';
import { type Result, success } from '../../base/failure.ts';
import { fieldsAt, textAt } from '../../base/fields.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { fileName } from '../files/fileName.ts';
import { FIELD_MANAGER } from '../plan/dryRun.ts';
import { refOf } from '../plan/prepare.ts';
import { packRecord, unpackRecord } from './packedRecord.ts';
import type { RunRecord } from './runRecord.ts';

/** A Secret may hold 1 MiB of data (core/v1, `MaxSecretSize`); the rest is for names and labels. */
const CHUNK_BYTES = 900 * 1024;

const SET = 'hybrid-clusters/set';
const RUN = 'hybrid-clusters/run';
const PART = 'hybrid-clusters/part';
const PARTS = 'hybrid-clusters/parts';
const OUTCOME = 'hybrid-clusters/outcome';

/**
 * The last runs of each set and the last that succeeded, kept beside what they deployed: Secrets in the target's namespace, a packed record in parts, so that another person or a pipeline's successor can go back, too.
 * They hold no value of a Secret and no path of the machine that deployed.
 */
export class ClusterRuns {
  readonly #cluster: Cluster;
  readonly #namespace: string;
  readonly #keep: number;

  constructor(cluster: Cluster, namespace: string, keep = 10) {
    this.#cluster = cluster;
    this.#namespace = namespace;
    this.#keep = keep;
  }

  /** Keeps a run and lets the oldest of its set go. Fails as the writes do: the run itself is over and stands. */
  async keep(record: RunRecord): Promise<Result<void>> {
    const packed = await packRecord(withoutPaths(record));
    const parts = Math.max(1, Math.ceil(packed.length / CHUNK_BYTES));
    for (let part = 0; part < parts; part++) {
      const chunk = packed.subarray(part * CHUNK_BYTES, (part + 1) * CHUNK_BYTES);
      const applied = await this.#cluster.apply(secretOf(record, this.#namespace, { part, parts, chunk }));
      if (!applied.ok) return applied;
    }
    return this.#rotate(record.name);
  }

  /** The runs that are kept in the namespace, of one set or of all, newest first. One that lacks a part is not there. Fails as the list does. */
  async all(name?: string): Promise<Result<readonly RunRecord[]>> {
    const listed = await this.#list(name);
    if (!listed.ok) return listed;
    const runs = await Promise.all([...listed.value.values()].map(recordFrom));
    const found = runs.flatMap((run) => run ?? []);
    return success(found.sort((one, other) => other.startedAt - one.startedAt));
  }

  /** The Secrets of each run, by its name. */
  async #list(name: string | undefined): Promise<Result<ReadonlyMap<string, readonly KubeObject[]>>> {
    const labelSelector = name === undefined ? SET : `${SET}=${setLabel(name)}`;
    const listed = await this.#cluster.list('v1', 'Secret', { namespace: this.#namespace, labelSelector });
    if (!listed.ok) return listed;
    const ours = listed.value.items.filter(
      ({ metadata: { labels = {} } }) => (name === undefined ? SET in labels : labels[SET] === setLabel(name)) && RUN in labels,
    );
    return success(Map.groupBy(ours, ({ metadata }) => `${metadata.labels?.[SET]} ${metadata.labels?.[RUN]}`));
  }

  /** Names of runs begin with their time. */
  async #rotate(name: string): Promise<Result<void>> {
    const listed = await this.#list(name);
    if (!listed.ok) return listed;
    const newest = [...listed.value].sort(([one], [other]) => (one < other ? 1 : -1));
    // whoever fails many times can still go back
    const good = newest.find(([, secrets]) => secrets.every(({ metadata }) => metadata.labels?.[OUTCOME] === 'succeeded'));
    const old = newest.slice(this.#keep).filter((one) => one !== good);
    for (const secret of old.flatMap(([, secrets]) => secrets)) {
      const gone = await this.#cluster.delete(refOf({ ...secret, apiVersion: 'v1', kind: 'Secret' }));
      if (!gone.ok && gone.failure.reason !== 'notFound') return gone;
    }
    return success(undefined);
  }
}

const setLabel = (name: string) => createHash('sha256').update(name).digest('hex').slice(0, 16);

function secretOf(
  { run, name, summary }: RunRecord,
  namespace: string,
  { part, parts, chunk }: { readonly part: number; readonly parts: number; readonly chunk: Uint8Array },
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `hybrid-clusters-run-${setLabel(name)}-${run}-${part}`,
      namespace,
      labels: {
        'app.kubernetes.io/managed-by': FIELD_MANAGER,
        [SET]: setLabel(name),
        [RUN]: run,
        [PART]: String(part),
        [PARTS]: String(parts),
        [OUTCOME]: summary.outcome,
      },
    },
    type: 'hybrid-clusters/run',
    data: { part: Buffer.from(chunk).toString('base64') },
  };
}

async function recordFrom(secrets: readonly KubeObject[]): Promise<RunRecord | undefined> {
  const labelOf = ({ metadata }: KubeObject, label: string) => Number(metadata.labels?.[label]);
  const sorted = [...secrets].sort((one, other) => labelOf(one, PART) - labelOf(other, PART));
  const [first] = sorted;
  if (!first || sorted.length !== labelOf(first, PARTS)) return undefined;
  return unpackRecord(
    Buffer.concat(sorted.map((secret) => Buffer.from(textAt(fieldsAt(secret, 'data'), 'part') ?? '', 'base64'))),
  );
}

/** Where the files lie is that machine's own business; their names say enough. */
function withoutPaths(record: RunRecord): RunRecord {
  const bare = <T extends { readonly file: string }>(one: T): T => ({ ...one, file: fileName(one.file) });
  const steps = record.steps.map((step) => ({ ...bare(step), ...(step.place ? { place: bare(step.place) } : {}) }));
  const checks = record.checks ? { checks: record.checks.map(bare) } : {};
  return { ...record, places: [], steps, ...checks };
}
