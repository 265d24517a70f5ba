import { type DeployExpectation, deploy, inRoom } from './proofs.ts';

const SEEDS = 25;

/** Rows of the fault matrix that are of a deploy. */
export const faults: readonly DeployExpectation[] = [
  {
    of: 'fault',
    what: 'R1 the API server restarts',
    seeds: SEEDS,
    proofs: [
      ...deploy('faults', 'R1: the API server restarts in the midst of it: the same run comes to the same end'),
      ...deploy('outage.live', 'the way to the API server breaks off mid-deploy: the same plan goes on, and the end is the same'),
    ],
  },
  {
    of: 'fault',
    what: 'R2 credentials run out',
    seeds: SEEDS,
    proofs: [
      ...inRoom('kubernetes')('client', 'is renewed once, and the call goes on'),
      ...deploy('faults', 'R2: credentials that are refused fail their objects, and the next run goes on'),
    ],
  },
  {
    of: 'fault',
    what: 'R3 429 and 503, with and without a time',
    seeds: SEEDS,
    proofs: [
      ...deploy('faults', 'R3: a server that asks for patience is given it'),
      ...deploy(
        'pace',
        'a throttled server halves what is in flight, successes raise it again',
        'nothing is sent before the time that the server asks for',
      ),
    ],
  },
  {
    of: 'fault',
    what: 'R12 killed at any step of the journal',
    seeds: SEEDS,
    proofs: [
      ...deploy('faults', 'R12: killed at any record, the rest is applied and nothing twice'),
      ...deploy('journal', 'killed ${moment}'),
      ...deploy(
        'killedRun.live',
        'after kill -9 the journal tells the rest, and the next run of the same machine does just that at once',
      ),
    ],
  },
  {
    of: 'fault',
    what: 'R23 quota, conflict, admission, immutable, namespace ending',
    seeds: SEEDS,
    proofs: [
      ...deploy('faults', 'R23: what one object is refused for stops what needs it and nothing else'),
      ...deploy('apply.live', 'a refusal by admission blocks the plan with the policy’s words'),
    ],
  },
  {
    of: 'fault',
    what: 'R24 readiness never comes',
    seeds: SEEDS,
    proofs: deploy(
      'faults',
      'R24: what never becomes ready ends as applied and not ready, with what it waited for; once it is, the next run sends nothing',
    ),
  },
  {
    of: 'fault',
    what: 'R25 two deploy the same set',
    seeds: SEEDS,
    proofs: [
      ...deploy('faults', 'R25: while one window deploys, a second is told who and since when, and writes nothing'),
      ...deploy('journal', 'of many windows that begin at once one does'),
      ...deploy('lease', 'of many who want it at once one gets it'),
    ],
  },
  {
    of: 'fault',
    what: 'R26 cancelled at any moment',
    seeds: SEEDS,
    proofs: [
      ...deploy('faults', 'R26: cancelled at any record, no further write begins'),
      ...deploy('undeploy', 'a cancelled undeploy says what was not deleted, and remembers it'),
    ],
  },
  {
    of: 'fault',
    what: 'R27 full disk, no storage, torn record',
    seeds: SEEDS,
    proofs: [
      ...deploy('faults', 'R27: a disk that is full at any record stops the run before the write that it cannot note'),
      ...deploy(
        'journal',
        'a deploy is not begun on a full disk',
        'nor where the storage is no folder',
        'a last line cut off anywhere is ignored, a damaged one before it is not',
      ),
    ],
  },
  {
    of: 'fault',
    what: 'R30 a context that is renamed, re-pointed, or leads to another cluster',
    seeds: SEEDS,
    proofs: [
      ...deploy(
        'faults',
        'R30: an address that leads to another cluster in the midst of it is written to no more',
        'R30: a context that is re-pointed in the kubeconfig stops the run with that sentence',
      ),
      ...deploy('watchTarget', 'its context is renamed or removed', 'its context leads to another server'),
    ],
  },
  {
    of: 'fault',
    what: 'all of them, in any order: each object observed once, none outside the plan, the journal as the cluster is',
    seeds: SEEDS,
    proofs: deploy('faults', 'whatever happens in whatever order, it comes to the same end'),
  },
];
