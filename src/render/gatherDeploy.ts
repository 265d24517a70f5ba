import { type Result, success } from '../base/failure.ts';
import type { Check } from '../deploy/checks/check.ts';
import { checksBeside, readChecks, type WrittenCheck, withChecks } from '../deploy/checks/readChecks.ts';
import { chartFacts } from '../deploy/files/chartFacts.ts';
import type { Discovered } from '../deploy/files/discover.ts';
import type { Gathered } from '../deploy/files/gather.ts';
import { foldersOf } from '../deploy/stacks/stackFiles.ts';
import { type StackSet, withStacks } from '../deploy/stacks/stackSet.ts';
import type { Cluster } from '../kubernetes/cluster.ts';
import type { ResourceLookup } from '../manifest/resourceLookup.ts';
import { gatherRendered, type ReadOptions } from './gatherRendered.ts';

/** What a deploy is read with, and for. */
export interface DeployReading extends Pick<ReadOptions, 'files' | 'isUnsaved' | 'signal'> {
  /** The files and folders that it was found in. */
  readonly paths: readonly string[];
  /** Checks that stand elsewhere than beside what is deployed. */
  readonly checks?: readonly WrittenCheck[] | undefined;
  /** Folders in which the files of stacks may lie, beside those of the paths. */
  readonly within: readonly string[];
  /** Where it goes to; without one, charts are told nothing of it. */
  readonly cluster: Cluster | undefined;
  readonly namespace: string;
  /** Values files for the charts that were found. */
  readonly valuesFor: (found: Discovered) => Promise<readonly string[]>;
  /** Opens whom references are asked of, once it is known what was found. */
  readonly openLookup: (found: Discovered, stacks: StackSet) => Promise<Result<ResourceLookup>>;
}

/** What was read, with the stacks that are declared in it and the checks that follow it. */
export interface GatheredDeploy extends Gathered {
  readonly stacks: StackSet;
  readonly checks: readonly Check[];
  /** See `Discovered.leftOut`. */
  readonly leftOut: readonly string[];
}

/** Reads what was discovered for a deploy: checks, stacks with their files, kustomizations and charts rendered, references looked up. Fails as `openLookup` does; what is wrong with files is in what was read. */
export async function gatherDeploy(
  all: Discovered,
  { paths, checks: written = [], within, cluster, namespace, valuesFor, openLookup, ...reading }: DeployReading,
): Promise<Result<GatheredDeploy>> {
  const { files } = reading;
  const { checks, blockers, discovered } = withChecks(
    all,
    await Promise.all([checksBeside(paths, files), readChecks(written, files)]),
  );
  const { discovered: found, set: stacks, isWritten } = await withStacks(discovered, files, [...within, ...foldersOf(paths)]);
  const lookup = await openLookup(found, stacks);
  if (!lookup.ok) return lookup;
  const values = await valuesFor(found);
  const release = { namespace, ...(cluster ? await chartFacts(found, cluster, reading.signal) : {}) };
  const gathered = await gatherRendered(found, { ...reading, lookup: lookup.value, values, release, only: isWritten });
  return success({ ...gathered, blockers: [...gathered.blockers, ...blockers], stacks, checks, leftOut: all.leftOut ?? [] });
}
