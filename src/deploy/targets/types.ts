import type { Failure } from '../../base/failure.ts';
import type { Finding } from '../../manifest/finding.ts';
import type { Blocker, Plan } from '../types.ts';
import type { TargetEntry, TargetSet } from './targetSet.ts';

/** What came of planning one target: its plan, or why there is none. */
export interface PlannedTarget {
  readonly entry: TargetEntry;
  readonly plan?: Plan;
  readonly failure?: Failure;
}

/** One plan over several targets: a value, shown before it is carried out. */
export interface TargetsPlan {
  readonly set: TargetSet;
  /** In the order of the set. */
  readonly targets: readonly PlannedTarget[];
  /** What is to be said of several of them together. */
  readonly findings: readonly Finding[];
  /** What keeps all of them from being carried out, that of single plans included. */
  readonly blockers: readonly (Blocker & { readonly target?: string })[];
}
