import { cli, commands, type DeployExpectation, deploy, explorer, inRoom, render, ui } from './proofs.ts';

const applied = ui('applyDeploy', 'Apply Deploy brings an application up, verifies it, and tells what is wrong with it');
const shop = ui('shopDeploy', 'the shop is refused for a wrong network, fixed, deployed, and its load balancer has an address');
const undeployed = ui('undeploy', 'a deleted file takes its load balancer when its name was typed, and Undeploy takes the rest');
const history = ui(
  'history',
  'an earlier version is found, compared and gone back to, and every run is a report without secrets',
);
const trouble = ui('trouble', 'a wrong image, a missing ConfigMap and a quota are told at the line of the file');
const keys = ui(
  'keyboardDeploy',
  'without a mouse: deployed, a slip told and its line opened, mended, verified, and the report read',
);
const protectedTarget = ui(
  'protectedTarget',
  'a protected target is deployed to only when its name was typed, and a cancelled run says what stands',
);

/** The fourteen points of the specification, and the five beyond them. */
export const points: readonly DeployExpectation[] = [
  {
    of: 'point',
    what: '1 discovery: a selection, a file of targets, overlays and charts, else every manifest; what is not saved counts',
    proofs: [
      ...deploy(
        'discover',
        'a folder gives its manifests, in order, without what is not ours',
        'what needs a renderer is reported, and its folder not guessed',
        'a file chosen twice counts once',
        'what the version control ignores is left out, and said; a repository inside is asked once, too',
        'what is named itself counts, whatever is ignored',
      ),
      ...deploy(
        'ignoredByGit',
        'patterns above and below, negated ones, those of the repository alone; what is in the index is not ignored',
        'a folder in the repository goes by the same patterns; one that is ignored itself was meant',
        'outside of a repository, without git and off the disk nothing is ignored',
      ),
      ...render(
        'gatherRendered',
        'an overlay becomes its objects, without what is only ours, each field with the place that set it',
        'a chart with several values files waits until it is said which count',
      ),
      ...deploy('targets/targetSet', 'what stands beside the targets counts for each; the first is the canary'),
      ...shop,
    ],
  },
  {
    of: 'point',
    what: '2 gate: syntax, schemas, references of both worlds, quota and rights before anything is sent',
    proofs: [
      ...deploy(
        'plan',
        'a finding blocks as much as its code matters to the user; an object that cannot be sent always does',
        'missing objects and keys are warned of where they are named',
      ),
      ...deploy('quotaLeft', 'counts what is live once: only what is more than that is asked for'),
      ...deploy('rights', 'are not had: each object is refused before anything is written'),
      ...deploy(
        'apply.live',
        'a field that no schema has is named at its line',
        'who may not write is told before anything is written',
      ),
      ...cli('cli.live', 'files are read by the schemas of the cluster, and an upgrade tells what it takes of them'),
      ...shop,
    ],
  },
  {
    of: 'point',
    what: '3 target guard: who the cluster is, not what its context is called; protected and read-only ones',
    proofs: [
      ...deploy(
        'watchTarget',
        'where kube-system may not be read, the CA and the certificate of the server tell',
        'the same context with another user is not what was planned',
      ),
      ...deploy('run', 'a target that is another cluster now is not written to'),
      ...protectedTarget,
    ],
  },
  {
    of: 'point',
    what: '4 plan: dry runs in parallel, unchanged objects not sent, a tree with reasons and differences, text and statuses',
    proofs: [
      ...deploy('plan', 'a plan reads like what will happen', 'many objects of a kind are read as one list'),
      ...deploy('diff', 'the values of a Secret show neither in the difference nor on its sides'),
      ...deploy('run', 'a second run sends nothing and says verified'),
      ...explorer(
        'deployments',
        'tells what becomes of each object',
        'that is blocked says why, first in the header and on top, and cannot be deployed',
      ),
      ...cli('cli.live', 'plan, refuse without a yes, apply, verify: each with its status'),
      ...applied,
    ],
  },
  {
    of: 'point',
    what: '5 order: by references, waiting only where an edge needs it; soft circles cut, hard ones drawn',
    proofs: [
      ...deploy(
        'order',
        'a workload waits for what it names, not for its kind',
        'objects of the openstack-resource-controller follow each other',
        'a circle of soft references is cut, and both go',
        'a circle of hard references is drawn',
        'an autoscaler comes after its target, a quota before the pods it limits',
      ),
      ...deploy(
        'orderOfOthers',
        'the phases and waves of Argo CD: each waits until the one before works, zero is said by saying nothing',
        'hooks of Helm: before, the chart, behind it by weight; what comes behind waits until the chart is sent, not until it works',
        'a hook of both occasions stands where the one at hand says',
        'hooks that are for other occasions are left out, and said',
        'rules of kapp: before and after a group, one that nobody is in counts for nothing',
        'weights and dependencies of werf: who has dependencies goes by those and not by a weight',
        'what Flux waits for itself is only sent first',
        'a wave gives way to a reference, through others too, and it is said',
        'a plan says who waits by an annotation, and for whom',
        'a wave that is unchanged holds nobody up, and does not let anybody past the one before',
      ),
      ...deploy(
        'orderOfOthers.live',
        'on a real server hooks, waves and groups of other engines go out one after the other, each when the one before is over',
      ),
      ...deploy(
        'hardCases',
        'What waits says for whom, down to the one that holds all up',
        'What is needed and fails: those behind it are not sent, and say so',
      ),
    ],
  },
  {
    of: 'point',
    what: '6 apply: server-side, 16 in flight, halved when throttled; conflicts as a table, taken over or left after a yes',
    proofs: [
      ...deploy('run', 'at most 16 are in flight', 'a server that comes back is met with patience'),
      ...deploy(
        'pace',
        'a throttled server halves what is in flight, successes raise it again',
        'nothing is sent before the time that the server asks for',
        'a failure that stays is returned when the budget is used up',
      ),
      ...deploy('plan', 'a conflict is shown with its table and blocks'),
      ...deploy(
        'recreate',
        'fields of another are taken over only if that was said, and the table stays to be read',
        'fields of another are left to them if that was said, and the rest is sent',
      ),
      ...deploy('apply.live', 'a field of another manager is a conflict with its table, never forced'),
      ...deploy(
        'clientSideApply',
        'what kubectl apply was told is ours, with the annotation that says so; what is no longer written goes',
        'of what was edited, or there before owners were noted, that is ours which kubectl apply was told; the rest stays theirs',
        'autoscalers, controllers, engines and statuses are left alone, and so is what they hold with kubectl',
        'a conflict with kubectl apply is none: the plan says what is taken over and what goes, and the run does it',
        'after five meetings with others it is told, and nothing was applied',
        'a conflict with somebody else stays one, and does not name what is ours',
      ),
      ...deploy(
        'clientSideApply.live',
        'what kubectl applied and edited is taken over without a question; a field that leaves the files leaves the cluster',
        'a count that kubectl applied and an autoscaler now drives stays with kubectl, and does not fall',
      ),
    ],
  },
  {
    of: 'point',
    what: '7 wait and progress: readiness by rules, patience while something moves, a tree that tells it while it goes on',
    proofs: [
      ...deploy('progress', 'law: whatever comes back, the wait ends within one limit of the last new state'),
      ...deploy(
        'run',
        'trouble that heals turns green, as long as the run goes on',
        'what does not become ready in time says what it still waited for',
      ),
      ...deploy('readinessOfControllers', 'the table'),
      ...deploy('readinessOfPods', 'the table'),
      ...deploy('readiness.live', 'what a user says of a kind counts instead of its rule'),
      ...explorer(
        'deployments',
        'counts what is ready while it runs, and can be cancelled',
        'shows what a step that has not gone out waits for, and the last words of a container that ended',
      ),
      ...applied,
    ],
  },
  {
    of: 'point',
    what: '8 diagnosis: the cause in its own words, last log lines, the side of OpenStack, at the line that set it',
    proofs: [
      ...deploy(
        'run',
        'a wrong image ends the run at once, at its line',
        'a load balancer on its way is told in the words of the cloud',
      ),
      ...deploy(
        'lastWords',
        'the log of the run before, where the container has begun anew',
        'nothing secret is in them',
        'the report of a run and its log hold them, below the failure',
      ),
      ...deploy('cloudQuotas', 'a Service whose load balancer has no room says so, and is green in the same run once there is'),
      ...deploy('cloudVolumes', 'a cloud without volumes is not asked, and one that answered is not asked again at once'),
      ...deploy(
        'apply.live',
        'a wrong image is told within seconds, at its line',
        'a missing ConfigMap is warned of in the plan and told at its line',
        'a full quota is told with its numbers, at the resources',
      ),
      ...trouble,
      ...keys,
    ],
  },
  {
    of: 'point',
    what: '9 inventory and prune: an ApplySet noted before and after, deletions in the plan, kept what must stay',
    proofs: [
      ...deploy(
        'prune',
        'what a set deployed is remembered in the cluster, marked as an ApplySet',
        'what is no longer written is pruned after the rest is up, and forgotten',
        'pruning is off, asked for, or left for this time',
        'what must stay is kept, each with its reason',
        'nothing is pruned by an empty plan, by part of a set, or by a plan that is blocked',
        'a run that does not come up prunes nothing, and what holds a deletion is named',
        'an object that was made anew since the plan stays',
        'a crash after any write leaves no object that the inventory does not know, and the next run makes all as written',
      ),
      ...deploy('prune.live', 'what is no longer written is pruned, and seen by kubectl as an ApplySet until then'),
      ...commands('consent', 'what is pruned by a standing yes is asked about only when something outside Kubernetes goes'),
      ...undeployed,
    ],
  },
  {
    of: 'point',
    what: '10 history and roll back: runs kept without secrets, here or in the cluster, and compared; going back is a plan, by itself after a failure where that was said',
    proofs: [
      ...deploy(
        'rollBack',
        'is a plan of what that run deployed; what came later stays, and is named',
        'values of a Secret were not kept: another one stays, one that is gone blocks',
        'newest first, the last ones and the last that succeeded, readable by their owner only, without secrets',
      ),
      ...deploy(
        'runDiff',
        'two runs differ in what the later one made, changed and deleted; what it left out is of another part of the set',
      ),
      ...deploy(
        'rollBackAfter',
        'it goes back to the last run that succeeded, and both runs tell it',
        'what went back does not go back again, nor what was cancelled, refused or stopped',
        'without an earlier success it says so',
        'a protected target is offered the way back, and left alone',
        'a plan that would need a question is offered, and not carried out',
        'of several targets each goes back by itself: one failed, the other came up and stays',
      ),
      ...deploy('loop/deployLoop', 'after a round that rolled back there is none more, whoever asks'),
      ...commands(
        'rollBackFailed',
        'where the setting wants it, it goes back, and says so in one sentence, its rows and its report',
        'a protected target is offered the way back as a button',
      ),
      ...cli(
        'rollBack.live',
        'a deploy that fails goes back by itself to the last one that came up, and the report tells both',
        'of several targets the one that failed goes back, the other keeps what it got',
      ),
      ...deploy(
        'clusterRuns',
        'the last ten of each set stay, other Secrets are not touched',
        'the last that succeeded stays, however many failed after it',
      ),
      ...deploy('recordedRun.live', 'the real server keeps a Lease while a run goes on, and what was deployed can come again'),
      ...deploy(
        'runDiff',
        'two runs differ in what the later one made, changed and deleted; what it left out is of another part of the set',
      ),
      ...history,
    ],
  },
  {
    of: 'point',
    what: '11 cancel, resume, concurrency: consistent at any moment, the next run sends the rest, one deploys at a time',
    proofs: [
      ...deploy('run', 'cancel sends nothing more and tells what became of each'),
      ...deploy('journal', 'killed ${moment}', 'what was edited, changed by others or taken out since is told'),
      ...deploy(
        'lease',
        'a second person is told who deploys and since when',
        'one that was not renewed for 45 s holds nobody up',
        'of many who want it at once one gets it',
        'who loses it is told by whom, once, and does not give back what is not theirs',
      ),
      ...deploy('recordedRun', 'another window on this machine, and another person on the cluster, are told who deploys'),
      ...deploy('apply.live', 'cancel leaves what was applied and ends at once'),
      ...ui(
        'resume',
        'the extension host is killed in the midst of a deploy: the next window carries on, and sends what was left once',
        'what is left of a killed deploy to a protected target goes out only when its name was typed again',
      ),
      ...deploy(
        'killedRun.live',
        'after kill -9 the journal tells the rest, and the next run of the same machine does just that at once',
      ),
      ...cli(
        'killedRun.live',
        'killed while it waits for the load balancer: the next run does exactly the rest, and nothing twice',
        'of processes that deploy the same set at once one gets in; the others hear who it is, and write nothing',
      ),
      ...protectedTarget,
    ],
  },
  {
    of: 'point',
    what: '12 loop: on save, every few minutes, on drift; checks of one’s own after each deploy',
    proofs: [
      ...deploy(
        'loop/deployLoop',
        'every five minutes, a tenth more or less; a round that verified is quiet',
        'a save is followed by one round 0.8 s after the last of them, and the minutes are counted from there',
        'trouble is told once, other trouble again, and its end; three times the same, and time begins no more rounds until a save',
        'nobody looks: time begins no round; whoever comes back gets one at once',
        'how far it can be relied on: the rounds of a day',
      ),
      ...deploy(
        'checks/runChecks',
        'http: a Service is asked below a path through the API server; status and text decide',
        'condition: as kubectl wait says it, of an object that may come later',
        'job: made under a name of its own, and deleted; one that fails tells its last lines',
        'members: all of the load balancer of a Service, in the bound project',
        'a check that fails makes the run partial, and is in plan, report and record; a run that changed nothing is not kept for it',
        'cancel ends a check at once, and what was applied stays',
      ),
      ...inRoom('host')('onBattery', 'Linux: what charges is on, or a battery runs down; a mouse does not count'),
      ...deploy('loop/deployLoop', 'on battery time begins no round, and says why; a save does'),
      ...explorer('deployments', 'stand in the plan, count in the run, and lead to their line'),
      ...cli(
        'rollBack.live',
        'checks run once all is up: through a forwarded port, of an object, as a Job',
        'the members of the load balancer of a Service are asked of Octavia',
      ),
      ...deploy('checks/readChecks', 'what is mistyped keeps the deploy from going out, at its line'),
      ...deploy(
        'loop/drift',
        'who changed it last and when; ours and what is written below the status do not count; what is not there is gone',
      ),
      ...ui(
        'keepDeployed',
        'a folder is kept deployed: saves go out, what somebody else changed is told, and it ends when it is said',
      ),
    ],
  },
  {
    of: 'point',
    what: '13 safety and privacy: values of Secrets nowhere, untrusted windows contact nobody, read-only targets are not written to',
    proofs: [
      ...deploy('faults', 'whatever happens in whatever order, it comes to the same end'),
      ['test/e2e/trust/contact.test.ts', 'contacts nothing and starts nothing, whatever one does'],
      ...deploy('killedRun.live', 'canaries in every Secret are in nothing that is printed, kept here or kept in the cluster'),
      ...deploy('report', 'nor in a blocker of the plan'),
      ...deploy('prune', 'no value of a Secret is in a plan that prunes it, nor in the inventory'),
      ...deploy('release', 'a read-only target, or another cluster than planned for, is not touched'),
      ...render('gatherRendered', 'a Secret that SOPS encrypted is decrypted in memory; its values are in no text that is shown'),
    ],
  },
  {
    of: 'point',
    what: '14 speed: one list for many objects, nothing sent twice; the figures are bar G9 of the bench',
    proofs: [
      ...deploy('plan', 'many objects of a kind are read as one list'),
      ...deploy('prune', 'a second run with nothing changed writes nothing, not even its inventory'),
    ],
  },
  {
    of: 'point',
    what: '15 several targets: one plan and its matrix, canary first, waves, stopped by the first that does not come up',
    proofs: [
      ...deploy(
        'targets/targets',
        'one plan tells of each object what it becomes on each target',
        'the canary goes first and alone, the others together',
        'what goes wrong on the canary reaches no other target',
        'who cannot be reached, or is not whom the set names, blocks all',
        'two names of one cluster may not send other content to one object',
        'whatever becomes of targets, none begins before the waves before it are up, and none after one went wrong',
      ),
      ...deploy('targets/readPatches', 'each file is put in after the other, and its text comes along'),
      ...cli('targets.live', 'an overlay for each target, one plan, wave after wave; the second run changes nothing'),
      ...cli('targets.live', 'what the API server refuses on the canary reaches no other target'),
      ...deploy(
        'targets/recordedTargets',
        'each target has its lock while it runs, then its record, report and inventory; what leaves the files is pruned on each',
        'a target that was killed in its midst is known by its journal, and the next run over all carries on',
      ),
      ...cli(
        'targets.live',
        'targets of two users remember what each deployed; what leaves the files is pruned on both, and reported',
      ),
      ...ui(
        'targets',
        'a deploy over three targets goes to its canary first, stops where that fails, and reaches all when it is corrected',
      ),
      ...ui(
        'resumeTargets',
        'the extension host is killed in the midst of a deploy over three targets: the next window gives each what it lacks',
      ),
      ...cli(
        'twoServers.live',
        'the canary is a cluster of its own; the other follows, is pruned too, and gets nothing once the canary is lost',
      ),
    ],
  },
  {
    of: 'point',
    what: '16 OpenStack in the same plan: stacks planned, sent and followed, objects of ORC, each before what names what it makes; Undeploy is a plan',
    proofs: [
      ...deploy(
        'stacks',
        'comes before the workload that names what it makes, in the project that is shown',
        'that is there is previewed as an update, and what it would lose is told and asked for',
        'tells its events, and the workload follows when it is complete',
        'fails with the reason of the resource that failed first, however deep, and what waits for it is skipped',
        'that Heat refuses blocks at the line of the resource, without what a template hides',
      ),
      ...deploy('stacks.live', 'a stack is made, is there, is changed, and fails with the reason of its resource'),
      ...ui(
        'stacks',
        'a Heat stack goes out with its manifests, is changed, fails at the line of its template, and goes when its name is typed',
      ),
      ...deploy('creationEdges', 'a cluster waits for the network that an object of ORC makes by that name'),
      ...deploy('order', 'objects of the openstack-resource-controller follow each other'),
      ...deploy(
        'undeploy',
        'a Heat stack of the set goes behind what used it, with all it made named; that of another project stays',
        'a stack that Heat cannot delete is told in its words',
        'what a set deployed goes in safe order, credentials last; what others live in stays',
      ),
      ...cli('undeploy', 'undeploy shows its plan, and destroys nothing outside Kubernetes that was not named'),
      ...deploy('prune.live', 'a set is undeployed: its load balancer first, its credentials last'),
      ...undeployed,
    ],
  },
  {
    of: 'point',
    what: '17 hand-over: written down for Flux, Argo CD, jobs and a CronJob; ownership released; what an engine keeps is not fought',
    proofs: [
      ...deploy(
        'handOver/handOver',
        'to Flux: the source, a Kustomization for each stage, health checks, and the document',
        'to Argo CD: an Application with exactly these files',
        'what is written is what the definitions of Flux and Argo CD allow, and a slip in it would be seen',
      ),
      ...ui(
        'handOver',
        'a deploy is handed over to Argo CD and to Flux: manifests and next steps written, ownership released, then a plan only',
      ),
      ...deploy('handOver.live', 'released objects keep what they ask for; what another then applies is theirs alone'),
      ...deploy('engineOwners', 'a set that Flux keeps is planned, and refused with its state and its source'),
      ...deploy('prune.live', 'a set that Flux came to keep is not undeployed until Flux is suspended'),
      ...deploy('continuous/continuous', 'the files are YAML that reads as it was meant'),
      ...deploy('continuous/cronJob.live', 'the headless engine runs as the ServiceAccount of its CronJob, and lacks no right'),
      ...commands(
        'handOver',
        'source and branch are those of the repository, the files are shown, written after a yes, and the page opens',
        'Apply Deploy of what Flux keeps shows the plan, sends nothing and leads to the state of the Kustomization',
        'a CronJob is written with what it must find',
      ),
    ],
  },
  {
    of: 'point',
    what: '18 watch it heal: one pod after a yes, whole again in seconds, the API of OpenStack beside it; protected contexts refuse',
    proofs: [
      ...deploy(
        'prove',
        'a pod is deleted, another takes its place, the workload is whole',
        'what does not heal is told with the reason; cancelled, the pod stays deleted; refused, nothing went',
        'an API that falls silent and answers again is timed beside the pods',
      ),
      ...commands('handOver', 'asked with what it costs, then told with its time', 'not asked at all where that is protected'),
      ...deploy(
        'prove.live',
        'one of two pods of a Deployment: whole again within seconds, each moment told',
        'the only pod of an OpenStack API goes, as openstack-helm runs it: its API answers again, and how long it did not is told',
      ),
      ...ui(
        'proveIt',
        'a workload proves that it heals: one pod deleted after a question, the seconds told, a protected context refuses',
      ),
    ],
  },
  {
    of: 'point',
    what: '19 report: target, commit, plan, times, what waited on what, diagnosis; no secrets',
    proofs: [
      ...deploy(
        'report',
        'tells target, commit, plan, what went wrong and what was not sent because of it',
        'tells for which object another one waited, and how often it was tried',
      ),
      ...history,
    ],
  },
];
