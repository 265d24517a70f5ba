import type { Failure } from '../base/failure.ts';
import type { KubeObject, ObjectRef } from '../kubernetes/cluster.ts';
import type { Finding, Range } from '../manifest/finding.ts';
import type { Check } from './checks/check.ts';
import type { Demand } from './plan/quotaDemand.ts';
import type { PlannedSet } from './removal/plannedSet.ts';
import type { StackStep } from './stacks/planStacks.ts';

/** Where objects go. Shown before anything is written. */
export interface Target {
  readonly context: string;
  readonly server: string;
  readonly user: string | undefined;
  readonly namespace: string;
  readonly cloud?: string;
  readonly project?: string;
  /** `kube-system`'s uid: the same context name may point elsewhere tomorrow. */
  readonly clusterUid?: string;
  /** Where that may not be read: a digest of the CA and the server's certificate. */
  readonly fingerprint?: string;
  readonly protection: 'open' | 'protected' | 'readOnly';
  /** What the protection was found by where it is not the context: `cloud/project`, which stacks go to. Typed to confirm. */
  readonly guarded?: string;
}

/** Where an object of the plan was written down. */
export interface Source {
  readonly file: string;
  /** Of the whole document. */
  readonly range: Range;
  /** Index of the document in its file, from 0. */
  readonly index: number;
  /** The line on which the document begins, from 1. */
  readonly line: number;
}

/** A place in a file of the user, ready for "Open" and for a sentence: `render.yaml:17`. */
export interface Place {
  readonly file: string;
  readonly range: Range;
  /** Line of the range's start, from 1. */
  readonly line: number;
}

/** What the plan will do with one object. `unverified`: its namespace or CRD is made in this plan, so a dry run could not tell. */
export type StepAction =
  | 'create'
  | 'update'
  | 'unchanged'
  | 'recreate'
  | 'adopt'
  | 'prune'
  | 'conflict'
  | 'forbidden'
  | 'invalid'
  | 'unverified'
  | 'skip';

/** A field another manager owns with another value. */
export interface FieldConflict {
  readonly field: string;
  readonly manager: string;
  readonly ours: unknown;
  readonly live: unknown;
  readonly since?: string;
}

/** One object of the plan. */
export interface Step {
  /** `apps/v1/Deployment shop/web`: unique within the plan. */
  readonly key: string;
  readonly ref: ObjectRef;
  readonly action: StepAction;
  /** One line: what changes (`replicas 2 → 3`) or why not. */
  readonly reason: string;
  readonly source: Source;
  /** What will be sent. */
  readonly object: KubeObject;
  /** Set for a Heat stack, which goes to a cloud instead. */
  readonly stack?: StackStep;
  /** Before it is sent, `spec.replicas` is handed over to what drives the scale, or taken back where nothing does any more. */
  readonly scale?: 'handOver' | 'takeBack';
  /** Fields of it were applied or edited by kubectl, or changed from here, and are noted as ours before it is sent: how many, and by whom they were set (`kubectl apply, kubectl edit`). */
  readonly takesOver?: { readonly fields: number; readonly from: string };
  /** What is there now and what the dry run says would be, metadata noise removed, Secret values hashed: the two sides of the diff. */
  readonly live?: KubeObject;
  readonly result?: KubeObject;
  readonly conflicts?: readonly FieldConflict[];
  readonly warnings: readonly string[];
  /** Of somebody else's chart: a field that the server does not know is a warning there. */
  readonly lenient?: true;
  /** The Helm release that owns it: shown, and left to Helm. */
  readonly release?: string;
  /** Keys of the steps that come first, each with what must be true of it; `why` where it is an annotation that says so and no reference: `sync wave 0 before sync wave 1`. */
  readonly after: readonly { readonly key: string; readonly until: 'present' | 'ready' | 'gone'; readonly why?: string }[];
  /** Of the object that is deleted: another one of its name stays. */
  readonly uid?: string;
  /** When it is deleted, see `removalOrder`: everything of a lower stage goes first. */
  readonly stage?: number;
  /** What its deletion destroys outside Kubernetes: `the load balancer of web at 203.0.113.5`. Then its name is typed before it happens. */
  readonly destroys?: string;
  /** It is in the workload cluster of this Cluster of Cluster API, not in the target itself. */
  readonly inside?: ObjectRef;
  /** Its fields are taken over from whoever has them: somebody said so. */
  readonly force?: true;
}

/** What keeps a plan from being applied: a finding of the gate, or a step that cannot go. */
export interface Blocker {
  readonly message: string;
  readonly finding?: Finding;
  readonly step?: string;
  readonly failure?: Failure;
  /** Where in a file the cause stands, when it stands in one. */
  readonly place?: Place;
  /** The namespace that is missing: it may be made after a yes. */
  readonly namespace?: string;
  /** The object by which another engine (Flux, Argo CD) keeps what would be changed: its status says how it stands. */
  readonly engine?: ObjectRef;
}

/** What Apply Deploy is about to do: a value, shown before it is done, the same object that is applied. */
export interface Plan {
  readonly target: Target;
  readonly steps: readonly Step[];
  readonly blockers: readonly Blocker[];
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<StepAction, number>>;
  /** What it asks of the bound project beyond what is live. */
  readonly asks?: readonly Demand[];
  /** Ms it took to make. */
  readonly took: number;
  /** What is looked at once all is up. */
  readonly checks?: readonly Check[];
  /** The set that is deployed; absent where nobody keeps one. */
  readonly set?: PlannedSet;
}

/** What became of a step, in kubectl's words, then whether it works. */
export type StepState =
  | 'pending'
  | 'applying'
  | 'created'
  | 'configured'
  | 'unchanged'
  | 'recreated'
  | 'pruned'
  | 'skipped'
  | 'waiting'
  | 'ready'
  | 'notReady'
  | 'failed'
  | 'cancelled';

/** One line of a run as it happens. `message` says what is waited for or what went wrong; `children` are the objects below (ReplicaSet, Pods) that explain it. */
export interface RunEvent {
  readonly at: number;
  readonly key: string;
  readonly state: StepState;
  readonly message?: string;
  readonly failure?: Failure;
  /** The place in the file that set the bad value, when it is known. */
  readonly source?: Place;
  readonly children?: readonly RunChild[];
}

/** An object below a step's object that explains its state. */
export interface RunChild {
  readonly ref: ObjectRef;
  readonly state: string;
  readonly message?: string;
  readonly bad: boolean;
  /** Of a pod: the container that ended badly, and the last lines of its log, secrets taken out. */
  readonly container?: string;
  readonly log?: readonly string[];
}

/** The end of a run. */
export interface RunSummary {
  /** `refused`: nothing was written, because the target is not the one that was planned for. */
  readonly outcome: 'succeeded' | 'unchanged' | 'failed' | 'partial' | 'cancelled' | 'refused';
  /** What a person reads at the end: "shop is up on sandbox-admin: 3 created, 1 configured, 2 unchanged, ready in 4.2 s." */
  readonly sentence: string;
  readonly tookMs: number;
  /** Something was wrong with going on: another cluster, a lock that somebody took. */
  readonly stopped?: true;
  readonly results: readonly {
    readonly key: string;
    readonly applied: StepState;
    readonly state: StepState;
    readonly message?: string;
    readonly source?: Place;
  }[];
}
