import { type Result, success } from '../../base/failure.ts';
import { fieldsAt, sameJson } from '../../base/fields.ts';
import type { Cluster, KubeObject } from '../../kubernetes/cluster.ts';
import { titleOf } from '../../kubernetes/objectKey.ts';
import type { Written } from '../files/written.ts';
import { comparable } from '../plan/diff.ts';
import { makePlan, type PlanOptions } from '../plan/plan.ts';
import { refOf } from '../plan/prepare.ts';
import { readInventories } from '../removal/inventory.ts';
import { isStack } from '../stacks/declaration.ts';
import type { Blocker, Plan, Target } from '../types.ts';
import { nameOfSet } from './journal.ts';
import { sameTarget } from './resume.ts';
import type { RecordedStep, RunRecord } from './runRecord.ts';

/** An earlier run's objects as something to be planned: shown, asked for, ordered and waited for like any other. */
export interface Rollback {
  readonly written: readonly Written[];
  /** What keeps it from going: a Secret of that run is gone, and its values were not kept. */
  readonly blockers: readonly Blocker[];
  /** What a person is to know: what stays as it is. */
  readonly notes: readonly string[];
}

/**
 * Takes the objects of an earlier run to be deployed again. A Secret's values are kept by nobody: where the live ones are those of that run it is left alone, else it stays as it is and that
 * is said. `runs` are those of the set: what later ones brought stays, and is named. Fails with `conflict` when the target is another one, and as the connection fails.
 */
export async function rollbackTo(
  record: RunRecord,
  runs: readonly RunRecord[],
  target: Target,
  cluster: Cluster,
  signal?: AbortSignal,
): Promise<Result<Rollback>> {
  const same = sameTarget(record.target, target);
  if (!same.ok) return same;
  const steps = record.steps.filter(({ action, object }) => action !== 'prune' && !isStack(object));
  const secrets = steps.filter(({ object }) => isSecret(object));
  const looked = await Promise.all(secrets.map((step) => lookAtSecret(step, record, cluster, signal)));
  const failure = looked.find((one) => !one.ok);
  if (failure && !failure.ok) return failure;
  const said = looked.flatMap((one) => (one.ok ? [one.value] : []));
  return success({
    written: steps.filter(({ object }) => !isSecret(object)).map(writtenAgain),
    blockers: said.flatMap(({ blocker }) => blocker ?? []),
    notes: [...said.flatMap(({ note }) => note ?? []), ...stacksOf(record), ...laterOnes(record, runs)],
  });
}

/** The way back as a plan: what goes back stays in its set; what came later stays, too. Fails as {@link rollbackTo} and {@link makePlan} do. */
export async function planRollback(
  record: RunRecord,
  runs: readonly RunRecord[],
  target: Target,
  cluster: Cluster,
  options: PlanOptions = {},
): Promise<Result<Rollback & { readonly plan: Plan }>> {
  const back = await rollbackTo(record, runs, target, cluster, options.signal);
  if (!back.ok) return back;
  const { written, blockers } = back.value;
  const sets = await readInventories(cluster, target.namespace, options.signal);
  const name = nameOfSet(record);
  const isKnown = sets.ok && sets.value.sets.some((set) => set.name === name);
  const set = isKnown ? { set: { names: [name], partial: true, prune: 'off' as const } } : {};
  const plan = await makePlan({ target, written, blockers, findings: [], ...set }, cluster, options);
  return plan.ok ? success({ ...back.value, plan: plan.value }) : plan;
}

const isSecret = ({ apiVersion, kind }: KubeObject) => apiVersion === 'v1' && kind === 'Secret';

async function lookAtSecret(
  { object, file, line }: RecordedStep,
  { run }: RunRecord,
  cluster: Cluster,
  signal: AbortSignal | undefined,
): Promise<Result<{ readonly note?: string; readonly blocker?: Blocker }>> {
  const ref = refOf(object);
  const live = await cluster.get(ref, signal);
  if (!live.ok && live.failure.reason !== 'notFound') return live;
  if (!live.ok) {
    const message = `${titleOf(ref)} is gone, and its values were not kept with run ${run}. Deploy it from its manifest first.`;
    return success({ blocker: { message, place: { file, range: { start: 0, end: 0 }, line } } });
  }
  const [then, now] = [fieldsAt(object, 'data'), fieldsAt(comparable(live.value), 'data')];
  if (Object.keys(then).every((key) => sameJson(then[key], now[key]))) return success({});
  return success({
    note: `${titleOf(ref)} had other values in run ${run}. They were not kept: it stays as it is.`,
  });
}

/** The places are those of then: the file may say something else by now. */
function writtenAgain({ object, file, line }: RecordedStep, index: number): Written {
  const range = { start: 0, end: 0 };
  return { object, source: { file, range, index, line }, placeOf: () => ({ file, range, line }) };
}

/** What a stack was made of is kept by nobody but Heat: its parameters may be secrets. */
function stacksOf({ steps }: RunRecord): string[] {
  const stacks = steps.filter(({ object, applied }) => isStack(object) && applied !== 'pruned');
  return stacks.map(({ object }) => `Stack ${object.metadata.name} stays as it is: deploy the files of then to go back.`);
}

function laterOnes(record: RunRecord, runs: readonly RunRecord[]): string[] {
  const then = new Set(record.steps.map(({ key }) => key));
  const since = runs.filter(({ startedAt, set }) => startedAt > record.startedAt && set === record.set);
  const keys = new Set(since.flatMap(({ steps }) => steps.filter(({ applied }) => applied !== 'pruned').map(({ key }) => key)));
  return [...keys]
    .filter((key) => !then.has(key))
    .sort()
    .map((key) => `${key} came after run ${record.run} and stays.`);
}
