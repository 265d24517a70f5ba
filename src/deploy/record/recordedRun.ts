import { randomBytes } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import { type Result, success } from '../../base/failure.ts';
import type { Cluster } from '../../kubernetes/cluster.ts';
import { commitOf } from '../files/commit.ts';
import { changesSomething } from '../plan/risky.ts';
import type { ApplyOptions } from '../run/apply.ts';
import { type Run, type RunContext, startRun } from '../run/run.ts';
import type { Plan } from '../types.ts';
import { ClusterRuns } from './clusterRuns.ts';
import { beginOf, deploySet, type Holder, runName } from './journal.ts';
import type { JournalFolder, OpenJournal } from './journalFolder.ts';
import { type HeldLease, takeLease } from './lease.ts';
import type { RunFolder } from './runFolder.ts';
import { type RunAbout, type RunRecord, recordOf } from './runRecord.ts';

/** What a run is called, and where it is written down. */
export interface Keeping {
  /** What is deployed, as a person names it: the folder or file. */
  readonly name: string;
  readonly places: readonly string[];
  /** Without one, a run that is killed is not known of: the next one looks what is there, as always. */
  readonly journals?: JournalFolder;
  readonly runs?: RunFolder;
  /** Keeps the run in the target's namespace, too, see {@link ClusterRuns}. */
  readonly inCluster?: boolean;
  /** Takes the set from whoever deploys it now: only after the user said so. */
  readonly takeOver?: boolean;
  readonly backTo?: NonNullable<RunAbout['backTo']>;
}

/** A run that has begun. */
export interface RecordedRun {
  readonly run: Run;
  readonly about: RunAbout;
  /** What a person is to know at its beginning: that there is no lock. */
  readonly note?: string;
  readonly end: Promise<RunEnd>;
}

/** A run that is over, and all that was taken for it is given back. */
export interface RunEnd {
  readonly record: RunRecord;
  /** What a person is to know at its end: that it could not be kept. */
  readonly notes: readonly string[];
}

interface Locks {
  readonly journal?: OpenJournal | undefined;
  readonly lease?: HeldLease | undefined;
}

/**
 * Starts a run that nobody else carries out at the same time, and that is written down: the journal on this machine and the Lease on the cluster are taken first, the record is kept at its end.
 * A plan that changes nothing needs no Lease. Fails with `conflict` while somebody else deploys the set, with `invalid` when the journal cannot be written, and as the connection fails.
 */
export async function startRecorded(
  plan: Plan,
  context: Omit<RunContext, 'journal'>,
  keeping: Keeping,
  options: ApplyOptions = {},
): Promise<Result<RecordedRun>> {
  const { name, places, takeOver = false, backTo } = keeping;
  const holder = thisHolder();
  // a deploy and an undeploy of one set keep each other out, however each was named
  const set = plan.set?.before.name ?? name;
  const [place] = places;
  const named = {
    run: runName(Date.now(), randomBytes(3).toString('hex')),
    set: deploySet(plan.target, set),
    name,
    places,
    holder,
    ...(backTo ? { backTo } : {}),
  };
  const journal = await keeping.journals?.begin(beginOf(plan, named), { takeOver });
  if (journal?.ok === false) return journal;
  let run: Run | undefined;
  const onLost = (failure: Parameters<Run['stop']>[0]) => run?.stop(failure);
  const leasing = plan.steps.every(({ action }) => action === 'unchanged' || action === 'skip')
    ? undefined
    : takeLease(context.cluster, {
        target: plan.target,
        name: set,
        holder,
        takeOver,
        onLost,
        ...killedBefore(journal?.value),
      });
  // git is started while the answer is on its way: to start a program stops this one for a while
  const asked = place === undefined ? undefined : commitOf(place);
  const taken = await leasing;
  if (taken?.ok === false) {
    await giveUp(journal?.value, taken.failure.message);
    return taken;
  }
  const lease = taken && 'lease' in taken.value ? taken.value.lease : undefined;
  const commit = await asked;
  const about: RunAbout = { ...named, ...(commit === undefined ? {} : { commit }) };
  run = startRun(plan, { ...context, ...(journal ? { journal: journal.value } : {}) }, options);
  const note = taken && 'without' in taken.value ? taken.value.without : undefined;
  return success({
    run,
    about,
    end: finish(run, about, context.cluster, keeping, { journal: journal?.value, lease }),
    ...(note === undefined ? {} : { note }),
  });
}

async function finish(run: Run, about: RunAbout, cluster: Cluster, keeping: Keeping, taken: Locks): Promise<RunEnd> {
  const { outcome } = await run.done;
  const record = recordOf(run, about);
  // a tick that found nothing to do would push out what can be rolled back to
  const isKept = outcome !== 'unchanged' && outcome !== 'refused' && changesSomething(run.plan);
  const notes = isKept ? await keepRecord(record, keeping, cluster) : [];
  await Promise.all([taken.journal?.close(), taken.lease?.release()]);
  return { record, notes };
}

/** Keeps the record of a run where its runs are kept, in place of what was kept of it before; tells where that could not be done. */
export async function keepRecord(
  record: RunRecord,
  { runs, inCluster }: Pick<Keeping, 'runs' | 'inCluster'>,
  cluster: Cluster,
): Promise<readonly string[]> {
  const there = inCluster ? new ClusterRuns(cluster, record.target.namespace) : undefined;
  const kept = await Promise.all([runs?.keep(record), there?.keep(record)]);
  return kept.flatMap((one) => (one?.ok === false ? [`The run was not kept: ${one.failure.message}`] : []));
}

async function giveUp(journal: OpenJournal | undefined, sentence: string): Promise<void> {
  await journal?.write({ is: 'end', at: Date.now(), outcome: 'refused', sentence });
  await journal?.close();
}

/** Whom this machine's journal knows to be dead: nobody waits until their Lease expires. */
const killedBefore = (journal: OpenJournal | undefined) => (journal?.killed ? { killed: journal.killed } : {});

/** This process on this machine, as this user. */
export function thisHolder(): Holder {
  return { host: hostname(), pid: process.pid, user: userInfo().username };
}
