import { isFields, sameJson } from '../../base/fields.ts';
import type { KubeObject } from '../../kubernetes/cluster.ts';
import type { RunRecord } from './runRecord.ts';

/** An object that two runs of a set deployed differently: as the earlier one did, and as the later one. Values of Secrets are hashes on both sides. */
export interface ObjectOfRuns {
  readonly key: string;
  /** Undefined when the earlier run did not have it. */
  readonly before?: KubeObject;
  /** Undefined when the later run deleted it. */
  readonly after?: KubeObject;
}

/**
 * What a run deployed otherwise than an earlier one, in the order of its plan. What only the earlier one had is no difference, unless the later one deleted it: a run may be of a part of
 * its set.
 */
export function diffOfRuns(before: RunRecord, after: RunRecord): readonly ObjectOfRuns[] {
  const then = new Map(before.steps.map((step) => [step.key, step.action === 'prune' ? undefined : step.object]));
  return after.steps.flatMap(({ key, action, object }) => {
    const [one, other] = [then.get(key), action === 'prune' ? undefined : object];
    if (sameJson(one, other)) return [];
    return [
      { key, ...(one ? { before: one } : {}), ...(other ? { after: one ? (inOrderOf(one, other) as KubeObject) : other } : {}) },
    ];
  });
}

/** The same value with its keys in the order of another, so that only what differs is seen to differ; what the other does not have comes last. */
function inOrderOf(model: unknown, value: unknown): unknown {
  if (Array.isArray(model) && Array.isArray(value)) return value.map((item, index) => inOrderOf(model[index], item));
  if (!isFields(model) || !isFields(value)) return value;
  const keys = [...Object.keys(model).filter((key) => key in value), ...Object.keys(value).filter((key) => !(key in model))];
  return Object.fromEntries(keys.map((key) => [key, inOrderOf(model[key], value[key])]));
}

/** The run of the same set that came before; `runs` in any order. */
export function runBefore(record: RunRecord, runs: readonly RunRecord[]): RunRecord | undefined {
  return runs
    .filter(({ set, startedAt }) => set === record.set && startedAt < record.startedAt)
    .sort((one, other) => other.startedAt - one.startedAt)[0];
}
