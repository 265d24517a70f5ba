/** How much an expectation weighs: without P0 the trees are of no use, P1 is missed within a week, P2 is a delight. */
export type Priority = 'P0' | 'P1' | 'P2';

/** What somebody expects of a view of Kubernetes clusters, and the tests that show it. */
export interface Expectation {
  readonly priority: Priority;
  readonly what: string;
  /** Test file, from the root of the project, and the title of a test in it. */
  readonly proofs: readonly (readonly [file: string, title: string])[];
}

const ui = (name: string) => `test/e2e/ui/${name}.test.ts`;

const contexts = [
  ui('contexts'),
  'contexts are narrowed to namespaces, borrowed, acted in as another, imported, pinned and hidden; a Helm release is read',
] as const;
const workloads = [
  ui('workloads'),
  'a workload is scaled, given another image, rolled back, restarted and deleted; jobs are held and run; a debug container looks into a pod',
] as const;
const edited = [
  ui('editObject'),
  'an object is edited: what changes is shown, what others hold is taken over after a yes; described, compared, a key copied',
] as const;
const drained = [
  ui('drainNode'),
  'a node is drained: the budget that holds a pod is named, a cancel leaves it cordoned, and it goes on when the budget lets it',
] as const;
const entered = [
  ui('podTerminal'),
  'a terminal in a pod, and a forwarded port that answers after its pods were replaced',
] as const;
const acrossToBalancer = [ui('views'), 'Clusters goes down to the pods, and across to the load balancer of a Service'] as const;

const mapped = [ui('map'), 'the map of a namespace crosses into OpenStack; keys follow its lines, Enter reveals'] as const;
const kept = [
  ui('controllers'),
  'who undoes a change is told before it, with its own action; a cluster is seen down to the conditions of its machines',
] as const;

/** The table: what is expected, by priority, in the order in which somebody comes upon it. */
export const expectations: readonly Expectation[] = [
  {
    priority: 'P0',
    what: 'contexts of every kubeconfig, merged as kubectl merges them, read again when a file changes',
    proofs: [
      [
        'test/kubernetes/kubeconfig.test.ts',
        'is merged as kubectl merges it: the first of a name wins, a missing file is skipped, the first current-context counts',
      ],
      [
        'test/kubernetes/kubeconfig.test.ts',
        'counts as all kubeconfigs in it, those that come later too; keys and notes beside them are no trouble',
      ],
      ['test/kubernetes/kubeconfig.test.ts', 'is read again: written over, replaced, swapped as a link, gone and back'],
    ],
  },
  {
    priority: 'P0',
    what: 'a broken entry says why in its own row and spoils no other',
    proofs: [[ui('brokenPlaces'), 'a cloud or context that cannot be used says why in its own row, and the others live']],
  },
  {
    priority: 'P0',
    what: 'nothing is contacted before it is opened, however many contexts there are',
    proofs: [['test/explorer/contexts.test.ts', '500 contexts are words for a reader; nobody is asked before one is opened']],
  },
  {
    priority: 'P0',
    what: 'namespaces: several at once, pinned, and named by hand where they may not be listed',
    proofs: [
      contexts,
      ['test/explorer/clusters.test.ts', 'the pinned ones stand first, the hidden ones are a number'],
      [
        'test/explorer/clusters.test.ts',
        'who may not list them sees the one of the context and those named by hand, and why not the others',
      ],
    ],
  },
  {
    priority: 'P0',
    what: 'every kind that the server has, custom resources and Helm releases among them; pods down to their containers',
    proofs: [
      ['test/kubernetes/cluster.live.test.ts', 'every kind the API server lists is known, custom resources included'],
      [
        'test/explorer/helm.live.test.ts',
        'releases of both stores stand in their namespace, live; all kinds have their short names',
      ],
      ['test/explorer/clusters.test.ts', 'a pod shows its containers, live with the pod itself, and asks for nothing else'],
    ],
  },
  {
    priority: 'P0',
    what: 'how something stands is seen in its row, in the words of the server',
    proofs: [acrossToBalancer, ['test/explorer/clusters.test.ts', 'their state in the words of the server; on its way is busy']],
  },
  {
    priority: 'P0',
    what: 'rows follow the cluster by themselves; old ones say since when they are old',
    proofs: [
      ['test/kubernetes/cluster.live.test.ts', 'a live table follows what happens, and equal ones share a watch'],
      [
        'test/kubernetes/blackHole.live.test.ts',
        'what is shown, followed and forwarded is right again after the network was gone for five minutes',
      ],
      ['test/kubernetes/liveTable.test.ts', 'says that it polls where watching is forbidden, from the first moment'],
      [
        'test/explorer/clusters.test.ts',
        'stale rows stay and say since when, a list that is polled says so, one that failed is its sentence',
      ],
    ],
  },
  {
    priority: 'P0',
    what: 'YAML is read and edited, a dry run shows what saving changes; an object is described with its events',
    proofs: [edited, ['test/kubernetes/describe.test.ts', 'an object is described on one page']],
  },
  {
    priority: 'P0',
    what: 'logs: followed, merged, filtered, of the container before, taken up after a lost connection, bounded, saved',
    proofs: [
      [ui('podLogs'), 'the log of a workload is followed in a terminal'],
      [
        'test/kubernetes/mergedLog.live.test.ts',
        'the logs of a workload are one: pods join and go, and what does not start says why',
      ],
      ['test/kubernetes/podLog.server.test.ts', 'a connection that is lost in the middle: no gap, nothing twice'],
      ['test/kubernetes/podLog.test.ts', 'that of the container before, with or without an end'],
      ['test/kubernetes/mergedLog.test.ts', 'is bounded in lines and in characters; numbers go on'],
      ['test/host/logScreen.test.ts', 'as a file: all that is kept and passes, with its source'],
    ],
  },
  {
    priority: 'P0',
    what: 'a terminal in a container; a forwarded port that is listed and outlives its pods',
    proofs: [entered],
  },
  {
    priority: 'P0',
    what: 'scale, restart, and a deletion that wants the name typed where that is protected',
    proofs: [workloads],
  },
  {
    priority: 'P0',
    what: 'the target is in the status bar, and no look around changes the kubeconfig',
    proofs: [
      [ui('editor'), 'a folder is bound from the status bar, a wrong id is underlined, explained and fixed'],
      contexts,
      drained,
    ],
  },
  {
    priority: 'P1',
    what: 'Apply Deploy: planned, shown, applied, waited for, and told at the line of what went wrong',
    proofs: [
      [ui('applyDeploy'), 'Apply Deploy brings an application up, verifies it, and tells what is wrong with it'],
      [ui('shopDeploy'), 'the shop is refused for a wrong network, fixed, deployed, and its load balancer has an address'],
      [ui('trouble'), 'a wrong image, a missing ConfigMap and a quota are told at the line of the file'],
    ],
  },
  {
    priority: 'P1',
    what: 'several contexts and namespaces side by side; two objects compared',
    proofs: [
      contexts,
      [
        'test/explorer/clusters.test.ts',
        'an opened one tells its version and where it is; one that does not answer says so, beside the others',
      ],
      edited,
    ],
  },
  {
    priority: 'P1',
    what: 'found by name, label, image, address and owner in all kinds; lists narrowed by labels, filters saved, objects pinned',
    proofs: [
      [ui('findObjects'), 'objects are found by name, label and address, a list is narrowed by a label, and an object is pinned'],
    ],
  },
  {
    priority: 'P1',
    what: 'contexts protected, or read-only, by pattern',
    proofs: [
      [
        ui('protectedTarget'),
        'a protected target is deployed to only when its name was typed, and a cancelled run says what stands',
      ],
      workloads,
      ['test/commands/podTerminal.test.ts', 'a read-only context lets nobody in, a protected one after a yes'],
    ],
  },
  {
    priority: 'P1',
    what: 'what the server would refuse is not offered, or says why; who can do it is told',
    proofs: [
      [ui('permissions'), 'what the server would refuse is not offered, and who may do it is told'],
      [
        'test/commands/mayDo.live.test.ts',
        'alice names a namespace that she may not list: deleting is offered and works there; elsewhere it is refused, with who, what and where',
      ],
      ['test/kubernetes/permissions.test.ts', 'an incomplete review is asked beside, once for each question'],
    ],
  },
  {
    priority: 'P1',
    what: 'use of CPU and memory beside requests and limits, where the metrics API is',
    proofs: [
      [ui('metrics'), 'pods, nodes and namespaces tell what they use, and who uses most is a document'],
      [
        'test/kubernetes/metrics.live.test.ts',
        'use is what kubectl says it is; a metrics API that hangs or refuses delays no row',
      ],
    ],
  },
  {
    priority: 'P1',
    what: 'nodes are cordoned and drained, budgets respected and named',
    proofs: [
      drained,
      ['test/kubernetes/drain.live.test.ts', 'a drain respects budgets, names the one that holds it, and goes on when it may'],
    ],
  },
  {
    priority: 'P1',
    what: 'roll back with the difference, set image, run a CronJob now, hold it and let it go on',
    proofs: [workloads, ['test/commands/rollBack.live.test.ts', 'a workload is rolled back to a revision that is picked']],
  },
  {
    priority: 'P1',
    what: 'what owns what; the OpenStack side of an object below it, and the way back',
    proofs: [
      [ui('explorer'), 'from a Node to its server and back'],
      acrossToBalancer,
      ['test/explorer/clusters.test.ts', 'what they own, by uid, narrowed by their selector'],
      kept,
    ],
  },
  { priority: 'P2', what: 'a debug container in a pod, files copied in and out', proofs: [workloads, entered] },
  {
    priority: 'P2',
    what: 'two revisions of a Helm release compared, secrets masked; a rollback as a plan',
    proofs: [
      contexts,
      ['test/deploy/helmRollback.test.ts', 'is planned: what is changed, made, deleted, kept and refused, and which hooks run'],
    ],
  },
  { priority: 'P2', what: 'a picture of what hangs together, down to the cloud', proofs: [mapped] },
  {
    priority: 'P2',
    what: 'contexts grouped by their server',
    proofs: [['test/explorer/contexts.test.ts', 'stand below it, beside other servers; what is broken stands alone']],
  },
  {
    priority: 'P2',
    what: 'what was done is listed, with outcome and the id by which the service finds it',
    proofs: [
      [
        'test/kubernetes/sentChange.test.ts',
        'the activity of a window: newest first, with outcome and id, a hostile name as one line',
      ],
      [ui('passcode'), 'thirty volumes go at once, though the token is revoked: one passcode more, each volume deleted once'],
    ],
  },
  {
    priority: 'P2',
    what: 'a shell on a node, in a privileged pod that is gone with the terminal',
    proofs: [
      [
        'test/commands/openNodeShell.live.test.ts',
        'a shell on a node: asked for, refused by Pod Security with its words, opened, gone with its terminal or window',
      ],
      [
        'test/kubernetes/nodeShellPod.test.ts',
        'a shell on a node runs in a privileged pod on it, in its namespaces, whatever its taints, its filesystem at /host',
      ],
    ],
  },
  {
    priority: 'P2',
    what: 'other extensions learn what is bound, and show what they name in the trees',
    proofs: [
      ['test/e2e/suite/publicApi.test.ts', 'gets the bindings and hears of their changes'],
      ['test/e2e/suite/rows.test.ts', 'are revealed for another extension'],
    ],
  },
];
